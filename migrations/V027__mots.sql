-- One name. What is typed is kept without what nobody sees (blanks at the ends, doubled blanks, signs of no width) and
-- composed (NFC); the application does so at its door, and here with what was kept before it did. What is searched is
-- indexed in a plain form, in which `œ` and `oe`, `أ` and `ا`, `×` and `x` are the same.
--
-- `tidy`, `fold` and `indexed` are functions of the application (kernel/words), which it gives to each of its
-- connections. Triggers call `indexed`: a program without it reads the file as ever, and is refused when it writes a
-- text that is searched.

-- What the names of before became, for an administrator to read: once, by this migration.
create table textes_repris (
    id         integer primary key autoincrement,
    tableau    text not null,
    ligne_id   integer not null,
    colonne    text not null,
    avant      text not null,
    apres      text not null,
    -- `repris`: tidied. `fusionne`: it was the name of another row, and is that row (`garde_id`) now. `renomme`: it was
    -- the name of another row, and too much hangs on both: it bears its number behind. `laisse`: it is as it was.
    issue      text not null default 'repris' check (issue in ('repris', 'fusionne', 'renomme', 'laisse')),
    garde_id   integer check ((garde_id is not null) = (issue = 'fusionne')),
    created_at integer not null default (unixepoch())
) strict;

-- The indexes, anew. They keep no text of their own (`content = ''`), and forget a row by its number alone: what it was
-- indexed as need not be known, so that the plain form may become another one some day.

drop trigger equipements_fts_insert;
drop trigger equipements_fts_update;
drop trigger equipements_fts_delete;
drop table equipements_fts;

create virtual table equipements_fts using fts5 (
    code, nom, type, localisation, fabricant, modele, numero_serie,
    content = '', contentless_delete = 1,
    tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3'
);

drop trigger interventions_fts_insert;
drop trigger interventions_fts_update;
drop table interventions_fts;

create virtual table interventions_fts using fts5 (
    numero, titre, description, symptome, cause, remede, compte_rendu,
    content = '', contentless_delete = 1,
    tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3'
);

drop trigger plannings_fts_insert;
drop trigger plannings_fts_update;
drop trigger plannings_fts_delete;
drop table plannings_fts;

create virtual table plannings_fts using fts5 (
    titre, description,
    content = '', contentless_delete = 1,
    tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3'
);

drop trigger documents_fts_insert;
drop trigger documents_fts_delete;
drop table documents_fts;

create virtual table documents_fts using fts5 (
    nom_fichier, description,
    content = '', contentless_delete = 1,
    tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3'
);

drop trigger pieces_fts_insert;
drop trigger pieces_fts_update;
drop trigger pieces_fts_delete;
drop table pieces_fts;

create virtual table pieces_fts using fts5 (
    reference, designation, emplacement,
    content = '', contentless_delete = 1,
    tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3'
);

drop trigger demandes_fts_insert;
drop trigger demandes_fts_update;
drop table demandes_fts;

create virtual table demandes_fts using fts5 (
    numero, titre, description,
    content = '', contentless_delete = 1,
    tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3'
);

-- Names that nothing else may have: each is tidied, and stays as it is where another row has the tidy name already.

insert into textes_repris (tableau, ligne_id, colonne, avant, apres)
select 'sites', id, 'code', code, tidy(code) from sites where code <> tidy(code) and tidy(code) <> '';
update or ignore sites set code = tidy(code), code_key = fold(code) where code <> tidy(code) and tidy(code) <> '';

insert into textes_repris (tableau, ligne_id, colonne, avant, apres)
select 'competences', id, 'nom', nom, tidy(nom) from competences where nom <> tidy(nom) and tidy(nom) <> '';
update or ignore competences set nom = tidy(nom), nom_key = fold(nom) where nom <> tidy(nom) and tidy(nom) <> '';

insert into textes_repris (tableau, ligne_id, colonne, avant, apres)
select 'techniciens', id, 'matricule', matricule, tidy(matricule) from techniciens where matricule <> tidy(matricule) and tidy(matricule) <> '';
update or ignore techniciens set matricule = tidy(matricule), matricule_key = fold(matricule) where matricule <> tidy(matricule) and tidy(matricule) <> '';

