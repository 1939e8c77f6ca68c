/** Every message of the view of a job; twin of `heplens.widgets.job_messages`. */

import type {
  BokehReply,
  CountsFields,
  LookRequest,
  SnapshotFields
} from './messages';
import type { Ending } from './protocol';

export interface SampleProgress {
  events: number;
  total_events: number;
  done: number;
  failed: number;
  total: number;
  skipped: number;
}

export interface JobProgress extends SampleProgress {
  state:
    | 'planning'
    | 'running'
    | 'finished'
    | 'incomplete'
    | 'failed'
    | 'cancelled'
    | 'stopped';
  reused: number;
  /** Files of which nothing is known yet, neither events nor blocks. */
  unseen: number;
  bytes: number;
  seconds: number;
  workers: number;
  /** Events per second. */
  rate: number;
  /** Seconds; null when there is nothing to go by. */
  remaining: number | null;
  text: string;
  samples: Record<string, SampleProgress>;
}

export interface ClusterSums {
  status: string;
  workers: number;
  threads: number;
  memory: number;
  memory_limit: number;
  /** In cores. */
  cpu: number;
  running: number;
  waiting: number;
}

/** The one synced trait, written by Python only. */
export interface JobState {
  protocol: number;
  /** Counts up with what changes the histograms. */
  revision: number;
  /** Counts up with the list of failures. */
  failures: number;
  job: {
    id: string;
    name: string;
    created: number;
    host: string;
    directory: string | null;
    scheduler: string;
    dashboard: string;
    error: string | null;
  };
  progress: JobProgress;
  cluster: ClusterSums;
  /** Names of the histograms with a logarithmic scale. */
  log: string[];
  /** The region that plots show, '' when there are none. */
  region: string;
}

export interface Failure {
  file: string;
  /** Null for a file that could not be opened at all. */
  start: number | null;
  stop: number | null;
  error: string;
  attempts: number;
  worker: string;
}

export type Action = 'cancel' | 'retry' | 'skip';

export type JobRequest =
  | { kind: 'snapshot' }
  | { kind: 'bokeh'; version: string }
  | { kind: 'counts' }
  | { kind: 'failures'; most: number }
  | { kind: 'cancel' }
  | { kind: 'retry'; files: string[] }
  | { kind: 'skip'; files: string[] }
  | LookRequest
  | { kind: 'picture'; revision: number };

export type JobReply =
  | Ending
  | { kind: 'accepted' }
  | ({ kind: 'snapshot'; revision: number } & SnapshotFields)
  | BokehReply
  | ({ kind: 'counts' } & PartialCounts)
  | ({ kind: 'failures' } & FailuresFields);

export interface FailuresFields {
  number: number;
  failures: Failure[];
  failed: number;
}

/** The numbers of what is done by now; `seconds` is what it cost to add them up. */
export interface PartialCounts extends CountsFields {
  revision: number;
  key: string;
  done: number;
  total: number;
  total_events: number;
  unseen: number;
  seconds: number;
}
