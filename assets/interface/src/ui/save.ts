//! Changing something: one at a time, errors in words beside the field, nothing typed is lost.

import type { UseFormReturnType } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem, isUnreachable } from '@/api/problem';

/**
 * Runs a change and tells what went wrong: 422 beside the fields of `form` that it names, all else as a message.
 * `run` answers whether it succeeded.
 */
export function useSave<A extends unknown[]>(
  change: (...args: A) => Promise<unknown>,
  // biome-ignore lint: any form will do, its values are not looked at
  form?: Pick<UseFormReturnType<any>, 'setErrors' | 'getValues'>,
) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const running = useRef(false);
  const latest = useRef({ change, form });
  latest.current = { change, form };

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
      if (!beside.length || elsewhere.length) {
        const message = known
          ? known.status === 412
            ? t('erreur.change_entre_temps')
            : [known.message, ...elsewhere.map(({ champ, message }) => `${champ} : ${message}`)].join(' ')
          : t('erreur.sans_reseau_texte');
        notifications.show({ color: 'red', title: t('erreur.titre'), message, autoClose: 10_000 });
      }
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  }, [t]);

  return { run, busy, problem };
}