insert into textes_repris (tableau, ligne_id, colonne, avant, apres)
select 'equipements', id, 'code', code, tidy(code) from equipements where code <> tidy(code) and tidy(code) <> '';
update or ignore equipements set code = tidy(code), code_key = fold(code) where code <> tidy(code) and tidy(code) <> '';

insert into textes_repris (tableau, ligne_id, colonne, avant, apres)
select 'fournisseurs', id, 'nom', nom, tidy(nom) from fournisseurs where nom <> tidy(nom) and tidy(nom) <> '';
update or ignore fournisseurs set nom = tidy(nom), nom_key = fold(nom) where nom <> tidy(nom) and tidy(nom) <> '';

insert into textes_repris (tableau, ligne_id, colonne, avant, apres)
select 'pieces', id, 'reference', reference, tidy(reference) from pieces where reference <> tidy(reference) and tidy(reference) <> '';
update or ignore pieces set reference = tidy(reference), reference_key = fold(reference) where reference <> tidy(reference) and tidy(reference) <> '';

insert into textes_repris (tableau, ligne_id, colonne, avant, apres)
select 'codes', id, 'code', code, tidy(code) from codes where code <> tidy(code) and tidy(code) <> '';
update or ignore codes set code = tidy(code), code_key = fold(code) where code <> tidy(code) and tidy(code) <> '';

insert into textes_repris (tableau, ligne_id, colonne, avant, apres)
select 'gammes', id, 'nom', nom, tidy(nom) from gammes where nom <> tidy(nom) and tidy(nom) <> '';
update or ignore gammes set nom = tidy(nom), nom_key = fold(nom) where nom <> tidy(nom) and tidy(nom) <> '';

insert into textes_repris (tableau, ligne_id, colonne, avant, apres)
select 'compteurs', id, 'nom', nom, tidy(nom) from compteurs where nom <> tidy(nom) and tidy(nom) <> '';
update or ignore compteurs set nom = tidy(nom), nom_key = fold(nom) where nom <> tidy(nom) and tidy(nom) <> '';

-- Skills and suppliers that are left have the name of another. They become that one where nothing is lost by it.
create temp table doubles as
select 'competences' as tableau, c.id, kept.id as garde
from competences c join competences kept on kept.nom_key = fold(c.nom) and kept.id <> c.id
where c.nom <> tidy(c.nom)
    and (c.description is null or kept.description is null or c.description = kept.description)
    and not exists (
        select 1 from technicien_competences a join technicien_competences b on b.technicien_id = a.technicien_id
        where a.competence_id = c.id and b.competence_id = kept.id
            and (a.niveau, a.valide_jusqu_au) is not (b.niveau, b.valide_jusqu_au))
    and not exists (
        select 1 from intervention_competences a join intervention_competences b on b.intervention_id = a.intervention_id
        where a.competence_id = c.id and b.competence_id = kept.id and a.niveau <> b.niveau)
    and not exists (
        select 1 from planning_competences a join planning_competences b on b.planning_id = a.planning_id
        where a.competence_id = c.id and b.competence_id = kept.id and a.niveau <> b.niveau)
union all
select 'fournisseurs', f.id, kept.id
from fournisseurs f join fournisseurs kept on kept.nom_key = fold(f.nom) and kept.id <> f.id
where f.nom <> tidy(f.nom)
    and (f.contact is null or kept.contact is null or f.contact = kept.contact)
    and (f.email is null or kept.email is null or f.email = kept.email)
    and (f.telephone is null or kept.telephone is null or f.telephone = kept.telephone)
    and (f.adresse is null or kept.adresse is null or f.adresse = kept.adresse)
    and (f.delai_jours is null or kept.delai_jours is null or f.delai_jours = kept.delai_jours);

-- Of several that could fill what the one that stays leaves open, one does; the others keep to themselves.
delete from doubles where rowid not in (select min(rowid) from doubles group by tableau, garde);

update or ignore technicien_competences set competence_id =
    (select garde from doubles where tableau = 'competences' and id = competence_id)
where competence_id in (select id from doubles where tableau = 'competences');
delete from technicien_competences where competence_id in (select id from doubles where tableau = 'competences');

update or ignore intervention_competences set competence_id =
    (select garde from doubles where tableau = 'competences' and id = competence_id)
where competence_id in (select id from doubles where tableau = 'competences');
delete from intervention_competences where competence_id in (select id from doubles where tableau = 'competences');

