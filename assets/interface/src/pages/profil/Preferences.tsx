//! What somebody wants to be told, and by which way.

import { Button, Card, Checkbox, Group, NumberInput, Select, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok } from '@/api/client';
import { useSave } from '@/ui/save';
import { tell } from '@/ui/toast';

type All = Schemas['Preferences'];
const FREQUENCES: Schemas['FrequenceEmail'][] = ['jamais', 'immediat', 'quotidien'];

export function Preferences() {
  const { data } = useQuery({ queryKey: ['notifications', 'preferences'], queryFn: () => ok(api.GET('/api/v1/notifications/preferences')) });
  return data ? <Form key={JSON.stringify(data)} first={data} /> : null;
}

function Form({ first }: { first: All }) {
  const { t } = useTranslation('notifications');
  const { t: word } = useTranslation('valeurs');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const [now, setNow] = useState(first);
  const change = (index: number, part: Partial<All['types'][number]>) =>
    setNow({ ...now, types: now.types.map((one, at) => (at === index ? { ...one, ...part } : one)) });
  const save = useSave(async () => {
    queries.setQueryData(['notifications', 'preferences'], await ok(api.PUT('/api/v1/notifications/preferences', { body: now })));
    tell({ message: t('enregistrees') });
  });
  return (
    <Card withBorder>
      <Stack>
        <div>
          <Title order={2} size="h4">{t('preferences')}</Title>
          <Text size="sm" c="dimmed">{t('preferences_texte')}</Text>
        </div>
        <Table.ScrollContainer minWidth={420}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>{t('type')}</Table.Th><Table.Th>{t('app')}</Table.Th><Table.Th>{t('email')}</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {now.types.map((one, index) => {
                const name = word(`type_notification.${one.type}`);
                return (
                  <Table.Tr key={one.type}>
                    <Table.Td>{name}</Table.Td>
                    <Table.Td><Checkbox size="md" aria-label={`${name}, ${t('app')}`} checked={one.app} onChange={({ currentTarget }) => change(index, { app: currentTarget.checked })} /></Table.Td>
                    <Table.Td><Select size="sm" aria-label={`${name}, ${t('email')}`} allowDeselect={false} clearable={false} data={FREQUENCES.map((value) => ({ value, label: word(`frequence_email.${value}`) }))} value={one.email} onChange={(value) => value && change(index, { email: value as Schemas['FrequenceEmail'] })} /></Table.Td>
                  </Table.Tr>
                );
              })}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        <Group justify="space-between" align="end">
          <NumberInput label={t('heure_resume')} w={220} min={0} max={23} suffix=" h" value={now.heure_resume} onChange={(value) => typeof value === 'number' && setNow({ ...now, heure_resume: value })} />
          <Button variant="light" loading={save.busy} disabled={JSON.stringify(now) === JSON.stringify(first)} onClick={() => void save.run()}>{common('enregistrer')}</Button>
        </Group>
      </Stack>
    </Card>
  );
}
