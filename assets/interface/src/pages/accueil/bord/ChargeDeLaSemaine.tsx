import { Progress, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { api, ok } from '@/api/client';
import { duration, usePlantZone } from '@/ui/format';
import { toInstant } from '@/ui/zones';
import classes from './Bord.module.css';
import { Carte } from './Carte';
import { addDays, mondayOf, share, weekLoad } from './charge';

const SHOWN = 7;

/** How full everybody's week is, the fullest first. */
export function ChargeDeLaSemaine() {
  const { t } = useTranslation('bord');
  const zone = usePlantZone();
  const monday = mondayOf(new Date().toISOString(), zone);
  const people = useQuery({
    queryKey: ['techniciens', 'accueil'],
    queryFn: async () => (await ok(api.GET('/api/v1/techniciens/', { params: { query: { actif: true, disponibilite: ['disponible'], page_size: 200 } } }))).items,
  });
  const query = { du: toInstant(`${monday} 00:00:00`, zone), au: toInstant(`${addDays(monday, 7)} 00:00:00`, zone) };
  const calendar = useQuery({
    queryKey: ['calendrier', 'accueil', query],
    queryFn: () => ok(api.GET('/api/v1/planning/calendrier', { params: { query } })),
  });
  const data = people.data && calendar.data && weekLoad(people.data, calendar.data.items, monday, zone);
  const rest = (data?.length ?? 0) - SHOWN;
  return (
    <Carte
      title={t('charge')}
      more="/calendrier"
      query={{ data, error: people.error ?? calendar.error, refetch: () => Promise.all([people.refetch(), calendar.refetch()]) }}
      empty={t('personne')}
      note={calendar.data?.complet === false ? t('charge_incomplete') : rest > 0 ? t('et_encore', { count: rest }) : undefined}
      rows={(load) => load.slice(0, SHOWN).map((one) => {
        const part = share(one);
        const percent = Math.min(100, Math.round(part * 100));
        return (
          <li key={one.id}>
            <div>
              <Link href={`/techniciens/${one.id}`} className={`cover ${classes.link}`}><Text component="span" size="sm" fw={600}>{one.nom}</Text></Link>
              <Progress value={percent} size="md" color={part > 1 ? 'red' : part > 0.85 ? 'orange' : undefined} aria-label={t('charge_de', { nom: one.nom })} />
            </div>
            <Text size="sm" className="tabular" ta="end" miw={104}>
              {t('reserve_sur', { reserve: duration(one.booked), capacite: duration(one.capacity) })}
            </Text>
          </li>
        );
      })}
    />
  );
}
