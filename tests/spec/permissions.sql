-- For permissions.rs: row 1 of everything is near (Atlas, Youssef), row 2 is far (Rif, Claire).
insert into users (id, username, username_key, full_name, email, email_key, role, is_active, password_hash, created_at, updated_at) values
    (7, 'parti', 'parti', 'Paul Parti', 'parti@plant.test', 'parti@plant.test', 'responsable', 0, 'x', 0, 0),
    (8, 'futur', 'futur', 'Fatima Future', 'futur@plant.test', 'futur@plant.test', 'technicien', 1, 'x', 0, 0);
insert into sessions (id, user_id, auth_version, created_at, last_used_at, expires_at)
    select 7, id, auth_version, 0, 0, 4000000000 from users where id = 7;
-- An administrator by a password that somebody gave her.
insert into users (id, username, username_key, full_name, email, email_key, role, password_hash, mot_de_passe_provisoire, created_at, updated_at)
    select 9, 'recue', 'recue', 'Rim Reçue', 'recue@plant.test', 'recue@plant.test', 'admin', password_hash, 1, 0, 0
    from users where id = 1;
insert into sessions (id, user_id, auth_version, created_at, last_used_at, expires_at)
    select 9, id, auth_version, 0, 0, 4000000000 from users where id = 9;

insert into competences (id, nom, nom_key, created_at, updated_at) values
    (1, 'Soudage TIG', 'soudage tig', 0, 0), (2, 'Automates', 'automates', 0, 0);

insert into absences (id, technicien_id, debut, fin, motif, created_at) values
    (1, 1, 1930000000, 1930090000, 'Congés', 0), (2, 2, 1930000000, 1930090000, 'Formation', 0);

insert into numeros (annee, dernier) values (2031, 2);
insert into interventions (id, numero, titre, type_intervention, statut, equipement_id, technicien_id,
    date_creation, date_debut_reelle, declaree_le, updated_at) values
    (1, 'INT-2031-000001', 'Fuite', 'corrective', 'en_cours', 1, 1, 1926000000, 1926003600, 1926000000, 0),
    (2, 'INT-2031-000002', 'Bruit', 'corrective', 'en_cours', 2, 2, 1926000000, 1926003600, 1926000000, 0);
insert into historique (intervention_id, date, auteur, type, de, vers) values
    (1, 1926000000, 'responsable', 'creation', null, 'planifie'), (1, 1926003600, 'technicien', 'statut', 'planifie', 'en_cours'),
    (2, 1926000000, 'responsable', 'creation', null, 'planifie'), (2, 1926003600, 'technicien2', 'statut', 'planifie', 'en_cours');

insert into vues (id, user_id, nom, liste, parametres, created_at)
    select id, id, 'Mienne', 'interventions', '{}', 0 from users;

-- Demandes are filed by a person: 3 is the technicien's own.
insert into demandes (id, numero, equipement_id, titre, demandeur_id, date_creation, updated_at) values
    (1, 'DEM-2031-000001', 1, 'Fuite', 5, 1926000000, 0), (2, 'DEM-2031-000002', 2, 'Bruit', 6, 1926000000, 0),
    (3, 'DEM-2031-000003', 1, 'Jeu', 3, 1926000000, 0);
insert into demandes_numeros (annee, dernier) values (2031, 3);

insert into signatures (id, intervention_id, date, user_id, nom, version_signee, empreinte, type_mime, image)
    select id, id, 1926003600, 3, 'Chef', 1, zeroblob(32), 'image/svg+xml', x'00' from interventions;
insert into plannings (id, titre, equipement_id, frequence, date_debut, prochaine_date, a_generer_le, mode,
    facteur_decalage, priorite, rattrapage, report_feries, report_week_ends, created_at, updated_at)
select id, 'Graissage', id, 'mensuel', '2031-01-15', '2031-01-15', 1926201600, 'calendaire', 0, 'normale', 'derniere',
    'aucun', 'aucun', 0, 0 from equipements;

insert into jetons_calendrier (user_id, empreinte, cree_le, auth_version)
    select id, randomblob(32), 0, auth_version from users where role <> 'client';

insert into journal (id, date, acteur, action, entite, empreinte) values (1, 0, 'test', 'donnees.semis', 'donnees', x'00');
insert into notifications (id, journal_id, user_id, type, titre, contenu, boite, date)
    select id, 1, id, 'information', 'Bonjour', 'Bonjour', 1, 0 from users;
