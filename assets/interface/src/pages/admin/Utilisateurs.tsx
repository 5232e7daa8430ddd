import { Alert, Anchor, Button, Code, Group, Modal, PasswordInput, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconUserPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'wouter';
import { type Schemas, api, ifMatch, ok } from '@/api/client';
import { Problem } from '@/api/problem';
import { useMe } from '@/session/session';
import { Facts } from '@/ui/Facts';
import { PageHead } from '@/ui/PageHead';
import { Section } from '@/ui/Section';
import { Word } from '@/ui/badges';
import { confirm } from '@/ui/confirm';
import { Depart, type Leaving } from '@/ui/depart/Depart';
import { Instant } from '@/ui/format';
import { useListState } from '@/ui/list/address';
import { type Column, DataList } from '@/ui/list/DataList';
import { RecordButton } from '@/ui/record/RecordButton';
import { useSave } from '@/ui/save';
import { Loading, Trouble } from '@/ui/states';
import { Sessions } from './Sessions';

type User = Schemas['User'];
const ROLES: Schemas['Role'][] = ['admin', 'responsable', 'technicien', 'client'];

export default function Utilisateurs() {
  const { t } = useTranslation('admin');
  const { t: word } = useTranslation('valeurs');
  const list = useListState();
  const [open, setOpen] = useState(false);
  const state = (row: User) => <Word color={row.is_active ? 'teal' : 'gray'}>{row.is_active ? t('actif') : t('inactif')}</Word>;
  const columns: Column<User>[] = [
    { key: 'full_name', label: t('nom'), sort: 'full_name', cell: (row) => row.full_name },
    { key: 'username', label: t('identifiant'), width: '190px', sort: 'username', cell: (row) => row.username },
    { key: 'email', label: t('email'), cell: (row) => row.email },
    { key: 'role', label: t('role'), width: '160px', cell: (row) => word(`role.${row.role}`) },
    { key: 'statut', label: t('statut'), width: '110px', cell: state },
    { key: 'vu', label: t('vu'), width: '160px', sort: 'last_login', cell: (row) => <Instant value={row.last_login} /> },
  ];
  return (
    <Stack>
      <PageHead title={t('utilisateurs')}><Button leftSection={<IconUserPlus size={18} />} onClick={() => setOpen(true)}>{t('nouvel_utilisateur')}</Button></PageHead>
      <DataList
        name="utilisateurs"
        list={list}
        load={(query) => ok(api.GET('/api/v1/users/', { params: { query } }))}
        columns={columns}
        filters={[{ kind: 'choice', key: 'role', label: t('role'), choices: ROLES.map((value) => ({ value, label: word(`role.${value}`) })) }]}
        id={(row) => row.id}
        href={(row) => `/utilisateurs/${row.id}`}
        card={(row, link) => (
          <Stack gap={4}>
            <Group justify="space-between" wrap="nowrap"><Text size="sm" c="dimmed">{word(`role.${row.role}`)}</Text>{state(row)}</Group>
            {link(<Text fw={600}>{row.full_name}</Text>)}
            <Text size="sm" c="dimmed">{row.email}</Text>
          </Stack>
        )}
      />
      <Exigence />
      <Modal opened={open} onClose={() => setOpen(false)} title={t('nouvel_utilisateur')}><Create done={() => setOpen(false)} /></Modal>
    </Stack>
  );
}

/** Whether those who run the plant must have a second factor. */
function Exigence() {
  const { t } = useTranslation('admin');
  const queries = useQueryClient();
  const { data } = useQuery({ queryKey: ['double'], queryFn: () => ok(api.GET('/api/v1/auth/double')) });
  const save = useSave(async (exigee: boolean) => queries.setQueryData(['double'], await ok(api.PUT('/api/v1/auth/double/exigence', { body: { exigee } }))));
  return data && (
    <Section title={t('double')}>
      <Switch size="md" label={t('double_exigee')} description={data.active || data.exigee ? undefined : t('double_la_votre')} checked={data.exigee} disabled={save.busy || (!data.active && !data.exigee)} onChange={async () => {
        if (data.exigee || (await confirm({ title: t('double'), text: t('double_exigee_texte'), action: t('double_exiger'), danger: false }))) void save.run(!data.exigee);
      }} />
    </Section>
  );
}

const useClients = () => useQuery({
  queryKey: ['clients', 'tous'],
  queryFn: async () => (await ok(api.GET('/api/v1/clients/', { params: { query: { page_size: 200 } } }))).items,
});

function Create({ done }: { done: () => void }) {
  const { t } = useTranslation('admin');
  const { t: word } = useTranslation('valeurs');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const clients = useClients();
  const form = useForm({ initialValues: { username: '', full_name: '', email: '', role: 'technicien' as Schemas['Role'], password: '', client_id: null as string | null } });
  const save = useSave(async ({ client_id, ...values }: typeof form.values) => {
    await ok(api.POST('/api/v1/users/', { body: { ...values, ...(values.role === 'client' && { client_id: client_id === null ? null : Number(client_id) }) } }));
    await queries.invalidateQueries({ queryKey: ['utilisateurs'] });
    done();
  }, form);
  return (
    <form onSubmit={form.onSubmit((values) => void save.run(values))}>
      <Stack>
        <TextInput label={t('nom')} required data-autofocus {...form.getInputProps('full_name')} />
        <TextInput label={t('identifiant')} required autoComplete="off" {...form.getInputProps('username')} />
        <TextInput label={t('email')} type="email" required {...form.getInputProps('email')} />
        <Select label={t('role')} allowDeselect={false} data={ROLES.map((value) => ({ value, label: word(`role.${value}`) }))} {...form.getInputProps('role')} />
        {form.values.role === 'client' && <Select label={t('organisation')} required searchable data={(clients.data ?? []).map(({ id, nom }) => ({ value: String(id), label: nom }))} {...form.getInputProps('client_id')} />}
        <PasswordInput label={t('mot_de_passe')} description={t('longueur')} required minLength={12} autoComplete="new-password" {...form.getInputProps('password')} />
        <Group justify="end"><Button type="submit" loading={save.busy}>{common('enregistrer')}</Button></Group>
      </Stack>
    </form>
  );
}

export function Utilisateur() {
  const { t } = useTranslation('admin');
  const { t: word } = useTranslation('valeurs');
  const id = Number(useParams().id);
  const me = useMe();
  const path = { id };
  const queries = useQueryClient();
  const [made, setMade] = useState<string | null>(null);
  const { data, error, refetch } = useQuery({ queryKey: ['utilisateurs', id], queryFn: () => ok(api.GET('/api/v1/users/{id}', { params: { path } })) });
  const clients = useClients();
  const reread = () => queries.invalidateQueries({ queryKey: ['utilisateurs'] });
  const [leaving, setLeaving] = useState<Leaving | null>(null);
  const theirs = { queryKey: ['utilisateurs', id, 'a_remettre'], read: () => ok(api.GET('/api/v1/users/{id}/a_remettre', { params: { path } })) };
  const activate = useSave(async () => {
    await ok(api.PATCH('/api/v1/users/{id}/activate', { params: { path } }));
    await reread();
  });
  const reopen = useSave(async (sheet: number) => {
    await ok(api.DELETE('/api/v1/techniciens/{id}/fermeture', { params: { path: { id: sheet } } }));
    await reread();
  });
  const reset = useSave(async () => {
    const reply = await ok(api.POST('/api/v1/users/{id}/reset-password', { params: { path }, body: {} }));
    setMade(reply.password ?? null);
  });
  const withoutDouble = useSave(async () => {
    await ok(api.DELETE('/api/v1/users/{id}/double', { params: { path } }));
    await reread();
  });
  if (!data) return error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <Stack maw={760}>
      <PageHead title={data.full_name} up={{ href: '/utilisateurs', text: t('utilisateurs') }}>
        <RecordButton<User>
          name={`/utilisateurs/${id}`}
          title={t('modifier_utilisateur')}
          fields={[
            { kind: 'text', key: 'full_name', label: t('nom'), required: true },
            { kind: 'text', key: 'username', label: t('identifiant'), required: true },
            // One's own asks for the password, in one's account.
            ...(id === me.id ? [] : [{ kind: 'email' as const, key: 'email' as const, label: t('email'), required: true }]),
            { kind: 'choice', key: 'role', label: t('role'), required: true, choices: ROLES.map((value) => ({ value, label: word(`role.${value}`) })) },
            { kind: 'choice', key: 'client_id', label: t('organisation'), ids: true, choices: (clients.data ?? []).map(({ id, nom }) => ({ value: String(id), label: nom })) },
            { kind: 'choice', key: 'langue', label: t('langue'), required: true, choices: (['fr', 'en', 'ar'] as const).map((value) => ({ value, label: word(`langue.${value}`) })) },
          ]}
          row={data}
          reread={async () => (await refetch()).data!}
          save={async (body, version) => {
            const send = (more: { remis_a?: number | null }) => ok(api.PATCH('/api/v1/users/{id}', { params: { path, header: ifMatch(version) }, body: { ...(body as Schemas['UserPatch']), ...more } }));
            try {
              await send({});
            } catch (error) {
              if (!(error instanceof Problem) || error.code !== 'a_remettre') throw error;
              // The change waits for the answer to whom goes what is theirs as a technicien.
              setLeaving({ ...theirs, title: t('changer_role'), text: t('changer_role_texte'), action: t('changer_role'), close: async (more) => (await send(more)).remise });
            }
            await reread();
          }}
        />
      </PageHead>
      <Section title={word(`role.${data.role}`)}>
        <Facts cols={2} facts={[[t('identifiant'), data.username], [t('email'), data.email], [t('vu'), data.last_login && <Instant value={data.last_login} />], [t('double'), t(data.double_authentification ? 'double_oui' : 'double_non')]]} />
        {id !== me.id && (
          <Switch size="md" label={t('peut_entrer')} checked={data.is_active} disabled={activate.busy} onChange={() => {
            if (!data.is_active) void activate.run();
            else setLeaving({ ...theirs, title: t('desactiver'), text: t('desactiver_texte'), action: t('desactiver'), close: (body) => ok(api.POST('/api/v1/users/{id}/fermeture', { params: { path, header: ifMatch(data.version) }, body })) });
          }} />
        )}
        {data.fiche_fermee_id != null && data.role === 'technicien' && data.is_active && (
          <Alert color="gray">
            <Group justify="space-between">
              <Anchor component={Link} href={`/techniciens/${data.fiche_fermee_id}`}>{t('fiche_fermee')}</Anchor>
              <Button variant="default" loading={reopen.busy} onClick={() => void reopen.run(data.fiche_fermee_id!)}>{t('rouvrir_fiche')}</Button>
            </Group>
          </Alert>
        )}
        <Group>
          {id !== me.id && <Button variant="light" loading={reset.busy} onClick={async () => {
            if (await confirm({ title: t('reinitialiser'), text: t('reinitialiser_texte'), action: t('reinitialiser'), danger: false })) void reset.run();
          }}>{t('reinitialiser')}</Button>}
          {data.double_authentification && id !== me.id && <Button variant="subtle" color="red" loading={withoutDouble.busy} onClick={async () => {
            if (await confirm({ title: t('double_retirer'), text: t('double_retirer_texte'), action: t('double_retirer') })) void withoutDouble.run();
          }}>{t('double_retirer')}</Button>}
        </Group>
        {made && <Alert color="teal" title={t('nouveau_mot_de_passe')}><Code fz="lg">{made}</Code></Alert>}
      </Section>
      <Depart leaving={leaving} done={() => setLeaving(null)} />
      <Sessions user={id} />
    </Stack>
  );
}