update or ignore planning_competences set competence_id =
    (select garde from doubles where tableau = 'competences' and id = competence_id)
where competence_id in (select id from doubles where tableau = 'competences');
delete from planning_competences where competence_id in (select id from doubles where tableau = 'competences');

update competences set description = coalesce(competences.description, lost.description)
from doubles d join competences lost on lost.id = d.id
where d.tableau = 'competences' and competences.id = d.garde;
delete from competences where id in (select id from doubles where tableau = 'competences');

update pieces set fournisseur_id = (select garde from doubles where tableau = 'fournisseurs' and id = fournisseur_id)
where fournisseur_id in (select id from doubles where tableau = 'fournisseurs');
update fournisseurs set
    contact = coalesce(fournisseurs.contact, lost.contact),
    email = coalesce(fournisseurs.email, lost.email),
    telephone = coalesce(fournisseurs.telephone, lost.telephone),
    adresse = coalesce(fournisseurs.adresse, lost.adresse),
    delai_jours = coalesce(fournisseurs.delai_jours, lost.delai_jours)
from doubles d join fournisseurs lost on lost.id = d.id
where d.tableau = 'fournisseurs' and fournisseurs.id = d.garde;
delete from fournisseurs where id in (select id from doubles where tableau = 'fournisseurs');

update textes_repris set issue = 'fusionne', garde_id = d.garde
from doubles d where d.tableau = textes_repris.tableau and d.id = ligne_id;
drop table doubles;

-- What is left has a ledger, a history or a label of its own: it bears its number, and everybody sees that there are two.

update or ignore sites set code = substr(tidy(code), 1, 60 - length(id) - 3) || ' (' || id || ')', code_key = fold(substr(tidy(code), 1, 60 - length(id) - 3) || ' (' || id || ')')
where code <> tidy(code) and tidy(code) <> '';
update textes_repris set issue = iif(x.code = textes_repris.avant, 'laisse', 'renomme'), apres = x.code
from sites x where tableau = 'sites' and colonne = 'code' and issue = 'repris' and x.id = ligne_id and x.code <> apres;

update or ignore competences set nom = substr(tidy(nom), 1, 100 - length(id) - 3) || ' (' || id || ')', nom_key = fold(substr(tidy(nom), 1, 100 - length(id) - 3) || ' (' || id || ')')
where nom <> tidy(nom) and tidy(nom) <> '';
update textes_repris set issue = iif(x.nom = textes_repris.avant, 'laisse', 'renomme'), apres = x.nom
from competences x where tableau = 'competences' and colonne = 'nom' and issue = 'repris' and x.id = ligne_id and x.nom <> apres;

update or ignore techniciens set matricule = substr(tidy(matricule), 1, 60 - length(id) - 3) || ' (' || id || ')', matricule_key = fold(substr(tidy(matricule), 1, 60 - length(id) - 3) || ' (' || id || ')')
where matricule <> tidy(matricule) and tidy(matricule) <> '';
update textes_repris set issue = iif(x.matricule = textes_repris.avant, 'laisse', 'renomme'), apres = x.matricule
from techniciens x where tableau = 'techniciens' and colonne = 'matricule' and issue = 'repris' and x.id = ligne_id and x.matricule <> apres;

update or ignore equipements set code = substr(tidy(code), 1, 60 - length(id) - 3) || ' (' || id || ')', code_key = fold(substr(tidy(code), 1, 60 - length(id) - 3) || ' (' || id || ')')
where code <> tidy(code) and tidy(code) <> '';
update textes_repris set issue = iif(x.code = textes_repris.avant, 'laisse', 'renomme'), apres = x.code
from equipements x where tableau = 'equipements' and colonne = 'code' and issue = 'repris' and x.id = ligne_id and x.code <> apres;

update or ignore fournisseurs set nom = substr(tidy(nom), 1, 200 - length(id) - 3) || ' (' || id || ')', nom_key = fold(substr(tidy(nom), 1, 200 - length(id) - 3) || ' (' || id || ')')
where nom <> tidy(nom) and tidy(nom) <> '';
update textes_repris set issue = iif(x.nom = textes_repris.avant, 'laisse', 'renomme'), apres = x.nom
from fournisseurs x where tableau = 'fournisseurs' and colonne = 'nom' and issue = 'repris' and x.id = ligne_id and x.nom <> apres;

