//! The hours of somebody's week.

import { Button, Group, Modal, SimpleGrid, Stack, Table, Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ifMatch, ok } from '@/api/client';
import { useRunsThePlant } from '@/session/session';
import { Section } from '@/ui/Section';
import { useSave } from '@/ui/save';
import { JOURS, type Texts, ranges, toHoraire, toTexts } from './horaire';

type Technicien = Schemas['Technicien'];

export function Horaire({ technicien }: { technicien: Technicien }) {
  const { t } = useTranslation('techniciens');
  const runsThePlant = useRunsThePlant();
  const [open, { open: show, close }] = useDisclosure();
  const { horaire } = technicien;
  return (
    <Section title={t('horaire')} actions={runsThePlant && <Button variant="default" leftSection={<IconPencil size={18} />} onClick={show}>{t('modifier_horaire')}</Button>}>
      {!horaire ? <Text c="dimmed">{t('sans_horaire')}</Text> : (
        <Table>
          <Table.Tbody>
            {JOURS.map((jour) => (
              <Table.Tr key={jour}>
                <Table.Th scope="row" w={140}>{t(`jours.${jour}`)}</Table.Th>
                <Table.Td className="tabular">{horaire[jour]?.map(([from, to]) => `${from} – ${to}`).join(', ') || t('non_travaille')}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Modal opened={open} onClose={close} size="lg" title={t('horaire')}><Editor technicien={technicien} done={close} /></Modal>
    </Section>
  );
}

function Editor({ technicien, done }: { technicien: Technicien; done: () => void }) {
  const { t } = useTranslation('techniciens');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const isRanges = (value: string) => (ranges(value) ? null : t('plage_fausse'));
  const form = useForm<Texts>({
    initialValues: toTexts(technicien.horaire),
    validate: Object.fromEntries(JOURS.map((jour) => [jour, isRanges])),
  });
  const save = useSave(async (texts: Texts) => {
    await ok(api.PATCH('/api/v1/techniciens/{id}', { params: { path: { id: technicien.id }, header: ifMatch(technicien.version) }, body: { horaire: toHoraire(texts) } }));
    await queries.invalidateQueries({ queryKey: ['techniciens'] });
    done();
  });
  return (
    <form onSubmit={form.onSubmit((values) => void save.run(values))} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">{t('horaire_aide')}</Text>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {JOURS.map((jour) => <Textarea key={jour} label={t(`jours.${jour}`)} minRows={2} placeholder="08:00-12:00" {...form.getInputProps(jour)} />)}
        </SimpleGrid>
        <Group justify="end"><Button type="submit" loading={save.busy}>{common('enregistrer')}</Button></Group>
      </Stack>
    </form>
  );
}
