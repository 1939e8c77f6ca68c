/** What a filter has to read, because it looks into what has not been opened. */

import type { Entry } from './entries';
import type { Known } from './lines';

/** Directories may contain themselves: a filter looks no deeper than this. */
const DEEPEST = 6;

/** What is not known yet of open files: trees and directories, and branches that are split. */
export function unread(known: Known): { places: Entry[]; branches: Entry[] } {
  const places: Entry[] = [];
  const branches: Entry[] = [];
  const look = (entries: Entry[], depth: number) => {
    for (const entry of entries) {
      const { kind, expandable } = entry.row;
      const level = known.level(entry);
      if (level?.status === 'ready') {
        look(level.entries, depth + 1);
      } else if (level === undefined && expandable && depth < DEEPEST) {
        if (kind === 'directory' || kind === 'tree' || kind === 'ntuple') {
          places.push(entry);
        } else if (kind === 'branch' || kind === 'collection') {
          branches.push(entry);
        }
      }
    }
  };
  look(
    known.roots.filter(root => known.isOpen(root.id)),
    0
  );
  return { places, branches };
}
