-- The running timer of a person is found by its own index: by the other, every entry of theirs was read each time one
-- was made, more each year.

drop trigger temps_no_overlap_insert;

create trigger temps_no_overlap_insert before insert on temps
begin
    select raise(abort, 'chevauchement_temps')
    where exists (
        select 1 from temps t
        where t.technicien_id = new.technicien_id and t.fin is not null
          and t.debut > new.debut - 86400 and t.debut < coalesce(new.fin, 9e18) and t.fin > new.debut
          and t.fin > t.debut and new.fin is not new.debut)
       or exists (
        select 1 from temps t indexed by temps_one_timer
        where t.technicien_id = new.technicien_id and t.fin is null and t.debut < coalesce(new.fin, 9e18));
end;

drop trigger temps_no_overlap_update;

create trigger temps_no_overlap_update before update of technicien_id, debut, fin on temps
begin
    select raise(abort, 'chevauchement_temps')
    where exists (
        select 1 from temps t
        where t.technicien_id = new.technicien_id and t.id <> new.id and t.fin is not null
          and t.debut > new.debut - 86400 and t.debut < coalesce(new.fin, 9e18) and t.fin > new.debut
          and t.fin > t.debut and new.fin is not new.debut)
       or exists (
        select 1 from temps t indexed by temps_one_timer
        where t.technicien_id = new.technicien_id and t.id <> new.id and t.fin is null
          and t.debut < coalesce(new.fin, 9e18));
end;
