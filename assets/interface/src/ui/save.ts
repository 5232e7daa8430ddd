//! Changing something: one at a time, errors in words beside the field, nothing typed is lost.

import type { UseFormReturnType } from '@mantine/form';
import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem, isUnreachable } from '@/api/problem';
import { line } from '@/api/refusals';
import { tell } from './toast';

type Telling = {
  /** What the page calls the fields of the API, where it has no such form or calls them otherwise. */
  labels?: Record<string, string>;
  /** The codes of refusals that the page explains where they belong: they are not told a second time. */
  explained?: readonly string[];
};

/**
 * Runs a change and tells what went wrong: 422 beside the fields of `form` that it names, all else as a message.
 * `run` answers whether it succeeded.
 */
export function useSave<A extends unknown[]>(
  change: (...args: A) => Promise<unknown>,
  // biome-ignore lint: any form will do, its values are not looked at
  form?: Pick<UseFormReturnType<any>, 'setErrors' | 'getValues'>,
  telling: Telling = {},
) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const running = useRef(false);
  const latest = useRef({ change, form, telling });
  latest.current = { change, form, telling };

  const run = useCallback(async (...args: A): Promise<boolean> => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setProblem(null);
    try {
      await latest.current.change(...args);
      return true;
    } catch (error) {
      if (!(error instanceof Problem) && !isUnreachable(error)) throw error;
      const known = error instanceof Problem ? error : null;
      setProblem(known);
      const { form } = latest.current;
      const fields = form ? Object.keys(form.getValues()) : [];
      const beside = known?.errors.filter(({ champ }) => fields.includes(champ)) ?? [];
      const elsewhere = known?.errors.filter(({ champ }) => !fields.includes(champ)) ?? [];
      if (beside.length) form?.setErrors(Object.fromEntries(beside.map(({ champ, message }) => [champ, message])));
      const isShown = known !== null && latest.current.telling.explained?.includes(known.code);
      if (!isShown && (!beside.length || elsewhere.length)) {
        const message = known
          ? known.status === 412
            ? t('erreur.change_entre_temps')
            : await line({ message: known.message, errors: elsewhere }, latest.current.telling.labels)
          : t('erreur.sans_reseau_texte');
        tell({ color: 'red', title: t('erreur.titre'), message, autoClose: 10_000 });
      }
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  }, [t]);

  return { run, busy, problem };
}
