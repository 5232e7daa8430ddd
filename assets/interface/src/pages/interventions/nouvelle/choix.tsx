//! The fields that choose from the plant's own lists.

import { ActionIcon, Group, MultiSelect, Select, type SelectProps, Stack, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok } from '@/api/client';
import type { Values } from './values';

/** A code of the plant's list, of those meant for this type of équipement. */
export function CodeSelect({ nature, typeEquipement, ...props }: SelectProps & { nature: Schemas['Nature']; typeEquipement: string | undefined }) {
  const { t } = useTranslation();
  const codes = useQuery({
    queryKey: ['codes', nature, typeEquipement ?? null],
    queryFn: async () => {
      const query = { nature: [nature], actif: true, page_size: 200, ...(typeEquipement && { type_equipement: typeEquipement }) };
      return (await ok(api.GET('/api/v1/codes/', { params: { query } }))).items;
    },
    staleTime: 5 * 60_000,
  });
  return (
    <Select
      searchable
      clearable
      placeholder={t('choisir')}
      nothingFoundMessage={t('recherche.rien')}
      {...props}
      data={codes.data?.map(({ id, code, libelle }) => ({ value: String(id), label: `${code} · ${libelle}` })) ?? []}
    />
  );
}

/** A checklist that work can be given now. */
export function GammeSelect(props: SelectProps) {
  const { t } = useTranslation();
  const gammes = useQuery({
    queryKey: ['gammes', 'publiees'],
    queryFn: async () => (await ok(api.GET('/api/v1/gammes/', { params: { query: { publiee: true, statut: ['active'], page_size: 200, tri: 'nom' } } }))).items,
    staleTime: 5 * 60_000,
  });
  return (
    <Select
      searchable
      clearable
      placeholder={t('choisir')}
      nothingFoundMessage={t('recherche.rien')}
      {...props}
      data={gammes.data?.map(({ id, nom }) => ({ value: String(id), label: nom })) ?? []}
    />
  );
}

/** What whoever does the work must know, and how well. */
export function Competences({ value, onChange }: { value: Values['competences_requises']; onChange: (value: Values['competences_requises']) => void }) {
  const { t } = useTranslation('nouvelle');
  const { t: common } = useTranslation();
  const known = useQuery({
    queryKey: ['techniciens', 'competences'],
    queryFn: async () => (await ok(api.GET('/api/v1/techniciens/competences', { params: { query: { page_size: 200 } } }))).items,
    staleTime: 5 * 60_000,
  });
  const name = (id: number) => known.data?.find((competence) => competence.id === id)?.nom ?? `#${id}`;
  const levels = ['1', '2', '3', '4'].map((niveau) => ({ value: niveau, label: t('niveau', { niveau }) }));
  return (
    <Stack gap="xs">
      <MultiSelect
        label={t('champ.competences_requises')}
        description={t('competences_texte')}
        searchable
        hidePickedOptions
        placeholder={value.length ? undefined : common('choisir')}
        nothingFoundMessage={common('recherche.rien')}
        data={known.data?.map(({ id, nom }) => ({ value: String(id), label: nom })) ?? []}
        value={value.map(({ competence_id }) => String(competence_id))}
        onChange={(ids) => onChange(ids.map((id) => value.find(({ competence_id }) => competence_id === Number(id)) ?? { competence_id: Number(id), niveau: 1 }))}
      />
      {value.map(({ competence_id, niveau }) => (
        <Group key={competence_id} gap="xs" wrap="nowrap">
          <Text flex={1} truncate>{name(competence_id)}</Text>
          <Select
            w={170}
            aria-label={t('niveau_de', { nom: name(competence_id) })}
            allowDeselect={false}
            data={levels}
            value={String(niveau)}
            onChange={(level) => onChange(value.map((need) => (need.competence_id === competence_id ? { ...need, niveau: Number(level) } : need)))}
          />
          <ActionIcon aria-label={t('retirer', { nom: name(competence_id) })} onClick={() => onChange(value.filter((need) => need.competence_id !== competence_id))}>
            <IconX size={18} />
          </ActionIcon>
        </Group>
      ))}
    </Stack>
  );
}
