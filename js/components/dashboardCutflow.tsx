/** The cutflow: what each step left. */

import { events, percent, withError } from './dashboardFormat';
import type { CutflowRow } from './dashboardTypes';

export function Cutflow({ rows }: { rows: CutflowRow[] }) {
  if (rows.length === 0) {
    return null;
  }
  const hasWeights = rows.some(row => row.weighted !== null);
  const hasMissing = rows.some(row => row.missing + row.nan > 0);
  return (
    <div class="heplens-cutflow-room">
      <table class="heplens-cutflow">
        <thead>
          <tr>
            <th scope="col">Cutflow</th>
            <th scope="col">events</th>
            {hasWeights && <th scope="col">weighted</th>}
            <th scope="col" title="of the events before this cut">
              eff.
            </th>
            <th scope="col" title="of all events">
              total
            </th>
            {hasMissing && (
              <th
                scope="col"
                title="the value was missing or NaN: the cut failed"
              >
                missing
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={`${i} ${row.name}`} data-row={row.name}>
              <th scope="row" title={row.name}>
                {row.name}
              </th>
              <td data-passed={row.passed}>{events(row.passed)}</td>
              {hasWeights && (
                <td data-weighted={row.weighted}>
                  {row.weighted === null
                    ? ''
                    : withError(row.weighted, Math.sqrt(row.variance ?? 0))}
                </td>
              )}
              <td>{i === 0 ? '' : percent(row.passed, rows[i - 1].passed)}</td>
              <td>{i === 0 ? '' : percent(row.passed, rows[0].passed)}</td>
              {hasMissing && (
                <td>
                  {row.missing + row.nan > 0
                    ? events(row.missing + row.nan)
                    : ''}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
