import { Alert, Button, Stack, Table, Text } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok } from '@/api/client';
import { useMe } from '@/session/session';
import { PageHead } from '@/ui/PageHead';
import { Section } from '@/ui/Section';
import { Word } from '@/ui/badges';
import { Instant, number } from '@/ui/format';
import { useSave } from '@/ui/save';
import { Loading, Trouble } from '@/ui/states';

const COLOURS: Record<Schemas['ResultatExecution'], string> = { reussie: 'teal', partielle: 'yellow', echouee: 'red' };

/** What the server does by itself, and how it went. */
export default function Taches() {
  const { t } = useTranslation('admin');
  const { t: word } = useTranslation('valeurs');
  const isAdmin = useMe().role === 'admin';
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: ['taches'],
    queryFn: () => ok(api.GET('/api/v1/planning/taches', { params: { query: { page_size: 30 } } })),
    refetchInterval: 15_000,
  });
  const run = useSave(async (nom: string) => {
    await ok(api.POST('/api/v1/planning/taches/{nom}/lancer', { params: { path: { nom } } }));
    await queries.invalidateQueries({ queryKey: ['taches'] });
  });
  if (!data) return error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />;
  const result = (run: Schemas['Execution']) => <Word color={COLOURS[run.resultat]}>{word(`resultat_execution.${run.resultat}`)}</Word>;
  return (
    <Stack>
      <PageHead title={t('taches')} />
      {data.taches.some((tache) => tache.retenue) && <Alert color="orange">{data.taches.find((tache) => tache.retenue)?.retenue}</Alert>}
      <Section title={t('taches')}>
        <Table.ScrollContainer minWidth={640}>
          <Table>
            <Table.Tbody>
              {data.taches.map((tache) => (
                <Table.Tr key={tache.nom}>
                  <Table.Td><Text fw={500}>{tache.libelle}</Text><Text size="sm" c="dimmed">{tache.frequence}</Text></Table.Td>
                  <Table.Td>{tache.derniere && <>{result(tache.derniere)} <Instant value={tache.derniere.date} /></>}</Table.Td>
                  <Table.Td>{tache.prochaine && <>{t('prochaine')} <Instant value={tache.prochaine} /></>}</Table.Td>
                  <Table.Td ta="end">{isAdmin && <Button size="compact-md" variant="light" leftSection={<IconPlayerPlay size={16} />} disabled={tache.en_cours} onClick={() => void run.run(tache.nom)}>{t('lancer')}</Button>}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Section>
      <Section title={t('executions')}>
        <Table.ScrollContainer minWidth={640}>
          <Table>
            <Table.Tbody>
              {data.items.map((run) => (
                <Table.Tr key={run.id}>
                  <Table.Td><Instant value={run.date} /></Table.Td><Table.Td>{run.tache}</Table.Td><Table.Td>{result(run)}</Table.Td>
                  <Table.Td ta="end" className="tabular">{t('faites', { count: run.faites })}</Table.Td><Table.Td ta="end" className="tabular">{number(run.duree_ms)} ms</Table.Td><Table.Td>{run.erreur}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Section>
    </Stack>
  );
}
