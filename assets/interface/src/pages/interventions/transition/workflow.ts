//! What a step of the workflow asks for before the server makes it. Whether there is such a step is the server's to
//! say (`transitions`); this only knows which questions to put.

import { type Schemas, api, ok } from '@/api/client';

type Intervention = Schemas['Intervention'];
export type Statut = Intervention['statut'];

export type Asked = 'rien' | 'remarque' | 'fin';

export function askedBy(from: Statut, to: Statut): Asked {
  if (to === 'termine') return 'fin';
  // Waiting, cancelling, reopening and taking a cancellation back say why.
  return to === 'attente_pieces' || to === 'annule' || from === 'termine' || from === 'annule' ? 'remarque' : 'rien';
}

/** The columns of the board, in the order in which work goes. */
export const COLUMNS = ['planifie', 'en_cours', 'attente_pieces', 'termine'] as const;
export type ColumnKey = (typeof COLUMNS)[number];

/** How far back the column of finished work goes. */
export const FINISHED_DAYS = 7;

/** The reading of an intervention with what may be done to it, as the list row stands: one that changed is read anew. */
export const detailOf = ({ id, version }: Pick<Intervention, 'id' | 'version'>) => ({
  queryKey: ['interventions', id, 'transitions', version],
  queryFn: () => ok(api.GET('/api/v1/interventions/{id}', { params: { path: { id } } })),
  staleTime: 30_000,
  gcTime: 60_000,
  meta: { kept: false },
});
