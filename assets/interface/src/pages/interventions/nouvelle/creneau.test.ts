import { expect, test } from 'vitest';
import { fit } from './creneau';

const at = (time: string) => `2031-01-15T${time}:00Z`;
const taken = { type: 'intervention' as const, debut: at('09:00'), fin: at('10:30'), intervention_id: 7, numero: 'INT-2031-000007' };
const agenda = { occupations: [taken], libres: [{ debut: at('08:00'), fin: at('09:00') }, { debut: at('10:30'), fin: at('18:00') }] };

test('a slot may touch what is booked, but not overlap it', () => {
  expect(fit(agenda, at('08:00'), 60)).toEqual({ is: 'libre' });
  expect(fit(agenda, at('10:30'), 60)).toEqual({ is: 'libre' });
  expect(fit(agenda, at('08:00'), 61)).toEqual({ is: 'pris', by: taken });
  expect(fit(agenda, at('10:29'), 15)).toEqual({ is: 'pris', by: taken });
  expect(fit(agenda, at('08:30'), 240)).toEqual({ is: 'pris', by: taken });
});

test('a slot that runs out of working hours says so', () => {
  expect(fit(agenda, at('17:30'), 60)).toEqual({ is: 'hors_horaire' });
  expect(fit(agenda, at('06:00'), 60)).toEqual({ is: 'hors_horaire' });
});
