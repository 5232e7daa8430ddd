//! A table as spreadsheets read it: UTF-8 with its mark, semicolons, one line a row.

/** First characters by which a spreadsheet takes a text for a formula, and runs it. */
const FORMULA = /^[=+\-@\t\r]/;

export type Cell = string | number | null | undefined;

/** One line. `decimal` is how the reader's spreadsheet writes `1.5`. */
export function line(cells: Cell[], decimal: ',' | '.'): string {
  return `${cells.map((cell) => field(cell, decimal)).join(';')}\r\n`;
}

function field(cell: Cell, decimal: ',' | '.'): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return String(cell).replace('.', decimal);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Hands a table to the browser's downloads. */
export function download(name: string, lines: string[]) {
  const url = URL.createObjectURL(new Blob(['\uFEFF', ...lines], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Not before the browser has begun to save it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
