import { Anchor, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ifMatch, ok } from '@/api/client';
import { type Column } from '@/ui/list/DataList';
import { RecordsPage } from '@/ui/record/RecordsPage';
import type { Field } from '@/ui/record/fields';
import { useBeside } from './beside';

type Site = Schemas['Site'];
const path = (id: number) => ({ path: { id } });

export default function Sites() {
  const { t } = useTranslation('usine');
  const clients = useQuery({
    queryKey: ['clients', 'tous'],
    queryFn: async () => (await ok(api.GET('/api/v1/clients/', { params: { query: { page_size: 200 } } }))).items,
  });
  const columns: Column<Site>[] = [
    { key: 'code', label: t('code'), width: '110px', sort: 'code', cell: (row) => row.code },
    { key: 'nom', label: t('nom'), sort: 'nom', cell: (row) => row.nom, text: true },
    { key: 'client', label: t('client'), cell: (row) => row.client_nom ?? '—', text: true },
    { key: 'pays', label: t('pays'), width: '170px', cell: (row) => row.pays },
    { key: 'fuseau', label: t('fuseau'), width: '200px', cell: (row) => row.fuseau },
  ];
  const fields: Field[] = [
    { kind: 'text', key: 'code', label: t('code'), required: true },
    { kind: 'text', key: 'nom', label: t('nom'), required: true },
    { kind: 'choice', key: 'client_id', label: t('client'), ids: true, choices: (clients.data ?? []).map(({ id, nom }) => ({ value: String(id), label: nom })) },
    { kind: 'text', key: 'pays', label: t('pays') },
    { kind: 'text', key: 'fuseau', label: t('fuseau'), hint: t('fuseau_aide') },
    { kind: 'area', key: 'adresse', label: t('adresse') },
  ];
  return (
    <RecordsPage<Site>
      name="sites"
      path="/sites"
      title={t('sites')}
      beside={useBeside()}
      one={t('site')}
      fresh={t('nouveau_site')}
      called={(row) => row.nom}
      columns={columns}
      fields={fields}
      initial={{ pays: 'MA', fuseau: 'Africa/Casablanca' }}
      card={(row, link) => <>{link(<Text fw={600}>{row.nom}</Text>)}<Text size="sm" c="dimmed">{row.code} · {row.client_nom ?? row.pays}</Text></>}
      load={(query) => ok(api.GET('/api/v1/sites/', { params: { query } }))}
      read={(id) => ok(api.GET('/api/v1/sites/{id}', { params: path(id) }))}
      create={(body) => ok(api.POST('/api/v1/sites/', { body: body as Schemas['NewSite'] }))}
      change={(id, body, version) => ok(api.PATCH('/api/v1/sites/{id}', { params: { ...path(id), header: ifMatch(version) }, body }))}
      remove={({ id, version }) => ok(api.DELETE('/api/v1/sites/{id}', { params: { ...path(id), header: ifMatch(version) } }))}
      more={(row) => <Group><Anchor component={Link} href={`/equipements?site_id=${row.id}`}>{t('voir_machines')}</Anchor></Group>}
    />
  );
}
