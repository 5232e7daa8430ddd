import { Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { useMe } from '@/session/session';
import { Links } from '@/ui/Links';
import { Word } from '@/ui/badges';
import { useListState } from '@/ui/list/address';
import { type Column, DataList } from '@/ui/list/DataList';
import { PageHead } from '@/ui/PageHead';
import { RecordButton } from '@/ui/record/RecordButton';
import { useFields } from './champs';

type Technicien = Schemas['Technicien'];

export default function Liste() {
  const { t } = useTranslation('techniciens');
  const { t: word } = useTranslation('valeurs');
  const list = useListState();
  // Only who may read the accounts can say whose sheet it is.
  const isAdmin = useMe().role === 'admin';
  const fields = useFields();
  const [, go] = useLocation();
  const queries = useQueryClient();
  const users = useQuery({
    queryKey: ['users', 'techniciens'],
    queryFn: async () => (await ok(api.GET('/api/v1/users/', { params: { query: { role: ['technicien'], is_active: true, page_size: 200 } } }))).items,
    enabled: isAdmin,
  });
  // Who has a closed sheet opens that one again, on it.
  const accounts = users.data?.filter(({ technicien_id, fiche_fermee_id }) => technicien_id == null && fiche_fermee_id == null) ?? [];
  const state = (row: Technicien) => (row.ferme_le ? <Word color="gray">{t('fermee')}</Word> : row.actif
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
      <PageHead title={t('titre')}>
        {isAdmin && <RecordButton
          name="/techniciens/nouveau"
          title={t('nouveau')}
          fields={[
            { kind: 'choice', key: 'user_id', label: t('compte'), hint: t('compte_aide'), required: true, ids: true, wide: true, choices: accounts.map(({ id, full_name, username }) => ({ value: String(id), label: `${full_name} · ${username}` })) },
            ...fields,
          ]}
          initial={{ disponibilite: 'disponible' }}
          save={async (body) => {
            const made = await ok(api.POST('/api/v1/techniciens/', { body: body as Schemas['NewTechnicien'] }));
            await queries.invalidateQueries({ queryKey: ['techniciens'] });
            go(`/techniciens/${made.id}`);
          }}
        />}
      </PageHead>
      <Links links={[{ href: '/techniciens', text: t('titre') }, { href: '/competences', text: t('competences') }]} />
      <DataList
        name="techniciens"
        list={list}
        load={(query) => ok(api.GET('/api/v1/filters/techniciens', { params: { query } }))}
        columns={columns}
        filters={[
          { kind: 'choice', key: 'equipe', label: t('equipe') },
          { kind: 'flag', key: 'avec_fermes', label: t('fermees_aussi') },
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
