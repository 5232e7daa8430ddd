//! Ctrl-K: find a page, a machine, an intervention, a person, a part, by any word of it.

import '@mantine/spotlight/styles.css';
import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { useMe } from '@/session/session';
import { addressOf, pagesOf } from './pages';

type Found = Schemas['Resultat'];

/** Where each kind of finding is shown. */
const PLACES: Partial<Record<Found['type'], string>> = {
  intervention: '/interventions',
  equipement: '/equipements',
  technicien: '/techniciens',
  piece: '/pieces',
  demande: '/demandes',
  planning: '/planning',
  gamme: '/gammes',
};

export default function Palette() {
  const { t } = useTranslation();
  const me = useMe();
  const [, go] = useLocation();
  const [query, setQuery] = useState('');
  const [asked] = useDebouncedValue(query.trim(), 150);
  const { data } = useQuery({
    queryKey: ['recherche', asked],
    queryFn: () => ok(api.GET('/api/v1/filters/recherche', { params: { query: { q: asked } } })),
    enabled: asked.length > 1,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
  const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const pages: SpotlightActionGroupData = {
    group: t('recherche.pages'),
    actions: pagesOf(me.role)
      .flatMap((page) => (page.menu ? [{ id: addressOf(page), menu: page.menu, label: t(`navigation.${page.menu.text}`) }] : []))
      .filter(({ label }) => fold(label).includes(fold(query.trim())))
      .map(({ id, menu, label }) => ({ id, label, leftSection: <menu.icon size={20} />, onClick: () => go(id) })),
  };
  const found: SpotlightActionGroupData = {
    group: t('recherche.trouve'),
    actions: (asked.length > 1 ? (data?.items ?? []) : [])
      .filter(({ type }) => pagesOf(me.role).some((page) => page.path === PLACES[type]))
      .map(({ type, id, libelle, detail }) => ({
        id: `${type}-${id}`,
        label: libelle,
        description: detail ?? undefined,
        onClick: () => go(`${PLACES[type]}/${id}`),
      })),
  };
  return (
    <Spotlight
      actions={[found, pages].filter(({ actions }) => actions.length > 0)}
      // The server has searched already, in every field.
      filter={(_, actions) => actions}
      query={query}
      onQueryChange={setQuery}
      nothingFound={t('recherche.rien')}
      shortcut={null}
      scrollable
      maxHeight={480}
      searchProps={{ leftSection: <IconSearch size={20} />, placeholder: t('recherche.invite'), 'aria-label': t('recherche.invite') }}
    />
  );
}