update or ignore pieces set reference = substr(tidy(reference), 1, 60 - length(id) - 3) || ' (' || id || ')', reference_key = fold(substr(tidy(reference), 1, 60 - length(id) - 3) || ' (' || id || ')')
where reference <> tidy(reference) and tidy(reference) <> '';
update textes_repris set issue = iif(x.reference = textes_repris.avant, 'laisse', 'renomme'), apres = x.reference
from pieces x where tableau = 'pieces' and colonne = 'reference' and issue = 'repris' and x.id = ligne_id and x.reference <> apres;

update or ignore codes set code = substr(tidy(code), 1, 30 - length(id) - 3) || ' (' || id || ')', code_key = fold(substr(tidy(code), 1, 30 - length(id) - 3) || ' (' || id || ')')
where code <> tidy(code) and tidy(code) <> '';
update textes_repris set issue = iif(x.code = textes_repris.avant, 'laisse', 'renomme'), apres = x.code
from codes x where tableau = 'codes' and colonne = 'code' and issue = 'repris' and x.id = ligne_id and x.code <> apres;

update or ignore gammes set nom = substr(tidy(nom), 1, 200 - length(id) - 3) || ' (' || id || ')', nom_key = fold(substr(tidy(nom), 1, 200 - length(id) - 3) || ' (' || id || ')')
where nom <> tidy(nom) and tidy(nom) <> '';
update textes_repris set issue = iif(x.nom = textes_repris.avant, 'laisse', 'renomme'), apres = x.nom
from gammes x where tableau = 'gammes' and colonne = 'nom' and issue = 'repris' and x.id = ligne_id and x.nom <> apres;

update or ignore compteurs set nom = substr(tidy(nom), 1, 100 - length(id) - 3) || ' (' || id || ')', nom_key = fold(substr(tidy(nom), 1, 100 - length(id) - 3) || ' (' || id || ')')
where nom <> tidy(nom) and tidy(nom) <> '';
update textes_repris set issue = iif(x.nom = textes_repris.avant, 'laisse', 'renomme'), apres = x.nom
from compteurs x where tableau = 'compteurs' and colonne = 'nom' and issue = 'repris' and x.id = ligne_id and x.nom <> apres;

-- Texts that others may have as well. Those of interventions, demandes and plans are sentences and not names: they stay,
-- for what was signed covers them letter by letter; they are found all the same.

insert into textes_repris (tableau, ligne_id, colonne, avant, apres)
select 'sites', id, 'nom', nom, tidy(nom) from sites where nom <> tidy(nom) and tidy(nom) <> '';
update or ignore sites set nom = tidy(nom) where nom <> tidy(nom) and tidy(nom) <> '';

insert into textes_repris (tableau, ligne_id, colonne, avant, apres)
select 'clients', id, 'nom', nom, tidy(nom) from clients where nom <> tidy(nom) and tidy(nom) <> ''
union all select 'clients', id, 'contact', contact, tidy(contact) from clients where contact <> tidy(contact) and tidy(contact) <> ''
union all select 'clients', id, 'telephone', telephone, tidy(telephone) from clients where telephone <> tidy(telephone) and tidy(telephone) <> '';
update or ignore clients set nom = tidy(nom) where nom <> tidy(nom) and tidy(nom) <> '';
update or ignore clients set contact = tidy(contact) where contact <> tidy(contact) and tidy(contact) <> '';
update or ignore clients set telephone = tidy(telephone) where telephone <> tidy(telephone) and tidy(telephone) <> '';

insert into textes_repris (tableau, ligne_id, colonne, avant, apres)
select 'users', id, 'full_name', full_name, tidy(full_name) from users where full_name <> tidy(full_name) and tidy(full_name) <> '';
update or ignore users set full_name = tidy(full_name) where full_name <> tidy(full_name) and tidy(full_name) <> '';

insert into textes_repris (tableau, ligne_id, colonne, avant, apres)
select 'techniciens', id, 'equipe', equipe, tidy(equipe) from techniciens where equipe <> tidy(equipe) and tidy(equipe) <> '';
update or ignore techniciens set equipe = tidy(equipe) where equipe <> tidy(equipe) and tidy(equipe) <> '';

