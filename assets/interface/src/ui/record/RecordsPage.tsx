//! The page of records that have no page of their own: a list, and each in a dialog that has its address.

import { Button, Modal, Stack } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useParams, useSearch } from 'wouter';
import { Links } from '@/ui/Links';
import { PageHead } from '@/ui/PageHead';
import { confirm } from '@/ui/confirm';
import { useListState } from '@/ui/list/address';
import { type Column, DataList, type ListName, type ListQuery } from '@/ui/list/DataList';
import type { Filter } from '@/ui/list/Filters';
import type { Listing } from '@/ui/list/rows';
import { useSave } from '@/ui/save';
import { Loading, Trouble } from '@/ui/states';
import { RecordButton } from './RecordButton';
import { RecordForm, type Versioned } from './RecordForm';
import type { Field, Values } from './fields';

type Props<Row extends Versioned & { id: number }> = {
  /** The first part of the keys of its readings, and its address: registered with `/:id?`. */
  name: ListName;
  path: string;
  title: string;
  /** The pages beside this one. */
  beside?: readonly { href: string; text: string }[];
  /** What one of them is called, and a new one. */
  one: string;
  fresh: string;
  called: (row: Row) => string;
  columns: Column<Row>[];
  filters?: Filter[];
  fields: Field[];
  /** When some can be said of a new one only. */
  newFields?: Field[];
  initial?: Values;
  card: (row: Row, link: (content: ReactNode) => ReactNode) => ReactNode;
  load: (query: ListQuery) => Promise<Listing<Row>>;
  read: (id: number) => Promise<Row>;
  /** What the reader may do. */
  create?: (body: Values) => Promise<unknown>;
  change?: (id: number, body: Values, version: number) => Promise<unknown>;
  remove?: (row: Row) => Promise<unknown>;
  /** Under the form of one of them. */
  more?: (row: Row) => ReactNode;
  /** Beside the button that creates. */
  actions?: ReactNode;
};

export function RecordsPage<Row extends Versioned & { id: number }>(props: Props<Row>) {
  const { name, path, title, beside, one, fresh, columns, filters = [], fields, newFields = fields, initial, card, load, create, actions } = props;
  const list = useListState();
  const search = useSearch();
  const [, go] = useLocation();
  const id = Number(useParams().id) || null;
  const queries = useQueryClient();
  const back = () => go(search ? `${path}?${search}` : path);
  const reread = () => queries.invalidateQueries({ queryKey: [name] });
  return (
    <Stack>
      <PageHead title={title}>
        {actions}
        {create && <RecordButton name={`${path}/nouveau`} title={fresh} fields={newFields} {...(initial && { initial })} save={async (body) => { await create(body); await reread(); }} />}
      </PageHead>
      {beside && <Links links={beside} />}
      <DataList name={name} list={list} load={load} columns={columns} filters={filters} id={(row) => row.id} href={(row) => `${path}/${row.id}${search && `?${search}`}`} card={card} />
      <Modal opened={id !== null} onClose={back} size="lg" title={one}>
        {id !== null && <One {...props} id={id} reread={reread} close={back} />}
      </Modal>
    </Stack>
  );
}

function One<Row extends Versioned & { id: number }>({ name, id, called, fields, read, change, remove, more, path, reread, close }: Props<Row> & { id: number; reread: () => Promise<unknown>; close: () => void }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({ queryKey: [name, id], queryFn: () => read(id) });
  const removing = useSave(async (row: Row) => {
    await remove!(row);
    close();
    await reread();
  });
  if (!data) return error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <Stack>
      {change && (
        <RecordForm
          key={id}
          name={`${path}/${id}`}
          fields={fields}
          row={data}
          reread={async () => (await refetch()).data!}
          save={async (body, version) => { await change(id, body, version); await reread(); }}
          done={close}
        >
          {remove && (
            <Button variant="subtle" color="red" loading={removing.busy} onClick={async () => {
              if (await confirm({ title: `${t('supprimer')} : ${called(data)}`, text: t('fiche.supprimer_texte'), action: t('supprimer') })) void removing.run(data);
            }}>{t('supprimer')}</Button>
          )}
        </RecordForm>
      )}
      {more?.(data)}
    </Stack>
  );
}
