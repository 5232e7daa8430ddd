import { Alert, Anchor, Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { DatePickerInput } from '@mantine/dates';
import '@mantine/dates/styles.css';
import { useForm } from '@mantine/form';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useParams } from 'wouter';
import { type Schemas, api, ifMatch, ok } from '@/api/client';
import { useMe } from '@/session/session';
import { Facts } from '@/ui/Facts';
import { PageHead } from '@/ui/PageHead';
import { Section } from '@/ui/Section';
import { TechnicienSelect } from '@/ui/RemoteSelect';
import { Priorite, Statut, Word } from '@/ui/badges';
import { askFor, confirm } from '@/ui/confirm';
import { Documents } from '@/ui/documents/Documents';
import { Instant } from '@/ui/format';
import { useSave } from '@/ui/save';
import { Loading, Trouble } from '@/ui/states';
import { COLOURS } from './Liste';

export default function Detail() {
  const { t } = useTranslation('demandes');
  const { t: word } = useTranslation('valeurs');
  const id = Number(useParams().id);
  const me = useMe();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [accepting, setAccepting] = useState(false);
  const path = { id };
  const { data, error, refetch } = useQuery({
    queryKey: ['demandes', id],
    queryFn: () => ok(api.GET('/api/v1/demandes/{id}', { params: { path } })),
  });
  const reread = () => Promise.all([queries.invalidateQueries({ queryKey: ['demandes'] }), queries.invalidateQueries({ queryKey: ['interventions'] })]);
  const refuse = useSave(async (motif: string) => {
    await ok(api.POST('/api/v1/demandes/{id}/refus', { params: { path }, body: { motif } }));
    await reread();
  });
  const withdraw = useSave(async (version: number) => {
    await ok(api.DELETE('/api/v1/demandes/{id}', { params: { path, header: ifMatch(version) } }));
    await reread();
  });
  const accept = useSave(async (body: Schemas['Acceptation']) => {
    const after = await ok(api.POST('/api/v1/demandes/{id}/acceptation', { params: { path }, body }));
    await reread();
    if (after.intervention_id) go(`/interventions/${after.intervention_id}`);
  });
  if (!data) return error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />;
  const may = (action: Schemas['ActionDemande']) => data.actions.includes(action);
  const date = (value: string | null | undefined) => value && <Instant value={value} siteId={data.site_id} />;
  return (
    <Stack maw={900}>
      <PageHead
        title={data.titre}
        up={{ href: '/demandes', text: t('titre') }}
        mark={<Group gap={6}><Word color={COLOURS[data.statut]}>{word(`statut_demande.${data.statut}`)}</Word><Priorite value={data.urgence} /></Group>}
      >
        {may('accepter') && <Button onClick={() => setAccepting(true)}>{t('accepter')}</Button>}
        {may('refuser') && (
          <Button variant="light" color="red" loading={refuse.busy} onClick={async () => {
            const motif = await askFor({ title: t('refuser'), label: t('motif'), action: t('refuser'), danger: true });
            if (motif) void refuse.run(motif);
          }}>{t('refuser')}</Button>
        )}
        {may('retirer') && (
          <Button variant="default" loading={withdraw.busy} onClick={async () => {
            if (await confirm({ title: t('retirer'), text: t('retirer_texte'), action: t('retirer') })) void withdraw.run(data.version);
          }}>{t('retirer')}</Button>
        )}
      </PageHead>
      <Section title={data.numero}>
        {data.description && <Text style={{ whiteSpace: 'pre-line' }}>{data.description}</Text>}
        <Facts facts={[
          [t('machine'), <Anchor key="m" component={Link} href={`/equipements/${data.equipement_id}`}>{data.equipement_code} · {data.equipement_nom}</Anchor>],
          [t('par'), data.demandeur?.nom],
          [t('le'), date(data.date_creation)],
          [t('arret'), data.arret_equipement && t('oui')],
          [t('reponse'), data.traitee_par && <>{data.traitee_par.nom}, {date(data.date_traitement)}</>],
        ]} />
        {data.motif_refus && <Alert color="red" title={t('refusee')}>{data.motif_refus}</Alert>}
        {data.motif_annulation && <Alert color="gray" title={t('annulee')}>{data.motif_annulation}</Alert>}
        {data.statut === 'acceptee' && may('accepter') && <Alert color="yellow">{t('a_reprendre')}</Alert>}
        {data.intervention && (
          <Alert color={data.intervention.statut === 'annule' ? 'gray' : 'teal'} title={t('devenue')}>
            <Group gap="sm">
              {data.intervention_id && (me.role !== 'technicien' ? <Anchor component={Link} href={`/interventions/${data.intervention_id}`}>{data.intervention.numero}</Anchor> : <Text span>{data.intervention.numero}</Text>)}
              <Statut value={data.intervention.statut} />
              {data.intervention.date_debut_prevue && <Text span>{t('prevue')} {date(data.intervention.date_debut_prevue)}</Text>}
              {data.intervention.date_fin_reelle && <Text span>{t('finie')} {date(data.intervention.date_fin_reelle)}</Text>}
            </Group>
          </Alert>
        )}
      </Section>
      <Documents parent={{ demande_id: id }} canAdd={may('modifier') || me.role === 'admin' || me.role === 'responsable'} canDelete={me.role === 'admin' || me.role === 'responsable'} />
      <Modal opened={accepting} onClose={() => setAccepting(false)} title={t('accepter')} size="lg">
        <Accept demande={data} busy={accept.busy} send={(body) => void accept.run(body)} />
      </Modal>
    </Stack>
  );
}

function Accept({ demande, busy, send }: { demande: Schemas['DemandeDetail']; busy: boolean; send: (body: Schemas['Acceptation']) => void }) {
  const { t } = useTranslation('demandes');
  const { t: word } = useTranslation('valeurs');
  const form = useForm({
    initialValues: {
      priorite: demande.urgence, type_intervention: 'corrective' as Schemas['TypeIntervention'],
      technicien_id: null as number | null, date_limite: null as string | null,
    },
  });
  return (
    <form onSubmit={form.onSubmit(send)}>
      <Stack>
        <Text c="dimmed">{t('rien_a_ressaisir')}</Text>
        <Select label={t('urgence')} allowDeselect={false} data={(['basse', 'normale', 'haute', 'urgente'] as const).map((value) => ({ value, label: word(`priorite.${value}`) }))} {...form.getInputProps('priorite')} />
        <Select label={t('type')} allowDeselect={false} data={(['corrective', 'preventive', 'ameliorative', 'diagnostic'] as const).map((value) => ({ value, label: word(`type_intervention.${value}`) }))} {...form.getInputProps('type_intervention')} />
        <TechnicienSelect label={t('technicien')} clearable value={form.values.technicien_id} onChange={(id) => form.setFieldValue('technicien_id', id)} />
        <DatePickerInput label={t('limite')} clearable valueFormat="DD/MM/YYYY" size="md" {...form.getInputProps('date_limite')} />
        <Group justify="end"><Button type="submit" loading={busy}>{t('accepter')}</Button></Group>
      </Stack>
    </form>
  );
}
