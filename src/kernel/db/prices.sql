-- A storeroom as it was kept before the schema of 32: prices and averages in whole centimes.
insert into clients (id, nom, created_at, updated_at) values (1, 'Atlas', 1, 1);
insert into sites (id, code, code_key, nom, client_id, fuseau, pays, created_at, updated_at)
    values (1, 'CASA', 'casa', 'Casablanca', 1, 'Africa/Casablanca', 'MA', 1, 1);
insert into equipements (id, code, code_key, nom, type, site_id, created_at, updated_at)
    values (1, 'P-1', 'p-1', 'Pompe', 'pompe', 1, 1, 1);
insert into interventions (id, numero, titre, type_intervention, equipement_id, date_creation, declaree_le, updated_at)
    values (1, 'INT-2031-000001', 'Fuite', 'corrective', 1, 1, 1, 1);
insert into historique (id, intervention_id, date, auteur, type, vers, fait_le)
    values (7, 1, 5, 'x', 'creation', 'planifie', 4);
insert into pieces (id, reference, reference_key, designation, prix_unitaire, created_at, updated_at) values
    (1, 'R-1', 'r-1', 'Roulement', 18550, 1, 1),
    (2, 'J-1', 'j-1', 'Joint', null, 1, 1), (3, 'V-1', 'v-1', 'Vis', 1000000000000, 1, 1);
insert into mouvements
    (piece_id, type, quantite, cout_unitaire, valeur, date, auteur, intervention_id, annule_id, emplacement) values
    (1, 'entree', 3000, 1000, 3000, 1, 'x', null, null, null),
    (1, 'entree', 3000, 1001, 3001, 2, 'x', null, null, null),
    (1, 'entree', 1000, 999, 999, 3, 'x', null, null, null),
    (1, 'entree', -1000, 999, -999, 4, 'x', null, 3, null),
    (1, 'sortie', -2000, 1000, -2000, 5, 'x', 1, null, null),
    (1, 'transfert', 4000, 1000, 4001, 6, 'x', null, null, 'B-01'),
    (1, 'transfert', -4000, 1000, -4001, 6, 'x', null, null, 'A-01'),
    (2, 'entree', 3000, 333, 999, 7, 'x', null, null, null),
    (2, 'sortie', -3000, 333, -999, 8, 'x', null, null, null);
