/** The dashboard: steps and cutflow at the side, plots in a grid, one line that says how things stand. */

import type { ComponentChildren } from 'preact';

import { Cutflow } from './dashboardCutflow';
import { CopyIcon, RedoIcon, UndoIcon } from './dashboardIcons';
import { Steps } from './dashboardSteps';
import type {
  CutflowRow,
  Handle,
  Problem,
  State,
  Step,
  StepActions
} from './dashboardTypes';
import { OWN_KEYS } from './keys';

interface Props {
  state: State;
  steps: Step[];
  rows: CutflowRow[];
  problems: string[];
  status: { text: string; tone: 'quiet' | 'busy' | 'bad' };
  failure: string;
  notice: string;
  handles(step: string): Handle[];
  valueOf(handle: Handle): number | null;
  problem(step: string): Problem | undefined;
  actions: StepActions & { undo(): void; redo(): void; copyScript(): void };
  children: ComponentChildren;
}

export function Dashboard(props: Props) {
  const { state, rows, problems, status, failure, notice, actions } = props;
  return (
    <div class="heplens-dashboard">
      <header class="heplens-toolbar" role="toolbar" aria-label="Analysis">
        <Tool label="Undo" disabled={!state.can_undo} onClick={actions.undo}>
          <UndoIcon />
        </Tool>
        <Tool label="Redo" disabled={!state.can_redo} onClick={actions.redo}>
          <RedoIcon />
        </Tool>
        <Tool label="Copy as script" onClick={actions.copyScript}>
          <CopyIcon />
          <span>Copy as script</span>
        </Tool>
        <span class="heplens-notice" role="status">
          {notice}
        </span>
        <span class={`heplens-status heplens-${status.tone}`} role="status">
          {status.text}
        </span>
      </header>
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
            steps={props.steps}
            handles={props.handles}
            valueOf={props.valueOf}
            problem={props.problem}
            actions={actions}
          />
          <Cutflow rows={rows} />
        </section>
        <section class="heplens-plots" aria-label="Histograms">
          {props.children}
        </section>
      </div>
    </div>
  );
}

interface ToolProps {
  label: string;
  disabled?: boolean;
  onClick(): void;
  children: ComponentChildren;
}

function Tool({ label, disabled, onClick, children }: ToolProps) {
  return (
    <button
      {...OWN_KEYS}
      type="button"
      class="heplens-tool"
      title={label}
      aria-label={label}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
