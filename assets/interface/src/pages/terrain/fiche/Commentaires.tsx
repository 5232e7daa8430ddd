import { Button, Stack, Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Mark } from '@/hors_ligne/Mark';
import { useMe } from '@/session/session';
import { Section } from '@/ui/Section';
import { useDraft } from '@/ui/draft';
import { Instant } from '@/ui/format';
import { read } from '../readings';
import { type Actions, type Detail, useQueued } from '../work';

export function Commentaires({ work, actions }: { work: Detail; actions: Actions }) {
  const { t } = useTranslation('terrain');
  const me = useMe();
  const form = useForm({ initialValues: { texte: '' } });
  const draft = useDraft(form, `/interventions/${work.id}#commentaire`);
  const typed = form.values.texte;
  const { data, dataUpdatedAt } = useQuery(read.comments(work.id));
  const queued = useQueued(work.id, 'commentaire', dataUpdatedAt);
  const send = async () => {
    if (typed.trim() && (await actions.comment(typed.trim()))) await draft.drop({ again: true });
  };
  return (
    <Section title={t('commentaires.titre')}>
      {data?.items.map((comment) => (
        <Stack key={comment.id} gap={0}>
          <Text size="sm" c="dimmed">{comment.auteur} · <Instant value={comment.date} siteId={work.site_id} /></Text>
          <Text style={{ whiteSpace: 'pre-wrap' }}>{comment.texte}</Text>
        </Stack>
      ))}
      {queued.map((row) => (
        <Stack key={row.id} gap={0}>
          <Text size="sm" c="dimmed">{me.full_name} · <Instant value={new Date(row.at).toISOString()} siteId={work.site_id} /></Text>
          <Text style={{ whiteSpace: 'pre-wrap' }}>{String(row.body?.texte)}</Text>
          <Mark row={row} />
        </Stack>
      ))}
      <Textarea label={t('commentaires.ecrire')} size="lg" minRows={2} maxLength={5000} disabled={!draft.ready} {...form.getInputProps('texte')} />
      <Button size="lg" variant="light" disabled={!typed.trim()} onClick={() => void send()}>{t('commentaires.ajouter')}</Button>
    </Section>
  );
}
