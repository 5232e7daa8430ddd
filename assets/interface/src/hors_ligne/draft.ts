//! What is typed in a form stays on the device until it is sent: a reload or a dropped session loses nothing.

import type { UseFormReturnType } from '@mantine/form';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { device } from './device';

/** Keeps the values of a form under a name; `restore`: takes up what was left, unless the form came filled in. */
export function useDraft<Values extends Record<string, unknown>>(name: string, form: UseFormReturnType<Values>, restore = true) {
  const ready = useRef(!restore);
  const { setValues } = form;
  useEffect(() => {
    if (!restore) return;
    void device.draft(name).then((kept) => {
      if (kept) setValues(kept as Partial<Values>);
      ready.current = true;
    });
  }, [name, restore, setValues]);
  const keep = useDebouncedCallback((values: Values) => {
    if (ready.current) void device.setDraft(name, values);
  }, 400);
  useEffect(() => keep(form.values), [form.values, keep]);
  return {
    drop: async () => {
      ready.current = false;
      await device.dropDraft(name);
    },
  };
}
