-- Parts of the product that act on what others did read the journal, each with its own bookmark. The bookmark
-- moves in the transaction of what it led to, so that each entry is acted upon once.

create table followers (
    name     text primary key,
    last_id  integer not null -- the last entry acted upon
) strict, without rowid;

-- Entries that a follower could not act upon, and passed over so that those behind them do not wait for ever.
create table followers_failures (
    name        text not null references followers (name) on delete restrict,
    journal_id  integer not null references journal (id) on delete restrict,
    date        integer not null,
    error       text not null,
    primary key (name, journal_id)
) strict, without rowid;
