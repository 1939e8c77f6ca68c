/** The cutflow: what each step left. */

import { events, percent, withError } from './dashboardFormat';
import type { CutflowRow } from './dashboardTypes';
import { FixedText } from './fixedText';
import { useLive, type Live } from './live';

interface Props {
  rows(): CutflowRow[];
  /** What moves the rows while they are shown. */
  live?: Live;
}

/** Numbers are written one by one as they move; the table is drawn again when there are other columns or rows. */
export function LiveCutflow({ live }: { live: Live }) {
  useLive(live, ({ cutflow }) => columnsOf(cutflow()).join());
  return <Cutflow rows={live.cutflow} live={live} />;
}

/** Of a filter, which leaves every event: how many objects it was given, and how many of them it kept. */
function Objects({ rows, live, at }: Props & { at: number }) {
  return (
    <span class="heplens-objects" title="objects before and after this filter">
      <FixedText
        live={live}
        read={() => {
          const { objects_in: before, objects_out: after } = rows()[at] ?? {};
          return `${events(before ?? 0)} → ${events(after ?? 0)}`;
        }}
      />
    </span>
  );
}

type Read = (row: CutflowRow, i: number, all: CutflowRow[]) => string;

interface Column {
  head: string;
  title?: string;
  read: Read;
}

const COLUMNS = {
  events: { head: 'events', read: row => events(row.passed) },
  weighted: {
    head: 'weighted',
    read: ({ weighted, variance }) =>
      weighted === null ? '' : withError(weighted, Math.sqrt(variance ?? 0))
  },
  efficiency: {
    head: 'eff. %',
    title: 'of the events before this cut',
    read: (row, i, all) =>
      i === 0 ? '' : percent(row.passed, all[i - 1].passed)
  },
  total: {
    head: 'total %',
    title: 'of all events',
    read: (row, i, all) => (i === 0 ? '' : percent(row.passed, all[0].passed))
  },
  missing: {
    head: 'missing',
    title: 'the value was missing or NaN: the cut failed',
    read: ({ missing, nan }) => (missing + nan > 0 ? events(missing + nan) : '')
  }
} satisfies Record<string, Column>;

function columnsOf(rows: CutflowRow[]): (keyof typeof COLUMNS)[] {
  const hasWeights = rows.some(row => row.weighted !== null);
  const hasMissing = rows.some(row => row.missing + row.nan > 0);
  return [
    'events',
    ...(hasWeights ? ['weighted' as const] : []),
    'efficiency',
    'total',
    ...(hasMissing ? ['missing' as const] : [])
  ];
}

export function Cutflow({ rows, live }: Props) {
  const now = rows();
  if (now.length === 0) {
    return null;
  }
  const columns = columnsOf(now);
  return (
    <div class="heplens-cutflow-room">
      <table
        class="heplens-cutflow"
        data-weighted={columns.includes('weighted') || undefined}
      >
        <thead>
          <tr>
            <th scope="col">Cutflow</th>
            {columns.map(column => {
              const { head, title }: Column = COLUMNS[column];
              return (
                <th key={column} scope="col" title={title} data-column={column}>
                  {head}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {now.map(({ name, objects_in: before, objects_out: after }, i) => (
            <tr key={`${i} ${name}`} data-row={name}>
              <th scope="row" title={name}>
                <span class="heplens-cutflow-name">{name}</span>
                {before !== null && after !== null && (
                  <Objects live={live} rows={rows} at={i} />
                )}
              </th>
              {columns.map(column => {
                const { read }: Column = COLUMNS[column];
                return (
                  <td key={column} data-column={column}>
                    <FixedText
                      live={live}
                      read={() => {
                        const all = rows();
                        return i < all.length ? read(all[i], i, all) : '';
                      }}
                    />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
