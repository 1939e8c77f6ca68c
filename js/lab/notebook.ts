/** Cells for notebooks: inserted where they can be read and changed, never run. */

import { PathExt } from '@jupyterlab/coreutils';
import type { ICodeCell } from '@jupyterlab/nbformat';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';

import {
  cellFor,
  relativePath,
  type Style,
  type Chosen
} from '../components/browser/code';
import type { Entry } from '../components/browser/entries';
import type { MainTrees } from './mainTrees';

/** How entries become code, wherever they are dropped or inserted. */
export interface Coder {
  contents: Contents.IManager;
  trees: MainTrees;
  style(): Style;
}

/** Insert a cell for `entries` below the active one of the notebook in front; false when there is none. */
export async function insertCell(
  notebooks: INotebookTracker,
  coder: Coder,
  entries: Entry[]
): Promise<boolean> {
  const panel = notebooks.currentWidget;
  const notebook = panel?.content;
  if (!panel || !notebook?.model) {
    return false;
  }
  await coder.trees.find(entries);
  const index = notebook.activeCellIndex + 1;
  notebook.model.sharedModel.insertCell(index, codeCell(coder, panel, entries));
  notebook.activeCellIndex = index;
  notebook.deselectAll();
  void notebook.scrollToItem(index, 'smart');
  return true;
}

/** The cell, with paths as the notebook sees them. */
export function codeCell(
  { contents, trees, style }: Coder,
  panel: NotebookPanel | null,
  entries: Entry[]
): Pick<ICodeCell, 'cell_type' | 'metadata'> & { source: string } {
  const folder = panel
    ? PathExt.dirname(contents.localPath(panel.context.path))
    : '';
  return {
    cell_type: 'code',
    source: cellFor(chosenFrom(folder, trees, entries), style()),
    metadata: {}
  };
}

export function chosenFrom(
  folder: string,
  trees: MainTrees,
  entries: Entry[]
): Chosen[] {
  return entries.map(entry => ({
    file: relativePath(folder, entry.file),
    entry,
    main: trees.known(entry)
  }));
}
