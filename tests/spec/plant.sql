-- The people and machines that every test begins with; see plant.rs.
insert into clients (id, nom, email, created_at, updated_at) values
    (1, 'Atlas Conserves', 'contact@atlas.test', $NOW, $NOW),
    (2, 'Rif Textile', 'contact@rif.test', $NOW, $NOW);

insert into users (id, username, username_key, full_name, email, email_key, role, client_id, password_hash, created_at, updated_at) values
    (1, 'admin', 'admin', 'Amina Admin', 'admin@plant.test', 'admin@plant.test', 'admin', null, '$HASH', $NOW, $NOW),
    (2, 'responsable', 'responsable', 'Rachid Responsable', 'responsable@plant.test', 'responsable@plant.test', 'responsable', null, '$HASH', $NOW, $NOW),
    (3, 'technicien', 'technicien', 'Youssef Technicien', 'technicien@plant.test', 'technicien@plant.test', 'technicien', null, '$HASH', $NOW, $NOW),
    (4, 'technicien2', 'technicien2', 'Claire Technicienne', 'technicien2@plant.test', 'technicien2@plant.test', 'technicien', null, '$HASH', $NOW, $NOW),
    (5, 'client', 'client', 'Chaïma Cliente', 'client@atlas.test', 'client@atlas.test', 'client', 1, '$HASH', $NOW, $NOW),
    (6, 'client2', 'client2', 'Rida Client', 'client2@rif.test', 'client2@rif.test', 'client', 2, '$HASH', $NOW, $NOW);

insert into sessions (user_id, auth_version, created_at, last_used_at, expires_at)
    select id, auth_version, $NOW, $NOW, $NOW + 10 * 365 * 86400 from users;

insert into sites (id, code, code_key, nom, client_id, created_at, updated_at) values
    (1, 'CASA', 'casa', 'Usine de Casablanca', 1, $NOW, $NOW),
    (2, 'TANGER', 'tanger', 'Atelier de Tanger', 2, $NOW, $NOW);

insert into techniciens (id, user_id, matricule, matricule_key, equipe, taux_horaire, created_at, updated_at) values
    (1, 3, 'T-001', 't-001', 'Mécanique', 18000, $NOW, $NOW),
    (2, 4, 'T-002', 't-002', 'Électricité', 19500, $NOW, $NOW);

insert into equipements (id, code, code_key, nom, type, site_id, created_at, updated_at) values
    (1, 'CASA-POMPE-01', 'casa-pompe-01', 'Pompe de relevage', 'pompe', 1, $NOW, $NOW),
    (2, 'TANGER-METIER-01', 'tanger-metier-01', 'Métier à tisser', 'metier', 2, $NOW, $NOW);
