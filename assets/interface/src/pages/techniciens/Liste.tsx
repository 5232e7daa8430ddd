import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok } from '@/api/client';
import { Word } from '@/ui/badges';
import { useListState } from '@/ui/list/address';
import { type Column, DataList } from '@/ui/list/DataList';
import { PageHead } from '@/ui/PageHead';

type Technicien = Schemas['Technicien'];

export default function Liste() {
  const { t } = useTranslation('techniciens');
  const { t: word } = useTranslation('valeurs');
  const list = useListState();
  const state = (row: Technicien) => (row.actif
    ? <Word color={row.disponibilite === 'disponible' ? 'teal' : 'orange'}>{word(`disponibilite.${row.disponibilite}`)}</Word>
    : <Word color="gray">{t('inactif')}</Word>);
  const skills = (row: Technicien) => row.competences.map((skill) => skill.nom).join(', ') || '—';
  const columns: Column<Technicien>[] = [
    { key: 'nom', label: t('nom'), width: '220px', sort: 'nom', cell: (row) => row.nom },
    { key: 'equipe', label: t('equipe'), width: '200px', cell: (row) => row.equipe ?? '—' },
    { key: 'competences', label: t('competences'), cell: skills },
    { key: 'statut', label: t('statut'), width: '140px', cell: state },
  ];
  return (
    <Stack>
      <PageHead title={t('titre')} />
      <DataList
        name="techniciens"
        list={list}
        load={(query) => ok(api.GET('/api/v1/filters/techniciens', { params: { query } }))}
        columns={columns}
        filters={[
          { kind: 'choice', key: 'equipe', label: t('equipe') },
          { kind: 'choice', key: 'disponibilite', label: t('statut'), name: (value) => word(`disponibilite.${value as Technicien['disponibilite']}`) },
        ]}
        id={(row) => row.id}
        href={(row) => `/techniciens/${row.id}`}
        card={(row, link) => (
          <Stack gap={4}>
            <Group justify="space-between" wrap="nowrap">{link(<Text fw={600}>{row.nom}</Text>)}{state(row)}</Group>
            <Text size="sm" c="dimmed">{row.equipe}</Text>
          </Stack>
        )}
      />
    </Stack>
  );
}
