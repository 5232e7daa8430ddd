-- When it happened, where the server heard of it later; nothing: it happened when it was entered.
alter table historique add column fait_le integer;

-- Where a person works: their days and hours are those of this site's wall clock. Nothing: those of most sites.
alter table techniciens add column site_id integer references sites (id) on delete restrict;

create index techniciens_site on techniciens (site_id) where site_id is not null;

-- That of the latest work of those who worked in one zone only; of everybody else the first site in the zone of most
-- sites, which has been theirs: sites added later move nobody.
update techniciens set site_id = coalesce(
    (select e.site_id from interventions i join equipements e on e.id = i.equipement_id
     where i.technicien_id = techniciens.id
       and 1 = (select count(distinct s.fuseau) from interventions i
                join equipements e on e.id = i.equipement_id join sites s on s.id = e.site_id
                where i.technicien_id = techniciens.id)
     order by i.id desc limit 1),
    (select min(id) from sites where fuseau = (
         select fuseau from sites group by fuseau order by count(*) desc, min(id) limit 1)));

-- One holiday a day of the year that comes back each year: of two, the one that began first.
delete from jours_feries
where recurrent = 1 and exists (
    select 1 from jours_feries j
    where j.recurrent = 1 and j.pays = jours_feries.pays and substr(j.date, 6) = substr(jours_feries.date, 6)
      and (j.date < jours_feries.date or j.date = jours_feries.date and j.id < jours_feries.id));

create unique index jours_feries_recurrents on jours_feries (pays, substr(date, 6)) where recurrent = 1;
