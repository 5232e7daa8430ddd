//! What can be done to all the interventions that are ticked.

import { Button, Group, List, Modal, Paper, Progress, Stack, Text } from '@mantine/core';
import { IconBan, IconPrinter, IconUserCheck, IconX } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ifMatch, ok } from '@/api/client';
import { askFor } from '@/ui/confirm';
import { TechnicienSelect } from '@/ui/RemoteSelect';
import { tell } from '@/ui/toast';
import { Bons } from './Bons';
import { type Outcome, toEach } from './toEach';

type Props = { chosen: ReadonlySet<number>; choose: (chosen: Set<number>) => void };
type Detail = Schemas['InterventionDetail'];

export function Groupe({ chosen, choose }: Props) {
  const { t } = useTranslation('interventions');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const [assigning, setAssigning] = useState(false);
  const [printing, setPrinting] = useState<number[] | null>(null);
  const [progress, setProgress] = useState<{ done: number; of: number } | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);

  const run = async (change: (intervention: Detail) => Promise<unknown>) => {
    const ids = [...chosen];
    setProgress({ done: 0, of: ids.length });
    try {
      const result = await toEach(ids, change, (done) => setProgress({ done, of: ids.length }), common('erreur.sans_reseau_texte'));
      if (result.refused.length) setOutcome(result);
      else tell({ message: t('groupe.faites', { count: result.done }) });
      choose(new Set(result.refused.map(({ id }) => id)));
    } finally {
      setProgress(null);
      void queries.invalidateQueries({ queryKey: ['interventions'] });
    }
  };
  const cancel = async () => {
    const remarque = await askFor({
      title: t('groupe.annuler_titre', { count: chosen.size }),
      label: t('groupe.motif'),
      action: t('groupe.annuler'),
      danger: true,
    });
    if (!remarque) return;
    await run(({ id, version }) =>
      ok(api.PATCH('/api/v1/interventions/{id}/statut', { params: { path: { id }, header: ifMatch(version) }, body: { statut: 'annule', remarque } })));
  };
  const assign = async (technicien_id: number) => {
    setAssigning(false);
    await run(({ id, version }) =>
      ok(api.PATCH('/api/v1/interventions/{id}', { params: { path: { id }, header: ifMatch(version) }, body: { technicien_id } })));
  };

  return (
    <>
      {chosen.size > 0 && (
        <Paper withBorder shadow="md" p="xs" pos="sticky" bottom={12} mx="auto" className="no-print" style={{ zIndex: 5 }} role="region" aria-label={t('groupe.titre')}>
          <Group gap="xs">
            <Text fw={600} px="xs" role="status">{common('liste.choisies', { count: chosen.size })}</Text>
            <Button variant="light" leftSection={<IconUserCheck size={18} />} onClick={() => setAssigning(true)}>{t('groupe.affecter')}</Button>
            <Button variant="light" leftSection={<IconPrinter size={18} />} loading={printing !== null} onClick={() => setPrinting([...chosen])}>{t('groupe.imprimer')}</Button>
            <Button variant="light" color="red" leftSection={<IconBan size={18} />} onClick={() => void cancel()}>{t('groupe.annuler')}</Button>
            <Button variant="subtle" leftSection={<IconX size={18} />} onClick={() => choose(new Set())}>{t('groupe.rien_choisir')}</Button>
          </Group>
        </Paper>
      )}
      <Modal opened={assigning} onClose={() => setAssigning(false)} title={t('groupe.affecter_titre', { count: chosen.size })}>
        <Assign run={(technicien) => void assign(technicien)} />
      </Modal>
      <Modal opened={progress !== null} onClose={() => {}} withCloseButton={false} title={t('groupe.en_cours')}>
        {progress && (
          <Stack>
            <Progress value={(100 * progress.done) / progress.of} aria-label={t('groupe.en_cours')} />
            <Text role="status" className="tabular">{t('groupe.avance', progress)}</Text>
          </Stack>
        )}
      </Modal>
      <Modal opened={outcome !== null} onClose={() => setOutcome(null)} title={t('groupe.refusees', { count: outcome?.refused.length ?? 0 })}>
        {outcome && (
          <Stack>
            <Text>{t('groupe.faites', { count: outcome.done })}</Text>
            <List spacing="xs" listStyleType="none">
              {outcome.refused.map(({ id, numero, why }) => <List.Item key={id}><Text span fw={600} className="tabular">{numero}</Text> : {why}</List.Item>)}
            </List>
            <Text size="sm" c="dimmed">{t('groupe.restent_choisies')}</Text>
          </Stack>
        )}
      </Modal>
      {printing && <Bons ids={printing} done={() => setPrinting(null)} />}
    </>
  );
}

function Assign({ run }: { run: (technicien: number) => void }) {
  const { t } = useTranslation('interventions');
  const [technicien, setTechnicien] = useState<number | null>(null);
  return (
    <Stack>
      <TechnicienSelect label={t('champ.technicien')} data-autofocus value={technicien} onChange={setTechnicien} />
      <Text size="sm" c="dimmed">{t('groupe.sans_creneau')}</Text>
      <Group justify="end"><Button disabled={technicien === null} onClick={() => technicien !== null && run(technicien)}>{t('groupe.affecter')}</Button></Group>
    </Stack>
  );
}
