import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconMessagePlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { api, ok } from '@/api/client';
import { PageHead } from '@/ui/PageHead';
import { Statut, Word } from '@/ui/badges';
import { ago } from '@/ui/format';
import { Empty } from '@/ui/states';
import { COLOURS } from '@/pages/demandes/Liste';

/** A client's home: report first, then where things stand. */
export default function Client() {
  const { t } = useTranslation('accueil');
  const { t: word } = useTranslation('valeurs');
  const asked = useQuery({
    queryKey: ['demandes', 'accueil'],
    queryFn: () => ok(api.GET('/api/v1/demandes/', { params: { query: { page_size: 8, tri: '-date_creation' } } })),
  });
  const open = useQuery({
    queryKey: ['interventions', 'accueil'],
    queryFn: () => ok(api.GET('/api/v1/interventions/', { params: { query: { statut: ['planifie', 'en_cours', 'attente_pieces'], page_size: 8, tri: '-date_creation' } } })),
  });
  // What stands above comes first, whichever is answered first: nothing that is read moves down.
  const works = asked.isPending ? [] : (open.data?.items ?? []);
  return (
    <Stack maw={820}>
      <PageHead title={t('bonjour')} />
      <Button component={Link} href="/demandes/nouvelle" size="xl" leftSection={<IconMessagePlus />}>{t('signaler')}</Button>
      <Title order={2} size="h4">{t('vos_demandes')}</Title>
      {asked.data?.items.length === 0 && <Empty icon={IconMessagePlus} title={t('aucune_demande')} text={t('aucune_demande_texte')} />}
      {asked.data?.items.map((row) => (
        <Card key={row.id} withBorder padding="sm" component={Link} href={`/demandes/${row.id}`} c="inherit" td="none">
          <Group justify="space-between" wrap="nowrap">
            <div><Text fw={600}>{row.titre}</Text><Text size="sm" c="dimmed">{row.equipement_nom}, {ago(row.date_creation)}</Text></div>
            {row.intervention ? <Statut value={row.intervention.statut} /> : <Word color={COLOURS[row.statut]}>{word(`statut_demande.${row.statut}`)}</Word>}
          </Group>
        </Card>
      ))}
      {works.length > 0 && <Title order={2} size="h4">{t('travaux')}</Title>}
      {works.map((row) => (
        <Card key={row.id} withBorder padding="sm" component={Link} href={`/interventions/${row.id}`} c="inherit" td="none">
          <Group justify="space-between" wrap="nowrap">
            <div><Text fw={600}>{row.titre}</Text><Text size="sm" c="dimmed">{row.equipement_nom}</Text></div>
            <Statut value={row.statut} />
          </Group>
        </Card>
      ))}
    </Stack>
  );
}
