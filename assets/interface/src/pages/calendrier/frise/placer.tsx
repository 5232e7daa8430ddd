//! Booking a slot from the timeline, and taking it back.

import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ifMatch, ok } from '@/api/client';
import { useSave } from '@/ui/save';
import { tell } from '@/ui/toast';
import type { Place } from './regles';

export type Movable = {
  intervention: number;
  numero: string;
  titre: string;
  /** The slot that is moved; `null` for one that has none yet. */
  affectation: number | null;
  length: number;
  /** By whose clock it is done: that of its site. */
  zone: string;
};

type Slot = { technicien_id: number; debut: string; fin: string };
const instant = (ms: number) => new Date(ms).toISOString().replace('.000', '');

async function book(queries: QueryClient, id: number, version: number, affectations: Slot[], forced: boolean): Promise<Schemas['InterventionDetail']> {
  const params = { path: { id }, header: ifMatch(version) };
  const after = await ok(api.PUT('/api/v1/interventions/{id}/affectations', { params, body: { affectations, forcer_horaire: forced } }));
  queries.setQueryData(['interventions', id], after);
  await Promise.all(['interventions', 'calendrier', 'techniciens'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  return after;
}

/** Answers a way to book other slots than before, which says what it did and offers to undo it. */
export function useRebook() {
  const { t } = useTranslation('calendrier');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  return async ({ id, version, before, wanted, forced, told }: { id: number; version: number; before: Slot[]; wanted: Slot[]; forced: boolean; told: string }) => {
    const after = await book(queries, id, version, wanted, forced);
    const undone = async () => {
      notifications.hide(`place-${id}`);
      await book(queries, id, after.version, before, true).catch((error: Error) => tell({ color: 'red', title: common('erreur.titre'), message: error.message }));
    };
    tell({
      id: `place-${id}`,
      autoClose: 12_000,
      message: (
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm">{told}</Text>
          <Button size="compact-md" variant="light" onClick={() => void undone()}>{t('defaire')}</Button>
        </Group>
      ),
    });
  };
}

/** Answers a way to put something somewhere, which can be undone likewise. */
export function usePlacer() {
  const { t } = useTranslation('calendrier');
  const rebook = useRebook();
  return useSave(async (item: Movable, place: Place, forced: boolean) => {
    const { intervention: id } = item;
    const now = await ok(api.GET('/api/v1/interventions/{id}', { params: { path: { id } } }));
    const kept = now.affectations.filter(({ liberee }) => !liberee);
    const before: Slot[] = kept.map(({ technicien_id, debut, fin }) => ({ technicien_id, debut, fin }));
    const others: Slot[] = kept.filter((slot) => slot.id !== item.affectation).map(({ technicien_id, debut, fin }) => ({ technicien_id, debut, fin }));
    const wanted: Slot = { technicien_id: place.technicien, debut: instant(place.debut), fin: instant(place.fin) };
    await rebook({ id, version: now.version, before, wanted: [...others, wanted], forced, told: t('place', { numero: item.numero }) });
  });
}
