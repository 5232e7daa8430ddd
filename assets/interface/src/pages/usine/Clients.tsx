import { Anchor, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ifMatch, ok } from '@/api/client';
import type { Column } from '@/ui/list/DataList';
import { RecordsPage } from '@/ui/record/RecordsPage';
import type { Field } from '@/ui/record/fields';
import { useBeside } from './beside';

type Client = Schemas['Client'];
const path = (id: number) => ({ path: { id } });

export default function Clients() {
  const { t } = useTranslation('usine');
  const columns: Column<Client>[] = [
    { key: 'nom', label: t('nom'), sort: 'nom', cell: (row) => row.nom, text: true },
    { key: 'contact', label: t('contact'), cell: (row) => row.contact ?? '—', text: true },
    { key: 'telephone', label: t('telephone'), width: '180px', cell: (row) => row.telephone ?? '—' },
    { key: 'email', label: t('email'), cell: (row) => row.email ?? '—' },
  ];
  const fields: Field[] = [
    { kind: 'text', key: 'nom', label: t('nom'), required: true },
    { kind: 'text', key: 'contact', label: t('contact') },
    { kind: 'tel', key: 'telephone', label: t('telephone') },
    { kind: 'email', key: 'email', label: t('email') },
    { kind: 'area', key: 'adresse', label: t('adresse') },
  ];
  return (
    <RecordsPage<Client>
      name="clients"
      path="/clients"
      title={t('clients')}
      beside={useBeside()}
      one={t('client')}
      fresh={t('nouveau_client')}
      called={(row) => row.nom}
      columns={columns}
      fields={fields}
      card={(row, link) => <>{link(<Text fw={600}>{row.nom}</Text>)}<Text size="sm" c="dimmed">{[row.contact, row.telephone].filter(Boolean).join(' · ')}</Text></>}
      load={(query) => ok(api.GET('/api/v1/clients/', { params: { query } }))}
      read={(id) => ok(api.GET('/api/v1/clients/{id}', { params: path(id) }))}
      create={(body) => ok(api.POST('/api/v1/clients/', { body: body as Schemas['NewClient'] }))}
      change={(id, body, version) => ok(api.PATCH('/api/v1/clients/{id}', { params: { ...path(id), header: ifMatch(version) }, body }))}
      remove={({ id, version }) => ok(api.DELETE('/api/v1/clients/{id}', { params: { ...path(id), header: ifMatch(version) } }))}
      more={(row) => <Group><Anchor component={Link} href={`/sites?client_id=${row.id}`}>{t('voir_sites')}</Anchor></Group>}
    />
  );
}
