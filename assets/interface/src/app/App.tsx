//! What stands around every page.

import { DirectionProvider, MantineProvider, useDirection } from '@mantine/core';
import { DatesProvider } from '@mantine/dates';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClient } from '@tanstack/react-query';
import { PersistQueryClientProvider } from '@tanstack/react-query-persist-client';
import { type ReactNode, Suspense, useEffect, useSyncExternalStore } from 'react';
import { Route, Switch } from 'wouter';
import { Problem } from '@/api/problem';
import { keptReadings, readings } from '@/hors_ligne/device';
import { SessionProvider, useSession } from '@/session/session';
import { Connexion } from '@/session/Connexion';
import { Loading } from '@/ui/states';
import { Guarded } from './Guarded';
import { NotFound } from './NotFound';
import { Shell } from './Shell';
import { direction, langue, onLangue } from './langue';
import { pagesOf } from './pages';
import { theme, variables } from './theme';

const A_DAY = 24 * 60 * 60 * 1000;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      gcTime: 7 * A_DAY,
      // What the server refused it refuses again; what was not answered may be soon.
      retry: (failures, error) => !(error instanceof Problem && error.status < 500) && failures < 2,
      networkMode: 'offlineFirst',
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

export function App() {
  const spoken = useSyncExternalStore(onLangue, langue);
  return (
    <DirectionProvider initialDirection={direction()} detectDirection={false}>
      <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
        <Directed>
          <DatesProvider settings={{ locale: spoken, firstDayOfWeek: 1 }}>
            <PersistQueryClientProvider
              client={queries}
              persistOptions={{ persister: readings, maxAge: 7 * A_DAY, buster: import.meta.env.VITE_VERSION ?? '', dehydrateOptions: keptReadings }}
            >
              <ModalsProvider>
                <Notifications position="bottom-right" />
                <SessionProvider>
                  <Entrance />
                </SessionProvider>
              </ModalsProvider>
            </PersistQueryClientProvider>
          </DatesProvider>
        </Directed>
      </MantineProvider>
    </DirectionProvider>
  );
}

/** Hands the direction of the language on to the components. */
function Directed({ children }: { children: ReactNode }) {
  const { setDirection } = useDirection();
  const spoken = useSyncExternalStore(onLangue, langue);
  useEffect(() => setDirection(direction()), [spoken, setDirection]);
  return children;
}

function Entrance() {
  const { state } = useSession();
  if (state.is === 'starting') return <Loading whole />;
  if (state.is === 'out') return <Connexion ended={state.ended} />;
  return (
    <Shell>
      <Switch>
        {pagesOf(state.me.role).map(({ path, element: Element }) => (
          <Route key={path} path={path}>
            <Guarded key={path}>
              <Suspense fallback={<Loading />}>
                <Element />
              </Suspense>
            </Guarded>
          </Route>
        ))}
        <Route>
          <NotFound />
        </Route>
      </Switch>
    </Shell>
  );
}

