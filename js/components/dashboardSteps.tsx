/** The steps of the analysis, in the order in which they act. */

import { useState } from 'preact/hooks';

import { HandleRow } from './dashboardHandle';
import type { Handle, Problem, Step, StepActions } from './dashboardTypes';
import { OWN_KEYS } from './keys';

interface Props {
  steps: Step[];
  handles(step: string): Handle[];
  valueOf(handle: Handle): number | null;
  problem(step: string): Problem | undefined;
  actions: StepActions;
}

export function Steps({ steps, handles, valueOf, problem, actions }: Props) {
  if (steps.length === 0) {
    return <p class="heplens-empty">No cuts yet: every event is counted.</p>;
  }
  return (
    <ol class="heplens-steps">
      {steps.map(step => {
        const name = step.name ?? '';
        return (
          <StepRow
            key={`${step.step} ${name}`}
            step={step}
            name={name}
            handles={handles(name)}
            valueOf={valueOf}
            problem={problem(name)}
            actions={actions}
          />
        );
      })}
    </ol>
  );
}

interface RowProps {
  step: Step;
  name: string;
  handles: Handle[];
  valueOf(handle: Handle): number | null;
  problem: Problem | undefined;
  actions: StepActions;
}

function StepRow({ step, name, handles, valueOf, problem, actions }: RowProps) {
  const enabled = step.enabled ?? true;
  return (
    <li
      class={'heplens-step' + (enabled ? '' : ' heplens-off')}
      data-step={name}
    >
      <label class="heplens-step-head">
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
        <span class="heplens-step-name" title={name}>
          {name}
        </span>
        <span class="heplens-kind">{kindOf(step)}</span>
      </label>
      <Expression
        name={name}
        text={step.expression ?? ''}
        problem={problem}
        onCommit={text => actions.express(name, text)}
      />
      {enabled &&
        handles.map(handle => (
          <HandleRow
            key={handle.id}
            handle={handle}
            value={valueOf(handle)}
            actions={actions}
          />
        ))}
    </li>
  );
}

function kindOf(step: Step): string {
  if (step.step === 'keep') {
    return `keep ${step.collection ?? ''}`;
  }
  if (
    step.step === 'cut' &&
    step.quantifier !== null &&
    step.quantifier !== undefined
  ) {
    return typeof step.quantifier === 'number'
      ? `cut, at least ${step.quantifier}`
      : `cut, ${step.quantifier}`;
  }
  return step.step;
}

interface ExpressionProps {
  name: string;
  text: string;
  problem: Problem | undefined;
  onCommit(text: string): void;
}

/** What is typed stays until it is right or taken back with Escape; an error points at its character. */
function Expression({ name, text, problem, onCommit }: ExpressionProps) {
  const [draft, setDraft] = useState<{ text: string; base: string } | null>(
    null
  );
  const [scrolled, setScrolled] = useState(0);
  // A draft is over once the text it became (or anything else) has been committed.
  const current = draft && draft.base === text ? draft.text : text;
  const wrong = problem && problem.text === current ? problem : undefined;
  const commit = (): void => {
    if (current !== text && !wrong) {
      onCommit(current);
    }
  };
  return (
    <div class="heplens-expression">
      <input
        {...OWN_KEYS}
        type="text"
        class={'heplens-code' + (wrong ? ' heplens-wrong' : '')}
        aria-label={`Expression of ${name}`}
        aria-invalid={Boolean(wrong)}
        title={current}
        spellcheck={false}
        autocomplete="off"
        data-expression={name}
        value={current}
        onInput={event =>
          setDraft({ text: event.currentTarget.value, base: text })
        }
        onScroll={event => setScrolled(event.currentTarget.scrollLeft)}
        onBlur={commit}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            commit();
          } else if (event.key === 'Escape') {
            setDraft(null);
          }
        }}
      />
      {wrong && (
        <div class="heplens-error" role="alert">
          {wrong.position !== null && (
            <span
              class="heplens-caret"
              aria-hidden="true"
              style={{
                marginLeft: `calc(${wrong.position}ch - ${scrolled}px)`
              }}
            >
              ^
            </span>
          )}
          <span class="heplens-error-text">{wrong.message}</span>
        </div>
      )}
    </div>
  );
}
