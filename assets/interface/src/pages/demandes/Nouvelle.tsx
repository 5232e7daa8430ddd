import { Alert, Anchor, Button, Checkbox, FileButton, Group, SegmentedControl, Stack, Text, TextInput, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { IconCamera } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useSearch } from 'wouter';
import { type Schemas, api, ok, once } from '@/api/client';
import { PageHead } from '@/ui/PageHead';
import { EquipementSelect } from '@/ui/RemoteSelect';
import { upload } from '@/ui/documents/files';
import { useDraft } from '@/ui/draft';
import { useSave } from '@/ui/save';

const URGENCES: Schemas['Priorite'][] = ['basse', 'normale', 'haute', 'urgente'];

/** Reporting a problem, in under a minute. */
export default function Nouvelle() {
  const { t } = useTranslation('demandes');
  const { t: word } = useTranslation('valeurs');
  const [, go] = useLocation();
  const asked = Number(new URLSearchParams(useSearch()).get('equipement_id')) || null;
  const header = useMemo(once, []);
  const [photos, setPhotos] = useState<File[]>([]);
  const form = useForm({
    initialValues: { equipement_id: asked, titre: '', description: '', urgence: 'normale' as Schemas['Priorite'], arret_equipement: false },
    validate: { titre: (value) => (value.trim() ? null : t('requis')), equipement_id: (value) => (value ? null : t('requis')) },
  });
  const draft = useDraft(form, `/demandes/nouvelle?${asked ?? ''}`);
  const { equipement_id: machine, titre } = form.values;
  const [words] = useDebouncedValue(titre.trim(), 400);
  const known = useQuery({
    queryKey: ['demandes', 'doublons', machine, words],
    queryFn: () => ok(api.GET('/api/v1/demandes/doublons', { params: { query: { equipement_id: machine!, titre: words || undefined } } })),
    enabled: machine !== null,
  });
  const file = useSave(async (values: typeof form.values) => {
    const body = { ...values, equipement_id: values.equipement_id!, titre: values.titre.trim(), description: values.description.trim() || null };
    const made = await ok(api.POST('/api/v1/demandes/', { params: { header: header as object }, body }));
    await draft.drop();
    for (const photo of photos) await upload(photo, { demande_id: made.id }, () => {});
    go(`/demandes/${made.id}`);
  }, form);
  const alike = known.data?.items.slice(0, 3) ?? [];
  return (
    <Stack maw={640}>
      <PageHead title={t('nouvelle')} up={{ href: '/demandes', text: t('titre') }} />
      <form onSubmit={form.onSubmit((values) => void file.run(values))} noValidate>
        <Stack>
          <EquipementSelect label={t('machine')} required value={machine} onChange={(id) => form.setFieldValue('equipement_id', id)} error={form.errors.equipement_id} />
          {alike.length > 0 && (
            <Alert color="blue" title={t('deja')}>
              {alike.map((one) => (
                <Text key={`${one.type}-${one.id}`}>
                  <Anchor component={Link} href={one.type === 'demande' ? `/demandes/${one.id}` : `/interventions/${one.id}`}>{one.titre}</Anchor> — {one.message}
                </Text>
              ))}
            </Alert>
          )}
          <TextInput label={t('quoi')} placeholder={t('quoi_exemple')} required maxLength={200} {...form.getInputProps('titre')} />
          <Textarea label={t('details')} {...form.getInputProps('description')} />
          <Stack gap={4}>
            <Text fw={500} id="urgence">{t('urgence')}</Text>
            <SegmentedControl fullWidth size="md" aria-labelledby="urgence" data={URGENCES.map((value) => ({ value, label: word(`urgence.${value}`) }))} {...form.getInputProps('urgence')} />
          </Stack>
          <Checkbox size="md" label={t('arret')} {...form.getInputProps('arret_equipement', { type: 'checkbox' })} />
          <Group>
            <FileButton multiple accept="image/*" onChange={(added) => setPhotos((before) => [...before, ...added])}>
              {(props) => <Button {...props} variant="light" leftSection={<IconCamera size={20} />}>{t('photos', { count: photos.length })}</Button>}
            </FileButton>
            <Text size="sm" c="dimmed">{photos.map((photo) => photo.name).join(', ')}</Text>
          </Group>
          <Button type="submit" size="lg" loading={file.busy}>{t('envoyer')}</Button>
        </Stack>
      </form>
    </Stack>
  );
}
