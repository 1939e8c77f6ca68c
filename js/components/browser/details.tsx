/** What is known of the chosen line, and its preview. */

import { useState } from 'preact/hooks';

import { useChanges } from '../use';
import type { Entry } from './entries';
import { size } from '../prefixed';
import { count, measure, resolved } from './format';
import { isJagged, KindIcon } from './icons';
import type { Figure } from './listing';
import { Plot } from './plot';
import type { PreviewModel } from './previewModel';
import { Table } from './table';

/** Something the host can do with the chosen lines. */
export interface EntryAction {
  label: string;
  run(entries: Entry[]): void;
}

interface Props {
  entry: Entry | null;
  chosen: Entry[];
  /** Why what is below it cannot be shown. */
  problem: string | null;
  preview: PreviewModel;
  actions: EntryAction[];
}

export function Details({ entry, chosen, problem, preview, actions }: Props) {
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
        <h3>{row.name === '' ? '(no name)' : row.name}</h3>
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
      {state.status === 'ready' && (
        <Drawn figure={state.figure} preview={preview} />
      )}
      <div class="heplens-actions">
        {chosen.length > 1 && (
          <span class="heplens-details-hint">{chosen.length} chosen:</span>
        )}
        {actions.map(({ label, run }) => (
          <button
            key={label}
            type="button"
            class="heplens-button"
            onClick={() => run(chosen)}
          >
            {label}
          </button>
        ))}
      </div>
    </section>
  );
}

function Drawn({ figure, preview }: { figure: Figure; preview: PreviewModel }) {
  const [point, setPoint] = useState<string | null>(null);
  const scaled = figure.kind === 'histogram' || figure.kind === 'histogram2d';
  return (
    <figure class="heplens-preview">
      {figure.kind === 'table' ? (
        <Table figure={figure} />
      ) : (
        <Plot figure={figure} source={preview.source} onPoint={setPoint} />
      )}
      <figcaption>
        <span>{point ?? caption(figure)}</span>
        {scaled && (
          <label class="heplens-check">
            <input
              type="checkbox"
              checked={preview.log}
              onChange={event => preview.setLog(event.currentTarget.checked)}
            />
            log {figure.kind === 'histogram' ? 'y' : 'colours'}
          </label>
        )}
      </figcaption>
      {figure.note && <p class="heplens-details-hint">{figure.note}</p>}
    </figure>
  );
}

/** How many numbers were drawn, and what fell outside: nothing is dropped in silence. */
export function caption(figure: Figure): string {
  const { entries, entries_used: used, flow, summary } = figure;
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
      const text =
        name === 'mean' ? resolved(value, summary.std) : measure(value);
      parts.push(`${name} ${text}`);
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
    const parts = [count(row.entries)];
    // What is split has none of its own.
    if (row.baskets) {
      const unit = row.kind === 'ntuple' ? 'cluster' : 'basket';
      parts.push(
        `${count(row.baskets)} ${unit}${row.baskets === 1 ? '' : 's'}`
      );
    }
    found.push(['Entries', parts.join(' in ')]);
  }
  const { bytes: packed, uncompressed_bytes: full } = row;
  if (packed !== null) {
    found.push([
      'Size',
      full !== null && packed > 0 && full > packed
        ? `${size(packed)}, ${size(full)} unpacked`
        : size(packed)
    ]);
  }
  if (row.compression !== '') {
    found.push(['Compression', row.compression]);
  }
  return found;
}
