/** A histogram being added or changed: what it shows, and its bins. */

import { useState } from 'preact/hooks';

import { ExpressionInput, Mistake } from './dashboardInput';
import type {
  Actions,
  Axis,
  Histogram,
  Operation,
  Problem,
  Step
} from './dashboardTypes';
import { OWN_KEYS } from './keys';

/** Under which the refusal of a new histogram is kept. */
const NEW = 'a new histogram';

interface Props {
  /** The one that is changed, or null for a new one. */
  histogram: Histogram | null;
  names: string[];
  steps: Step[];
  actions: Actions;
  onClose(): void;
}

interface Line {
  expression: string;
  bins: string;
  low: string;
  high: string;
  label: string;
  /** The axis as it was, for kinds that have no line of their own here. */
  was: Axis | null;
}

const EMPTY: Line = {
  expression: '',
  bins: '',
  low: '',
  high: '',
  label: '',
  was: null
};

export function HistogramEditor(props: Props) {
  const { histogram, actions, onClose } = props;
  const about = histogram?.name ?? NEW;
  const [lines, setLines] = useState<Line[]>(
    histogram ? histogram.axes.map(lineOf) : [EMPTY]
  );
  const [name, setName] = useState(histogram?.name ?? '');
  const [failure, setFailure] = useState<Problem | null>(null);
  const set = (i: number, change: Partial<Line>): void =>
    setLines(lines.map((line, j) => (i === j ? { ...line, ...change } : line)));
  const save = async (): Promise<void> => {
    setFailure(null);
    let text = '';
    try {
      const axes: Axis[] = [];
      for (const line of lines) {
        text = line.expression;
        axes.push(await axisOf(line, actions));
      }
      const shown =
        name ||
        unused(
          lines.map(l => l.expression),
          props.names
        );
      const made: Histogram = { ...histogram, name: shown, axes };
      const edit: Operation = histogram
        ? { op: 'set_histogram', name: histogram.name, histogram: made }
        : { op: 'add_histogram', histogram: made };
      if (await actions.edit(edit, about, lines[0].expression)) {
        onClose();
      }
    } catch (error) {
      const { position = null } = error as { position?: number | null };
      const message = error instanceof Error ? error.message : String(error);
      setFailure({ message, position, text });
    }
  };
  const problem = failure ?? actions.problem(about);
  const escape = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') {
      void save();
    } else if (event.key === 'Escape') {
      onClose();
    } else {
      return;
    }
    event.stopPropagation();
    event.preventDefault();
  };
  const box = (
    label: string,
    value: string,
    width: string | null,
    onInput: (text: string) => void,
    placeholder = ''
  ) => (
    <label class={'heplens-field' + (width === null ? ' heplens-wide' : '')}>
      <span>{label}</span>
      <input
        {...OWN_KEYS}
        type="text"
        style={width === null ? undefined : { width }}
        spellcheck={false}
        autocomplete="off"
        placeholder={placeholder}
        value={value}
        data-field={label}
        onInput={event => onInput(event.currentTarget.value)}
        onKeyDown={escape}
      />
    </label>
  );
  return (
    <div class="heplens-editor" data-editor={about}>
      {lines.map((line, i) => (
        <div class="heplens-editor-axis" key={i}>
          <ExpressionInput
            label={i === 0 ? 'Variable' : 'Second variable'}
            name={`${about} ${i === 0 ? 'x' : 'y'}`}
            placeholder={i === 0 ? 'Muon.pt' : 'Muon.eta'}
            value={line.expression}
            focused={i === lines.length - 1}
            wrong={
              problem && problem.text === line.expression ? problem : undefined
            }
            onInput={text => set(i, { expression: text })}
            onEnter={() => void save()}
            onEscape={onClose}
            complete={(text, cursor) =>
              actions.complete({ place: props.steps.length, text, cursor })
            }
          />
          {(!line.was || line.was.kind === undefined) && (
            <>
              {box('bins', line.bins, '5ch', t => set(i, { bins: t }), 'auto')}
              <span class="heplens-pair">
                {box('from', line.low, '6ch', t => set(i, { low: t }), 'auto')}
                {box('to', line.high, '6ch', t => set(i, { high: t }), 'auto')}
              </span>
            </>
          )}
          {box('label', line.label, null, t => set(i, { label: t }))}
        </div>
      ))}
      <div class="heplens-editor-end">
        {box('name', name, null, setName, 'as the variable')}
        {lines.length === 1 && (
          <Press onClick={() => setLines([...lines, EMPTY])}>Add y axis</Press>
        )}
        {lines.length === 2 && (
          <Press onClick={() => setLines(lines.slice(0, 1))}>One axis</Press>
        )}
        <span class="heplens-pair heplens-last">
          <Press onClick={onClose}>Cancel</Press>
          <Press strong onClick={() => void save()}>
            {histogram ? 'Change' : 'Add'}
          </Press>
        </span>
      </div>
      {problem && !lines.some(l => l.expression === problem.text) && (
        <Mistake problem={{ ...problem, position: null }} />
      )}
    </div>
  );
}

function Press(props: { strong?: boolean; onClick(): void; children: string }) {
  return (
    <button
      {...OWN_KEYS}
      type="button"
      class={'heplens-press' + (props.strong ? ' heplens-strong' : '')}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}

function lineOf(axis: Axis): Line {
  const text = (value: number | null | undefined): string =>
    value === null || value === undefined ? '' : String(value);
  return {
    expression: axis.expression,
    bins: text(axis.bins),
    low: text(axis.range?.[0]),
    high: text(axis.range?.[1]),
    label: axis.label ?? '',
    was: axis
  };
}

/** The axis of a line; where bins or range are left out, the data say. */
async function axisOf(line: Line, actions: Actions): Promise<Axis> {
  const { expression, label, was } = line;
  if (was && (was.kind !== undefined || (was.edges && !line.bins))) {
    return { ...was, expression, label };
  }
  const [bins, low, high] = [line.bins, line.low, line.high].map(number);
  if (bins !== null && low !== null && high !== null) {
    return { expression, label, bins, range: [low, high] };
  }
  const found = await actions.axis(expression);
  if (!found.range) {
    return { ...found, label };
  }
  return {
    expression,
    label,
    bins: bins ?? found.bins,
    range: [low ?? found.range[0], high ?? found.range[1]]
  };
}

function number(text: string): number | null {
  if (text.trim() === '') {
    return null;
  }
  const value = Number(text);
  if (!Number.isFinite(value)) {
    throw new Error(
      `${text} is no finite number; type one, or leave it empty.`
    );
  }
  return value;
}

function unused(expressions: string[], taken: string[]): string {
  const base = expressions.join(' vs ');
  let name = base;
  for (let n = 2; taken.includes(name); n++) {
    name = `${base} (${n})`;
  }
  return name;
}
