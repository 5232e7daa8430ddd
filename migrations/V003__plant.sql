-- The plant: sites of the client organisations, and the tree of équipements on each site.

create table sites (
    id          integer primary key autoincrement,
    code        text not null,
    code_key    text not null unique,
    nom         text not null check (length(nom) between 1 and 200),
    adresse     text,
    fuseau      text not null default 'Africa/Casablanca',
    client_id   integer references clients (id) on delete restrict,
    version     integer not null default 1,
    created_at  integer not null,
    updated_at  integer not null
) strict;

create index sites_client on sites (client_id);

create table equipements (
    id                   integer primary key autoincrement,
    code                 text not null check (length(code) between 1 and 60),
    code_key             text not null unique,
    nom                  text not null check (length(nom) between 1 and 200),
    type                 text not null,
    localisation         text,
    site_id              integer not null references sites (id) on delete restrict,
    parent_id            integer references equipements (id) on delete restrict,
    criticite            text not null default 'standard'
        check (criticite in ('critique', 'important', 'standard', 'non_critique')),
    statut               text not null default 'operationnel'
        check (statut in ('operationnel', 'maintenance', 'panne', 'retire')),
    fabricant            text,
    modele               text,
    numero_serie         text,
    date_mise_en_service text,
    valeur_remplacement  integer check (valeur_remplacement >= 0), -- cents
    attributs            text not null default '{}' check (json_type(attributs) = 'object'),
    version              integer not null default 1,
    created_at           integer not null,
    updated_at           integer not null,
    check (parent_id is null or parent_id <> id)
) strict;

create index equipements_site on equipements (site_id, code_key);
create index equipements_parent on equipements (parent_id) where parent_id is not null;

-- A tree: nothing may stand above itself.
create trigger equipements_no_cycle before update of parent_id on equipements
when new.parent_id is not null
begin
    select raise(abort, 'cycle')
    where new.id in (
        with recursive above (id) as (
            select new.parent_id
            union
            select e.parent_id from equipements e join above on e.id = above.id where e.parent_id is not null
        )
        select id from above
    );
end;

create virtual table equipements_fts using fts5 (
    code, nom, type, localisation, fabricant, modele, numero_serie,
    content = 'equipements', content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

create trigger equipements_fts_insert after insert on equipements begin
    insert into equipements_fts (rowid, code, nom, type, localisation, fabricant, modele, numero_serie)
    values (new.id, new.code, new.nom, new.type, new.localisation, new.fabricant, new.modele, new.numero_serie);
end;

create trigger equipements_fts_delete after delete on equipements begin
    insert into equipements_fts (equipements_fts, rowid, code, nom, type, localisation, fabricant, modele, numero_serie)
    values ('delete', old.id, old.code, old.nom, old.type, old.localisation, old.fabricant, old.modele, old.numero_serie);
end;

create trigger equipements_fts_update
after update of code, nom, type, localisation, fabricant, modele, numero_serie on equipements begin
    insert into equipements_fts (equipements_fts, rowid, code, nom, type, localisation, fabricant, modele, numero_serie)
    values ('delete', old.id, old.code, old.nom, old.type, old.localisation, old.fabricant, old.modele, old.numero_serie);
    insert into equipements_fts (rowid, code, nom, type, localisation, fabricant, modele, numero_serie)
    values (new.id, new.code, new.nom, new.type, new.localisation, new.fabricant, new.modele, new.numero_serie);
end;
