import { Button, Group, Stack, Text } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { useRunsThePlant } from '@/session/session';
import { Links } from '@/ui/Links';
import { StatutEquipement } from '@/ui/badges';
import { useListState } from '@/ui/list/address';
import { type Column, DataList } from '@/ui/list/DataList';
import { PageHead } from '@/ui/PageHead';
import { RecordButton } from '@/ui/record/RecordButton';
import { useFields } from './champs';

type Equipement = Schemas['Equipement'];

export default function Liste() {
  const { t } = useTranslation('equipements');
  const { t: word } = useTranslation('valeurs');
  const list = useListState();
  const runsThePlant = useRunsThePlant();
  const fields = useFields();
  const [, go] = useLocation();
  const queries = useQueryClient();
  const [chosen, choose] = useState<Set<number>>(new Set());
  const columns: Column<Equipement>[] = [
    { key: 'code', label: t('code'), width: '170px', sort: 'code', cell: (row) => row.code },
    { key: 'nom', label: t('nom'), sort: 'nom', cell: (row) => row.nom },
    { key: 'type', label: t('type'), width: '170px', cell: (row) => row.type },
    { key: 'site', label: t('site'), width: '210px', cell: (row) => row.site_nom },
    { key: 'localisation', label: t('localisation'), optional: true, cell: (row) => row.localisation ?? '—' },
    { key: 'criticite', label: t('criticite'), width: '120px', sort: 'criticite', cell: (row) => word(`criticite.${row.criticite}`) },
    { key: 'statut', label: t('statut'), width: '130px', sort: 'statut', cell: (row) => <StatutEquipement value={row.statut} /> },
  ];
  return (
    <Stack>
      <PageHead title={t('titre')}>
        {chosen.size > 0 && (
          <Button component={Link} href={`/etiquettes?${[...chosen].map((id) => `id=${id}`).join('&')}`} variant="light" leftSection={<IconPrinter size={18} />}>
            {t('etiquettes', { count: chosen.size })}
          </Button>
        )}
        {runsThePlant && (
          <RecordButton
            name="/equipements/nouveau"
            title={t('nouveau')}
            fields={fields}
            initial={{ criticite: 'standard', statut: 'operationnel' }}
            save={async (body) => {
              const made = await ok(api.POST('/api/v1/equipements/', { body: body as Schemas['NewEquipement'] }));
              await queries.invalidateQueries({ queryKey: ['equipements'] });
              go(`/equipements/${made.id}`);
            }}
          />
        )}
      </PageHead>
      <Links links={[{ href: '/equipements', text: t('liste') }, { href: '/arbre', text: t('arbre') }]} />
      <DataList
        name="equipements"
        list={list}
        load={(query) => ok(api.GET('/api/v1/filters/equipements', { params: { query } }))}
        columns={columns}
        filters={[
          { kind: 'choice', key: 'statut', label: t('statut'), name: (value) => word(`statut_equipement.${value as Equipement['statut']}`) },
          { kind: 'choice', key: 'criticite', label: t('criticite'), name: (value) => word(`criticite.${value as Equipement['criticite']}`) },
          { kind: 'choice', key: 'type', label: t('type') },
          { kind: 'choice', key: 'site_id', label: t('site') },
        ]}
        id={(row) => row.id}
        href={(row) => `/equipements/${row.id}`}
        selection={{ chosen, choose }}
        card={(row, link) => (
          <Stack gap={4}>
            <Group justify="space-between" wrap="nowrap"><Text size="sm" c="dimmed">{row.code}</Text><StatutEquipement value={row.statut} /></Group>
            {link(<Text fw={600}>{row.nom}</Text>)}
            <Text size="sm" c="dimmed" truncate>{row.site_nom}</Text>
          </Stack>
        )}
      />
    </Stack>
  );
}
