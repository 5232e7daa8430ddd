import dayjs from 'dayjs';
import utc from 'dayjs/plugin/utc';
import { beforeAll, expect, test } from 'vitest';
import { offsetAt, partOn, setZones, toCivil, toDay, toInstant, wholeDays } from './zones';

beforeAll(() => {
  dayjs.extend(utc);
  setZones([
    {
      nom: 'Europe/Paris',
      decalages: [
        { depuis: null, decalage_min: 60 },
        { depuis: '2031-03-30T01:00:00Z', decalage_min: 120 },
        { depuis: '2031-10-26T01:00:00Z', decalage_min: 60 },
      ],
    },
    // As no device of today has it.
    { nom: 'Africa/Casablanca', decalages: [{ depuis: null, decalage_min: 0 }] },
  ]);
});

test('the clock on the wall is the one that the server tells of', () => {
  expect(toCivil('2031-11-25T07:06:00Z', 'Africa/Casablanca')).toBe('2031-11-25 07:06:00');
  expect(toCivil('2031-07-01T22:30:00Z', 'Europe/Paris')).toBe('2031-07-02 00:30:00');
  expect(toDay('2031-07-01T22:30:00Z', 'Europe/Paris')).toBe('2031-07-02');
  expect(offsetAt(Date.parse('2031-07-01T00:00:00Z'), 'Asia/Tokyo')).toBe(540);
});

test('what is entered in local time is sent as the instant that it is', () => {
  expect(toInstant('2031-01-15 08:00:00', 'Europe/Paris')).toBe('2031-01-15T07:00:00Z');
  expect(toInstant('2031-07-15T08:00', 'Europe/Paris')).toBe('2031-07-15T06:00:00Z');
  // The hour that comes twice, and the one that never comes.
  expect(toInstant('2031-10-26 02:30:00', 'Europe/Paris')).toBe('2031-10-26T00:30:00Z');
  expect(toInstant('2031-03-30 02:30:00', 'Europe/Paris')).toBe('2031-03-30T01:30:00Z');
});

test('every hour of a year comes back as it was sent', () => {
  for (let ms = Date.parse('2031-01-01T00:00:00Z'); ms < Date.parse('2032-01-01T00:00:00Z'); ms += 3_600_000) {
    const instant = new Date(ms).toISOString().replace('.000', '');
    const again = toInstant(toCivil(instant, 'Europe/Paris'), 'Europe/Paris');
    // But for the second of the hour that comes twice.
    if (instant !== '2031-10-26T01:00:00Z') expect(again).toBe(instant);
  }
});

test('an absence of several days shows what of it lies on each', () => {
  const [debut, fin] = ['2031-07-01T07:00:00Z', '2031-07-03T22:00:00Z'];
  expect(['2031-07-01', '2031-07-02', '2031-07-03'].map((date) => partOn(date, debut, fin, 'Europe/Paris'))).toEqual([['09:00', '24:00'], ['00:00', '24:00'], ['00:00', '24:00']]);
  expect(wholeDays(debut, fin, 'Europe/Paris')).toBeNull();
  expect(wholeDays('2031-06-30T22:00:00Z', fin, 'Europe/Paris')).toEqual(['2031-07-01', '2031-07-03']);
  expect(wholeDays('2031-06-30T22:00:00Z', '2031-07-01T22:00:00Z', 'Europe/Paris')).toEqual(['2031-07-01', '2031-07-01']);
  expect(wholeDays('2031-06-30T22:00:00Z', '2031-07-01T10:00:00Z', 'Europe/Paris')).toBeNull();
});
