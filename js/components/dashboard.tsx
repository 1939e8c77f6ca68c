/** The dashboard: steps and cutflow at the side, plots in a grid, one line that says how things stand. */

import type { ComponentChildren } from 'preact';

import { AddStep } from './dashboardAdd';
import { LiveCutflow } from './dashboardCutflow';
import { RunIcon } from './dashboardIcons';
import { Steps } from './dashboardSteps';
import { Tool } from './dashboardTool';
import { Toolbar, type Tools, type Status } from './dashboardToolbar';
import type { Actions, Handle, State, Step } from './dashboardTypes';
import type { Live } from './live';

interface Props {
  state: State;
  steps: Step[];
  problems: string[];
  status: Status;
  failure: string;
  /** Only another job can tell the numbers. */
  needsJob: boolean;
  /** What is shown are numbers of an earlier analysis. */
  outdated: boolean;
  notice: string;
  handles(step: string): Handle[];
  live: Live;
  actions: Actions;
  tools: Tools;
  regions: string[];
  region: number;
  children: ComponentChildren;
}

export function Dashboard(props: Props) {
  const { state, steps, problems, failure, actions, live } = props;
  return (
    <div class="heplens-dashboard" data-outdated={props.outdated || undefined}>
      <Toolbar
        state={state}
        status={props.status}
        notice={props.notice}
        steps={steps}
        tools={props.tools}
        regions={props.regions}
        region={props.region}
      />
      {failure && (
        <p
          class={props.needsJob ? 'heplens-offer' : 'heplens-failure'}
          role="alert"
        >
          {failure}
          {props.needsJob && (
            <Tool label="Run as a job" onClick={props.tools.dask}>
              <RunIcon />
              <span>Run as a job</span>
            </Tool>
          )}
        </p>
      )}
      {problems.map(problem => (
        <p class="heplens-problem" key={problem}>
          {problem}
        </p>
      ))}
      <div class="heplens-dashboard-body">
        <section class="heplens-side" aria-label="Steps and cutflow">
          <Steps
            steps={steps}
            handles={props.handles}
            live={live}
            actions={actions}
          />
          <AddStep steps={steps} actions={actions} />
          <LiveCutflow live={live} />
        </section>
        <section class="heplens-plots" aria-label="Histograms">
          {props.children}
        </section>
      </div>
    </div>
  );
}
