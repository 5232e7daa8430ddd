//! What the timeline knows of people: who they are, what they are booked for, when they work.

import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Schemas, api, ok } from '@/api/client';
import { toDay } from '@/ui/zones';
import type { Axe } from './axe';
import { type Booked, type Obstacle, type Place, type Span, obstacles } from './regles';

export const span = ({ debut, fin }: { debut: string; fin: string }): Span => ({ debut: Date.parse(debut), fin: Date.parse(fin) });

export function useConnu(axe: Axe) {
  const [du, au] = [axe.days[0]!, axe.days.at(-1)!];
  const people = useQuery({
    queryKey: ['techniciens', 'frise'],
    queryFn: async () => (await ok(api.GET('/api/v1/techniciens/', { params: { query: { actif: true, page_size: 200, tri: 'nom' } } }))).items,
  });
  const calendar = useQuery({
    queryKey: ['calendrier', du, au],
    queryFn: () => ok(api.GET('/api/v1/planning/calendrier', { params: { query: { du, au } } })),
    placeholderData: keepPreviousData,
  });
  const hours = useQueries({
    queries: (people.data ?? []).map(({ id }) => ({
      queryKey: ['techniciens', id, 'disponibilite', du, au],
      queryFn: () => ok(api.GET('/api/v1/techniciens/{id}/disponibilite', { params: { path: { id }, query: { du, au } } })),
    })),
    combine: (results) => new Map(results.flatMap(({ data }) => (data ? [[data.technicien_id, data.libres.map(span)] as const] : []))),
  });
  const booked = useMemo((): Booked[] => (calendar.data?.items ?? []).filter(({ technicien_id, type }) => technicien_id != null && type !== 'echeance').map((slot) => ({
    ...span(slot), technicien: slot.technicien_id!, affectation: slot.affectation_id ?? null, isAbsence: slot.type === 'absence', nom: slot.numero ?? slot.titre,
  })), [calendar.data]);

  /** What stands against somebody doing it there. */
  const against = (place: Place, own: number | null, required: Schemas['CompetenceRequise'][]): Obstacle[] => obstacles(place, {
    booked,
    free: hours.get(place.technicien),
    skills: people.data?.find(({ id }) => id === place.technicien)?.competences ?? [],
    required,
    own,
    day: toDay(new Date(place.debut).toISOString(), axe.zone),
  });
  return { people, calendar, hours, against };
}
