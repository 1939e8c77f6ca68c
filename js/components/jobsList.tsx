/** The section “Jobs” of the sidebar; not there as long as there are none. */

import { useState } from 'preact/hooks';

import { OWN_KEYS } from './keys';
import type { JobLine, JobsModel } from './jobsModel';
import { useChanges } from './use';

interface Props {
  model: JobsModel;
  /** Put a cell that shows the job, or goes on with it, into the notebook in front. */
  onInsert(line: JobLine): void;
  /** Show the cluster behind a dashboard in panes; false where there are none, then it is a link. */
  onPanes(dashboard: string): boolean;
}

export function JobsList({ model, onInsert, onPanes }: Props) {
  useChanges(model);
  const [open, setOpen] = useState(true);
  const lines = model.lines(Date.now());
  if (lines.length === 0) {
    return null;
  }
  return (
    <section class="heplens-jobs" aria-label="Jobs">
      <button
        {...OWN_KEYS}
        type="button"
        class="heplens-jobs-head"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <span class="heplens-jobs-twist">{open ? '▾' : '▸'}</span>
        Jobs
        <span class="heplens-jobs-number">{lines.length}</span>
      </button>
      {open && (
        <ul class="heplens-jobs-list">
          {lines.map(line => (
            <Line
              key={line.key}
              line={line}
              onInsert={onInsert}
              onPanes={onPanes}
            />
          ))}
        </ul>
      )}
      {open && model.failure && (
        <p class="heplens-jobs-note" role="alert">
          {model.failure}
        </p>
      )}
    </section>
  );
}

function Line({
  line,
  onInsert,
  onPanes
}: Omit<Props, 'model'> & { line: JobLine }) {
  const { name, state, share, place, when, error, dashboard, action } = line;
  const verb = action.kind === 'show' ? 'Show' : 'Resume';
  const date = new Date(when).toLocaleString([], {
    dateStyle: 'medium',
    timeStyle: 'short'
  });
  const told = [name, `${state}, ${percent(share)} of blocks`, place, date];
  return (
    <li
      class="heplens-jobs-line"
      data-job={line.key}
      data-state={state}
      data-kind={action.kind}
      title={[...told, error].filter(Boolean).join('\n')}
    >
      <span class="heplens-jobs-name">{name}</span>
      <span class="heplens-jobs-state">
        {state === 'finished' ? state : `${state}, ${percent(share)}`}
      </span>
      <span class="heplens-jobs-place">{place}</span>
      <span class="heplens-jobs-tools">
        {dashboard && (
          <a
            {...OWN_KEYS}
            class="heplens-jobs-link"
            href={dashboard}
            target="_blank"
            rel="noopener noreferrer"
            title={`Dask dashboard: ${dashboard}`}
            onClick={event => {
              if (onPanes(dashboard)) {
                event.preventDefault();
              }
            }}
          >
            Dask
          </a>
        )}
        <button
          {...OWN_KEYS}
          type="button"
          class="heplens-jobs-button"
          aria-label={`${verb} ${name}`}
          title={
            action.kind === 'show'
              ? 'Insert a cell, which is not run, into the notebook of the job'
              : 'Insert a cell, which is not run, into the notebook in front'
          }
          onClick={() => onInsert(line)}
        >
          {verb}
        </button>
      </span>
      <div class="heplens-jobs-bar">
        <div style={{ width: `${100 * share}%` }} />
      </div>
    </li>
  );
}

function percent(share: number): string {
  return `${Math.floor(100 * share)} %`;
}
