/** How things stand, in one line. */

import { events } from '../components/dashboardFormat';
import type { Status } from '../components/dashboardToolbar';
import { size } from '../components/prefixed';
import type { Over } from './messages';
import type { Store } from './store';

export function statusOf(store: Store): Status {
  if (store.dead) {
    return {
      text: 'Kernel gone: this is the last state. Copy as code keeps the analysis.',
      tone: 'bad',
      share: null
    };
  }
  if (store.busy) {
    const text =
      store.queued > 0 ? 'Kernel busy, change queued' : 'Kernel busy';
    return { text, tone: 'busy', share: null };
  }
  const { over } = store.state;
  if (over) {
    return overJob(store, over);
  }
  const { progress, numbers, memory } = store.reader;
  const { preparing, bytes } = store.mover;
  if (progress) {
    const text = `Counting, ${events(progress.done)} of ${events(progress.total)} events`;
    return { text, tone: 'quiet', share: shareOf(progress) };
  }
  if (preparing) {
    const text = 'Preparing the handle';
    return { text, tone: 'quiet', share: shareOf(preparing) };
  }
  if (store.state.status?.phase === 'running') {
    return { text: 'Counting…', tone: 'quiet', share: null };
  }
  const seen = numbers?.events ?? null;
  if (seen === null) {
    return { text: '', tone: 'quiet', share: null };
  }
  const kernel = (memory?.columns ?? 0) + (memory?.tiles ?? 0);
  const held = kernel + bytes > 0 ? ` · ${size(kernel + bytes)}` : '';
  const title =
    `Memory: ${size(memory?.columns ?? 0)} of columns (at most ${size(memory?.budget ?? 0)}) and ` +
    `${size(memory?.tiles ?? 0)} of tiles in the kernel, ${size(bytes)} of tiles in this page`;
  const text = `${events(seen)} events${held}`;
  return { text, title, tone: 'quiet', share: null };
}

/** The dashboard of a job: of how much the numbers are that are shown, and how the job is. */
function overJob({ mover, reader }: Store, over: Over): Status {
  const [done, total] = mover.coverage ?? [0, 0];
  const seen = reader.numbers?.events ?? null;
  const held = size((reader.memory?.tiles ?? 0) + mover.bytes);
  const parts = [
    over.name,
    total > 0 ? `${events(done)} of ${events(total)} blocks` : '',
    seen === null ? '' : `${events(seen)} events`,
    over.state === 'finished' ? held : over.state
  ];
  return {
    text: parts.filter(part => part).join(' · '),
    title: `${over.name}: ${over.text}. Tiles take ${held}`,
    tone: ['failed', 'stopped'].includes(over.state) ? 'bad' : 'quiet',
    share: over.share
  };
}

function shareOf({ done, total }: { done: number; total: number }) {
  return total > 0 ? done / total : 0;
}
