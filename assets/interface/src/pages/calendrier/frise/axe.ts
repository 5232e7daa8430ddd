//! The time axis: from moments to places on the page and back, by the clock on the wall where something is: one hour for
//! one slot, here as everywhere. What is nowhere goes by the plant's clock.

import dayjs from 'dayjs';
import { toInstant, wall } from '@/ui/zones';

export type Vue = 'jour' | 'semaine';
/** Pixels an hour. */
export const SCALE: Record<Vue, number> = { jour: 64, semaine: 16 };
export const DAYS: Record<Vue, number> = { jour: 1, semaine: 7 };

export type Axe = {
  vue: Vue;
  /** The plant's. */
  zone: string;
  /** Civil days, the first one first. */
  days: string[];
  width: number;
  /** Pixels from the start of the axis. */
  at: (ms: number, zone?: string) => number;
  /** The moment so many pixels from the start. */
  moment: (pixels: number, zone?: string) => number;
};

export function axe(vue: Vue, first: string, zone: string): Axe {
  const start = dayjs.utc(first).valueOf();
  const scale = SCALE[vue];
  return {
    vue,
    zone,
    days: Array.from({ length: DAYS[vue] }, (_, index) => dayjs.utc(first).add(index, 'day').format('YYYY-MM-DD')),
    width: DAYS[vue] * 24 * scale,
    at: (ms, there = zone) => ((wall(ms, there).getTime() - start) / 3_600_000) * scale,
    moment: (pixels, there = zone) => Date.parse(toInstant(dayjs.utc(start + (pixels / scale) * 3_600_000).format('YYYY-MM-DDTHH:mm:ss'), there)),
  };
}
