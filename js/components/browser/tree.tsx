/** The tree of files and what is in them. It draws a `TreeModel` and reports what the user does. */

import { useId, useMemo } from 'preact/hooks';

import type { Entry } from './entries';
import { size } from '../prefixed';
import { count } from './format';
import { isJagged, KindIcon, Twisty, WarningIcon } from './icons';
import { keyAction } from './keys';
import { Note } from './note';
import type { EntryLine, Line, TreeModel } from './model';
import { useDrag } from './useDrag';
import { ROW_HEIGHT, VirtualList } from './virtualList';

interface Props {
  model: TreeModel;
  lines: Line[];
  label: string;
  /** Double click, or Enter on something that cannot be opened. */
  onActivate?(entry: Entry): void;
  /** A line is being dragged, with all that are chosen if it is one of them. */
  onDrag?(entries: Entry[], event: PointerEvent): void;
}

export function Tree({ model, lines, label, onActivate, onDrag }: Props) {
  const id = useId();
  const at = useMemo(
    () => lines.findIndex(line => line.id === model.selected?.id),
    [lines, model.selected]
  );

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const box = event.currentTarget as HTMLElement;
    const page = Math.max(1, Math.floor(box.clientHeight / ROW_HEIGHT) - 1);
    const action = keyAction(event.key, lines, at, page);
    if (action === null) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const { entry } = lines[action.index] as EntryLine;
    if (action.do === 'select' && event.shiftKey) {
      model.extendTo(entry);
    } else if (action.do === 'select') {
      model.select(entry);
    } else if (action.do === 'open') {
      model.open(entry);
    } else if (action.do === 'close') {
      model.close(entry);
    } else if (entry.row.expandable) {
      model.toggle(entry);
    } else {
      onActivate?.(entry);
    }
  };

  const row = (index: number) => {
    const line = lines[index];
    return line.kind === 'note' ? (
      <Note
        key={line.id}
        line={line}
        index={index}
        onChoose={() => model.select(line.entry)}
        onCancel={() => model.cancel(line.entry)}
        onRetry={() => model.retry(line.entry)}
      />
    ) : (
      <Item
        key={line.id}
        id={`${id}-${index}`}
        line={line}
        index={index}
        selected={model.isChosen(line.id)}
        onChoose={event => {
          if (event.ctrlKey || event.metaKey) {
            model.toggleChosen(line.entry);
          } else if (event.shiftKey) {
            model.extendTo(line.entry);
          } else {
            model.select(line.entry);
            model.toggle(line.entry);
          }
        }}
        onMenu={() => {
          if (!model.isChosen(line.id)) {
            model.select(line.entry);
          }
        }}
        onDrag={event =>
          onDrag?.(model.isChosen(line.id) ? model.chosen : [line.entry], event)
        }
        onActivate={() => onActivate?.(line.entry)}
      />
    );
  };

  return (
    <VirtualList
      length={lines.length}
      row={row}
      current={at}
      attributes={{
        role: 'tree',
        'aria-label': label,
        'aria-multiselectable': true,
        'aria-activedescendant': at >= 0 ? `${id}-${at}` : undefined,
        tabIndex: 0,
        onKeyDown
      }}
    />
  );
}

interface ItemProps {
  id: string;
  line: EntryLine;
  index: number;
  selected: boolean;
  onChoose(event: MouseEvent): void;
  onMenu(): void;
  onDrag(event: PointerEvent): void;
  onActivate(): void;
}

function Item(props: ItemProps) {
  const { id, line, index, selected, onChoose, onMenu, onActivate } = props;
  const onPointerDown = useDrag(props.onDrag);
  const { row, field } = line.entry;
  return (
    <div
      id={id}
      class={`heplens-row heplens-mod-${row.kind}${selected ? ' heplens-mod-selected' : ''}${row.error !== null ? ' heplens-mod-unreadable' : ''}`}
      role="treeitem"
      aria-level={line.depth + 1}
      aria-posinset={line.position}
      aria-setsize={line.siblings}
      aria-expanded={line.open ?? undefined}
      aria-selected={selected}
      aria-busy={line.loading || undefined}
      data-kind={row.kind}
      data-path={row.path}
      title={hint(row)}
      style={{
        top: index * ROW_HEIGHT,
        height: ROW_HEIGHT,
        '--heplens-depth': line.depth
      }}
      onPointerDown={onPointerDown}
      onClick={onChoose}
      onDblClick={onActivate}
      onContextMenu={onMenu}
    >
      <Twisty open={line.open} />
      <KindIcon row={row} />
      <span class="heplens-row-name">
        {(field ?? row.name) || '(no name)'}
        {row.cycle > 0 && /;\d+$/.test(row.path) && (
          <span class="heplens-row-cycle">;{row.cycle}</span>
        )}
      </span>
      {row.error !== null && <WarningIcon />}
      <span class="heplens-row-type">
        {row.kind === 'file' || row.kind === 'folder' ? '' : row.type}
      </span>
      <span class="heplens-row-entries">
        {row.entries === null ? '' : count(row.entries)}
      </span>
      <span class="heplens-row-bytes">
        {row.bytes === null ? '' : size(row.bytes)}
      </span>
    </div>
  );
}

function hint(row: Entry['row']): string {
  const facts = [
    row.name,
    row.kind === 'file' || row.kind === 'folder'
      ? ''
      : row.type + (isJagged(row) ? ' (jagged)' : ''),
    row.title === row.name ? '' : row.title,
    row.entries === null ? '' : `${count(row.entries)} entries`,
    row.error ?? ''
  ];
  return facts.filter(Boolean).join('\n');
}
