//! Local time as the server counts it. A device's own tables may be years old, and governments change their clocks:
//! the server says what each zone is ahead of UTC, and when that changes.

import dayjs from 'dayjs';
import type { Schemas } from '@/api/client';

type Offset = { from: number; minutes: number };

const zones = new Map<string, Offset[]>();
let known: Schemas['Fuseau'][] | undefined;

/** Takes over what the server told; the same again costs nothing. */
export function setZones(told: Schemas['Fuseau'][]) {
  if (told === known) return;
  known = told;
  for (const { nom, decalages } of told) {
    zones.set(nom, decalages.map(({ depuis, decalage_min }) => ({
      from: depuis ? Date.parse(depuis) : -Infinity,
      minutes: decalage_min,
    })));
  }
}

/** Minutes that a zone is ahead of UTC at a moment; this device's word for a zone that the server did not tell of. */
export function offsetAt(ms: number, zone: string): number {
  const told = zones.get(zone)?.findLast((offset) => offset.from <= ms);
  if (told) return told.minutes;
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(ms);
  const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d+):(\d+)/.exec(parts.find(({ type }) => type === 'timeZoneName')?.value ?? '') ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** The reader's own zone, as their device is set. */
const own = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The town of a zone whose clocks do not show what the reader's do at that moment: hours there are told with it. */
export function elsewhere(instant: string, zone: string): string | null {
  const ms = Date.parse(instant);
  if (zone === own() || offsetAt(ms, zone) === offsetAt(ms, own())) return null;
  return zone.split('/').at(-1)!.replaceAll('_', ' ');
}

/** What a clock on the wall shows, as if it were UTC: for formatting, never for sending. */
export const wall = (ms: number, zone: string) => new Date(ms + offsetAt(ms, zone) * 60_000);

/** The civil day and time of an instant in a zone: `2026-11-25 14:30:00`, as date fields take it. */
export function toCivil(instant: string, zone: string): string {
  return dayjs(wall(Date.parse(instant), zone)).utc().format('YYYY-MM-DD HH:mm:ss');
}

/** The civil day of an instant in a zone: `2026-11-25`. */
export const toDay = (instant: string, zone: string) => toCivil(instant, zone).slice(0, 10);

/** What of a period lies on a civil day of the zone, as the clock shows it; `00:00` to `24:00` when it covers the day. */
export function partOn(date: string, debut: string, fin: string, zone: string): [string, string] {
  const [from, to] = [toCivil(debut, zone), toCivil(fin, zone)];
  return [from.slice(0, 10) < date ? '00:00' : from.slice(11, 16), to.slice(0, 10) > date ? '24:00' : to.slice(11, 16)];
}

/** The civil days that a period covers from midnight to midnight; nothing when it begins or ends at another hour. */
export function wholeDays(debut: string, fin: string, zone: string): [string, string] | null {
  const [from, to] = [toCivil(debut, zone), toCivil(fin, zone)];
  if (from.slice(11) !== '00:00:00' || to.slice(11) !== '00:00:00' || to <= from) return null;
  return [from.slice(0, 10), dayjs.utc(to.slice(0, 10)).subtract(1, 'day').format('YYYY-MM-DD')];
}

/**
 * The instant at which a clock in the zone shows this; with a `T` or a space between day and time.
 * Of the two that an hour put back gives, the first; an hour that is left out counts on as if it were not.
 */
export function toInstant(civil: string, zone: string): string {
  const shown = dayjs.utc(civil.replace(' ', 'T')).valueOf();
  const before = shown - offsetAt(shown - 86_400_000, zone) * 60_000;
  const after = shown - offsetAt(shown + 86_400_000, zone) * 60_000;
  const right = [before, after].sort((a, b) => a - b).find((ms) => wall(ms, zone).getTime() === shown);
  return new Date(right ?? before).toISOString().replace('.000', '');
}
