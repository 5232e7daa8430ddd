//! Everybody's slots: a timeline for who plans, a week of one's own for a technicien, a list on a phone.

import { ActionIcon, Anchor, Button, Card, Group, SegmentedControl, Stack, Table, Text, Title } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import dayjs from 'dayjs';
import { Suspense, lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useSearch } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { useRunsThePlant } from '@/session/session';
import { PageHead } from '@/ui/PageHead';
import { Word } from '@/ui/badges';
import { day, range, usePlantZone, useSites } from '@/ui/format';
import { useIsPhone } from '@/ui/phone';
import { Loading, Trouble } from '@/ui/states';
import { elsewhere, partOn, toDay } from '@/ui/zones';
import { Abonnement } from './Abonnement';

const Frise = lazy(() => import('./frise/Frise').then(({ Frise }) => ({ default: Frise })));

type Slot = Schemas['Evenement'];

type Vue = 'jour' | 'semaine' | 'tableau';
const VUES: readonly Vue[] = ['jour', 'semaine', 'tableau'];

export default function Calendrier() {
  const { t } = useTranslation('calendrier');
  const isPhone = useIsPhone();
  const runsThePlant = useRunsThePlant();
  const zone = usePlantZone();
  const [, go] = useLocation();
  const asked = new URLSearchParams(useSearch());
  // Who runs the plant plans on a timeline, which needs the width of a desk.
  const hasTimeline = runsThePlant && !isPhone;
  const vue = (hasTimeline && VUES.find((one) => one === asked.get('vue'))) || (hasTimeline ? 'jour' : 'tableau');
  const today = toDay(new Date().toISOString(), zone);
  const date = /^\d{4}-\d{2}-\d{2}$/.test(asked.get('jour') ?? '') ? asked.get('jour')! : today;
  const monday = dayjs.utc(date).subtract((dayjs.utc(date).day() + 6) % 7, 'day').format('YYYY-MM-DD');
  const first = vue === 'jour' ? date : monday;
  const to = (day: string, as: Vue = vue) => `/calendrier?vue=${as}&jour=${day}`;
  const away = (steps: number) => to(dayjs.utc(first).add(steps * (vue === 'jour' ? 1 : 7), 'day').format('YYYY-MM-DD'));
  return (
    <Stack>
      <PageHead title={t('titre')}>
        {hasTimeline && <SegmentedControl size="md" aria-label={t('vue.titre')} value={vue} onChange={(as) => go(to(date, as as Vue))} data={VUES.map((value) => ({ value, label: t(`vue.${value}`) }))} />}
        <ActionIcon variant="default" aria-label={t(vue === 'jour' ? 'jour_avant' : 'avant')} onClick={() => go(away(-1))}><IconChevronLeft className="mirrored" /></ActionIcon>
        <Button variant="default" component={Link} href={to(today)}>{t(vue === 'jour' ? 'aujourd_hui' : 'cette_semaine')}</Button>
        <ActionIcon variant="default" aria-label={t(vue === 'jour' ? 'jour_apres' : 'apres')} onClick={() => go(away(1))}><IconChevronRight className="mirrored" /></ActionIcon>
        <Abonnement />
      </PageHead>
      {vue !== 'tableau' && <Title order={2} size="h4">{vue === 'jour' ? day(first, { dateStyle: 'full' }) : t('semaine_du', { date: day(first) })}</Title>}
      {vue === 'tableau' ? <Semaine monday={monday} /> : <Suspense fallback={<Loading />}><Frise vue={vue} first={first} zone={zone} /></Suspense>}
    </Stack>
  );
}

