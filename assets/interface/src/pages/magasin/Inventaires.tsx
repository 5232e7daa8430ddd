import { Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { type Schemas, api, ok, once } from '@/api/client';
import { Links } from '@/ui/Links';
import { PageHead } from '@/ui/PageHead';
import { Word } from '@/ui/badges';
import { Instant } from '@/ui/format';
import { useListState } from '@/ui/list/address';
import { type Column, DataList } from '@/ui/list/DataList';
import { RecordButton } from '@/ui/record/RecordButton';
import { useBeside } from './beside';

type Inventaire = Schemas['Inventaire'];
const STATUTS: Inventaire['statut'][] = ['ouvert', 'cloture', 'abandonne'];

export default function Inventaires() {
  const { t } = useTranslation('magasin');
  const { t: word } = useTranslation('valeurs');
  const list = useListState();
  const [, go] = useLocation();
  const queries = useQueryClient();
  const statut = (row: Inventaire) => <Word color={row.statut === 'ouvert' ? 'blue' : 'gray'}>{word(`statut_inventaire.${row.statut}`)}</Word>;
  const columns: Column<Inventaire>[] = [
    { key: 'libelle', label: t('libelle'), cell: (row) => row.libelle, text: true },
    { key: 'emplacement', label: t('emplacement'), width: '160px', cell: (row) => row.emplacement ?? '—' },
    { key: 'ouvert_le', label: t('ouvert_le'), width: '160px', sort: 'ouvert_le', cell: (row) => <Instant value={row.ouvert_le} /> },
    { key: 'comptees', label: t('comptees'), width: '120px', align: 'end', cell: (row) => `${row.comptees} / ${row.nombre}` },
    { key: 'differences', label: t('differences'), width: '100px', align: 'end', cell: (row) => row.differences },
    { key: 'statut', label: t('statut'), width: '130px', cell: statut },
  ];
  return (
    <Stack>
      <PageHead title={t('inventaires')}>
        <RecordButton
          name="/inventaires/nouveau"
          title={t('nouvel_inventaire')}
          fields={[{ kind: 'text', key: 'libelle', label: t('libelle') }, { kind: 'text', key: 'emplacement', label: t('emplacement'), hint: t('emplacement_aide') }]}
          save={async (body) => {
            const made = await ok(api.POST('/api/v1/inventaires/', { params: { header: once() as object }, body }));
            await queries.invalidateQueries({ queryKey: ['inventaires'] });
            go(`/inventaires/${made.id}`);
          }}
        />
      </PageHead>
      <Links links={useBeside()} />
      <DataList
        name="inventaires"
        list={list}
        load={(query) => ok(api.GET('/api/v1/inventaires/', { params: { query } }))}
        columns={columns}
        filters={[{ kind: 'choice', key: 'statut', label: t('statut'), choices: STATUTS.map((value) => ({ value, label: word(`statut_inventaire.${value}`) })) }]}
        id={(row) => row.id}
        href={(row) => `/inventaires/${row.id}`}
        card={(row, link) => (
          <Stack gap={4}>
            <Group justify="space-between" wrap="nowrap"><Text size="sm" c="dimmed"><Instant value={row.ouvert_le} /></Text>{statut(row)}</Group>
            {link(<Text fw={600}>{row.libelle}</Text>)}
            <Text size="sm">{t('reste', { fait: row.comptees, nombre: row.nombre })}</Text>
          </Stack>
        )}
      />
    </Stack>
  );
}
