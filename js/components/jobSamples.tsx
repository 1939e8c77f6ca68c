/** How far each dataset of a job is. */

import type { SampleProgress } from '../widgets/jobMessages';
import { share } from './jobFormat';
import { count } from './prefixed';

interface Props {
  samples: Record<string, SampleProgress>;
  /** Some files were not looked into yet. */
  unseen: boolean;
}

export function JobSamples({ samples, unseen }: Props) {
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
        const known = all > 0 && !unseen;
        const part = known ? events / all : total > 0 ? done / total : 1;
        return (
          <li
            key={name}
            class="heplens-sample"
            data-sample={name}
            data-tone={total > 0 && done === total ? 'good' : undefined}
          >
            <span class="heplens-sample-name" title={name}>
              {name}
            </span>
            <span class="heplens-sample-text">
              {known
                ? `${count(events)} of ${count(all)} · ${share(events, all)}`
                : unseen
                  ? `${count(events)} events`
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
