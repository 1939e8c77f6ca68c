/** What the dashboard shows and calls back; it knows neither kernel nor Bokeh. */

import type {
  CutflowRow,
  Handle,
  PlotModels,
  State,
  Step
} from '../widgets/messages';
import type { Counts } from '../brush/tile';

export type { CutflowRow, Handle, PlotModels, State, Step };

export interface Problem {
  message: string;
  position: number | null;
  text: string;
}

/** Moving a handle: many positions, then one release. */
export interface HandleActions {
  prepare(handle: Handle): void;
  move(handle: Handle, value: number): void;
  release(): void;
  set(handle: Handle, value: number | null): void;
}

export interface StepActions extends HandleActions {
  enable(step: string, enabled: boolean): void;
  express(step: string, expression: string): void;
}

export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
  start: number;
  end: number;
}

export type { Counts };
