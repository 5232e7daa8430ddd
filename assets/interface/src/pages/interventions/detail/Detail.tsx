import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconPrinter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'wouter';
import { api, ok } from '@/api/client';
import { useMe } from '@/session/session';
import { Facts } from '@/ui/Facts';
import { PageHead } from '@/ui/PageHead';
import { Section } from '@/ui/Section';
import { EnRetard, Priorite, Statut } from '@/ui/badges';
import { Documents } from '@/ui/documents/Documents';
import { Instant, duration, money } from '@/ui/format';
import { Loading, Trouble } from '@/ui/states';
import { Sheet } from '../liste/Bons';
import { Actions } from './Actions';
import { Checklist } from './Checklist';
import { Couts } from './Couts';
import { Creneaux } from './Creneaux';
import { Journal } from './Journal';
import { Modifier } from './Modifier';
import { Pieces } from './Pieces';
import { Signature } from './Signature';
import { Temps } from './Temps';

/** The readings of one intervention. */
export const detailKey = (id: number) => ['interventions', id];

export default function Detail() {
  const { t } = useTranslation('intervention');
  const { t: word } = useTranslation('valeurs');
  const id = Number(useParams().id);
  const me = useMe();
  const { data, error, refetch } = useQuery({
    queryKey: detailKey(id),
    queryFn: () => ok(api.GET('/api/v1/interventions/{id}', { params: { path: { id } } })),
  });
  if (!data) return error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />;
  const isStaff = me.role !== 'client';
  const runsThePlant = me.role === 'admin' || me.role === 'responsable';
  const isLive = data.statut !== 'termine' && data.statut !== 'annule';
  // Parts of what is over follow the truth until it is validated.
  const corrects = runsThePlant && !data.date_validation;
  const date = (value: string | null | undefined) => value && <Instant value={value} siteId={data.site_id} />;

  return (
    <Stack maw={1100}>
      <PageHead
        title={data.titre}
        up={{ href: '/interventions', text: t('toutes') }}
        mark={<Group gap={6}><Statut value={data.statut} /><Priorite value={data.priorite} />{data.en_retard && <EnRetard />}</Group>}
      >
        {runsThePlant && <Modifier intervention={data} reread={async () => (await refetch()).data!} />}
        <Button variant="default" leftSection={<IconPrinter size={18} />} onClick={() => window.print()} visibleFrom="sm">{t('imprimer')}</Button>
      </PageHead>
      {isStaff && <Sheet work={data} />}
      {isStaff && <Actions intervention={data} />}
      {data.pieces_disponibles === true && data.statut === 'attente_pieces' && (
        <Alert color="teal">{t('pieces_arrivees')}</Alert>
      )}
      <Section title={data.numero}>
        {data.arret_equipement && isLive && (
          <Group gap="xs"><IconAlertTriangle size={20} color="var(--mantine-color-red-7)" aria-hidden /><Text fw={600}>{t('machine_arretee')}</Text></Group>
        )}
        {data.description && <Text style={{ whiteSpace: 'pre-line' }}>{data.description}</Text>}
        <Facts
          facts={[
            [t('equipement'), <Anchor key="e" component={Link} href={`/equipements/${data.equipement_id}`}>{data.equipement_code} · {data.equipement_nom}</Anchor>],
            [t('type'), word(`type_intervention.${data.type_intervention}`)],
            [t('technicien'), data.technicien_nom ?? t('personne')],
            [t('limite'), date(data.date_limite)],
            [t('prevue'), date(data.date_debut_prevue)],
            [t('debut'), date(data.date_debut_reelle)],
            [t('fin'), date(data.date_fin_reelle)],
            [t('duree_estimee'), data.duree_estimee_min && duration(data.duree_estimee_min)],
            [t('temps_passe'), duration(data.temps_passe_min)],
            [t('cout'), data.cout_total != null && money(data.cout_total)],
            [t('survenue'), date(data.survenue_le)],
            [t('creation'), date(data.date_creation)],
            [t('validee'), data.validee_par_nom && <>{data.validee_par_nom}, {date(data.date_validation)}</>],
            [t('demande'), data.demande_id && <Anchor key="d" component={Link} href={`/demandes/${data.demande_id}`}>{t('demande_origine')}</Anchor>],
          ]}
        />
        <Facts
          cols={2}
          facts={[
            [t('symptome'), [data.symptome_code_libelle, data.symptome].filter(Boolean).join(' — ')],
            [t('cause'), [data.cause_code_libelle, data.cause].filter(Boolean).join(' — ')],
            [t('remede'), [data.remede_code_libelle, data.remede].filter(Boolean).join(' — ')],
            [t('compte_rendu'), data.compte_rendu],
          ]}
        />
      </Section>
      {data.gamme_id && isStaff && <Checklist intervention={data} canAnswer={isLive} />}
      {isStaff && <Creneaux intervention={data} canPlan={runsThePlant && isLive} />}
      {isStaff && <Temps intervention={data} canEnter={isLive} />}
      {isStaff && (
        <Pieces
          intervention={data}
          canAsk={isLive}
          canTake={isLive || (corrects && data.statut === 'termine')}
          canReturn={isLive || corrects}
        />
      )}
      {runsThePlant && <Couts intervention={id} />}
      <Documents parent={{ intervention_id: id }} canAdd={isStaff} canDelete={runsThePlant} />
      <Signature intervention={data} canSign={isStaff && data.statut !== 'planifie' && data.statut !== 'annule'} />
      <Journal intervention={data} canSpeak mayBeInternal={isStaff} />
    </Stack>
  );
}
