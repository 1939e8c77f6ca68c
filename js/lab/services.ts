/** What commands work with. What is null is not there, as in Notebook 7. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { INotebookTracker } from '@jupyterlab/notebook';

import { fileEntry, type Entry } from '../components/browser/entries';
import { isRootName } from './names';
import type { Coder } from './notebook';
import type { RestSource } from './rest';

/** What commands act on: the lines that were chosen last, in whichever browser. */
export class Choice {
  entries: Entry[] = [];
  refresh: () => void = () => undefined;
}

export interface Services {
  app: JupyterFrontEnd;
  choice: Choice;
  source: RestSource;
  coder: Coder;
  documents: IDocumentManager | null;
  files: IDefaultFileBrowser | null;
  notebooks: INotebookTracker | null;
  palette: ICommandPalette | null;
}

/** What a command is about: the file browser's selection where its context menu says so, else the browsers' own. */
export function targets(services: Services, args: { from?: unknown }): Entry[] {
  return args.from === 'files'
    ? selectedFiles(services)
    : services.choice.entries;
}

function selectedFiles({ app, files }: Services): Entry[] {
  return [...(files?.selectedItems() ?? [])]
    .filter(file => isRootName(file.name))
    .map(item =>
      fileEntry(
        app.serviceManager.contents.localPath(item.path),
        item.name,
        item.size ?? null,
        item.last_modified
      )
    );
}
