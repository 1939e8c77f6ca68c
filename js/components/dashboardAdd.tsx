/** A new step, typed: an event cut, an object filter, a definition or a weight. */

import { useState } from 'preact/hooks';

import { AddIcon } from './dashboardIcons';
import { ExpressionInput, Mistake } from './dashboardInput';
import { Tool } from './dashboardTool';
import type { Actions, Operation, Step } from './dashboardTypes';
import { OWN_KEYS } from './keys';

/** Under which the refusal of a new step is kept. */
const NEW = 'a new step';

type Kind = Step['step'];

const KINDS: { kind: Kind; word: string; hint: string }[] = [
  { kind: 'cut', word: 'Cut', hint: 'count(Muon) >= 2' },
  { kind: 'keep', word: 'Filter', hint: 'pt > 20*GeV & abs(eta) < 2.4' },
  { kind: 'define', word: 'Definition', hint: 'pairs(Muon)[charge == 0]' },
  { kind: 'weight', word: 'Weight', hint: 'genWeight' }
];

interface Props {
  steps: Step[];
  actions: Actions;
}

interface Draft {
  kind: Kind;
  /** The name of a definition, the collection of a filter. */
  what: string;
  text: string;
}

export function AddStep({ steps, actions }: Props) {
  const [draft, setDraft] = useState<Draft | null>(null);
  if (!draft) {
    return (
      <div class="heplens-add" role="toolbar" aria-label="Add a step">
        {KINDS.map(({ kind, word }) => (
          <Tool
            key={kind}
            label={`Add a ${word.toLowerCase()}`}
            onClick={() => setDraft({ kind, what: '', text: '' })}
          >
            <AddIcon />
            <span>{word}</span>
          </Tool>
        ))}
      </div>
    );
  }
  const { kind, what, text } = draft;
  const hint = KINDS.find(k => k.kind === kind)?.hint;
  const edit = (expression: string): Operation => ({
    op: 'add',
    step: made(draft, expression, steps)
  });
  const close = (): void => setDraft(null);
  const add = (operation: Operation, about: string): void =>
    void actions.edit(operation, NEW, about).then(done => done && close());
  const complete = (typed: string, cursor: number, checked: boolean) =>
    actions.complete({
      place: steps.length,
      text: typed,
      cursor,
      collection: kind === 'keep' && checked ? what : '',
      edit: checked && typed ? edit(typed) : undefined
    });
  const problem = actions.problem(NEW);
  return (
    <div class="heplens-step heplens-new" data-new={kind}>
      <div class="heplens-step-head">
        <span class="heplens-step-name">
          {KINDS.find(k => k.kind === kind)?.word}
        </span>
        <span class="heplens-kind">Enter adds, Esc cancels</span>
      </div>
      {kind === 'keep' && (
        <ExpressionInput
          label="Collection to filter"
          name="new collection"
          placeholder="Muon"
          value={what}
          focused
          onInput={typed => setDraft({ ...draft, what: typed })}
          onEnter={() => text && add(edit(text), text)}
          onEscape={close}
          complete={async (typed, cursor) => {
            const found = await complete(typed, cursor, false);
            const options = found?.options.filter(
              o => o.kind === 'collection' || o.kind === 'definition'
            );
            return found && { ...found, options: options ?? [] };
          }}
        />
      )}
      {kind === 'define' && (
        <div class="heplens-expression">
          <input
            {...OWN_KEYS}
            type="text"
            class="heplens-code"
            aria-label="Name of the definition"
            placeholder="Z"
            spellcheck={false}
            value={what}
            ref={element => {
              if (!what && !text) {
                element?.focus();
              }
            }}
            onInput={event =>
              setDraft({ ...draft, what: event.currentTarget.value })
            }
            onKeyDown={event => event.key === 'Escape' && close()}
          />
        </div>
      )}
      <ExpressionInput
        label={`Expression of the new ${kind}`}
        name={`new ${kind}`}
        placeholder={hint}
        value={text}
        focused={kind === 'cut' || kind === 'weight'}
        wrong={problem?.text === text ? problem : undefined}
        onInput={typed => setDraft({ ...draft, text: typed })}
        onEnter={() => add(edit(text), text)}
        onEscape={close}
        complete={(typed, cursor) => complete(typed, cursor, true)}
        onOffer={offer => add(offer.edit, text)}
      />
      {problem && problem.text === text && problem.text === '' && (
        <Mistake problem={problem} />
      )}
    </div>
  );
}

/** The step as a document writes it, with a name that is not taken. */
function made({ kind, what }: Draft, expression: string, steps: Step[]): Step {
  if (kind === 'define') {
    return { step: kind, name: what, expression };
  }
  const base = kind === 'keep' ? `${what}: ${expression}` : expression;
  let name = base;
  for (let n = 2; steps.some(step => step.name === name); n++) {
    name = `${base} (${n})`;
  }
  const step: Step = { step: kind, name, expression };
  return kind === 'keep' ? { ...step, collection: what } : step;
}
