//! The parts of an intervention: asked for, used, and on their way to the ledger.

import { Button, Group, Stack, Text } from '@mantine/core';
import { IconPackage } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Mark } from '@/hors_ligne/Mark';
import { Section } from '@/ui/Section';
import { Word } from '@/ui/badges';
import { number } from '@/ui/format';
import { read } from '../readings';
import { type Actions, type Detail, useQueued } from '../work';
import { Formulaire } from './Formulaire';
import { type Part, PartChoice } from './PartChoice';

export function Pieces({ work, actions }: { work: Detail; actions: Actions }) {
  const { t } = useTranslation('terrain');
  const { t: word } = useTranslation('valeurs');
  const [using, setUsing] = useState(false);
  const needs = useQuery(read.needs(work.id));
  const used = useQuery(read.used(work.id));
  const queuedNeeds = useQueued(work.id, 'besoin', needs.dataUpdatedAt);
  const queuedUses = useQueued(work.id, 'piece', used.dataUpdatedAt);
  const isOpen = work.statut !== 'termine' && work.statut !== 'annule';
  const awaited = needs.data?.items.filter(({ statut }) => statut === 'attendue' || statut === 'reservee') ?? [];
  const lines = used.data?.items ?? [];
  if (!isOpen && !lines.length && !queuedUses.length) return null;
  const amount = (quantity: unknown, unit?: string) => `${number(Number(quantity))}${unit ? ` ${unit}` : ''}`;
  return (
    <Section title={t('pieces.titre')}>
      {isOpen && <Button size="lg" leftSection={<IconPackage aria-hidden />} onClick={() => setUsing(true)}>{t('pieces.utiliser')}</Button>}
      <Stack gap="sm">
        {queuedNeeds.map((row) => (
          <Line key={row.id} label={String(row.seen?.label)} amount={amount(row.body?.quantite)}><Mark row={row} /></Line>
        ))}
        {awaited.map((need) => (
          <Line key={`need-${need.id}`} label={`${need.reference} · ${need.designation}`} amount={amount(need.demandee, need.unite)}>
            <Word color={need.statut === 'attendue' ? 'yellow' : 'teal'}>{word(`statut_reservation.${need.statut}`)}</Word>
            {need.emplacement && <Text span size="sm" c="dimmed">{t('pieces.emplacement', { lieu: need.emplacement })}</Text>}
          </Line>
        ))}
        {queuedUses.map((row) => (
          <Line key={row.id} label={String(row.seen?.label)} amount={amount(row.body?.quantite)}><Mark row={row} /></Line>
        ))}
        {lines.map((line) => (
          <Line key={`line-${line.id}`} label={`${line.reference} · ${line.designation}`} amount={amount(line.quantite, line.unite)}>
            <Text span size="sm" c="dimmed">{word(`type_mouvement.${line.type}`)} · {line.auteur}</Text>
          </Line>
        ))}
      </Stack>
      {using && <Use work={work} actions={actions} close={() => setUsing(false)} />}
    </Section>
  );
}

function Line({ label, amount, children }: { label: string; amount: string; children: ReactNode }) {
  return (
    <Stack gap={2}>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="baseline">
        <Text>{label}</Text>
        <Text className="tabular" fw={600} style={{ whiteSpace: 'nowrap' }}>{amount}</Text>
      </Group>
      <Group gap="xs">{children}</Group>
    </Stack>
  );
}

function Use({ work, actions, close }: { work: Detail; actions: Actions; close: () => void }) {
  const { t } = useTranslation('terrain');
  const { t: common } = useTranslation();
  const [part, setPart] = useState<Part | null>(null);
  const [quantity, setQuantity] = useState(1);
  // What the store does not have cannot go out of it, and would hold back all that is sent after it: it is asked for.
  const isShort = part !== null && quantity > part.disponible;
  const submit = async () => {
    if (!part) return;
    const chosen = { id: part.id, quantity, label: `${part.reference} · ${part.designation}` };
    if (await (isShort ? actions.askPart(chosen) : actions.usePart(chosen))) close();
  };
  return (
    <Formulaire title={t('pieces.utiliser')} close={close}>
      <PartChoice work={work} required part={part} onPart={setPart} quantity={quantity} onQuantity={setQuantity} />
      <Group grow preventGrowOverflow={false}>
        <Button size="xl" variant="default" onClick={close}>{common('annuler')}</Button>
        <Button size="xl" disabled={!part || quantity <= 0} onClick={() => void submit()}>{t(isShort ? 'pieces.demander' : 'pieces.noter')}</Button>
      </Group>
    </Formulaire>
  );
}
