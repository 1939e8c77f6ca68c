/** Cells for the notebook in front: inserted where they can be read and changed, never run. */

import { PathExt } from '@jupyterlab/coreutils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';

import type { Entry } from '../components/browser/entries';
import { cellFor, relativePath } from './code';

/** Insert a cell for `entry` below the active one; false when there is no notebook to insert it in. */
export function insertCell(
  notebooks: INotebookTracker,
  contents: Contents.IManager,
  entry: Entry
): boolean {
  const panel = notebooks.currentWidget;
  const notebook = panel?.content;
  if (!panel || !notebook?.model) {
    return false;
  }
  const folder = PathExt.dirname(contents.localPath(panel.context.path));
  const source = cellFor(relativePath(folder, entry.file), entry);
  const index = notebook.activeCellIndex + 1;
  notebook.model.sharedModel.insertCell(index, {
    cell_type: 'code',
    source,
    metadata: {}
  });
  notebook.activeCellIndex = index;
  notebook.deselectAll();
  void notebook.scrollToItem(index, 'smart');
  return true;
}
