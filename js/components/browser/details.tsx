/** What is known of the chosen line, and its preview. */

import { useState } from 'preact/hooks';

import { useChanges } from '../use';
import { sizeOf, type Entry } from './entries';
import { bytes, count, measure } from './format';
import { isJagged, KindIcon } from './icons';
import type { Preview } from './listing';
import { Plot } from './plot';
import type { PreviewModel } from './previewModel';

/** Something the host can do with the chosen line. */
export interface EntryAction {
  label: string;
  run(entry: Entry): void;
}

interface Props {
  entry: Entry | null;
  /** Why what is below it cannot be shown. */
  problem: string | null;
  preview: PreviewModel;
  actions: EntryAction[];
}

export function Details({ entry, problem, preview, actions }: Props) {
  useChanges(preview);
  if (entry === null) {
    return (
      <section class="heplens-details heplens-mod-blank" data-state="none">
        <p class="heplens-details-hint">
          Choose a branch or a histogram to see what is in it.
        </p>
      </section>
    );
  }
  const { row } = entry;
  const { state } = preview;
  const error = row.error ?? problem;
  return (
    <section
      class="heplens-details"
      aria-label={`Details of ${row.name}`}
      data-state={state.status}
    >
      <header class="heplens-details-head">
        <KindIcon row={row} />
        <h3 title={row.name}>{row.name === '' ? '(no name)' : row.name}</h3>
        {isJagged(row) && (
          <span class="heplens-badge" title="Every entry is a list">
            jagged
          </span>
        )}
      </header>
      {row.title !== '' && row.title !== row.name && (
        <p class="heplens-details-title">{row.title}</p>
      )}
      {error !== null && (
        <p class="heplens-message heplens-mod-error" role="alert">
          {error}
        </p>
      )}
      <dl class="heplens-facts">
        {facts(row).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd title={value}>{value}</dd>
          </div>
        ))}
      </dl>
      {state.status === 'loading' && (
        <div class="heplens-preview-wait" role="status">
          Reading …
        </div>
      )}
      {state.status === 'failed' && (
        <p class="heplens-message heplens-mod-error" role="alert">
          {state.error}
        </p>
      )}
      {state.status === 'ready' && <Drawn preview={state.preview} />}
      <div class="heplens-actions">
        {actions.map(({ label, run }) => (
          <button
            key={label}
            type="button"
            class="heplens-button"
            onClick={() => run(entry)}
          >
            {label}
          </button>
        ))}
      </div>
    </section>
  );
}

function Drawn({ preview }: { preview: Preview }) {
  const [log, setLog] = useState(false);
  const scaled = preview.kind === 'histogram' || preview.kind === 'histogram2d';
  return (
    <figure class="heplens-preview">
      <Plot preview={preview} log={log && scaled} />
      <figcaption>
        <span>{caption(preview)}</span>
        {scaled && (
          <label class="heplens-check">
            <input
              type="checkbox"
              checked={log}
              onChange={event => setLog(event.currentTarget.checked)}
            />
            log
          </label>
        )}
      </figcaption>
      {preview.note && <p class="heplens-details-hint">{preview.note}</p>}
    </figure>
  );
}

/** How many numbers were drawn, and what fell outside: nothing is dropped in silence. */
export function caption(preview: Preview): string {
  const { entries, entries_used: used, flow, summary } = preview;
  const parts: string[] = [];
  if (used !== null && entries !== null && used < entries) {
    parts.push(`first ${count(used)} of ${count(entries)} entries`);
  } else if (entries !== null) {
    parts.push(`${count(Math.round(entries))} entries`);
  }
  for (const [name, value] of Object.entries(flow)) {
    if (value) {
      parts.push(`${name} ${measure(value)}`);
    }
  }
  for (const name of ['nan', 'inf', 'mean', 'std']) {
    const value = summary[name];
    if (typeof value === 'number' && (value !== 0 || name === 'mean')) {
      parts.push(`${name} ${measure(value)}`);
    }
  }
  return parts.join(' · ');
}

function facts(row: Entry['row']): [string, string][] {
  const found: [string, string][] = [];
  if (row.kind !== 'file') {
    found.push(['Type', row.type]);
  }
  if (row.entries !== null) {
    found.push(['Entries', count(row.entries)]);
  }
  const packed = sizeOf(row);
  if (packed !== null) {
    const { uncompressed_bytes: full } = row;
    found.push([
      'Size',
      full !== null && packed > 0 && full > packed
        ? `${bytes(packed)}, ${bytes(full)} unpacked`
        : bytes(packed)
    ]);
  }
  return found;
}
