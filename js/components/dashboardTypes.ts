/** What the dashboard shows and calls back; it knows neither kernel nor Bokeh. */

import type {
  Axis,
  Completions,
  CutflowRow,
  Handle,
  Histogram,
  LeftOut,
  Offer,
  Operation,
  Option,
  PlotModels,
  Region,
  State,
  Step,
  Typed
} from '../widgets/messages';
import type { Counts } from '../brush/tile';

export type {
  Axis,
  Completions,
  Counts,
  CutflowRow,
  Handle,
  Histogram,
  LeftOut,
  Offer,
  Operation,
  Option,
  PlotModels,
  Region,
  State,
  Step,
  Typed
};

/** A refusal: why, of which text, and at which character. */
export interface Problem {
  message: string;
  position: number | null;
  text: string;
}

/** Moving a handle: many positions, then one release, or Escape. */
export interface HandleActions {
  prepare(handle: Handle): void;
  /** `partner`: the other edge of a window that is moved as a whole. */
  move(
    handle: Handle,
    value: number,
    partner?: { handle: Handle; value: number }
  ): void;
  /** Why a handle moves only as fast as the kernel counts; '' when the page moves it alone. */
  reason(handle: Handle): string;
  release(): void;
  cancel(): void;
  set(handle: Handle, value: number | null): void;
}

/** Everything that a person can do to the analysis. */
export interface Actions extends HandleActions {
  enable(step: string, enabled: boolean): void;
  /** Make one edit; a refusal is kept under `about`, beside the `text` that was refused. False when it was. */
  edit(operation: Operation, about: string, text?: string): Promise<boolean>;
  /** Show what an edit would give, without making it. */
  propose(operation: Operation, about: string): void;
  commitProposed(operation: Operation, about: string): void;
  problem(about: string): Problem | undefined;
  complete(typed: Typed): Promise<Completions | null>;
  axis(expression: string): Promise<Axis>;
}

/** Where a plot's axes are on the screen, in pixels relative to the plot, and what they span. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
  start: number;
  end: number;
}
