/** The numbers of a job as people read them. */

import { events } from './dashboardFormat';

const PREFIXES = ['', 'k', 'M', 'G', 'T'];

/** 12,345,678 as “12.3 M”. */
export function count(value: number): string {
  let prefix = 0;
  let number = value;
  while (number >= 999.5 && prefix < PREFIXES.length - 1) {
    number /= 1000;
    prefix += 1;
  }
  const digits = prefix > 0 && number < 99.95 ? 1 : 0;
  return `${number.toFixed(digits)}${prefix ? ` ${PREFIXES[prefix]}` : ''}`;
}

/** Bytes: 12,345,678 as “12.3 MB”. */
export function size(value: number): string {
  const text = count(value);
  return text.includes(' ') ? `${text}B` : `${text} B`;
}

export function duration(seconds: number): string {
  if (seconds < 99.5) {
    return seconds < 9.95
      ? `${seconds.toFixed(1)} s`
      : `${Math.round(seconds)} s`;
  }
  const minutes = Math.floor(Math.round(seconds) / 60);
  return minutes < 100
    ? `${minutes} min ${Math.round(seconds) % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A share as whole percent; 100 % is all of it, and nothing less. */
export function share(part: number, whole: number): string {
  const percent = whole > 0 ? (100 * part) / whole : 0;
  return `${part < whole ? Math.min(99, Math.floor(percent)) : 100} %`;
}

export interface Covered {
  done: number;
  total: number;
  events: number | null;
  total_events: number;
}

/** How much of the dataset some numbers stand for; null when they stand for all of it. */
export function coverage(numbers: Covered): string | null {
  const { done, total } = numbers;
  if (done === total) {
    return null;
  }
  const blocks = `${events(done)} of ${events(total)} blocks`;
  const seen = numbers.events ?? 0;
  return numbers.total_events > 0
    ? `${blocks}, ${share(seen, numbers.total_events)} of events`
    : blocks;
}
