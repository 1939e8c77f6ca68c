/** Pictures of the kinds of things in a file. Colours come from the classes of JupyterLab's icons. */

import type { JSX } from 'preact';

import type { Entry } from './entries';

const DRAWINGS: Record<string, JSX.Element> = {
  file: (
    <g class="heplens-tone-file">
      <path d="M3.5 1.5h6l3 3v10h-9z" fill="none" stroke-width="1.2" />
      <path d="M5.5 12.5v-2h1.7V7.5h1.7v2h1.6v3z" class="heplens-solid" />
    </g>
  ),
  directory: (
    <path
      class="heplens-tone-plain heplens-solid"
      d="M1.5 3.5h4.6l1.4 1.6h7v8.4h-13z"
    />
  ),
  tree: (
    <g class="heplens-tone-tree">
      <path
        d="M3.5 2v10.5h4M3.5 7.3h4"
        fill="none"
        stroke-width="1.2"
        stroke-linecap="round"
      />
      <rect
        class="heplens-solid"
        x="8"
        y="5.6"
        width="6"
        height="3.4"
        rx="0.8"
      />
      <rect
        class="heplens-solid"
        x="8"
        y="10.8"
        width="6"
        height="3.4"
        rx="0.8"
      />
      <rect class="heplens-solid" x="2" y="1" width="6" height="3.4" rx="0.8" />
    </g>
  ),
  branch: (
    <g
      class="heplens-tone-branch"
      fill="none"
      stroke-width="1.4"
      stroke-linecap="round"
    >
      <path d="M4 4.5h8M4 8h8M4 11.5h8" />
    </g>
  ),
  jagged: (
    <g
      class="heplens-tone-branch"
      fill="none"
      stroke-width="1.4"
      stroke-linecap="round"
    >
      <path d="M4 4.5h8M4 8h3.2M4 11.5h5.6" />
    </g>
  ),
  collection: (
    <g class="heplens-tone-branch" fill="none" stroke-width="1.2">
      <rect x="2.5" y="5" width="8.5" height="8.5" rx="1.2" />
      <path d="M5.2 2.6h6.6a1.6 1.6 0 0 1 1.6 1.6v6.6" stroke-linecap="round" />
    </g>
  ),
  histogram: (
    <path
      class="heplens-tone-plot heplens-solid"
      d="M2 14V9.5h2.8V5h2.8V2h2.8v5.5h2.8V14z"
    />
  ),
  graph: (
    <g class="heplens-tone-plot">
      <path d="M2.5 12.5 6 8l3.2 2L13.5 4" fill="none" stroke-width="1.2" />
      <circle class="heplens-solid" cx="6" cy="8" r="1.5" />
      <circle class="heplens-solid" cx="9.2" cy="10" r="1.5" />
      <circle class="heplens-solid" cx="13" cy="4.6" r="1.5" />
    </g>
  ),
  canvas: (
    <g class="heplens-tone-plot" fill="none" stroke-width="1.2">
      <rect x="2" y="3" width="12" height="10" rx="1" />
      <path d="m3 11 3.5-4 2.5 2.4L11 7.5l2.5 3" />
    </g>
  ),
  other: (
    <circle
      class="heplens-tone-plain"
      cx="8"
      cy="8"
      r="3.2"
      fill="none"
      stroke-width="1.3"
    />
  )
};

/** Kinds that look like others. */
const LIKE: Record<string, string> = { ntuple: 'tree', folder: 'directory' };

/** Whether each entry of the branch is a list. */
export function isJagged(row: Entry['row']): boolean {
  return row.kind === 'branch' && /^(option\[|\?)*var \*/.test(row.type);
}

export function KindIcon({ row }: { row: Entry['row'] }) {
  const name = isJagged(row) ? 'jagged' : (LIKE[row.kind] ?? row.kind);
  return (
    <svg class="heplens-icon" viewBox="0 0 16 16" aria-hidden="true">
      {DRAWINGS[name] ?? DRAWINGS.other}
    </svg>
  );
}

/** The triangle before what can be opened. */
export function Twisty({ open }: { open: boolean | null }) {
  return (
    <svg
      class={`heplens-twisty${open ? ' heplens-mod-open' : ''}`}
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      {open !== null && <path d="M6 4.2 10.2 8 6 11.8z" />}
    </svg>
  );
}

export function WarningIcon() {
  return (
    <svg
      class="heplens-icon heplens-tone-warn"
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      <path
        d="M8 2 14.5 13.5h-13z"
        fill="none"
        stroke-width="1.3"
        stroke-linejoin="round"
      />
      <path d="M8 6.3v3.6M8 11.3v.9" fill="none" stroke-width="1.4" />
    </svg>
  );
}
