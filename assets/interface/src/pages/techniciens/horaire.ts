//! Weekly hours as text, a range a line, and back.

export const JOURS = ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'] as const;
export type Jour = (typeof JOURS)[number];
export type Horaire = Record<string, string[][]>;
export type Texts = Record<Jour, string>;

const RANGE = /^([01]?\d|2[0-4])[:hH]([0-5]\d)\s*[-–àa]\s*([01]?\d|2[0-4])[:hH]([0-5]\d)$/;

export const toTexts = (horaire: Horaire | null | undefined): Texts =>
  Object.fromEntries(JOURS.map((jour) => [jour, (horaire?.[jour] ?? []).map(([from, to]) => `${from}-${to}`).join('\n')])) as Texts;

/** The ranges of a day; `null` when a line is none. */
export function ranges(text: string): string[][] | null {
  const lines = text.split(/[\n,;]/).map((line) => line.trim()).filter(Boolean);
  const found = lines.map((line) => {
    const [, fromHour, from, toHour, to] = RANGE.exec(line) ?? [];
    return fromHour && toHour ? [`${fromHour.padStart(2, '0')}:${from}`, `${toHour.padStart(2, '0')}:${to}`] : null;
  });
  return found.some((range) => range === null) ? null : (found as string[][]);
}

/** The days worked; none at all means the hours of the plant. */
export function toHoraire(texts: Texts): Horaire | null {
  const days = JOURS.map((jour): [Jour, string[][]] => [jour, ranges(texts[jour]) ?? []]).filter(([, worked]) => worked.length);
  return days.length ? Object.fromEntries(days) : null;
}
