/** One line of the result. `ours` and `floor` were measured in the same run. */
export interface Row {
  readonly figure: string;
  readonly ours: string;
  readonly floor: string;
  /** What is compared with the target; null where there is nothing to compare. */
  readonly value: number | null;
  readonly unit: '×' | 'ms' | 'calls' | '';
  /** At most this; null: for information. */
  readonly target: number | null;
  readonly note?: string;
}

export interface Figure {
  readonly name: string;
  /** Sizes and what the floor is, in one or two sentences. */
  readonly method: string;
  readonly rows: readonly Row[];
  /** Why the figure could not be taken here. */
  readonly leftOut?: string;
}

export function ratio(
  figure: string,
  ours: number,
  floor: number,
  target: number | null,
  note?: string,
): Row {
  return {
    figure,
    ours: inMs(ours),
    floor: inMs(floor),
    value: ours / floor,
    unit: '×',
    target,
    ...(note === undefined ? {} : { note }),
  };
}

export function verdict({ value, target }: Row): 'met' | 'missed' | '' {
  if (target === null || value === null) return '';
  return value <= target ? 'met' : 'missed';
}

export function inMs(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`;
}

/** A Markdown table, as `docs/benchmarks.md` keeps it. */
export function table(figures: readonly Figure[]): string {
  const head = ['figure', 'ours', 'floor', 'result', 'target', ''];
  const body = figures.flatMap(({ name, rows, leftOut }) => [
    [`**${name}**`, '', '', '', '', leftOut === undefined ? '' : 'left out'],
    ...rows.map((row) => [
      row.note === undefined ? row.figure : `${row.figure} (${row.note})`,
      row.ours,
      row.floor,
      row.value === null ? '' : shown(row.value, row.unit),
      row.target === null ? '' : `≤ ${shown(row.target, row.unit)}`,
      verdict(row),
    ]),
  ]);
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...body.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...body.map(line)].join('\n');
}

function shown(value: number, unit: Row['unit']): string {
  if (unit === 'ms') return inMs(value);
  const number = value.toFixed(value < 10 && !Number.isInteger(value) ? 2 : 0);
  return unit === '×' ? `${number}×` : `${number} ${unit}`.trim();
}
