/** The figure of a preview, drawn by BokehJS when there is room for it. */

import { useEffect, useRef, useState } from 'preact/hooks';

import { bokehjs } from '../bokeh/bokehjs';
import { SingleFigure } from '../bokeh/single';
import type { Figure, Source } from './listing';
import { readout } from './readout';

interface Props {
  figure: Figure;
  source: Source;
  /** What is under the pointer, or null. */
  onPoint(text: string | null): void;
}

export function Plot({ figure, source, onPoint }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const shown = useRef<SingleFigure | null>(null);
  const [problem, setProblem] = useState('');

  useEffect(() => {
    const node = box.current;
    const { document } = figure;
    if (!node || !document) {
      return;
    }
    let built: SingleFigure | null = null;
    let gone = false;
    setProblem('');
    node.dataset.state = 'building';
    const build = async () => {
      const bokeh = await bokehjs(figure.bokeh, () =>
        source.bokeh(figure.bokeh)
      );
      await hasRoom(node);
      if (gone) {
        return;
      }
      built = shown.current = new SingleFigure(bokeh, node);
      await built.build(document);
      if (!gone) {
        node.dataset.state = 'drawn'; // this one; another may be on its way
      }
    };
    build().catch((error: unknown) => {
      if (!gone) {
        node.dataset.state = 'failed';
        setProblem(error instanceof Error ? error.message : String(error));
      }
    });
    return () => {
      gone = true;
      shown.current = null;
      built?.remove();
      node.replaceChildren();
    };
  }, [figure, source]);

  return (
    <>
      {problem !== '' && (
        <p class="heplens-message heplens-mod-error" role="alert">
          {problem}
        </p>
      )}
      <div
        ref={box}
        class="heplens-preview-plot"
        role="img"
        aria-label={`Plot of ${figure.title}`}
        onPointerMove={event => {
          const at = shown.current?.probe(event.clientX, event.clientY);
          onPoint(at && shown.current ? readout(shown.current, at) : null);
        }}
        onPointerLeave={() => onPoint(null)}
      />
    </>
  );
}

/** Resolves when the element has a width: BokehJS built in a hidden panel never recovers. */
function hasRoom(node: HTMLElement): Promise<void> {
  return new Promise(resolve => {
    const observer = new ResizeObserver(() => {
      if (node.clientWidth > 0) {
        observer.disconnect();
        resolve();
      }
    });
    observer.observe(node);
  });
}
