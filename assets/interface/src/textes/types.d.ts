import type accueil from './fr/accueil.json';
import type commun from './fr/commun.json';
import type envois from './fr/envois.json';
import type interventions from './fr/interventions.json';
import type profil from './fr/profil.json';
import type terrain from './fr/terrain.json';
import type valeurs from './fr/valeurs.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'commun';
    resources: {
      accueil: typeof accueil;
      commun: typeof commun;
      envois: typeof envois;
      interventions: typeof interventions;
      profil: typeof profil;
      terrain: typeof terrain;
      valeurs: typeof valeurs;
    };
  }
}
