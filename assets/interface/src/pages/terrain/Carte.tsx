import { Card, Group, Stack, Text } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { Link } from 'wouter';
import { useEnvoisOf } from '@/hors_ligne/envois';
import { Mark } from '@/hors_ligne/Mark';
import { subjectOf } from '@/hors_ligne/overlay';
import { isStuck, isUnsent } from '@/hors_ligne/row';
import { EnRetard, Priorite, Statut } from '@/ui/badges';
import { TIME, span, useZone } from '@/ui/format';
import type { Task } from './day';

/** One task of the day; all of it can be pressed. */
export function Carte({ intervention, slot }: Task) {
  const zone = useZone(intervention.site_id);
  const unsent = useEnvoisOf(subjectOf(intervention.id)).filter(isUnsent);
  const mark = unsent.find(isStuck) ?? unsent[0];
  const time = slot && span(slot.debut, slot.fin, zone, TIME);
  const isUrgent = intervention.priorite === 'haute' || intervention.priorite === 'urgente';
  return (
    <Card withBorder padding="md" pos="relative">
      <Group wrap="nowrap" gap="sm">
        <Stack gap={4} flex={1} miw={0}>
          <Group gap="xs">
            {time && <Text fw={650} className="tabular">{time}</Text>}
            <Statut value={intervention.statut} />
            {intervention.en_retard && <EnRetard />}
            {isUrgent && <Priorite value={intervention.priorite} />}
          </Group>
          <Link href={`/interventions/${intervention.id}`} className="cover" style={{ color: 'inherit', textDecoration: 'none', fontWeight: 600, fontSize: '1.1rem' }}>
            {intervention.titre}
          </Link>
          <Text c="dimmed">{intervention.equipement_code} · {intervention.equipement_nom}</Text>
          {mark && <span style={{ position: 'relative', zIndex: 1, alignSelf: 'start' }}><Mark row={mark} /></span>}
        </Stack>
        <IconChevronRight className="mirrored" aria-hidden />
      </Group>
    </Card>
  );
}
