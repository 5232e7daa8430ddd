//! The checklist, large enough for gloves: each answer is kept as it is given.

import { Group, Progress, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useEnvoisOf } from '@/hors_ligne/envois';
import { Mark } from '@/hors_ligne/Mark';
import { answerRow, subjectOf, withAnswers } from '@/hors_ligne/overlay';
import { Section } from '@/ui/Section';
import { Word } from '@/ui/badges';
import { read } from '../readings';
import type { Actions, Detail, Element } from '../work';
import { Case, Mesure, Photo, Texte } from './answers';
import classes from './fiche.module.css';

export function Checklist({ work, actions }: { work: Detail; actions: Actions }) {
  const { t } = useTranslation('terrain');
  const { data, dataUpdatedAt } = useQuery(read.checklist(work.id));
  const rows = useEnvoisOf(subjectOf(work.id));
  if (!data?.operations.length) return null;
  const shown = withAnswers(data, rows, dataUpdatedAt);
  const { repondues, total } = shown.progression;
  const isOpen = work.statut !== 'termine' && work.statut !== 'annule';
  return (
    <Section title={data.gamme_nom ?? t('checklist.titre')} actions={<Text className="tabular">{t('checklist.progression', { repondues, total })}</Text>}>
      <Progress value={(100 * repondues) / total} aria-label={t('checklist.progression', { repondues, total })} />
      <Stack component="ol" gap={0} m={0} p={0} style={{ listStyle: 'none' }}>
        {shown.operations.map((element) => {
          const row = answerRow(rows, work.id, element.id, dataUpdatedAt);
          return (
            <li key={element.id} className={classes.operation}>
              <Operation element={element} actions={actions} isOpen={isOpen} />
              {row && <Mark row={row} />}
            </li>
          );
        })}
      </Stack>
    </Section>
  );
}

function Operation({ element, actions, isOpen }: { element: Element; actions: Actions; isOpen: boolean }) {
  const { t } = useTranslation('terrain');
  const answer = (body: Record<string, unknown>) => actions.answer(element, body);
  const label = `operation-${element.id}`;
  const field = { element, label, answer, disabled: !isOpen };
  return (
    <Stack gap={8}>
      <Group gap="xs" align="baseline">
        <Text fw={600} id={label}>{element.rang}. {element.libelle}</Text>
        {element.obligatoire && !element.repondue && <Word color="orange">{t('checklist.obligatoire')}</Word>}
      </Group>
      {element.consigne && <Text c="dimmed">{element.consigne}</Text>}
      {element.type === 'case' && <Case {...field} />}
      {element.type === 'mesure' && <Mesure {...field} />}
      {element.type === 'texte' && <Texte {...field} />}
      {element.type === 'photo' && <Photo {...field} actions={actions} />}
      {element.reponse?.remarque && <Text size="sm">« {element.reponse.remarque} »</Text>}
    </Stack>
  );
}
