/** A line for an expression: names are completed, and what is wrong is shown under its character. */

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import type { Completions, Offer, Option, Problem } from './dashboardTypes';
import { OWN_KEYS } from './keys';

/** How long nothing is typed before the kernel is asked, and before a mistake is mentioned; milliseconds. */
const ASK_AFTER = 60;
const COMPLAIN_AFTER = 700;

interface Props {
  label: string;
  value: string;
  wrong?: Problem;
  placeholder?: string;
  focused?: boolean;
  /** For tests and styles: which expression this is. */
  name: string;
  onInput(text: string): void;
  onEnter(): void;
  onEscape(): void;
  onLeave?(): void;
  complete(text: string, cursor: number): Promise<Completions | null>;
  onOffer?(offer: Offer): void;
}

interface Answer extends Completions {
  text: string;
  cursor: number;
}

export function ExpressionInput(props: Props) {
  const { label, value, wrong, name, onInput } = props;
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [open, setOpen] = useState(false);
  /** Not its place: an answer that comes late must not take a choice away that was made among the options before. */
  const [wanted, setWanted] = useState('');
  const [patient, setPatient] = useState(true);
  const [scrolled, setScrolled] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const timers = useRef<number[]>([]);
  const stop = (): void => timers.current.splice(0).forEach(clearTimeout);
  useEffect(() => stop, []);
  // Before the next key can come: it would be the notebook's.
  useLayoutEffect(() => {
    if (props.focused) {
      input.current?.focus();
    }
  }, [props.focused]);

  const ask = (text: string, cursor: number, show: boolean): void => {
    stop();
    setPatient(true);
    const now = window.setTimeout(() => {
      void props.complete(text, cursor).then(got => {
        if (got && input.current?.value === text) {
          setAnswer({ ...got, text, cursor });
          setOpen(show && got.options.length > 0);
        }
      });
    }, ASK_AFTER);
    timers.current = [
      now,
      window.setTimeout(() => setPatient(false), COMPLAIN_AFTER)
    ];
  };
  const take = (option: Option): void => {
    const element = input.current;
    if (!element || !answer) {
      return;
    }
    const call = option.kind === 'function' ? '(' : '';
    const before = answer.text.slice(0, answer.start) + option.text + call;
    const text = before + answer.text.slice(answer.cursor);
    onInput(text);
    element.value = text;
    element.setSelectionRange(before.length, before.length);
    element.focus();
    setOpen(false);
    setWanted('');
    ask(text, before.length, call !== '');
  };
  const current = answer?.text === value ? answer : null;
  const live =
    !patient && current?.problem
      ? { message: current.problem.reason, ...current.problem, text: value }
      : undefined;
  const shown = wrong?.text === value ? wrong : live;
  const offer = shown && current?.problem?.instead;
  const options = open ? (answer?.options ?? []) : [];
  const chosen = options.findIndex(option => option.text === wanted);
  return (
    <div class="heplens-expression">
      <input
        {...OWN_KEYS}
        ref={input}
        type="text"
        role="combobox"
        class={'heplens-code' + (shown ? ' heplens-wrong' : '')}
        aria-label={label}
        aria-autocomplete="list"
        aria-expanded={options.length > 0}
        aria-invalid={Boolean(shown)}
        title={value}
        placeholder={props.placeholder}
        spellcheck={false}
        autocomplete="off"
        data-expression={name}
        value={value}
        onInput={event => {
          const { value: text, selectionStart } = event.currentTarget;
          onInput(text);
          setWanted('');
          const cursor = selectionStart ?? text.length;
          ask(text, cursor, /([A-Za-z_]\w*|\.)$/.test(text.slice(0, cursor)));
        }}
        onScroll={event => setScrolled(event.currentTarget.scrollLeft)}
        onBlur={() => {
          setOpen(false);
          props.onLeave?.();
        }}
        onKeyDown={event => {
          const { key } = event;
          if (
            options.length > 0 &&
            (key === 'ArrowDown' || key === 'ArrowUp')
          ) {
            const n = options.length;
            const step = key === 'ArrowDown' ? 1 : n - 1;
            const next = chosen < 0 && step > 1 ? n - 1 : (chosen + step) % n;
            setWanted(options[next].text);
          } else if (
            options.length > 0 &&
            (key === 'Tab' || (key === 'Enter' && chosen >= 0))
          ) {
            take(options[Math.max(0, chosen)]);
          } else if (key === ' ' && event.ctrlKey) {
            ask(value, event.currentTarget.selectionStart ?? 0, true);
          } else if (key === 'Enter') {
            setOpen(false);
            props.onEnter();
          } else if (key === 'Escape') {
            if (options.length > 0) {
              setOpen(false);
            } else {
              props.onEscape();
            }
          } else {
            return;
          }
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      {options.length > 0 && answer && (
        <Options
          options={options}
          chosen={chosen}
          left={answer.start}
          scrolled={scrolled}
          onTake={take}
        />
      )}
      {shown && <Mistake problem={shown} scrolled={scrolled} />}
      {offer && props.onOffer && (
        <button
          {...OWN_KEYS}
          type="button"
          class="heplens-link"
          onClick={() => props.onOffer?.(offer)}
        >
          {offer.label}
        </button>
      )}
    </div>
  );
}

interface OptionsProps {
  options: Option[];
  chosen: number;
  left: number;
  scrolled: number;
  onTake(option: Option): void;
}

function Options({ options, chosen, left, scrolled, onTake }: OptionsProps) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <ul
      ref={list}
      class="heplens-options"
      role="listbox"
      style={{ '--heplens-at': `calc(${left}ch - ${scrolled}px)` }}
    >
      {options.map((option, i) => (
        <li
          key={option.text}
          role="option"
          aria-selected={i === chosen}
          class={i === chosen ? 'heplens-chosen' : ''}
          // The input keeps the focus: its blur would take the list away.
          onPointerDown={event => {
            event.preventDefault();
            onTake(option);
          }}
        >
          <span class="heplens-option-text">{option.text}</span>
          <span class="heplens-option-kind" title={option.detail}>
            {option.kind}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** A caret under the offending character, and the sentence. */
export function Mistake({
  problem,
  scrolled = 0
}: {
  problem: Problem;
  scrolled?: number;
}) {
  return (
    <div class="heplens-error" role="alert">
      {problem.position !== null && (
        <span
          class="heplens-caret"
          aria-hidden="true"
          style={{ marginLeft: `calc(${problem.position}ch - ${scrolled}px)` }}
        >
          ^
        </span>
      )}
      <span class="heplens-error-text">{problem.message}</span>
    </div>
  );
}
