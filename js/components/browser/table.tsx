/** The first entries of a tree, one line each. Cells are text, made short by whoever read them. */

import type { Figure } from './listing';

export function Table({ figure }: { figure: Figure }) {
  const { columns, rows } = figure;
  return (
    <div
      class="heplens-table"
      tabIndex={0}
      role="region"
      aria-label="First entries"
    >
      <table>
        <thead>
          <tr>
            <th scope="col" />
            {columns.map(({ name, type, error }, place) => (
              <th
                key={place}
                scope="col"
                class={error === null ? '' : 'heplens-mod-unreadable'}
                title={[name, type, error].filter(Boolean).join('\n')}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, entry) => (
            <tr key={entry}>
              <th scope="row">{entry}</th>
              {cells.map((cell, place) => (
                <td key={place} title={cell}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
