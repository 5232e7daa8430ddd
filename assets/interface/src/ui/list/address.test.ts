import { expect, test } from 'vitest';
import { asQuery, read, write } from './address';

test('an address says what a list shows, and the list writes the same address', () => {
  const search = 'q=pompe+%C3%A9&statut=planifie&statut=en_cours&en_retard=true&tri=-date_creation';
  const state = read(search);
  expect(state).toEqual({
    q: 'pompe é', tri: '-date_creation', filters: { statut: ['planifie', 'en_cours'], en_retard: ['true'] },
  });
  expect(write(state)).toBe(search);
  expect(asQuery(state)).toEqual({ q: 'pompe é', tri: '-date_creation', statut: ['planifie', 'en_cours'], en_retard: ['true'] });
});
