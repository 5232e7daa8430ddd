import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ifMatch, ok } from '@/api/client';
import { day } from '@/ui/format';
import type { Column } from '@/ui/list/DataList';
import { RecordsPage } from '@/ui/record/RecordsPage';
import type { Field } from '@/ui/record/fields';
import { useBeside } from './beside';

type JourFerie = Schemas['JourFerie'];
const path = (id: number) => ({ path: { id } });

export default function JoursFeries() {
  const { t } = useTranslation('usine');
  const { t: common } = useTranslation();
  const columns: Column<JourFerie>[] = [
    { key: 'date', label: t('date'), width: '200px', sort: 'date', cell: (row) => day(row.date) },
    { key: 'nom', label: t('nom'), cell: (row) => row.nom, text: true },
    { key: 'pays', label: t('pays'), width: '180px', sort: 'pays', cell: (row) => row.pays },
    { key: 'recurrent', label: t('recurrent'), width: '160px', cell: (row) => common(row.recurrent ? 'oui' : 'non') },
  ];
  const fields: Field[] = [
    { kind: 'text', key: 'nom', label: t('nom'), required: true },
    { kind: 'day', key: 'date', label: t('date'), required: true },
    { kind: 'text', key: 'pays', label: t('pays'), required: true },
    { kind: 'switch', key: 'recurrent', label: t('recurrent') },
  ];
  const years = [0, 1, 2].map((ahead) => String(new Date().getFullYear() + ahead));
  return (
    <RecordsPage<JourFerie>
      name="jours-feries"
      path="/jours-feries"
      title={t('feries')}
      beside={useBeside()}
      one={t('ferie')}
      fresh={t('nouveau_ferie')}
      called={(row) => row.nom}
      columns={columns}
      filters={[
        { kind: 'choice', key: 'annee', label: t('annee'), single: true, choices: years.map((value) => ({ value, label: value })) },
        { kind: 'choice', key: 'pays', label: t('pays'), single: true, choices: ['MA', 'FR'].map((value) => ({ value, label: value })) },
      ]}
      fields={fields}
      initial={{ pays: 'MA' }}
      card={(row, link) => <>{link(<Text fw={600}>{row.nom}</Text>)}<Text size="sm" c="dimmed">{day(row.date)} · {row.pays}</Text></>}
      load={(query) => ok(api.GET('/api/v1/planning/jours-feries', { params: { query } }))}
      read={(id) => ok(api.GET('/api/v1/planning/jours-feries/{id}', { params: path(id) }))}
      create={(body) => ok(api.POST('/api/v1/planning/jours-feries', { body: body as Schemas['NewJourFerie'] }))}
      change={(id, body, version) => ok(api.PATCH('/api/v1/planning/jours-feries/{id}', { params: { ...path(id), header: ifMatch(version) }, body }))}
      remove={({ id, version }) => ok(api.DELETE('/api/v1/planning/jours-feries/{id}', { params: { ...path(id), header: ifMatch(version) } }))}
    />
  );
}
