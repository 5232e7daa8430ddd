-- A calendar link ends with what its owner was when they made it: a new password, another role or a closed account
-- ends it as it ends their sessions. Links of before belong to what their owners are now.

alter table jetons_calendrier add column auth_version integer not null default 0;

update jetons_calendrier
set auth_version = (select u.auth_version from users u where u.id = jetons_calendrier.user_id);
