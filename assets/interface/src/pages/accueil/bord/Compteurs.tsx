import { Paper, SimpleGrid, Skeleton, Text } from '@mantine/core';
import { IconCalendarQuestion, IconClockExclamation, IconInbox, IconPackage, IconPlayerPlay, type IconTool } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { number } from '@/ui/format';
import classes from './Bord.module.css';
import { useOnline } from '@/hors_ligne/online';

type Listing = Pick<Schemas['Listing_Intervention'], 'total' | 'total_exact'>;

const interventions = (query: { en_retard?: true; a_planifier?: true; pieces_disponibles?: true; statut?: ['en_cours'] | ['attente_pieces'] }) => () =>
  ok(api.GET('/api/v1/interventions/', { params: { query: { ...query, page_size: 1 } } }));

/** How much there is of what needs somebody, each a way to the list of it. */
export function Compteurs() {
  const { t } = useTranslation('bord');
  const arrived = useTotal('pieces_arrivees', interventions({ statut: ['attente_pieces'], pieces_disponibles: true }));
  return (
    <SimpleGrid component="ul" cols={{ base: 2, sm: 3, lg: 5 }} className={classes.plain}>
      <Compteur name="en_retard" icon={IconClockExclamation} href="/interventions?en_retard=true" load={interventions({ en_retard: true })} alarms />
      <Compteur name="a_planifier" icon={IconCalendarQuestion} href="/interventions?a_planifier=true" load={interventions({ a_planifier: true })} />
      <Compteur name="en_cours" icon={IconPlayerPlay} href="/interventions?statut=en_cours" load={interventions({ statut: ['en_cours'] })} />
      <Compteur
        name="attente_pieces"
        icon={IconPackage}
        href="/interventions?statut=attente_pieces"
        load={interventions({ statut: ['attente_pieces'] })}
        note={arrived.data?.total ? t('pieces_arrivees', { count: arrived.data.total }) : undefined}
      />
      <Compteur
        name="demandes"
        icon={IconInbox}
        href="/demandes?statut=nouvelle"
        load={() => ok(api.GET('/api/v1/demandes/', { params: { query: { statut: ['nouvelle'], page_size: 1 } } }))}
      />
    </SimpleGrid>
  );
}

const useTotal = (name: string, load: () => Promise<Listing>) =>
  useQuery({ queryKey: ['accueil', 'compte', name], queryFn: load, select: ({ total, total_exact }): Listing => ({ total, total_exact }) });

function Compteur({ name, icon: Icon, href, load, note, alarms = false }: {
  name: 'en_retard' | 'a_planifier' | 'en_cours' | 'attente_pieces' | 'demandes';
  icon: typeof IconTool;
  href: string;
  load: () => Promise<Listing>;
  note?: string | undefined;
  /** Whether anything but none is bad news. */
  alarms?: boolean;
}) {
  const { t } = useTranslation('bord');
  const { data, isError } = useTotal(name, load);
  const online = useOnline();
  return (
    <Paper component="li" withBorder p="md" className={classes.tile} data-alarm={(alarms && !!data?.total) || undefined}>
      <Icon size={22} stroke={1.6} aria-hidden />
      {data
        ? <Text className={`tabular ${classes.figure}`}>{number(data.total)}{data.total_exact ? '' : '+'}</Text>
        : isError || !online ? <Text className={classes.figure}>—</Text> : <Skeleton h={34} my={4} w={56} aria-busy />}
      <Link href={href} className={`cover ${classes.name}`}>{t(`compteur.${name}`)}</Link>
      <Text size="sm" c="dimmed" className={classes.note}>{note}</Text>
    </Paper>
  );
}
