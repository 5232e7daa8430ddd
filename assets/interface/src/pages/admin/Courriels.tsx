//! Every message that was to leave the server: whether it did, and why not.

import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { IconMailForward, IconMailOff } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLocation, useParams, useSearch } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { useMe } from '@/session/session';
import { Facts } from '@/ui/Facts';
import { PageHead } from '@/ui/PageHead';
import { Word } from '@/ui/badges';
import { Instant } from '@/ui/format';
import { useListState } from '@/ui/list/address';
import { type Column, DataList } from '@/ui/list/DataList';
import { useSave } from '@/ui/save';
import { Empty, Loading, Trouble } from '@/ui/states';
import { tell } from '@/ui/toast';

type Envoi = Schemas['Envoi'];
const COLOURS: Record<Envoi['statut'], string> = { a_envoyer: 'blue', en_cours: 'blue', envoye: 'teal', non_envoye: 'gray', echec: 'red', groupe: 'gray' };
const STATUTS = Object.keys(COLOURS) as Envoi['statut'][];

export default function Courriels() {
  const { t } = useTranslation('admin');
  const { t: word } = useTranslation('valeurs');
  const list = useListState();
  const search = useSearch();
  const [, go] = useLocation();
  const id = Number(useParams().id) || null;
  const me = useMe();
  const queries = useQueryClient();
  const attempt = useSave(async () => {
    const body = { canal: 'email', type: 'information', user_id: me.id, titre: t('essai_titre'), contenu: t('essai_contenu') } as const;
    await ok(api.POST('/api/v1/notifications/', { body }));
    tell({ message: t('essai_parti', { adresse: me.email }) });
    await queries.invalidateQueries({ queryKey: ['envois'] });
  });
  const statut = (row: Envoi) => <Word color={COLOURS[row.statut]}>{word(`statut_envoi.${row.statut}`)}</Word>;
  const columns: Column<Envoi>[] = [
    { key: 'date', label: t('quand'), width: '160px', sort: 'date', cell: (row) => <Instant value={row.date} /> },
    { key: 'destinataire', label: t('destinataire'), cell: (row) => row.destinataire },
    { key: 'objet', label: t('objet'), cell: (row) => row.titre ?? '—', text: true },
    { key: 'canal', label: t('canal'), width: '130px', optional: true, cell: (row) => word(`canal.${row.canal}`) },
    { key: 'essais', label: t('essais'), width: '90px', align: 'end', cell: (row) => row.essais },
    { key: 'statut', label: t('statut'), width: '150px', cell: statut },
  ];
  return (
    <Stack>
      <PageHead title={t('envois')}><Button variant="default" leftSection={<IconMailForward size={18} />} loading={attempt.busy} onClick={() => void attempt.run()}>{t('essai')}</Button></PageHead>
      <DataList
        name="envois"
        list={list}
        load={(query) => ok(api.GET('/api/v1/notifications/envois', { params: { query } }))}
        columns={columns}
        filters={[
          { kind: 'choice', key: 'statut', label: t('statut'), choices: STATUTS.map((value) => ({ value, label: word(`statut_envoi.${value}`) })) },
          { kind: 'period', key: '', label: t('periode') },
        ]}
        id={(row) => row.id}
        href={(row) => `/courriels/${row.id}${search && `?${search}`}`}
        card={(row, link) => (
          <Stack gap={4}>
            <Group justify="space-between" wrap="nowrap"><Text size="sm" c="dimmed"><Instant value={row.date} /></Text>{statut(row)}</Group>
            {link(<Text fw={600}>{row.titre ?? row.destinataire}</Text>)}
            <Text size="sm" c="dimmed">{row.destinataire}</Text>
          </Stack>
        )}
        empty={<Empty icon={IconMailOff} title={t('aucun_envoi')} />}
      />
      <Modal opened={id !== null} onClose={() => go(`/courriels${search && `?${search}`}`)} size="lg" title={t('envoi')}>{id !== null && <One id={id} />}</Modal>
    </Stack>
  );
}

function One({ id }: { id: number }) {
  const { t } = useTranslation('admin');
  const { t: word } = useTranslation('valeurs');
  const queries = useQueryClient();
  const path = { id };
  const { data, error, refetch } = useQuery({ queryKey: ['envois', id], queryFn: () => ok(api.GET('/api/v1/notifications/envois/{id}', { params: { path } })) });
  const again = useSave(async () => {
    await ok(api.POST('/api/v1/notifications/envois/{id}/relancer', { params: { path } }));
    await queries.invalidateQueries({ queryKey: ['envois'] });
  });
  if (!data) return error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <Stack>
      {data.derniere_erreur && <Alert color="red" title={t('erreur')}>{data.derniere_erreur}</Alert>}
      <Facts cols={2} facts={[
        [t('objet'), data.titre], [t('destinataire'), data.destinataire], [t('statut'), word(`statut_envoi.${data.statut}`)], [t('essais'), data.essais],
        [t('quand'), <Instant key="q" value={data.date} />], [t('envoye_le'), data.envoye_le && <Instant key="e" value={data.envoye_le} />],
        [t('prochain'), data.prochain_essai && <Instant key="p" value={data.prochain_essai} />], [t('message_id'), data.message_id],
      ]} />
      {(data.statut === 'echec' || data.statut === 'non_envoye') && <Group justify="end"><Button loading={again.busy} onClick={() => void again.run()}>{t('relancer')}</Button></Group>}
    </Stack>
  );
}
