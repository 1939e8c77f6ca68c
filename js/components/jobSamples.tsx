/** How far each dataset of a job is. */

import type { SampleProgress } from '../widgets/jobMessages';
import { count, share } from './jobFormat';

export function JobSamples({
  samples
}: {
  samples: Record<string, SampleProgress>;
}) {
  const names = Object.keys(samples);
  if (names.length < 2) {
    return null;
  }
  return (
    <ul class="heplens-samples" aria-label="Datasets">
      {names.map(name => {
        const {
          events,
          total_events: all,
          failed,
          done,
          total
        } = samples[name];
        const part = all > 0 ? events / all : total > 0 ? done / total : 1;
        return (
          <li key={name} class="heplens-sample" data-sample={name}>
            <span class="heplens-sample-name" title={name}>
              {name}
            </span>
            <span class="heplens-sample-text">
              {all > 0
                ? `${count(events)} of ${count(all)} · ${share(events, all)}`
                : ''}
            </span>
            <div
              class="heplens-bar"
              role="progressbar"
              aria-label={name}
              aria-valuemin={0}
              aria-valuemax={100}
              aria-valuenow={Math.floor(100 * part)}
            >
              <div
                class="heplens-bar-done"
                style={{ width: `${100 * part}%` }}
              />
              {failed > 0 && total > 0 && (
                <div
                  class="heplens-bar-failed"
                  style={{ width: `${(100 * failed) / total}%` }}
                />
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
