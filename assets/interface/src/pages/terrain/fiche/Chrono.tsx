//! The timer: one that runs, and what was spent so far.

import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop, IconStopwatch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Mark } from '@/hors_ligne/Mark';
import { Section } from '@/ui/Section';
import { Instant, duration } from '@/ui/format';
import { read } from '../readings';
import { type Actions, type Detail, useQueued, useTimer, useWork } from '../work';

/** Minutes since, counted while it is looked at. */
function useElapsed(since: number | undefined): string {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (since === undefined) return;
    setNow(Date.now());
    const each = setInterval(() => setNow(Date.now()), 20_000);
    return () => clearInterval(each);
  }, [since]);
  return duration(since === undefined ? 0 : Math.max(0, Math.floor((now - since) / 60_000)));
}

/** On top of the day while one's timer runs, wherever it does. */
export function RunningTimer() {
  const { t } = useTranslation('terrain');
  const timer = useTimer();
  const elapsed = useElapsed(timer?.since);
  if (!timer) return null;
  return <RunningOn id={timer.intervention} label={t('chrono.tourne', { duree: elapsed })} />;
}

function RunningOn({ id, label }: { id: number; label: string }) {
  const { detail } = useWork(id);
  return (
    <Alert icon={<IconStopwatch />} title={label} color="teal" styles={{ title: { color: 'var(--mantine-color-text)' } }}>
      <Link href={`/interventions/${id}`} style={{ color: 'inherit', display: 'inline-block', minHeight: 32 }}>
        {detail ? `${detail.numero} · ${detail.titre}` : `#${id}`}
      </Link>
    </Alert>
  );
}

/** Starts and stops one's timer on this work. */
export function TimerButton({ work, actions }: { work: Detail; actions: Actions }) {
  const { t } = useTranslation('terrain');
  const isHere = actions.timer?.intervention === work.id;
  const elapsed = useElapsed(isHere ? actions.timer?.since : undefined);
  if (isHere) {
    return (
      <Button size="lg" px="md" variant="light" color="red" leftSection={<IconPlayerStop aria-hidden />} onClick={() => void actions.stopTimer()}>
        {t('chrono.arreter', { duree: elapsed })}
      </Button>
    );
  }
  return (
    <Button size="lg" px="md" variant="default" leftSection={<IconPlayerPlay aria-hidden />} onClick={() => void actions.startTimer()}>
      {t('chrono.demarrer')}
    </Button>
  );
}

/** What people spent on it. */
export function Temps({ work }: { work: Detail }) {
  const { t } = useTranslation('terrain');
  const { t: word } = useTranslation('valeurs');
  const { data, dataUpdatedAt } = useQuery(read.time(work.id));
  const begun = useQueued(work.id, 'chrono_debut', dataUpdatedAt);
  const ended = useQueued(work.id, 'chrono_fin', dataUpdatedAt);
  const put = useQueued(work.id, 'temps_corrige', dataUpdatedAt);
  const items = data?.items ?? [];
  if (!items.length && !begun.length && !ended.length) return null;
  return (
    <Section title={t('chrono.titre')}>
      {data && data.resume.homme_min > 0 && <Text>{t('chrono.total', { duree: duration(data.resume.homme_min) })}</Text>}
      <Stack gap="xs">
        {items.map((entry) => (
          <Group key={entry.id} justify="space-between" gap="xs">
            <Text size="sm">{entry.technicien_nom} · {word(`nature_temps.${entry.nature}`)} · <Instant value={entry.debut} siteId={work.site_id} /></Text>
            <Text size="sm" className="tabular">{entry.en_cours ? t('chrono.en_cours') : duration(entry.minutes)}</Text>
          </Group>
        ))}
        {[...begun, ...ended, ...put].sort((a, b) => a.seq - b.seq).map((row) => (
          <Group key={row.id} justify="space-between" gap="xs">
            <Text size="sm">{t(`chrono.${row.kind as 'chrono_debut'}`)} · <Instant value={new Date(row.at).toISOString()} siteId={work.site_id} /></Text>
            <Mark row={row} />
          </Group>
        ))}
      </Stack>
    </Section>
  );
}
