//! « Ma journée »: what to do now, next and tomorrow, for one thumb.

import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconQrcode, IconSun } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useEnvois } from '@/hors_ligne/envois';
import { withStatut } from '@/hors_ligne/overlay';
import { useOnline } from '@/hors_ligne/online';
import { PageHead } from '@/ui/PageHead';
import { useSites } from '@/ui/format';
import { Empty, Loading, Trouble } from '@/ui/states';
import { Carte } from './Carte';
import { type Task, arrange } from './day';
import { read, readAhead, readCommon } from './readings';
import { RunningTimer } from './fiche/Chrono';

export default function Journee() {
  const { t } = useTranslation('terrain');
  const { data: sites } = useSites();
  const open = useQuery(read.open());
  const slots = useQuery(read.slots());
  // It stands above all else: shown later, it would push the day from under the thumb.
  const timer = useQuery(read.timer());
  const rows = useEnvois();
  const day = useMemo(() => {
    if (!open.data || !slots.data || timer.isLoading) return undefined;
    const zoneOf = (site: number) => sites?.find(({ id }) => id === site)?.fuseau ?? 'UTC';
    const shown = open.data.items.map((intervention) => withStatut(intervention, rows, open.dataUpdatedAt));
    return arrange(shown, slots.data.items, Date.now(), zoneOf);
  }, [open.data, open.dataUpdatedAt, slots.data, timer.isLoading, sites, rows]);
  useReadAhead(day ? [...day.today, ...day.late, ...day.tomorrow] : undefined);

  const error = open.error ?? slots.error;
  const inVain = !day && (error !== null || open.isPaused || slots.isPaused);
  const isComing = !day && !inVain;
  return (
    <Stack maw={720}>
      <PageHead title={t('journee.titre')}>
        <Button component={Link} href="/scanner" variant="light" leftSection={<IconQrcode size={20} aria-hidden />}>{t('journee.scanner')}</Button>
      </PageHead>
      {isComing ? <Loading /> : <RunningTimer />}
      {inVain && <Trouble error={error ?? new TypeError('no reception')} retry={() => { void open.refetch(); void slots.refetch(); }} />}
      {day && !day.today.length && !day.late.length && !day.tomorrow.length && (
        <Empty icon={IconSun} title={t('journee.rien')} text={t('journee.rien_texte')}>
          <Button component={Link} href="/interventions" variant="light">{t('journee.toutes')}</Button>
        </Empty>
      )}
      {day && (
        <>
          <Part title={t('journee.aujourd_hui')} tasks={day.today} />
          <Part title={t('journee.en_retard')} tasks={day.late} />
          <Part title={t('journee.demain')} tasks={day.tomorrow} />
          <Part title={t('journee.terminees')} tasks={day.done} />
          {day.later.length > 0 && (
            <Button component={Link} href="/interventions" variant="default" fullWidth>
              {t('journee.plus_tard', { count: day.later.length })}
            </Button>
          )}
        </>
      )}
    </Stack>
  );
}

function Part({ title, tasks }: { title: string; tasks: Task[] }) {
  if (!tasks.length) return null;
  return (
    <Stack component="section" gap="xs" aria-label={title}>
      <Group gap="xs" align="baseline">
        <Title order={2} size="h4">{title}</Title>
        <Text size="sm" c="dimmed">{tasks.length}</Text>
      </Group>
      {tasks.map((task) => <Carte key={task.intervention.id} {...task} />)}
    </Stack>
  );
}

/** Enough for a day, not for a plant. */
const AHEAD = 12;

/** Reads what is needed to work without reception, while there is some. */
function useReadAhead(tasks: Task[] | undefined) {
  const queries = useQueryClient();
  const online = useOnline();
  const wanted = tasks?.slice(0, AHEAD).map(({ intervention: { id, equipement_id, equipement_code } }) => `${id} ${equipement_id} ${equipement_code}`).join('\n');
  useEffect(() => {
    if (!online || wanted === undefined) return;
    const stop = new AbortController();
    const all = async () => {
      // What is on the screen comes first.
      await new Promise((resolve) => setTimeout(resolve, 500));
      if (stop.signal.aborted) return;
      await readCommon(queries);
      for (const line of wanted.split('\n').filter(Boolean)) {
        const [, id, machine, code] = /^(\d+) (\d+) (.*)$/.exec(line)!;
        await readAhead(queries, { intervention: Number(id), machine: Number(machine), code: code! }, stop.signal);
      }
    };
    void all();
    return () => stop.abort();
  }, [queries, online, wanted]);
}
