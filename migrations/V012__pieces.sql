-- The storeroom: parts, who supplies them, what they fit, and a ledger of everything that came in or went out.
-- The stock is the sum of that ledger. It is kept beside it, so that a read never adds up years of lines, but
-- nobody can write it: only a line of the ledger moves it, and never below zero nor below what is reserved.
-- Quantities are integer thousandths of the part's unit, amounts integer cents.

create table fournisseurs (
    id           integer primary key autoincrement,
    nom          text not null check (length(nom) between 1 and 200),
    nom_key      text not null unique,
    contact      text,
    email        text,
    telephone    text,
    adresse      text,
    delai_jours  integer check (delai_jours >= 0), -- usual days from order to receipt
    version      integer not null default 1,
    created_at   integer not null,
    updated_at   integer not null
) strict;

create table pieces (
    id                integer primary key autoincrement,
    reference         text not null check (length(reference) between 1 and 60),
    reference_key     text not null unique,
    designation       text not null check (length(designation) between 1 and 200),
    unite             text not null default 'u' check (length(unite) between 1 and 20),
    emplacement       text check (length(emplacement) between 1 and 100),
    seuil_min         integer not null default 0 check (seuil_min >= 0),
    quantite_reappro  integer check (quantite_reappro > 0), -- ordered in multiples of this
    prix_unitaire     integer check (prix_unitaire >= 0), -- of the catalogue; null when nobody knows
    fournisseur_id    integer references fournisseurs (id) on delete restrict,
    statut            text not null default 'actif' check (statut in ('actif', 'retire')),
    version           integer not null default 1,
    created_at        integer not null,
    updated_at        integer not null
) strict;

create index pieces_fournisseur on pieces (fournisseur_id) where fournisseur_id is not null;
create index pieces_emplacement on pieces (emplacement) where emplacement is not null;

