//! What somebody is typing, kept on the device: a reload, a dead battery or the end of a session loses nothing.

import type { UseFormReturnType } from '@mantine/form';
import { useDebouncedCallback } from '@mantine/hooks';
import { useCallback, useEffect, useRef, useState } from 'react';
import { device } from '@/hors_ligne/device';
import { useMe } from '@/session/session';

/** `page` is the address of the form. Nothing is to be typed before it is `ready`. */
export function useDraft<Values extends object>(form: UseFormReturnType<Values>, page: string) {
  const me = useMe();
  const key = `${me.id} ${page}`;
  const [state, setState] = useState<{ ready: boolean; restored: boolean }>({ ready: false, restored: false });
  const dropped = useRef(false);
  const latest = useRef(form);
  latest.current = form;

  useEffect(() => {
    let gone = false;
    void device.draft(key).then((draft) => {
      if (gone) return;
      const kept = typeof draft === 'object' && draft !== null;
      // Members that the form has since learnt keep their first value.
      if (kept) latest.current.setValues({ ...latest.current.getInitialValues(), ...draft });
      setState({ ready: true, restored: kept });
    });
    return () => {
      gone = true;
    };
  }, [key]);

  const keep = useDebouncedCallback((values: Values) => {
    if (!dropped.current) void device.setDraft(key, values);
  }, { delay: 300, flushOnUnmount: true });
  const { values } = form;
  const isDirty = form.isDirty();
  useEffect(() => {
    if (state.ready && isDirty) keep(values);
  }, [state.ready, isDirty, values, keep]);

  // A reload or a phone put away does not wait for the pause in typing.
  useEffect(() => {
    const flush = () => keep.flush();
    window.addEventListener('pagehide', flush);
    document.addEventListener('visibilitychange', flush);
    return () => {
      window.removeEventListener('pagehide', flush);
      document.removeEventListener('visibilitychange', flush);
    };
  }, [keep]);

  /** Forgets the draft, because it was sent or is not wanted. */
  const drop = useCallback(async (options?: { again?: boolean }) => {
    dropped.current = true;
    await device.dropDraft(key);
    if (options?.again) {
      keep.cancel();
      dropped.current = false;
      latest.current.reset();
      setState({ ready: true, restored: false });
    }
  }, [key, keep]);

  return { ...state, drop };
}
