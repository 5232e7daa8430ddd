//! The backups: made, taken away, rehearsed. Bringing one back is a command of the machine, and said here.

import { ActionIcon, Alert, Button, Code, Group, Stack, Table, Text, Tooltip } from '@mantine/core';
import { IconDatabase, IconDatabaseExport, IconDownload, IconLifebuoy } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok } from '@/api/client';
import { PageHead } from '@/ui/PageHead';
import { Section } from '@/ui/Section';
import { Word } from '@/ui/badges';
import { confirm } from '@/ui/confirm';
import { content, saveAs } from '@/ui/documents/files';
import { Instant, ago, number, size } from '@/ui/format';
import { useSave } from '@/ui/save';
import { Empty, Loading, Trouble } from '@/ui/states';

const JOB = 'sauvegarde';

export default function Sauvegardes() {
  const { t } = useTranslation('serveur');
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: ['serveur'] });
  const jobs = useQuery({
    queryKey: ['serveur', 'taches'],
    queryFn: () => ok(api.GET('/api/v1/planning/taches', { params: { query: { tache: [JOB], page_size: 1 } } })),
    refetchInterval: 5000,
  });
  const job = jobs.data?.taches.find(({ nom }) => nom === JOB);
  const { data, error, refetch } = useQuery({
    // Its end brings another file.
    queryKey: ['serveur', 'sauvegardes', job?.derniere?.id ?? 0],
    queryFn: () => ok(api.GET('/api/v1/admin/sauvegardes/')),
    placeholderData: (before) => before,
    refetchInterval: ({ state }) => (state.data?.items.some(({ exercice }) => exercice && !exercice.termine_le) ? 2000 : 30_000),
  });
  const make = useSave(async () => {
    await ok(api.POST('/api/v1/planning/taches/{nom}/lancer', { params: { path: { nom: JOB } } }));
    await again();
  });
  const rehearse = useSave(async (nom: string) => {
    await ok(api.POST('/api/v1/admin/sauvegardes/{nom}/exercice', { params: { path: { nom } } }));
    await again();
  });
  const take = useSave(async (nom: string) => {
    if (!(await confirm({ title: t('emporter'), text: t('emporter_texte'), action: t('emporter'), danger: false }))) return;
    saveAs(await content(`/api/v1/admin/sauvegardes/${nom}/contenu`), nom);
  });
  if (!data || !jobs.data) {
    const trouble = error ?? jobs.error;
    return trouble ? <Trouble error={trouble} retry={() => void Promise.all([refetch(), jobs.refetch()])} /> : <Loading />;
  }
  const making = make.busy || job?.en_cours === true;
  return (
    <Stack>
      <PageHead title={t('sauvegardes')}>
        <Button leftSection={<IconDatabaseExport size={18} />} loading={making} onClick={() => void make.run()}>{t('sauvegarder')}</Button>
      </PageHead>
      {data.en_retard && <Alert color="red" role="status">{data.total === 0 ? t('aucune_texte') : t('en_retard')}</Alert>}
      {job?.derniere?.erreur && <Alert color="red" role="status">{t('derniere_echouee')} <Instant value={job.derniere.date} /> : {job.derniere.erreur}</Alert>}
      <Text size="sm" c="dimmed">{t('gardees')} {job?.prochaine && <>{t('prochaine')} <Instant value={job.prochaine} />.</>}</Text>
      {data.total === 0 ? <Empty icon={IconDatabase} title={t('aucune')} /> : (
        <Section title={t('liste')}>
          <Table.ScrollContainer minWidth={680}>
            <Table verticalSpacing="xs">
              <Table.Thead><Table.Tr><Table.Th>{t('faite')}</Table.Th><Table.Th ta="end">{t('taille')}</Table.Th><Table.Th>{t('exercice')}</Table.Th><Table.Th /></Table.Tr></Table.Thead>
              <Table.Tbody>
                {data.items.map(({ nom, faite_le, octets, exercice }) => (
                  <Table.Tr key={nom}>
                    <Table.Td><Text size="sm"><Instant value={faite_le} /> <Text span c="dimmed" size="sm">({ago(faite_le)})</Text></Text><Text size="xs" c="dimmed" dir="ltr">{nom}</Text></Table.Td>
                    <Table.Td ta="end" className="tabular">{size(octets)}</Table.Td>
                    <Table.Td>{exercice && <Drill drill={exercice} />}</Table.Td>
                    <Table.Td>
                      <Group gap="xs" justify="end" wrap="nowrap">
                        <Button size="compact-md" variant="light" leftSection={<IconLifebuoy size={16} />} loading={exercice?.termine_le === null} onClick={() => void rehearse.run(nom)}>{t('exercer')}</Button>
                        <Tooltip label={t('emporter')}><ActionIcon variant="subtle" aria-label={`${t('emporter')} ${nom}`} loading={take.busy} onClick={() => void take.run(nom)}><IconDownload size={18} /></ActionIcon></Tooltip>
                      </Group>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
          <Text size="sm">{t('dossier')} <Code dir="ltr">{data.dossier}</Code></Text>
        </Section>
      )}
      <Section title={t('restaurer')}>
        <Text size="sm">{t('restaurer_texte')}</Text>
        <Code block dir="ltr" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{`systemctl stop erp-interventions\nerp-interventions restore ${data.dossier}/${data.items[0]?.nom ?? 'erp-….tar.zst'} --data-dir ${data.dossier.replace(/[\\/]backups$/, '')}\nsystemctl start erp-interventions`}</Code>
      </Section>
    </Stack>
  );
}

/** How a restore drill went, and what was written since the backup. */
function Drill({ drill }: { drill: Schemas['Exercice'] }) {
  const { t } = useTranslation('serveur');
  if (!drill.termine_le) return <Word color="blue">{t('exercice_en_cours')}</Word>;
  if (drill.erreur) return <><Word color="red">{t('exercice_echoue')}</Word> <Text size="sm">{drill.erreur}</Text></>;
  const since = drill.ecarts.filter(({ table }) => t(`tables.${table as 'interventions'}`, '') !== '').map(({ table, sauvegarde, maintenant }) => `${t(`tables.${table as 'interventions'}`)} ${number(sauvegarde)} → ${number(maintenant)}`);
  return (
    <>
      <Word color="teal">{t('exercice_reussi')}</Word>{' '}
      <Text size="sm" c="dimmed"><Instant value={drill.termine_le} /> · {t('exercice_detail', { duree: number((drill.duree_ms ?? 0) / 1000, 1), taille: size(drill.octets ?? 0), count: drill.documents ?? 0 })}</Text>
      {since.length > 0 && <Text size="sm" c="dimmed">{t('depuis')} {since.join(', ')}</Text>}
    </>
  );
}
