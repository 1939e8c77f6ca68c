/** The numbers of a job as people read them. */

import { events } from './dashboardFormat';

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
  /** Files that were not looked into yet. */
  unseen: number;
}

/** Of a file that cannot be opened, or was not looked into, nobody knows the events: a share of those says too much. */
export function knowsEvents(numbers: Covered): boolean {
  const { done, total, events, total_events, unseen } = numbers;
  return done === total || (unseen === 0 && (events ?? 0) < total_events);
}

/** How much of the dataset some numbers stand for; null when they stand for all of it. */
export function coverage(numbers: Covered): string | null {
  const { done, total } = numbers;
  if (done === total) {
    return null;
  }
  const blocks = `${events(done)} of ${events(total)} blocks`;
  return knowsEvents(numbers)
    ? `${share(numbers.events ?? 0, numbers.total_events)} of events, ${blocks}`
    : blocks;
}
