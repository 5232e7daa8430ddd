//! THE list of pages: where each is, who has it, and its place in the navigation.

import { IconHome, IconLayoutKanban, IconTool, IconUserCircle } from '@tabler/icons-react';
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
const PLANT: readonly Role[] = ['admin', 'responsable'];

export const PAGES: readonly Page[] = [
  {
    path: '/',
    roles: PLANT,
    element: lazy(() => import('@/pages/accueil/TableauDeBord')),
    menu: { text: 'accueil', icon: IconHome, group: 'travail', bar: PLANT },
  },
  {
    path: '/',
    roles: ['technicien', 'client'],
    element: lazy(() => import('@/pages/accueil/Accueil')),
    menu: { text: 'accueil', icon: IconHome, group: 'travail', bar: ['technicien', 'client'] },
  },
  {
    path: '/interventions',
    roles: ALL,
    element: lazy(() => import('@/pages/interventions/Liste')),
    menu: { text: 'interventions', icon: IconTool, group: 'travail', bar: ALL },
  },
  // Before the page of one intervention: the first that fits is shown.
  { path: '/interventions/nouvelle', roles: PLANT, element: lazy(() => import('@/pages/interventions/nouvelle/Nouvelle')) },
  {
    path: '/tableau',
    roles: PLANT,
    element: lazy(() => import('@/pages/interventions/tableau/Tableau')),
    menu: { text: 'tableau', icon: IconLayoutKanban, group: 'travail' },
  },
  {
    path: '/profil',
    roles: ALL,
    element: lazy(() => import('@/pages/profil/Profil')),
    menu: { text: 'profil', icon: IconUserCircle, group: 'moi', bar: ALL },
  },
];

/** The pages of someone, in their order. */
export const pagesOf = (role: Role) => PAGES.filter((page) => page.roles.includes(role));
