/** What acts on the whole analysis, and how things stand. */

import {
  CopyIcon,
  OpenIcon,
  RedoIcon,
  ResetIcon,
  RunIcon,
  SaveIcon,
  UndoIcon
} from './dashboardIcons';
import { RegionChoice } from './dashboardRegion';
import { Tool } from './dashboardTool';
import type { State, Step } from './dashboardTypes';

export interface Status {
  text: string;
  title?: string;
  tone: 'quiet' | 'busy' | 'bad';
  /** How much of what runs is done, from 0 to 1; null when nothing runs or nobody knows. */
  share: number | null;
}

export interface Tools {
  undo(): void;
  redo(): void;
  reset(): void;
  copyScript(): void;
  save(): void;
  load(): void;
  dask(): void;
  showRegion(region: string): void;
}

interface Props {
  state: State;
  status: Status;
  notice: string;
  tools: Tools;
  steps: Step[];
  regions: string[];
  region: number;
}

export function Toolbar(props: Props) {
  const { state, status, notice, tools, regions, region } = props;
  return (
    <header class="heplens-toolbar" role="toolbar" aria-label="Analysis">
      <Tool label="Undo" disabled={!state.can_undo} onClick={tools.undo}>
        <UndoIcon />
      </Tool>
      <Tool label="Redo" disabled={!state.can_redo} onClick={tools.redo}>
        <RedoIcon />
      </Tool>
      <Tool
        label="Back to the first analysis"
        disabled={!state.can_undo}
        onClick={tools.reset}
      >
        <ResetIcon />
      </Tool>
      <Tool label="Copy as script" onClick={tools.copyScript}>
        <CopyIcon />
        <span>Copy as script</span>
      </Tool>
      <Tool label="Save as a file (JSON)" onClick={tools.save}>
        <SaveIcon />
      </Tool>
      <Tool label="Open a saved analysis over these data" onClick={tools.load}>
        <OpenIcon />
      </Tool>
      <Tool
        label={
          state.over
            ? 'Run the analysis as it is now as another job'
            : 'Run on Dask …'
        }
        onClick={tools.dask}
      >
        <RunIcon />
        <span>{state.over ? 'Run as a job' : 'Run on Dask …'}</span>
      </Tool>
      {regions.length > 0 && (
        <RegionChoice
          names={regions}
          shown={region}
          regions={state.analysis?.regions ?? []}
          steps={props.steps}
          show={tools.showRegion}
        />
      )}
      <span class="heplens-notice" role="status">
        {notice}
      </span>
      <span
        class={`heplens-status heplens-${status.tone}`}
        role="status"
        title={status.title}
      >
        {status.text}
      </span>
      {status.share !== null && (
        <progress
          class="heplens-progress"
          aria-label={status.text}
          max={1}
          value={status.share}
        />
      )}
    </header>
  );
}
