import { Paper, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { span } from '@/ui/format';
import type { Obstacle, Place } from './regles';

/** What stands against a slot, in words. */
export function useWords() {
  const { t } = useTranslation('calendrier');
  return (found: Obstacle[]) => found.map((one) => t(`obstacle.${one.kind}`, { nom: 'nom' in one ? one.nom : '' })).join(' ');
}

/** Where a slot would be and what stands against it, in a line. */
export function Verdict({ place, nom, zone, against, className }: { place: Place; nom: string; zone: string; against: Obstacle[]; className?: string | undefined }) {
  const { t } = useTranslation('calendrier');
  const words = useWords();
  const when = span(new Date(place.debut).toISOString(), new Date(place.fin).toISOString(), zone, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  return (
    <Paper shadow="lg" withBorder p="sm" role="status" className={className} data-verdict={against.length ? 'contre' : 'libre'}>
      <Text fw={600}>{nom} · {when}</Text>
      <Text c={against.length ? 'var(--mantine-color-error)' : undefined}>{against.length ? words(against) : t('libre')}</Text>
    </Paper>
  );
}
