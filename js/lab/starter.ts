/** "Open in New Notebook": a notebook with a first analysis, written but not run. */

import { showErrorMessage } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';

import { entriesOf, type Entry } from '../components/browser/entries';
import { relativePath } from '../components/browser/code';
import { sensible, starterCell } from '../components/browser/starter';
import { fileAt } from './mainTrees';
import { codeCell } from './notebook';
import type { Services } from './services';

export async function openInNotebook(
  services: Services,
  entry: Entry
): Promise<void> {
  const { app } = services;
  try {
    const source = await starter(services, entry);
    const path = await writeNotebook(services, entry.file, source);
    await app.commands.execute('docmanager:open', { path });
  } catch (error) {
    await showErrorMessage(
      'The notebook could not be made',
      error instanceof Error ? error.message : String(error)
    );
  }
}

/** The code: a histogram of the chosen branch, or of a sensible one of the file's main tree; else what is there. */
async function starter(services: Services, chosen: Entry): Promise<string> {
  const { source, coder } = services;
  const { signal } = new AbortController();
  const file = chosen.row.kind === 'file' ? chosen : fileAt(chosen.file);
  const listed = async (entry: Entry) =>
    entriesOf(
      entry,
      (await source.list(entry.file, entry.row.path, signal)).rows
    ).flatMap(entry => entry.members ?? [entry]);

  const isTree = chosen.row.kind === 'tree' || chosen.row.kind === 'ntuple';
  const tree = isTree ? chosen : await coder.trees.of(file);
  const inTree = chosen.tree !== null ? [chosen] : null;
  const branch = sensible(inTree ?? (tree ? await listed(tree) : []));
  const path = branch?.tree;
  if (branch && path !== null && path !== undefined) {
    const preview = await source.preview(branch.file, branch.row.path);
    return starterCell(
      relativePath(PathExt.dirname(chosen.file), chosen.file),
      path,
      branch,
      preview
    );
  }
  const top = await listed(file);
  const histogram = top.find(({ row }) => row.kind === 'histogram');
  const shown =
    chosen.row.kind === 'file' ? (tree ?? histogram ?? file) : chosen;
  // The notebook will lie beside the file.
  const beside = { ...shown, file: PathExt.basename(shown.file) };
  return codeCell(coder, null, [beside]).source;
}

/** A new notebook beside the file, with one cell. Its path. */
async function writeNotebook(
  { app }: Services,
  file: string,
  source: string
): Promise<string> {
  const { contents, kernelspecs } = app.serviceManager;
  await kernelspecs.ready;
  const specs = kernelspecs.specs;
  const python = [
    specs?.kernelspecs[specs.default],
    ...Object.values(specs?.kernelspecs ?? {})
  ].find(spec => spec?.language === 'python');
  const made = await contents.newUntitled({
    path: PathExt.dirname(file),
    type: 'notebook'
  });
  await contents.save(made.path, {
    type: 'notebook',
    format: 'json',
    content: {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: python
        ? {
            kernelspec: {
              name: python.name,
              display_name: python.display_name,
              language: 'python'
            }
          }
        : {},
      cells: [
        {
          id: 'heplens',
          cell_type: 'code',
          execution_count: null,
          metadata: {},
          outputs: [],
          source
        }
      ]
    }
  });
  return made.path;
}
