/** Large numbers and bytes in a few characters, as `heplens.jobs.progress` writes them. */

const PREFIXES = ['', 'k', 'M', 'G', 'T'];

/** 12,345,678 as “12.3 M”. */
export function count(value: number): string {
  const [text, prefix] = prefixed(value);
  return prefix ? `${text} ${prefix}` : text;
}

/** Bytes: 12,345,678 as “12.3 MB”. */
export function size(value: number): string {
  return prefixed(value).join(' ') + 'B';
}

function prefixed(value: number): [string, string] {
  let prefix = 0;
  while (value >= 999.5 && prefix < PREFIXES.length - 1) {
    value /= 1000;
    prefix += 1;
  }
  return [value.toFixed(prefix > 0 && value < 99.95 ? 1 : 0), PREFIXES[prefix]];
}
