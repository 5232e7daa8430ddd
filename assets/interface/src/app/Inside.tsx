//! The interface of somebody who is signed in.

import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './style.css';
import { DatesProvider } from '@mantine/dates';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { Suspense, lazy, useSyncExternalStore } from 'react';
import { Route, Switch } from 'wouter';
import type { Me } from '@/session/session';
import { Loading } from '@/ui/states';
import { Guarded } from './Guarded';
import { NotFound } from './NotFound';
import { Shell } from './Shell';
import { langue, onLangue } from './langue';
import { pagesOf } from './pages';

const DoubleExigee = lazy(() => import('@/session/DoubleExigee').then(({ DoubleExigee }) => ({ default: DoubleExigee })));

const MotDePasseProvisoire = lazy(() => import('@/session/MotDePasseProvisoire').then(({ MotDePasseProvisoire }) => ({ default: MotDePasseProvisoire })));

/** What the person owes before anything else, if anything. */
const owedBy = (me: Me) => (me.mot_de_passe_provisoire ? MotDePasseProvisoire : me.double_exigee ? DoubleExigee : null);

export default function Inside({ me }: { me: Me }) {
  const Owed = owedBy(me);
  const spoken = useSyncExternalStore(onLangue, langue);
  return (
    <DatesProvider settings={{ locale: spoken, firstDayOfWeek: 1 }}>
      <ModalsProvider>
        {/* Where each stands, `ui/toast.ts` says. */}
        <Notifications position="top-center" />
        {Owed ? <Suspense fallback={<Loading whole />}><Owed /></Suspense> : <Shell>
          <Switch>
            {pagesOf(me.role).map(({ path, element: Element }) => (
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
        </Shell>}
      </ModalsProvider>
    </DatesProvider>
  );
}
