//! Writing the operations of a checklist: in order, each with the answer that is expected.

import { ActionIcon, Button, Checkbox, Group, NumberInput, Paper, Select, Stack, Text, TextInput, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ifMatch, ok, uuid } from '@/api/client';
import { useDraft } from '@/ui/draft';
import { useSave } from '@/ui/save';

type Operation = Schemas['Operation'];
const TYPES: Operation['type'][] = ['case', 'mesure', 'texte', 'photo'];

/** An operation as it is typed. `key` tells rows apart while they have no number yet. */
type Typed = {
  key: string; id: number | null; libelle: string; type: Operation['type']; consigne: string; obligatoire: boolean;
  unite: string; min: number | ''; max: number | ''; cible: number | '';
};

const blank = (): Typed => ({ key: uuid(), id: null, libelle: '', type: 'case', consigne: '', obligatoire: false, unite: '', min: '', max: '', cible: '' });

const typed = (operation: Operation): Typed => ({
  ...operation, key: String(operation.id), consigne: operation.consigne ?? '', unite: operation.unite ?? '',
  min: operation.min ?? '', max: operation.max ?? '', cible: operation.cible ?? '',
});

function body({ id, libelle, type, consigne, obligatoire, unite, min, max, cible }: Typed): Schemas['OperationDemandee'] {
  const bound = (value: number | '') => (value === '' ? null : value);
  return {
    ...(id !== null && { id }), libelle: libelle.trim(), type, consigne: consigne.trim() || null, obligatoire,
    ...(type === 'mesure' && { unite: unite.trim() || null, min: bound(min), max: bound(max), cible: bound(cible) }),
  };
}

export function Editor({ gamme, first, done }: { gamme: Schemas['GammeDetail']; first: Operation[]; done: () => void }) {
  const { t } = useTranslation('gammes');
  const { t: word } = useTranslation('valeurs');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const form = useForm({
    initialValues: { operations: first.length ? first.map(typed) : [blank()] },
    validate: { operations: { libelle: (value: string) => (value.trim() ? null : common('fiche.requis')) } },
  });
  const draft = useDraft(form, `/gammes/${gamme.id}/operations ${gamme.version}`);
  const save = useSave(async ({ operations }: typeof form.values) => {
    await ok(api.PUT('/api/v1/gammes/{id}/operations', { params: { path: { id: gamme.id }, header: ifMatch(gamme.version) }, body: { operations: operations.map(body) } }));
    await draft.drop();
    await queries.invalidateQueries({ queryKey: ['gammes'] });
    done();
  });
  const { operations } = form.values;
  const move = (from: number, to: number) => form.reorderListItem('operations', { from, to });
  return (
    <form onSubmit={form.onSubmit((values) => void save.run(values))} noValidate>
      <Stack>
        <Stack component="ol" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
          {operations.map((operation, index) => {
            const at = (field: string) => form.getInputProps(`operations.${index}.${field}`);
            const name = operation.libelle || String(index + 1);
            return (
              <Paper key={operation.key} withBorder p="sm" component="li">
                <Stack gap="xs">
                  <Group align="start" wrap="nowrap" gap="xs">
                    <Text fw={600} pt={34} w={28} className="tabular">{index + 1}.</Text>
                    <TextInput label={t('libelle')} required maxLength={200} flex={1} {...at('libelle')} />
                    <Group gap={0} pt={24} wrap="nowrap">
                      <ActionIcon aria-label={t('monter', { libelle: name })} disabled={index === 0} onClick={() => move(index, index - 1)}><IconArrowUp size={20} /></ActionIcon>
                      <ActionIcon aria-label={t('descendre', { libelle: name })} disabled={index === operations.length - 1} onClick={() => move(index, index + 1)}><IconArrowDown size={20} /></ActionIcon>
                      <ActionIcon color="red" aria-label={t('retirer', { libelle: name })} onClick={() => form.removeListItem('operations', index)}><IconTrash size={20} /></ActionIcon>
                    </Group>
                  </Group>
                  <Group align="end" gap="sm" ps={{ base: 0, sm: 36 }}>
                    <Select label={t('type')} w={180} allowDeselect={false} data={TYPES.map((value) => ({ value, label: word(`type_operation.${value}`) }))} {...at('type')} />
                    {operation.type === 'mesure' && (
                      <>
                        <TextInput label={t('unite')} w={100} {...at('unite')} />
                        {(['min', 'cible', 'max'] as const).map((field) => <NumberInput key={field} label={t(field)} w={110} hideControls decimalScale={6} {...at(field)} />)}
                      </>
                    )}
                    <Checkbox size="md" label={t('obligatoire')} pb={8} {...form.getInputProps(`operations.${index}.obligatoire`, { type: 'checkbox' })} />
                  </Group>
                  <Textarea label={t('consigne')} minRows={1} ms={{ base: 0, sm: 36 }} {...at('consigne')} />
                </Stack>
              </Paper>
            );
          })}
        </Stack>
        <Group justify="space-between">
          <Button variant="default" leftSection={<IconPlus size={18} />} onClick={() => form.insertListItem('operations', blank())}>{t('ajouter')}</Button>
          <Group>
            <Button variant="subtle" onClick={done}>{common('annuler')}</Button>
            <Button type="submit" loading={save.busy}>{t('enregistrer_brouillon')}</Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}
