//! One answer of a checklist, by what its operation asks for.

import { Button, FileButton, Group, NumberInput, Text, Textarea } from '@mantine/core';
import { IconCamera, IconCheck, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isOut } from '@/hors_ligne/overlay';
import { langue } from '@/app/langue';
import { askFor } from '@/ui/confirm';
import { useSave } from '@/ui/save';
import { prepared } from '../photo';
import { read } from '../readings';
import type { Actions, Element } from '../work';
import { Picture } from './Photos';
import { OutOfTolerance, useTolerance } from './tolerance';

type Field = {
  element: Element;
  /** The id of the text that names it. */
  label: string;
  answer: (body: Record<string, unknown>) => Promise<boolean>;
  disabled: boolean;
};

export function Case({ element, label, answer, disabled }: Field) {
  const { t } = useTranslation('terrain');
  const ticked = element.reponse?.coche;
  const refuse = async () => {
    const remarque = await askFor({ title: element.libelle, label: t('checklist.pourquoi_pas'), action: t('checklist.pas_fait') });
    if (remarque) await answer({ coche: false, remarque });
  };
  if (disabled) {
    if (ticked == null) return <Text c="dimmed">{t('checklist.sans_reponse')}</Text>;
    const Icon = ticked ? IconCheck : IconX;
    return <Group gap={4}><Icon size={20} aria-hidden /><Text>{t(ticked ? 'checklist.fait' : 'checklist.pas_fait')}</Text></Group>;
  }
  const choice = (is: boolean) => ({ size: 'lg', 'aria-pressed': ticked === is, variant: ticked === is ? 'filled' : 'default', id: `${label}-${is}`, 'aria-labelledby': `${label} ${label}-${is}` }) as const;
  return (
    <Group grow gap="xs">
      <Button {...choice(true)} leftSection={<IconCheck aria-hidden />} onClick={() => void (ticked === true ? answer({ coche: null }) : answer({ coche: true }))}>{t('checklist.fait')}</Button>
      <Button {...choice(false)} color={ticked === false ? 'orange' : undefined} leftSection={<IconX aria-hidden />} onClick={() => void refuse()}>{t('checklist.pas_fait')}</Button>
    </Group>
  );
}

/** Leaves the field, and with that hands over what was typed. */
const leaveOnEnter = (event: KeyboardEvent<HTMLInputElement>) => event.key === 'Enter' && event.currentTarget.blur();

export function Mesure({ element, label, answer, disabled }: Field) {
  const known = element.reponse?.valeur ?? null;
  const [typed, setTyped] = useState<number | string>(known ?? '');
  useEffect(() => setTyped(known ?? ''), [known]);
  const tolerance = useTolerance(element);
  const value = typed === '' ? null : Number(typed);
  const save = () => {
    if (value !== known && (value === null || Number.isFinite(value))) void answer({ valeur: value });
  };
  return (
    <>
      <NumberInput
        aria-labelledby={label}
        description={tolerance}
        size="lg"
        // The keypad of some phones has no minus: where a value may be negative, all keys.
        inputMode={element.min != null && element.min >= 0 ? 'decimal' : 'text'}
        decimalSeparator={langue() === 'en' ? '.' : ','}
        allowedDecimalSeparators={['.', ',']}
        hideControls
        suffix={element.unite ? ` ${element.unite}` : undefined}
        disabled={disabled}
        value={typed}
        onChange={setTyped}
        onBlur={save}
        onKeyDown={leaveOnEnter}
      />
      {value !== null && isOut(value, element) && <OutOfTolerance value={value} element={element} />}
    </>
  );
}

export function Texte({ element, label, answer, disabled }: Field) {
  const known = element.reponse?.texte ?? '';
  const [typed, setTyped] = useState(known);
  useEffect(() => setTyped(known), [known]);
  const save = () => {
    if (typed.trim() !== known) void answer({ texte: typed.trim() || null });
  };
  return <Textarea aria-labelledby={label} size="lg" minRows={2} maxLength={2000} disabled={disabled} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} onBlur={save} />;
}

export function Photo({ element, label, disabled, actions }: Field & { actions: Actions }) {
  const { t } = useTranslation('terrain');
  const document = element.reponse?.document_id;
  const { data } = useQuery({ ...read.thumbnail(document ?? 0), enabled: document != null });
  const take = useSave(async (file: File) => {
    const { blob, name } = await prepared(file);
    await actions.answerPhoto(element, blob, name);
  });
  return (
    <Group wrap="nowrap">
      {document != null && <div style={{ width: 160 }}><Picture blob={data} name={element.libelle} /></div>}
      {!disabled && (
        <FileButton accept="image/*" capture="environment" onChange={(file) => file && void take.run(file)}>
          {(props) => (
            <Button {...props} id={`${label}-photo`} aria-labelledby={`${label} ${label}-photo`} size="lg" flex={1} variant={element.repondue ? 'default' : 'filled'} leftSection={<IconCamera aria-hidden />} loading={take.busy}>
              {t(element.repondue ? 'checklist.reprendre_photo' : 'checklist.photo')}
            </Button>
          )}
        </FileButton>
      )}
    </Group>
  );
}
