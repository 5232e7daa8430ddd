-- Who was told what, by which channels, and what became of each delivery. The journal is the outbox: what follows
-- it writes these rows, in the transaction that moves its bookmark. One fact tells a person once, one message goes
-- out once by each channel, whatever happens in between.

create table notifications (
    id               integer primary key autoincrement,
    journal_id       integer not null references journal (id) on delete restrict, -- the fact that it tells of
    user_id          integer not null references users (id) on delete restrict,
    type             text not null check (type in ('affectation', 'changement_statut', 'cloture', 'rappel', 'retard',
                         'stock_bas', 'pieces_disponibles', 'demande', 'information')),
    titre            text not null check (length(titre) between 1 and 200),
    contenu          text not null check (length(contenu) between 1 and 5000),
    intervention_id  integer references interventions (id) on delete restrict,
    lien             text check (lien like '/%'), -- path of what it is about
    -- In the inbox, or told by other channels only.
    boite            integer not null check (boite in (0, 1)),
    date             integer not null,
    lue_le           integer,
    -- Deleted by the person: hidden, for its deliveries stay on record.
    supprimee_le     integer,
    unique (journal_id, user_id)
) strict;

create index notifications_boite on notifications (user_id, id) where boite = 1 and supprimee_le is null;
create index notifications_non_lues on notifications (user_id)
    where boite = 1 and supprimee_le is null and lue_le is null;
create index notifications_intervention on notifications (intervention_id) where intervention_id is not null;

create trigger notifications_are_never_reworded
before update of journal_id, user_id, type, titre, contenu, intervention_id, lien, boite, date on notifications
begin
    select raise(abort, 'notifications_are_never_reworded');
end;

create trigger notifications_are_never_deleted before delete on notifications
begin
    select raise(abort, 'notifications_are_hidden_only');
end;

-- One e-mail a day with what gathered for someone.
create table resumes (
    id          integer primary key autoincrement,
    user_id     integer not null references users (id) on delete restrict,
    jour        text not null, -- the civil day, in the plant's zone
    date        integer not null,
    unique (user_id, jour)
) strict;

create table envois (
    id               integer primary key autoincrement,
    -- The message; null for a digest's own e-mail.
    notification_id  integer references notifications (id) on delete restrict,
    -- The digest that it is, or that it went into.
    resume_id        integer references resumes (id) on delete restrict,
    canal            text not null check (canal in ('app', 'email', 'log')),
    -- 'groupe': told in a digest; while resume_id is null it waits for one.
    statut           text not null check (statut in ('a_envoyer', 'en_cours', 'envoye', 'non_envoye', 'echec', 'groupe')),
    essais           integer not null default 0 check (essais >= 0),
    -- When it is due; of one under way, when whoever took it is taken for dead.
    prochain_essai   integer,
    derniere_erreur  text,
    -- The first part of its Message-ID, the same at each attempt.
    message_id       text not null unique default (lower(hex(randomblob(16)))),
    date             integer not null,
    envoye_le        integer,
    unique (notification_id, canal),
    check (notification_id is not null or (resume_id is not null and canal = 'email')),
    check (resume_id is null or notification_id is null or statut = 'groupe'),
    check ((statut in ('a_envoyer', 'en_cours')) = (prochain_essai is not null)),
    check ((statut = 'envoye') = (envoye_le is not null))
) strict;

create unique index envois_resume on envois (resume_id) where notification_id is null;
create index envois_dus on envois (prochain_essai) where prochain_essai is not null;
create index envois_a_grouper on envois (notification_id) where statut = 'groupe' and resume_id is null;
create index envois_groupes on envois (resume_id) where resume_id is not null;
create index envois_statut on envois (statut, id);

create trigger envois_keep_their_message_id before update of notification_id, canal, message_id on envois
begin
    select raise(abort, 'envois_keep_their_message_id');
end;

create trigger envois_are_never_deleted before delete on envois
begin
    select raise(abort, 'envois_are_never_deleted');
end;

-- What people chose; for the rest, the defaults of their role hold.
create table preferences (
    user_id       integer primary key references users (id) on delete restrict,
    heure_resume  integer not null check (heure_resume between 0 and 23), -- in the plant's zone
    updated_at    integer not null
) strict;

create table preferences_types (
    user_id  integer not null references preferences (user_id) on delete cascade,
    type     text not null,
    app      integer not null check (app in (0, 1)),
    email    text not null check (email in ('jamais', 'immediat', 'quotidien')),
    log      integer not null check (log in (0, 1)),
    primary key (user_id, type)
) strict, without rowid;

-- Reminders and overdue alerts that were given: one of each kind for an intervention and a civil day of its site.
create table alertes (
    intervention_id  integer not null references interventions (id) on delete restrict,
    genre            text not null check (genre in ('rappel', 'retard')),
    jour             text not null,
    primary key (intervention_id, genre, jour)
) strict, without rowid;

-- What the overdue alerts look for.
create index interventions_limite_vive on interventions (date_limite)
    where date_limite is not null and supprimee_le is null and statut in ('planifie', 'en_cours', 'attente_pieces');

-- An upgrade tells nobody about the past.
insert into followers (name, last_id)
select 'notifications', coalesce((select max(id) from journal), 0);
