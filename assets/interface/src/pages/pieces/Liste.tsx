import { Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { useBeside } from '@/pages/magasin/beside';
import { useRunsThePlant } from '@/session/session';
import { Links } from '@/ui/Links';
import { Word } from '@/ui/badges';
import { number } from '@/ui/format';
import { useListState } from '@/ui/list/address';
import { type Column, DataList } from '@/ui/list/DataList';
import { PageHead } from '@/ui/PageHead';
import { RecordButton } from '@/ui/record/RecordButton';
import type { Values } from '@/ui/record/fields';
import { useFields } from './champs';

type Piece = Schemas['Piece'];

export default function Liste() {
  const { t } = useTranslation('pieces');
  const list = useListState();
  const runsThePlant = useRunsThePlant();
  const beside = useBeside();
  const fields = useFields();
  const [, go] = useLocation();
  const queries = useQueryClient();
  const create = async (body: Values) => {
    const made = await ok(api.POST('/api/v1/pieces/', { body: body as Schemas['NewPiece'] }));
    await queries.invalidateQueries({ queryKey: ['pieces'] });
    go(`/pieces/${made.id}`);
  };
  const low = (row: Piece) => (row.sous_seuil ? <Word color="red">{t('sous_seuil')}</Word> : null);
  const columns: Column<Piece>[] = [
    { key: 'reference', label: t('reference'), width: '170px', sort: 'reference', cell: (row) => row.reference },
    { key: 'designation', label: t('designation'), sort: 'designation', cell: (row) => row.designation },
    { key: 'emplacement', label: t('emplacement'), width: '120px', sort: 'emplacement', cell: (row) => row.emplacement ?? '—' },
    { key: 'disponible', label: t('disponible'), width: '130px', align: 'end', sort: 'disponible', cell: (row) => `${number(row.disponible)} ${row.unite}` },
    { key: 'stock', label: t('stock'), width: '110px', align: 'end', sort: 'stock', cell: (row) => number(row.stock) },
    { key: 'reserve', label: t('reserve'), width: '110px', align: 'end', optional: true, cell: (row) => number(row.reserve) },
    { key: 'seuil', label: t('seuil'), width: '90px', align: 'end', cell: (row) => number(row.seuil_min) },
    { key: 'alerte', label: t('alerte'), width: '130px', cell: low },
    { key: 'fournisseur', label: t('fournisseur'), width: '190px', optional: true, cell: (row) => row.fournisseur_nom ?? '—' },
  ];
  return (
    <Stack>
      <PageHead title={t('titre')}>{runsThePlant && <RecordButton name="/pieces/nouvelle" title={t('nouvelle')} fields={fields} save={create} />}</PageHead>
      <Links links={beside} />
      <DataList
        name="pieces"
        list={list}
        load={(query) => ok(api.GET('/api/v1/filters/pieces', { params: { query } }))}
        columns={columns}
        filters={[
          { kind: 'flag', key: 'sous_seuil', label: t('sous_seuil') },
          { kind: 'choice', key: 'fournisseur_id', label: t('fournisseur') },
          { kind: 'choice', key: 'emplacement', label: t('emplacement') },
        ]}
        id={(row) => row.id}
        href={(row) => `/pieces/${row.id}`}
        card={(row, link) => (
          <Stack gap={4}>
            <Group justify="space-between" wrap="nowrap"><Text size="sm" c="dimmed">{row.reference} · {row.emplacement}</Text>{low(row)}</Group>
            {link(<Text fw={600}>{row.designation}</Text>)}
            <Text size="sm">{t('disponible')} : {number(row.disponible)} {row.unite}</Text>
          </Stack>
        )}
      />
    </Stack>
  );
}