insert into textes_repris (tableau, ligne_id, colonne, avant, apres)
select 'equipements', id, 'nom', nom, tidy(nom) from equipements where nom <> tidy(nom) and tidy(nom) <> ''
union all select 'equipements', id, 'type', type, tidy(type) from equipements where type <> tidy(type) and tidy(type) <> ''
union all select 'equipements', id, 'localisation', localisation, tidy(localisation) from equipements where localisation <> tidy(localisation) and tidy(localisation) <> ''
union all select 'equipements', id, 'fabricant', fabricant, tidy(fabricant) from equipements where fabricant <> tidy(fabricant) and tidy(fabricant) <> ''
union all select 'equipements', id, 'modele', modele, tidy(modele) from equipements where modele <> tidy(modele) and tidy(modele) <> ''
union all select 'equipements', id, 'numero_serie', numero_serie, tidy(numero_serie) from equipements where numero_serie <> tidy(numero_serie) and tidy(numero_serie) <> '';
update or ignore equipements set nom = tidy(nom) where nom <> tidy(nom) and tidy(nom) <> '';
update or ignore equipements set type = tidy(type) where type <> tidy(type) and tidy(type) <> '';
update or ignore equipements set localisation = tidy(localisation) where localisation <> tidy(localisation) and tidy(localisation) <> '';
update or ignore equipements set fabricant = tidy(fabricant) where fabricant <> tidy(fabricant) and tidy(fabricant) <> '';
update or ignore equipements set modele = tidy(modele) where modele <> tidy(modele) and tidy(modele) <> '';
update or ignore equipements set numero_serie = tidy(numero_serie) where numero_serie <> tidy(numero_serie) and tidy(numero_serie) <> '';

insert into textes_repris (tableau, ligne_id, colonne, avant, apres)
select 'fournisseurs', id, 'contact', contact, tidy(contact) from fournisseurs where contact <> tidy(contact) and tidy(contact) <> ''
union all select 'fournisseurs', id, 'telephone', telephone, tidy(telephone) from fournisseurs where telephone <> tidy(telephone) and tidy(telephone) <> '';
update or ignore fournisseurs set contact = tidy(contact) where contact <> tidy(contact) and tidy(contact) <> '';
update or ignore fournisseurs set telephone = tidy(telephone) where telephone <> tidy(telephone) and tidy(telephone) <> '';

insert into textes_repris (tableau, ligne_id, colonne, avant, apres)
select 'pieces', id, 'designation', designation, tidy(designation) from pieces where designation <> tidy(designation) and tidy(designation) <> ''
union all select 'pieces', id, 'unite', unite, tidy(unite) from pieces where unite <> tidy(unite) and tidy(unite) <> ''
union all select 'pieces', id, 'emplacement', emplacement, tidy(emplacement) from pieces where emplacement <> tidy(emplacement) and tidy(emplacement) <> '';
update or ignore pieces set designation = tidy(designation) where designation <> tidy(designation) and tidy(designation) <> '';
update or ignore pieces set unite = tidy(unite) where unite <> tidy(unite) and tidy(unite) <> '';
update or ignore pieces set emplacement = tidy(emplacement) where emplacement <> tidy(emplacement) and tidy(emplacement) <> '';

insert into textes_repris (tableau, ligne_id, colonne, avant, apres)
select 'codes', id, 'libelle', libelle, tidy(libelle) from codes where libelle <> tidy(libelle) and tidy(libelle) <> '';
update or ignore codes set libelle = tidy(libelle) where libelle <> tidy(libelle) and tidy(libelle) <> '';

insert into textes_repris (tableau, ligne_id, colonne, avant, apres)
select 'compteurs', id, 'unite', unite, tidy(unite) from compteurs where unite <> tidy(unite) and tidy(unite) <> '';
update or ignore compteurs set unite = tidy(unite) where unite <> tidy(unite) and tidy(unite) <> '';

-- Everything is indexed now, whatever became of it.

insert into equipements_fts (rowid, code, nom, type, localisation, fabricant, modele, numero_serie)
select
    id, indexed(code), indexed(nom), indexed(type), indexed(localisation), indexed(fabricant), indexed(modele),
    indexed(numero_serie)
from equipements;

create trigger equipements_fts_insert after insert on equipements begin
    insert into equipements_fts (rowid, code, nom, type, localisation, fabricant, modele, numero_serie)
    values (
        new.id, indexed(new.code), indexed(new.nom), indexed(new.type), indexed(new.localisation),
        indexed(new.fabricant), indexed(new.modele), indexed(new.numero_serie)
    );
