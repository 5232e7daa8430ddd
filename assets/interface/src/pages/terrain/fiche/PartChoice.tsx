//! Choosing a part, with reception or without: what was asked for and what fits the machine comes first.

import { NumberInput, Select, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok } from '@/api/client';
import { useOnline } from '@/hors_ligne/online';
import { number } from '@/ui/format';
import { read } from '../readings';
import type { Detail } from '../work';

export type Part = Schemas['Piece'];
export type Chosen = { part: Part; quantity: number };

const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const label = ({ reference, designation }: Part) => `${reference} · ${designation}`;

export function PartChoice({ work, required, part, onPart, quantity, onQuantity }: {
  work: Detail;
  required: boolean;
  part: Part | null;
  onPart: (part: Part | null) => void;
  quantity: number;
  onQuantity: (quantity: number) => void;
}) {
  const { t } = useTranslation('terrain');
  const online = useOnline();
  const [typed, setTyped] = useState('');
  const [asked] = useDebouncedValue(typed.trim(), 250);
  const fitting = useQuery(read.fitting(work.equipement_id));
  const all = useQuery(read.parts());
  const needs = useQuery(read.needs(work.id));
  const isChosen = part !== null && typed === label(part);
  const found = useQuery({
    queryKey: ['pieces', 'terrain', 'q', asked],
    queryFn: () => ok(api.GET('/api/v1/pieces/', { params: { query: { q: asked, statut: ['actif'], page_size: 30 } } })),
    enabled: online && asked.length > 1 && !isChosen,
    gcTime: 60_000,
  });
  const parts = useMemo(() => {
    const wanted = new Set(needs.data?.items.map(({ piece_id }) => piece_id));
    const known = [...(fitting.data?.items ?? []), ...(all.data?.items ?? []), ...(found.data?.items ?? []), ...(part ? [part] : [])];
    const unique = [...new Map(known.map((one) => [one.id, one])).values()];
    return [...unique.filter(({ id }) => wanted.has(id)), ...unique.filter(({ id }) => !wanted.has(id))];
  }, [needs.data, fitting.data, all.data, found.data, part]);

  return (
    <>
      <Select
        label={t('pieces.piece')}
        placeholder={t('pieces.chercher')}
        required={required}
        searchable
        clearable={!required}
        size="lg"
        limit={60}
        data={parts.map((one) => ({ value: String(one.id), label: label(one) }))}
        filter={({ options, search, limit }) => {
          const words = fold(search).split(/\s+/).filter(Boolean);
          const isAsked = part !== null && search === label(part);
          return options.filter((option) => 'label' in option && (isAsked || words.every((word) => fold(option.label).includes(word)))).slice(0, limit);
        }}
        nothingFoundMessage={online ? t('pieces.aucune') : t('pieces.aucune_hors_ligne')}
        value={part ? String(part.id) : null}
        onSearchChange={setTyped}
        onChange={(id) => onPart(parts.find((one) => String(one.id) === id) ?? null)}
      />
      {part && (
        <>
          <Text size="sm" c="dimmed">
            {t('pieces.disponible', { quantite: number(part.disponible), unite: part.unite })}
            {part.emplacement && ` · ${t('pieces.emplacement', { lieu: part.emplacement })}`}
          </Text>
          <NumberInput
            label={t('pieces.quantite', { unite: part.unite })}
            size="lg"
            required
            min={0.001}
            decimalScale={3}
            allowNegative={false}
            allowedDecimalSeparators={['.', ',']}
            inputMode="decimal"
            value={quantity}
            error={quantity > part.disponible && t('pieces.trop', { quantite: number(part.disponible), unite: part.unite })}
            onChange={(value) => onQuantity(typeof value === 'number' ? value : Number.parseFloat(value) || 0)}
          />
        </>
      )}
    </>
  );
}
