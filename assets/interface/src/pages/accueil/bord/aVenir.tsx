//! What is due soon: preventive work, and parts to order.

import { Group, Text } from '@mantine/core';
import { IconClockExclamation } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { api, ok } from '@/api/client';
import { day, number, usePlantZone } from '@/ui/format';
import { toDay } from '@/ui/zones';
import classes from './Bord.module.css';
import { Carte } from './Carte';

const SHOWN = 6;

export function Echeances() {
  const { t } = useTranslation('bord');
  const { t: common } = useTranslation();
  const zone = usePlantZone();
  const query = useQuery({
    queryKey: ['planning', 'accueil'],
    queryFn: () => ok(api.GET('/api/v1/planning/', { params: { query: { statut: ['actif'], page_size: SHOWN } } })),
  });
  const today = toDay(new Date().toISOString(), zone);
  return (
    <Carte
      title={t('echeances')}
      more="/planning"
      query={query}
      empty={t('aucune_echeance')}
      rows={({ items }) => items.filter((plan) => plan.prochaine_date).map((plan) => (
        <li key={plan.id}>
          <div>
            <Link href={`/planning/${plan.id}`} className={`cover ${classes.link}`}><Text component="span" dir="auto" fw={600} lineClamp={2}>{plan.titre}</Text></Link>
            <Text size="sm" c="dimmed" truncate dir="auto">{plan.equipement_nom}</Text>
          </div>
          <Group gap={4} wrap="nowrap" c={plan.prochaine_date! < today ? 'light-dark(var(--mantine-color-red-9), var(--mantine-color-red-4))' : undefined}>
            {plan.prochaine_date! < today && <IconClockExclamation size={18} role="img" aria-label={common('en_retard')} />}
            <Text size="sm" className="tabular">{day(plan.prochaine_date!)}</Text>
          </Group>
        </li>
      ))}
    />
  );
}

export function ACommander() {
  const { t } = useTranslation('bord');
  const query = useQuery({
    queryKey: ['pieces', 'a-commander'],
    queryFn: () => ok(api.GET('/api/v1/pieces/a-commander')),
    select: ({ groupes }) => groupes.flatMap(({ lignes }) => lignes),
  });
  const rest = (query.data?.length ?? 0) - SHOWN;
  return (
    <Carte
      title={t('a_commander')}
      more="/a-commander"
      query={query}
      empty={t('rien_a_commander')}
      note={rest > 0 ? t('et_encore', { count: rest }) : undefined}
      rows={(lines) => lines.slice(0, SHOWN).map((line) => (
        <li key={line.piece_id}>
          <div>
            <Link href={`/pieces/${line.piece_id}`} className={`cover ${classes.link}`}><Text component="span" dir="auto" fw={600} lineClamp={2}>{line.designation}</Text></Link>
            <Text size="sm" c="dimmed" truncate>{line.reference}</Text>
          </div>
          <div>
            <Text size="sm" ta="end" className="tabular">{t('en_stock', { stock: number(line.stock), unite: line.unite })}</Text>
            <Text size="sm" c="dimmed" ta="end" className="tabular">
              {line.attendue > 0 ? t('attendue', { quantite: number(line.attendue) }) : t('seuil', { seuil: number(line.seuil_min) })}
            </Text>
          </div>
        </li>
      ))}
    />
  );
}
