//! How much of a week's working hours is booked, by person.

import type { Schemas } from '@/api/client';
import { toDay, toInstant } from '@/ui/zones';

type Person = Pick<Schemas['Technicien'], 'id' | 'nom' | 'horaire' | 'disponibilite' | 'actif'>;
type Event = Pick<Schemas['Evenement'], 'type' | 'debut' | 'fin' | 'technicien_id'>;
export type Charge = { id: number; nom: string; booked: number; capacity: number };

const DAYS = ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'] as const;
/** Whoever has no working hours of their own, as the server counts them. */
const USUAL: Record<string, string[][]> = Object.fromEntries(DAYS.slice(0, 5).map((name) => [name, [['08:00', '18:00']]]));
const MINUTE = 60_000;

type Span = readonly [from: number, to: number];

/** Working hours of the week that begins on this Monday, as instants. */
function hours(horaire: Record<string, string[][]>, monday: string, zone: string): Span[] {
  return DAYS.flatMap((name, place) => (horaire[name] ?? []).map(([start = '', end = '']): Span => {
    const date = addDays(monday, place);
    // Into the next day, as nights go; `24:00` is the next day's beginning.
    const lastDay = end <= start || end === '24:00' ? addDays(date, 1) : date;
    return [Date.parse(toInstant(`${date} ${start}:00`, zone)), Date.parse(toInstant(`${lastDay} ${end === '24:00' ? '00:00' : end}:00`, zone))];
  }));
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The Monday of the week in which an instant falls. */
export function mondayOf(instant: string, zone: string): string {
  const day = toDay(instant, zone);
  return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
}

const overlap = ([from, to]: Span, [start, end]: Span) => Math.max(0, Math.min(to, end) - Math.max(from, start));

/** The fullest first. Absences take from the capacity; what is booked counts whatever the hour. */
export function weekLoad(people: Person[], events: Event[], monday: string, zone: string): Charge[] {
  const week: Span = [Date.parse(toInstant(`${monday} 00:00:00`, zone)), Date.parse(toInstant(`${addDays(monday, 7)} 00:00:00`, zone))];
  const spans = (type: Event['type'], id: number) =>
    events.filter((event) => event.type === type && event.technicien_id === id).map(({ debut, fin }): Span => [Date.parse(debut), Date.parse(fin)]);
  return people
    .filter(({ actif, disponibilite }) => actif && disponibilite === 'disponible')
    .map(({ id, nom, horaire }) => {
      const absences = merged(spans('absence', id));
      const capacity = hours(horaire ?? USUAL, monday, zone).reduce((sum, worked) =>
        sum + (worked[1] - worked[0]) - absences.reduce((away, absence) => away + overlap(worked, absence), 0), 0);
      const booked = spans('intervention', id).reduce((sum, slot) => sum + overlap(slot, week), 0);
      return { id, nom, booked: Math.round(booked / MINUTE), capacity: Math.round(capacity / MINUTE) };
    })
    .sort((a, b) => share(b) - share(a) || a.nom.localeCompare(b.nom));
}

/** 1 is a full week; somebody who is away and booked all the same has more than can be done. */
export const share = ({ booked, capacity }: Pick<Charge, 'booked' | 'capacity'>) =>
  capacity > 0 ? booked / capacity : booked > 0 ? Infinity : 0;

/** The same time without counting any of it twice. */
function merged(spans: Span[]): Span[] {
  const sorted = [...spans].sort((a, b) => a[0] - b[0]);
  return sorted.reduce<Span[]>((done, span) => {
    const last = done.at(-1);
    return last && span[0] <= last[1] ? [...done.slice(0, -1), [last[0], Math.max(last[1], span[1])]] : [...done, span];
  }, []);
}
