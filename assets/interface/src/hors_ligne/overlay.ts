//! What was done shows at once: readings of the server with what waits in the outbox laid over them. Pure.

import type { Schemas } from '@/api/client';
import { type Row, isStuck, isUnsent } from './row';

type Detail = Schemas['InterventionDetail'];
type Statut = Schemas['Intervention']['statut'];
type Checklist = Schemas['Checklist'];
type Element = Checklist['operations'][number];

/** Whether a reading made at `readAt` does not know of it yet. What was refused or contradicted shows nothing. */
export const counts = (row: Row, readAt: number) => !isStuck(row) && (isUnsent(row) || (row.sentAt ?? 0) > readAt);

/** Where a technicien may go from a statut that the server has not heard of; it has the last word. */
const NEXT: Record<Statut, Statut[]> = {
  planifie: ['en_cours'],
  en_cours: ['attente_pieces', 'termine'],
  attente_pieces: ['en_cours'],
  termine: [],
  annule: [],
};

/** The fields that a change of statut brings along as they are. */
const REPORT = ['compte_rendu', 'symptome_code_id', 'cause_code_id', 'remede_code_id'] as const;

export const subjectOf = (id: number) => `intervention:${id}`;

export function withStatut<T extends Schemas['Intervention'] & Partial<Pick<Detail, 'transitions'>>>(read: T, rows: Row[], readAt: number): T {
  let shown = read;
  for (const row of rows) {
    if (row.subject !== subjectOf(read.id) || row.kind !== 'statut' || !counts(row, readAt)) continue;
    const statut = row.body?.statut as Statut;
    const report = Object.fromEntries(REPORT.filter((field) => row.body?.[field] !== undefined).map((field) => [field, row.body?.[field]]));
    shown = { ...shown, ...report, statut, en_retard: shown.en_retard && statut !== 'termine' };
    if (shown.transitions) shown = { ...shown, transitions: NEXT[statut] };
  }
  return shown;
}

/** The row that last answered an operation and that the reading does not show. */
export const answerRow = (rows: Row[], checklist: number, operation: number, readAt: number) =>
  rows.findLast((row) => row.kind === 'reponse' && row.path === answerPath(checklist, operation) && (counts(row, readAt) || isStuck(row)));

export const answerPath = (id: number, operation: number) => `/api/v1/interventions/${id}/checklist/${operation}`;

export const isOut = (value: number, { min, max }: Pick<Element, 'min' | 'max'>) =>
  (min != null && value < min) || (max != null && value > max);

export function withAnswers(read: Checklist, rows: Row[], readAt: number): Checklist {
  const operations = read.operations.map((element) => {
    const row = answerRow(rows, read.intervention_id, element.id, readAt);
    if (!row || isStuck(row)) return element;
    const body = row.body ?? {};
    const value = (body.valeur ?? null) as number | null;
    // A box left unticked answers only when it says why; a photo on its way has no number yet and answers all the same.
    const given = body.coche === true || (body.coche === false && !!body.remarque)
      || [body.valeur, body.texte, body.document_id ?? row.needs].some((member) => member != null);
    const reponse = {
      auteur: '',
      date: new Date(row.at).toISOString(),
      coche: (body.coche ?? null) as boolean | null,
      valeur: value,
      texte: (body.texte ?? null) as string | null,
      document_id: (body.document_id ?? null) as number | null,
      remarque: (body.remarque ?? null) as string | null,
      hors_tolerance: value !== null && isOut(value, element),
    };
    return { ...element, reponse, repondue: given };
  });
  const open = operations.filter(({ repondue }) => !repondue);
  return {
    ...read,
    operations,
    progression: {
      total: operations.length,
      repondues: operations.length - open.length,
      obligatoires_restantes: open.filter(({ obligatoire }) => obligatoire).length,
      hors_tolerance: operations.filter(({ reponse }) => reponse?.hors_tolerance).length,
    },
  };
}

/** One's timer as it stands by what was pressed here. */
export type Timer = { intervention: number; about: string; id?: number; row?: string; since: number };

export function withTimer(read: Schemas['Temps'] | null, rows: Row[], readAt: number): Timer | null {
  let timer: Timer | null = read && { intervention: read.intervention_id, about: read.numero, id: read.id, since: Date.parse(read.debut) };
  for (const row of rows) {
    if (!counts(row, readAt)) continue;
    if (row.kind === 'chrono_debut') timer = { intervention: Number(row.subject.split(':')[1]), about: row.about, row: row.id, since: row.at };
    if (row.kind === 'chrono_fin') timer = null;
  }
  return timer;
}
