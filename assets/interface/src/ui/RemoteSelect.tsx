//! Choosing one of many that the server finds: an équipement, a technicien, a part.

import { Loader, Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ok } from '@/api/client';

type Option = { value: string; label: string };

type Props = Omit<SelectProps, 'data' | 'value' | 'onChange'> & {
  value: number | null;
  onChange: (id: number | null) => void;
};

function RemoteSelect({ name, search, find, value, onChange, ...props }: Props & {
  name: string;
  search: (q: string) => Promise<Option[]>;
  /** The option of a value that the search did not bring. */
  find: (id: number) => Promise<Option>;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [asked] = useDebouncedValue(typed.trim(), 200);
  const found = useQuery({
    queryKey: [name, 'choix', asked],
    queryFn: () => search(asked),
    placeholderData: keepPreviousData,
  });
  const chosen = useQuery({
    queryKey: [name, 'choix', 'un', value],
    queryFn: () => find(value!),
    enabled: value !== null && !found.data?.some((option) => option.value === String(value)),
  });
  const options = found.data ?? [];
  const data = chosen.data && !options.some((option) => option.value === chosen.data.value) ? [chosen.data, ...options] : options;
  return (
    <Select
      searchable
      placeholder={t('choisir')}
      nothingFoundMessage={found.isFetching ? '…' : t('recherche.rien')}
      rightSection={found.isFetching ? <Loader size="xs" /> : undefined}
      {...props}
      data={data}
      // The server has searched already, in every field.
      filter={({ options }) => options}
      value={value === null ? null : String(value)}
      onSearchChange={setTyped}
      onChange={(id) => onChange(id === null ? null : Number(id))}
    />
  );
}

/** A search for the label just chosen would leave nothing else to choose. */
const words = (q: string) => (q.includes(' · ') ? undefined : q || undefined);

export function EquipementSelect(props: Props) {
  const option = ({ id, code, nom }: { id: number; code: string; nom: string }) => ({ value: String(id), label: `${code} · ${nom}` });
  return (
    <RemoteSelect
      name="equipements"
      search={async (q) => (await ok(api.GET('/api/v1/equipements/', { params: { query: { q: words(q), page_size: 30 } } }))).items.map(option)}
      find={async (id) => option(await ok(api.GET('/api/v1/equipements/{id}', { params: { path: { id } } })))}
      {...props}
    />
  );
}

export function TechnicienSelect({ except, ...props }: Props & { /** Who is not offered. */ except?: number | undefined }) {
  const option = ({ id, nom, equipe }: { id: number; nom: string; equipe?: string | null }) => ({ value: String(id), label: equipe ? `${nom} · ${equipe}` : nom });
  return (
    <RemoteSelect
      name="techniciens"
      search={async (q) => (await ok(api.GET('/api/v1/techniciens/', { params: { query: { q: words(q), page_size: 50 } } }))).items.filter(({ id }) => id !== except).map(option)}
      find={async (id) => option(await ok(api.GET('/api/v1/techniciens/{id}', { params: { path: { id } } })))}
      {...props}
    />
  );
}

export function PieceSelect(props: Props) {
  const option = ({ id, reference, designation }: { id: number; reference: string; designation: string }) => ({ value: String(id), label: `${reference} · ${designation}` });
  return (
    <RemoteSelect
      name="pieces"
      search={async (q) => (await ok(api.GET('/api/v1/pieces/', { params: { query: { q: words(q), page_size: 30 } } }))).items.map(option)}
      find={async (id) => option(await ok(api.GET('/api/v1/pieces/{id}', { params: { path: { id } } })))}
      {...props}
    />
  );
}
