//! The next step, under the thumb: start, wait for a part, finish.

import { Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCheck, IconHourglass, IconPlayerPlay } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Actions, Detail } from '../work';
import { Attente } from './Attente';
import { Terminer } from './Terminer';
import { TimerButton } from './Chrono';
import classes from './fiche.module.css';

export function Etapes({ work, actions }: { work: Detail; actions: Actions }) {
  const { t } = useTranslation('terrain');
  const [waiting, wait] = useDisclosure();
  const [finishing, finish] = useDisclosure();
  const may = (to: Detail['statut']) => work.transitions.includes(to);
  const isOpen = work.statut !== 'termine' && work.statut !== 'annule';
  if (!isOpen) return null;
  return (
    <>
      <Group gap="xs" grow preventGrowOverflow={false} className={classes.steps}>
        {may('en_cours') && (
          <Button size="lg" px="md" leftSection={<IconPlayerPlay aria-hidden />} onClick={() => void actions.start()}>
            {t(work.statut === 'attente_pieces' ? 'etapes.reprendre' : 'etapes.commencer')}
          </Button>
        )}
        {work.statut === 'en_cours' && <TimerButton work={work} actions={actions} />}
        {may('attente_pieces') && (
          <Button size="lg" px="md" variant="default" leftSection={<IconHourglass aria-hidden />} onClick={wait.open}>{t('etapes.attendre')}</Button>
        )}
        {may('termine') && (
          <Button size="lg" px="md" leftSection={<IconCheck aria-hidden />} onClick={finish.open}>{t('etapes.terminer')}</Button>
        )}
      </Group>
      {waiting && <Attente work={work} actions={actions} close={wait.close} />}
      {finishing && <Terminer work={work} actions={actions} close={finish.close} />}
    </>
  );
}
