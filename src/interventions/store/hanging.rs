//! What was put on an intervention without raising its version. The tables are of slices that stand above this one.

use rusqlite::named_params;

use crate::ids::InterventionId;
use crate::interventions::model::{Attache, Attaches};
use crate::kernel::db::Reader;
use crate::kernel::error::Result;

/// Names of each kind that are told.
const NAMED: usize = 3;

/// How each kind is called by people, one row a thing, in the order in which they came.
const NAMES: &[(Attache, &str)] = &[
    (
        Attache::Temps,
        "select u.full_name from temps t join techniciens p on p.id = t.technicien_id
         join users u on u.id = p.user_id where t.intervention_id = :id order by t.id",
    ),
    (
        Attache::Reponses,
        "select o.libelle from checklist_reponses r
         join gamme_version_operations o on o.gamme_id = r.gamme_id and o.numero = r.gamme_version
             and o.operation_id = r.operation_id
         where r.intervention_id = :id order by r.id",
    ),
    (
        // What was brought back or reversed is on it no more.
        Attache::Pieces,
        "select p.designation from mouvements m join pieces p on p.id = m.piece_id
         where m.intervention_id = :id group by p.id having sum(m.quantite) <> 0 order by min(m.id)",
    ),
    (Attache::Prestations, "select designation from prestations where intervention_id = :id order by id"),
    (
        Attache::Commentaires,
        "select u.full_name from commentaires c join users u on u.id = c.user_id
         where c.intervention_id = :id order by c.id",
    ),
    (
        Attache::Documents,
        "select nom_fichier from documents where intervention_id = :id and supprime_le is null order by id",
    ),
    (Attache::Signatures, "select nom from signatures where intervention_id = :id order by id"),
    (Attache::Demandes, "select numero from demandes where intervention_id = :id order by id"),
];

/// What hangs on an intervention, kind by kind; nothing when it may go.
pub fn hanging(db: &Reader<'_>, id: InterventionId) -> Result<Vec<Attaches>> {
    let mut all = Vec::new();
    for (kind, sql) in NAMES {
        let sql = format!("select *, count(*) over () from ({sql}) limit {NAMED}");
        let rows: Vec<(String, i64)> =
            db.all(&sql, named_params! { ":id": id }, |row| Ok((row.get(0)?, row.get(1)?)))?;
        if let Some((_, nombre)) = rows.first() {
            let nombre = *nombre;
            let mut noms: Vec<String> = rows.into_iter().map(|(nom, _)| nom).collect();
            noms.dedup();
            all.push(Attaches { r#type: *kind, nombre, noms });
        }
    }
    Ok(all)
}
