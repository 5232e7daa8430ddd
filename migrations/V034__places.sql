-- Whatever is asked of an équipement by its foreign keys asks its interventions, hidden ones too: taking an import of
-- machines back went through all of them for each.
create index interventions_of_equipement on interventions (equipement_id);

-- Somebody of whom it was not said where they work works at the first site in the zone of most, as it is today: sites
-- added later move nobody.
update techniciens set site_id = (
    select min(id) from sites where fuseau = (
        select fuseau from sites group by fuseau order by count(*) desc, min(id) limit 1))
where site_id is null;

-- Those who came before any site work at the first.
create trigger sites_house_those_who_wait after insert on sites
when (select count(*) from sites) = 1
begin
    update techniciens set site_id = new.id where site_id is null;
end;
