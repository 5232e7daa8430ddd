import { Alert, Anchor, List, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { api, ok } from '@/api/client';
import { Statut } from '@/ui/badges';

/** What is open on a machine already, so that the same is not asked for twice. */
export function DejaOuvertes({ equipement }: { equipement: number }) {
  const { t } = useTranslation('nouvelle');
  const query = { equipement_id: [equipement], statut: ['planifie' as const, 'en_cours' as const, 'attente_pieces' as const], page_size: 5 };
  const { data } = useQuery({
    queryKey: ['interventions', 'ouvertes', equipement],
    queryFn: () => ok(api.GET('/api/v1/interventions/', { params: { query } })),
  });
  if (!data?.total) return null;
  return (
    <Alert color="yellow" icon={<IconInfoCircle />} title={t('deja_ouvertes', { count: data.total })}>
      <List listStyleType="none" spacing={2}>
        {data.items.map((row) => (
          <List.Item key={row.id}>
            <Anchor component={Link} href={`/interventions/${row.id}`} underline="always" c="inherit">{row.numero}</Anchor> <Text span dir="auto">{row.titre}</Text> <Statut value={row.statut} size="sm" />
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
