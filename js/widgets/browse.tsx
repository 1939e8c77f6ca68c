/** anywidget entry of `heplens.widgets.Browser`: the tree of the sidebar, fed by a kernel. */

import {
  Browser,
  type EntryAction,
  type Place
} from '../components/browser/browser';
import { cellFor, uprootExpression } from '../components/browser/code';
import { entryId, fileEntry, type Entry } from '../components/browser/entries';
import { TreeModel } from '../components/browser/model';
import { PreviewModel } from '../components/browser/previewModel';
import { useChanges } from '../components/use';
import { mountIn, widget, type Model } from './anywidget';
import type { State } from './browseMessages';
import { KernelSource } from './browseSource';
import { mismatch, PROTOCOL } from './protocol';

/** What the views of one widget share. */
class Shared {
  readonly source: KernelSource;
  readonly tree: TreeModel;
  readonly preview: PreviewModel;
  readonly label: string;
  place: Place = { status: 'ready', message: 'There is nothing here.' };
  gone = false;
  private told = '';
  private readonly listeners = new Set<() => void>();
  private readonly stop: () => void;

  constructor(private readonly model: Model<State>) {
    const state = model.get('state');
    const [first] = state.roots;
    this.label =
      state.folder ||
      (state.roots.length === 1 ? first.path : `${state.roots.length} places`);
    this.source = new KernelSource(model);
    this.tree = new TreeModel(this.source, state.roots.length === 1);
    this.preview = new PreviewModel(this.source);
    if (state.protocol === PROTOCOL) {
      this.tree.setRoots(
        state.roots.map(({ path, name }) => fileEntry(path, name, null, ''))
      );
    } else {
      this.place = { status: 'failed', message: mismatch(state.protocol) };
    }
    this.receive();
    this.stop = this.tree.subscribe(() => this.tell());
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Choose what was chosen in another page. */
  receive(): void {
    const { selected } = this.model.get('state');
    const id = selected ? entryId(selected.file, selected.path) : null;
    if (selected && id !== this.tree.selected?.id && id !== this.told) {
      const parts = selected.path === '' ? [] : selected.path.split('/');
      const above = parts.map((_, at) =>
        entryId(selected.file, parts.slice(0, at).join('/'))
      );
      this.tree.restore({ open: above, selected: id });
    }
  }

  disconnect(): void {
    this.gone = true;
    this.source.close();
    this.listeners.forEach(listener => listener());
  }

  close(): void {
    this.stop();
    this.source.close();
  }

  private tell(): void {
    const { selected } = this.tree;
    const id = selected?.id ?? '';
    const known = this.model.get('state').selected;
    const same = known && entryId(known.file, known.path) === id;
    if (id !== this.told && !same) {
      this.source.choose(selected?.file ?? '', selected?.row.path ?? '');
    }
    this.told = id;
  }
}

/** A kernel and its files are not known to the page: paths are copied as the kernel takes them, code as it runs there. */
const ACTIONS = [
  copying('Copy cell', entries =>
    cellFor(
      entries.map(entry => ({ file: entry.file, entry, main: '' })),
      'heplens'
    )
  ),
  copying('Copy as uproot', entries =>
    entries.map(entry => uprootExpression(entry.file, entry)).join('\n')
  ),
  copying('Copy path', entries =>
    [...new Set(entries.map(entry => entry.file))].join('\n')
  )
];

function copying(
  label: string,
  code: (entries: Entry[]) => string
): EntryAction {
  return {
    label,
    run: entries => void navigator.clipboard.writeText(code(entries))
  };
}

function View({ shared }: { shared: Shared }) {
  useChanges(shared);
  return (
    <>
      <header class="heplens-browse-head">
        <span title={shared.label}>{shared.label}</span>
        <button
          type="button"
          data-lm-suppress-shortcuts="true"
          title="Read what is open again"
          onClick={() => shared.tree.refresh()}
          disabled={shared.gone}
        >
          Refresh
        </button>
      </header>
      {shared.gone && (
        <p class="heplens-browse-gone" role="alert">
          The kernel that fed this browser is gone. Run the cell again to go on.
        </p>
      )}
      <div class="heplens-browse-body">
        <Browser
          model={shared.tree}
          preview={shared.preview}
          place={shared.place}
          label={`Contents of ${shared.label}`}
          actions={ACTIONS}
        />
      </div>
    </>
  );
}

function mount(shared: Shared, el: HTMLElement): () => void {
  return mountIn(el, 'heplens-browse', () => <View shared={shared} />);
}

export default widget(
  'heplens.browse',
  (model: Model<State>) => new Shared(model),
  mount
);