create virtual table pieces_fts using fts5 (
    reference, designation, emplacement,
    content = 'pieces', content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

create trigger pieces_fts_insert after insert on pieces begin
    insert into pieces_fts (rowid, reference, designation, emplacement)
    values (new.id, new.reference, new.designation, new.emplacement);
end;

create trigger pieces_fts_delete after delete on pieces begin
    insert into pieces_fts (pieces_fts, rowid, reference, designation, emplacement)
    values ('delete', old.id, old.reference, old.designation, old.emplacement);
end;

create trigger pieces_fts_update after update of reference, designation, emplacement on pieces begin
    insert into pieces_fts (pieces_fts, rowid, reference, designation, emplacement)
    values ('delete', old.id, old.reference, old.designation, old.emplacement);
    insert into pieces_fts (rowid, reference, designation, emplacement)
    values (new.id, new.reference, new.designation, new.emplacement);
end;

-- What a part fits: a link, which goes when either end goes.
create table piece_equipements (
    piece_id       integer not null references pieces (id) on delete cascade,
    equipement_id  integer not null references equipements (id) on delete cascade,
    primary key (piece_id, equipement_id)
) strict, without rowid;

create index piece_equipements_equipement on piece_equipements (equipement_id);

-- One row a part, made with it.
create table stocks (
    piece_id    integer primary key references pieces (id) on delete restrict,
    stock       integer not null default 0 check (stock >= 0),
    -- Set aside for interventions: there, but nobody else's to take.
    reserve     integer not null default 0,
    -- Asked for by interventions and not there yet.
    attendue    integer not null default 0 check (attendue >= 0),
    valeur      integer not null default 0 check (valeur >= 0),
    -- Weighted average cost of a unit (CUMP), rounded; the last one known when nothing is left.
    cump        integer check (cump >= 0),
    -- The last line of the ledger that counts in it.
    dernier_id  integer not null default 0,
    -- Since when it is known to be below its seuil_min: one alert each time it falls, not one each day.
    bas_depuis  integer,
    check (reserve between 0 and stock),
    check (stock > 0 or valeur = 0)
) strict;

create index stocks_attendue on stocks (piece_id) where attendue > 0;

create trigger pieces_have_a_stock after insert on pieces begin
    insert into stocks (piece_id) values (new.id);
end;

create trigger pieces_take_their_stock_along before delete on pieces begin
    delete from stocks where piece_id = old.id;
end;

create table inventaires (
    id           integer primary key autoincrement,
    libelle      text not null check (length(libelle) between 1 and 200),
    emplacement  text, -- where it counts; null for a list of parts
    statut       text not null default 'ouvert' check (statut in ('ouvert', 'cloture', 'abandonne')),
    ouvert_le    integer not null,
    ouvert_par   integer references users (id) on delete restrict,
    clos_le      integer,
    clos_par     integer references users (id) on delete restrict,
    version      integer not null default 1,
    updated_at   integer not null,
    check ((statut = 'ouvert') = (clos_le is null))
) strict;

create table inventaire_lignes (
    inventaire_id  integer not null references inventaires (id) on delete restrict,
    piece_id       integer not null references pieces (id) on delete restrict,
    ouverte        integer not null default 1 check (ouverte in (0, 1)),
    compte         integer check (compte >= 0),
    -- What the ledger said at the moment of counting: whatever moves later is no difference.
    theorique      integer check (theorique >= 0),
    compte_le      integer,
    compte_par     integer references users (id) on delete restrict,
    primary key (inventaire_id, piece_id),
    check ((compte is null) = (theorique is null) and (compte is null) = (compte_le is null))
) strict, without rowid;

-- Two open counts of one part would post the same difference twice.
create unique index inventaire_lignes_ouvertes on inventaire_lignes (piece_id) where ouverte = 1;

create table mouvements (
    id               integer primary key autoincrement,
    piece_id         integer not null references pieces (id) on delete restrict,
    type             text not null check (type in ('entree', 'sortie', 'retour', 'inventaire', 'transfert')),
    quantite         integer not null, -- what it adds to the stock; negative when it takes
    cout_unitaire    integer not null check (cout_unitaire >= 0), -- that day's
    valeur           integer not null, -- what it adds to the value of the stock
    date             integer not null,
    user_id          integer references users (id) on delete restrict,
    auteur           text not null,
    motif            text,
    intervention_id  integer references interventions (id) on delete restrict,
    annule_id        integer unique references mouvements (id) on delete restrict, -- the line that it undoes
    inventaire_id    integer references inventaires (id) on delete restrict,
    emplacement      text, -- that a transfer leaves or reaches
    -- A count that finds nothing to correct is worth a line; anything else that moves nothing is not.
    check (quantite <> 0 or type = 'inventaire'),
    check (annule_id is not null or case type
        when 'entree' then quantite > 0 when 'retour' then quantite > 0 when 'sortie' then quantite < 0 else true end),
    check (valeur = 0 or (valeur > 0) = (quantite > 0)),
    check (intervention_id is null or type in ('sortie', 'retour')),
    check (inventaire_id is null or type = 'inventaire'),
    check ((emplacement is not null) = (type = 'transfert'))
) strict;

create index mouvements_piece on mouvements (piece_id, id);
create index mouvements_intervention on mouvements (intervention_id, piece_id) where intervention_id is not null;
create index mouvements_inventaire on mouvements (inventaire_id) where inventaire_id is not null;

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

create trigger mouvements_make_the_stock after insert on mouvements
begin
    update stocks set
        stock = stock + new.quantite,
        valeur = valeur + new.valeur,
        cump = case when stock + new.quantite > 0
            then (2000 * (valeur + new.valeur) + stock + new.quantite) / (2 * (stock + new.quantite))
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

create trigger stocks_begin_empty before insert on stocks
when new.stock <> 0 or new.valeur <> 0 or new.reserve <> 0 or new.attendue <> 0
begin
    select raise(abort, 'stock_suit_les_mouvements');
end;

-- What a reader of the part is shown has changed, and so has its version.
create trigger stocks_show_in_the_version after update of stock, valeur, reserve, attendue on stocks
begin
    update pieces set version = version + 1 where id = new.piece_id;
end;

-- What an intervention asks for: part of it set aside, part of it awaited, part of it used up.
create table reservations (
    id               integer primary key autoincrement,
    intervention_id  integer not null references interventions (id) on delete restrict,
    piece_id         integer not null references pieces (id) on delete restrict,
    demandee         integer not null check (demandee > 0),
    reservee         integer not null check (reservee >= 0),
    attendue         integer not null check (attendue >= 0),
    servie           integer not null default 0 check (servie >= 0),
    date             integer not null,
    user_id          integer references users (id) on delete restrict,
    auteur           text not null,
    close_le         integer, -- nothing set aside and nothing awaited any more
    check (reservee + attendue + servie <= demandee),
    check ((close_le is null) = (reservee + attendue > 0))
) strict;

create index reservations_intervention on reservations (intervention_id, id);
create index reservations_ouvertes on reservations (piece_id, id) where close_le is null;

create trigger reservations_are_never_deleted before delete on reservations
begin
    select raise(abort, 'reservations_are_closed_only');
end;

create trigger reservations_keep_what_was_asked
before update of id, intervention_id, piece_id, demandee, date on reservations
begin
    select raise(abort, 'reservations_are_closed_only');
end;

create trigger reservations_are_for_open_work_insert before insert on reservations
when new.close_le is null
begin
    select raise(abort, 'intervention_close')
    where not exists (
        select 1 from interventions
        where id = new.intervention_id and statut in ('planifie', 'en_cours', 'attente_pieces')
          and supprimee_le is null);
end;

create trigger reservations_are_for_open_work_update before update of close_le on reservations
when new.close_le is null and old.close_le is not null
begin
    select raise(abort, 'reservations_are_closed_only');
end;

create trigger reservations_count_in_the_stock_insert after insert on reservations
when new.close_le is null
begin
    update stocks set reserve = reserve + new.reservee, attendue = attendue + new.attendue
    where piece_id = new.piece_id;
end;

create trigger reservations_count_in_the_stock_update after update of reservee, attendue on reservations
when new.reservee <> old.reservee or new.attendue <> old.attendue
begin
    update stocks set
        reserve = reserve + new.reservee - old.reservee,
        attendue = attendue + new.attendue - old.attendue
    where piece_id = new.piece_id;
end;

-- Whatever ends an intervention, nothing stays set aside for it.
create trigger interventions_release_pieces after update of statut, supprimee_le on interventions
when new.statut in ('termine', 'annule') or new.supprimee_le is not null
begin
    update reservations set reservee = 0, attendue = 0, close_le = new.updated_at
    where intervention_id = new.id and close_le is null;
end;

-- What the parts of an intervention cost: issues less returns, at their frozen costs; null when it took none.
-- A line that was undone and the line that undid it count for nothing. (The plus keeps SQLite from starting at
-- the index of reversals, where nearly every line is null.)
create view intervention_couts_pieces (intervention_id, cout) as
select i.id, (
    select -sum(m.valeur) from mouvements m
    where m.intervention_id = i.id and +m.annule_id is null
      and not exists (select 1 from mouvements r where r.annule_id = m.id))
from interventions i;
