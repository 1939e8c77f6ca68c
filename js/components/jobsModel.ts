/** The jobs that the sidebar shows: those of kernels, and those that are kept in directories. */

export interface JobCounts {
  done: number;
  failed: number;
  total: number;
  events: number;
  total_events: number;
}

/** A job of a running kernel, as `heplens.widgets.job_comm` tells it. */
export interface KernelJob {
  id: string;
  name: string;
  state: string;
  created: number;
  directory: string | null;
  /** Where Dask shows the cluster while the job runs; '' for nowhere. */
  dashboard: string;
  progress: JobCounts;
}

/** A job directory, as `heplens.files.jobs` tells it; its path is below the server's root. */
export interface KeptJob {
  path: string;
  id: string | null;
  name: string | null;
  state: string | null;
  error: string | null;
  /** Seconds since 1970. */
  created: number;
  updated: number;
  progress: JobCounts;
}

/** One line of the list. */
export interface JobLine {
  key: string;
  name: string;
  state: string;
  /** 0 to 1. */
  share: number;
  /** Where it is: a notebook, or a directory. */
  place: string;
  /** Milliseconds since 1970. */
  when: number;
  error: string;
  dashboard: string;
  action:
    | { kind: 'show'; id: string; kernel: string; notebook: string }
    | { kind: 'resume'; path: string };
}

/** A job that says it runs, and has not written for so long, has died; seconds. */
const SILENT = 60;

export class JobsModel {
  /** What went wrong with the directories, as a sentence. */
  failure = '';
  private readonly kernels = new Map<
    string,
    { notebook: string; jobs: KernelJob[] }
  >();
  private kept: KeptJob[] = [];
  private readonly listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A kernel has told its jobs; `notebook` is the path of what it runs for. */
  setKernel(kernel: string, notebook: string, jobs: KernelJob[]): void {
    this.kernels.set(kernel, { notebook, jobs });
    this.changed();
  }

  /** A kernel has gone, with its jobs. */
  dropKernel(kernel: string): void {
    if (this.kernels.delete(kernel)) {
      this.changed();
    }
  }

  setKept(jobs: KeptJob[]): void {
    this.kept = jobs;
    this.failure = '';
    this.changed();
  }

  fail(message: string): void {
    this.failure = message;
    this.changed();
  }

  /** Jobs of kernels first, then directories of no kernel; the newest first. */
  lines(now: number): JobLine[] {
    const live = [...this.kernels].flatMap(([kernel, { notebook, jobs }]) =>
      jobs.map(job => ({
        key: `${kernel} ${job.id}`,
        name: job.name,
        state: job.state,
        share: shareOf(job.progress),
        place: notebook.slice(notebook.lastIndexOf('/') + 1),
        when: 1000 * job.created,
        error: '',
        dashboard: isLink(job.dashboard) ? job.dashboard : '',
        action: { kind: 'show' as const, id: job.id, kernel, notebook }
      }))
    );
    const known = new Set(
      [...this.kernels.values()].flatMap(({ jobs }) => jobs.map(job => job.id))
    );
    const kept = this.kept
      .filter(job => job.id === null || !known.has(job.id))
      .map(job => ({
        key: job.path,
        name: job.name ?? job.path,
        state: stateOf(job, now),
        share: shareOf(job.progress),
        place: job.path,
        when: 1000 * (job.updated || job.created),
        error: job.error ?? '',
        dashboard: '',
        action: { kind: 'resume' as const, path: job.path }
      }));
    return [...live.sort(newest), ...kept.sort(newest)];
  }

  private changed(): void {
    for (const listener of this.listeners) {
      listener();
    }
  }
}

/** What another machine calls its dashboard is text: followed only when it is an address. */
export function isLink(text: string): boolean {
  return /^https?:\/\//.test(text);
}

function newest(one: JobLine, other: JobLine): number {
  return other.when - one.when;
}

function shareOf({ done, total }: JobCounts): number {
  return total > 0 ? Math.min(1, done / total) : 0;
}

function stateOf(job: KeptJob, now: number): string {
  const says = job.state ?? 'unknown';
  const running = says === 'planning' || says === 'running';
  return running && now / 1000 - job.updated > SILENT ? 'interrupted' : says;
}
