//! What somebody knows, how well, and until when it counts.

import { ActionIcon, Button, Group, Modal, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ifMatch, ok } from '@/api/client';
import { useRunsThePlant } from '@/session/session';
import { Section } from '@/ui/Section';
import { Word } from '@/ui/badges';
import { day } from '@/ui/format';
import { DayInput } from '@/ui/moment/Moment';
import { isUnread } from '@/ui/moment/typed';
import { useSave } from '@/ui/save';

type Technicien = Schemas['Technicien'];

/** Within so many days, an end is worth a word. */
const SOON = 60;
const endsSoon = (until: string) => Date.parse(`${until}T23:59:59Z`) - Date.now() < SOON * 86_400_000;

export function Competences({ technicien }: { technicien: Technicien }) {
  const { t } = useTranslation('techniciens');
  const runsThePlant = useRunsThePlant();
  const [open, { open: show, close }] = useDisclosure();
  return (
    <Section title={t('competences')} actions={runsThePlant && <Button variant="default" leftSection={<IconPencil size={18} />} onClick={show}>{t('modifier_competences')}</Button>}>
      {technicien.competences.length === 0 && <Text c="dimmed">{t('aucune')}</Text>}
      {technicien.competences.map((skill) => (
        <Group key={skill.competence_id} justify="space-between">
          <Text>{skill.nom}</Text>
          <Group gap="sm">
            <Text size="sm" c="dimmed">{t('niveau', { niveau: skill.niveau })}</Text>
            {skill.valide_jusqu_au && <Text size="sm">{t('jusqu_au')} {day(skill.valide_jusqu_au)}</Text>}
            {skill.expiree ? <Word color="red">{t('expiree')}</Word> : skill.valide_jusqu_au && endsSoon(skill.valide_jusqu_au) && <Word color="orange">{t('expire_bientot')}</Word>}
          </Group>
        </Group>
      ))}
      <Modal opened={open} onClose={close} size="lg" title={t('competences')}><Editor technicien={technicien} done={close} /></Modal>
    </Section>
  );
}

function Editor({ technicien, done }: { technicien: Technicien; done: () => void }) {
  const { t } = useTranslation('techniciens');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const known = useQuery({
    queryKey: ['competences', 'toutes'],
    queryFn: async () => (await ok(api.GET('/api/v1/techniciens/competences', { params: { query: { page_size: 200 } } }))).items,
  });
  const form = useForm({
    initialValues: {
      competences: technicien.competences.map(({ competence_id, niveau, valide_jusqu_au }) => ({ competence_id: String(competence_id) as string | null, niveau, valide_jusqu_au: valide_jusqu_au ?? null as string | null })),
    },
    validate: { competences: { competence_id: (value: string | null) => (value ? null : common('fiche.requis')), valide_jusqu_au: (value: string | null) => (isUnread(value) ? common('dates.jour_illisible') : null) } },
  });
  const save = useSave(async ({ competences }: typeof form.values) => {
    const body = { competences: competences.map(({ competence_id, ...rest }) => ({ ...rest, competence_id: Number(competence_id) })) };
    await ok(api.PATCH('/api/v1/techniciens/{id}', { params: { path: { id: technicien.id }, header: ifMatch(technicien.version) }, body }));
    await queries.invalidateQueries({ queryKey: ['techniciens'] });
    done();
  });
  return (
    <form onSubmit={form.onSubmit((values) => void save.run(values))} noValidate>
      <Stack>
        {form.values.competences.map((skill, index) => (
          <Group key={`${index}-${skill.competence_id}`} align="end" gap="xs">
            <Select label={t('competence')} flex={1} miw={180} searchable data={(known.data ?? []).map(({ id, nom }) => ({ value: String(id), label: nom }))} {...form.getInputProps(`competences.${index}.competence_id`)} />
            <NumberInput label={t('niveau_court')} w={140} min={1} max={4} {...form.getInputProps(`competences.${index}.niveau`)} />
            <DayInput label={t('valide')} w={160} clearable {...form.getInputProps(`competences.${index}.valide_jusqu_au`)} value={form.values.competences[index]!.valide_jusqu_au} />
            <ActionIcon color="red" aria-label={`${common('supprimer')} : ${known.data?.find(({ id }) => String(id) === skill.competence_id)?.nom ?? index + 1}`} onClick={() => form.removeListItem('competences', index)}><IconTrash size={20} /></ActionIcon>
          </Group>
        ))}
        <Group justify="space-between">
          <Button variant="default" leftSection={<IconPlus size={18} />} onClick={() => form.insertListItem('competences', { competence_id: null, niveau: 1, valide_jusqu_au: null })}>{t('ajouter_competence')}</Button>
          <Button type="submit" loading={save.busy}>{common('enregistrer')}</Button>
        </Group>
      </Stack>
    </form>
  );
}
