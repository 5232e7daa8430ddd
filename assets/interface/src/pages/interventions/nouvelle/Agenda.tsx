import { Button, Group, List, Paper, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconClock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ok } from '@/api/client';
import { TIME, day, span, told } from '@/ui/format';
import { toCivil, toDay, toInstant } from '@/ui/zones';
import { fit } from './creneau';

/** What somebody has to do on the day of a slot, and whether the slot fits in. */
export function Agenda({ technicien, debut, minutes, zone, choose }: {
  technicien: number;
  /** On the clock of the site, as is what is chosen. */
  debut: string;
  minutes: number;
  zone: string;
  choose: (debut: string) => void;
}) {
  const { t } = useTranslation('nouvelle');
  const start = toInstant(debut, zone);
  const date = toDay(start, zone);
  // The day on the site's own clock, and what of the next a slot may reach into.
  const from = toInstant(`${date} 00:00:00`, zone);
  const query = { du: from, au: new Date(Date.parse(from) + 48 * 3_600_000).toISOString() };
  const { data } = useQuery({
    queryKey: ['techniciens', technicien, 'disponibilite', query.du],
    queryFn: () => ok(api.GET('/api/v1/techniciens/{id}/disponibilite', { params: { path: { id: technicien }, query } })),
  });
  if (!data) return null;
  const verdict = fit(data, start, minutes);
  const clock = (value: string) => told(value, zone, TIME);
  const today = <Slot extends { debut: string }>(slots: Slot[]) => slots.filter((slot) => toDay(slot.debut, zone) === date || Date.parse(slot.debut) < Date.parse(from));
  const long = today(data.libres).filter((free) => Date.parse(free.fin) - Date.parse(free.debut) >= minutes * 60_000);
  return (
    <Paper withBorder p="sm">
      <Stack gap="xs">
        <Group gap={6} role="status" wrap="nowrap">
          {verdict.is === 'libre' ? <IconCheck size={20} aria-hidden /> : verdict.is === 'pris' ? <IconAlertTriangle size={20} aria-hidden /> : <IconClock size={20} aria-hidden />}
          <Text fw={600}>
            {verdict.is === 'pris'
              ? t(verdict.by.type === 'absence' ? 'absent' : 'pris', { numero: verdict.by.numero ?? '', quand: span(verdict.by.debut, verdict.by.fin, zone, TIME) })
              : t(verdict.is)}
          </Text>
        </Group>
        {today(data.occupations).length > 0 && (
          <>
            <Text size="sm" c="dimmed">{t('ce_jour_la', { date: day(date) })}</Text>
            <List size="sm" listStyleType="none">
              {today(data.occupations).map((taken) => (
                <List.Item key={taken.debut}>
                  <span className="tabular">{span(taken.debut, taken.fin, zone, TIME)}</span> {taken.numero ?? t('absence')}
                </List.Item>
              ))}
            </List>
          </>
        )}
        {verdict.is !== 'libre' && long.length > 0 && (
          <Group gap="xs">
            <Text size="sm" c="dimmed">{t('libre_a')}</Text>
            {long.map((free) => (
              <Button key={free.debut} variant="default" size="sm" h={44} onClick={() => choose(toCivil(free.debut, zone))}>{clock(free.debut)}</Button>
            ))}
          </Group>
        )}
      </Stack>
    </Paper>
  );
}
