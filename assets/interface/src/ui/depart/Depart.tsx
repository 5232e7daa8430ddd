//! Leaving: what is somebody's, to whom it goes, and then where all of it went.

import { Alert, Button, Group, List, Modal, Radio, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas } from '@/api/client';
import { TechnicienSelect } from '@/ui/RemoteSelect';
import { useSave } from '@/ui/save';
import { Loading, Trouble } from '@/ui/states';
import { Resultat } from './Resultat';

type Remise = Schemas['Remise'];

export type Leaving = {
  /** What happens: the heading of the dialog, and what its button says. */
  title: string;
  text: string;
  action: string;
  /** Under which what is theirs is read. */
  queryKey: unknown[];
  read: () => Promise<Schemas['ARemettre']>;
  /** Does it; without a body nothing was theirs. Answers where all of it went. */
  close: (body: { remis_a?: number | null }) => Promise<Remise | null | undefined>;
};

/** Asks « à qui remettre ? » in a dialog, then says what went where. */
export function Depart({ leaving, done }: { leaving: Leaving | null; done: () => void }) {
  return (
    <Modal opened={leaving !== null} onClose={done} title={leaving?.title} size="lg">
      {leaving && <Asked leaving={leaving} done={done} />}
    </Modal>
  );
}

function Asked({ leaving, done }: { leaving: Leaving; done: () => void }) {
  const { t } = useTranslation('depart');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const [result, setResult] = useState<Remise | null>(null);
  // What is theirs may have changed since it was last asked.
  const { data, error, refetch, isFetching } = useQuery({ queryKey: leaving.queryKey, queryFn: leaving.read, staleTime: 0 });
  const form = useForm({
    initialValues: { choix: 'technicien' as 'technicien' | 'vivier', remis_a: null as number | null },
    validate: { remis_a: (id, { choix }) => (choix === 'technicien' && id === null && (data?.total ?? 0) > 0 ? t('choisir') : null) },
  });
  const save = useSave(async ({ choix, remis_a }: typeof form.values) => {
    const asks = (data?.total ?? 0) > 0;
    const made = await leaving.close(asks ? { remis_a: choix === 'vivier' ? null : remis_a } : {});
    await Promise.all(['techniciens', 'utilisateurs', 'users', 'interventions', 'planning'].map((name) => queries.invalidateQueries({ queryKey: [name] })));
    if (made && made.lignes.length > 0) setResult(made);
    else done();
  }, form);
  if (result) return <Resultat remise={result} done={done} />;
  if (!data) return error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />;
  const theirs = data.lots.filter((lot) => lot.a_remettre);
  const beside = data.lots.filter((lot) => !lot.a_remettre);
  return (
    <form onSubmit={form.onSubmit((values) => void save.run(values))}>
      <Stack>
        <Text>{leaving.text}</Text>
        {theirs.length === 0 && <Text c="dimmed">{t('rien', { nom: data.nom })}</Text>}
        {theirs.length > 0 && (
          <>
            <Alert color="orange" title={t('a_lui', { nom: data.nom })}><Lots lots={theirs} /></Alert>
            <Radio.Group label={t('a_qui')} {...form.getInputProps('choix')}>
              <Stack gap="xs" mt="xs">
                <Radio value="technicien" label={t('technicien')} description={t('technicien_aide')} />
                <Radio value="vivier" label={t('vivier')} description={t('vivier_aide')} />
              </Stack>
            </Radio.Group>
            {form.values.choix === 'technicien' && (
              <TechnicienSelect label={t('repreneur')} withAsterisk except={data.technicien_id ?? undefined} value={form.values.remis_a} error={form.errors.remis_a} onChange={(id) => form.setFieldValue('remis_a', id)} />
            )}
          </>
        )}
        {beside.length > 0 && <Alert color="gray" title={t('aussi')}><Lots lots={beside} /></Alert>}
        <Group justify="end">
          <Button variant="default" onClick={done}>{common('annuler')}</Button>
          <Button type="submit" loading={save.busy} disabled={isFetching}>{leaving.action}</Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What is theirs, kind by kind, with what becomes of those kinds that nobody takes over. */
function Lots({ lots }: { lots: Schemas['Lot'][] }) {
  const { t } = useTranslation('depart');
  return (
    <List listStyleType="none" spacing="xs">
      {lots.map((lot) => (
        <List.Item key={lot.type}>
          <Text fw={600} size="sm">{t(`types.${lot.type as 'interventions'}`, { count: lot.nombre })}</Text>
          <Text size="sm" dir="auto">
            {lot.type === 'lien_calendrier' ? t('lien_texte') : lot.items.map(({ nom, detail }) => (detail ? `${nom} ${detail}` : nom)).join(' · ')}
            {lot.reste > 0 && ` ${t('et_autres', { count: lot.reste })}`}
          </Text>
          {lot.type === 'vues' && <Text size="sm" c="dimmed">{t('vues_texte')}</Text>}
          {lot.type === 'demandes' && <Text size="sm" c="dimmed">{t('demandes_texte')}</Text>}
        </List.Item>
      ))}
    </List>
  );
}
