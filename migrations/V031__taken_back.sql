-- What an import made and takes back leaves nothing in sight. The ledger keeps its lines, so the part that they are of
-- is hidden; an account that nobody ever used goes, and its id is never given to anyone else.

alter table pieces add column supprimee_le integer;

create table users_partis (
    id  integer primary key
) strict;

-- Whatever refers to an account keeps it (on delete restrict): only one without any trace can go.
drop trigger users_are_never_deleted;

create trigger users_with_a_past_are_never_deleted before delete on users
when old.last_login is not null
    or (old.role = 'admin' and old.is_active = 1
        and (select count(*) from users where role = 'admin' and is_active = 1) <= 1)
begin
    select raise(abort, 'users_are_deactivated_only');
end;

create trigger users_leave_their_id after delete on users
begin
    insert into users_partis (id) values (old.id);
end;

create trigger users_take_no_id_of_another after insert on users
when exists (select 1 from users_partis where id = new.id)
begin
    select raise(abort, 'users_partis');
end;
