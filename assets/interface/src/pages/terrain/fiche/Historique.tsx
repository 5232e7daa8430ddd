import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Section } from '@/ui/Section';
import { Instant } from '@/ui/format';
import { read } from '../readings';
import type { Detail } from '../work';

export function Historique({ work }: { work: Detail }) {
  const { t } = useTranslation('terrain');
  const { t: word } = useTranslation('valeurs');
  const { data } = useQuery(read.history(work.id));
  if (!data?.items.length) return null;
  return (
    <Section title={t('historique')}>
      {data.items.map((line) => (
        <Stack key={line.id} gap={0}>
          <Text size="sm" c="dimmed">{line.auteur} · <Instant value={line.date} siteId={work.site_id} /></Text>
          <Text>
            {word(`type_historique.${line.type}`)}
            {line.vers && ` : ${word(`statut.${line.vers}`)}`}
          </Text>
          {line.remarque && <Text size="sm">« {line.remarque} »</Text>}
        </Stack>
      ))}
    </Section>
  );
}
