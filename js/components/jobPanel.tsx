/** A job: how far it is, what failed and what to do about it, and its histograms. It knows neither kernel nor Bokeh. */

import type { ComponentChildren } from 'preact';

import type {
  Action,
  ClusterSums,
  Failure,
  JobProgress,
  JobState
} from '../widgets/jobMessages';
import { Cutflow } from './dashboardCutflow';
import type { CutflowRow } from './dashboardTypes';
import { JobFailures } from './jobFailures';
import { JobNotes } from './jobNotes';
import { duration, knowsEvents, share } from './jobFormat';
import { JobSamples } from './jobSamples';
import { isLink } from './jobsModel';
import { OWN_KEYS } from './keys';
import { count, size } from './prefixed';

interface Props {
  job: JobState['job'];
  progress: JobProgress;
  cluster: ClusterSums;
  rows: CutflowRow[];
  problems: string[];
  failures: Failure[];
  failed: number;
  /** How many of them `onMore` adds to the list. */
  next: number;
  failure: string;
  acting: Action | null;
  dead: boolean;
  regions: string[];
  region: number;
  onRegion(region: string): void;
  onAct(action: Action, files: string[]): void;
  onMore(): void;
  children: ComponentChildren;
}

export function JobPanel(props: Props) {
  const { job, progress, cluster, acting, dead, onAct } = props;
  const { state } = progress;
  const running = state === 'planning' || state === 'running';
  const canRetry = !running && progress.done < progress.total;
  const alive = cluster.status === 'running';
  const link = alive && isLink(job.dashboard) ? job.dashboard : '';
  // What ended the job is among the notes as well, and there with what to do about it.
  const ended =
    props.problems.find(note => job.error && note.startsWith(job.error)) ??
    job.error;
  const alert = props.failure || ended;
  return (
    <div class="heplens-dashboard heplens-jobview" data-tone={toneOf(state)}>
      <header class="heplens-toolbar" role="toolbar" aria-label="Job">
        <span class="heplens-jobview-name" title={titleOf(job)}>
          {job.name}
        </span>
        <span class="heplens-jobview-state" role="status">
          {dead ? 'kernel gone' : acting === 'cancel' ? 'cancelling' : state}
        </span>
        {props.regions.length > 0 && (
          <label class="heplens-region">
            Region
            <select
              {...OWN_KEYS}
              value={props.region}
              onChange={event =>
                props.onRegion(props.regions[event.currentTarget.selectedIndex])
              }
            >
              {props.regions.map((name, i) => (
                <option key={name} value={i}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <span class="heplens-jobview-tools">
          {link && (
            <a
              {...OWN_KEYS}
              class="heplens-tool"
              href={link}
              target="_blank"
              rel="noopener noreferrer"
              title={`Dask dashboard: ${link}`}
            >
              Dask dashboard
            </a>
          )}
          {canRetry && (
            <button
              {...OWN_KEYS}
              type="button"
              class="heplens-tool"
              disabled={dead || acting !== null}
              title="Process what failed or was not reached"
              onClick={() => onAct('retry', [])}
            >
              {state === 'cancelled' || state === 'stopped'
                ? 'Go on'
                : 'Retry failed'}
            </button>
          )}
          {running && (
            <button
              {...OWN_KEYS}
              type="button"
              class="heplens-tool"
              disabled={dead || acting !== null}
              title="Stop; what is done is kept"
              onClick={() => onAct('cancel', [])}
            >
              Cancel
            </button>
          )}
        </span>
      </header>
      <div class="heplens-jobview-progress">
        <Bar progress={progress} />
        <p class="heplens-jobview-line">{progressLine(progress)}</p>
        <p class="heplens-jobview-line heplens-jobview-cluster">
          {running && !dead && clusterLine(cluster, state)}
        </p>
      </div>
      {dead && (
        <p class="heplens-failure" role="alert">
          The kernel has gone: these are the last numbers it sent.
          {job.directory &&
            ` heplens.Job.resume(${JSON.stringify(job.directory)}) goes on with the job.`}
        </p>
      )}
      {alert && (
        <p class="heplens-failure" role="alert">
          {alert}
        </p>
      )}
      <JobNotes notes={props.problems.filter(note => note !== alert)} />
      <JobFailures
        failures={props.failures}
        failed={props.failed}
        next={props.next}
        onMore={props.onMore}
        disabled={dead || acting !== null}
        onAct={onAct}
      />
      <div class="heplens-dashboard-body">
        <section class="heplens-side" aria-label="Datasets and cutflow">
          <JobSamples samples={progress.samples} unseen={progress.unseen > 0} />
          <Cutflow rows={() => props.rows} />
        </section>
        <section class="heplens-plots" aria-label="Histograms">
          {props.children}
        </section>
      </div>
    </div>
  );
}

/** Done, failed and left out, as shares of the blocks. */
function Bar({ progress }: { progress: JobProgress }) {
  const { done, failed, total } = progress;
  const width = (part: number): string =>
    `${total > 0 ? (100 * part) / total : 0}%`;
  return (
    <div
      class="heplens-bar"
      role="progressbar"
      aria-label="Blocks done"
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
    >
      <div class="heplens-bar-done" style={{ width: width(done) }} />
      <div class="heplens-bar-failed" style={{ width: width(failed) }} />
    </div>
  );
}

function progressLine(progress: JobProgress): string {
  const { state, done, total, events, total_events: all } = progress;
  if (state === 'planning') {
    return progress.workers > 0
      ? 'Looking into the files'
      : 'Looking into the files, waiting for workers';
  }
  const blocks = `${done.toLocaleString('en')} of ${total.toLocaleString('en')} blocks`;
  const parts = knowsEvents(progress)
    ? [`${share(events, all)} of events`, `${count(events)} of ${count(all)}`]
    : [`${count(events)} events`];
  parts.push(blocks);
  if (progress.rate > 0) {
    parts.push(`${count(progress.rate)} events/s`);
  }
  if (progress.bytes > 0) {
    parts.push(`${size(progress.bytes)} read`);
  }
  if (progress.reused > 0) {
    parts.push(`${progress.reused.toLocaleString('en')} blocks from before`);
  }
  if (progress.skipped > 0) {
    parts.push(`${progress.skipped.toLocaleString('en')} blocks left out`);
  }
  if (state === 'running') {
    if (progress.remaining !== null) {
      parts.push(`${duration(progress.remaining)} left`);
    }
  } else if (progress.seconds >= 0.05) {
    parts.push(`took ${duration(progress.seconds)}`);
  }
  return parts.join(' · ');
}

function clusterLine(cluster: ClusterSums, state: string): string {
  if (cluster.status !== 'running') {
    return `Dask client: ${cluster.status}`;
  }
  if (cluster.workers === 0) {
    return state === 'planning' ? '' : 'Waiting for workers'; // the line above says so
  }
  const plural = (n: number, what: string): string =>
    `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;
  const limit = cluster.memory_limit;
  return [
    plural(cluster.workers, 'worker'),
    plural(cluster.threads, 'thread'),
    `CPU ${Math.round(100 * cluster.cpu)} %`,
    `memory ${size(cluster.memory)}${limit ? ` of ${size(limit)}` : ''}`,
    `${plural(cluster.running, 'task')} running, ${cluster.waiting.toLocaleString('en')} waiting`
  ].join(' · ');
}

function toneOf(state: JobProgress['state']): string {
  return {
    planning: 'busy',
    running: 'busy',
    finished: 'good',
    incomplete: 'warn',
    cancelled: 'warn',
    failed: 'bad',
    stopped: 'bad'
  }[state];
}

function titleOf(job: JobState['job']): string {
  const kept = job.directory ? `\nkept in ${job.directory}` : '';
  return `${job.name}\njob ${job.id}\n${job.scheduler}${kept}`;
}
