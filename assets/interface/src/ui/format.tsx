//! How values are written: dates in the zone of their site, money in the plant's currency, in the reader's language.

import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok } from '@/api/client';
import { direction, locale } from '@/app/langue';
import { elsewhere, setZones, wall } from './zones';

type Site = Schemas['Site'];

/** The sites that the reader sees, and how their clocks stand; they rarely change. */
export function useSites() {
  const told = useQuery({
    queryKey: ['sites', 'fuseaux'],
    queryFn: async () => (await ok(api.GET('/api/v1/sites/fuseaux'))).items,
    staleTime: 60 * 60_000,
  });
  if (told.data) setZones(told.data);
  return useQuery({
    queryKey: ['sites', 'tous'],
    queryFn: async () => (await ok(api.GET('/api/v1/sites/', { params: { query: { page_size: 200 } } }))).items,
    staleTime: 10 * 60_000,
  });
}

/** The time zone by whose days the plant counts: as on the server, that of most sites; this device's until they are known. */
export function usePlantZone(): string {
  const { data = [] } = useSites();
  const counts = new Map<string, number>();
  for (const { fuseau } of data) counts.set(fuseau, (counts.get(fuseau) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most?.[0] ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The time zone of a site; the plant's of what is at no site, as an absence. */
export function useZone(siteId: number | null | undefined): string {
  const { data } = useSites();
  const plant = usePlantZone();
  return data?.find((site: Site) => site.id === siteId)?.fuseau ?? plant;
}

const cache = new Map<string, Intl.DateTimeFormat>();
function formatter(options: Intl.DateTimeFormatOptions) {
  const key = `${locale()} ${JSON.stringify(options)}`;
  let made = cache.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(locale(), { ...options, timeZone: 'UTC' });
    cache.set(key, made);
  }
  return made;
}

export const SHORT: Intl.DateTimeFormatOptions = { dateStyle: 'short', timeStyle: 'short' };
export const LONG: Intl.DateTimeFormatOptions = { dateStyle: 'full', timeStyle: 'short' };
export const TIME: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };

/** An instant as text. */
export function instant(value: string, zone: string, options: Intl.DateTimeFormatOptions = SHORT): string {
  return formatter(options).format(wall(Date.parse(value), zone));
}

/** Figures, units and signs that keep their order within a text that runs the other way. */
export const together = (text: string) => (direction() === 'rtl' ? `\u2066${text}\u2069` : text);

/** An hour, or a day and an hour, with the town by whose clock it is told where that is not the reader's. */
export function told(value: string, zone: string, options: Intl.DateTimeFormatOptions = SHORT): string {
  return `${instant(value, zone, options)}${town(value, zone)}`;
}

/** From one end to the other in the direction of the language, whatever stands beside it. */
export const range = (from: string, to: string) => (direction() === 'rtl' ? `\u2067${from} – ${to}\u2069` : `${from} – ${to}`);

/** From when to when, likewise: the town once. */
export function span(debut: string, fin: string, zone: string, options: Intl.DateTimeFormatOptions = SHORT): string {
  return range(instant(debut, zone, options), instant(fin, zone, TIME)) + town(debut, zone);
}

function town(value: string, zone: string): string {
  const there = elsewhere(value, zone);
  return there ? ` (${there})` : '';
}

/** A civil date (`2026-11-25`) as text. */
export function day(value: string, options: Intl.DateTimeFormatOptions = { dateStyle: 'medium' }): string {
  return formatter(options).format(new Date(`${value}T00:00:00Z`));
}

/** An instant in the zone of its site, with the whole of it on hover. */
export function Instant({ value, siteId, format = SHORT }: {
  value: string | null | undefined;
  siteId?: number | null;
  format?: Intl.DateTimeFormatOptions;
}) {
  const zone = useZone(siteId);
  useTranslation(); // written anew when the language changes
  if (!value) return <Text span c="dimmed">—</Text>;
  return (
    <time dateTime={value} title={`${instant(value, zone, LONG)} (${zone})`} className="tabular">
      {format.timeStyle || format.hour ? told(value, zone, format) : instant(value, zone, format)}
    </time>
  );
}

/** From when to when, in the zone of its site, with the whole of it on hover. */
export function Period({ debut, fin, siteId }: { debut: string; fin: string; siteId?: number | null }) {
  const zone = useZone(siteId);
  useTranslation(); // written anew when the language changes
  return <time dateTime={debut} title={`${instant(debut, zone, LONG)} (${zone})`} className="tabular">{span(debut, fin, zone)}</time>;
}

/** Minutes as hours and minutes: `2 h 05`. */
export function duration(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), Math.round(minutes % 60)];
  if (!hours) return together(`${rest} min`);
  return together(rest ? `${hours} h ${String(rest).padStart(2, '0')}` : `${hours} h`);
}

/** An amount with two decimals; the currency is the plant's and goes without saying. */
export function money(amount: number): string {
  return new Intl.NumberFormat(locale(), { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(amount);
}

/** What one unit costs: two decimals, and up to four where it has them. */
export function price(amount: number): string {
  return new Intl.NumberFormat(locale(), { minimumFractionDigits: 2, maximumFractionDigits: 4 }).format(amount);
}

/** An amount that is added or taken off, with its sign. */
export function difference(amount: number): string {
  return together(new Intl.NumberFormat(locale(), { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: 'exceptZero' }).format(amount));
}

export function number(value: number, digits = 3): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

/** Bytes, in the largest unit that leaves a number of one or more. */
export function size(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  const at = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return new Intl.NumberFormat(locale(), { style: 'unit', unit: units[at]!, maximumFractionDigits: at < 2 ? 0 : 1 }).format(bytes / 1000 ** at);
}

/** How long ago, in the largest unit that fits. */
export function ago(value: string, now = Date.now()): string {
  const seconds = (new Date(value).getTime() - now) / 1000;
  const units: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86_400], ['hour', 3600], ['minute', 60]];
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}
