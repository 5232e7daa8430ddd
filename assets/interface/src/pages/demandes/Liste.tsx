import { Button, Group, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { Priorite, Statut, Word } from '@/ui/badges';
import { Instant } from '@/ui/format';
import { useListState } from '@/ui/list/address';
import { type Column, DataList } from '@/ui/list/DataList';
import { PageHead } from '@/ui/PageHead';

type Demande = Schemas['Demande'];

export const COLOURS: Record<Schemas['StatutDemande'], string> = { nouvelle: 'blue', acceptee: 'teal', refusee: 'red', retiree: 'gray' };

export default function Liste() {
  const { t } = useTranslation('demandes');
  const { t: word } = useTranslation('valeurs');
  const list = useListState();
  const state = (row: Demande) => <Word color={COLOURS[row.statut]}>{word(`statut_demande.${row.statut}`)}</Word>;
  const columns: Column<Demande>[] = [
    { key: 'numero', label: t('numero'), width: '160px', sort: 'numero', cell: (row) => row.numero },
    { key: 'titre', label: t('quoi'), cell: (row) => row.titre },
    { key: 'equipement', label: t('machine'), cell: (row) => row.equipement_nom },
    { key: 'statut', label: t('statut'), width: '120px', cell: state },
    { key: 'suite', label: t('suite'), width: '160px', cell: (row) => (row.intervention ? <Statut value={row.intervention.statut} /> : '—') },
    { key: 'urgence', label: t('urgence'), width: '110px', cell: (row) => <Priorite value={row.urgence} /> },
    { key: 'demandeur', label: t('par'), width: '170px', cell: (row) => row.demandeur?.nom ?? '—' },
    { key: 'date', label: t('le'), width: '150px', sort: 'date_creation', cell: (row) => <Instant value={row.date_creation} siteId={row.site_id} /> },
  ];
  const create = <Button component={Link} href="/demandes/nouvelle" leftSection={<IconPlus size={18} />}>{t('nouvelle')}</Button>;
  return (
    <Stack>
      <PageHead title={t('titre')}>{create}</PageHead>
      <DataList
        name="demandes"
        list={list}
        load={(query) => ok(api.GET('/api/v1/filters/demandes', { params: { query } }))}
        columns={columns}
        filters={[
          { kind: 'choice', key: 'statut', label: t('statut'), name: (value) => word(`statut_demande.${value as Demande['statut']}`) },
          { kind: 'choice', key: 'urgence', label: t('urgence'), name: (value) => word(`urgence.${value as Demande['urgence']}`) },
          { kind: 'choice', key: 'site_id', label: t('site') },
        ]}
        id={(row) => row.id}
        href={(row) => `/demandes/${row.id}`}
        card={(row, link) => (
          <Stack gap={4}>
            <Group justify="space-between" wrap="nowrap"><Text size="sm" c="dimmed">{row.numero}</Text>{row.intervention ? <Statut value={row.intervention.statut} /> : state(row)}</Group>
            {link(<Text fw={600}>{row.titre}</Text>)}
            <Text size="sm" c="dimmed" truncate>{row.equipement_nom}</Text>
          </Stack>
        )}
      />
    </Stack>
  );
}
