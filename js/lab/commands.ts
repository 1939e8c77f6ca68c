/** The commands: in the palette, in the context menus (placed there by schema/plugin.json) and behind the buttons. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import {
  Clipboard,
  type ICommandPalette,
  Notification
} from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog, type IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { INotebookTracker } from '@jupyterlab/notebook';
import { copyIcon, refreshIcon } from '@jupyterlab/ui-components';

import type { EntryAction } from '../components/browser/browser';
import { fileEntry, type Entry } from '../components/browser/entries';
import { namesOf, uprootExpression } from './code';
import { FACTORY } from './document';
import { rootFileIcon } from './icons';
import { isRootName } from './names';
import { insertCell } from './notebook';

export const CommandIDs = {
  open: 'heplens:open',
  refresh: 'heplens:refresh',
  copyPath: 'heplens:copy-path',
  copyUproot: 'heplens:copy-uproot',
  insert: 'heplens:insert'
};

/** What commands act on: the line that was chosen last, in whichever browser. */
export class Choice {
  entry: Entry | null = null;
  refresh: () => void = () => undefined;
}

export interface Services {
  app: JupyterFrontEnd;
  choice: Choice;
  documents: IDocumentManager | null;
  files: IDefaultFileBrowser | null;
  notebooks: INotebookTracker | null;
  palette: ICommandPalette | null;
}

export function addCommands(services: Services): void {
  const { app, choice, palette } = services;
  const { commands } = app;
  // Context menus of the file browser say so; everything else is about the browsers' own choice.
  const target = (args: { from?: unknown }): Entry | null =>
    args.from === 'files' ? selectedFile(services) : choice.entry;
  const add = (
    id: string,
    label: string,
    options: { caption: string; icon?: typeof copyIcon },
    run: (entry: Entry) => void
  ) => {
    commands.addCommand(id, {
      label,
      ...options,
      isEnabled: args => target(args) !== null,
      execute: args => {
        const entry = target(args);
        if (entry) {
          run(entry);
        }
      },
      describedBy: { args: FROM }
    });
    palette?.addItem({ command: id, category: 'heplens' });
  };

  commands.addCommand(CommandIDs.open, {
    label: args =>
      args.path || args.from ? 'Open in ROOT Viewer' : 'Open ROOT File…',
    caption: 'Show what is in a ROOT file, as a document',
    icon: rootFileIcon,
    execute: async args => {
      const path =
        typeof args.path === 'string'
          ? args.path
          : args.from === 'tree'
            ? choice.entry?.file
            : await askForFile(services);
      return path ? openFile(services, path) : undefined;
    },
    describedBy: {
      args: {
        type: 'object',
        properties: { path: { type: 'string' }, ...FROM.properties }
      }
    }
  });
  palette?.addItem({ command: CommandIDs.open, category: 'heplens' });

  commands.addCommand(CommandIDs.refresh, {
    label: 'Refresh ROOT Files',
    caption: 'Read the folder and its open ROOT files again',
    icon: refreshIcon,
    execute: () => choice.refresh(),
    describedBy: { args: { type: 'object', properties: {} } }
  });
  palette?.addItem({ command: CommandIDs.refresh, category: 'heplens' });

  add(
    CommandIDs.copyPath,
    'Copy Path in File',
    {
      caption: 'Copy the name, with the names of what it is in',
      icon: copyIcon
    },
    entry =>
      Clipboard.copyToSystem(
        entry.row.kind === 'file'
          ? entry.file
          : namesOf(entry.row.path).join('/')
      )
  );
  add(
    CommandIDs.copyUproot,
    'Copy as uproot Expression',
    { caption: 'Copy Python that reads it', icon: copyIcon },
    entry => Clipboard.copyToSystem(uprootExpression(entry.file, entry))
  );
  add(
    CommandIDs.insert,
    'Insert in Notebook',
    { caption: 'Insert a cell, which is not run, into the notebook in front' },
    entry => insert(services, entry)
  );
}

/** The buttons below a chosen line. */
export function entryActions(services: Services): EntryAction[] {
  return [
    { label: 'Insert in notebook', run: entry => insert(services, entry) },
    {
      label: 'Copy as uproot',
      run: entry => Clipboard.copyToSystem(uprootExpression(entry.file, entry))
    }
  ];
}

/** Open a file, named as the contents manager of the server names it, in the viewer. */
export function openFile({ documents }: Services, path: string): unknown {
  return documents?.openOrReveal(path, FACTORY);
}

function insert({ app, notebooks }: Services, entry: Entry): void {
  const inserted =
    notebooks !== null &&
    insertCell(notebooks, app.serviceManager.contents, entry);
  if (!inserted) {
    Notification.info(
      'Open a notebook first: the cell is inserted below its active cell.',
      {
        autoClose: 4000
      }
    );
  }
}

function selectedFile({ app, files }: Services): Entry | null {
  const item = files
    ? [...files.selectedItems()].find(file => isRootName(file.name))
    : undefined;
  return item
    ? fileEntry(
        app.serviceManager.contents.localPath(item.path),
        item.name,
        item.size ?? null,
        item.last_modified
      )
    : null;
}

async function askForFile({
  documents,
  files
}: Services): Promise<string | null> {
  if (!documents) {
    return null;
  }
  const answer = await FileDialog.getOpenFiles({
    manager: documents,
    title: 'Open ROOT File',
    defaultPath: files?.model.path,
    filter: item =>
      item.type === 'directory' || isRootName(item.name) ? {} : null
  });
  const file = answer.value?.find(item => item.type !== 'directory');
  return answer.button.accept && file ? file.path : null;
}

const FROM = {
  type: 'object',
  properties: {
    from: {
      type: 'string',
      description: '“files”: what is selected in the file browser'
    }
  }
} as const;
