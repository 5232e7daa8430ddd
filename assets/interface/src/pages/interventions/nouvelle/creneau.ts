//! Whether somebody can take a slot, as far as their agenda tells. The server decides all the same.

import type { Schemas } from '@/api/client';

type Agenda = Pick<Schemas['EmploiDuTemps'], 'occupations' | 'libres'>;
export type Fit = { is: 'libre' } | { is: 'hors_horaire' } | { is: 'pris'; by: Schemas['Occupation'] };

/** Half-open on both sides: what ends when the other begins does not touch it. */
export function fit(agenda: Agenda, debut: string, minutes: number): Fit {
  const from = Date.parse(debut);
  const to = from + minutes * 60_000;
  const by = agenda.occupations.find((taken) => Date.parse(taken.debut) < to && Date.parse(taken.fin) > from);
  if (by) return { is: 'pris', by };
  const isAtWork = agenda.libres.some((free) => Date.parse(free.debut) <= from && Date.parse(free.fin) >= to);
  return { is: isAtWork ? 'libre' : 'hors_horaire' };
}
