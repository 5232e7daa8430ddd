//! A technicien's day, for one thumb: what is under way, today's slots in their order, then what is late.

import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCoffee, IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { useMe } from '@/session/session';
import { PageHead } from '@/ui/PageHead';
import { EnRetard, Priorite, Statut } from '@/ui/badges';
import { Instant, TIME, day } from '@/ui/format';
import { Empty } from '@/ui/states';
import { detailKey } from '@/pages/interventions/detail/Detail';

type Row = Schemas['Intervention'];
const A_DAY = 86_400_000;
const civil = (ms: number) => {
  const at = new Date(ms);
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`;
};

export default function MaJournee() {
  const { t } = useTranslation('accueil');
  const me = useMe();
  const today = civil(Date.now());
  const slots = useQuery({
    queryKey: ['calendrier', 'ma_journee', today],
    queryFn: () => ok(api.GET('/api/v1/planning/calendrier', { params: { query: { du: today, au: civil(Date.now() + A_DAY) } } })),
  });
  const mine = useQuery({
    queryKey: ['interventions', 'ma_journee'],
    queryFn: async () => (await ok(api.GET('/api/v1/interventions/', {
      params: { query: { statut: ['planifie', 'en_cours', 'attente_pieces'], page_size: 100, tri: 'date_debut_prevue' } },
    }))).items,
  });
  usePrefetch(mine.data);
  const rows = mine.data ?? [];
  const booked = (slots.data?.items ?? []).filter((slot) => slot.type === 'intervention' && slot.technicien_id === me.technicien_id && slot.intervention_id);
  const now = rows.filter((row) => row.statut === 'en_cours');
  const ofSlots = (from: string) => booked
    .filter((slot) => civil(Date.parse(slot.debut)) === from)
    .sort((a, b) => a.debut.localeCompare(b.debut))
    .flatMap((slot) => rows.filter((row) => row.id === slot.intervention_id && row.statut !== 'en_cours').map((row) => ({ row, debut: slot.debut })));
  const shown = new Set([...now, ...ofSlots(today).map(({ row }) => row)].map((row) => row.id));
  const late = rows.filter((row) => row.en_retard && !shown.has(row.id));
  const waiting = rows.filter((row) => row.statut === 'attente_pieces' && !shown.has(row.id) && !row.en_retard);
  const tomorrow = ofSlots(civil(Date.now() + A_DAY));

  return (
    <Stack maw={640} mx="auto">
      <PageHead title={t('ma_journee')}>
        <Button component={Link} href="/demandes/nouvelle" variant="light" leftSection={<IconPlus size={20} />}>{t('signaler')}</Button>
      </PageHead>
      <Text c="dimmed">{day(today, { dateStyle: 'full' })}</Text>
      {mine.data && rows.length === 0 && <Empty icon={IconCoffee} title={t('rien_prevu')} text={t('rien_prevu_texte')} />}
      <Batch title={t('en_cours')} rows={now.map((row) => ({ row }))} />
      <Batch title={t('aujourdhui')} rows={ofSlots(today)} />
      <Batch title={t('retards')} rows={late.map((row) => ({ row }))} />
      <Batch title={t('attente')} rows={waiting.map((row) => ({ row }))} />
      <Batch title={t('demain')} rows={tomorrow} />
    </Stack>
  );
}

function Batch({ title, rows }: { title: string; rows: { row: Row; debut?: string }[] }) {
  const { t } = useTranslation('accueil');
  if (rows.length === 0) return null;
  return (
    <Stack gap="xs" component="section">
      <Title order={2} size="h4">{title}</Title>
      {rows.map(({ row, debut }) => (
        <Card key={row.id} withBorder padding="md" pos="relative" component={Link} href={`/interventions/${row.id}`} c="inherit" td="none">
          <Stack gap={6}>
            <Group justify="space-between" wrap="nowrap">
              <Text fw={700} size="lg" className="tabular">{debut ? <Instant value={debut} siteId={row.site_id} format={TIME} /> : row.numero}</Text>
              <Group gap={4} wrap="nowrap">{row.en_retard && <EnRetard />}<Statut value={row.statut} /></Group>
            </Group>
            <Text fw={600} size="lg">{row.titre}</Text>
            <Text c="dimmed">{row.equipement_code} · {row.equipement_nom}</Text>
            <Group gap="xs">
              <Priorite value={row.priorite} />
              {row.arret_equipement && <Group gap={4}><IconAlertTriangle size={18} color="var(--mantine-color-red-7)" aria-hidden /><Text size="sm" fw={600}>{t('arretee')}</Text></Group>}
            </Group>
          </Stack>
        </Card>
      ))}
    </Stack>
  );
}

/** Reads ahead what the day will open, for the basement has no reception. */
function usePrefetch(rows: Row[] | undefined) {
  const queries = useQueryClient();
  useEffect(() => {
    for (const { id } of rows?.slice(0, 15) ?? []) {
      const path = { id };
      void queries.prefetchQuery({ queryKey: detailKey(id), queryFn: () => ok(api.GET('/api/v1/interventions/{id}', { params: { path } })), staleTime: 60_000 });
      void queries.prefetchQuery({ queryKey: ['interventions', id, 'checklist'], queryFn: () => ok(api.GET('/api/v1/interventions/{id}/checklist', { params: { path } })), staleTime: 60_000 });
      void queries.prefetchQuery({ queryKey: ['interventions', id, 'pieces'], queryFn: () => ok(api.GET('/api/v1/interventions/{id}/pieces', { params: { path, query: { page_size: 100 } } })), staleTime: 60_000 });
      void queries.prefetchQuery({ queryKey: ['interventions', id, 'historique'], queryFn: () => ok(api.GET('/api/v1/interventions/{id}/historique', { params: { path, query: { page_size: 200 } } })), staleTime: 60_000 });
    }
  }, [rows, queries]);
}
