/** A button of a toolbar, as flat and small as JupyterLab's. */

import type { ComponentChildren } from 'preact';

import { LogIcon } from './dashboardIcons';
import type { PlotModels } from './dashboardTypes';
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

interface LogProps {
  plot: PlotModels;
  pressed: boolean;
  onClick(): void;
}

/** Switches the scale of a plot that is drawn. */
export function LogTool({ plot, pressed, onClick }: LogProps) {
  if (!plot.drawn) {
    return null;
  }
  const what = plot.kind === 'map' ? 'colours' : 'axis';
  return (
    <Tool label={`Logarithmic ${what}`} pressed={pressed} onClick={onClick}>
      <LogIcon />
    </Tool>
  );
}
