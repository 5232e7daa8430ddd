import { expect, test } from 'vitest';
import type { Schemas } from '@/api/client';
import { answerPath, withAnswers, withStatut, withTimer } from './overlay';
import type { Row } from './row';

const row = (more: Partial<Row>): Row => ({
  id: 'r', seq: 1, user: 1, subject: 'intervention:12', kind: 'statut', about: 'INT-12', method: 'PATCH', path: '', at: 1000, tries: 0, next: 0, state: 'en_attente', ...more,
});
const work = { id: 12, statut: 'planifie', en_retard: true, transitions: ['en_cours', 'annule'] } as Schemas['InterventionDetail'];

test('what was done shows at once, with what may be done next', () => {
  const rows = [row({ body: { statut: 'en_cours' } }), row({ seq: 2, body: { statut: 'termine', compte_rendu: 'Fait.' } })];
  expect(withStatut(work, rows.slice(0, 1), 500)).toMatchObject({ statut: 'en_cours', transitions: ['attente_pieces', 'termine'], en_retard: true });
  expect(withStatut(work, rows, 500)).toMatchObject({ statut: 'termine', transitions: [], compte_rendu: 'Fait.', en_retard: false });
});

test('what the server knows already, contradicts or refuses, and what is another’s, shows as the server says', () => {
  const statut = { body: { statut: 'en_cours' } };
  for (const [more, readAt] of [
    [{ state: 'envoye', sentAt: 2000 }, 3000],
    [{ state: 'conflit' }, 500],
    [{ state: 'refuse' }, 500],
    [{ subject: 'intervention:13' }, 500],
  ] as const) expect(withStatut(work, [row({ ...statut, ...more })], readAt)).toBe(work);
  // Sent, and not read again since.
  expect(withStatut(work, [row({ ...statut, state: 'envoye', sentAt: 2000 })], 1500).statut).toBe('en_cours');
});

test('a box left unticked answers only with its reason; a photo on its way answers', () => {
  const operation = (id: number, more: object) => ({ id, obligatoire: true, repondue: false, min: null, max: null, ...more });
  const checklist = { intervention_id: 12, operations: [operation(1, {}), operation(2, { min: 1, max: 2 }), operation(3, {})] } as unknown as Schemas['Checklist'];
  const answer = (id: number, more: Partial<Row>) => row({ kind: 'reponse', method: 'PUT', path: answerPath(12, id), ...more });
  const shown = (...rows: Row[]) => withAnswers(checklist, rows, 500);

  expect(shown(answer(1, { body: { coche: false } })).progression).toMatchObject({ repondues: 0, obligatoires_restantes: 3 });
  expect(shown(answer(1, { body: { coche: false, remarque: 'cassé' } })).progression.repondues).toBe(1);
  const out = shown(answer(2, { body: { valeur: 2 } }), answer(2, { seq: 2, body: { valeur: 2.1 } }), answer(3, { body: {}, needs: { row: 'p', field: 'document_id' } }));
  expect(out.progression).toEqual({ total: 3, repondues: 2, obligatoires_restantes: 1, hors_tolerance: 1 });
});

test('the timer is as it was last pressed, here or on the server', () => {
  const running = { id: 7, intervention_id: 13, numero: 'INT-13', debut: '2031-03-03T10:00:00Z' } as Schemas['Temps'];
  const begin = row({ kind: 'chrono_debut', id: 'b' });
  expect(withTimer(running, [], 500)).toMatchObject({ intervention: 13, id: 7 });
  expect(withTimer(running, [row({ kind: 'chrono_fin', subject: 'intervention:13' }), begin], 500)).toMatchObject({ intervention: 12, row: 'b', since: 1000 });
  expect(withTimer(null, [begin, row({ kind: 'chrono_fin' })], 500)).toBeNull();
});
