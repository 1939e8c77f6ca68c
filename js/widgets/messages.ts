/** Every message between the page of a dashboard and the kernel; twin of `heplens.widgets.messages`. */

import type { Grid } from '../brush/grid';
import type { TableHeader } from '../brush/packing';
import type { AnswerOf, Ending } from './protocol';

export interface Status {
  phase: 'idle' | 'running' | 'failed';
  message: string;
  events: number | null;
}

export interface Step {
  step: 'keep' | 'define' | 'cut' | 'weight' | 'vary';
  name?: string;
  expression?: string;
  collection?: string;
  low?: number | null;
  high?: number | null;
  quantifier?: string | number | null;
  enabled?: boolean;
}

export interface Axis {
  expression: string;
  label?: string;
  kind?: string;
  bins?: number | null;
  range?: [number, number] | null;
  edges?: number[] | null;
}

export interface Histogram {
  name: string;
  axes: Axis[];
  weight?: string | 1 | null;
  at?: string | null;
}

export interface Analysis {
  heplens: number;
  steps: Step[];
  regions?: Region[];
  histograms: Histogram[];
}

/** Cuts by name, with `!` in front of what must not pass. */
export interface Region {
  name: string;
  cuts: string[];
}

/** How far a job is. `counted` counts up with its numbers, `share` is null when it does not run. */
export interface Over {
  counted: number;
  name: string;
  state: string;
  text: string;
  share: number | null;
}

/** Of how many of all blocks numbers are. */
export type Coverage = [number, number];

/** The one synced trait, written by Python only. */
export interface State {
  protocol: number;
  revision: number;
  analysis: Analysis;
  can_undo: boolean;
  can_redo: boolean;
  status: Status;
  /** Histograms with a logarithmic scale. */
  log: string[];
  /** The one that all plots show, '' when there are none. */
  region: string;
  /** Of the dashboard of a job: how far it is; null in any other. */
  over: Over | null;
}

/** An operation of `heplens.analysis.edits`. */
export type Operation = { op: string; name?: string } & Record<string, unknown>;

export type Request =
  | { kind: 'edit'; base_revision: number; edit: Operation }
  | { kind: 'undo' }
  | { kind: 'redo' }
  | { kind: 'reset' }
  | LookRequest
  | { kind: 'recount' }
  | { kind: 'launch' }
  | { kind: 'picture'; revision: number }
  | { kind: 'snapshot' }
  | { kind: 'counts'; revision: number; edit?: Operation }
  | { kind: 'tile'; revision: number; handle: string }
  | { kind: 'bokeh'; version: string }
  | { kind: 'script' }
  | ({ kind: 'completions' } & Typed)
  | { kind: 'range'; place: number; expression: string };

/** How plots are looked at from now on. */
export type LookRequest =
  | { kind: 'set_log'; name: string; log: boolean }
  | { kind: 'show_region'; region: string };

/** An expression that is being typed where step `place` stands; `edit` is what it would become. */
export interface Typed {
  place: number;
  text: string;
  cursor: number;
  collection?: string;
  edit?: Operation;
}

export interface Option {
  text: string;
  kind: string;
  detail: string;
}

/** Options for the characters from `start` to the cursor; what is wrong with the text as it stands. */
export interface Completions {
  start: number;
  options: Option[];
  problem: {
    reason: string;
    position: number | null;
    instead: Offer | null;
  } | null;
}

/** Another edit that was perhaps meant. */
export interface Offer {
  label: string;
  edit: Operation;
}

export interface PlotCounts {
  name: string;
  drawn: boolean;
  axes?: number;
  size: number;
  buffer: number;
}

/** One thing that a plot draws: the sum of the datasets `of`, on top of those `below`. */
export interface LayerModels {
  name: string;
  style: 'single' | 'stack' | 'band' | 'line' | 'points';
  colour: string;
  of: number[];
  below: number[];
  outline: string | null;
  rows: string | null;
}

/** What comes with a refusal to count, in the dashboard of a job: the handles, so that they stand where they are. */
export interface NeedsJob {
  needs_job: true;
  handles?: Handle[];
}

