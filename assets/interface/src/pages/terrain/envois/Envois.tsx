//! What waits to be sent, what the person must decide, and what went lately.

import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconCloudCheck, IconRefresh, IconTrash } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { reason, sentence, told } from '@/api/refusals';
import { useEnvois, useOutbox } from '@/hors_ligne/envois';
import { Mark } from '@/hors_ligne/Mark';
import { useOnline } from '@/hors_ligne/online';
import { type Row, isStuck, isUnsent, waitsForEarlier } from '@/hors_ligne/row';
import { PageHead } from '@/ui/PageHead';
import { confirm } from '@/ui/confirm';
import { ago } from '@/ui/format';
import { Empty } from '@/ui/states';
import { Conflit } from './Conflit';
import { useDescription } from './describe';

export default function Envois() {
  const { t } = useTranslation('envois');
  const rows = useEnvois();
  const { hurry } = useOutbox();
  const online = useOnline();
  const unsent = rows.filter(isUnsent);
  const sent = rows.filter((row) => !isUnsent(row)).reverse();
  useAnchor(rows.length > 0);
  return (
    <Stack maw={720}>
      <PageHead title={t('titre')}>
        {unsent.some((row) => !isStuck(row)) && (
          <Button variant="light" leftSection={<IconRefresh size={18} aria-hidden />} disabled={!online} onClick={() => void hurry()}>{t('tout_envoyer')}</Button>
        )}
      </PageHead>
      {!unsent.length && <Empty icon={IconCloudCheck} title={t('rien')} text={t('rien_texte')} />}
      {unsent.map((row) => <Envoi key={row.id} row={row} rows={rows} />)}
      {sent.length > 0 && (
        <Stack component="section" gap="xs">
          <Title order={2} size="h4">{t('envoyes')}</Title>
          {sent.map((row) => <Envoi key={row.id} row={row} rows={rows} />)}
        </Stack>
      )}
    </Stack>
  );
}

/** Rows are read after the page is there: the browser has looked for the one in the address too early. */
function useAnchor(ready: boolean) {
  useEffect(() => {
    if (ready && location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [ready]);
}

function Envoi({ row, rows }: { row: Row; rows: Row[] }) {
  const { t } = useTranslation('envois');
  const { title, detail } = useDescription()(row);
  return (
    <Card withBorder padding="md" id={row.id} style={{ scrollMarginTop: 72 }}>
      <Stack gap="xs">
        <Group justify="space-between" gap="xs" align="baseline">
          <Text fw={600}>{title}</Text>
          <Mark row={row} />
        </Group>
        {detail && <Text style={{ whiteSpace: 'pre-wrap' }} lineClamp={6}>{detail}</Text>}
        <Text size="sm" c="dimmed">{row.about} · {ago(new Date(row.at).toISOString())}</Text>
        {row.state === 'conflit' && <Conflit row={row} />}
        {row.state === 'refuse' && <Refused row={row} />}
        {row.state === 'en_attente' && waitsForEarlier(row, rows) && <Text size="sm">{t('attend_precedent')}</Text>}
        {row.state === 'en_attente' && row.tries > 0 && <Text size="sm">{t('essais', { count: row.tries })}</Text>}
        {isUnsent(row) && row.state !== 'conflit' && <Actions row={row} />}
      </Stack>
    </Card>
  );
}

function Refused({ row }: { row: Row }) {
  useTranslation('champs'); // what fields are called
  if (!row.refusal) return null;
  const { code, message, errors } = row.refusal;
  return (
    <Text c="light-dark(var(--mantine-color-red-9), var(--mantine-color-red-3))">
      {errors.length ? told(errors.map((error) => ({ ...error, message: reason(error.code, error.message) }))) : sentence(code, message)}
    </Text>
  );
}

function Actions({ row }: { row: Row }) {
  const { t } = useTranslation('envois');
  const { resend, discard } = useOutbox();
  const giveUp = async () => {
    if (await confirm({ title: t('supprimer_titre'), text: t('supprimer_texte'), action: t('supprimer') })) await discard(row);
  };
  return (
    <Group gap="xs">
      {isStuck(row) && <Button variant="light" leftSection={<IconRefresh size={18} aria-hidden />} onClick={() => void resend(row)}>{t('reessayer')}</Button>}
      <Button variant="subtle" color="red" leftSection={<IconTrash size={18} aria-hidden />} onClick={() => void giveUp()}>{t('supprimer')}</Button>
    </Group>
  );
}
