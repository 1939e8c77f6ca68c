/** The dashboard: steps and cutflow at the side, plots in a grid, one line that says how things stand. */

import type { ComponentChildren } from 'preact';

import { AddStep } from './dashboardAdd';
import { Cutflow } from './dashboardCutflow';
import { Steps } from './dashboardSteps';
import { Toolbar, type Tools, type Status } from './dashboardToolbar';
import type { Actions, Handle, State, Step } from './dashboardTypes';
import { useLive, type Live } from './live';

interface Props {
  state: State;
  steps: Step[];
  problems: string[];
  status: Status;
  failure: string;
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
    <div class="heplens-dashboard">
      <Toolbar
        state={state}
        status={props.status}
        notice={props.notice}
        tools={props.tools}
        regions={props.regions}
        region={props.region}
      />
      {failure && (
        <p class="heplens-failure" role="alert">
          {failure}
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

function LiveCutflow({ live }: { live: Live }) {
  useLive(live, ({ sequence }) => sequence());
  return <Cutflow rows={live.cutflow()} />;
}
