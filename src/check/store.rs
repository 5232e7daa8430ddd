//! SQL of the examinations. The schema refuses nearly all of this; what it missed, or a disk changed, shows here.

use rusqlite::named_params;

use crate::kernel::clock::Instant;
use crate::kernel::db::Reader;
use crate::kernel::error::Result;
use crate::kernel::files::Digest;

/// What SQLite finds wrong with the file; it stops at a hundred.
pub fn damage(db: &Reader<'_>) -> Result<Vec<String>> {
    let mut said: Vec<String> = db.all("pragma integrity_check", [], |row| row.get(0))?;
    said.retain(|line| line != "ok");
    Ok(said)
}

/// Rows that refer to a row that is not there: table, row, the other table.
pub fn orphans(db: &Reader<'_>) -> Result<Vec<(String, i64, String)>> {
    db.all("select \"table\", coalesce(rowid, 0), parent from pragma_foreign_key_check", [], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })
}

/// When the newest entry of the journal was written.
pub fn newest_entry(db: &Reader<'_>) -> Result<Option<Instant>> {
    db.maybe("select date from journal order by id desc limit 1", [], |row| row.get(0))
}

/// Live slots of one technicien that overlap: technicien, and the numbers of the two interventions.
pub fn overlaps(db: &Reader<'_>) -> Result<Vec<(i64, String, String)>> {
    db.all(
        "with live as (
             select a.id, a.technicien_id, a.debut, a.fin, i.numero
             from affectations a join interventions i on i.id = a.intervention_id
             where a.liberee_le is null and i.supprimee_le is null
               and i.statut in ('planifie', 'en_cours', 'attente_pieces'))
         select a.technicien_id, a.numero, b.numero
         from live a join live b on b.technicien_id = a.technicien_id
             and b.debut >= a.debut and b.debut < a.fin and (b.debut, b.id) > (a.debut, a.id)
         order by a.debut",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// Live slots of a technicien who is away: technicien, number of the intervention, absence.
pub fn slots_over_absences(db: &Reader<'_>) -> Result<Vec<(i64, String, i64)>> {
    db.all(
        "select a.technicien_id, i.numero, away.id
         from absences away
         join affectations a on a.technicien_id = away.technicien_id
             and a.debut < away.fin and a.fin > away.debut and a.liberee_le is null
         join interventions i on i.id = a.intervention_id
         where i.supprimee_le is null and i.statut in ('planifie', 'en_cours', 'attente_pieces')
         order by a.debut",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// Interventions whose statut is not the last that their history tells: number, statut, and that last one.
pub fn untold_statuts(db: &Reader<'_>) -> Result<Vec<(String, String, String)>> {
    db.all(
        "select numero, statut, coalesce(told, '-') from (
             select i.id, i.numero, i.statut, (
                 select h.vers from historique h
                 where h.intervention_id = i.id and h.type in ('creation', 'statut', 'reouverture')
                 order by h.id desc limit 1) as told
             from interventions i)
         where told is not statut order by id",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// Accepted demandes whose intervention is gone or hidden, and interventions whose demande does not name them, unless
/// they were cancelled and it was answered again: both numbers, `-` for what is not there.
pub fn unanswered(db: &Reader<'_>) -> Result<Vec<(String, String)>> {
    db.all(
        "select d.numero, coalesce(i.numero, '-')
         from demandes d left join interventions i on i.id = d.intervention_id
         where d.statut = 'acceptee' and (i.id is null or i.supprimee_le is not null)
         union all
         select coalesce(d.numero, '-'), i.numero
         from interventions i left join demandes d on d.id = i.demande_id
         where i.demande_id is not null and d.intervention_id is not i.id and (d.id is null or i.statut <> 'annule')
         order by 1, 2",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// The documents and their files: id, name, digest, bytes. Deleted ones included when `with_deleted`.
pub fn documents(db: &Reader<'_>, with_deleted: bool) -> Result<Vec<(i64, String, Digest, i64)>> {
    db.all(
        "select id, nom_fichier, sha256, taille from documents where :with_deleted or supprime_le is null order by id",
        named_params! { ":with_deleted": with_deleted },
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )
}

/// Readings of a counter that show less, in all, than the one before: the meter, and the reading.
pub fn backward_readings(db: &Reader<'_>) -> Result<Vec<(i64, i64)>> {
    db.all(
        "with counted as (
             select r.compteur_id, r.id, r.date,
                    r.valeur + sum(r.saut) over (partition by r.compteur_id order by r.date, r.id) as cumul
             from releves r join compteurs c on c.id = r.compteur_id
             where r.annule_le is null and c.type = 'continu'),
         followed as (
             select compteur_id, id, cumul, lag(cumul) over (partition by compteur_id order by date, id) as before
             from counted)
         select compteur_id, id from followed where cumul < before order by compteur_id, id",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Plans by meter whose thresholds passed are not each there once, from the first on.
pub fn miscounted_thresholds(db: &Reader<'_>) -> Result<Vec<i64>> {
    db.all(
        "select plan_id from seuils where statut <> 'annulee'
         group by plan_id having count(*) <> max(k) order by plan_id",
        [],
        |row| row.get(0),
    )
}

/// Plans whose échéances are not exactly those that they have counted past: the plan, and the first number that is
/// missing, there twice, or there too early. Above a plan's next there are only those left out in advance.
pub fn miscounted_echeances(db: &Reader<'_>) -> Result<Vec<(i64, i64)>> {
    db.all(
        "with numbered as (
             select planning_id, k, statut, row_number() over (partition by planning_id order by k) - 1 as place
             from echeances)
         select p.id, min(coalesce(n.place, e.kept)) from plannings p
         join (select planning_id, count(*) as kept from echeances group by planning_id
               union all select id, 0 from plannings where id not in (select planning_id from echeances)) e
             on e.planning_id = p.id
         left join numbered n on n.planning_id = p.id
             and (n.place < p.prochain_k and n.k <> n.place
                  or n.k = p.prochain_k or n.k > p.prochain_k and n.statut <> 'sautee')
         where n.place is not null or e.kept < p.prochain_k
         group by p.id order by p.id",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Échéances that say they have their intervention and do not: plan, number.
pub fn echeances_without_work(db: &Reader<'_>) -> Result<Vec<(i64, i64)>> {
    db.all(
        "select e.planning_id, e.k from echeances e left join interventions i on i.id = e.intervention_id
         where e.statut in ('generee', 'faite') and i.planning_id is not e.planning_id
         order by e.planning_id, e.k",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Interventions of a plan that are not those of exactly one of its échéances: number, plan.
pub fn work_without_echeance(db: &Reader<'_>) -> Result<Vec<(String, i64)>> {
    db.all(
        "select i.numero, i.planning_id from interventions i
         where i.planning_id is not null and 1 <> (
             select count(*) from echeances e
             where e.intervention_id = i.id and e.planning_id = i.planning_id)
         order by i.id",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Entries of the journal that one person was told of more than once: entry and person.
pub fn told_twice(db: &Reader<'_>) -> Result<Vec<(i64, i64)>> {
    db.all(
        "select journal_id, user_id from notifications group by 1, 2 having count(*) > 1 order by 1, 2",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Notifications that have several deliveries by one channel: notification and channel.
pub fn sent_twice(db: &Reader<'_>) -> Result<Vec<(i64, String)>> {
    db.all(
        "select notification_id, canal from envois where notification_id is not null
         group by 1, 2 having count(*) > 1 order by 1, 2",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Deliveries of a notification that is not there, or that tells of nothing.
pub fn lost_deliveries(db: &Reader<'_>) -> Result<Vec<i64>> {
    db.all(
        "select v.id from envois v
         where v.notification_id is not null and not exists (
             select 1 from notifications n join journal j on j.id = n.journal_id where n.id = v.notification_id)
         order by v.id",
        [],
        |row| row.get(0),
    )
}

/// Entries of the journal that were passed over: by whom, which, and why.
pub fn passed_over(db: &Reader<'_>) -> Result<Vec<(String, i64, String)>> {
    db.all("select name, journal_id, error from followers_failures order by journal_id, name", [], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })
}

/// Parts whose stock or its value is not the sum of their movements, or is less than nothing: reference, what the
/// stock says and what the movements make, as quantity and cents.
pub fn unbalanced_stocks(db: &Reader<'_>) -> Result<Vec<(String, String, String)>> {
    db.all(
        "with ledger as (
             select piece_id, sum(quantite) as stock, sum(valeur) as valeur from mouvements group by piece_id)
         select p.reference,
             coalesce(printf('%g (%.2f)', s.stock / 1000.0, s.valeur / 100.0), '-'),
             printf('%g (%.2f)', coalesce(l.stock, 0) / 1000.0, coalesce(l.valeur, 0) / 100.0)
         from pieces p left join stocks s on s.piece_id = p.id left join ledger l on l.piece_id = p.id
         where s.stock is not coalesce(l.stock, 0) or s.valeur is not coalesce(l.valeur, 0) or s.stock < 0
         order by p.id",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// Price corrections that do not add to the stock what they add to its movements: the part's reference, and the line.
pub fn unbalanced_corrections(db: &Reader<'_>) -> Result<Vec<(String, i64)>> {
    db.all(
        "select p.reference, m.id from mouvements m join pieces p on p.id = m.piece_id
         where m.corrige_id is not null
           and m.valeur is not (select coalesce(sum(valeur), 0) from revalorisation_lignes where mouvement_id = m.id)
         order by m.id",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Parts of which more or less is set aside or awaited than the demands say, or more is set aside than there is.
pub fn unbalanced_reservations(db: &Reader<'_>) -> Result<Vec<String>> {
    db.all(
        "with demands as (
             select piece_id, sum(reservee) as reserve, sum(attendue) as attendue from reservations group by piece_id)
         select p.reference
         from pieces p join stocks s on s.piece_id = p.id left join demands d on d.piece_id = p.id
         where s.reserve is not coalesce(d.reserve, 0) or s.attendue is not coalesce(d.attendue, 0)
            or s.reserve > s.stock
         order by p.id",
        [],
        |row| row.get(0),
    )
}

/// Parts set aside for, or awaited by, work that is over: its number, and the part's reference.
pub fn kept_for_closed_work(db: &Reader<'_>) -> Result<Vec<(String, String)>> {
    db.all(
        "select i.numero, p.reference
         from reservations r join interventions i on i.id = r.intervention_id join pieces p on p.id = r.piece_id
         where r.close_le is null and (i.statut in ('termine', 'annule') or i.supprimee_le is not null)
         order by r.id",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Techniciens of whom more than one timer runs, and how many.
pub fn several_timers(db: &Reader<'_>) -> Result<Vec<(i64, i64)>> {
    db.all(
        "select technicien_id, count(*) from temps where fin is null group by 1 having count(*) > 1",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Entries of time that end before they begin.
pub fn backward_time(db: &Reader<'_>) -> Result<Vec<i64>> {
    db.all("select id from temps where fin < debut order by id", [], |row| row.get(0))
}

/// Ended entries of one technicien that overlap: technicien, and the two entries. Each is compared with the one
/// that ends last among those begun before it, so that one nested in another is found too.
pub fn overlapping_time(db: &Reader<'_>) -> Result<Vec<(i64, i64, i64)>> {
    db.all(
        "select technicien_id, (
             select b.id from temps b
             where b.technicien_id = a.technicien_id and b.fin = a.latest and (b.debut, b.id) < (a.debut, a.id)
             limit 1), id
         from (select id, technicien_id, debut,
                   max(fin) over (partition by technicien_id order by debut, id
                       rows between unbounded preceding and 1 preceding) as latest
               from temps where fin > debut) a
         where latest > debut order by id",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// Answers to operations that the intervention's version of its gamme does not have.
pub fn stray_answers(db: &Reader<'_>) -> Result<Vec<(i64, String)>> {
    db.all(
        "select r.id, i.numero from checklist_reponses r join interventions i on i.id = r.intervention_id
         where not exists (
             select 1 from gamme_version_operations o
             where o.gamme_id = i.gamme_id and o.numero = i.gamme_version and o.operation_id = r.operation_id
               and o.gamme_id = r.gamme_id and o.numero = r.gamme_version)
         order by r.id",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
