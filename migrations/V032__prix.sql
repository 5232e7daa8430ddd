-- What a unit costs is kept to the ten-thousandth: a washer costs less than a centime. And a receipt's price that was
-- typed wrong is put right by a line of its own, which says by how much it changes what each earlier line is worth.

-- What was whole centimes is ten-thousandths now. Nothing ever cost more than the dearest price (10 thousand million)
-- but an average of next to nothing.
update pieces set prix_unitaire = min(prix_unitaire, 1000000000000) * 100 where prix_unitaire is not null;

drop view intervention_couts_pieces;
drop trigger mouvements_are_never_deleted;
drop trigger stocks_follow_the_ledger;

-- SQLite changes a table's checks by making the table anew.
create table mouvements_anew (
    id               integer primary key autoincrement,
    piece_id         integer not null references pieces (id) on delete restrict,
    type             text not null check (
        type in ('entree', 'sortie', 'retour', 'inventaire', 'transfert', 'revalorisation')),
    quantite         integer not null, -- what it adds to the stock; negative when it takes
    -- That day's, in ten-thousandths; of a revalorisation, the right one.
    cout_unitaire    integer not null check (cout_unitaire >= 0),
    valeur           integer not null, -- what it adds to the value of the stock, in cents
    date             integer not null,
    user_id          integer references users (id) on delete restrict,
    auteur           text not null,
    motif            text,
    intervention_id  integer references interventions (id) on delete restrict,
    annule_id        integer unique references mouvements_anew (id) on delete restrict, -- the line that it undoes
    inventaire_id    integer references inventaires (id) on delete restrict,
    emplacement      text, -- that a transfer leaves or reaches
    corrige_id       integer references mouvements_anew (id) on delete restrict, -- whose price it puts right
    -- A count that finds nothing to correct is worth a line, and so is a price; what else moves nothing is not.
    check (quantite <> 0 or type in ('inventaire', 'revalorisation')),
    check (type <> 'revalorisation' or quantite = 0 and annule_id is null and motif is not null),
    check (annule_id is not null or case type
        when 'entree' then quantite > 0 when 'retour' then quantite > 0 when 'sortie' then quantite < 0 else true end),
    check (valeur = 0 or type = 'revalorisation' or (valeur > 0) = (quantite > 0)),
    check (intervention_id is null or type in ('sortie', 'retour')),
    check (inventaire_id is null or type = 'inventaire'),
    check ((emplacement is not null) = (type = 'transfert')),
    check ((corrige_id is not null) = (type = 'revalorisation'))
) strict;

insert into mouvements_anew (id, piece_id, type, quantite, cout_unitaire, valeur, date, user_id, auteur, motif,
    intervention_id, annule_id, inventaire_id, emplacement)
select id, piece_id, type, quantite, min(cout_unitaire, 1000000000000) * 100, valeur, date, user_id, auteur, motif,
    intervention_id, annule_id, inventaire_id, emplacement
from mouvements order by id;

-- An id that was given stays given.
delete from sqlite_sequence where name = 'mouvements_anew';
insert into sqlite_sequence (name, seq) select 'mouvements_anew', seq from sqlite_sequence where name = 'mouvements';
-- What undoes a line goes before the line.
delete from mouvements where annule_id is not null;
drop table mouvements;
alter table mouvements_anew rename to mouvements;

create index mouvements_piece on mouvements (piece_id, id);
create index mouvements_intervention on mouvements (intervention_id, piece_id) where intervention_id is not null;
create index mouvements_inventaire on mouvements (inventaire_id) where inventaire_id is not null;
create index mouvements_corrige on mouvements (corrige_id) where corrige_id is not null;

create trigger mouvements_are_never_updated before update on mouvements
begin
    select raise(abort, 'mouvements_append_only');
end;

create trigger mouvements_are_never_deleted before delete on mouvements
begin
    select raise(abort, 'mouvements_append_only');
end;

-- A reversal undoes one line, whole, and is itself final.
create trigger mouvements_reverse_one_line before insert on mouvements
when new.annule_id is not null
begin
    select raise(abort, 'annulation')
    where not exists (
        select 1 from mouvements o
        where o.id = new.annule_id and o.annule_id is null and o.piece_id = new.piece_id and o.type = new.type
          and o.quantite = -new.quantite and o.intervention_id is new.intervention_id);
end;

-- A price is put right on a receipt, also on one that was undone: what was issued meanwhile went at that price.
create trigger mouvements_correct_a_receipt before insert on mouvements
when new.corrige_id is not null
begin
    select raise(abort, 'revalorisation')
    where not exists (
            select 1 from mouvements o
            where o.id = new.corrige_id and o.type = 'entree' and o.annule_id is null and o.piece_id = new.piece_id);
end;

-- The average is that of unit_cost (src/pieces/rules): rounded half up, and never beyond the dearest price. The whole
-- cents of a thousandth and what is left of them are taken apart, for their product would not be an integer any more.
create trigger mouvements_make_the_stock after insert on mouvements
begin
    update stocks set
        stock = stock + new.quantite,
        valeur = valeur + new.valeur,
        cump = case when stock + new.quantite > 0
            then min(
                min((valeur + new.valeur) / (stock + new.quantite), 1000000000) * 100000
                    + (200000 * ((valeur + new.valeur) % (stock + new.quantite)) + stock + new.quantite)
                        / (2 * (stock + new.quantite)),
                100000000000000)
            else cump end,
        dernier_id = new.id
    where piece_id = new.piece_id;
