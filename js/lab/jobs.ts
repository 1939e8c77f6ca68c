/** Jobs in JupyterLab: attaches to the kernels of open notebooks and asks the server for job directories. */

import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { SidePanel } from '@jupyterlab/ui-components';

import { literal, relativePath } from '../components/browser/code';
import {
  JobsModel,
  type JobLine,
  type KernelJob
} from '../components/jobsModel';
import { JobsHost } from './jobsHost';
import type { RestSource } from './rest';

const TARGET = 'heplens.jobs';
/** Milliseconds between two looks at the job directories, while the section can be seen. */
const EVERY = 5000;

/** Add the section below the browser; nothing is executed in any kernel. */
export function addJobs(
  sidebar: SidePanel,
  source: RestSource,
  notebooks: INotebookTracker | null
): void {
  const model = new JobsModel();
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
    line => void insert(notebooks, line),
    () => void look()
  );
  sidebar.addWidget(host);
  follow(model, notebooks);
  const clock = window.setInterval(() => void look(), EVERY);
  host.disposed.connect(() => window.clearInterval(clock));
}

/** Listen to the kernels of all notebooks, also those that are opened or restarted later. */
function follow(model: JobsModel, notebooks: INotebookTracker | null): void {
  const attach = (panel: NotebookPanel): void => {
    const context = panel.sessionContext;
    const listen = (kernel: Kernel.IKernelConnection | null | undefined) => {
      if (kernel) {
        listenTo(model, kernel, () => PathExt.basename(context.path));
      }
    };
    context.kernelChanged.connect((_, { oldValue, newValue }) => {
      if (oldValue) {
        model.dropKernel(oldValue.id);
      }
      listen(newValue);
    });
    listen(context.session?.kernel);
  };
  notebooks?.forEach(attach);
  notebooks?.widgetAdded.connect((_, panel) => attach(panel));
}

function listenTo(
  model: JobsModel,
  kernel: Kernel.IKernelConnection,
  place: () => string
): void {
  const take = (
    message: KernelMessage.ICommMsgMsg | KernelMessage.ICommOpenMsg
  ) => {
    const { kind, jobs } = message.content.data as {
      kind?: string;
      jobs?: KernelJob[];
    };
    if (kind === 'jobs' && Array.isArray(jobs)) {
      model.setKernel(kernel.id, place(), jobs);
    }
  };
  const hold = (comm: Kernel.IComm): void => {
    comm.onMsg = take;
    comm.onClose = () => model.dropKernel(kernel.id);
  };
  kernel.registerCommTarget(TARGET, (comm, opened) => {
    hold(comm);
    take(opened);
  });
  // After a reload of the page the kernel's comm is still there, and its list is asked for.
  const reattach = async (): Promise<void> => {
    const { content } = await kernel.requestCommInfo({ target_name: TARGET });
    const ids = content.status === 'ok' ? Object.keys(content.comms) : [];
    for (const id of ids.filter(id => !kernel.hasComm(id))) {
      const comm = kernel.createComm(TARGET, id);
      hold(comm);
      comm.send({ kind: 'list' });
    }
  };
  kernel.statusChanged.connect((_, status) => {
    if (
      status === 'dead' ||
      status === 'restarting' ||
      status === 'autorestarting'
    ) {
      model.dropKernel(kernel.id);
    }
  });
  kernel.disposed.connect(() => model.dropKernel(kernel.id));
  void reattach().catch(() => undefined); // a kernel that has just died
}

/** Put a cell below the active one of the notebook in front. It is not run. */
async function insert(
  notebooks: INotebookTracker | null,
  line: JobLine
): Promise<void> {
  const panel = notebooks?.currentWidget;
  const notebook = panel?.content;
  if (!panel || !notebook?.model) {
    Notification.info(
      'Open a notebook first: the cell is inserted below its active cell.',
      { autoClose: 4000 }
    );
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
