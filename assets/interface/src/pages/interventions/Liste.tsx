import { Button, Group, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { EnRetard, Priorite, Statut } from '@/ui/badges';
import { Instant, duration } from '@/ui/format';
import { useListState } from '@/ui/list/address';
import { type Column, DataList } from '@/ui/list/DataList';
import type { Filter } from '@/ui/list/Filters';
import { PageHead } from '@/ui/PageHead';
import { useRunsThePlant } from '@/session/session';

type Intervention = Schemas['Intervention'];

export default function Liste() {
  const { t } = useTranslation('interventions');
  const { t: word } = useTranslation('valeurs');
  const list = useListState();
  const runsThePlant = useRunsThePlant();

  const columns: Column<Intervention>[] = [
    { key: 'numero', label: t('champ.numero'), width: '150px', sort: 'numero', cell: (row) => row.numero },
    { key: 'titre', label: t('champ.titre'), sort: 'titre', cell: (row) => row.titre },
    { key: 'equipement', label: t('champ.equipement'), cell: (row) => row.equipement_nom },
    { key: 'statut', label: t('champ.statut'), width: '150px', sort: 'statut', cell: (row) => <Group gap={4} wrap="nowrap"><Statut value={row.statut} /></Group> },
    { key: 'priorite', label: t('champ.priorite'), width: '100px', sort: 'priorite', cell: (row) => <Priorite value={row.priorite} /> },
    { key: 'type', label: t('champ.type'), width: '120px', optional: true, cell: (row) => word(`type_intervention.${row.type_intervention}`) },
    { key: 'technicien', label: t('champ.technicien'), width: '160px', cell: (row) => row.technicien_nom ?? '—' },
    { key: 'limite', label: t('champ.limite'), width: '150px', sort: 'date_limite', cell: (row) => (row.en_retard ? <EnRetard /> : <Instant value={row.date_limite} siteId={row.site_id} />) },
    { key: 'creation', label: t('champ.creation'), width: '150px', sort: 'date_creation', optional: true, cell: (row) => <Instant value={row.date_creation} siteId={row.site_id} /> },
    { key: 'temps', label: t('champ.temps'), width: '100px', align: 'end', optional: true, cell: (row) => duration(row.temps_passe_min) },
  ];
  const filters: Filter[] = [
    { kind: 'choice', key: 'statut', label: t('champ.statut'), name: (value) => word(`statut.${value as Intervention['statut']}`) },
    { kind: 'choice', key: 'priorite', label: t('champ.priorite'), name: (value) => word(`priorite.${value as Intervention['priorite']}`) },
    { kind: 'choice', key: 'type_intervention', label: t('champ.type'), name: (value) => word(`type_intervention.${value as Intervention['type_intervention']}`) },
    { kind: 'choice', key: 'technicien_id', label: t('champ.technicien') },
    { kind: 'choice', key: 'site_id', label: t('champ.site') },
    { kind: 'flag', key: 'en_retard', label: t('filtre.en_retard') },
    ...(runsThePlant ? [{ kind: 'flag', key: 'a_planifier', label: t('filtre.a_planifier') } as const] : []),
    { kind: 'period', key: 'cree', label: t('filtre.cree') },
  ];

  return (
    <Stack>
      <PageHead title={t('titre')}>
        {runsThePlant && <Button component={Link} href="/interventions/nouvelle" leftSection={<IconPlus size={18} />}>{t('nouvelle')}</Button>}
      </PageHead>
      <DataList
        name="interventions"
        list={list}
        load={(query) => ok(api.GET('/api/v1/filters/interventions', { params: { query } }))}
        columns={columns}
        filters={filters}
        id={(row) => row.id}
        href={(row) => `/interventions/${row.id}`}
        card={(row, link) => (
          <Stack gap={4}>
            <Group justify="space-between" gap="xs" wrap="nowrap">
              <Text size="sm" c="dimmed" className="tabular">{row.numero}</Text>
              <Statut value={row.statut} />
            </Group>
            {link(<Text fw={600}>{row.titre}</Text>)}
            <Text size="sm" c="dimmed" truncate>{row.equipement_nom}</Text>
          </Stack>
        )}
      />
    </Stack>
  );
}
