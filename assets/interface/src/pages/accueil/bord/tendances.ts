//! What was created and what was finished, week by week.

import { type Schemas, api, ok } from '@/api/client';
import { addDays } from './charge';

type TypeIntervention = Schemas['Intervention']['type_intervention'];
export type Week = { monday: string; finished: number; created: number } & Record<TypeIntervention, number>;

export const WEEKS = 12;

/** The last weeks up to the one of this Monday, oldest first. */
export const mondays = (monday: string) => Array.from({ length: WEEKS }, (_, place) => addDays(monday, 7 * (place + 1 - WEEKS)));

export async function week(monday: string): Promise<Week> {
  const [du, au] = [monday, addDays(monday, 6)];
  const [created, finished] = await Promise.all([
    ok(api.GET('/api/v1/filters/interventions', { params: { query: { cree_du: du, cree_au: au, page_size: 1 } } })),
    ok(api.GET('/api/v1/interventions/', { params: { query: { terminee_du: du, terminee_au: au, statut: ['termine'], page_size: 1 } } })),
  ]);
  const of = (type: TypeIntervention) => created.facettes.type_intervention?.find(({ valeur }) => valeur === type)?.nombre ?? 0;
  return {
    monday,
    created: created.total,
    finished: finished.total,
    corrective: of('corrective'),
    preventive: of('preventive'),
    ameliorative: of('ameliorative'),
    diagnostic: of('diagnostic'),
  };
}