/** A week as a table, or as a list on a phone. */
function Semaine({ monday }: { monday: string }) {
  const { t } = useTranslation('calendrier');
  const { t: common } = useTranslation();
  const isPhone = useIsPhone();
  const sites = useSites();
  const plant = usePlantZone();
  const days = Array.from({ length: 7 }, (_, index) => dayjs.utc(monday).add(index, 'day').format('YYYY-MM-DD'));
  const { data, error, refetch } = useQuery({
    queryKey: ['calendrier', days[0], days[6]],
    queryFn: () => ok(api.GET('/api/v1/planning/calendrier', { params: { query: { du: days[0]!, au: days[6]! } } })),
    placeholderData: keepPreviousData,
  });
  if (!data) return error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />;
  const zone = (slot: Slot) => slot.fuseau ?? sites.data?.find((site) => site.id === slot.site_id)?.fuseau ?? plant;
  /** An absence of a week stands on each of its days; one that ends at midnight does not stand on the next. */
  const isOn = (slot: Slot, date: string) => {
    if (slot.date) return slot.date === date;
    const last = new Date(Date.parse(slot.fin) - 1000).toISOString();
    return toDay(slot.debut, zone(slot)) <= date && date <= toDay(last, zone(slot));
  };
  const people = [...new Map(data.items.map((slot) => [slot.technicien_id ?? 0, slot.technicien_nom ?? t('personne')]))].sort((a, b) => (a[0] === 0 ? 1 : b[0] === 0 ? -1 : a[1].localeCompare(b[1])));
  const holiday = (date: string) => data.jours_feries.find((ferie) => ferie.date === date)?.nom;
  const of = (date: string, person?: number) => data.items
    .filter((slot) => isOn(slot, date) && (person === undefined || (slot.technicien_id ?? 0) === person))
    .sort((a, b) => a.debut.localeCompare(b.debut));
  return (
    <Stack>
      {isPhone ? days.map((date) => (
        <Stack key={date} gap="xs" component="section">
          <Title order={2} size="h5">{day(date, { dateStyle: 'full' })} {holiday(date) && `· ${holiday(date)}`}</Title>
          {of(date).length === 0 && <Text c="dimmed" size="sm">{t('rien')}</Text>}
          {of(date).map((slot, index) => <Entry key={index} slot={slot} date={date} zone={zone(slot)} withPerson />)}
        </Stack>
      )) : (
        <Table.ScrollContainer minWidth={1000}>
          <Table withColumnBorders layout="fixed" aria-label={common('navigation.calendrier')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th w={150}>{t('qui')}</Table.Th>
                {days.map((date) => <Table.Th key={date}>{day(date, { weekday: 'short', day: 'numeric', month: 'short' })}{holiday(date) && <Text size="xs">{holiday(date)}</Text>}</Table.Th>)}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {people.map(([id, nom]) => (
                <Table.Tr key={id} style={{ verticalAlign: 'top' }}>
                  <Table.Th scope="row" fw={600}>{nom}</Table.Th>
                  {days.map((date) => <Table.Td key={date} p={4}><Stack gap={4}>{of(date, id).map((slot, index) => <Entry key={index} slot={slot} date={date} zone={zone(slot)} />)}</Stack></Table.Td>)}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}

/** What of a slot lies on that day. */
function Entry({ slot, date, zone, withPerson = false }: { slot: Slot; date: string; zone: string; withPerson?: boolean }) {
  const { t } = useTranslation('calendrier');
  const { t: word } = useTranslation('valeurs');
  const href = slot.intervention_id ? `/interventions/${slot.intervention_id}` : slot.planning_id ? `/planning/${slot.planning_id}` : null;
  const [from, to] = partOn(date, slot.debut, slot.fin, zone);
  const there = elsewhere(slot.debut, zone);
  return (
    <Card withBorder padding={6} pos="relative" bg={slot.type === 'absence' ? 'light-dark(var(--mantine-color-gray-2), var(--mantine-color-dark-5))' : undefined}>
      <Group gap={4} wrap="nowrap">
        <Text size="xs" className="tabular" fw={600}>{slot.journee_entiere || (from === '00:00' && to === '24:00') ? t('journee') : <span title={zone}>{range(from, to)}{there && ` (${there})`}</span>}</Text>
      </Group>
      {href
        ? <Anchor component={Link} href={href} className="cover" size="sm" c="inherit" lineClamp={2}>{slot.titre}</Anchor>
        : <Text size="sm">{slot.titre}</Text>}
      {withPerson && slot.technicien_nom && <Text size="xs" c="dimmed">{slot.technicien_nom}</Text>}
      {slot.type === 'echeance' && <Word color="grape" size="sm">{t('echeance')}</Word>}
      {slot.statut && slot.statut !== 'planifie' && <Text size="xs" c="dimmed">{word(`statut.${slot.statut}`)}</Text>}
    </Card>
  );
}
