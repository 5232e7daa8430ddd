//! A sheet of labels to print: code, name, and what a phone scans.

import { Button, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearch } from 'wouter';
import { api, ok } from '@/api/client';
import { PageHead } from '@/ui/PageHead';
import { content } from '@/ui/documents/files';
import classes from './Etiquettes.module.css';

export default function Etiquettes() {
  const { t } = useTranslation('equipements');
  const { t: common } = useTranslation();
  const ids = new URLSearchParams(useSearch()).getAll('id').map(Number).filter(Boolean);
  return (
    <Stack>
      <PageHead title={t('etiquettes', { count: ids.length })} up={{ href: '/equipements', text: t('titre') }}>
        <Button leftSection={<IconPrinter size={18} />} onClick={() => window.print()}>{common('imprimer')}</Button>
      </PageHead>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} className={classes.sheet}>
        {ids.map((id) => <Etiquette key={id} id={id} />)}
      </SimpleGrid>
    </Stack>
  );
}

function Etiquette({ id }: { id: number }) {
  const { data } = useQuery({ queryKey: ['equipements', id], queryFn: () => ok(api.GET('/api/v1/equipements/{id}', { params: { path: { id } } })) });
  const code = useQuery({ queryKey: ['equipements', id, 'qr'], queryFn: () => content(`/api/v1/equipements/${id}/qr.svg`), staleTime: Infinity });
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!code.data) return;
    const made = URL.createObjectURL(code.data);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [code.data]);
  return (
    <figure className={classes.label}>
      {url ? <img src={url} alt="" width={110} height={110} /> : <Skeleton w={110} h={110} />}
      <figcaption>
        <Text fw={700} size="lg">{data?.code}</Text>
        <Text size="sm">{data?.nom}</Text>
        <Text size="xs">{data?.site_nom}</Text>
      </figcaption>
    </figure>
  );
}
