/** What is typed in the filter box: words, `*` and `?` as in a shell, and `type:word`. All have to match. */

export interface Filterable {
  name: string;
  title: string;
  type: string;
}

export type Matches = (row: Filterable) => boolean;

/** A predicate for the text, or null when it asks for nothing. Upper and lower case are the same. */
export function filterOf(text: string): Matches | null {
  const tests = text.toLowerCase().split(/\s+/).filter(Boolean).map(wordTest);
  return tests.length > 0 ? row => tests.every(test => test(row)) : null;
}

function wordTest(word: string): Matches {
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
    row.title.toLowerCase().includes(word);
}
