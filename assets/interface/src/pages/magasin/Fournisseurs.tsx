import { Anchor, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ifMatch, ok } from '@/api/client';
import type { Column } from '@/ui/list/DataList';
import { RecordsPage } from '@/ui/record/RecordsPage';
import type { Field } from '@/ui/record/fields';
import { useBeside } from './beside';

type Fournisseur = Schemas['Fournisseur'];
const path = (id: number) => ({ path: { id } });

export default function Fournisseurs() {
  const { t } = useTranslation('magasin');
  const columns: Column<Fournisseur>[] = [
    { key: 'nom', label: t('nom'), sort: 'nom', cell: (row) => row.nom, text: true },
    { key: 'contact', label: t('contact'), cell: (row) => row.contact ?? '—', text: true },
    { key: 'telephone', label: t('telephone'), width: '180px', cell: (row) => row.telephone ?? '—' },
    { key: 'email', label: t('email'), cell: (row) => row.email ?? '—' },
    { key: 'delai', label: t('delai'), width: '130px', align: 'end', cell: (row) => row.delai_jours ?? '—' },
  ];
  const fields: Field[] = [
    { kind: 'text', key: 'nom', label: t('nom'), required: true },
    { kind: 'text', key: 'contact', label: t('contact') },
    { kind: 'tel', key: 'telephone', label: t('telephone') },
    { kind: 'email', key: 'email', label: t('email') },
    { kind: 'number', key: 'delai_jours', label: t('delai') },
    { kind: 'area', key: 'adresse', label: t('adresse') },
  ];
  return (
    <RecordsPage<Fournisseur>
      name="fournisseurs"
      path="/fournisseurs"
      title={t('fournisseurs')}
      beside={useBeside()}
      one={t('fournisseur')}
      fresh={t('nouveau_fournisseur')}
      called={(row) => row.nom}
      columns={columns}
      fields={fields}
      card={(row, link) => <>{link(<Text fw={600}>{row.nom}</Text>)}<Text size="sm" c="dimmed">{[row.contact, row.telephone].filter(Boolean).join(' · ')}</Text></>}
      load={(query) => ok(api.GET('/api/v1/fournisseurs/', { params: { query } }))}
      read={(id) => ok(api.GET('/api/v1/fournisseurs/{id}', { params: path(id) }))}
      create={(body) => ok(api.POST('/api/v1/fournisseurs/', { body: body as Schemas['NewFournisseur'] }))}
      change={(id, body, version) => ok(api.PATCH('/api/v1/fournisseurs/{id}', { params: { ...path(id), header: ifMatch(version) }, body }))}
      remove={({ id, version }) => ok(api.DELETE('/api/v1/fournisseurs/{id}', { params: { ...path(id), header: ifMatch(version) } }))}
      more={(row) => <Group><Anchor component={Link} href={`/pieces?fournisseur_id=${row.id}`}>{t('ses_pieces')}</Anchor></Group>}
    />
  );
}
