//! Writing demandes.

use rusqlite::named_params;

use crate::demandes::model::Demande;
use crate::ids::{DemandeId, InterventionId, UserId};
use crate::kernel::clock::Instant;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;

/// The next number of a civil year; undone with the transaction, so that no number is lost.
pub fn next_number(tx: &Tx<'_>, year: i16) -> Result<String> {
    let number: i64 = tx.one(
        "insert into demandes_numeros (annee, dernier) values (:year, 1)
         on conflict (annee) do update set dernier = dernier + 1
         returning dernier",
        named_params! { ":year": year },
        |row| row.get(0),
    )?;
    Ok(format!("DEM-{year}-{number:06}"))
}

/// How many a person filed since then.
pub fn filed_since(db: &Reader<'_>, person: UserId, since: Instant) -> Result<i64> {
    db.one(
        "select count(*) from demandes where demandeur_id = :person and date_creation > :since",
        named_params! { ":person": person, ":since": since },
        |row| row.get(0),
    )
}

/// How many of a person's wait for an answer.
pub fn unanswered_of(db: &Reader<'_>, person: UserId) -> Result<i64> {
    db.one(
        "select count(*) from demandes where demandeur_id = :person and statut = 'nouvelle'",
        named_params! { ":person": person },
        |row| row.get(0),
    )
}

pub fn insert(tx: &Tx<'_>, demande: &Demande) -> Result<DemandeId> {
    tx.insert(
        "insert into demandes (numero, equipement_id, titre, description, urgence, arret_equipement, survenue_le,
             symptome_code_id, demandeur_id, date_creation, updated_at)
         values (:numero, :equipement_id, :titre, :description, :urgence, :arret_equipement, :survenue_le,
             :symptome_code_id, :demandeur_id, :now, :now)",
        named_params! {
            ":numero": demande.numero, ":equipement_id": demande.equipement_id, ":titre": demande.titre,
            ":description": demande.description, ":urgence": demande.urgence,
            ":arret_equipement": demande.arret_equipement, ":survenue_le": demande.survenue_le,
            ":symptome_code_id": demande.symptome_code_id, ":demandeur_id": demande.demandeur_id, ":now": tx.now(),
        },
    )
    .map(DemandeId)
}

pub fn update(tx: &Tx<'_>, demande: &Demande) -> Result<()> {
    tx.execute(
        "update demandes set equipement_id = :equipement_id, titre = :titre, description = :description,
             urgence = :urgence, arret_equipement = :arret_equipement, survenue_le = :survenue_le,
             symptome_code_id = :symptome_code_id, version = version + 1, updated_at = :now
         where id = :id",
        named_params! {
            ":id": demande.id, ":equipement_id": demande.equipement_id, ":titre": demande.titre,
            ":description": demande.description, ":urgence": demande.urgence,
            ":arret_equipement": demande.arret_equipement, ":survenue_le": demande.survenue_le,
            ":symptome_code_id": demande.symptome_code_id, ":now": tx.now(),
        },
    )
    .map(drop)
}

pub fn accept(tx: &Tx<'_>, id: DemandeId, intervention: InterventionId) -> Result<()> {
    answer(tx, id, "acceptee", Some(intervention), None)
}

pub fn refuse(tx: &Tx<'_>, id: DemandeId, motif: &str) -> Result<()> {
    answer(tx, id, "refusee", None, Some(motif))
}

pub fn withdraw(tx: &Tx<'_>, id: DemandeId) -> Result<()> {
    answer(tx, id, "retiree", None, None)
}

fn answer(
    tx: &Tx<'_>,
    id: DemandeId,
    statut: &str,
    intervention: Option<InterventionId>,
    motif: Option<&str>,
) -> Result<()> {
    // The version shown counts what is shown of the work: that of work which goes stays in it, so that it never falls.
    tx.execute(
        "update demandes set statut = :statut, intervention_id = :intervention, motif_refus = :motif,
             traitee_par = :user, date_traitement = :now, updated_at = :now,
             version = version + 1
                 + coalesce((select i.version from interventions i where i.id = demandes.intervention_id), 0)
                 + (select count(*) from commentaires k
                    where k.intervention_id = demandes.intervention_id and k.interne = 0)
         where id = :id",
        named_params! {
            ":id": id, ":statut": statut, ":intervention": intervention, ":motif": motif,
            ":user": tx.actor().user_id, ":now": tx.now(),
        },
    )
    .map(drop)
}
