//! What to do when: the slots of today and what runs, what is late, then tomorrow. Pure.

import type { Schemas } from '@/api/client';
import { toDay } from '@/ui/zones';

type Intervention = Schemas['Intervention'];
type Slot = Schemas['Evenement'];
export type Task = { intervention: Intervention; slot?: Slot };
export type Day = { today: Task[]; late: Task[]; tomorrow: Task[]; later: Task[]; done: Task[] };

/** `2026-11-25` a number of days on. */
export function plusDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/**
 * Each intervention stands once, where it is soonest to be done; what was finished here and the server still lists
 * stands last.
 * `zoneOf` tells the zone of a site: a night shift belongs to the day that it begins on there.
 */
export function arrange(open: Intervention[], slots: Slot[], now: number, zoneOf: (site: number) => string): Day {
  const byId = new Map(open.map((intervention) => [intervention.id, intervention]));
  const day: Day = { today: [], late: [], tomorrow: [], later: [], done: [] };
  const placed = new Set<number>();
  const place = (list: Task[], task: Task) => {
    if (placed.has(task.intervention.id)) return;
    placed.add(task.intervention.id);
    list.push(task);
  };
  const dated = slots
    .filter((slot) => slot.type === 'intervention' && slot.intervention_id != null)
    .sort((a, b) => a.debut.localeCompare(b.debut))
    .flatMap((slot) => {
      const intervention = byId.get(slot.intervention_id!);
      if (!intervention) return [];
      const zone = zoneOf(intervention.site_id);
      const today = toDay(new Date(now).toISOString(), zone);
      return [{ intervention, slot, day: toDay(slot.debut, zone), today }];
    });
  for (const intervention of open) if (intervention.statut === 'termine') place(day.done, { intervention });
  const running = open.filter(({ statut }) => statut === 'en_cours');
  for (const { intervention, slot, day: on, today } of dated) if (on === today) place(day.today, { intervention, slot });
  for (const intervention of running) place(day.today, { intervention });
  const isLate = (intervention: Intervention) => intervention.en_retard
    || (intervention.statut === 'planifie' && intervention.date_fin_prevue != null && Date.parse(intervention.date_fin_prevue) < now);
  for (const intervention of open) if (isLate(intervention)) place(day.late, { intervention });
  for (const { intervention, slot, day: on, today } of dated) if (on === plusDays(today, 1)) place(day.tomorrow, { intervention, slot });
  for (const intervention of open) place(day.later, { intervention });
  return day;
}
