import { expect, test } from 'vitest';
import { ranges, toHoraire, toTexts } from './horaire';

test('a range is read as people write it', () => {
  expect(ranges('8h00 - 12:00\n14:00–18h30')).toEqual([['08:00', '12:00'], ['14:00', '18:30']]);
  expect(ranges('22:00-06:00')).toEqual([['22:00', '06:00']]);
  expect(ranges('')).toEqual([]);
});

test('what is no range is said to be none', () => {
  expect(ranges('le matin')).toBeNull();
  expect(ranges('08:00-12:60')).toBeNull();
  expect(ranges('08:00-12:00\n14')).toBeNull();
});

test('hours come back as they went, and no hours at all are those of the plant', () => {
  const horaire = { lundi: [['08:00', '12:00'], ['14:00', '18:00']], vendredi: [['22:00', '06:00']] };
  expect(toHoraire(toTexts(horaire))).toEqual(horaire);
  expect(toHoraire(toTexts(null))).toBeNull();
});
