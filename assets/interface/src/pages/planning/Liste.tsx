import { Button, Group, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { Word } from '@/ui/badges';
import { day } from '@/ui/format';
import { useListState } from '@/ui/list/address';
import { type Column, DataList } from '@/ui/list/DataList';
import { PageHead } from '@/ui/PageHead';

type Planning = Schemas['Planning'];

export const COLOURS: Record<Schemas['StatutPlanning'], string> = { actif: 'teal', suspendu: 'yellow', termine: 'gray' };

export default function Liste() {
  const { t } = useTranslation('planning');
  const { t: word } = useTranslation('valeurs');
  const list = useListState();
  const state = (row: Planning) => <Word color={COLOURS[row.statut]}>{word(`statut_planning.${row.statut}`)}</Word>;
  const columns: Column<Planning>[] = [
    { key: 'titre', label: t('plan'), sort: 'titre', cell: (row) => row.titre },
    { key: 'equipement', label: t('machine'), sort: 'equipement_nom', cell: (row) => row.equipement_nom },
    { key: 'frequence', label: t('frequence'), width: '170px', cell: (row) => (row.intervalle > 1 ? `${word(`frequence.${row.frequence}`)} × ${row.intervalle}` : word(`frequence.${row.frequence}`)) },
    { key: 'prochaine', label: t('prochaine'), width: '150px', sort: 'prochaine_date', cell: (row) => (row.prochaine_date ? day(row.prochaine_date) : '—') },
    { key: 'technicien', label: t('technicien'), width: '170px', cell: (row) => row.technicien_nom ?? '—' },
    { key: 'statut', label: t('statut'), width: '120px', cell: state },
  ];
  const choices = <T extends string>(values: readonly T[], name: (value: T) => string) => values.map((value) => ({ value, label: name(value) }));
  return (
    <Stack>
      <PageHead title={t('titre')}><Button component={Link} href="/planning/nouveau" leftSection={<IconPlus size={18} />}>{t('nouveau')}</Button></PageHead>
      <DataList
        name="planning"
        list={list}
        load={(query) => ok(api.GET('/api/v1/planning/', { params: { query } }))}
        columns={columns}
        filters={[
          { kind: 'choice', key: 'statut', label: t('statut'), choices: choices(['actif', 'suspendu', 'termine'] as const, (value) => word(`statut_planning.${value}`)) },
          { kind: 'choice', key: 'frequence', label: t('frequence'), choices: choices(['journalier', 'hebdomadaire', 'mensuel', 'trimestriel', 'semestriel', 'annuel'] as const, (value) => word(`frequence.${value}`)) },
        ]}
        id={(row) => row.id}
        href={(row) => `/planning/${row.id}`}
        card={(row, link) => (
          <Stack gap={4}>
            <Group justify="space-between" wrap="nowrap"><Text size="sm" c="dimmed">{row.prochaine_date && day(row.prochaine_date)}</Text>{state(row)}</Group>
            {link(<Text fw={600}>{row.titre}</Text>)}
            <Text size="sm" c="dimmed" truncate>{row.equipement_nom}</Text>
          </Stack>
        )}
      />
    </Stack>
  );
}
