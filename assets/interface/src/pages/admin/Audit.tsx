import { Alert, Button, Code, Collapse, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { IconShieldCheck } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok } from '@/api/client';
import { PageHead } from '@/ui/PageHead';
import { Instant, number } from '@/ui/format';
import { useSave } from '@/ui/save';
import { Loading, Trouble } from '@/ui/states';

export default function Audit() {
  const { t } = useTranslation('admin');
  const { t: common } = useTranslation();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 250);
  const [proof, setProof] = useState<Schemas['Verification'] | null>(null);
  const list = useInfiniteQuery({
    queryKey: ['audit', q],
    queryFn: ({ pageParam }) => ok(api.GET('/api/v1/audit/', { params: { query: { q: q || undefined, page_size: 50, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const verify = useSave(async () => setProof(await ok(api.GET('/api/v1/audit/verification'))));
  if (list.isPending) return <Loading />;
  if (list.error) return <Trouble error={list.error} retry={() => void list.refetch()} />;
  return (
    <Stack>
      <PageHead title={t('audit')}><Button variant="light" leftSection={<IconShieldCheck size={18} />} loading={verify.busy} onClick={() => void verify.run()}>{t('verifier')}</Button></PageHead>
      {proof && (
        <Alert color={proof.intacte ? 'teal' : 'red'} role="status">
          {proof.intacte ? t('intacte', { entrees: number(proof.entrees) }) : t('rompue', { id: proof.premiere_rupture })}
        </Alert>
      )}
      <TextInput label={common('recherche.ouvrir')} value={typed} onChange={({ currentTarget }) => setTyped(currentTarget.value)} maw={420} />
      <Table.ScrollContainer minWidth={720}>
        <Table verticalSpacing="xs">
          <Table.Thead><Table.Tr><Table.Th>{t('quand')}</Table.Th><Table.Th>{t('qui')}</Table.Th><Table.Th>{t('quoi')}</Table.Th><Table.Th>{t('sur')}</Table.Th><Table.Th>{t('adresse')}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {list.data.pages.flatMap((page) => page.items).map((entry) => <Entry key={entry.id} entry={entry} />)}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{common('liste.charger')}</Button>}
    </Stack>
  );
}

function Entry({ entry }: { entry: Schemas['Entree'] }) {
  const { t } = useTranslation('admin');
  const [open, { toggle }] = useDisclosure(false);
  const before = (entry.avant ?? {}) as Record<string, unknown>;
  const after = (entry.apres ?? {}) as Record<string, unknown>;
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
  return (
    <Table.Tr>
      <Table.Td style={{ verticalAlign: 'top' }}><Instant value={entry.date} /></Table.Td>
      <Table.Td style={{ verticalAlign: 'top' }}>{entry.acteur}</Table.Td>
      <Table.Td>
        <Group gap="xs"><Text size="sm">{entry.action}</Text>{fields.length > 0 && <Button size="compact-sm" variant="subtle" aria-expanded={open} onClick={toggle}>{t('details')}</Button>}</Group>
        <Collapse expanded={open}>
          <Stack gap={2}>
            {fields.map((field) => <Text key={field} size="sm">{field} : <Code>{JSON.stringify(before[field]) ?? '—'}</Code> → <Code>{JSON.stringify(after[field]) ?? '—'}</Code></Text>)}
          </Stack>
        </Collapse>
      </Table.Td>
      <Table.Td style={{ verticalAlign: 'top' }}>{entry.entite} {entry.entite_id}</Table.Td>
      <Table.Td style={{ verticalAlign: 'top' }}>{entry.adresse ?? '—'}</Table.Td>
    </Table.Tr>
  );
}
