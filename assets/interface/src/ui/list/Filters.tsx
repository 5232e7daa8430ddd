//! The filters above a list, with how many rows each choice would leave.

import { Button, Group, TextInput } from '@mantine/core';
import { DatePickerInput } from '@mantine/dates';
import '@mantine/dates/styles.css';
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks';
import { IconAdjustmentsHorizontal, IconFilter, IconFilterOff, IconSearch } from '@tabler/icons-react';
import { type ComponentProps, type ComponentType, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useIsPhone } from '@/ui/phone';
import type { EquipementSelect } from '@/ui/RemoteSelect';
import { type Choice, Choices } from './Choices';
import type { useListState } from './address';

export type { Choice } from './Choices';

export type Filter = {
  key: string;
  label: string;
  /** Among those that show once somebody asks for more filters, or while it is in force. */
  more?: boolean;
} & (
  /** One or several of these; without `choices` or `load`, those of the list's facet of the same name. */
  | { kind: 'choice'; choices?: Choice[]; load?: () => Promise<Choice[]>; name?: (value: string) => string; single?: boolean }
  /** Yes, or all. */
  | { kind: 'flag' }
  /** One of many that the server finds. */
  | { kind: 'pick'; pick: ComponentType<ComponentProps<typeof EquipementSelect>> }
  /** Civil days, both included, as `<key>_du` and `<key>_au`; plain `du` and `au` without a key. */
  | { kind: 'period' }
);

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
  const [more, { toggle: toggleMore }] = useDisclosure(false);
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
        if (filter.more && !more && !isInForce(filter, state.filters)) return null;
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
        if (filter.kind === 'pick') {
          return (
            <filter.pick
              key={filter.key}
              size="sm"
              w={230}
              styles={{ input: { height: 42 } }}
              clearable
              placeholder={filter.label}
              aria-label={filter.label}
              value={chosen[0] ? Number(chosen[0]) : null}
              onChange={(id) => setFilter(filter.key, id === null ? [] : [String(id)])}
            />
          );
        }
        const counted = (facets?.[filter.key] ?? []).filter(({ valeur }) => valeur !== null).map(({ valeur, libelle, nombre }) => ({
          value: String(valeur), label: filter.name?.(String(valeur)) ?? libelle, count: nombre,
        }));
        return (
          <Choices
            key={filter.key}
            name={filter.key}
            label={filter.label}
            choices={filter.choices}
            load={filter.load}
            counted={counted}
            chosen={chosen}
            change={(values) => setFilter(filter.key, filter.single ? values.slice(-1) : values)}
          />
        );
      })}
      {(!isPhone || open) && filters.some((filter) => filter.more) && (
        <Button size="sm" h={42} variant="subtle" leftSection={<IconAdjustmentsHorizontal size={18} />} aria-expanded={more} onClick={toggleMore}>
          {t(more ? 'liste.moins_de_filtres' : 'liste.plus_de_filtres')}
        </Button>
      )}
      {isNarrowed && (
        <Button size="sm" h={42} variant="subtle" leftSection={<IconFilterOff size={18} />} onClick={() => set({ q: '', filters: {} })}>
          {t('liste.effacer_filtres')}
        </Button>
      )}
    </Group>
  );
}

const ends = (key: string) => (key ? ([`${key}_du`, `${key}_au`] as const) : (['du', 'au'] as const));

const isInForce = ({ key, kind }: Filter, filters: Record<string, string[]>) =>
  kind === 'period' ? ends(key).some((end) => end in filters) : key in filters;

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

function Period({ filter, list }: { filter: Filter & { kind: 'period' }; list: ReturnType<typeof useListState> }) {
  const { state, set } = list;
  const [from, to] = ends(filter.key);
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
