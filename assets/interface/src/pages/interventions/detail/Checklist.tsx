//! The operations of the gamme, answered in place.

import { Button, Checkbox, FileButton, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { IconCamera } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ok, once } from '@/api/client';
import { useRunsThePlant } from '@/session/session';
import { Section } from '@/ui/Section';
import { Word } from '@/ui/badges';
import { upload } from '@/ui/documents/files';
import { ago, number } from '@/ui/format';
import { useSave } from '@/ui/save';

type Intervention = Schemas['InterventionDetail'];
type Element = Schemas['Element'];

export function Checklist({ intervention, canAnswer }: { intervention: Intervention; canAnswer: boolean }) {
  const { t } = useTranslation('intervention');
  const { id } = intervention;
  const { data } = useQuery({
    queryKey: ['interventions', id, 'checklist'],
    queryFn: () => ok(api.GET('/api/v1/interventions/{id}/checklist', { params: { path: { id } } })),
  });
  if (!data) return null;
  const { repondues, total, obligatoires_restantes: left } = data.progression;
  return (
    <Section title={`${data.gamme_nom ?? t('gamme')} · ${repondues}/${total}`} actions={left > 0 && <Word color="orange">{t('obligatoires_restantes', { count: left })}</Word>}>
      <Stack gap={0}>
        {data.operations.map((element) => <Operation key={element.id} intervention={intervention} element={element} canAnswer={canAnswer} />)}
      </Stack>
    </Section>
  );
}

function Operation({ intervention, element, canAnswer }: { intervention: Intervention; element: Element; canAnswer: boolean }) {
  const { t } = useTranslation('intervention');
  const queries = useQueryClient();
  const runsThePlant = useRunsThePlant();
  const { id } = intervention;
  const path = { id, operation: element.id };
  const reread = () => queries.invalidateQueries({ queryKey: ['interventions'] });
  const answer = useSave(async (body: Schemas['NewReponse']) => {
    await ok(api.PUT('/api/v1/interventions/{id}/checklist/{operation}', { params: { path, header: once() as object }, body }));
    await reread();
  });
  const photograph = useSave(async (file: File) => {
    const document = await upload(file, { intervention_id: id }, () => {});
    await answer.run({ document_id: document.id });
  });
  const correct = useSave(async () => {
    await ok(api.POST('/api/v1/interventions/{id}/checklist/{operation}/corrective', { params: { path } }));
    await reread();
  });
  const given = element.reponse;
  const limits = [element.min != null && `≥ ${number(element.min)}`, element.max != null && `≤ ${number(element.max)}`].filter(Boolean).join(', ');
  return (
    <Group justify="space-between" align="start" py="sm" style={{ borderBlockEnd: '1px solid var(--mantine-color-default-border)' }}>
      <Stack gap={2} flex={1} miw={220}>
        <Text fw={500} id={`op-${element.id}`}>
          {element.rang}. {element.libelle}{element.obligatoire && <Text span c="red.8" title={t('obligatoire')}> *<span className="only-read">{t('obligatoire')}</span></Text>}
        </Text>
        {element.consigne && <Text size="sm" c="dimmed">{element.consigne}</Text>}
        {limits && <Text size="sm" c="dimmed">{limits} {element.unite}</Text>}
        {given && <Text size="sm" c="dimmed">{given.auteur}, {ago(given.date)}</Text>}
        {given?.hors_tolerance && (
          <Group gap="xs">
            <Word color="red">{t('hors_tolerance')}</Word>
            {element.corrective?.intervention_id
              ? <Button component={Link} href={`/interventions/${element.corrective.intervention_id}`} size="compact-md" variant="subtle">{element.corrective.numero}</Button>
              : runsThePlant && <Button size="compact-md" variant="light" color="red" loading={correct.busy} onClick={() => void correct.run()}>{t('creer_corrective')}</Button>}
          </Group>
        )}
      </Stack>
      <Answer key={given?.date ?? 'none'} element={element} disabled={!canAnswer} busy={answer.busy || photograph.busy} send={(body) => void answer.run(body)} photograph={(file) => void photograph.run(file)} />
    </Group>
  );
}

function Answer({ element, disabled, busy, send, photograph }: {
  element: Element;
  disabled: boolean;
  busy: boolean;
  send: (body: Schemas['NewReponse']) => void;
  photograph: (file: File) => void;
}) {
  const { t } = useTranslation('intervention');
  const given = element.reponse;
  const [text, setText] = useState(given?.texte ?? '');
  const [valeur, setValeur] = useState<number | string>(given?.valeur ?? '');
  const label = { 'aria-labelledby': `op-${element.id}` };
  switch (element.type) {
    case 'case':
      return <Checkbox size="xl" {...label} checked={given?.coche ?? false} disabled={disabled || busy} onChange={({ currentTarget }) => send({ coche: currentTarget.checked || null })} />;
    case 'mesure':
      return (
        <Group gap="xs">
          <NumberInput w={130} {...label} value={valeur} disabled={disabled} decimalSeparator="," allowedDecimalSeparators={['.', ',']} hideControls inputMode="decimal" rightSection={<Text size="sm">{element.unite}</Text>} rightSectionWidth={52} onChange={setValeur} />
          <Button variant="light" disabled={disabled || valeur === ''} loading={busy} onClick={() => send({ valeur: Number(valeur) })}>{t('ok')}</Button>
        </Group>
      );
    case 'texte':
      return (
        <Group gap="xs">
          <TextInput {...label} value={text} disabled={disabled} onChange={({ currentTarget }) => setText(currentTarget.value)} />
          <Button variant="light" disabled={disabled || !text.trim()} loading={busy} onClick={() => send({ texte: text.trim() })}>{t('ok')}</Button>
        </Group>
      );
    case 'photo':
      return (
        <FileButton accept="image/*" capture="environment" onChange={(file) => file && photograph(file)}>
          {(props) => <Button {...props} {...label} variant={given ? 'default' : 'light'} leftSection={<IconCamera size={20} />} disabled={disabled} loading={busy}>{given ? t('photo_refaire') : t('photo')}</Button>}
        </FileButton>
      );
  }
}
