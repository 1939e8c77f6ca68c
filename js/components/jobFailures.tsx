/** The files and ranges that are not in the result, each with what can be done about it. */

import type { Action, Failure } from '../widgets/jobMessages';
import { events } from './dashboardFormat';
import { OWN_KEYS } from './keys';

interface Props {
  failures: Failure[];
  failed: number;
  disabled: boolean;
  onAct(action: Action, files: string[]): void;
}

export function JobFailures({ failures, failed, disabled, onAct }: Props) {
  if (failures.length === 0) {
    return null;
  }
  return (
    <div class="heplens-failures">
      <table aria-label="Failures">
        <thead>
          <tr>
            <th scope="col">
              {failed === 1 ? '1 failure' : `${events(failed)} failures`}
            </th>
            <th scope="col">events</th>
            <th scope="col">reason</th>
            <th scope="col">tried</th>
            <th scope="col" />
          </tr>
        </thead>
        <tbody>
          {failures.map(failure => (
            <tr
              key={`${failure.file} ${failure.start}`}
              data-file={failure.file}
            >
              <th scope="row" title={failure.file}>
                {baseName(failure.file)}
              </th>
              <td>{rangeOf(failure)}</td>
              <td class="heplens-reason" title={failure.error}>
                {failure.error}
              </td>
              <td title={failure.worker && `last by ${failure.worker}`}>
                {failure.attempts} ×
              </td>
              <td>
                <button
                  {...OWN_KEYS}
                  type="button"
                  class="heplens-tool"
                  disabled={disabled}
                  aria-label={`Retry ${failure.file}`}
                  title="Try this file again"
                  onClick={() => onAct('retry', [failure.file])}
                >
                  Retry
                </button>
                <button
                  {...OWN_KEYS}
                  type="button"
                  class="heplens-tool"
                  disabled={disabled}
                  aria-label={`Skip ${failure.file}`}
                  title="Leave out what is not done of this file"
                  onClick={() => onAct('skip', [failure.file])}
                >
                  Skip
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {failed > failures.length && (
        <p class="heplens-empty">
          and {events(failed - failures.length)} more; see job.failures
        </p>
      )}
    </div>
  );
}

function rangeOf({ start, stop }: Failure): string {
  return start === null || stop === null
    ? 'all'
    : `${events(start)} – ${events(stop)}`;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
