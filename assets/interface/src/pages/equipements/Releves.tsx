import { Anchor, Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { useRunsThePlant } from '@/session/session';
import { askFor } from '@/ui/confirm';
import { Instant, number } from '@/ui/format';
import { useSave } from '@/ui/save';

/** The last readings of a meter, with what they set off. A wrong one is annulled, never erased. */
export function Releves({ compteur, siteId }: { compteur: Schemas['Compteur']; siteId: number }) {
  const { t } = useTranslation('equipements');
  const runsThePlant = useRunsThePlant();
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ['compteurs', compteur.id, 'releves'],
    queryFn: () => ok(api.GET('/api/v1/compteurs/{id}/releves', { params: { path: { id: compteur.id }, query: { page_size: 20 } } })),
  });
  const annul = useSave(async (rid: number, motif: string) => {
    await ok(api.POST('/api/v1/compteurs/{id}/releves/{rid}/annuler', { params: { path: { id: compteur.id, rid } }, body: { motif } }));
    await queries.invalidateQueries({ queryKey: ['compteurs'] });
  });
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">{t('releves')}</Title>
      {data?.items.length === 0 && <Text c="dimmed">{t('jamais_lu')}</Text>}
      <Table.ScrollContainer minWidth={460}>
        <Table>
          <Table.Tbody>
            {data?.items.map((reading) => (
              <Table.Tr key={reading.id} td={reading.annule_le ? 'line-through' : undefined}>
                <Table.Td><Instant value={reading.date} siteId={siteId} /></Table.Td>
                <Table.Td ta="end" className="tabular">{number(reading.valeur)} {compteur.unite}</Table.Td>
                <Table.Td>{reading.auteur}</Table.Td>
                <Table.Td>
                  <Group gap="xs">
                    {reading.seuils.map((threshold) => threshold.intervention_id && <Anchor key={threshold.id} component={Link} href={`/interventions/${threshold.intervention_id}`}>{threshold.numero}</Anchor>)}
                    {reading.motif && <Text size="sm" c="dimmed">{reading.motif}</Text>}
                  </Group>
                </Table.Td>
                <Table.Td ta="end">
                  {runsThePlant && !reading.annule_le && (
                    <Button size="compact-md" variant="subtle" color="red" disabled={annul.busy} aria-label={`${t('annuler_releve')} : ${number(reading.valeur)}`} onClick={async () => {
                      const motif = await askFor({ title: t('annuler_releve'), label: t('motif'), action: t('annuler_releve'), danger: true });
                      if (motif) void annul.run(reading.id, motif);
                    }}>{t('annuler_court')}</Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
