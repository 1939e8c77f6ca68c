/** An analysis to and from a file of the person at the page. */

import type { Analysis } from './messages';
import type { Store } from './store';

/** More than any analysis; a ROOT file taken by mistake is not read. */
const MOST = 4_000_000;

export function save(analysis: Analysis): void {
  const text = JSON.stringify(analysis, null, 2);
  const url = URL.createObjectURL(
    new Blob([text], { type: 'application/json' })
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = 'analysis.json';
  link.click();
  URL.revokeObjectURL(url);
}

/** Ask for a file and take its steps, regions and histograms over the data that are open; its name, or '' for none. */
export async function load(store: Store): Promise<string> {
  const file = await choose();
  if (!file) {
    return '';
  }
  if (file.size > MOST) {
    throw new Error(`${file.name} is too big for an analysis.`);
  }
  const edit = { op: 'load', document: await file.text() };
  if (!(await store.edit(edit, file.name))) {
    const problem = store.problems.get(file.name);
    store.problems.delete(file.name);
    throw new Error(`${file.name}: ${problem?.message ?? 'not opened'}`);
  }
  return file.name;
}

function choose(): Promise<File | undefined> {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = '.json,application/json';
  return new Promise(resolve => {
    input.onchange = () => resolve(input.files?.[0]);
    input.oncancel = () => resolve(undefined);
    input.click();
  });
}
