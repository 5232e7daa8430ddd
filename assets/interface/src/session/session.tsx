//! Who is signed in on this device.

import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, createContext, use, useCallback, useEffect, useMemo, useState } from 'react';
import { type Schemas, acceptLanguage, api, authorised, ifMatch, ok } from '@/api/client';
import { Problem, isUnreachable } from '@/api/problem';
import { accept, forget, onLost, renew } from '@/api/token';
import { langue, speak, takeChosen } from '@/app/langue';
import { device } from '@/hors_ligne/device';

export type Me = Schemas['User'];
export type Role = Me['role'];

type State =
  | { is: 'starting' }
  | { is: 'out'; ended: boolean }
  /** `me` is as it was when last heard of, if there is no reception. */
  | { is: 'in'; me: Me };

type Session = {
  state: State;
  /** `totp`: the second factor, where the account has one. */
  signIn: (username: string, password: string, totp?: string) => Promise<void>;
  /** Ends the session and forgets all that this device kept of the person; asks first when something is unsent. */
  signOut: () => Promise<void>;
  /** Takes over what a person changed about themselves. */
  refreshMe: () => Promise<void>;
};

const Context = createContext<Session | null>(null);

export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<State>({ is: 'starting' });
  const queries = useQueryClient();

  const enter = useCallback(async (me: Me) => {
    const before = await device.me();
    if (before && before.id !== me.id) {
      // Another person on a shared device: nothing of the one before may show.
      queries.clear();
      await device.forgetReadings();
    }
    await device.setMe(me);
    const spoken = langue();
    await speak(me.langue);
    // Sentences of the server that were read in another language are read again.
    if (spoken !== me.langue) void queries.invalidateQueries();
    setState({ is: 'in', me });
  }, [queries]);

  const refreshMe = useCallback(async () => enter(await ok(api.GET('/api/v1/auth/me'))), [enter]);

  useEffect(() => {
    onLost(() => setState((now) => (now.is === 'in' ? { is: 'out', ended: true } : now)));
    const start = async () => {
      try {
        if (await renew(null)) await refreshMe();
        else setState({ is: 'out', ended: false });
      } catch (error) {
        const me = isUnreachable(error) ? await device.me() : undefined;
        if (me) await speak(me.langue);
        setState(me ? { is: 'in', me } : { is: 'out', ended: false });
      }
    };
    void start();
  }, [refreshMe]);

  const signIn = useCallback(async (username: string, password: string, totp?: string) => {
    const response = await fetch('/api/v1/auth/token', {
      method: 'POST',
      headers: { 'X-Session': 'cookie', 'Accept-Language': acceptLanguage() },
      body: new URLSearchParams({ grant_type: 'password', username, password, ...(totp && { totp }) }),
    });
    if (!response.ok) throw await Problem.of(response);
    accept(await response.json());
    const me = await ok(api.GET('/api/v1/auth/me'));
    const langue = takeChosen();
    // Their mails follow as well. Who must first do something else keeps the language of the account.
    const spoken = langue && langue !== me.langue
      ? await ok(api.PATCH('/api/v1/users/me', { params: { header: ifMatch(me.version) }, body: { langue } })).catch(() => me)
      : me;
    await enter(spoken);
  }, [enter]);

  const signOut = useCallback(async () => {
    const { mayLeave } = await import('@/hors_ligne/leave');
    if (state.is === 'in' && !(await mayLeave(state.me.id))) return;
    const request = new Request('/api/v1/auth/logout', { method: 'POST', headers: { 'X-Session': 'cookie' } });
    await authorised(request).catch(() => undefined);
    forget();
    queries.clear();
    await device.forgetAll();
    setState({ is: 'out', ended: false });
  }, [queries, state]);

  const session = useMemo(() => ({ state, signIn, signOut, refreshMe }), [state, signIn, signOut, refreshMe]);
  return <Context value={session}>{children}</Context>;
}

export function useSession(): Session {
  const session = use(Context);
  if (!session) throw new Error('outside of the session');
  return session;
}

/** The person signed in; for what is shown to nobody else. */
export function useMe(): Me {
  const { state } = useSession();
  if (state.is !== 'in') throw new Error('nobody is signed in');
  return state.me;
}

/** Whether the person runs the plant: responsable or admin. */
export function useRunsThePlant(): boolean {
  const { role } = useMe();
  return role === 'responsable' || role === 'admin';
}
