//! What happened and what was said, in the order of time.

import { Button, Checkbox, Group, Stack, Text, Textarea, Timeline } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconCalendarUser, IconMessage, IconProgress } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok, once } from '@/api/client';
import { Section } from '@/ui/Section';
import { Word } from '@/ui/badges';
import { useDraft } from '@/ui/draft';
import { Instant } from '@/ui/format';
import { useSave } from '@/ui/save';

export function Journal({ intervention, canSpeak, mayBeInternal }: { intervention: Schemas['InterventionDetail']; canSpeak: boolean; mayBeInternal: boolean }) {
  const { t } = useTranslation('intervention');
  const { t: word } = useTranslation('valeurs');
  const queries = useQueryClient();
  const { id, site_id: siteId } = intervention;
  const path = { id };
  const history = useQuery({
    queryKey: ['interventions', id, 'historique'],
    queryFn: () => ok(api.GET('/api/v1/interventions/{id}/historique', { params: { path, query: { page_size: 200 } } })),
  });
  const comments = useQuery({
    queryKey: ['interventions', id, 'commentaires'],
    queryFn: () => ok(api.GET('/api/v1/interventions/{id}/commentaires', { params: { path, query: { page_size: 200 } } })),
  });
  const form = useForm({ initialValues: { texte: '', interne: false } });
  const draft = useDraft(form, `/interventions/${id}#commentaire`);
  const { texte, interne } = form.values;
  const say = useSave(async () => {
    const body = { texte: texte.trim(), ...(mayBeInternal && { interne }) };
    await ok(api.POST('/api/v1/interventions/{id}/commentaires', { params: { path, header: once() as object }, body }));
    await draft.drop({ again: true });
    await queries.invalidateQueries({ queryKey: ['interventions', id, 'commentaires'] });
  });
  const steps = (history.data?.items ?? []).map((step) => ({
    key: `h${step.id}`,
    date: step.date,
    icon: step.type === 'affectation' ? IconCalendarUser : IconProgress,
    title: step.vers ? `${word(`type_historique.${step.type}`)} : ${word(`statut.${step.vers}`)}` : word(`type_historique.${step.type}`),
    auteur: step.auteur,
    text: step.remarque,
    interne: false,
  }));
  const words = (comments.data?.items ?? []).map((comment) => ({
    key: `c${comment.id}`, date: comment.date, icon: IconMessage, title: comment.auteur, auteur: null, text: comment.texte, interne: comment.interne,
  }));
  const all = [...steps, ...words].sort((a, b) => b.date.localeCompare(a.date));
  return (
    <Section title={t('journal')}>
      {canSpeak && (
        <Stack gap="xs" className="no-print">
          <Textarea label={t('commenter')} maxLength={5000} minRows={2} disabled={!draft.ready} {...form.getInputProps('texte')} />
          <Group justify="space-between">
            {mayBeInternal ? <Checkbox label={t('interne')} {...form.getInputProps('interne', { type: 'checkbox' })} /> : <span />}
            <Button variant="light" disabled={!texte.trim()} loading={say.busy} onClick={() => void say.run()}>{t('envoyer')}</Button>
          </Group>
        </Stack>
      )}
      <Timeline bulletSize={28} lineWidth={2}>
        {all.map(({ key, icon: Icon, title, auteur, text, interne, date }) => (
          <Timeline.Item key={key} bullet={<Icon size={16} aria-hidden />} title={<Group gap="xs"><Text fw={500}>{title}</Text>{interne && <Word color="gray">{t('interne_court')}</Word>}</Group>}>
            {text && <Text style={{ whiteSpace: 'pre-line' }}>{text}</Text>}
            <Text size="sm" c="dimmed">{auteur && `${auteur}, `}<Instant value={date} siteId={siteId} /></Text>
          </Timeline.Item>
        ))}
      </Timeline>
    </Section>
  );
}
