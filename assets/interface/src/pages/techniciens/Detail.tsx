import { Anchor, Button, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { DateTimePicker } from '@mantine/dates';
import '@mantine/dates/styles.css';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'wouter';
import { type Schemas, api, ifMatch, ok } from '@/api/client';
import { useRunsThePlant } from '@/session/session';
import { Ecrire } from '@/pages/notifications/Ecrire';
import { Facts } from '@/ui/Facts';
import { PageHead } from '@/ui/PageHead';
import { Section } from '@/ui/Section';
import { Statut, Word } from '@/ui/badges';
import { confirm } from '@/ui/confirm';
import { Instant, money, useSites } from '@/ui/format';
import { RecordButton } from '@/ui/record/RecordButton';
import { useSave } from '@/ui/save';
import { Loading, Trouble } from '@/ui/states';
import { toInstant } from '@/ui/zones';
import { Competences } from './Competence';
import { Horaire } from './Horaire';
import { useFields } from './champs';

/** Somebody of the crew: what they know, when they are away, what they have to do. */
export default function Detail() {
  const { t } = useTranslation('techniciens');
  const { t: word } = useTranslation('valeurs');
  const id = Number(useParams().id);
  const path = { id };
  const runsThePlant = useRunsThePlant();
  const queries = useQueryClient();
  const zone = useSites().data?.[0]?.fuseau ?? 'UTC';
  const { data, error, refetch } = useQuery({ queryKey: ['techniciens', id], queryFn: () => ok(api.GET('/api/v1/techniciens/{id}', { params: { path } })) });
  const absences = useQuery({
    queryKey: ['techniciens', id, 'absences'],
    queryFn: () => ok(api.GET('/api/v1/techniciens/{id}/absences', { params: { path, query: { page_size: 50 } } })),
    enabled: runsThePlant,
  });
  const work = useQuery({
    queryKey: ['interventions', 'technicien', id],
    queryFn: () => ok(api.GET('/api/v1/interventions/', { params: { query: { technicien_id: [id], statut: ['planifie', 'en_cours', 'attente_pieces'], page_size: 50 } } })),
    enabled: runsThePlant,
  });
  const [away, setAway] = useState<{ debut: string | null; fin: string | null; motif: string }>({ debut: null, fin: null, motif: '' });
  const reread = () => queries.invalidateQueries({ queryKey: ['techniciens'] });
  const add = useSave(async () => {
    const body = { debut: toInstant(away.debut!, zone), fin: toInstant(away.fin!, zone), motif: away.motif.trim() || null };
    // A day or an instant, which the generated types make of both at once.
    await ok(api.POST('/api/v1/techniciens/{id}/absences', { params: { path }, body: body as unknown as Schemas['NewAbsence'] }));
    setAway({ debut: null, fin: null, motif: '' });
    await reread();
  });
  const remove = useSave(async (aid: number) => {
    await ok(api.DELETE('/api/v1/techniciens/{id}/absences/{aid}', { params: { path: { id, aid } } }));
    await reread();
  });
  const fields = useFields();
  if (!data) return error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <Stack maw={900}>
      <PageHead title={data.nom} up={{ href: '/techniciens', text: t('titre') }} mark={<Word color={data.disponibilite === 'disponible' ? 'teal' : 'orange'}>{word(`disponibilite.${data.disponibilite}`)}</Word>}>
        {runsThePlant && <Ecrire userId={data.user_id} nom={data.nom} />}
        {runsThePlant && (
          <RecordButton
            name={`/techniciens/${id}`}
            title={t('fiche')}
            fields={fields}
            row={data}
            reread={async () => (await refetch()).data!}
            save={async (body, version) => {
              await ok(api.PATCH('/api/v1/techniciens/{id}', { params: { path, header: ifMatch(version) }, body }));
              await reread();
            }}
          />
        )}
      </PageHead>
      <Section title={t('fiche')}>
        <Facts facts={[[t('equipe'), data.equipe], [t('matricule'), data.matricule], [t('email'), data.email], [t('taux'), data.taux_horaire != null && money(data.taux_horaire)]]} />
      </Section>
      <Competences technicien={data} />
      <Horaire technicien={data} />
      {runsThePlant && (
        <Section title={t('absences')}>
          {absences.data?.items.length === 0 && <Text c="dimmed">{t('aucune_absence')}</Text>}
          {absences.data?.items.map((absence) => (
            <Group key={absence.id} justify="space-between">
              <Text><Instant value={absence.debut} /> – <Instant value={absence.fin} /> {absence.motif}</Text>
              <Button size="compact-md" variant="subtle" color="red" onClick={async () => {
                if (await confirm({ title: t('retirer'), text: t('retirer_texte'), action: t('retirer') })) void remove.run(absence.id);
              }}>{t('retirer')}</Button>
            </Group>
          ))}
          <Group align="end" gap="sm">
            <DateTimePicker label={t('debut')} value={away.debut} valueFormat="DD/MM/YYYY HH:mm" w={{ base: '100%', sm: 200 }} onChange={(debut) => setAway({ ...away, debut })} />
            <DateTimePicker label={t('fin')} value={away.fin} valueFormat="DD/MM/YYYY HH:mm" w={{ base: '100%', sm: 200 }} onChange={(fin) => setAway({ ...away, fin })} />
            <TextInput label={t('motif')} value={away.motif} onChange={({ currentTarget }) => setAway({ ...away, motif: currentTarget.value })} />
            <Button disabled={!away.debut || !away.fin} loading={add.busy} onClick={() => void add.run()}>{t('ajouter')}</Button>
          </Group>
        </Section>
      )}
      {runsThePlant && (
        <Section title={t('travaux')}>
          <Table.ScrollContainer minWidth={420}>
            <Table>
              <Table.Tbody>
                {work.data?.items.map((row) => (
                  <Table.Tr key={row.id}>
                    <Table.Td><Anchor component={Link} href={`/interventions/${row.id}`}>{row.titre}</Anchor></Table.Td>
                    <Table.Td><Instant value={row.date_debut_prevue} siteId={row.site_id} /></Table.Td>
                    <Table.Td><Statut value={row.statut} /></Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Section>
      )}
    </Stack>
  );
}
