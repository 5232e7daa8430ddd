//! SQL of the examinations. The schema refuses nearly all of this; what it missed, or a disk changed, shows here.

use crate::kernel::clock::Instant;
use crate::kernel::db::Reader;
use crate::kernel::error::Result;

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
