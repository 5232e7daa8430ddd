import { expect, test } from 'vitest';
import { type Booked, covers, obstacles, snapped } from './regles';

const HOUR = 3_600_000;
const hours = (from: number, to: number) => ({ debut: from * HOUR, fin: to * HOUR });
const job: Booked = { ...hours(10, 12), technicien: 1, affectation: 7, isAbsence: false, nom: 'INT-1' };
const known = { booked: [job], free: [hours(8, 10), hours(12, 17)], skills: [], required: [], own: null, day: '2026-11-25' };

test('a slot collides with what somebody is booked for, and with nobody else’s', () => {
  expect(obstacles({ technicien: 1, ...hours(11, 13) }, known)).toEqual([{ kind: 'reservee', nom: 'INT-1' }]);
  expect(obstacles({ technicien: 1, ...hours(12, 13) }, known)).toEqual([]);
  expect(obstacles({ technicien: 2, ...hours(11, 13) }, { ...known, free: [hours(8, 17)] })).toEqual([]);
});

test('the slot that is moved does not stand in its own way', () => {
  expect(obstacles({ technicien: 1, ...hours(9, 11) }, { ...known, own: 7 })).toEqual([]);
});

test('an absence is called so, and says enough of the hours', () => {
  const away = { ...job, isAbsence: true, affectation: null, nom: 'Congé' };
  expect(obstacles({ technicien: 1, ...hours(11, 12) }, { ...known, booked: [away] })).toEqual([{ kind: 'absence', nom: 'Congé' }]);
});

test('outside the hours is said, and not while they are unknown', () => {
  expect(obstacles({ technicien: 1, ...hours(16, 18) }, known)).toEqual([{ kind: 'hors_horaire' }]);
  expect(obstacles({ technicien: 1, ...hours(16, 18) }, { ...known, free: undefined })).toEqual([]);
});

test('a skill that is missing, too low or over by that day is named', () => {
  const required = [{ competence_id: 3, niveau: 2, nom: 'Soudage' }];
  const place = { technicien: 1, ...hours(12, 13) };
  const lacks = (skills: Parameters<typeof obstacles>[1]['skills']) => obstacles(place, { ...known, required, skills }).length;
  expect(lacks([])).toBe(1);
  expect(lacks([{ competence_id: 3, niveau: 1 }])).toBe(1);
  expect(lacks([{ competence_id: 3, niveau: 2, valide_jusqu_au: '2026-11-24' }])).toBe(1);
  expect(lacks([{ competence_id: 3, niveau: 2, valide_jusqu_au: '2026-11-25' }])).toBe(0);
});

test('free times that touch cover what runs over both', () => {
  expect(covers([hours(12, 17), hours(8, 12)], hours(11, 13))).toBe(true);
  expect(covers([hours(8, 12), hours(13, 17)], hours(11, 14))).toBe(false);
});

test('a moment snaps to the quarter of an hour', () => {
  expect(snapped(HOUR + 8 * 60_000)).toBe(HOUR + 15 * 60_000);
  expect(snapped(HOUR + 7 * 60_000)).toBe(HOUR);
});
