import { Alert, Button, FileButton, Group, SegmentedControl, SimpleGrid, Stack, Switch, Text, TextInput, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconCamera } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok, uuid } from '@/api/client';
import { useOutbox } from '@/hors_ligne/envois';
import type { NewRow } from '@/hors_ligne/row';
import { useSave } from '@/ui/save';
import { Formulaire } from '../fiche/Formulaire';
import { Picture } from '../fiche/Photos';
import { prepared } from '../photo';

type Taken = { blob: Blob; name: string };
const URGENCES = ['basse', 'normale', 'haute', 'urgente'] as const satisfies Schemas['Priorite'][];

/** A problem, told in under a minute; it waits on the device where there is no reception. */
export function Signaler({ machine, close }: { machine: Schemas['Equipement']; close: () => void }) {
  const { t } = useTranslation('terrain');
  const { t: common } = useTranslation();
  const { t: word } = useTranslation('valeurs');
  const { add } = useOutbox();
  const [photos, setPhotos] = useState<Taken[]>([]);
  const { data: known } = useQuery({
    queryKey: ['demandes', 'doublons', machine.id],
    queryFn: () => ok(api.GET('/api/v1/demandes/doublons', { params: { query: { equipement_id: machine.id } } })),
  });
  const form = useForm({
    initialValues: { titre: '', description: '', urgence: 'normale' as Schemas['Priorite'], arret_equipement: false },
    validate: { titre: (titre) => (titre.trim() ? null : t('signaler.titre_requis')) },
  });
  const take = useSave(async (file: File) => {
    const taken = await prepared(file);
    setPhotos((now) => [...now, taken]);
  });
  const submit = form.onSubmit(async ({ titre, description, urgence, arret_equipement }) => {
    const id = uuid();
    const common = { subject: `signalement:${id}`, about: `${machine.code} · ${machine.nom}`, method: 'POST' } as const;
    const report: NewRow = {
      ...common, id, kind: 'signalement', path: '/api/v1/demandes/',
      body: { equipement_id: machine.id, titre: titre.trim(), description: description.trim() || null, urgence, arret_equipement },
    };
    const pictures = photos.map(({ blob, name }): NewRow => (
      { ...common, kind: 'photo', path: '/api/v1/documents/', parts: [{ name: 'file', value: blob, file: name }], needs: { row: id, field: 'demande_id' } }
    ));
    if (await add(report, ...pictures)) close();
  });
  return (
    <Formulaire title={t('machine.signaler')} close={close}>
      <form onSubmit={submit} noValidate>
        <Stack>
          {known && known.items.length > 0 && (
            <Alert color="yellow" title={t('signaler.deja')}>
              {known.items.slice(0, 5).map((one) => <Text key={`${one.type}-${one.id}`} size="sm">{one.numero} · {one.titre} ({one.statut_libelle})</Text>)}
            </Alert>
          )}
          <TextInput label={t('signaler.titre')} size="lg" required maxLength={200} data-autofocus {...form.getInputProps('titre')} />
          <Textarea label={t('signaler.description')} size="lg" maxLength={5000} {...form.getInputProps('description')} />
          <Stack gap={4}>
            <Text id="urgence" fw={500}>{t('signaler.urgence')}</Text>
            <SegmentedControl aria-labelledby="urgence" fullWidth size="md" styles={{ label: { paddingInline: 4 } }} data={URGENCES.map((value) => ({ value, label: word(`urgence.${value}`) }))} {...form.getInputProps('urgence')} />
          </Stack>
          <Switch size="lg" label={t('signaler.arret')} {...form.getInputProps('arret_equipement', { type: 'checkbox' })} />
          <FileButton accept="image/*" capture="environment" onChange={(file) => file && void take.run(file)}>
            {(props) => <Button {...props} size="lg" variant="default" leftSection={<IconCamera aria-hidden />} loading={take.busy}>{t('photos.prendre')}</Button>}
          </FileButton>
          {photos.length > 0 && <SimpleGrid cols={3}>{photos.map(({ blob, name }, at) => <Picture key={`${name}-${at}`} blob={blob} name={name} />)}</SimpleGrid>}
          <Group grow preventGrowOverflow={false}>
            <Button size="xl" variant="default" onClick={close}>{common('annuler')}</Button>
            <Button size="xl" type="submit">{t('signaler.envoyer')}</Button>
          </Group>
        </Stack>
      </form>
    </Formulaire>
  );
}
