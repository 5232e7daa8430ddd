//! SQL of documents.

use std::collections::HashSet;
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Row, named_params};

use super::access;
use super::model::{Document, DocumentFilters, NewDocument, Rattachement, TypeMime};
use crate::clients::plant_zone;
use crate::ids::*;
use crate::kernel::clock::Instant;
use crate::kernel::db::{self, Columns, Reader, StartError, Tx};
use crate::kernel::error::Result;
use crate::kernel::facet::{Dimension, Faceted};
use crate::kernel::files::Digest;
use crate::kernel::page::{Condition, Listing, Page, Select, SortKey, bound, full_text};
use crate::kernel::phrase::Language;

/// In the order in which [`row`] reads them.
const COLUMNS: &str = "d.id, d.intervention_id, d.equipement_id, d.planning_id, d.demande_id, d.piece_id,
    d.nom_fichier, d.type_mime, d.taille, d.sha256, d.description, d.ajoute_par, u.full_name, d.date_ajout";
const FROM: &str = "documents d
    left join users u on u.id = d.ajoute_par
    left join demandes r on r.id = d.demande_id
    left join interventions i on i.id = coalesce(d.intervention_id, r.intervention_id)
    left join equipements e on e.id = d.equipement_id
    left join sites s on s.id = e.site_id";

const SORTS: &[SortKey] = &[
    ("date_ajout", "d.date_ajout"),
    ("nom_fichier", "fold(d.nom_fichier)"),
    ("taille", "d.taille"),
    ("type_mime", "d.type_mime"),
];

/// The documents that the caller sees, filtered.
pub fn list(db: &Reader<'_>, filters: &DocumentFilters, page: &Page) -> Result<Listing<Document>> {
    page_of(db, &filtered(db, filters, page)?, page)
}

/// The same, with how many of all of them have which value.
pub fn faceted(
    db: &Reader<'_>,
    filters: &DocumentFilters,
    page: &Page,
    language: Language,
) -> Result<Faceted<Document>> {
    let select = filtered(db, filters, page)?;
    let dimensions = [
        Dimension::words::<TypeMime>("type_mime", "d.type_mime"),
        Dimension::column("ajoute_par", "d.ajoute_par", "u.full_name"),
        Dimension::column("equipement_id", "d.equipement_id", "e.nom"),
        Dimension::column("intervention_id", "i.id", "i.numero"),
    ];
    let facettes = select.facets::<DocumentFilters>(db, language, &dimensions)?;
    Ok(Faceted { list: page_of(db, &select, page)?, facettes })
}

/// A document that the caller sees.
pub fn document(db: &Reader<'_>, id: DocumentId) -> Result<Document> {
    let mut select = Select::new(COLUMNS, FROM, "d.id");
    access::narrow(&mut select, db.actor());
    select.one(db, id, row)
}

/// # Errors
/// [`Error::NotFound`] when it does not.
pub fn planning_exists(db: &Reader<'_>, id: PlanningId) -> Result<()> {
    db.one("select 1 from plannings where id = :id", named_params! { ":id": id }, |_| Ok(()))
}

pub fn piece_exists(db: &Reader<'_>, id: PieceId) -> Result<()> {
    db.one(
        "select 1 from pieces where id = :id and supprimee_le is null",
        named_params! { ":id": id },
        |_| Ok(()),
    )
}

/// How many documents one thing has.
pub fn count_of(db: &Reader<'_>, rattachement: Rattachement) -> Result<i64> {
    let sql = match rattachement {
        Rattachement::Intervention(_) => {
            "select count(*) from documents where intervention_id = :id and supprime_le is null"
        }
        Rattachement::Equipement(_) => {
            "select count(*) from documents where equipement_id = :id and supprime_le is null"
        }
        Rattachement::Planning(_) => {
            "select count(*) from documents where planning_id = :id and supprime_le is null"
        }
        Rattachement::Demande(_) => {
            "select count(*) from documents where demande_id = :id and supprime_le is null"
        }
        Rattachement::Piece(_) => {
            "select count(*) from documents where piece_id = :id and supprime_le is null"
        }
    };
    db.one(sql, named_params! { ":id": rattachement.id() }, |row| row.get(0))
}

/// Bytes that somebody added since a moment, deleted ones included: the disk had to take them.
pub fn added_since(db: &Reader<'_>, user: UserId, since: Instant) -> Result<i64> {
    db.one(
        "select coalesce(sum(taille), 0) from documents where ajoute_par = :user and date_ajout > :since",
        named_params! { ":user": user, ":since": since },
        |row| row.get(0),
    )
}

pub fn insert(tx: &Tx<'_>, new: &NewDocument, by: UserId, at: Instant) -> Result<DocumentId> {
    let NewDocument { rattachement, nom_fichier, type_mime, taille, sha256, description } = new;
    let id_of = |champ: &str| (rattachement.champ() == champ).then(|| rattachement.id());
    tx.insert(
        "insert into documents (intervention_id, equipement_id, planning_id, demande_id, piece_id, nom_fichier,
             type_mime, taille, sha256, description, ajoute_par, date_ajout, verifie_le)
         values (:intervention_id, :equipement_id, :planning_id, :demande_id, :piece_id, :nom_fichier, :type_mime, :taille, :sha256,
             :description, :user, :at, :now)",
        named_params! {
            ":intervention_id": id_of("intervention_id"), ":equipement_id": id_of("equipement_id"),
            ":planning_id": id_of("planning_id"), ":demande_id": id_of("demande_id"), ":piece_id": id_of("piece_id"),
            ":nom_fichier": nom_fichier, ":type_mime": type_mime, ":taille": taille, ":sha256": sha256, ":description": description, ":user": by,
            ":at": at, ":now": tx.now(),
        },
    )
    .map(DocumentId)
}

