//! The plant at a glance: what asks for somebody, each figure leading to its list.

import { Anchor, Card, Group, SimpleGrid, Skeleton, Stack, Table, Text } from '@mantine/core';
import { IconAlarm, IconCalendarPlus, IconMessageReport, IconPackage, IconPackageOff, IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { api, ok } from '@/api/client';
import { PageHead } from '@/ui/PageHead';
import { Section } from '@/ui/Section';
import { Priorite, Statut } from '@/ui/badges';
import { day, number } from '@/ui/format';
import { Empty } from '@/ui/states';

const one = { page_size: 1 };

export function TableauDeBord() {
  const { t } = useTranslation('accueil');
  return (
    <Stack>
      <PageHead title={t('tableau')} />
      <SimpleGrid cols={{ base: 2, md: 3, lg: 6 }} spacing="sm">
        <Count name="retard" icon={IconAlarm} href="/interventions?en_retard=true" color="red" load={() => ok(api.GET('/api/v1/interventions/', { params: { query: { en_retard: true, ...one } } }))} />
        <Count name="a_planifier" icon={IconCalendarPlus} href="/interventions?a_planifier=true" load={() => ok(api.GET('/api/v1/interventions/', { params: { query: { a_planifier: true, ...one } } }))} />
        <Count name="en_cours" icon={IconPlayerPlay} href="/interventions?statut=en_cours" load={() => ok(api.GET('/api/v1/interventions/', { params: { query: { statut: ['en_cours'], ...one } } }))} />
        <Count name="attente" icon={IconPackageOff} href="/interventions?statut=attente_pieces" load={() => ok(api.GET('/api/v1/interventions/', { params: { query: { statut: ['attente_pieces'], ...one } } }))} />
        <Count name="demandes" icon={IconMessageReport} href="/demandes?statut=nouvelle" load={() => ok(api.GET('/api/v1/demandes/', { params: { query: { statut: ['nouvelle'], ...one } } }))} />
        <Count name="stock" icon={IconPackage} href="/pieces?sous_seuil=true" load={() => ok(api.GET('/api/v1/pieces/', { params: { query: { sous_seuil: true, ...one } } }))} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Urgent />
        <Next />
      </SimpleGrid>
    </Stack>
  );
}

function Count({ name, icon: Icon, href, color, load }: {
  name: 'retard' | 'a_planifier' | 'en_cours' | 'attente' | 'demandes' | 'stock';
  icon: typeof IconAlarm;
  href: string;
  color?: string;
  load: () => Promise<{ total: number }>;
}) {
  const { t } = useTranslation('accueil');
  const { data } = useQuery({ queryKey: ['accueil', name], queryFn: load });
  const alarming = color && data && data.total > 0;
  return (
    <Card withBorder padding="md" pos="relative">
      <Group gap="xs" wrap="nowrap" mb={4}>
        <Icon size={20} stroke={1.6} aria-hidden />
        <Anchor component={Link} href={href} className="cover" c="inherit" size="sm">{t(`compte.${name}`)}</Anchor>
      </Group>
      {data
        ? <Text size="32px" fw={700} lh={1.2} className="tabular" c={alarming ? 'red.8' : undefined}>{number(data.total)}</Text>
        : <Skeleton h={38} w={64} />}
    </Card>
  );
}

function Urgent() {
  const { t } = useTranslation('accueil');
  const { data } = useQuery({
    queryKey: ['accueil', 'urgentes'],
    queryFn: () => ok(api.GET('/api/v1/interventions/', {
      params: { query: { statut: ['planifie', 'en_cours', 'attente_pieces'], priorite: ['urgente', 'haute'], tri: '-priorite,date_creation', page_size: 8 } },
    })),
  });
  return (
    <Section title={t('urgentes')}>
      {data?.items.length === 0 && <Empty icon={IconAlarm} title={t('rien_urgent')} />}
      <Table>
        <Table.Tbody>
          {data?.items.map((row) => (
            <Table.Tr key={row.id} pos="relative">
              <Table.Td><Anchor component={Link} href={`/interventions/${row.id}`} className="cover" c="inherit">{row.titre}</Anchor><Text size="sm" c="dimmed">{row.equipement_nom}</Text></Table.Td>
              <Table.Td><Stack gap={2} align="end"><Priorite value={row.priorite} /><Statut value={row.statut} /></Stack></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}

function Next() {
  const { t } = useTranslation('accueil');
  const { data } = useQuery({
    queryKey: ['planning', 'prochaines'],
    queryFn: () => ok(api.GET('/api/v1/planning/', { params: { query: { statut: ['actif'], page_size: 8, tri: 'prochaine_date' } } })),
  });
  return (
    <Section title={t('prochaines')}>
      <Table>
        <Table.Tbody>
          {data?.items.map((plan) => (
            <Table.Tr key={plan.id} pos="relative">
              <Table.Td><Anchor component={Link} href={`/planning/${plan.id}`} className="cover" c="inherit">{plan.titre}</Anchor><Text size="sm" c="dimmed">{plan.equipement_nom}</Text></Table.Td>
              <Table.Td ta="end" className="tabular">{plan.prochaine_date && day(plan.prochaine_date)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}
