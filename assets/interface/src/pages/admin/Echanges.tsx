//! Tables in from files and out into them: tried first, kept only when every row is good, taken back if need be.

import { Alert, Button, Code, FileButton, Group, Select, Stack, Table, Text } from '@mantine/core';
import { IconFileImport, IconTableExport } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, authorised, ok, once } from '@/api/client';
import { Problem } from '@/api/problem';
import { PageHead } from '@/ui/PageHead';
import { Section } from '@/ui/Section';
import { confirm } from '@/ui/confirm';
import { content, saveAs } from '@/ui/documents/files';
import { Instant, number } from '@/ui/format';
import { useSave } from '@/ui/save';
import { Loading, Trouble } from '@/ui/states';

type Rapport = Schemas['Rapport'];

const KINDS: Record<string, string> = {
  csv: 'text/csv',
  txt: 'text/csv',
  json: 'application/json',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};
const FORMATS = ['csv', 'xlsx', 'json'] as const;

/** Imports that were begun: whoever presses again after a lost answer brings the same file in once. */
const attempts = new WeakMap<File, Record<string, object>>();

function attempt(tableau: string, file: File): object {
  const begun = attempts.get(file) ?? {};
  attempts.set(file, begun);
  return (begun[tableau] ??= once());
}

async function send(tableau: string, file: File, essai: boolean): Promise<Rapport> {
  const query = new URLSearchParams({ essai: String(essai), fichier: file.name.slice(0, 200) });
  const kind = KINDS[file.name.split('.').at(-1)?.toLowerCase() ?? ''] ?? file.type;
  const response = await authorised(new Request(`/api/v1/admin/imports/${tableau}?${query}`, { method: 'POST', body: file, headers: { 'Content-Type': kind, ...(essai ? {} : attempt(tableau, file)) } }));
  if (!response.ok) throw await Problem.of(response);
  return response.json();
}

export default function Echanges() {
  const { t } = useTranslation('echanges');
  const queries = useQueryClient();
  const [name, setName] = useState('equipements');
  const [tried, setTried] = useState<{ file: File; report: Rapport }>();
  const tables = useQuery({ queryKey: ['echanges', 'tableaux'], queryFn: () => ok(api.GET('/api/v1/admin/tableaux/')), staleTime: Infinity });
  const out = useSave(async (format: (typeof FORMATS)[number]) => saveAs(await content(`/api/v1/admin/exports/${name}?format=${format}`), `${name}.${format}`));
  const test = useSave(async (file: File) => setTried({ file, report: await send(name, file, true) }));
  const keep = useSave(async (file: File) => {
    setTried({ file, report: await send(name, file, false) });
    await queries.invalidateQueries();
  });
  if (!tables.data) return tables.error ? <Trouble error={tables.error} retry={() => void tables.refetch()} /> : <Loading />;
  const table = tables.data.find(({ nom }) => nom === name)!;
  return (
    <Stack>
      <PageHead title={t('titre')} />
      <Select
        label={t('tableau')}
        maw={320}
        allowDeselect={false}
        value={name}
        onChange={(value) => { setName(value!); setTried(undefined); }}
        data={tables.data.map(({ nom }) => ({ value: nom, label: t(`tableaux.${nom as 'users'}`) }))}
      />
      <Section title={t('sortir')}>
        <Group>
          {FORMATS.map((format) => <Button key={format} variant="default" leftSection={<IconTableExport size={18} />} loading={out.busy} onClick={() => void out.run(format)}>{t(`format.${format}`)}</Button>)}
        </Group>
        <Text size="sm" c="dimmed">{t('sortir_texte')}</Text>
      </Section>
      <Section title={t('entrer')}>
        <Text size="sm" c="dimmed">{t('entrer_texte')}</Text>
        <Table.ScrollContainer minWidth={420}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>{t('colonne')}</Table.Th><Table.Th>{t('contenu')}</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {table.colonnes.map((column) => (
                <Table.Tr key={column.nom}><Table.Td><Code dir="ltr">{column.nom}</Code>{column.obligatoire && <Text span c="red" aria-label={t('obligatoire')}> *</Text>}</Table.Td><Table.Td>{column.contenu}</Table.Td></Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        <Group>
          <FileButton key={name + (tried?.file.name ?? '')} accept=".csv,.txt,.xlsx,.json" onChange={(file) => file && void test.run(file)}>
            {(props) => <Button {...props} leftSection={<IconFileImport size={18} />} loading={test.busy}>{t('choisir')}</Button>}
          </FileButton>
        </Group>
        {tried && <Report {...tried} keep={() => void keep.run(tried.file)} busy={keep.busy} />}
      </Section>
      <Imports />
    </Stack>
  );
}

/** What came of a file. */
function Report({ file, report, keep, busy }: { file: File; report: Rapport; keep: () => void; busy: boolean }) {
  const { t } = useTranslation('echanges');
  if (!report.reussi) {
    return (
      <Stack gap="xs">
        <Alert color="red" role="alert">{t('refuse', { fichier: file.name, erreurs: number(report.erreurs_total), lignes: number(report.lignes) })}</Alert>
        <Table.ScrollContainer minWidth={480}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th ta="end">{t('ligne')}</Table.Th><Table.Th>{t('colonne')}</Table.Th><Table.Th>{t('erreur')}</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {report.erreurs.map((error, at) => <Table.Tr key={at}><Table.Td ta="end" className="tabular">{error.ligne}</Table.Td><Table.Td>{error.colonne}</Table.Td><Table.Td>{error.message}</Table.Td></Table.Tr>)}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Stack>
    );
  }
  if (!report.essai) return <Alert color="teal" role="status">{t('fait', { fichier: file.name, lignes: number(report.lignes) })}</Alert>;
  return (
    <Alert color="blue" role="status">
      <Group justify="space-between">
        <Text size="sm">{t('bon', { fichier: file.name, lignes: number(report.lignes) })}</Text>
        <Button loading={busy} onClick={keep}>{t('importer')}</Button>
      </Group>
    </Alert>
  );
}

/** The imports so far, each to be taken back. */
function Imports() {
  const { t } = useTranslation('echanges');
  const queries = useQueryClient();
  const { data } = useQuery({ queryKey: ['echanges', 'imports'], queryFn: () => ok(api.GET('/api/v1/admin/imports/', { params: { query: { page_size: 20 } } })) });
  const undo = useSave(async (id: number) => {
    await ok(api.POST('/api/v1/admin/imports/{id}/annuler', { params: { path: { id } } }));
    await queries.invalidateQueries();
  });
  if (!data?.items.length) return null;
  return (
    <Section title={t('imports')}>
      <Table.ScrollContainer minWidth={560}>
        <Table>
          <Table.Tbody>
            {data.items.map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td><Instant value={one.fait_le} /></Table.Td>
                <Table.Td>{t(`tableaux.${one.tableau as 'users'}`)}</Table.Td>
                <Table.Td>{one.fichier}</Table.Td>
                <Table.Td ta="end" className="tabular">{number(one.lignes)}</Table.Td>
                <Table.Td>{one.par}</Table.Td>
                <Table.Td ta="end">
                  {one.annule_le ? <Text size="sm" c="dimmed">{t('annule')}</Text> : (
                    <Button size="compact-md" variant="subtle" color="red" loading={undo.busy} onClick={async () => {
                      if (await confirm({ title: t('annuler'), text: t('annuler_texte'), action: t('annuler') })) void undo.run(one.id);
                    }}>{t('annuler')}</Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  );
}