insert into envois (id, notification_id, canal, statut, date) values (1, 3, 'email', 'echec', 0), (2, 4, 'email', 'echec', 0);

insert into fournisseurs (id, nom, nom_key, created_at, updated_at) values (1, 'Un', 'un', 0, 0), (2, 'Deux', 'deux', 0, 0);
insert into pieces (id, reference, reference_key, designation, fournisseur_id, created_at, updated_at) values
    (1, 'R-1', 'r-1', 'Roulement', 1, 0, 0), (2, 'R-2', 'r-2', 'Joint', 2, 0, 0), (3, 'R-3', 'r-3', 'Filtre', null, 0, 0);
insert into mouvements (id, piece_id, type, quantite, cout_unitaire, valeur, date, auteur) values
    (1, 1, 'entree', 4000, 100000, 4000, 0, 'responsable'), (2, 2, 'entree', 4000, 100000, 4000, 0, 'responsable'),
    (3, 1, 'entree', 9000, 100000, 9000, 0, 'responsable'), (4, 2, 'entree', 9000, 100000, 9000, 0, 'responsable');
insert into reservations (id, intervention_id, piece_id, demandee, reservee, attendue, date, auteur) values
    (1, 1, 1, 2000, 2000, 0, 0, 'technicien'), (2, 2, 2, 2000, 2000, 0, 0, 'technicien2');
insert into inventaires (id, libelle, ouvert_le, updated_at) values (1, 'Allée A', 0, 0), (2, 'Allée B', 0, 0);
insert into inventaire_lignes (inventaire_id, piece_id) values (1, 1), (2, 2);

insert into gammes (id, nom, nom_key, created_at, updated_at) values
    (1, 'Ronde', 'ronde', 0, 0), (2, 'Étalonnage', 'etalonnage', 0, 0);
insert into gamme_versions (gamme_id, numero) values (1, 1), (2, 1);
insert into gamme_operations (id, gamme_id, type) values (1, 1, 'mesure'), (2, 2, 'mesure');
insert into gamme_version_operations (gamme_id, numero, operation_id, rang, libelle, obligatoire, max)
    select gamme_id, 1, id, 1, 'Température', 1, 70 from gamme_operations;
update gamme_versions set publiee_le = 0, publiee_par = 'responsable';
insert into gamme_versions (gamme_id, numero) values (1, 2);
insert into gamme_version_operations (gamme_id, numero, operation_id, rang, libelle, obligatoire)
    values (1, 2, 1, 1, 'Température du palier', 1);
update interventions set gamme_id = id, gamme_version = 1;
insert into checklist_reponses (intervention_id, gamme_id, gamme_version, operation_id, valeur, hors_tolerance, date, auteur)
    select id, gamme_id, 1, id, 82, 1, 1926003700, 'technicien' from interventions;
insert into checklist_correctives (intervention_id, operation_id, proposee_le) values (1, 1, 0), (2, 2, 0);

insert into temps (id, intervention_id, technicien_id, debut, taux_horaire, saisi_par, created_at, updated_at)
    select id, id, id, 1926200000, 18000, 'technicien', 0, 0 from techniciens;
insert into prestations (id, intervention_id, designation, montant, date, saisie_par, created_at) values
    (1, 1, 'Rebobinage', 150000, '2031-01-13', 'responsable', 0), (2, 2, 'Rebobinage', 150000, '2031-01-13', 'responsable', 0);

insert into compteurs (id, equipement_id, nom, nom_key, unite, type, created_at, updated_at) values
    (1, 1, 'Heures', 'heures', 'h', 'continu', 0, 0), (2, 2, 'Heures', 'heures', 'h', 'continu', 0, 0);
insert into releves (id, compteur_id, date, valeur, auteur, created_at) values
    (1, 1, 0, 1000000, 'technicien', 0), (2, 2, 0, 1000000, 'technicien', 0);
insert into compteur_plans (id, compteur_id, titre, pas, depart, priorite, created_at, updated_at) values
    (1, 1, 'Vidange', 500000, 1000000, 'normale', 0, 0), (2, 2, 'Vidange', 500000, 1000000, 'normale', 0, 0);
