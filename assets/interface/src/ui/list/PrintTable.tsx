import { useTranslation } from 'react-i18next';
import { useZone, instant } from '@/ui/format';
import type { Column } from './DataList';
import classes from './DataList.module.css';

/** A list on paper: every row that was read, with the heads of the columns on each page. */
export function PrintTable<Row>({ rows, total, columns, id }: {
  rows: Row[];
  /** How many there are, in words. */
  total: string | undefined;
  columns: Column<Row>[];
  id: (row: Row) => number;
}) {
  const { t } = useTranslation();
  const zone = useZone(null);
  return (
    <>
      <p className={classes.caption}>
        {t('liste.imprime', { shown: rows.length, total, date: instant(new Date().toISOString(), zone) })}
      </p>
      <table className={classes.table}>
        <thead>
          <tr>{columns.map((column) => <th key={column.key} scope="col" style={{ textAlign: column.align }}>{column.label}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={id(row)}>{columns.map((column) => <td key={column.key} style={{ textAlign: column.align }}>{column.cell(row)}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
