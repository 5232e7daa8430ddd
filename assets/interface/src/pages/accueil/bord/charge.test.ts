import dayjs from 'dayjs';
import utc from 'dayjs/plugin/utc';
import { beforeAll, expect, test } from 'vitest';
import { mondayOf, share, weekLoad } from './charge';

beforeAll(() => void dayjs.extend(utc));

const UTC = 'UTC';
const MONDAY = '2031-01-13';
const person = (over: object = {}) => ({ id: 1, nom: 'Ana', horaire: null, disponibilite: 'disponible' as const, actif: true, ...over });
const event = (type: 'intervention' | 'absence', debut: string, fin: string) => ({ type, debut, fin, technicien_id: 1 });

test('a week begins on the Monday of the plant', () => {
  expect(mondayOf('2031-01-19T23:30:00Z', UTC)).toBe(MONDAY);
  expect(mondayOf('2031-01-13T00:00:00Z', UTC)).toBe(MONDAY);
});

test('hours that nobody set are those that the server goes by', () => {
  expect(weekLoad([person()], [], MONDAY, UTC)).toEqual([{ id: 1, nom: 'Ana', booked: 0, capacity: 50 * 60 }]);
});

test('an absence takes from what can be done, once', () => {
  const away = [event('absence', '2031-01-14T00:00:00Z', '2031-01-15T00:00:00Z'), event('absence', '2031-01-14T08:00:00Z', '2031-01-14T12:00:00Z')];
  expect(weekLoad([person()], away, MONDAY, UTC)[0]?.capacity).toBe(40 * 60);
});

test('a night runs into the next day', () => {
  const nights = { lundi: [['22:00', '06:00']], mardi: [['20:00', '24:00']] };
  expect(weekLoad([person({ horaire: nights })], [], MONDAY, UTC)[0]?.capacity).toBe(12 * 60);
});

test('what is booked counts as far as it falls into the week, the fullest first', () => {
  const events = [event('intervention', '2031-01-12T23:00:00Z', '2031-01-13T01:00:00Z'), event('intervention', '2031-01-15T08:00:00Z', '2031-01-15T09:30:00Z')];
  const load = weekLoad([person({ id: 2, nom: 'Bob' }), person()], events, MONDAY, UTC);
  expect(load.map(({ nom, booked }) => [nom, booked])).toEqual([['Ana', 150], ['Bob', 0]]);
});

test('who cannot be booked is left out, and who is away but booked has too much', () => {
  expect(weekLoad([person({ actif: false }), person({ disponibilite: 'indisponible' })], [], MONDAY, UTC)).toEqual([]);
  expect(share({ booked: 60, capacity: 0 })).toBe(Infinity);
});
