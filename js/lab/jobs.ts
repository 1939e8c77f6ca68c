/** Jobs in JupyterLab: those of running kernels, and the job directories that the server knows. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { SidePanel } from '@jupyterlab/ui-components';

import { literal, relativePath } from '../components/browser/code';
import { JobsModel, type JobLine } from '../components/jobsModel';
import { JobKernels } from './jobKernels';
import { JobsHost } from './jobsHost';
import type { RestSource } from './rest';

/** Milliseconds between two looks at the job directories, while the section can be seen. */
const EVERY = 5000;
/** The command of dask-labextension that shows the panes of a dashboard. */
const PANES = 'dask:populate-and-launch-layout';

/** Add the section below the browser; nothing is executed in any kernel. */
export function addJobs(
  app: JupyterFrontEnd,
  sidebar: SidePanel,
  source: RestSource,
  notebooks: INotebookTracker | null
): void {
  const model = new JobsModel();
  const kernels = new JobKernels(model, app.serviceManager, notebooks);
  let asking = false;
  const look = async (): Promise<void> => {
    if (asking || !host.isVisible || document.hidden) {
      return;
    }
    asking = true;
    try {
      model.setKept((await source.jobs()).jobs);
    } catch (error) {
      model.fail(error instanceof Error ? error.message : String(error));
    } finally {
      asking = false;
    }
  };
  const host = new JobsHost(
    model,
    line =>
      void panelFor(app, kernels, notebooks, line).then(
        panel => panel && insert(panel, line)
      ),
    url => {
      const there = app.commands.hasCommand(PANES);
      if (there) {
        void app.commands.execute(PANES, { url });
      }
      return there;
    },
    () => void look()
  );
  sidebar.addWidget(host);
  const clock = window.setInterval(() => void look(), EVERY);
  host.disposed.connect(() => window.clearInterval(clock));
}

/** The notebook for the cell: a job can be shown by its own kernel only, any can go on with a directory. */
async function panelFor(
  app: JupyterFrontEnd,
  kernels: JobKernels,
  notebooks: INotebookTracker | null,
  { action }: JobLine
): Promise<NotebookPanel | null> {
  if (action.kind === 'resume') {
    return notebooks?.currentWidget ?? told('Open a notebook first.');
  }
  const open = kernels.panelOf(action.kernel);
  if (open) {
    app.shell.activateById(open.id);
    return open;
  }
  if (!action.notebook.endsWith('.ipynb')) {
    return told(
      `The job belongs to ${PathExt.basename(action.notebook)}, which is no notebook: heplens.jobs.known() finds it there.`
    );
  }
  const widget: unknown = await app.commands.execute('docmanager:open', {
    path: action.notebook
  });
  const panel = notebooks?.find(panel => panel === widget);
  if (!panel) {
    return told('The notebook of the job opens in a tab of its own.');
  }
  await panel.context.ready;
  // A cell that is run before the kernel is connected would be given another one, and this one with its job be shut down.
  await panel.sessionContext.ready;
  return panel;
}

function told(sentence: string): null {
  Notification.info(sentence, { autoClose: 5000 });
  return null;
}

/** Put a cell below the active one. It is not run. */
async function insert(panel: NotebookPanel, line: JobLine): Promise<void> {
  const notebook = panel.content;
  if (!notebook.model) {
    return;
  }
  const index = notebook.activeCellIndex + 1;
  notebook.model.sharedModel.insertCell(index, {
    cell_type: 'code',
    source: codeFor(line, PathExt.dirname(panel.context.localPath)),
    metadata: {}
  });
  notebook.activeCellIndex = index;
  notebook.deselectAll();
  await notebook.scrollToItem(index, 'smart');
}

function codeFor({ action }: JobLine, folder: string): string {
  if (action.kind === 'show') {
    return `from heplens import jobs\n\njobs.find(${literal(action.id)})`;
  }
  const path = literal(relativePath(folder, action.path));
  return `import heplens as hl\n\njob = hl.Job.resume(${path})\njob`;
}
