/**
 * What is typed in the filter box: words, `*` and `?` as in a shell, and `type:word`. All have to match.
 *
 * A word matches inside a name or title. Only where nothing does, it is taken for an abbreviation, the beginnings of a
 * name's parts, so that `mupt` finds `Muon_pt` and does not drown what is called so.
 */

export interface Filterable {
  name: string;
  title: string;
  type: string;
}

export type Matches = (row: Filterable) => boolean;

export interface Filter {
  matches: Matches;
  /** Less is nearer, for something of these names: of every word 0 if it is one of them, 1 if one begins so, else 2. */
  rank(names: string[]): number;
}

/** What the text asks for, or null when that is nothing. Upper and lower case are the same. */
export function filterOf(text: string, abbreviated = false): Filter | null {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const tests = words.map(word => wordTest(word, abbreviated));
  const plain = words.filter(word => !/^type:|[*?]/.test(word));
  return words.length === 0
    ? null
    : {
        matches: row => tests.every(test => test(row)),
        rank: names => {
          const lower = names.map(name => name.toLowerCase());
          const far = (word: string) =>
            lower.includes(word)
              ? 0
              : lower.some(name => name.startsWith(word))
                ? 1
                : 2;
          return plain.reduce((sum, word) => sum + far(word), 0);
        }
      };
}

function wordTest(word: string, abbreviated: boolean): Matches {
  if (word.startsWith('type:')) {
    const wanted = word.slice(5);
    return row => row.type.toLowerCase().includes(wanted);
  }
  if (/[*?]/.test(word)) {
    const pattern = word
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*+/g, '.*')
      .replace(/\?/g, '.');
    const whole = new RegExp(`^${pattern}$`, 's');
    return row => whole.test(row.name.toLowerCase());
  }
  return row =>
    row.name.toLowerCase().includes(word) ||
    row.title.toLowerCase().includes(word) ||
    (abbreviated && abbreviates(word, row.name));
}

/** Whether the letters of `word` come in `name` in this order, each next to the last or at the beginning of a part. */
function abbreviates(word: string, name: string): boolean {
  const lower = name.toLowerCase();
  const begins = (at: number) =>
    at === 0 ||
    /[^A-Za-z0-9]/.test(name[at - 1] + name[at]) ||
    (/[A-Z]/.test(name[at]) && /[^A-Z]/.test(name[at - 1])) ||
    (/[0-9]/.test(name[at]) && /[^0-9]/.test(name[at - 1]));
  // Where the letter before this one may stand.
  let last: boolean[] | null = null;
  for (const letter of word) {
    const here: boolean[] = Array(lower.length).fill(false);
    let seen = last === null;
    for (let at = 0; at < lower.length; at++) {
      const next = last?.[at - 1] === true;
      seen ||= next;
      here[at] = lower[at] === letter && (next || (seen && begins(at)));
    }
    last = here;
  }
  return word.length > 1 && last?.includes(true) === true;
}
