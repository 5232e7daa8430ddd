//! Pictures and papers of an intervention, those on their way among them.

import { Button, FileButton, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconCamera, IconFile, IconPhoto } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { Mark } from '@/hors_ligne/Mark';
import type { Row } from '@/hors_ligne/row';
import { Section } from '@/ui/Section';
import { open } from '@/ui/documents/files';
import { useSave } from '@/ui/save';
import { prepared } from '../photo';
import { read } from '../readings';
import { type Actions, type Detail, useQueued } from '../work';
import classes from './fiche.module.css';

export function Photos({ work, actions }: { work: Detail; actions: Actions }) {
  const { t } = useTranslation('terrain');
  const { data, dataUpdatedAt } = useQuery(read.documents(work.id));
  const queued = useQueued(work.id, 'photo', dataUpdatedAt);
  const add = useSave(async (files: File[]) => {
    if (files.length) await actions.addPhotos(await Promise.all(files.map(prepared)));
  });
  const show = useSave((document: Schemas['Document']) => open(document));
  return (
    <Section title={t('photos.titre')}>
      <Group gap="xs" grow>
        <FileButton accept="image/*" capture="environment" onChange={(file) => void add.run(file ? [file] : [])}>
          {(props) => <Button {...props} size="lg" leftSection={<IconCamera aria-hidden />} loading={add.busy}>{t('photos.prendre')}</Button>}
        </FileButton>
        <FileButton accept="image/*,application/pdf" multiple onChange={(files) => void add.run(files)}>
          {(props) => <Button {...props} size="lg" variant="default" leftSection={<IconPhoto aria-hidden />} loading={add.busy}>{t('photos.choisir')}</Button>}
        </FileButton>
      </Group>
      {(data?.items.length ?? 0) + queued.length > 0 && (
        <SimpleGrid cols={{ base: 2, xs: 3 }} spacing="sm">
          {queued.map((row) => <Queued key={row.id} row={row} />)}
          {data?.items.map((document) => (
            <Stack key={document.id} gap={4}>
              <Button
                variant="default"
                h={120}
                p={0}
                fullWidth
                styles={{ label: { width: '100%' } }}
                onClick={() => void show.run(document)}
                aria-label={t('photos.ouvrir', { nom: document.nom_fichier })}
              >
                {document.miniature ? <Kept id={document.id} /> : <IconFile size={36} stroke={1.3} style={{ marginInline: 'auto' }} />}
              </Button>
              <Text size="sm" truncate title={document.nom_fichier}>{document.nom_fichier}</Text>
            </Stack>
          ))}
        </SimpleGrid>
      )}
    </Section>
  );
}

/** A picture that is still on the device only. */
function Queued({ row }: { row: Row }) {
  const file = row.parts?.find(({ value }) => typeof value !== 'string');
  return (
    <Stack gap={4}>
      <Picture key={row.id} blob={file?.value as Blob | undefined} name={file?.file} />
      <Mark row={row} />
    </Stack>
  );
}

function Kept({ id }: { id: number }) {
  const { data } = useQuery(read.thumbnail(id));
  return <Picture blob={data} name="" />;
}

/** Read from the device again it is another `Blob` of the same picture: the first is shown until another picture is. */
export function Picture({ blob, name }: { blob: Blob | undefined; name: string | undefined }) {
  const [url, setUrl] = useState<string>();
  const isPicture = blob instanceof Blob && blob.type.startsWith('image/');
  const same = isPicture && `${blob.type} ${blob.size}`;
  useEffect(() => {
    if (!isPicture) return;
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [same]);
  if (url) return <img src={url} alt={name ?? ''} className={classes.photo} />;
  return <Group justify="center" align="center" h={120}><IconPhoto size={36} stroke={1.3} aria-label={name || undefined} aria-hidden={!name} /></Group>;
}