/// Whether it is the answer to an operation of a checklist, not one that another replaced.
pub fn answers(db: &Reader<'_>, id: DocumentId) -> Result<bool> {
    db.one(
        "select exists (
             select 1 from checklist_reponses r
             where r.document_id = :id and not exists (
                 select 1 from checklist_reponses later
                 where later.intervention_id = r.intervention_id and later.operation_id = r.operation_id
                   and later.id > r.id))",
        named_params! { ":id": id },
        |row| row.get(0),
    )
}

/// From now on it is nobody's.
pub fn hide(tx: &Tx<'_>, id: DocumentId) -> Result<()> {
    tx.execute(
        "update documents set supprime_le = :now where id = :id",
        named_params! { ":id": id, ":now": tx.now() },
    )
    .map(drop)
}

/// Forgets what was deleted before a moment.
pub fn forget(tx: &Tx<'_>, before: Instant) -> Result<usize> {
    tx.execute("delete from documents where supprime_le <= :before", named_params! { ":before": before })
}

/// Those of `digests` that no row refers to, deleted rows included.
pub fn without_row(db: &Reader<'_>, digests: &HashSet<Digest>) -> Result<Vec<Digest>> {
    let digests: Vec<_> = digests.iter().collect();
    db.all(
        "select value from json_each(:digests) where not exists (select 1 from documents where sha256 = value)",
        named_params! { ":digests": serde_json::to_string(&digests)? },
        |row| row.get(0),
    )
}

/// The files that were not looked at since a moment, those first that waited longest: digest and bytes.
pub fn unverified(db: &Reader<'_>, since: Instant, most: u32) -> Result<Vec<(Digest, i64)>> {
    db.all(
        "select sha256, taille from documents where verifie_le < :since and supprime_le is null
         group by sha256 order by min(verifie_le) limit :most",
        named_params! { ":since": since, ":most": most },
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Notes that a file was looked at. Returns the documents that were not known to be damaged and are.
pub fn note_verified(tx: &Tx<'_>, digest: Digest, is_damaged: bool) -> Result<Vec<DocumentId>> {
    let newly = if is_damaged {
        tx.all(
            "select id from documents where sha256 = :digest and altere_le is null and supprime_le is null",
            named_params! { ":digest": digest },
            |row| row.get(0),
        )?
    } else {
        Vec::new()
    };
    tx.execute(
        "update documents set verifie_le = :now,
             altere_le = case when :damaged then coalesce(altere_le, :now) end
         where sha256 = :digest",
        named_params! { ":digest": digest, ":damaged": is_damaged, ":now": tx.now() },
    )?;
    Ok(newly)
}

fn page_of(db: &Reader<'_>, select: &Select, page: &Page) -> Result<Listing<Document>> {
    select.list(db, page, SORTS, "-date_ajout", row)
}

/// What the caller sees and the filters keep.
fn filtered(db: &Reader<'_>, filters: &DocumentFilters, page: &Page) -> Result<Select> {
    let mut select = Select::new(COLUMNS, FROM, "d.id");
    access::narrow(&mut select, db.actor());
    select
        .keep(of_work(&filters.intervention_id))
        .any("d.equipement_id", &filters.equipement_id)
        .any("d.planning_id", &filters.planning_id)
        .any("d.demande_id", &filters.demande_id)
        .any("d.piece_id", &filters.piece_id)
        .any("d.type_mime", &filters.type_mime)
        .any("d.ajoute_par", &filters.ajoute_par);
    if filters.du.or(filters.au).is_some() {
        let zone = plant_zone(db)?;
        select.when("d.date_ajout >= ?", filters.du.map(|du| du.start(&zone)).as_ref());
        select.when("d.date_ajout < ?", filters.au.map(|au| au.end(&zone)).as_ref());
    }
    if let Some(words) = full_text(&page.words()) {
        select.filter(
            "d.id in (select rowid from documents_fts where documents_fts match ?)",
            [Value::Text(words)],
        );
    }
    Ok(select)
}

/// Attached to one of these, or to a demande that one of them answers; no intervention means no filter.
fn of_work(interventions: &[InterventionId]) -> Condition {
    if interventions.is_empty() {
        return Condition::plain("true");
    }
    let marks = vec!["?"; interventions.len()].join(", ");
    let ids = || interventions.iter().map(bound);
    Condition::new(
        format!(
            "(d.intervention_id in ({marks})
              or d.demande_id in (select id from demandes where intervention_id in ({marks})))"
        ),
        ids().chain(ids()),
    )
}

fn row(row: &Row<'_>) -> rusqlite::Result<Document> {
    let mut columns = Columns::of(row);
    let mut document = Document {
        id: columns.take()?,
        intervention_id: columns.take()?,
        equipement_id: columns.take()?,
        planning_id: columns.take()?,
        demande_id: columns.take()?,
        piece_id: columns.take()?,
        nom_fichier: columns.take()?,
        type_mime: columns.take()?,
        taille: columns.take()?,
        sha256: columns.take()?,
        description: columns.take()?,
        ajoute_par: columns.take()?,
        ajoute_par_nom: columns.take()?,
        date_ajout: columns.take()?,
        miniature: false,
    };
    document.miniature = document.type_mime.has_miniature();
    Ok(document)
}

/// Whether the database at `path` knows documents that somebody may still open.
///
/// # Errors
/// It cannot be read.
pub fn are_kept(path: &Path) -> Result<bool, StartError> {
    db::holds(path, "select exists (select 1 from documents where supprime_le is null)")
}
