/** The steps of the analysis, in the order in which they act. */

import { useState } from 'preact/hooks';

import { HandleRow } from './dashboardHandle';
import { GripIcon, RemoveIcon } from './dashboardIcons';
import { ExpressionInput, Mistake } from './dashboardInput';
import { Name } from './dashboardName';
import { Tool } from './dashboardTool';
import type { Actions, Handle, Step } from './dashboardTypes';
import { OWN_KEYS } from './keys';
import type { Live } from './live';

interface Props {
  steps: Step[];
  handles(step: string): Handle[];
  live: Live;
  actions: Actions;
}

export function Steps({ steps, handles, live, actions }: Props) {
  const [dragged, setDragged] = useState<string | null>(null);
  if (steps.length === 0) {
    return <p class="heplens-empty">No cuts yet: every event is counted.</p>;
  }
  const drop = (index: number): void => {
    const from = steps.findIndex(step => step.name === dragged);
    if (dragged !== null && from >= 0 && from !== index) {
      void actions.edit({ op: 'move', name: dragged, index }, dragged);
    }
    setDragged(null);
  };
  return (
    <ol class="heplens-steps">
      {steps.map((step, index) => {
        const name = step.name ?? '';
        return (
          <StepRow
            key={`${step.step} ${name}`}
            step={step}
            index={index}
            last={index === steps.length - 1}
            name={name}
            handles={handles(name)}
            live={live}
            actions={actions}
            dragging={dragged !== null}
            onDrag={() => setDragged(name)}
            onDrop={() => drop(index)}
          />
        );
      })}
    </ol>
  );
}

interface RowProps {
  step: Step;
  index: number;
  last: boolean;
  name: string;
  handles: Handle[];
  live: Live;
  actions: Actions;
  dragging: boolean;
  onDrag(): void;
  onDrop(): void;
}

function StepRow(props: RowProps) {
  const { step, index, name, handles, live, actions } = props;
  const [over, setOver] = useState(false);
  const enabled = step.enabled ?? true;
  const problem = actions.problem(name);
  const remove = (): void => void actions.edit({ op: 'remove', name }, name);
  const move = (by: number): void => {
    if (index + by >= 0 && !(props.last && by > 0)) {
      void actions.edit({ op: 'move', name, index: index + by }, name);
    }
  };
  return (
    <li
      {...OWN_KEYS}
      class={
        'heplens-step' +
        (enabled ? '' : ' heplens-off') +
        (over && props.dragging ? ' heplens-over' : '')
      }
      data-step={name}
      tabIndex={0}
      aria-label={`${name}. Alt and an arrow moves it, Delete removes it.`}
      onKeyDown={event => {
        if (event.target !== event.currentTarget) {
          return;
        }
        if (event.altKey && event.key === 'ArrowUp') {
          move(-1);
        } else if (event.altKey && event.key === 'ArrowDown') {
          move(1);
        } else if (event.key === 'Delete' || event.key === 'Backspace') {
          remove();
        } else if (event.key === ' ' && step.enabled !== undefined) {
          actions.enable(name, !enabled);
        } else {
          return;
        }
        event.preventDefault();
      }}
      onDragOver={event => {
        if (props.dragging) {
          event.preventDefault();
          setOver(true);
        }
      }}
      onDragLeave={() => setOver(false)}
      onDrop={event => {
        if (props.dragging) {
          event.preventDefault();
          event.stopPropagation();
          setOver(false);
          props.onDrop();
        }
      }}
    >
      <div class="heplens-step-head">
        <span
          class="heplens-grip"
          draggable
          title="Drag to another place"
          onDragStart={event => {
            event.dataTransfer?.setData('application/x-heplens-step', name);
            props.onDrag();
          }}
        >
          <GripIcon />
        </span>
        {step.enabled === undefined ? (
          <span class="heplens-nocheck" />
        ) : (
          <input
            {...OWN_KEYS}
            type="checkbox"
            checked={enabled}
            aria-label={`Use ${name}`}
            onChange={event =>
              actions.enable(name, event.currentTarget.checked)
            }
          />
        )}
        <Name
          name={name}
          fixed={step.step === 'define'}
          onRename={to => actions.edit({ op: 'rename', name, to }, name)}
        />
        <Kind step={step} actions={actions} />
        <Tool label={`Remove ${name}`} onClick={remove}>
          <RemoveIcon />
        </Tool>
      </div>
      <StepExpression step={step} index={index} name={name} actions={actions} />
      {problem?.text === '' && <Mistake problem={problem} />}
      {enabled &&
        handles.map(handle => (
          <HandleRow
            key={handle.id}
            handle={handle}
            live={live}
            actions={actions}
          />
        ))}
    </li>
  );
}

/** What a step is; of a cut on objects, how many of them must pass. */
function Kind({ step, actions }: { step: Step; actions: Actions }) {
  const name = step.name ?? '';
  const { quantifier } = step;
  if (step.step === 'keep') {
    return <span class="heplens-kind">keep {step.collection ?? ''}</span>;
  }
  if (step.step !== 'cut' || quantifier === null || quantifier === undefined) {
    return <span class="heplens-kind">{step.step}</span>;
  }
  const known = ['any', 'all', 1, 2, 3, 4];
  const choices = known.includes(quantifier) ? known : [...known, quantifier];
  return (
    <select
      {...OWN_KEYS}
      class="heplens-kind"
      aria-label={`How many objects must pass ${name}`}
      value={String(quantifier)}
      onChange={event => {
        const chosen = choices[event.currentTarget.selectedIndex];
        const changed = { ...step, quantifier: chosen };
        void actions.edit({ op: 'set_step', name, step: changed }, name);
      }}
    >
      {choices.map(choice => (
        <option key={choice} value={String(choice)}>
          {typeof choice === 'number' ? `at least ${choice}` : choice}
        </option>
      ))}
    </select>
  );
}

interface ExpressionProps {
  step: Step;
  index: number;
  name: string;
  actions: Actions;
}

/** What is typed stays until it is right or taken back with Escape; an error points at its character. */
function StepExpression({ step, index, name, actions }: ExpressionProps) {
  const text = step.expression ?? '';
  const [draft, setDraft] = useState<{ text: string; base: string } | null>(
    null
  );
  // A draft is over once the text it became (or anything else) has been committed.
  const current = draft && draft.base === text ? draft.text : text;
  const problem = actions.problem(name);
  const edit = (expression: string) => ({
    op: 'set_expression',
    name,
    expression
  });
  const commit = (): void => {
    if (current !== text && problem?.text !== current) {
      void actions.edit(edit(current), name, current);
    }
  };
  return (
    <ExpressionInput
      label={`Expression of ${name}`}
      name={name}
      value={current}
      wrong={problem}
      onInput={typed => setDraft({ text: typed, base: text })}
      onEnter={commit}
      onLeave={commit}
      onEscape={() => setDraft(null)}
      complete={(typed, cursor) =>
        actions.complete({
          place: index,
          text: typed,
          cursor,
          collection: step.collection ?? '',
          edit: edit(typed)
        })
      }
    />
  );
}
