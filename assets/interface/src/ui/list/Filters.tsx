//! The filters above a list, with how many rows each choice would leave.

import { Button, Checkbox, Group, Popover, ScrollArea, Stack, Text, TextInput } from '@mantine/core';
import { DatePickerInput } from '@mantine/dates';
import '@mantine/dates/styles.css';
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconFilter, IconFilterOff, IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { number } from '@/ui/format';
import { useIsPhone } from '@/ui/phone';
import type { useListState } from './address';

export type Choice = { value: string; label: string; count?: number };

export type Filter =
  /** One or several of these; without `choices`, those of the list's facet of the same name. */
  | { kind: 'choice'; key: string; label: string; choices?: Choice[]; name?: (value: string) => string }
  /** Yes, or all. */
  | { kind: 'flag'; key: string; label: string }
  /** Civil days, both included, as `<key>_du` and `<key>_au`. */
  | { kind: 'period'; key: string; label: string };

export type Facets = Record<string, { valeur: string | number | null; libelle: string; nombre: number }[]>;

export function Filters({ list, filters, facets }: {
  list: ReturnType<typeof useListState>;
  filters: Filter[];
  facets?: Facets | undefined;
}) {
  const { t } = useTranslation();
  const { state, set, setFilter } = list;
  const isPhone = useIsPhone();
  const [open, { toggle }] = useDisclosure(false);
  const count = Object.keys(state.filters).length;
  const isNarrowed = state.q !== '' || count > 0;
  return (
    <Group gap="xs" className="no-print">
      <Search value={state.q} change={(q) => set({ q }, { replace: true })} />
      {isPhone && (
        <Button size="sm" h={42} variant={count ? 'light' : 'default'} leftSection={<IconFilter size={18} />} aria-expanded={open} onClick={toggle}>
          {count ? `${t('liste.filtrer')} (${count})` : t('liste.filtrer')}
        </Button>
      )}
      {(!isPhone || open) && filters.map((filter) => {
        const chosen = state.filters[filter.key] ?? [];
        if (filter.kind === 'flag') {
          const on = chosen[0] === 'true';
          return (
            <Button key={filter.key} size="sm" h={42} variant={on ? 'filled' : 'default'} aria-pressed={on}
              onClick={() => setFilter(filter.key, on ? [] : ['true'])}>
              {filter.label}
            </Button>
          );
        }
        if (filter.kind === 'period') return <Period key={filter.key} filter={filter} list={list} />;
        const choices = filter.choices ?? (facets?.[filter.key] ?? [])
          .filter(({ valeur }) => valeur !== null)
          .map(({ valeur, libelle, nombre }) => ({
            value: String(valeur), label: filter.name?.(String(valeur)) ?? libelle, count: nombre,
          }));
        return <Choices key={filter.key} label={filter.label} choices={choices} chosen={chosen} change={(values) => setFilter(filter.key, values)} />;
      })}
      {isNarrowed && (
        <Button size="sm" h={42} variant="subtle" leftSection={<IconFilterOff size={18} />} onClick={() => set({ q: '', filters: {} })}>
          {t('liste.effacer_filtres')}
        </Button>
      )}
    </Group>
  );
}

function Search({ value, change }: { value: string; change: (q: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const tell = useDebouncedCallback(change, 200);
  // What the address says wins, except while somebody types.
  useEffect(() => setText(value), [value]);
  return (
    <TextInput
      type="search"
      size="sm"
      w={{ base: undefined, sm: 260 }}
      flex={{ base: 1, sm: 'none' }}
      styles={{ input: { height: 42 } }}
      leftSection={<IconSearch size={18} />}
      placeholder={t('liste.chercher')}
      aria-label={t('liste.chercher')}
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        tell(currentTarget.value.trim());
      }}
    />
  );
}

function Choices({ label, choices, chosen, change }: {
  label: string;
  choices: Choice[];
  chosen: string[];
  change: (values: string[]) => void;
}) {
  const { t } = useTranslation();
  const [narrow, setNarrow] = useState('');
  const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const shown = choices.filter((choice) => fold(choice.label).includes(fold(narrow)));
  const names = chosen.map((value) => choices.find((choice) => choice.value === value)?.label ?? value);
  const text = names.length === 0 ? label : names.length === 1 ? `${label} : ${names[0]}` : `${label} : ${names.length}`;
  return (
    <Popover position="bottom-start" shadow="md" trapFocus withinPortal>
      <Popover.Target>
        <Button size="sm" h={42} variant={chosen.length ? 'light' : 'default'} rightSection={<IconChevronDown size={16} />} maw={280}>
          {text}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <Stack gap="xs" w={280}>
          {choices.length > 8 && (
            <TextInput size="sm" placeholder={t('liste.filtrer')} aria-label={t('liste.filtrer')} value={narrow} onChange={(event) => setNarrow(event.currentTarget.value)} />
          )}
          <ScrollArea.Autosize mah={320}>
            <Checkbox.Group value={chosen} onChange={change} aria-label={label}>
              {shown.map((choice) => (
                <Group key={choice.value} wrap="nowrap" gap="xs" mih={40}>
                  <Checkbox flex={1} value={choice.value} label={choice.label} />
                  {choice.count !== undefined && <Text size="sm" c="dimmed" className="tabular">{number(choice.count)}</Text>}
                </Group>
              ))}
              {shown.length === 0 && <Text size="sm" c="dimmed" py="xs">{t('liste.vide')}</Text>}
            </Checkbox.Group>
          </ScrollArea.Autosize>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function Period({ filter, list }: { filter: Filter & { kind: 'period' }; list: ReturnType<typeof useListState> }) {
  const { state, set } = list;
  const [from, to] = [`${filter.key}_du`, `${filter.key}_au`];
  const chosen: [string | null, string | null] = [state.filters[from]?.[0] ?? null, state.filters[to]?.[0] ?? null];
  const [half, setHalf] = useState<[string | null, string | null] | null>(null);
  return (
    <DatePickerInput
      type="range"
      size="sm"
      styles={{ input: { height: 42 } }}
      allowSingleDateInRange
      clearable
      valueFormat="DD/MM/YYYY"
      placeholder={filter.label}
      aria-label={filter.label}
      value={half ?? chosen}
      onChange={([du, au]) => {
        setHalf(du && !au ? [du, au] : null);
        if (du && !au) return;
        const { [from]: _du, [to]: _au, ...others } = state.filters;
        set({ filters: du && au ? { ...others, [from]: [du], [to]: [au] } : others });
      }}
    />
  );
}
