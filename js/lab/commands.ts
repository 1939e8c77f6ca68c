/** The commands: in the palette, in the context menus (placed there by schema/plugin.json) and behind the buttons. */

import {
  Clipboard,
  InputDialog,
  Notification,
  showErrorMessage
} from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { addIcon, copyIcon, refreshIcon } from '@jupyterlab/ui-components';

import type { EntryAction } from '../components/browser/browser';
import { namesOf, uprootExpression } from '../components/browser/code';
import type { Entry } from '../components/browser/entries';
import { FACTORY } from './document';
import { rootFileIcon } from './icons';
import { fileAt } from './mainTrees';
import { insertCell } from './notebook';
import { type Services, targets } from './services';
import { openInNotebook } from './starter';

export const CommandIDs = {
  open: 'heplens:open',
  openPath: 'heplens:open-path',
  openInNotebook: 'heplens:open-in-notebook',
  refresh: 'heplens:refresh',
  copyPath: 'heplens:copy-path',
  copyNames: 'heplens:copy-path-in-file',
  copyUproot: 'heplens:copy-uproot',
  insert: 'heplens:insert'
};

export function addCommands(services: Services): void {
  const { app, choice, palette } = services;
  const { commands } = app;
  const add = (
    id: string,
    label: string,
    options: { caption: string; icon?: typeof copyIcon },
    run: (entries: Entry[]) => unknown
  ) => {
    commands.addCommand(id, {
      label,
      ...options,
      isEnabled: args => targets(services, args).length > 0,
      execute: args => run(targets(services, args)),
      describedBy: { args: FROM }
    });
    palette?.addItem({ command: id, category: 'heplens' });
  };

  commands.addCommand(CommandIDs.open, {
    label: 'Open in ROOT Viewer',
    caption: 'Show what is in a ROOT file, as a document',
    icon: rootFileIcon,
    isEnabled: args =>
      typeof args.path === 'string' || targets(services, args).length > 0,
    execute: args => {
      const paths =
        typeof args.path === 'string'
          ? [args.path]
          : targets(services, args).map(entry => entry.file);
      return Promise.all(
        [...new Set(paths)].map(path => openFile(services, path))
      );
    },
    describedBy: {
      args: {
        type: 'object',
        properties: { path: { type: 'string' }, ...FROM.properties }
      }
    }
  });
  palette?.addItem({ command: CommandIDs.open, category: 'heplens' });

  commands.addCommand(CommandIDs.openPath, {
    label: 'Open ROOT File from Path…',
    caption: 'Show what is in a ROOT file, by its path',
    icon: rootFileIcon,
    execute: () => openPath(services),
    describedBy: { args: { type: 'object', properties: {} } }
  });
  palette?.addItem({ command: CommandIDs.openPath, category: 'heplens' });

  commands.addCommand(CommandIDs.refresh, {
    label: 'Refresh ROOT Files',
    caption: 'Read the folder and its open ROOT files again',
    icon: refreshIcon,
    execute: () => choice.refresh(),
    describedBy: { args: { type: 'object', properties: {} } }
  });
  palette?.addItem({ command: CommandIDs.refresh, category: 'heplens' });

  add(
    CommandIDs.openInNotebook,
    'Open in New Notebook',
    {
      caption: 'Make a notebook with a first analysis of the file',
      icon: addIcon
    },
    ([entry]) => openInNotebook(services, entry)
  );
  add(
    CommandIDs.insert,
    'Insert in Notebook',
    { caption: 'Insert a cell, which is not run, into the notebook in front' },
    entries => insert(services, entries)
  );
  add(
    CommandIDs.copyPath,
    'Copy Path',
    { caption: 'Copy the path of the file', icon: copyIcon },
    entries => copy([...new Set(entries.map(entry => entry.file))])
  );
  add(
    CommandIDs.copyNames,
    'Copy Path in File',
    {
      caption: 'Copy the name, with the names of what it is in',
      icon: copyIcon
    },
    entries => copy(entries.map(({ row }) => namesOf(row.path).join('/')))
  );
  add(
    CommandIDs.copyUproot,
    'Copy as uproot Expression',
    { caption: 'Copy Python that reads it', icon: copyIcon },
    entries => copyUproot(entries)
  );
}

/** The buttons below a chosen line. */
export function entryActions(services: Services): EntryAction[] {
  return [
    {
      label: 'Insert in notebook',
      run: entries => void insert(services, entries)
    },
    { label: 'Copy as uproot', run: copyUproot }
  ];
}

/** Open a file, named as the contents manager of the server names it, in the viewer. */
export function openFile({ documents, app }: Services, path: string): unknown {
  return (
    documents?.openOrReveal(path, FACTORY) ??
    app.commands.execute('docmanager:open', { path, factory: FACTORY })
  );
}

function copy(lines: string[]): void {
  Clipboard.copyToSystem(lines.join('\n'));
}

function copyUproot(entries: Entry[]): void {
  copy(entries.map(entry => uprootExpression(entry.file, entry)));
}

async function insert(
  { notebooks, coder }: Services,
  entries: Entry[]
): Promise<void> {
  const unreadable = entries.find(({ row }) => row.error !== null);
  if (unreadable) {
    Notification.warning(
      `“${unreadable.row.name}” cannot be read, so there is no code for it: ${unreadable.row.error}`,
      { autoClose: 6000 }
    );
    return;
  }
  const inserted =
    notebooks !== null && (await insertCell(notebooks, coder, entries));
  if (!inserted) {
    Notification.info(
      'Open a notebook first: the cell is inserted below its active cell.',
      { autoClose: 4000 }
    );
  }
}

/** Ask for a path, and open what is there if it is a ROOT file. */
async function openPath(services: Services): Promise<void> {
  const { source, files } = services;
  const folder = files?.model.path ?? '';
  const answer = await InputDialog.getText({
    title: 'Open ROOT File from Path',
    label: 'Path, from the folder that JupyterLab was started in',
    placeholder: 'data/file.root',
    text: folder === '' ? '' : `${folder}/`,
    okLabel: 'Open'
  });
  if (!answer.button.accept || !answer.value) {
    return;
  }
  const path = fromRoot(answer.value.trim());
  try {
    await source.list(path, '', new AbortController().signal);
    await openFile(services, fileAt(path).file);
  } catch (error) {
    await showErrorMessage(
      'Cannot open',
      error instanceof Error ? error.message : String(error)
    );
  }
}

/** A path of the machine as a path below the server's root, when it is one. */
function fromRoot(path: string): string {
  const root = PageConfig.getOption('serverRoot').replace(/\/+$/, '');
  const below = root !== '' && path.startsWith(`${root}/`);
  return (below ? path.slice(root.length) : path).replace(/^\/+/, '');
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
