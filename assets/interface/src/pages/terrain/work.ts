//! An intervention as the phone shows it: what was read, with what waits laid over, and how to change it.

import { useQuery } from '@tanstack/react-query';
import { type Schemas, uuid } from '@/api/client';
import { useEnvois, useEnvoisOf, useOutbox } from '@/hors_ligne/envois';
import { answerPath, counts, subjectOf, withStatut, withTimer } from '@/hors_ligne/overlay';
import type { Kind, NewRow, Part, Row } from '@/hors_ligne/row';
import { useMe } from '@/session/session';
import { read } from './readings';

export type Detail = Schemas['InterventionDetail'];
export type Element = Schemas['Checklist']['operations'][number];

/** The rows of an intervention that its page shows as such: not yet sent, or sent and not yet read again. */
export function useQueued(id: number, kind: Kind, readAt: number): Row[] {
  return useEnvoisOf(subjectOf(id)).filter((row) => row.kind === kind && (counts(row, readAt) || row.state === 'conflit' || row.state === 'refuse'));
}

export function useWork(id: number) {
  const query = useQuery(read.one(id));
  const rows = useEnvoisOf(subjectOf(id));
  const detail = query.data && withStatut(query.data, rows, query.dataUpdatedAt);
  return { query, detail };
}

export function useTimer() {
  const { data, dataUpdatedAt } = useQuery(read.timer());
  return withTimer(data ?? null, useEnvois(), dataUpdatedAt);
}

/** What a technicien does to an intervention; each answers whether it is kept on the device. */
export function useActions(work: Detail) {
  const { add } = useOutbox();
  const { technicien_id: me } = useMe();
  const timer = useTimer();
  const at = `/api/v1/interventions/${work.id}`;
  const row = (kind: Kind, more: Omit<NewRow, 'kind' | 'subject' | 'about'>): NewRow =>
    ({ subject: subjectOf(work.id), kind, about: `${work.numero} · ${work.titre}`, ...more });

  const stopTimer = (): NewRow[] => {
    if (!timer) return [];
    const stop = { method: 'POST', path: `/api/v1/temps/${timer.id ?? '{}'}/arreter`, body: {} } as const;
    return [{ ...row('chrono_fin', stop), subject: subjectOf(timer.intervention), about: timer.about, needs: timer.id === undefined ? { row: timer.row!, field: 'id' } : undefined }];
  };
  const statut = (to: Detail['statut'], body: Record<string, unknown> = {}): NewRow =>
    row('statut', {
      method: 'PATCH', path: `${at}/statut`, body: { statut: to, ...body },
      target: `intervention:${work.id}`, version: work.version, seen: { ...work },
    });
  const needed = (part: { id: number; quantity: number; label: string }) =>
    row('besoin', { method: 'POST', path: `${at}/pieces`, body: { piece_id: part.id, quantite: part.quantity }, seen: { label: part.label } });
  const photo = (file: Blob, name: string): NewRow & { id: string } => {
    const parts: Part[] = [{ name: 'intervention_id', value: String(work.id) }, { name: 'file', value: file, file: name }];
    return { ...row('photo', { method: 'POST', path: '/api/v1/documents/', parts }), id: uuid() };
  };
  const answerRow = (element: Element, body: Record<string, unknown>, needs?: NewRow['needs']) =>
    row('reponse', {
      method: 'PUT', path: answerPath(work.id, element.id), body, needs,
      target: `checklist:${work.id}/${element.id}`, version: element.version,
      seen: { libelle: element.libelle, unite: element.unite, type: element.type, reponse: element.reponse },
    });

  return {
    timer,
    start: () => add(statut('en_cours')),
    awaitPart: (remarque: string, part?: { id: number; quantity: number; label: string }) =>
      add(
        ...(timer?.intervention === work.id ? stopTimer() : []),
        ...(part ? [needed(part)] : []),
        statut('attente_pieces', { remarque }),
      ),
    finish: (report: Record<string, unknown>) =>
      add(...(timer?.intervention === work.id ? stopTimer() : []), statut('termine', report)),
    startTimer: () =>
      add(...stopTimer(), row('chrono_debut', { method: 'POST', path: `${at}/temps/demarrer`, body: { technicien_id: me } })),
    stopTimer: () => add(...stopTimer()),
    answer: (element: Element, body: Record<string, unknown>) => add(answerRow(element, body)),
    /** The picture goes first; its answer takes the number that it gets. */
    answerPhoto: (element: Element, file: Blob, name: string) => {
      const sent = photo(file, name);
      return add(sent, answerRow(element, {}, { row: sent.id, field: 'document_id' }));
    },
    addPhotos: (files: { blob: Blob; name: string }[]) => add(...files.map(({ blob, name }) => photo(blob, name))),
    usePart: (part: { id: number; quantity: number; label: string }) =>
      add(row('piece', {
        method: 'POST', path: `/api/v1/pieces/${part.id}/mouvements`,
        body: { type: 'sortie', quantite: part.quantity, intervention_id: work.id }, seen: { label: part.label },
      })),
    askPart: (part: { id: number; quantity: number; label: string }) => add(needed(part)),
    comment: (texte: string) => add(row('commentaire', { method: 'POST', path: `${at}/commentaires`, body: { texte } })),
    sign: (nom: string, fonction: string, image: string) =>
      add(row('signature', { method: 'POST', path: `${at}/signature`, body: { nom, fonction: fonction || null, image } })),
  };
}

export type Actions = ReturnType<typeof useActions>;
