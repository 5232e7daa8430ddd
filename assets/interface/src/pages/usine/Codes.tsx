import { Switch, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ifMatch, ok } from '@/api/client';
import { useMe } from '@/session/session';
import { Word } from '@/ui/badges';
import type { Column } from '@/ui/list/DataList';
import { RecordsPage } from '@/ui/record/RecordsPage';
import type { Field } from '@/ui/record/fields';
import { useSave } from '@/ui/save';

type Code = Schemas['Code'];
const path = (id: number) => ({ path: { id } });
const NATURES: Code['nature'][] = ['symptome', 'cause', 'remede'];

/** The words by which failures are counted. */
export default function Codes() {
  const { t } = useTranslation('usine');
  const { t: word } = useTranslation('valeurs');
  const natures = NATURES.map((value) => ({ value, label: word(`nature_code.${value}`) }));
  const columns: Column<Code>[] = [
    { key: 'code', label: t('code'), width: '130px', sort: 'code', cell: (row) => row.code },
    { key: 'libelle', label: t('libelle'), sort: 'libelle', cell: (row) => row.libelle, text: true },
    { key: 'nature', label: t('nature'), width: '130px', sort: 'nature', cell: (row) => word(`nature_code.${row.nature}`) },
    { key: 'types', label: t('types'), cell: (row) => row.types_equipement.join(', ') || '—', text: true },
    { key: 'actif', label: t('actif'), width: '150px', cell: (row) => <Word color={row.actif ? 'teal' : 'gray'}>{row.actif ? t('actif') : t('actif_non')}</Word> },
  ];
  const common: Field[] = [
    { kind: 'text', key: 'code', label: t('code'), required: true },
    { kind: 'text', key: 'libelle', label: t('libelle'), required: true },
    { kind: 'tags', key: 'types_equipement', label: t('types'), hint: t('types_aide') },
    { kind: 'switch', key: 'actif', label: t('actif') },
  ];
  return (
    <RecordsPage<Code>
      name="codes"
      path="/codes"
      title={t('codes')}
      one={t('code_un')}
      fresh={t('nouveau_code')}
      called={(row) => row.code}
      columns={columns}
      filters={[{ kind: 'choice', key: 'nature', label: t('nature'), choices: natures }]}
      fields={common}
      newFields={[...common, { kind: 'choice', key: 'nature', label: t('nature'), required: true, choices: natures }]}
      initial={{ actif: true, nature: 'symptome' }}
      card={(row, link) => <>{link(<Text fw={600}>{row.libelle}</Text>)}<Text size="sm" c="dimmed">{row.code} · {word(`nature_code.${row.nature}`)}</Text></>}
      load={(query) => ok(api.GET('/api/v1/codes/', { params: { query } }))}
      read={(id) => ok(api.GET('/api/v1/codes/{id}', { params: path(id) }))}
      create={(body) => ok(api.POST('/api/v1/codes/', { body: body as Schemas['NewCode'] }))}
      change={(id, body, version) => ok(api.PATCH('/api/v1/codes/{id}', { params: { ...path(id), header: ifMatch(version) }, body }))}
      remove={({ id, version }) => ok(api.DELETE('/api/v1/codes/{id}', { params: { ...path(id), header: ifMatch(version) } }))}
      actions={<Required />}
    />
  );
}

/** Whether a corrective job may be finished without its codes. */
function Required() {
  const { t } = useTranslation('usine');
  const queries = useQueryClient();
  const isAdmin = useMe().role === 'admin';
  const { data } = useQuery({ queryKey: ['codes', 'reglages', 'tous'], queryFn: () => ok(api.GET('/api/v1/codes/reglages')) });
  const save = useSave(async (codes_obligatoires: boolean) => {
    await ok(api.PATCH('/api/v1/codes/reglages', { params: { header: ifMatch(data!.version) }, body: { codes_obligatoires } }));
    await queries.invalidateQueries({ queryKey: ['codes'] });
  });
  if (!data || !isAdmin) return null;
  return <Switch size="md" label={t('obligatoires')} checked={data.codes_obligatoires} disabled={save.busy} onChange={({ currentTarget }) => void save.run(currentTarget.checked)} />;
}
