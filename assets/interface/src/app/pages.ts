//! THE list of pages: where each is, who has it, and its place in the navigation.

import {
  IconBell, IconBuildingFactory2, IconCalendar, IconChecklist, IconCloudUpload, IconDatabase, IconEngine, IconFileImport, IconFiles, IconHash, IconHeartbeat, IconHome, IconLayoutKanban, IconMail, IconMessageReport, IconPackages, IconQrcode,
  IconRepeat, IconRobot, IconShieldCheck, IconSun, IconTool, IconUserCircle, IconUsers, IconUsersGroup,
} from '@tabler/icons-react';
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
const STAFF: readonly Role[] = ['admin', 'responsable', 'technicien'];
const PLANT: readonly Role[] = ['admin', 'responsable'];
const ADMIN: readonly Role[] = ['admin'];
const CLIENT: readonly Role[] = ['client'];

export const PAGES: readonly Page[] = [
  { path: '/', roles: PLANT, element: lazy(() => import('@/pages/accueil/TableauDeBord')), menu: { text: 'accueil', icon: IconHome, group: 'travail', bar: PLANT } },
  { path: '/', roles: ['technicien'], element: lazy(() => import('@/pages/terrain/Journee')), menu: { text: 'ma_journee', icon: IconSun, group: 'travail', bar: ['technicien'] } },
  { path: '/', roles: CLIENT, element: lazy(() => import('@/pages/accueil/Client')), menu: { text: 'accueil', icon: IconHome, group: 'travail', bar: CLIENT } },
  { path: '/interventions', roles: ALL, element: lazy(() => import('@/pages/interventions/Liste')), menu: { text: 'interventions', icon: IconTool, group: 'travail', bar: ALL } },
  { path: '/tableau', roles: PLANT, element: lazy(() => import('@/pages/interventions/tableau/Tableau')), menu: { text: 'tableau', icon: IconLayoutKanban, group: 'travail' } },
  // Before the page of one intervention: the first that fits is shown.
  { path: '/interventions/nouvelle', roles: PLANT, element: lazy(() => import('@/pages/interventions/nouvelle/Nouvelle')) },
  { path: '/interventions/:id', roles: ['technicien'], element: lazy(() => import('@/pages/terrain/Fiche')) },
  { path: '/interventions/:id', roles: ALL, element: lazy(() => import('@/pages/interventions/detail/Detail')) },
  { path: '/scanner', roles: ['technicien'], element: lazy(() => import('@/pages/terrain/scan/Scanner')), menu: { text: 'scanner', icon: IconQrcode, group: 'travail', bar: ['technicien'] } },
  { path: '/e/:code', roles: ALL, element: lazy(() => import('@/pages/terrain/scan/Machine')) },
  { path: '/envois', roles: ALL, element: lazy(() => import('@/pages/terrain/envois/Envois')), menu: { text: 'envois', icon: IconCloudUpload, group: 'travail', bar: ['technicien'] } },
  { path: '/calendrier', roles: STAFF, element: lazy(() => import('@/pages/calendrier/Calendrier')), menu: { text: 'calendrier', icon: IconCalendar, group: 'travail', bar: STAFF } },
  { path: '/demandes', roles: ALL, element: lazy(() => import('@/pages/demandes/Liste')), menu: { text: 'demandes', icon: IconMessageReport, group: 'travail', bar: [...PLANT, ...CLIENT] } },
  { path: '/demandes/nouvelle', roles: ALL, element: lazy(() => import('@/pages/demandes/Nouvelle')) },
  { path: '/demandes/:id', roles: ALL, element: lazy(() => import('@/pages/demandes/Detail')) },
  { path: '/planning', roles: PLANT, element: lazy(() => import('@/pages/planning/Liste')), menu: { text: 'planning', icon: IconRepeat, group: 'travail' } },
  { path: '/planning/nouveau', roles: PLANT, element: lazy(() => import('@/pages/planning/Nouveau')) },
  { path: '/planning/:id/modifier', roles: PLANT, element: lazy(() => import('@/pages/planning/Modifier')) },
  { path: '/planning/:id', roles: PLANT, element: lazy(() => import('@/pages/planning/Detail')) },
  { path: '/gammes', roles: PLANT, element: lazy(() => import('@/pages/gammes/Liste')), menu: { text: 'gammes', icon: IconChecklist, group: 'travail' } },
  { path: '/gammes/:id', roles: PLANT, element: lazy(() => import('@/pages/gammes/Detail')) },
  { path: '/equipements', roles: ALL, element: lazy(() => import('@/pages/equipements/Liste')), menu: { text: 'equipements', icon: IconEngine, group: 'parc', bar: CLIENT } },
  { path: '/equipements/:id', roles: ALL, element: lazy(() => import('@/pages/equipements/Detail')) },
  { path: '/arbre', roles: ALL, element: lazy(() => import('@/pages/equipements/Arbre')) },
  { path: '/etiquettes', roles: ALL, element: lazy(() => import('@/pages/equipements/Etiquettes')) },
  { path: '/pieces', roles: STAFF, element: lazy(() => import('@/pages/pieces/Liste')), menu: { text: 'pieces', icon: IconPackages, group: 'parc' } },
  { path: '/pieces/:id', roles: STAFF, element: lazy(() => import('@/pages/pieces/Detail')) },
  { path: '/a-commander', roles: PLANT, element: lazy(() => import('@/pages/magasin/ACommander')) },
  { path: '/inventaires', roles: PLANT, element: lazy(() => import('@/pages/magasin/Inventaires')) },
  { path: '/inventaires/:id', roles: PLANT, element: lazy(() => import('@/pages/magasin/Inventaire')) },
  { path: '/fournisseurs/:id?', roles: PLANT, element: lazy(() => import('@/pages/magasin/Fournisseurs')) },
  { path: '/documents', roles: ALL, element: lazy(() => import('@/pages/documents/Liste')), menu: { text: 'documents', icon: IconFiles, group: 'parc' } },
  { path: '/sites/:id?', roles: PLANT, element: lazy(() => import('@/pages/usine/Sites')), menu: { text: 'sites', icon: IconBuildingFactory2, group: 'usine' } },
  { path: '/clients/:id?', roles: PLANT, element: lazy(() => import('@/pages/usine/Clients')) },
  { path: '/jours-feries/:id?', roles: PLANT, element: lazy(() => import('@/pages/usine/JoursFeries')) },
  { path: '/techniciens', roles: PLANT, element: lazy(() => import('@/pages/techniciens/Liste')), menu: { text: 'techniciens', icon: IconUsersGroup, group: 'usine' } },
  { path: '/techniciens/:id', roles: STAFF, element: lazy(() => import('@/pages/techniciens/Detail')) },
  { path: '/competences/:id?', roles: PLANT, element: lazy(() => import('@/pages/techniciens/Competences')) },
  { path: '/codes/:id?', roles: PLANT, element: lazy(() => import('@/pages/usine/Codes')), menu: { text: 'codes', icon: IconHash, group: 'usine' } },
  { path: '/courriels/:id?', roles: PLANT, element: lazy(() => import('@/pages/admin/Courriels')), menu: { text: 'courriels', icon: IconMail, group: 'usine' } },
  { path: '/taches', roles: PLANT, element: lazy(() => import('@/pages/admin/Taches')), menu: { text: 'taches', icon: IconRobot, group: 'usine' } },
  { path: '/utilisateurs', roles: ADMIN, element: lazy(() => import('@/pages/admin/Utilisateurs')), menu: { text: 'utilisateurs', icon: IconUsers, group: 'usine' } },
  { path: '/utilisateurs/:id', roles: ADMIN, element: lazy(() => import('@/pages/admin/Utilisateur')) },
  { path: '/etat', roles: ADMIN, element: lazy(() => import('@/pages/admin/Etat')), menu: { text: 'etat', icon: IconHeartbeat, group: 'usine' } },
  { path: '/echanges', roles: ADMIN, element: lazy(() => import('@/pages/admin/Echanges')), menu: { text: 'echanges', icon: IconFileImport, group: 'usine' } },
  { path: '/sauvegardes', roles: ADMIN, element: lazy(() => import('@/pages/admin/Sauvegardes')), menu: { text: 'sauvegardes', icon: IconDatabase, group: 'usine' } },
  { path: '/audit', roles: ADMIN, element: lazy(() => import('@/pages/admin/Audit')), menu: { text: 'audit', icon: IconShieldCheck, group: 'usine' } },
  { path: '/notifications', roles: ALL, element: lazy(() => import('@/pages/notifications/Boite')), menu: { text: 'notifications', icon: IconBell, group: 'moi' } },
  { path: '/profil', roles: ALL, element: lazy(() => import('@/pages/profil/Profil')), menu: { text: 'profil', icon: IconUserCircle, group: 'moi' } },
];

/** Where a page of the navigation is; what its path may end in is left out. */
export const addressOf = ({ path }: Page) => path.replace('/:id?', '');

/** The pages of someone, in their order; of several for one address, the first. */
export function pagesOf(role: Role): Page[] {
  const theirs = PAGES.filter((page) => page.roles.includes(role));
  return theirs.filter((page) => theirs.find(({ path }) => path === page.path) === page);
}
