/** What lies over a plot: the edges of the cuts on its variable, and the window that is being drawn. */

import { useState } from 'preact/hooks';

import type { Grid } from '../brush/grid';
import { DrawLayer } from './dashboardDraw';
import { Band, Edge } from './dashboardEdge';
import { Overlay, windowName } from './dashboardOverlay';
import type { Actions, Frame, Handle } from './dashboardTypes';
import type { Live } from './live';

interface Props {
  plot: string;
  frame: Frame;
  grid: Grid | null;
  handles: Handle[];
  live: Live;
  actions: Actions;
}

/** Under the pointer, and with the focus: names of edges and windows. */
interface Active {
  hovered: string;
  focused: string;
}

export function Brush(props: Props) {
  const { plot, frame, grid, handles, live, actions } = props;
  const [active, setActive] = useState<Active>({ hovered: '', focused: '' });
  const placed = handles.filter(h => h.grid && live.valueOf(h) !== null);
  const windows = windowsOf(placed);
  const common = { frame, live, actions };
  const watch = (name: string) => ({
    onHover: (on: boolean) =>
      setActive(old => ({ ...old, hovered: on ? name : '' })),
    onFocused: (on: boolean) =>
      setActive(old => ({ ...old, focused: on ? name : '' }))
  });
  return (
    <div
      class="heplens-brush"
      style={{
        left: `${frame.left}px`,
        top: `${frame.top}px`,
        width: `${frame.width}px`,
        height: `${frame.height}px`
      }}
    >
      {placed.length > 0 && (
        <Overlay
          frame={frame}
          edges={placed}
          windows={windows}
          active={[active.hovered, active.focused]}
          live={live}
        />
      )}
      {grid && (
        <DrawLayer plot={plot} frame={frame} grid={grid} actions={actions} />
      )}
      {windows.map(([low, high]) => (
        <Band
          {...common}
          {...watch(windowName(low))}
          key={low.id}
          low={low}
          high={high}
        />
      ))}
      {placed.map(handle => (
        <Edge
          {...common}
          {...watch(handle.id)}
          key={handle.id}
          handle={handle}
        />
      ))}
    </div>
  );
}

/** Lower and upper edges that belong together. */
function windowsOf(handles: Handle[]): [Handle, Handle][] {
  return handles
    .filter(h => h.operator.startsWith('>'))
    .flatMap(low => {
      const high = handles.find(
        h =>
          h.step === low.step &&
          h.variable === low.variable &&
          h.operator.startsWith('<')
      );
      return high ? [[low, high] as [Handle, Handle]] : [];
    });
}
