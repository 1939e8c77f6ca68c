/** What the result says about itself: one line for each thing, and few of them until they are asked for. */

import { useState } from 'preact/hooks';

import { events } from './dashboardFormat';
import { OWN_KEYS } from './keys';

const FEW = 2;
/** More than anyone reads. */
const MOST = 100;

export function JobNotes({ notes }: { notes: string[] }) {
  const [all, setAll] = useState(false);
  if (notes.length === 0) {
    return null;
  }
  const shown = notes.slice(0, all ? MOST : FEW);
  const more = notes.length - shown.length;
  return (
    <ul class="heplens-jobnotes" aria-label="Notes">
      {shown.map(note => (
        <li key={note} class="heplens-jobnote" title={note}>
          {note}
        </li>
      ))}
      {more > 0 && (
        <li class="heplens-jobnote">
          {all ? (
            `and ${events(more)} more; see result.problems`
          ) : (
            <button
              {...OWN_KEYS}
              type="button"
              class="heplens-link"
              onClick={() => setAll(true)}
            >
              {events(more)} more
            </button>
          )}
        </li>
      )}
    </ul>
  );
}
