/** What the colours mean: once for all plots, which show the same datasets. */

import type { LayerModels } from '../widgets/messages';

export function Legend({ layers }: { layers: LayerModels[] }) {
  const named = layers.filter(layer => layer.name !== '');
  if (named.length === 0) {
    return null;
  }
  return (
    <ul class="heplens-legend" aria-label="Datasets">
      {named.map(layer => (
        <li key={layer.name} data-style={layer.style}>
          <span
            class={`heplens-swatch heplens-${layer.style}`}
            style={{ '--heplens-colour': layer.colour }}
          />
          {layer.name}
        </li>
      ))}
    </ul>
  );
}
