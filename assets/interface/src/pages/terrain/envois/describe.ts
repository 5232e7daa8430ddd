//! What a row does, in words.

import { useTranslation } from 'react-i18next';
import type { Row } from '@/hors_ligne/row';
import type { Schemas } from '@/api/client';
import { number } from '@/ui/format';

type Reponse = Partial<Schemas['Reponse']>;

/** The words for an answer of a checklist. */
export function useAnswerWords() {
  const { t } = useTranslation('envois');
  return (answer: Reponse | null | undefined, unite?: string | null): string => {
    if (!answer) return t('reponse.aucune');
    if (answer.coche != null) return answer.coche ? t('reponse.fait') : [t('reponse.pas_fait'), answer.remarque].filter(Boolean).join(' — ');
    if (answer.valeur != null) return `${number(answer.valeur)} ${unite ?? ''}`.trim();
    return answer.texte ?? (answer.document_id != null ? t('reponse.photo') : t('reponse.aucune'));
  };
}

export function useDescription() {
  const { t } = useTranslation('envois');
  const { t: word } = useTranslation('valeurs');
  const inWords = useAnswerWords();
  return (row: Row): { title: string; detail: string } => {
    const { body = {}, seen = {} } = row;
    const title = t(`fait.${row.kind}`);
    switch (row.kind) {
      case 'statut': return { title: `${title} ${word(`statut.${body.statut as Schemas['Intervention']['statut']}`)}`, detail: String(body.compte_rendu ?? body.remarque ?? '') };
      case 'reponse': return { title, detail: `${seen.libelle} : ${row.needs ? t('reponse.photo') : inWords(body as Reponse, seen.unite as string | null)}` };
      case 'piece':
      case 'besoin': return { title, detail: `${seen.label} × ${number(Number(body.quantite))}` };
      case 'commentaire': return { title, detail: String(body.texte) };
      case 'photo': return { title, detail: row.parts?.find(({ file }) => file)?.file ?? '' };
      case 'signature': return { title, detail: String(body.nom) };
      case 'signalement': return { title, detail: String(body.titre) };
      default: return { title, detail: '' };
    }
  };
}
