/** The files and ranges that are not in the result, each with what can be done about it. */

import type { Action, Failure } from '../widgets/jobMessages';
import { events } from './dashboardFormat';
import { OWN_KEYS } from './keys';

interface Props {
  failures: Failure[];
  failed: number;
  /** How many of them `onMore` adds to the list. */
  next: number;
  disabled: boolean;
  onAct(action: Action, files: string[]): void;
  onMore(): void;
}

export function JobFailures(props: Props) {
  const { failures, failed, next, disabled, onAct, onMore } = props;
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
          {byFile(failures).map(([failure, ...others]) => (
            <tr key={failure.file} data-file={failure.file}>
              <th scope="row" title={failure.file}>
                {baseName(failure.file)}
              </th>
              <td title={[failure, ...others].map(rangeOf).join('\n')}>
                {others.length > 0
                  ? `${others.length + 1} ranges`
                  : rangeOf(failure)}
              </td>
              <td class="heplens-reason" title={failure.error}>
                {reasonOf(failure)}
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
      {next > 0 && (
        <button
          {...OWN_KEYS}
          type="button"
          class="heplens-link heplens-more"
          onClick={onMore}
        >
          Show {events(next)} more of {events(failed)}
        </button>
      )}
    </div>
  );
}

/** Retry and skip are for files: the ranges of one are one row. */
function byFile(failures: Failure[]): Failure[][] {
  const files = new Map<string, Failure[]>();
  for (const failure of failures) {
    const known = files.get(failure.file);
    if (known) {
      known.push(failure);
    } else {
      files.set(failure.file, [failure]);
    }
  }
  return [...files.values()];
}

/** Without the path, which would leave no room for what happened. */
function reasonOf({ file, error }: Failure): string {
  const name = baseName(file);
  return error
    .split(' ')
    .map(word => (word.includes(`/${name}`) ? shortened(word, name) : word))
    .join(' ');
}

function shortened(word: string, name: string): string {
  const quote = /^['"]/.exec(word)?.[0] ?? '';
  return quote + word.slice(word.lastIndexOf(`/${name}`) + 1);
}

function rangeOf({ start, stop }: Failure): string {
  return start === null || stop === null
    ? 'all'
    : `${events(start)} – ${events(stop)}`;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
