import { Skeleton, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { content } from './files';

/** A picture in small; pressed, it opens. */
export function Thumbnail({ document, open }: { document: Schemas['Document']; open: () => void }) {
  const { t } = useTranslation('documents');
  const { data } = useQuery({
    queryKey: ['documents', document.id, 'miniature'],
    queryFn: () => content(`/api/v1/documents/${document.id}/miniature`),
    staleTime: Infinity,
    // A blob cannot be kept on the device.
    meta: { ephemeral: true },
  });
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!(data instanceof Blob)) return;
    const made = URL.createObjectURL(data);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [data]);
  return (
    <UnstyledButton onClick={open} aria-label={t('ouvrir', { nom: document.nom_fichier })}>
      {url
        ? <img src={url} alt="" width="100%" height={96} style={{ objectFit: 'cover', borderRadius: 8, display: 'block' }} />
        : <Skeleton h={96} />}
    </UnstyledButton>
  );
}
