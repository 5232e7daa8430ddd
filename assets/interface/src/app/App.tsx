//! What stands around the whole interface, signed in or not.

import { DirectionProvider, MantineProvider, useDirection } from '@mantine/core';
import { QueryClient, onlineManager } from '@tanstack/react-query';
import { PersistQueryClientProvider } from '@tanstack/react-query-persist-client';
import { type ReactNode, Suspense, lazy, useEffect, useSyncExternalStore } from 'react';
import { Problem } from '@/api/problem';
import { keptReadings, readings } from '@/hors_ligne/device';
import { isOnline, onOnline } from '@/hors_ligne/online';
import { SessionProvider, useSession } from '@/session/session';
import { MiseEnService } from '@/session/MiseEnService';
import { Connexion } from '@/session/Connexion';
import { Loading } from '@/ui/states';
import { direction, langue, onLangue } from './langue';
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

// Most of the interface is of no use before somebody has signed in.
const loadInside = () => import('./Inside');
const Inside = lazy(loadInside);

onlineManager.setEventListener((set) => onOnline(() => set(isOnline())));

export function App() {
  return (
    <DirectionProvider initialDirection={direction()} detectDirection={false}>
      <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
        <Directed>
          <PersistQueryClientProvider
            client={queries}
            persistOptions={{ persister: readings, maxAge: 7 * A_DAY, buster: import.meta.env.VITE_VERSION ?? '', dehydrateOptions: keptReadings }}
          >
            <SessionProvider>
              <Entrance />
            </SessionProvider>
          </PersistQueryClientProvider>
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
  // Fetched while somebody still types their password.
  useEffect(() => void loadInside(), []);
  if (state.is === 'out') return location.pathname === '/setup' ? <MiseEnService /> : <Connexion ended={state.ended} />;
  if (state.is === 'starting') return <Loading whole />;
  return <Suspense fallback={<Loading whole />}><Inside me={state.me} /></Suspense>;
}
