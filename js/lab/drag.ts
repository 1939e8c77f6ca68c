/** Dragging lines of a browser: a notebook gets a cell, an editor gets text, a dashboard can ask what it is. */

import type { INotebookTracker } from '@jupyterlab/notebook';
import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';

import { ENTRIES_MIME, type DraggedEntry } from '../components/browser/dragged';
import type { Entry } from '../components/browser/entries';
import { codeCell, type Coder } from './notebook';

/** What the notebooks of JupyterLab take. */
const CELLS_MIME = 'application/vnd.jupyter.cells';

/** Start dragging `entries` from where the pointer is. */
export function startDrag(
  coder: Coder,
  notebooks: INotebookTracker | null,
  entries: Entry[],
  event: PointerEvent
): void {
  // Long before it is dropped, this is known.
  void coder.trees.find(entries);
  const mimeData = new MimeData();
  const cell = codeCell(coder, null, entries);
  mimeData.setData('text/plain', cell.source);
  mimeData.setData(CELLS_MIME, [cell]);
  mimeData.setData(
    ENTRIES_MIME,
    entries.map(({ file, row, tree }): DraggedEntry => {
      const { path, name, kind, type } = row;
      return { file, tree, path, name, kind, type };
    })
  );

  // Paths are relative to the notebook, so that which one it is has to be known before it takes the cell.
  const address = (drop: Event) => {
    const panel =
      notebooks?.find(panel => panel.node.contains(drop.target as Node)) ??
      null;
    const addressed = codeCell(coder, panel, entries);
    mimeData.setData(CELLS_MIME, [addressed]);
    mimeData.setData('text/plain', addressed.source);
  };
  document.addEventListener('lm-drop', address, true);

  const drag = new Drag({
    mimeData,
    dragImage: image(entries),
    supportedActions: 'copy',
    proposedAction: 'copy'
  });
  void drag
    .start(event.clientX, event.clientY)
    .finally(() => document.removeEventListener('lm-drop', address, true));
}

function image(entries: Entry[]): HTMLElement {
  const node = document.createElement('div');
  node.className = 'heplens-drag-image';
  const [{ row }] = entries;
  node.textContent =
    entries.length === 1
      ? row.name
      : `${row.name} and ${entries.length - 1} more`;
  return node;
}
