//! What is attached to something: pictures as thumbnails, files by name, and how to add more.

import { ActionIcon, Button, FileButton, Group, Progress, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconCamera, IconDownload, IconFile, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok } from '@/api/client';
import { Section } from '@/ui/Section';
import { confirm } from '@/ui/confirm';
import { useSave } from '@/ui/save';
import { open, save, upload } from './files';
import { Thumbnail } from './Thumbnail';

type Parent = { intervention_id?: number; equipement_id?: number; demande_id?: number; planning_id?: number; piece_id?: number };

export function Documents({ parent, canAdd, canDelete }: { parent: Parent; canAdd: boolean; canDelete: boolean }) {
  const { t } = useTranslation('documents');
  const queries = useQueryClient();
  const [share, setShare] = useState<number | null>(null);
  const query = Object.fromEntries(Object.entries(parent).map(([key, id]) => [key, [id]]));
  const { data } = useQuery({
    queryKey: ['documents', parent],
    queryFn: () => ok(api.GET('/api/v1/documents/', { params: { query: { ...query, page_size: 100 } } })),
  });
  const reread = () => queries.invalidateQueries({ queryKey: ['documents'] });
  const add = useSave(async (files: File[]) => {
    try {
      for (const file of files) {
        setShare(0);
        await upload(file, parent, setShare);
      }
    } finally {
      setShare(null);
      await reread();
    }
  });
  const remove = useSave(async (document: Schemas['Document']) => {
    const title = t('supprimer_titre', { nom: document.nom_fichier });
    if (!(await confirm({ title, text: t('supprimer_texte'), action: t('supprimer') }))) return;
    await ok(api.DELETE('/api/v1/documents/{id}', { params: { path: { id: document.id } } }));
    await reread();
  });
  const items = data?.items ?? [];

  return (
    <Section
      title={t('titre')}
      actions={canAdd && (
        <FileButton multiple onChange={(files) => void add.run(files)}>
          {(props) => <Button {...props} size="sm" variant="light" leftSection={<IconCamera size={18} />} loading={add.busy}>{t('ajouter')}</Button>}
        </FileButton>
      )}
    >
      {share !== null && <Progress value={share * 100} aria-label={t('envoi')} animated />}
      {items.length === 0 && <Text c="dimmed">{t('aucun')}</Text>}
      <SimpleGrid cols={{ base: 2, xs: 3, md: 4 }} spacing="sm">
        {items.map((document) => (
          <Stack key={document.id} gap={4}>
            {document.miniature
              ? <Thumbnail document={document} open={() => void open(document)} />
              : (
                <Button variant="default" h={96} fullWidth onClick={() => void open(document)} aria-label={t('ouvrir', { nom: document.nom_fichier })}>
                  <IconFile size={36} stroke={1.3} />
                </Button>
              )}
            <Group gap={2} wrap="nowrap">
              <Text size="sm" truncate flex={1} title={document.nom_fichier}>{document.nom_fichier}</Text>
              <ActionIcon size={36} aria-label={t('telecharger', { nom: document.nom_fichier })} onClick={() => void save(document)}><IconDownload size={18} /></ActionIcon>
              {canDelete && (
                <ActionIcon size={36} color="red" aria-label={t('supprimer_un', { nom: document.nom_fichier })} onClick={() => void remove.run(document)}><IconTrash size={18} /></ActionIcon>
              )}
            </Group>
          </Stack>
        ))}
      </SimpleGrid>
    </Section>
  );
}