end;

-- Nobody edits a stock: it moves by exactly one new line of the ledger.
create trigger stocks_follow_the_ledger before update of piece_id, stock, valeur, dernier_id on stocks
begin
    select raise(abort, 'stock_suit_les_mouvements')
    where not exists (
        select 1 from mouvements m
        where m.id = new.dernier_id and m.id > old.dernier_id and m.piece_id = new.piece_id
          and new.piece_id = old.piece_id
          and m.quantite = new.stock - old.stock and m.valeur = new.valeur - old.valeur);
end;

-- The average of what is there is known to the ten-thousandth at once; of what is gone, only what was written down.
update stocks set cump = case when stock > 0
    then min(
        min(valeur / stock, 1000000000) * 100000 + (200000 * (valeur % stock) + stock) / (2 * stock),
        100000000000000)
    else min(cump, 1000000000000) * 100 end
where cump is not null;

-- By how much a revalorisation changes what an earlier line of its part is worth, and what a unit of that line costs
-- from then on. What it adds to the value of the stock is the sum of these.
create table revalorisation_lignes (
    ligne_id       integer not null references mouvements (id) on delete restrict,
    mouvement_id   integer not null references mouvements (id) on delete restrict, -- the revalorisation
    valeur         integer not null,
    cout_unitaire  integer not null check (cout_unitaire >= 0),
    primary key (ligne_id, mouvement_id)
) strict, without rowid;

create index revalorisation_lignes_mouvement on revalorisation_lignes (mouvement_id);

-- They are written with the revalorisation, before anything else moves, and never after.
create trigger revalorisation_lignes_are_of_their_part before insert on revalorisation_lignes
begin
    select raise(abort, 'revalorisation')
    where not exists (
        select 1 from mouvements r
        join mouvements l on l.piece_id = r.piece_id and l.id >= r.corrige_id and l.id < r.id
        join stocks s on s.piece_id = r.piece_id and s.dernier_id = r.id
        where r.id = new.mouvement_id and r.type = 'revalorisation'
          and l.id = new.ligne_id and l.type <> 'revalorisation');
end;

create trigger revalorisation_lignes_are_never_updated before update on revalorisation_lignes
begin
    select raise(abort, 'mouvements_append_only');
end;

create trigger revalorisation_lignes_are_never_deleted before delete on revalorisation_lignes
begin
    select raise(abort, 'mouvements_append_only');
end;

-- The ledger at what its lines are worth by now. What a revalorisation changed stands with the lines that it changed,
-- so it is worth nothing itself: the value of a stock is the sum here as well.
create view mouvements_corriges (id, piece_id, type, quantite, cout_unitaire, valeur, date, intervention_id, annule_id,
    inventaire_id) as
select m.id, m.piece_id, m.type, m.quantite,
    coalesce((select r.cout_unitaire from revalorisation_lignes r
              where r.ligne_id = m.id order by r.mouvement_id desc limit 1), m.cout_unitaire),
    case m.type when 'revalorisation' then 0
        else m.valeur + coalesce((select sum(r.valeur) from revalorisation_lignes r where r.ligne_id = m.id), 0) end,
    m.date, m.intervention_id, m.annule_id, m.inventaire_id
from mouvements m;

-- What the parts of an intervention cost: issues less returns, at their frozen costs; null when it took none.
-- A line that was undone and the line that undid it count for nothing. (The plus keeps SQLite from starting at
-- the index of reversals, where nearly every line is null.)
create view intervention_couts_pieces (intervention_id, cout) as
select i.id, (
    select -sum(m.valeur) from mouvements_corriges m
    where m.intervention_id = i.id and +m.annule_id is null
      and not exists (select 1 from mouvements r where r.annule_id = m.id))
from interventions i;

-- The history of an intervention tells that its parts cost otherwise.
create table historique_anew (
    id               integer primary key,
    intervention_id  integer not null references interventions (id) on delete restrict,
    date             integer not null,
    user_id          integer references users (id) on delete restrict,
    auteur           text not null,
    type             text not null check (
        type in ('creation', 'statut', 'reouverture', 'affectation', 'validation', 'revalorisation')),
    de               text,
    vers             text,
    remarque         text,
    fait_le          integer -- when it happened, where the server heard of it later; null: when it was entered
) strict;

insert into historique_anew (id, intervention_id, date, user_id, auteur, type, de, vers, remarque, fait_le)
select id, intervention_id, date, user_id, auteur, type, de, vers, remarque, fait_le from historique;

drop trigger historique_is_never_deleted;
drop table historique;
alter table historique_anew rename to historique;

create index historique_intervention on historique (intervention_id, id);

create trigger historique_is_never_updated before update on historique
begin
    select raise(abort, 'historique_append_only');
end;

create trigger historique_is_never_deleted before delete on historique
begin
    select raise(abort, 'historique_append_only');
end;
