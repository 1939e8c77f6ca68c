/** Which region is shown, and what it asks for: a region applies the cuts that it names and no others. */

import type { Region, Step } from './dashboardTypes';
import { OWN_KEYS } from './keys';

interface Props {
  /** As the plots have them. */
  names: string[];
  shown: number;
  regions: Region[];
  steps: Step[];
  show(region: string): void;
}

export function RegionChoice({ names, shown, regions, steps, show }: Props) {
  const cuts = regions.find(({ name }) => name === names[shown])?.cuts ?? [];
  const text = cutsText(cuts, steps);
  return (
    <>
      <label class="heplens-region">
        Region
        <select
          {...OWN_KEYS}
          value={shown}
          onChange={event => show(names[event.currentTarget.selectedIndex])}
        >
          {names.map((name, i) => (
            <option key={name} value={i}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <span
        class="heplens-region-cuts"
        title={`${text}. The plots are of the region, the cutflow is of all cuts.`}
      >
        {text}
      </span>
    </>
  );
}

/** `two muons, not Z window; without trigger`. */
export function cutsText(cuts: string[], steps: Step[]): string {
  const asked = cuts.map(cut =>
    cut.startsWith('!') ? `not ${cut.slice(1)}` : cut
  );
  const named = cuts.map(cut => cut.replace(/^!/, ''));
  const others = steps
    .filter(({ step, enabled }) => step === 'cut' && enabled !== false)
    .map(({ name }) => name ?? '')
    .filter(name => !named.includes(name));
  const without = others.length > 0 ? `without ${others.join(', ')}` : '';
  return [asked.join(', '), without].filter(Boolean).join('; ');
}
