/** Listens to the jobs of all running kernels. Nothing is executed in any of them, and none is waited for. */

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import {
  KernelMessage,
  type Kernel,
  type ServiceManager
} from '@jupyterlab/services';

import type { JobsModel, KernelJob } from '../components/jobsModel';

const TARGET = 'heplens.jobs';
/** Kernels of no open notebook that are listened to; each is a connection. */
const MOST = 20;

type FromComm = KernelMessage.ICommMsgMsg | KernelMessage.ICommOpenMsg;

export class JobKernels {
  /** Connections of our own, by the id of the kernel. */
  private readonly quiet = new Map<string, Kernel.IKernelConnection>();

  constructor(
    private readonly model: JobsModel,
    private readonly services: ServiceManager.IManager,
    private readonly notebooks: INotebookTracker | null
  ) {
    notebooks?.forEach(panel => this.attach(panel));
    notebooks?.widgetAdded.connect((_, panel) => this.attach(panel));
    services.sessions.runningChanged.connect(() => this.followOthers());
    this.followOthers();
  }

  /** The open notebook whose kernel this is. */
  panelOf(kernel: string): NotebookPanel | undefined {
    return this.notebooks?.find(
      panel => panel.sessionContext.session?.kernel?.id === kernel
    );
  }

  /** The kernel of a notebook, also when it gets another one. */
  private attach(panel: NotebookPanel): void {
    const context = panel.sessionContext;
    const listen = (kernel: Kernel.IKernelConnection | null | undefined) => {
      if (kernel) {
        this.listen(kernel, () => context.path);
      }
      this.followOthers();
    };
    context.kernelChanged.connect((_, { oldValue, newValue }) => {
      if (oldValue) {
        this.model.dropKernel(oldValue.id);
      }
      listen(newValue);
    });
    panel.disposed.connect(() => this.followOthers());
    listen(context.session?.kernel);
  }

  /** Connect to the kernels of no open notebook, and leave those that have one now, or are gone. */
  private followOthers(): void {
    const others = new Map(
      [...this.services.sessions.running()].flatMap(({ kernel, path }) =>
        kernel && !this.panelOf(kernel.id)
          ? [[kernel.id, { kernel, path }]]
          : []
      )
    );
    for (const [id, connection] of this.quiet) {
      if (!others.has(id)) {
        this.quiet.delete(id);
        connection.dispose();
      }
    }
    for (const [id, { kernel, path }] of others) {
      if (!this.quiet.has(id) && this.quiet.size < MOST) {
        // A connection that handled comms would close those that it does not know: the widgets of other pages.
        const connection = this.services.kernels.connectTo({
          model: kernel,
          handleComms: false
        });
        this.quiet.set(id, connection);
        this.overhear(connection, path);
      }
    }
  }

  /** Take part in the comm of a kernel. */
  private listen(kernel: Kernel.IKernelConnection, path: () => string): void {
    const hold = (comm: Kernel.IComm): void => {
      comm.onMsg = message => this.take(kernel.id, path(), message);
      comm.onClose = () => this.model.dropKernel(kernel.id);
    };
    kernel.registerCommTarget(TARGET, (comm, opened) => {
      hold(comm);
      this.take(kernel.id, path(), opened);
    });
    this.dropWith(kernel);
    // After a reload of the page the kernel's comm is still there, and its list is asked for.
    void commsOf(kernel).then(ids => {
      for (const id of ids.filter(id => !kernel.hasComm(id))) {
        const comm = kernel.createComm(TARGET, id);
        hold(comm);
        comm.send({ kind: 'list' });
      }
    });
  }

  /** Read the comm of a kernel along with others. */
  private overhear(kernel: Kernel.IKernelConnection, path: string): void {
    const known = new Set<string>();
    kernel.iopubMessage.connect((_, message) => {
      if (KernelMessage.isCommOpenMsg(message)) {
        if (message.content.target_name === TARGET) {
          known.add(message.content.comm_id);
          this.take(kernel.id, path, message);
        }
      } else if (KernelMessage.isCommMsgMsg(message)) {
        if (known.has(message.content.comm_id)) {
          this.take(kernel.id, path, message);
        }
      } else if (KernelMessage.isCommCloseMsg(message)) {
        if (known.delete(message.content.comm_id)) {
          this.model.dropKernel(kernel.id);
        }
      }
    });
    this.dropWith(kernel);
    void commsOf(kernel).then(ids => {
      for (const id of ids) {
        known.add(id);
        kernel.sendShellMessage(
          KernelMessage.createMessage<KernelMessage.ICommMsgMsg<'shell'>>({
            msgType: 'comm_msg',
            channel: 'shell',
            session: kernel.clientId,
            username: kernel.username,
            content: { comm_id: id, data: { kind: 'list' } }
          })
        );
      }
    });
  }

  private take(kernel: string, path: string, message: FromComm): void {
    const { kind, jobs } = message.content.data as {
      kind?: string;
      jobs?: KernelJob[];
    };
    if (kind === 'jobs' && Array.isArray(jobs)) {
      this.model.setKernel(kernel, path, jobs);
    }
  }

  private dropWith(kernel: Kernel.IKernelConnection): void {
    const drop = (): void => this.model.dropKernel(kernel.id);
    kernel.statusChanged.connect((_, status) => {
      if (['dead', 'restarting', 'autorestarting'].includes(status)) {
        drop();
      }
    });
    kernel.disposed.connect(drop);
  }
}

/** The comms of the jobs of a kernel, once it has time to tell. A kernel that has just died has none. */
async function commsOf(kernel: Kernel.IKernelConnection): Promise<string[]> {
  try {
    const { content } = await kernel.requestCommInfo({ target_name: TARGET });
    return content.status === 'ok' ? Object.keys(content.comms) : [];
  } catch {
    return [];
  }
}
