//! The same change to many interventions, one after the other: those that refuse it say why, the others are done.

import { type Schemas, api, ok } from '@/api/client';
import { Problem, isUnreachable } from '@/api/problem';
import { line } from '@/api/refusals';

type Detail = Schemas['InterventionDetail'];

export type Refused = { id: number; numero: string; why: string };
export type Outcome = { done: number; refused: Refused[] };

/** Reads each as it is now, so that a change never goes over somebody else's unseen (`If-Match`). */
export async function toEach(
  ids: readonly number[],
  change: (intervention: Detail) => Promise<unknown>,
  tell: (done: number) => void,
  noNetwork: string,
): Promise<Outcome> {
  const outcome: Outcome = { done: 0, refused: [] };
  for (const [place, id] of ids.entries()) {
    let numero = `#${id}`;
    try {
      const intervention = await ok(api.GET('/api/v1/interventions/{id}', { params: { path: { id } } }));
      numero = intervention.numero;
      await change(intervention);
      outcome.done += 1;
    } catch (error) {
      if (!(error instanceof Problem) && !isUnreachable(error)) throw error;
      const why = error instanceof Problem ? await line(error) : noNetwork;
      outcome.refused.push({ id, numero, why });
    }
    tell(place + 1);
  }
  return outcome;
}
