//! What the server refuses, in words of the reader: fields by what the forms call them, and Arabic, in which the
//! server does not say every refusal, by the stable codes of its answers.

import i18next from 'i18next';
import type { FieldError } from './problem';

const text = (page: string, key: string): string | undefined => i18next.getResource?.(i18next.language, page, key) as string | undefined;

/** The sentence of a refusal. */
export const sentence = (code: string, said: string): string => text('erreurs', `codes.${code}`) ?? said;

/** Why a field is refused, with the bound that the server tells of. */
export const reason = (code: string, said: string): string =>
  text('erreurs', `champs.${code}`)?.replace('{{n}}', /\d+/.exec(said)?.[0] ?? '') ?? said;

/** What the forms call a field of the API, such as `affectations[0].fin`; needs the texts `champs`. */
export function fieldName(champ: string): string {
  const last = champ.replace(/\[\d+\]/g, '').split('.').at(-1)!;
  return text('champs', last) ?? champ;
}

/** The fields that were refused, one after the other; `labels` are those of the form at hand. */
export const told = (errors: FieldError[], labels: Record<string, string> = {}): string =>
  errors.map(({ champ, message }) => `${labels[champ] ?? fieldName(champ)} : ${message}`).join(' ; ');

/** A refusal in a line: the fields that it names, or its sentence, in which « reference » is said as forms say it. */
export async function line({ message, errors }: { message: string; errors: FieldError[] }, labels: Record<string, string> = {}): Promise<string> {
  await i18next.loadNamespaces('champs');
  if (errors.length) return told(errors, labels);
  return message.replace(/(?<=[«"] ?)[a-z_]+(?= ?[»"])/g, (name) => labels[name] ?? fieldName(name));
}
