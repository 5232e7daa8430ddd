//! THE list of pages: where each is, who has it, and its place in the navigation.

import { IconCloudUpload, IconHome, IconQrcode, IconSun, IconTool, IconUserCircle } from '@tabler/icons-react';
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type commun from '@/textes/fr/commun.json';
import type { Role } from '@/session/session';

export type Page = {
  /** As wouter reads it: `/interventions/:id`. */
  path: string;
  /** Who has it; the server decides all the same. */
  roles: readonly Role[];
  element: LazyExoticComponent<ComponentType>;
  /** Its place in the navigation, if it has one. */
  menu?: {
    text: keyof (typeof commun)['navigation'];
    icon: typeof IconTool;
    group: Group;
    /** Who has it on the bar at the bottom of a phone; five at most. */
    bar?: readonly Role[];
  };
};

/** The groups of the navigation, in their order. */
export const GROUPS = ['travail', 'parc', 'usine', 'moi'] as const;
export type Group = (typeof GROUPS)[number];

const ALL: readonly Role[] = ['admin', 'responsable', 'technicien', 'client'];

export const PAGES: readonly Page[] = [
  { path: '/', roles: ['technicien'], element: lazy(() => import('@/pages/terrain/Journee')), menu: { text: 'ma_journee', icon: IconSun, group: 'travail', bar: ['technicien'] } },
  {
    path: '/',
    roles: ALL,
    element: lazy(() => import('@/pages/accueil/Accueil')),
    menu: { text: 'accueil', icon: IconHome, group: 'travail', bar: ALL },
  },
  {
    path: '/interventions',
    roles: ALL,
    element: lazy(() => import('@/pages/interventions/Liste')),
    menu: { text: 'interventions', icon: IconTool, group: 'travail', bar: ALL },
  },
  { path: '/interventions/:id', roles: ['technicien'], element: lazy(() => import('@/pages/terrain/Fiche')) },
  { path: '/scanner', roles: ['technicien'], element: lazy(() => import('@/pages/terrain/scan/Scanner')), menu: { text: 'scanner', icon: IconQrcode, group: 'travail', bar: ['technicien'] } },
  { path: '/e/:code', roles: ALL, element: lazy(() => import('@/pages/terrain/scan/Machine')) },
  { path: '/envois', roles: ALL, element: lazy(() => import('@/pages/terrain/envois/Envois')), menu: { text: 'envois', icon: IconCloudUpload, group: 'travail', bar: ['technicien'] } },
  {
    path: '/profil',
    roles: ALL,
    element: lazy(() => import('@/pages/profil/Profil')),
    menu: { text: 'profil', icon: IconUserCircle, group: 'moi', bar: ALL },
  },
];

/** The pages of someone, in their order; of several for one address, the first. */
export function pagesOf(role: Role): Page[] {
  const theirs = PAGES.filter((page) => page.roles.includes(role));
  return theirs.filter((page) => theirs.find(({ path }) => path === page.path) === page);
}
