import dayjs from 'dayjs';
import utc from 'dayjs/plugin/utc';
import { beforeAll, expect, test } from 'vitest';
import type { Schemas } from '@/api/client';
import { arrange } from './day';

beforeAll(() => void dayjs.extend(utc));

const work = (id: number, more: Partial<Schemas['Intervention']> = {}) =>
  ({ id, site_id: 1, statut: 'planifie', en_retard: false, date_fin_prevue: null, ...more }) as Schemas['Intervention'];
const slot = (intervention_id: number, debut: string) => ({ type: 'intervention', intervention_id, debut }) as Schemas['Evenement'];
const ids = (tasks: { intervention: { id: number } }[]) => tasks.map(({ intervention }) => intervention.id);

test('the day stands in the order of its slots, each intervention once', () => {
  const open = [work(1), work(2), work(3, { statut: 'en_cours' }), work(4, { en_retard: true }), work(5), work(6, { date_fin_prevue: '2031-03-03T07:00:00Z' }), work(7), work(8, { statut: 'termine' })];
  const slots = [slot(2, '2031-03-03T13:00:00Z'), slot(1, '2031-03-03T08:00:00Z'), slot(1, '2031-03-04T08:00:00Z'), slot(5, '2031-03-04T08:00:00Z'), slot(8, '2031-03-03T06:00:00Z'), slot(99, '2031-03-03T06:00:00Z')];
  const day = arrange(open, slots, Date.parse('2031-03-03T09:00:00Z'), () => 'Africa/Casablanca');
  expect({ ...day, today: ids(day.today), late: ids(day.late), tomorrow: ids(day.tomorrow), later: ids(day.later), done: ids(day.done) })
    .toEqual({ today: [1, 2, 3], late: [4, 6], tomorrow: [5], later: [7], done: [8] });
});

test('today is the day at the site, not on the device', () => {
  const day = arrange([work(1)], [slot(1, '2031-03-03T23:30:00Z')], Date.parse('2031-03-03T22:00:00Z'), () => 'Asia/Tokyo');
  expect(ids(day.today)).toEqual([1]);
});
