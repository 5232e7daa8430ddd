//! What stands against a slot, as far as it can be told before the server is asked. Moments are milliseconds.

export type Place = { technicien: number; debut: number; fin: number };
export type Span = { debut: number; fin: number };

/** Of the calendar, what somebody is booked for. */
export type Booked = Span & { technicien: number; affectation: number | null; isAbsence: boolean; nom: string };
export type Skill = { competence_id: number; niveau: number; valide_jusqu_au?: string | null };
export type Required = { competence_id: number; niveau: number; nom: string };

export type Obstacle =
  | { kind: 'reservee' | 'absence'; nom: string }
  | { kind: 'competence'; nom: string }
  /** Outside the hours of that person: the only one that can be passed over. */
  | { kind: 'hors_horaire' };

const meet = (a: Span, b: Span) => a.debut < b.fin && b.debut < a.fin;

/** Whether the spans together leave nothing of it uncovered. */
export function covers(spans: Span[], { debut, fin }: Span): boolean {
  let at = debut;
  for (const span of [...spans].sort((a, b) => a.debut - b.debut)) {
    if (span.debut > at) break;
    at = Math.max(at, span.fin);
  }
  return at >= fin;
}

export function obstacles(place: Place, known: {
  booked: Booked[];
  /** When the person works and is free; `undefined` while that is not known. */
  free: Span[] | undefined;
  skills: Skill[];
  required: Required[];
  /** The slot that is moved, which does not stand against itself. */
  own: number | null;
  /** The civil day of the slot, up to which a skill must be valid. */
  day: string;
}): Obstacle[] {
  const theirs = known.booked.filter(({ technicien }) => technicien === place.technicien);
  const against = theirs.filter((slot) => (slot.affectation === null || slot.affectation !== known.own) && meet(slot, place));
  const found: Obstacle[] = against.map(({ isAbsence, nom }) => ({ kind: isAbsence ? 'absence' : 'reservee', nom }));
  for (const { competence_id, niveau, nom } of known.required) {
    const held = known.skills.find((skill) => skill.competence_id === competence_id);
    const isEnough = held && held.niveau >= niveau && (!held.valide_jusqu_au || held.valide_jusqu_au >= known.day);
    if (!isEnough) found.push({ kind: 'competence', nom });
  }
  // What somebody is booked for is taken out of their free time, not of their hours.
  const hours = known.free && [...known.free, ...theirs.filter(({ isAbsence }) => !isAbsence)];
  if (hours && !found.some(({ kind }) => kind === 'absence') && !covers(hours, place)) found.push({ kind: 'hors_horaire' });
  return found;
}

/** To the next quarter of an hour. */
export const QUARTER = 15 * 60_000;
export const snapped = (ms: number) => Math.round(ms / QUARTER) * QUARTER;
