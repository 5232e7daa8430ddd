//! One intervention on a phone: everything that is done at the machine, with reception or without.

import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconEngine } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'wouter';
import { useEnvoisOf } from '@/hors_ligne/envois';
import { Mark } from '@/hors_ligne/Mark';
import { subjectOf } from '@/hors_ligne/overlay';
import { isStuck, isUnsent } from '@/hors_ligne/row';
import { PageHead } from '@/ui/PageHead';
import { Section } from '@/ui/Section';
import { EnRetard, Priorite, Statut } from '@/ui/badges';
import { Instant } from '@/ui/format';
import { Loading, Trouble } from '@/ui/states';
import { NotFound } from '@/app/NotFound';
import { Checklist } from './fiche/Checklist';
import { Temps } from './fiche/Chrono';
import { Commentaires } from './fiche/Commentaires';
import { Etapes } from './fiche/Etapes';
import { Historique } from './fiche/Historique';
import { Photos } from './fiche/Photos';
import { Pieces } from './fiche/Pieces';
import { Signature } from './fiche/Signature';
import { type Detail, useActions, useWork } from './work';

export default function Fiche() {
  const id = Number(useParams<{ id: string }>().id);
  if (!Number.isInteger(id)) return <NotFound />;
  return <Known key={id} id={id} />;
}

function Known({ id }: { id: number }) {
  const { query, detail } = useWork(id);
  if (detail) return <Work work={detail} />;
  if (query.error || query.isPaused) return <Trouble error={query.error ?? new TypeError('no reception')} retry={() => void query.refetch()} />;
  return <Loading />;
}

function Work({ work }: { work: Detail }) {
  const { t } = useTranslation('terrain');
  const { t: word } = useTranslation('valeurs');
  const actions = useActions(work);
  const unsent = useEnvoisOf(subjectOf(work.id)).filter(isUnsent);
  const stuck = unsent.find(isStuck);
  const moved = unsent.findLast(({ kind }) => kind === 'statut');
  return (
    <Stack maw={720}>
      <PageHead title={work.titre} up={{ href: '/', text: t('journee.titre') }} mark={<Group gap="xs"><Statut value={work.statut} size="lg" />{moved && <Mark row={moved} />}</Group>} />
      {stuck && (
        <Alert color="red" icon={<IconAlertTriangle />} title={t('fiche.bloque')} role="alert">
          <Stack gap="xs" align="start">
            <Text>{t('fiche.bloque_texte')}</Text>
            <Button component={Link} href={`/envois#${stuck.id}`} color="red" variant="light">{t('fiche.decider')}</Button>
          </Stack>
        </Alert>
      )}
      <Group gap="xs">
        <Text c="dimmed" className="tabular">{work.numero}</Text>
        <Text c="dimmed">{word(`type_intervention.${work.type_intervention}`)}</Text>
        <Priorite value={work.priorite} />
        {work.en_retard && <EnRetard />}
      </Group>
      <Anchor component={Link} href={`/e/${encodeURIComponent(work.equipement_code)}`} style={{ display: 'inline-flex', alignItems: 'center', gap: 8, minHeight: 44, alignSelf: 'start' }}>
        <IconEngine size={20} aria-hidden /> {work.equipement_code} · {work.equipement_nom}
      </Anchor>
      {work.date_limite && <Text>{t('fiche.limite')} <Instant value={work.date_limite} siteId={work.site_id} /></Text>}
      {work.description && <Text style={{ whiteSpace: 'pre-wrap' }}>{work.description}</Text>}
      {work.symptome && <Text>{t('fiche.symptome')} {work.symptome}</Text>}
      {work.compte_rendu && <Section title={t('terminer.compte_rendu')}><Text style={{ whiteSpace: 'pre-wrap' }}>{work.compte_rendu}</Text></Section>}
      <Checklist work={work} actions={actions} />
      <Photos work={work} actions={actions} />
      <Pieces work={work} actions={actions} />
      <Commentaires work={work} actions={actions} />
      <Temps work={work} />
      <Signature work={work} actions={actions} />
      <Historique work={work} />
      <Etapes work={work} actions={actions} />
    </Stack>
  );
}
