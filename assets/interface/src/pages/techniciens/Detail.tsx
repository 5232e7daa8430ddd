import { Alert, Anchor, Button, Stack, Table } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'wouter';
import { api, ifMatch, ok } from '@/api/client';
import { useRunsThePlant } from '@/session/session';
import { Ecrire } from '@/pages/notifications/Ecrire';
import { Facts } from '@/ui/Facts';
import { PageHead } from '@/ui/PageHead';
import { Section } from '@/ui/Section';
import { Statut, Word } from '@/ui/badges';
import { confirm } from '@/ui/confirm';
import { Depart, type Leaving } from '@/ui/depart/Depart';
import { Instant, money } from '@/ui/format';
import { RecordButton } from '@/ui/record/RecordButton';
import { useSave } from '@/ui/save';
import { Loading, Trouble } from '@/ui/states';
import { Absences } from './Absences';
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
  const { data, error, refetch } = useQuery({ queryKey: ['techniciens', id], queryFn: () => ok(api.GET('/api/v1/techniciens/{id}', { params: { path } })) });
  const work = useQuery({
    queryKey: ['interventions', 'technicien', id],
    queryFn: () => ok(api.GET('/api/v1/interventions/', { params: { query: { technicien_id: [id], statut: ['planifie', 'en_cours', 'attente_pieces'], tri: 'date_debut_prevue', page_size: 50 } } })),
    enabled: runsThePlant,
  });
  const reread = () => queries.invalidateQueries({ queryKey: ['techniciens'] });
  const fields = useFields();
  const [leaving, setLeaving] = useState<Leaving | null>(null);
  const reopen = useSave(async (version: number) => {
    await ok(api.DELETE('/api/v1/techniciens/{id}/fermeture', { params: { path, header: ifMatch(version) } }));
    await reread();
  });
  if (!data) return error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <Stack maw={900}>
      <PageHead title={data.nom} up={{ href: '/techniciens', text: t('titre') }} mark={data.ferme_le
        ? <Word color="gray">{t('fermee')}</Word>
        : <Word color={data.disponibilite === 'disponible' ? 'teal' : 'orange'}>{word(`disponibilite.${data.disponibilite}`)}</Word>}>
        {runsThePlant && <Ecrire userId={data.user_id} nom={data.nom} />}
        {runsThePlant && !data.ferme_le && (
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
        {runsThePlant && !data.ferme_le && (
          <Button variant="subtle" color="red" onClick={() => setLeaving({
            title: t('fermer'),
            text: t('fermer_texte'),
            action: t('fermer'),
            queryKey: ['techniciens', id, 'a_remettre'],
            read: () => ok(api.GET('/api/v1/techniciens/{id}/a_remettre', { params: { path } })),
            close: (body) => ok(api.POST('/api/v1/techniciens/{id}/fermeture', { params: { path, header: ifMatch(data.version) }, body })),
          })}>{t('fermer')}</Button>
        )}
        {runsThePlant && data.ferme_le && (
          <Button variant="default" loading={reopen.busy} onClick={async () => {
            if (await confirm({ title: t('rouvrir'), text: t('rouvrir_texte'), action: t('rouvrir'), danger: false })) void reopen.run(data.version);
          }}>{t('rouvrir')}</Button>
        )}
      </PageHead>
      <Depart leaving={leaving} done={() => setLeaving(null)} />
      {data.ferme_le && <Alert color="gray">{t('fermee')} : <Instant value={data.ferme_le} siteId={data.site_id} /></Alert>}
      <Section title={t('fiche')}>
        <Facts facts={[[t('equipe'), data.equipe], [t('matricule'), data.matricule], [t('email'), data.email], [t('taux'), data.taux_horaire != null && money(data.taux_horaire)]]} />
      </Section>
      <Competences technicien={data} />
      <Horaire technicien={data} />
      {runsThePlant && <Absences technicien={id} fuseau={data.fuseau} />}
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
