//! Saved views: the filters of a list under a name, one's own or shared.

import { Button, Checkbox, Group, Menu, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconBookmark, IconBookmarkPlus, IconTrash, IconUsers } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { type Schemas, api, ok, once } from '@/api/client';
import { useRunsThePlant } from '@/session/session';
import { confirm } from '@/ui/confirm';
import { useSave } from '@/ui/save';
import { type ListState, asQuery, write } from './address';

type Vue = Schemas['Vue'];

/** The address that a view stands for; `parametres` may come from any client of the API. */
export function addressOf(parametres: Vue['parametres']): string {
  const state: ListState = { q: '', tri: '', filters: {} };
  for (const [key, value] of Object.entries(parametres)) {
    const values = (Array.isArray(value) ? value : [value]).map(String);
    if (key === 'q' || key === 'tri') state[key] = values[0] ?? '';
    else state.filters[key] = values;
  }
  return write(state);
}

/** The same for the same filters, in whatever order they were chosen. */
function sorted(address: string): string {
  const search = new URLSearchParams(address);
  search.sort();
  return search.toString();
}

export function Vues({ liste, state }: { liste: Vue['liste']; state: ListState }) {
  const { t } = useTranslation();
  const [location] = useLocation();
  const queries = useQueryClient();
  const [saving, { open, close }] = useDisclosure(false);
  const vues = useQuery({
    queryKey: ['vues', liste],
    queryFn: async () => (await ok(api.GET('/api/v1/filters/vues', { params: { query: { liste: [liste], page_size: 200 } } }))).items,
    staleTime: 60_000,
  });
  const reread = () => queries.invalidateQueries({ queryKey: ['vues', liste] });
  const remove = useSave(async (vue: Vue) => {
    await ok(api.DELETE('/api/v1/filters/vues/{id}', { params: { path: { id: vue.id } } }));
    await reread();
  });
  const here = sorted(write(state));
  const current = vues.data?.find((vue) => sorted(addressOf(vue.parametres)) === here);

  return (
    <>
      <Menu position="bottom-end" width={320} withinPortal>
        <Menu.Target>
          <Button variant="default" leftSection={<IconBookmark size={18} />} maw={260}>{current?.nom ?? t('vues.titre')}</Button>
        </Menu.Target>
        <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
          {vues.data?.length === 0 && <Text size="sm" c="dimmed" p="xs">{t('vues.aucune')}</Text>}
          {vues.data?.map((vue) => {
            const to = addressOf(vue.parametres);
            return (
              <Group key={vue.id} gap={0} wrap="nowrap">
                <Menu.Item
                  component={Link}
                  href={to ? `${location}?${to}` : location}
                  flex={1}
                  mih={44}
                  fw={vue === current ? 650 : undefined}
                  aria-current={vue === current ? 'page' : undefined}
                  rightSection={vue.partagee && <IconUsers size={16} role="img" aria-label={t('vues.partagee')} />}
                >
                  {vue.nom}
                </Menu.Item>
                {vue.mienne && (
                  <Menu.Item
                    w={44}
                    mih={44}
                    px={12}
                    aria-label={t('vues.supprimer', { nom: vue.nom })}
                    onClick={async () => {
                      const text = t(vue.partagee ? 'vues.supprimer_partagee' : 'vues.supprimer_texte');
                      if (await confirm({ title: t('vues.supprimer', { nom: vue.nom }), text, action: t('supprimer') })) void remove.run(vue);
                    }}
                  >
                    <IconTrash size={18} />
                  </Menu.Item>
                )}
              </Group>
            );
          })}
          <Menu.Divider />
          <Menu.Item leftSection={<IconBookmarkPlus size={18} />} mih={44} onClick={open}>{t('vues.enregistrer')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={saving} onClose={close} title={t('vues.enregistrer')}>
        <Save liste={liste} state={state} done={async () => { await reread(); close(); }} />
      </Modal>
    </>
  );
}

function Save({ liste, state, done }: { liste: Vue['liste']; state: ListState; done: () => Promise<void> }) {
  const { t } = useTranslation();
  const runsThePlant = useRunsThePlant();
  const form = useForm({ initialValues: { nom: '', partagee: false } });
  const save = useSave(async (values: typeof form.values) => {
    const body = { liste, nom: values.nom.trim(), partagee: values.partagee, parametres: asQuery(state) };
    await ok(api.POST('/api/v1/filters/vues', { params: { header: once() }, body }));
    await done();
  }, form);
  return (
    <form onSubmit={form.onSubmit((values) => void save.run(values))}>
      <Stack>
        <Text size="sm" c="dimmed">{t('vues.texte')}</Text>
        <TextInput label={t('vues.nom')} required maxLength={100} data-autofocus {...form.getInputProps('nom')} />
        <Checkbox label={t(runsThePlant ? 'vues.partager' : 'vues.partager_siens')} {...form.getInputProps('partagee', { type: 'checkbox' })} />
        <Group justify="end"><Button type="submit" loading={save.busy}>{t('enregistrer')}</Button></Group>
      </Stack>
    </form>
  );
}