interface Drawn {
  name: string;
  drawn: true;
  label: string;
  datasets: string[];
  regions: string[];
  /** Where a window that is drawn on it can begin and end; null where there can be none. */
  grid: Grid | null;
  figure: string;
  /** The index of the first buffer of edges, one for each axis. */
  buffer: number;
}

/** A histogram of one variable. `main` is the layer whose numbers a caption gives. */
export interface BinsModels extends Drawn {
  kind: 'bins';
  layers: LayerModels[];
  main: number;
}

/** From values to colours, and the bar that shows them. */
export interface ColourModels {
  mapper: string;
  bar: string;
}

/** A histogram of two variables; the datasets `of` are summed. */
export interface MapModels extends Drawn {
  kind: 'map';
  cells: string;
  linear: ColourModels;
  log: ColourModels;
  of: number[];
}

export type PlotModels =
  BinsModels | MapModels | { name: string; drawn: false; axes: number };

export interface CutflowRow {
  name: string;
  step: string;
  passed: number;
  weighted: number | null;
  /** Of `weighted`. */
  variance: number | null;
  missing: number;
  nan: number;
  bad_weights: number;
  /** Of a filter. */
  objects_in: number | null;
  objects_out: number | null;
}

/** One number of one step that can be moved. */
export interface Handle {
  id: string;
  step: string;
  edge: 'low' | 'high' | 'literal';
  index: number;
  operator: string;
  value: number | null;
  label: string;
  variable: string;
  grid: Grid;
  /** The key of the tile with which it moves without the kernel; null when there is none, and then `reason` says why. */
  tile: string | null;
  reason: string;
  /** Whether the kernel does not count its positions either. */
  needs_job: boolean;
  plots: string[];
}

export type Reply =
  | Ending
  | { kind: 'accepted'; revision: number }
  | ({ kind: 'partial'; revision: number } & PartialFields)
  | ({ kind: 'snapshot'; revision: number } & SnapshotFields)
  | ({ kind: 'counts'; revision: number; key: string } & CountsFields)
  | ({ kind: 'tile'; revision: number } & TileFields)
  | BokehReply
  | { kind: 'script'; text: string }
  | ({ kind: 'completions' } & Completions)
  | { kind: 'range'; axis: Axis };

export type Answer<K extends Reply['kind']> = AnswerOf<Reply, K>;

/** BokehJS of the kernel's wheel; the buffer is the script. */
export interface BokehReply {
  kind: 'bokeh';
  version: string;
  encoding: string;
}

export interface SnapshotFields {
  bokeh: string;
  shape: string;
  document: Record<string, unknown>;
  plots: PlotModels[];
}

/** What a long request has found so far: of counts the numbers until now, of a tile how far it is. */
export interface PartialFields {
  done: number;
  total: number;
  numbers: CountsFields | null;
}

/** Bytes that the kernel holds: of columns, of how many at most, and of tiles and what they are made of. */
export interface Memory {
  columns: number;
  budget: number;
  tiles: number;
}

export interface LeftOut {
  missing: number;
  nan: number;
}

export interface CountsFields {
  shape: string;
  plots: PlotCounts[];
  cutflow: CutflowRow[];
  /** Values that are in no bin of a histogram, by its name, in all regions and datasets. */
  left_out: Record<string, LeftOut>;
  problems: string[];
  complete: boolean;
  events: number | null;
  memory: Memory;
  /** In the dashboard of a job. */
  coverage?: Coverage;
  handles?: Handle[];
}

/** One histogram of a tile; sums and squares when there are weights. */
export interface TileCells {
  name: string;
  bins: number;
  counts: TableHeader;
  sums?: TableHeader;
  squares?: TableHeader;
}

/** One row of the cutflow: the fields that move, and the weighted sum and its variance. */
export interface TileRow {
  name: string;
  fields: (
    'passed' | 'missing' | 'nan' | 'bad_weights' | 'objects_in' | 'objects_out'
  )[];
  counts: TableHeader;
  sums: TableHeader;
}

export interface TileFields {
  key: string;
  form: 'range' | 'steps';
  rows: number;
  plots: TileCells[];
  cutflow: TileRow[];
  encoding: 'deflate' | '';
  memory: Memory;
  /** In the dashboard of a job. */
  coverage?: Coverage;
}
