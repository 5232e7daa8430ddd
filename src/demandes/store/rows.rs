//! Reading one demande and what became of it.

use rusqlite::{Row, named_params};

use crate::demandes::access::{self, Scope};
use crate::demandes::model::{Avancement, Demande, MotPublic, Personne};
use crate::ids::*;
use crate::kernel::auth::Actor;
use crate::kernel::db::{Columns, Reader};
use crate::kernel::error::Result;
use crate::kernel::page::Select;

/// The version counts what a demande shows: itself, its intervention, and the public remarks there, none of which
/// is ever taken back.
macro_rules! version {
    () => {
        "d.version + coalesce(i.version, 0) + (
             select count(*) from commentaires k where k.intervention_id = d.intervention_id and k.interne = 0)"
    };
}

/// In the order in which [`demande_row`] reads them.
const COLUMNS: &str = concat!(
    "d.id, d.numero, d.titre, d.description, d.urgence, d.equipement_id, e.code, e.nom,
    d.site_id, d.client_id, d.arret_equipement, d.survenue_le, d.symptome_code_id, c.libelle, d.statut,
    d.motif_refus, d.demandeur_id, u.full_name, u.client_id, d.traitee_par, v.full_name, v.client_id,
    d.date_traitement, d.intervention_id, i.numero, i.statut, i.date_debut_prevue, i.date_fin_prevue,
    i.date_debut_reelle, i.date_fin_reelle, d.date_creation, ",
    version!(),
    ", d.updated_at"
);

const FROM: &str = "demandes d
    left join equipements e on e.id = d.equipement_id
    left join sites s on s.id = d.site_id
    left join codes c on c.id = d.symptome_code_id
    left join users u on u.id = d.demandeur_id
    left join users v on v.id = d.traitee_par
    left join interventions i on i.id = d.intervention_id";

/// Remarks shown with a demande.
pub const SHOWN: i64 = 50;

/// The demandes that the caller sees.
pub(super) fn select(db: &Reader<'_>) -> Select {
    let mut select = Select::new(COLUMNS, FROM, "d.id");
    Scope::of(db.actor()).narrow(&mut select);
    select
}

/// A demande that the caller sees, or [`crate::kernel::error::Error::NotFound`].
pub fn demande(db: &Reader<'_>, id: DemandeId) -> Result<Demande> {
    select(db).one(db, id, |row| demande_row(row, db.actor()))
}

/// Those of a few demandes that somebody sees, each with its version.
pub fn seen_by(db: &Reader<'_>, actor: &Actor, ids: &[DemandeId]) -> Result<Vec<(DemandeId, i64)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = Select::new(concat!("d.id, ", version!()), FROM, "d.id");
    Scope::of(actor).narrow(&mut select);
    select.any("d.id", ids).all(db, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// The demandes that an intervention answers, with their numbers and those who filed them.
pub fn requesters(db: &Reader<'_>, intervention: InterventionId) -> Result<Vec<(DemandeId, String, UserId)>> {
    db.all(
        "select id, numero, demandeur_id from demandes where intervention_id = :intervention order by id",
        named_params! { ":intervention": intervention },
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// The last public remarks under an intervention, oldest first.
pub fn mots_publics(db: &Reader<'_>, intervention: InterventionId) -> Result<Vec<MotPublic>> {
    db.all(
        "select date, auteur, texte from (
             select k.id, k.date, u.full_name as auteur, k.texte
             from commentaires k join users u on u.id = k.user_id
             where k.intervention_id = :intervention and k.interne = 0
             order by k.id desc limit :shown)
         order by id",
        named_params! { ":intervention": intervention, ":shown": SHOWN },
        |row| Ok(MotPublic { date: row.get(0)?, auteur: row.get(1)?, texte: row.get(2)? }),
    )
}

/// Why an intervention was cancelled, if it is.
pub fn motif_annulation(db: &Reader<'_>, intervention: InterventionId) -> Result<Option<String>> {
    let motif = db.maybe(
        "select h.remarque from interventions i join historique h on h.intervention_id = i.id
         where i.id = :intervention and i.statut = 'annule' and h.vers = 'annule'
         order by h.id desc limit 1",
        named_params! { ":intervention": intervention },
        |row| row.get(0),
    )?;
    Ok(motif.flatten())
}

pub(super) fn demande_row(row: &Row<'_>, reader: &Actor) -> rusqlite::Result<Demande> {
    let mut column = Columns::of(row);
    let id = column.take()?;
    let (numero, titre, description) = (column.take()?, column.take()?, column.take()?);
    let urgence = column.take()?;
    let (equipement_id, equipement_code, equipement_nom) = (column.take()?, column.take()?, column.take()?);
    let (site_id, client_id) = (column.take()?, column.take()?);
    let (arret_equipement, survenue_le) = (column.take()?, column.take()?);
    let (symptome_code_id, symptome_code_libelle) = (column.take()?, column.take()?);
    let (statut, motif_refus) = (column.take()?, column.take()?);
    let demandeur_id: UserId = column.take()?;
    let demandeur = personne(Some(demandeur_id), column.take()?, column.take()?, reader);
    let traitee_par = personne(column.take()?, column.take()?, column.take()?, reader);
    let (date_traitement, intervention_id) = (column.take()?, column.take()?);
    let intervention = avancement(&mut column)?;
    Ok(Demande {
        id,
        numero,
        titre,
        description,
        urgence,
        equipement_id,
        equipement_code,
        equipement_nom,
        site_id,
        client_id,
        arret_equipement,
        survenue_le,
        symptome_code_id,
        symptome_code_libelle,
        statut,
        motif_refus,
        demandeur_id,
        demandeur,
        traitee_par,
        date_traitement,
        intervention_id,
        intervention,
        date_creation: column.take()?,
        version: column.take()?,
        updated_at: column.take()?,
    })
}

fn personne(
    id: Option<UserId>,
    nom: Option<String>,
    organisation: Option<ClientId>,
    reader: &Actor,
) -> Option<Personne> {
    let known = access::knows(reader, organisation);
    id.zip(nom).filter(|_| known).map(|(id, nom)| Personne { id, nom })
}

fn avancement(column: &mut Columns<'_, '_>) -> rusqlite::Result<Option<Avancement>> {
    let (numero, statut): (Option<String>, Option<_>) = (column.take()?, column.take()?);
    let (date_debut_prevue, date_fin_prevue) = (column.take()?, column.take()?);
    let (date_debut_reelle, date_fin_reelle) = (column.take()?, column.take()?);
    Ok(numero.zip(statut).map(|(numero, statut)| Avancement {
        numero,
        statut,
        date_debut_prevue,
        date_fin_prevue,
        date_debut_reelle,
        date_fin_reelle,
    }))
}
