import type accueil from './fr/accueil.json';
import type admin from './fr/admin.json';
import type bord from './fr/bord.json';
import type calendrier from './fr/calendrier.json';
import type champs from './fr/champs.json';
import type commun from './fr/commun.json';
import type demandes from './fr/demandes.json';
import type depart from './fr/depart.json';
import type documents from './fr/documents.json';
import type echanges from './fr/echanges.json';
import type envois from './fr/envois.json';
import type equipements from './fr/equipements.json';
import type gammes from './fr/gammes.json';
import type intervention from './fr/intervention.json';
import type interventions from './fr/interventions.json';
import type listes from './fr/listes.json';
import type magasin from './fr/magasin.json';
import type notifications from './fr/notifications.json';
import type nouvelle from './fr/nouvelle.json';
import type pieces from './fr/pieces.json';
import type planning from './fr/planning.json';
import type profil from './fr/profil.json';
import type serveur from './fr/serveur.json';
import type tableau from './fr/tableau.json';
import type techniciens from './fr/techniciens.json';
import type terrain from './fr/terrain.json';
import type usine from './fr/usine.json';
import type valeurs from './fr/valeurs.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'commun';
    resources: {
      accueil: typeof accueil;
      admin: typeof admin;
      bord: typeof bord;
      calendrier: typeof calendrier;
      champs: typeof champs;
      commun: typeof commun;
      demandes: typeof demandes;
      depart: typeof depart;
      documents: typeof documents;
      echanges: typeof echanges;
      envois: typeof envois;
      equipements: typeof equipements;
      gammes: typeof gammes;
      intervention: typeof intervention;
      interventions: typeof interventions;
      listes: typeof listes;
      magasin: typeof magasin;
      notifications: typeof notifications;
      nouvelle: typeof nouvelle;
      pieces: typeof pieces;
      planning: typeof planning;
      profil: typeof profil;
      serveur: typeof serveur;
      tableau: typeof tableau;
      techniciens: typeof techniciens;
      terrain: typeof terrain;
      usine: typeof usine;
      valeurs: typeof valeurs;
    };
  }
}
