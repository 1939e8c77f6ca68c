/** One number of a step: a slider and a box for the exact value. */

import { useEffect, useRef, useState } from 'preact/hooks';

import { gridValue, nearestIndex, shown } from '../brush/grid';
import type { Handle, HandleActions } from './dashboardTypes';
import { OWN_KEYS } from './keys';
import { useLive, type Live } from './live';

/** Steps made with the keyboard within this time are one edit. */
const KEYBOARD_PAUSE = 300;

interface RowProps {
  handle: Handle;
  live: Live;
  actions: HandleActions;
}

export function HandleRow({ handle, live, actions }: RowProps) {
  const value = useLive(live, ({ valueOf }) => valueOf(handle));
  const reason = actions.reason(handle);
  return (
    <div class="heplens-handle" onPointerEnter={() => actions.prepare(handle)}>
      <span
        class="heplens-handle-label"
        title={
          reason
            ? `${handle.label}: ${handle.needs_job ? 'moving it takes a job' : 'recounted as it moves'}, ${reason}`
            : handle.label
        }
      >
        {reason && !handle.needs_job && (
          <span class="heplens-recounted">↻ </span>
        )}
        {reason && handle.needs_job && (
          <span class="heplens-needs-job">job</span>
        )}
        {handle.label}
      </span>
      <ExactNumber handle={handle} value={value} actions={actions} />
      <Slider handle={handle} value={value} actions={actions} />
    </div>
  );
}

interface Props {
  handle: Handle;
  value: number | null;
  actions: HandleActions;
}

function Slider({ handle, value, actions }: Props) {
  const { grid } = handle;
  const pressed = useRef(false);
  const later = useRef(0);
  useEffect(() => () => window.clearTimeout(later.current), []);
  if (!grid || value === null) {
    return <span />;
  }
  const release = (): void => {
    window.clearTimeout(later.current);
    pressed.current = false;
    actions.release();
  };
  return (
    <input
      {...OWN_KEYS}
      type="range"
      class="heplens-slider"
      aria-label={`${handle.step}: ${handle.label}`}
      aria-valuetext={shown(value)}
      data-handle={handle.id}
      min={grid.start}
      max={grid.stop}
      step={1}
      value={nearestIndex(grid, value)}
      onFocus={() => actions.prepare(handle)}
      onPointerDown={() => (pressed.current = true)}
      onInput={event => {
        actions.move(
          handle,
          gridValue(grid, event.currentTarget.valueAsNumber)
        );
        window.clearTimeout(later.current);
        if (!pressed.current) {
          later.current = window.setTimeout(release, KEYBOARD_PAUSE);
        }
      }}
      onChange={() => pressed.current && release()}
      onPointerUp={() => pressed.current && release()}
      onPointerCancel={release}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          window.clearTimeout(later.current);
          pressed.current = false;
          actions.cancel();
        }
      }}
    />
  );
}

function ExactNumber({ handle, value, actions }: Props) {
  const [draft, setDraft] = useState<string | null>(null);
  const text = draft ?? (value === null ? '' : short(value));
  const parsed = parse(text, handle.edge !== 'literal');
  const commit = (): void => {
    if (draft === null || parsed === undefined) {
      return;
    }
    setDraft(null);
    if (parsed !== value) {
      actions.set(handle, parsed);
    }
  };
  return (
    <input
      {...OWN_KEYS}
      type="text"
      inputMode="decimal"
      class={'heplens-number' + (parsed === undefined ? ' heplens-wrong' : '')}
      aria-label={`${handle.step}: ${handle.label}, exact`}
      aria-invalid={parsed === undefined}
      title={parsed === undefined ? 'Type a number' : text}
      placeholder="–"
      spellcheck={false}
      data-number={handle.id}
      value={text}
      onInput={event => setDraft(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          commit();
        } else if (event.key === 'Escape') {
          setDraft(null);
        }
      }}
    />
  );
}

/** 1e6 instead of 1000000: a number that is cut off would be read as another one. */
function short(value: number): string {
  const text = shown(value);
  const power = value.toExponential().replace('e+', 'e');
  return text.length > 6 && power.length < text.length ? power : text;
}

/** The number typed, null for none where a window may be open, undefined for what is no number. */
function parse(text: string, optional: boolean): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === '') {
    return optional ? null : undefined;
  }
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : undefined;
}
