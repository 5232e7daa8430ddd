//! Somebody who answers for the machine acknowledges the work, with a finger.

import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconWritingSign } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type PointerEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEnvoisOf } from '@/hors_ligne/envois';
import { subjectOf } from '@/hors_ligne/overlay';
import { Mark } from '@/hors_ligne/Mark';
import { Section } from '@/ui/Section';
import { Instant } from '@/ui/format';
import { read } from '../readings';
import { type Actions, type Detail, useQueued } from '../work';
import { Formulaire } from './Formulaire';
import classes from './fiche.module.css';

export function Signature({ work, actions }: { work: Detail; actions: Actions }) {
  const { t } = useTranslation('terrain');
  const [signing, setSigning] = useState(false);
  const rows = useEnvoisOf(subjectOf(work.id));
  // Asked for where there may well be one: the answer to whether there is none is an error.
  const mayBe = work.statut === 'termine' || rows.some(({ kind, state }) => kind === 'signature' && state === 'envoye');
  const { data, dataUpdatedAt } = useQuery({ ...read.signature(work.id), enabled: mayBe });
  const queued = useQueued(work.id, 'signature', dataUpdatedAt);
  if (work.statut === 'planifie' || work.statut === 'annule') return null;
  return (
    <Section title={t('signature.titre')}>
      {data && (
        <Text>
          {data.nom}{data.fonction && ` (${data.fonction})`} · <Instant value={data.date} siteId={work.site_id} />
          {!data.couvre_version_actuelle && ` · ${t('signature.depassee')}`}
        </Text>
      )}
      {queued.map((row) => (
        <Group key={row.id} gap="xs"><Text>{String(row.body?.nom)}</Text><Mark row={row} /></Group>
      ))}
      {!work.date_validation && (
        <Button size="lg" variant="light" leftSection={<IconWritingSign aria-hidden />} onClick={() => setSigning(true)}>{t('signature.faire_signer')}</Button>
      )}
      {signing && <Pad actions={actions} close={() => setSigning(false)} />}
    </Section>
  );
}

function Pad({ actions, close }: { actions: Actions; close: () => void }) {
  const { t } = useTranslation('terrain');
  const { t: common } = useTranslation();
  const [nom, setNom] = useState('');
  const [fonction, setFonction] = useState('');
  const [strokes, setStrokes] = useState<string[]>([]);
  const [tried, setTried] = useState(false);

  const at = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return `${Math.round(event.clientX - box.left)} ${Math.round(event.clientY - box.top)}`;
  };
  const begin = (event: PointerEvent<SVGSVGElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    const point = at(event);
    // A dot is a line of no length.
    setStrokes((now) => [...now, `M ${point} L ${point}`]);
  };
  const draw = (event: PointerEvent<SVGSVGElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const point = at(event);
    setStrokes((now) => [...now.slice(0, -1), `${now.at(-1)} L ${point}`]);
  };
  const submit = async () => {
    setTried(true);
    if (nom.trim() && strokes.length && (await actions.sign(nom.trim(), fonction.trim(), strokes.join(' ')))) close();
  };
  return (
    <Formulaire title={t('signature.faire_signer')} close={close}>
      <Text>{t('signature.texte')}</Text>
      <TextInput label={t('signature.nom')} size="lg" required maxLength={200} autoComplete="off" value={nom} error={tried && !nom.trim() && t('signature.nom_requis')} onChange={(event) => setNom(event.currentTarget.value)} />
      <TextInput label={t('signature.fonction')} size="lg" maxLength={200} autoComplete="off" value={fonction} onChange={(event) => setFonction(event.currentTarget.value)} />
      <Stack gap={4}>
        <Group justify="space-between">
          <Text fw={500}>{t('signature.ici')}</Text>
          <Button variant="subtle" disabled={!strokes.length} onClick={() => setStrokes([])}>{t('signature.effacer')}</Button>
        </Group>
        <svg className={classes.pad} role="img" aria-label={t('signature.ici')} onPointerDown={begin} onPointerMove={draw}>
          <path d={strokes.join(' ')} fill="none" stroke="#16324f" strokeWidth={3} strokeLinecap="round" strokeLinejoin="round" />
        </svg>
        {tried && !strokes.length && <Text c="red" size="sm" role="alert">{t('signature.vide')}</Text>}
      </Stack>
      <Group grow preventGrowOverflow={false}>
        <Button size="xl" variant="default" onClick={close}>{common('annuler')}</Button>
        <Button size="xl" onClick={() => void submit()}>{t('signature.valider')}</Button>
      </Group>
    </Formulaire>
  );
}
