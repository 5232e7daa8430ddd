-- What one person wrote today is counted before they write more: without this index, every remark ever written would be
-- read for it.

create index commentaires_user on commentaires (user_id, date);
