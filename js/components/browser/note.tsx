/** A line that says what is to be said of the level it stands for: being read, empty, or why not. */

import { useEffect, useState } from 'preact/hooks';

import { OWN_KEYS } from '../keys';
import { WarningIcon } from './icons';
import type { NoteLine } from './model';
import { ROW_HEIGHT } from './virtualList';

interface Props {
  line: NoteLine;
  index: number;
  onChoose(): void;
  onCancel(): void;
  onRetry(): void;
}

/** Seconds of reading after which it can be stopped, and says how long it takes. */
const PATIENCE = 1;

export function Note({ line, index, onChoose, onCancel, onRetry }: Props) {
  const { file } = line.entry;
  const seconds = useSeconds(line.tone === 'loading' ? line.since : 0);
  // The line is short and its file is the one above it.
  const text = line.text.replace(file, file.split('/').pop() ?? file);
  return (
    <div
      class={`heplens-row heplens-row-note heplens-mod-${line.tone}`}
      role="treeitem"
      aria-level={line.depth + 1}
      title={line.text}
      onClick={onChoose}
      style={{
        top: index * ROW_HEIGHT,
        height: ROW_HEIGHT,
        '--heplens-depth': line.depth
      }}
    >
      {line.tone === 'error' && <WarningIcon />}
      <span class="heplens-row-name">
        {text}
        {seconds >= PATIENCE && ` ${seconds} s`}
      </span>
      {seconds >= PATIENCE && <Button label="Stop" run={onCancel} />}
      {line.tone === 'error' && <Button label="Try again" run={onRetry} />}
    </div>
  );
}

function Button({ label, run }: { label: string; run(): void }) {
  return (
    <button
      type="button"
      class="heplens-row-button"
      {...OWN_KEYS}
      onClick={event => {
        event.stopPropagation();
        run();
      }}
    >
      {label}
    </button>
  );
}

/** Whole seconds since then, counting; 0 for no beginning. */
function useSeconds(since: number): number {
  const passed = () => (since ? Math.floor((Date.now() - since) / 1000) : 0);
  const [seconds, setSeconds] = useState(passed);
  useEffect(() => {
    setSeconds(passed());
    const timer = since
      ? setInterval(() => setSeconds(passed()), 1000)
      : undefined;
    return () => clearInterval(timer);
  }, [since]);
  return seconds;
}
