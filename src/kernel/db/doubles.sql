-- Names as they could be kept before the schema of 27: twice, with blanks that nobody sees.
insert into users (id, username, username_key, full_name, email, email_key, role, password_hash, created_at, updated_at) values
    (1, 'admin', 'admin', 'Amina', 'a@plant.test', 'a@plant.test', 'admin', '', 1, 1),
    (2, 'youssef', 'youssef', ' Youssef  T', 'y@plant.test', 'y@plant.test', 'technicien', '', 1, 1);
insert into competences (id, nom, nom_key, description, created_at, updated_at) values
    (1, 'plomberie', 'plomberie', null, 1, 1),
    (2, ' plomberie ', ' plomberie ', 'tuyaux', 1, 1),
    (3, ' gaz', ' gaz', 'chaud', 1, 1),
    (4, 'gaz ', 'gaz ', 'froid', 1, 1);
insert into techniciens (id, user_id, created_at, updated_at) values (1, 2, 1, 1);
insert into technicien_competences (technicien_id, competence_id) values (1, 1), (1, 2);
insert into fournisseurs (id, nom, nom_key, email, created_at, updated_at) values
    (1, 'SKF', 'skf', null, 1, 1),
    (2, ' SKF ', ' skf ', 'vente@skf.test', 1, 1);
insert into pieces (id, reference, reference_key, designation, fournisseur_id, created_at, updated_at) values
    (1, 'R-1', 'r-1', 'Joint', 1, 1, 1),
    (2, ' R-1', ' r-1', 'Joint  ' || 'e' || char(769), 2, 1, 1);
