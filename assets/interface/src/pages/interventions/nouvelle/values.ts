//! What the form of a new intervention holds, and what of it is sent.

import type { Schemas } from '@/api/client';
import { toInstant } from '@/ui/zones';

type New = Schemas['NewIntervention'];

export type Values = {
  titre: string;
  description: string;
  type_intervention: New['type_intervention'];
  priorite: NonNullable<New['priorite']>;
  equipement_id: number | null;
  /** A civil day of the site, which counts to its end. */
  date_limite: string | null;
  duree_estimee_min: number | string;
  arret_equipement: boolean;
  /** On the clock of the site, as date fields hold it; `date_debut_prevue` likewise. */
  survenue_le: string | null;
  symptome: string;
  symptome_code_id: string | null;
  competences_requises: { competence_id: number; niveau: number }[];
  gamme_id: string | null;
  technicien_id: number | null;
  date_debut_prevue: string | null;
};

export const blank = (equipement_id: number | null): Values => ({
  titre: '',
  description: '',
  type_intervention: 'corrective',
  priorite: 'normale',
  equipement_id,
  date_limite: null,
  duree_estimee_min: 60,
  arret_equipement: false,
  survenue_le: null,
  symptome: '',
  symptome_code_id: null,
  competences_requises: [],
  gamme_id: null,
  technicien_id: null,
  date_debut_prevue: null,
});

/** Whether something failed: only then is there a symptôme, and a moment at which it did. */
export const isFailure = ({ type_intervention }: Pick<Values, 'type_intervention'>) =>
  type_intervention === 'corrective' || type_intervention === 'diagnostic';

const id = (value: string | null) => (value === null ? null : Number(value));

export function toBody(values: Values, equipement_id: number, zone: string, forcer_horaire: boolean): New {
  const failed = isFailure(values);
  const instant = (civil: string | null) => (civil === null ? null : toInstant(civil, zone));
  return {
    titre: values.titre.trim(),
    description: values.description.trim() || null,
    type_intervention: values.type_intervention,
    priorite: values.priorite,
    equipement_id,
    date_limite: values.date_limite,
    duree_estimee_min: values.duree_estimee_min === '' ? null : Number(values.duree_estimee_min),
    arret_equipement: values.arret_equipement,
    survenue_le: failed ? instant(values.survenue_le) : null,
    symptome: (failed && values.symptome.trim()) || null,
    symptome_code_id: failed ? id(values.symptome_code_id) : null,
    competences_requises: values.competences_requises,
    gamme_id: id(values.gamme_id),
    technicien_id: values.technicien_id,
    date_debut_prevue: instant(values.date_debut_prevue),
    ...(forcer_horaire && { forcer_horaire }),
  };
}
