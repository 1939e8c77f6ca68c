/** A button of a toolbar, as flat and small as JupyterLab's. */

import type { ComponentChildren } from 'preact';

import { OWN_KEYS } from './keys';

interface Props {
  label: string;
  disabled?: boolean;
  pressed?: boolean;
  onClick(): void;
  children: ComponentChildren;
}

export function Tool({ label, disabled, pressed, onClick, children }: Props) {
  return (
    <button
      {...OWN_KEYS}
      type="button"
      class="heplens-tool"
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
