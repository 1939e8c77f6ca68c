/** One plugin: file type, document, sidebar and commands. What is optional may be absent, as in Notebook 7. */

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';

import type { Style } from '../components/browser/code';
import type { Entry } from '../components/browser/entries';
import type { BrowserHost } from './browserHost';
import { addCommands, CommandIDs, entryActions, openFile } from './commands';
import {
  FACTORY,
  NoContentModelFactory,
  type RootDocument,
  rootFileType,
  RootViewerFactory
} from './document';
import { startDrag } from './drag';
import { addJobs } from './jobs';
import { followFiles } from './follow';
import { keep } from './keep';
import { MainTrees } from './mainTrees';
import type { Coder } from './notebook';
import { RestSource } from './rest';
import { Choice, type Services } from './services';
import { Sidebar } from './sidebar';

const PLUGIN = 'heplens:plugin';

export const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN,
  description: 'ROOT files in the sidebar and as documents.',
  autoStart: true,
  optional: [
    ICommandPalette,
    IDefaultFileBrowser,
    IDocumentManager,
    ILayoutRestorer,
    INotebookTracker,
    ISettingRegistry,
    IStateDB
  ],
  activate: (
    app: JupyterFrontEnd,
    palette: ICommandPalette | null,
    files: IDefaultFileBrowser | null,
    documents: IDocumentManager | null,
    restorer: ILayoutRestorer | null,
    notebooks: INotebookTracker | null,
    registry: ISettingRegistry | null,
    state: IStateDB | null
  ) => {
    const choice = new Choice();
    const source = new RestSource(app.serviceManager.serverSettings);
    const settings = registry?.load(PLUGIN).catch(() => null) ?? null;
    let style: Style = 'heplens';
    void settings?.then(settings => {
      const read = () => {
        style =
          settings?.composite.codeStyle === 'uproot' ? 'uproot' : 'heplens';
      };
      settings?.changed.connect(read);
      read();
    });
    const coder: Coder = {
      contents: app.serviceManager.contents,
      trees: new MainTrees(source),
      style: () => style
    };
    const services: Services = {
      app,
      choice,
      source,
      coder,
      documents,
      files,
      notebooks,
      palette
    };
    addCommands(services);
    const options = {
      source,
      actions: entryActions(services),
      onDrag: (entries: Entry[], event: PointerEvent) =>
        startDrag(coder, notebooks, entries, event)
    };
    const watch = (browser: BrowserHost, refresh: () => void) =>
      browser.model.subscribe(() => {
        if (browser.model.selected) {
          choice.entries = browser.model.chosen;
          choice.refresh = refresh;
        }
      });

    const documentFactory = new RootViewerFactory(coder.contents, options);
    addDocuments(app, documentFactory, restorer, watch, state);

    const sidebar = new Sidebar(app.serviceManager.contents, {
      ...options,
      onActivate: entry => void openFile(services, entry.file),
      onOpenPath: () => void app.commands.execute(CommandIDs.openPath)
    });
    if (state) {
      keep(state, `${PLUGIN}:sidebar`, sidebar.browser.model);
    }
    choice.refresh = () => sidebar.refresh();
    watch(sidebar.browser, choice.refresh);
    app.shell.add(sidebar, 'left', { rank: 300, type: 'heplens' });
    restorer?.add(sidebar, sidebar.id);
    addJobs(app, sidebar, source, notebooks);
    void followFiles(app, sidebar, files, notebooks, settings);
  }
};

/** Let JupyterLab open ROOT files, and open those again that were open. */
function addDocuments(
  app: JupyterFrontEnd,
  factory: RootViewerFactory,
  restorer: ILayoutRestorer | null,
  watch: (browser: BrowserHost, refresh: () => void) => void,
  state: IStateDB | null
): void {
  const tracker = new WidgetTracker<RootDocument>({
    namespace: 'heplens-documents'
  });
  app.docRegistry.addFileType(rootFileType);
  app.docRegistry.addModelFactory(new NoContentModelFactory());
  app.docRegistry.addWidgetFactory(factory);
  factory.widgetCreated.connect((_, widget) => {
    watch(widget.content, () => widget.content.model.refresh());
    widget.context.pathChanged.connect(() => void tracker.save(widget));
    void tracker.add(widget);
    if (state) {
      const key = `${PLUGIN}:document:${widget.context.path}`;
      const stop = keep(state, key, widget.content.model);
      // A document that is closed is forgotten; at a reload nothing is closed.
      widget.disposed.connect(() => {
        stop();
        void state.remove(key);
      });
    }
  });
  if (restorer) {
    void restorer.restore(tracker, {
      command: 'docmanager:open',
      args: widget => ({ path: widget.context.path, factory: FACTORY }),
      name: widget => widget.context.path
    });
  }
}
