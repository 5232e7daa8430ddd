import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ifMatch, ok } from '@/api/client';
import type { Column } from '@/ui/list/DataList';
import { RecordsPage } from '@/ui/record/RecordsPage';
import type { Field } from '@/ui/record/fields';

type Competence = Schemas['Competence'];
const path = (id: number) => ({ path: { id } });

/** The skills that technicians can have and plans can ask for. */
export default function Competences() {
  const { t } = useTranslation('usine');
  const { t: word } = useTranslation('techniciens');
  const columns: Column<Competence>[] = [
    { key: 'nom', label: t('nom'), width: '320px', sort: 'nom', cell: (row) => row.nom, text: true },
    { key: 'description', label: t('description'), cell: (row) => row.description ?? '—', text: true },
  ];
  const fields: Field[] = [
    { kind: 'text', key: 'nom', label: t('nom'), required: true, wide: true },
    { kind: 'area', key: 'description', label: t('description') },
  ];
  return (
    <RecordsPage<Competence>
      name="competences"
      path="/competences"
      title={t('competences')}
      beside={[{ href: '/techniciens', text: word('titre') }, { href: '/competences', text: t('competences') }]}
      one={t('competence')}
      fresh={t('nouvelle_competence')}
      called={(row) => row.nom}
      columns={columns}
      fields={fields}
      card={(row, link) => <>{link(<Text fw={600}>{row.nom}</Text>)}<Text size="sm" c="dimmed">{row.description}</Text></>}
      load={(query) => ok(api.GET('/api/v1/techniciens/competences', { params: { query } }))}
      read={(id) => ok(api.GET('/api/v1/techniciens/competences/{id}', { params: path(id) }))}
      create={(body) => ok(api.POST('/api/v1/techniciens/competences', { body: body as Schemas['NewCompetence'] }))}
      change={(id, body, version) => ok(api.PATCH('/api/v1/techniciens/competences/{id}', { params: { ...path(id), header: ifMatch(version) }, body }))}
      remove={({ id, version }) => ok(api.DELETE('/api/v1/techniciens/competences/{id}', { params: { ...path(id), header: ifMatch(version) } }))}
    />
  );
}
