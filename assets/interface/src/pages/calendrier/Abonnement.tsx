//! One's own calendar in another program: a secret address that is made, shown once, and taken back.

import { ActionIcon, Button, Code, CopyButton, Group, Modal, Stack, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCalendarShare, IconCheck, IconCopy } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ok } from '@/api/client';
import { confirm } from '@/ui/confirm';
import { Instant } from '@/ui/format';
import { useSave } from '@/ui/save';

export function Abonnement() {
  const { t } = useTranslation('calendrier');
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Tooltip label={t('abonnement')}><ActionIcon variant="default" aria-label={t('abonnement')} onClick={open}><IconCalendarShare /></ActionIcon></Tooltip>
      <Modal opened={isOpen} onClose={close} title={t('abonnement')}><Adresse /></Modal>
    </>
  );
}

function Adresse() {
  const { t } = useTranslation('calendrier');
  const [url, setUrl] = useState<string>();
  const { data, refetch } = useQuery({ queryKey: ['calendrier', 'jeton'], queryFn: () => ok(api.GET('/api/v1/planning/calendrier/jeton')) });
  const make = useSave(async () => {
    setUrl((await ok(api.POST('/api/v1/planning/calendrier/jeton'))).url);
    await refetch();
  });
  const revoke = useSave(async () => {
    await ok(api.DELETE('/api/v1/planning/calendrier/jeton'));
    setUrl(undefined);
    await refetch();
  });
  return (
    <Stack>
      <Text size="sm" c="dimmed">{t('abonnement_texte')}</Text>
      {url && (
        <Stack gap={4}>
          <Text fw={600}>{t('abonnement_une_fois')}</Text>
          <Group gap="xs" wrap="nowrap">
            <Code style={{ overflowWrap: 'anywhere' }} dir="ltr">{url}</Code>
            <CopyButton value={url}>
              {({ copied, copy }) => <Tooltip label={t('copier')}><ActionIcon aria-label={t('copier')} onClick={copy}>{copied ? <IconCheck /> : <IconCopy />}</ActionIcon></Tooltip>}
            </CopyButton>
          </Group>
        </Stack>
      )}
      {data && <Group>
        <Button variant="default" leftSection={<IconCalendarShare size={18} />} loading={make.busy} onClick={async () => {
          if (!data.existe || (await confirm({ title: t('abonnement_nouveau'), text: t('abonnement_remplace'), action: t('abonnement_nouveau') }))) void make.run();
        }}>{data.existe ? t('abonnement_nouveau') : t('abonnement_creer')}</Button>
        {data.existe && <Button variant="subtle" color="red" loading={revoke.busy} onClick={() => void revoke.run()}>{t('abonnement_retirer')}</Button>}
        {data.existe && data.cree_le && <Text size="sm" c="dimmed">{t('abonnement_depuis')} <Instant value={data.cree_le} /></Text>}
      </Group>}
    </Stack>
  );
}