end;

create trigger equipements_fts_delete after delete on equipements begin
    delete from equipements_fts where rowid = old.id;
end;

create trigger equipements_fts_update after update of code, nom, type, localisation, fabricant, modele, numero_serie on equipements begin
    delete from equipements_fts where rowid = old.id;
    insert into equipements_fts (rowid, code, nom, type, localisation, fabricant, modele, numero_serie)
    values (
        new.id, indexed(new.code), indexed(new.nom), indexed(new.type), indexed(new.localisation),
        indexed(new.fabricant), indexed(new.modele), indexed(new.numero_serie)
    );
end;

insert into interventions_fts (rowid, numero, titre, description, symptome, cause, remede, compte_rendu)
select
    id, indexed(numero), indexed(titre), indexed(description), indexed(symptome), indexed(cause), indexed(remede),
    indexed(compte_rendu)
from interventions;

create trigger interventions_fts_insert after insert on interventions begin
    insert into interventions_fts (rowid, numero, titre, description, symptome, cause, remede, compte_rendu)
    values (
        new.id, indexed(new.numero), indexed(new.titre), indexed(new.description), indexed(new.symptome),
        indexed(new.cause), indexed(new.remede), indexed(new.compte_rendu)
    );
end;

create trigger interventions_fts_update after update of numero, titre, description, symptome, cause, remede, compte_rendu on interventions begin
    delete from interventions_fts where rowid = old.id;
    insert into interventions_fts (rowid, numero, titre, description, symptome, cause, remede, compte_rendu)
    values (
        new.id, indexed(new.numero), indexed(new.titre), indexed(new.description), indexed(new.symptome),
        indexed(new.cause), indexed(new.remede), indexed(new.compte_rendu)
    );
end;

insert into plannings_fts (rowid, titre, description)
select
    id, indexed(titre), indexed(description)
from plannings;

create trigger plannings_fts_insert after insert on plannings begin
    insert into plannings_fts (rowid, titre, description)
    values (
        new.id, indexed(new.titre), indexed(new.description)
    );
end;

create trigger plannings_fts_delete after delete on plannings begin
    delete from plannings_fts where rowid = old.id;
end;

create trigger plannings_fts_update after update of titre, description on plannings begin
    delete from plannings_fts where rowid = old.id;
    insert into plannings_fts (rowid, titre, description)
    values (
        new.id, indexed(new.titre), indexed(new.description)
    );
end;

insert into documents_fts (rowid, nom_fichier, description)
select
    id, indexed(nom_fichier), indexed(description)
from documents;

create trigger documents_fts_insert after insert on documents begin
    insert into documents_fts (rowid, nom_fichier, description)
    values (
        new.id, indexed(new.nom_fichier), indexed(new.description)
    );
end;

create trigger documents_fts_delete after delete on documents begin
    delete from documents_fts where rowid = old.id;
end;

insert into pieces_fts (rowid, reference, designation, emplacement)
select
    id, indexed(reference), indexed(designation), indexed(emplacement)
from pieces;

create trigger pieces_fts_insert after insert on pieces begin
    insert into pieces_fts (rowid, reference, designation, emplacement)
    values (
        new.id, indexed(new.reference), indexed(new.designation), indexed(new.emplacement)
    );
end;

create trigger pieces_fts_delete after delete on pieces begin
    delete from pieces_fts where rowid = old.id;
end;

create trigger pieces_fts_update after update of reference, designation, emplacement on pieces begin
    delete from pieces_fts where rowid = old.id;
    insert into pieces_fts (rowid, reference, designation, emplacement)
    values (
        new.id, indexed(new.reference), indexed(new.designation), indexed(new.emplacement)
    );
end;

insert into demandes_fts (rowid, numero, titre, description)
select
    id, indexed(numero), indexed(titre), indexed(description)
from demandes;

create trigger demandes_fts_insert after insert on demandes begin
    insert into demandes_fts (rowid, numero, titre, description)
    values (
        new.id, indexed(new.numero), indexed(new.titre), indexed(new.description)
    );
end;

create trigger demandes_fts_update after update of numero, titre, description on demandes begin
    delete from demandes_fts where rowid = old.id;
    insert into demandes_fts (rowid, numero, titre, description)
    values (
        new.id, indexed(new.numero), indexed(new.titre), indexed(new.description)
    );
end;
