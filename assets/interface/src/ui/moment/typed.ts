//! Days and hours as people type them. Text that cannot be read, or that can be read two ways, is no day and no hour.

/** Digits as Arabic and Persian keyboards give them, made Western. */
const western = (text: string) => text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15));

const two = (number: number) => String(number).padStart(2, '0');

/** `2026-02-17` of `17/02/2026`, `17/02/26`, `17-2`, `17.02.2026`, `17022026`, `2026-02-17`; a year left out is that of `today`. */
export function readDay(text: string, today: string): string | null {
  const typed = western(text).trim();
  const [, iso, isoMonth, isoDay] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(typed) ?? [];
  const [, day, month, year = today.slice(0, 4)] = iso
    ? [typed, isoDay, isoMonth, iso]
    : (/^(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{4}|\d{2}))?$/.exec(typed) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(typed) ?? []);
  if (!day || !month) return null;
  const [d, m, y] = [Number(day), Number(month), year.length === 2 ? 2000 + Number(year) : Number(year)];
  const date = new Date(Date.UTC(y, m - 1, d));
  const exists = y >= 1900 && date.getUTCMonth() === m - 1 && date.getUTCDate() === d;
  return exists ? `${y}-${two(m)}-${two(d)}` : null;
}

/** `15:45` of `1545`, `15:45`, `15h45`, `15.45`, `15 45`, `15h`, `9`; `930` is 09:30, but `145` is 1:45 or 14:5 and so neither. */
export function readHour(text: string): string | null {
  const typed = western(text).trim().toLowerCase();
  const [, hours, minutes = '0'] = /^(\d{1,2})\s*(?:[:h. ]\s*(\d{2})|h)?$/.exec(typed) ?? /^(\d{2})(\d{2})$/.exec(typed) ?? /^([3-9])(\d{2})$/.exec(typed) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59) return null;
  return `${two(Number(hours))}:${two(Number(minutes))}`;
}

/**
 * What date fields hold: a civil day `2026-02-17` or moment `2026-02-17 15:45:00`, or, behind a question mark, what was
 * typed and cannot be read. The second is kept like the first, also in a draft, and never sent.
 */
export const isUnread = (value: unknown): boolean => typeof value === 'string' && value.startsWith('?');

/** Of the two boxes of a moment, what the field holds; nothing when both are empty. */
export function moment(day: string, hour: string, today: string): string | null {
  if (!day.trim() && !hour.trim()) return null;
  const [readable, at] = [readDay(day, today), readHour(hour)];
  return readable && at ? `${readable} ${at}:00` : `?${day}|${hour}`;
}

/** Of what the field holds, what its two boxes show; a day as people write it. */
export function boxes(value: string | null): [string, string] {
  if (!value) return ['', ''];
  const [day = '', hour = ''] = isUnread(value) ? value.slice(1).split('|') : value.replace('T', ' ').split(' ');
  return [isUnread(value) ? day : written(day), hour.slice(0, isUnread(value) ? undefined : 5)];
}

/** `17/02/2026` of `2026-02-17`. */
export const written = (day: string) => day.split('-').reverse().join('/');
