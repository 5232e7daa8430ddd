-- Books that the schema refuses: an overlap, a slot over an absence, an untold statut, a lost équipement, plans
-- that do not count right, a fact told twice, a stock that somebody wrote, more set aside than was asked for, a
-- part kept for nobody, entries of time that overlap (one nested in the first) or end before they begin, two
-- timers, an answer to no checklist.
drop trigger affectations_no_overlap_insert;
drop trigger absences_no_overlap;
drop trigger temps_no_overlap_insert;
drop index temps_one_timer;
drop trigger checklist_reponses_match_the_version;
pragma foreign_keys = off;
pragma ignore_check_constraints = on;

insert into interventions (id, numero, titre, type_intervention, statut, equipement_id, technicien_id, date_creation, declaree_le, updated_at)
values (1, 'INT-2031-000001', 'Fuite', 'corrective', 'planifie', 1, 1, 0, 0, 0),
       (2, 'INT-2031-000002', 'Bruit', 'corrective', 'planifie', 1, 1, 0, 0, 0),
       (3, 'INT-2031-000003', 'Jeu', 'corrective', 'annule', 1, null, 0, 0, 0),
       (4, 'INT-2031-000004', 'Perdue', 'corrective', 'planifie', 99, null, 0, 0, 0);

insert into historique (intervention_id, date, auteur, type, vers)
select id, 0, 'test', 'creation', 'planifie' from interventions;

insert into affectations (intervention_id, technicien_id, debut, fin)
values (1, 1, 1000, 2000), (2, 1, 1500, 2500), (2, 1, 2500, 3000);

insert into absences (id, technicien_id, debut, fin, created_at) values (1, 1, 2900, 4000, 0);

-- And a demande answered by nothing, and one that does not know the work that came from it.
drop trigger interventions_keep_their_demande;

insert into demandes (id, numero, equipement_id, titre, statut, demandeur_id, intervention_id, date_creation, date_traitement, updated_at)
values (1, 'DEM-2031-000001', 1, 'Fuite', 'acceptee', 5, 99, 0, 0, 0), (2, 'DEM-2031-000002', 1, 'Jeu', 'nouvelle', 5, null, 0, null, 0);

update interventions set demande_id = 2 where id = 2;

insert into temps (id, intervention_id, technicien_id, debut, fin, saisi_par, created_at, updated_at)
values (1, 1, 2, 0, 9000, 'test', 0, 0), (2, 1, 2, 1000, 2000, 'test', 0, 0), (3, 2, 2, 8000, 9500, 'test', 0, 0),
       (4, 1, 1, 9000, 8000, 'test', 0, 0), (5, 1, 1, 10000, null, 'test', 0, 0),
       (6, 2, 1, 11000, null, 'test', 0, 0);

insert into checklist_reponses (intervention_id, gamme_id, gamme_version, operation_id, coche, date, auteur)
values (1, 1, 1, 1, 1, 0, 'test');

drop trigger interventions_keep_their_plan;
drop trigger echeances_own_intervention_insert;
insert into plannings (id, titre, equipement_id, frequence, date_debut, prochain_k, mode, facteur_decalage, priorite,
    rattrapage, report_feries, report_week_ends, created_at, updated_at)
select column1, 'Graissage', 1, 'mensuel', '2031-01-31', column2, 'calendaire', 0, 'normale', 'derniere', 'aucun',
    'aucun', 0, 0
-- A gap at 1; one that is there too early; nothing at all; and one as it should be.
from (values (1, 3), (2, 1), (3, 2), (4, 1));

insert into echeances (planning_id, k, date, explication, statut, intervention_id, motif, auteur, created_at, updated_at)
values (1, 0, '2031-01-31', '{}', 'generee', 1, null, null, 0, 0), (1, 2, '2031-03-31', '{}', 'manquee', null, null, null, 0, 0),
       (2, 0, '2031-01-31', '{}', 'manquee', null, null, null, 0, 0), (2, 4, '2031-05-31', '{}', 'manquee', null, null, null, 0, 0),
       (4, 0, '2031-01-31', '{}', 'manquee', null, null, null, 0, 0), (4, 4, '2031-05-31', '{}', 'sautee', null, 'Arrêt', 'R', 0, 0);
update interventions set planning_id = 4 where id = 3;

insert into journal (id, date, acteur, action, entite, empreinte) values (1, 0, 'test', 'donnees.semis', 'donnees', x'00');
insert into followers_failures (name, journal_id, date, error) values ('notifications', 1, 0, 'panne');
drop table notifications;
create table notifications (id, journal_id, user_id);
insert into notifications values (1, 1, 3), (2, 1, 3);
drop table envois;
create table envois (id, notification_id, canal);
insert into envois values (1, 1, 'email'), (2, 1, 'email'), (3, 9, 'email');

drop trigger stocks_follow_the_ledger;
drop trigger reservations_are_for_open_work_insert;

insert into pieces (id, reference, reference_key, designation, created_at, updated_at) values
    (1, 'RLT-6308', 'rlt-6308', 'Roulement', 0, 0), (2, 'JNT-35', 'jnt-35', 'Joint', 0, 0);
insert into mouvements (piece_id, type, quantite, cout_unitaire, valeur, date, auteur) values
    (1, 'entree', 4000, 100000, 4000, 0, 'test'), (2, 'entree', 4000, 100000, 4000, 0, 'test');
insert into reservations (intervention_id, piece_id, demandee, reservee, attendue, date, auteur) values
    (3, 2, 1000, 1000, 0, 0, 'test');
update stocks set stock = 4500 where piece_id = 1;
update stocks set reserve = 3000 where piece_id = 2;

insert into compteurs (id, equipement_id, nom, nom_key, unite, type, created_at, updated_at)
values (1, 1, 'Heures', 'heures', 'h', 'continu', 0, 0);
insert into releves (id, compteur_id, date, valeur, auteur, created_at)
values (1, 1, 1000, 500, 'test', 0), (2, 1, 2000, 400, 'test', 0);
insert into compteur_plans (id, compteur_id, titre, pas, depart, priorite, created_at, updated_at)
values (1, 1, 'Vidange', 100, 0, 'normale', 0, 0);
insert into seuils (plan_id, k, valeur, releve_id, statut, intervention_id, created_at, updated_at)
values (1, 2, 200, 1, 'generee', 1, 0, 0);
