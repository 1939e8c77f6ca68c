/** anywidget entry of `heplens.widgets.Browser`: the tree of the sidebar, fed by a kernel. */

import type { InitializeProps, RenderProps } from '@anywidget/types';
import { render } from 'preact';

import {
  Browser,
  type EntryAction,
  type Place
} from '../components/browser/browser';
import { cellFor, uprootExpression } from '../components/browser/code';
import { entryId, fileEntry, type Entry } from '../components/browser/entries';
import { TreeModel } from '../components/browser/model';
import { PreviewModel } from '../components/browser/previewModel';
import { checked } from '../components/browser/listing';
import { useChanges } from '../components/use';
import type { State } from './browseMessages';
import { KernelSource } from './browseSource';
import { once } from './once';
import type { Channel } from './requests';

type Traits = { state: State };
type Model = InitializeProps<Traits>['model'];

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

  constructor(private readonly model: Model) {
    const state = model.get('state');
    const [first] = state.roots;
    this.label =
      state.folder ||
      (state.roots.length === 1 ? first.path : `${state.roots.length} places`);
    this.source = new KernelSource(model as unknown as Channel);
    this.tree = new TreeModel(this.source, state.roots.length === 1);
    this.preview = new PreviewModel(this.source);
    try {
      checked(state);
      this.tree.setRoots(
        state.roots.map(({ path, name }) => fileEntry(path, name, null, ''))
      );
    } catch (error) {
      this.place = {
        status: 'failed',
        message: error instanceof Error ? error.message : String(error)
      };
    }
    this.follow();
    this.stop = this.tree.subscribe(() => this.tell());
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Choose what was chosen in another page. */
  readonly follow = (): void => {
    const { selected } = this.model.get('state');
    const id = selected ? entryId(selected.file, selected.path) : null;
    if (selected && id !== this.tree.selected?.id && id !== this.told) {
      const parts = selected.path === '' ? [] : selected.path.split('/');
      const above = parts.map((_, at) =>
        entryId(selected.file, parts.slice(0, at).join('/'))
      );
      this.tree.restore({ open: above, selected: id });
    }
  };

  readonly disconnect = (): void => {
    this.gone = true;
    this.source.disconnect();
    this.listeners.forEach(listener => listener());
  };

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

type Widget = () => {
  initialize(props: InitializeProps<Traits>): void;
  render(props: RenderProps<Traits>): () => void;
};

/** What anywidget calls once for every model. */
const browse: Widget = () => {
  let shared: Shared | undefined;
  return {
    initialize({ model, signal }) {
      const made = (shared = new Shared(model));
      model.on('change:state', made.follow);
      // The widget manager marks all its models when the kernel restarts or dies.
      model.on('comm_live_update', made.disconnect);
      signal.addEventListener('abort', () => {
        model.off('change:state', made.follow);
        model.off('comm_live_update', made.disconnect);
        made.close();
      });
    },
    render({ el }) {
      if (!shared) {
        throw new Error('heplens: the widget was not initialised');
      }
      const root = document.createElement('div');
      root.className = 'heplens-browse';
      root.dataset.lmSuppressShortcuts = 'true';
      el.append(root);
      render(<View shared={shared} />, root);
      return () => {
        render(null, root);
        root.remove();
      };
    }
  };
};

export default once('heplens.browse', browse);
