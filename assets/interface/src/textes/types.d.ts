import type accueil from './fr/accueil.json';
import type bord from './fr/bord.json';
import type commun from './fr/commun.json';
import type interventions from './fr/interventions.json';
import type nouvelle from './fr/nouvelle.json';
import type tableau from './fr/tableau.json';
import type profil from './fr/profil.json';
import type valeurs from './fr/valeurs.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'commun';
    resources: {
      accueil: typeof accueil;
      bord: typeof bord;
      commun: typeof commun;
      interventions: typeof interventions;
      nouvelle: typeof nouvelle;
      tableau: typeof tableau;
      profil: typeof profil;
      valeurs: typeof valeurs;
    };
  }
}
