//! Writing interventions, their slots, their history and their remarks.

use rusqlite::types::Value;
use rusqlite::{named_params, params_from_iter};

use crate::agenda::Slot;
use crate::ids::*;
use crate::interventions::model::{
    CompetenceDemandee, Intervention, RoleAffectation, StatutIntervention, TypeHistorique,
};
use crate::kernel::clock::Instant;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::bound;

/// The next number of a civil year; undone with the transaction, so that no number is lost.
pub fn next_number(tx: &Tx<'_>, year: i16) -> Result<String> {
    let number: i64 = tx.one(
        "insert into numeros (annee, dernier) values (:year, 1)
         on conflict (annee) do update set dernier = dernier + 1
         returning dernier",
        named_params! { ":year": year },
        |row| row.get(0),
    )?;
    Ok(format!("INT-{year}-{number:06}"))
}

pub fn insert(tx: &Tx<'_>, i: &Intervention) -> Result<InterventionId> {
    tx.insert(
        "insert into interventions (numero, titre, description, type_intervention, priorite, equipement_id,
             technicien_id, date_limite, date_creation, date_debut_prevue, date_fin_prevue,
             duree_estimee_min, arret_equipement, survenue_le, declaree_le, prise_en_charge_le, symptome,
             symptome_code_id, cause_code_id, remede_code_id, demande_id, gamme_id, gamme_version, planning_id, cree_par, updated_at)
         values (:numero, :titre, :description, :type_intervention, :priorite, :equipement_id,
             :technicien_id, :date_limite, :now, :date_debut_prevue, :date_fin_prevue,
             :duree_estimee_min, :arret_equipement, :survenue_le, :declaree_le, :prise_en_charge_le, :symptome,
             :symptome_code_id, :cause_code_id, :remede_code_id, :demande_id, :gamme_id, :gamme_version, :planning_id, :cree_par, :now)",
        named_params! {
            ":numero": i.numero, ":titre": i.titre, ":description": i.description,
            ":type_intervention": i.type_intervention, ":priorite": i.priorite,
            ":equipement_id": i.equipement_id, ":technicien_id": i.technicien_id,
            ":date_limite": i.date_limite, ":now": tx.now(), ":date_debut_prevue": i.date_debut_prevue,
            ":date_fin_prevue": i.date_fin_prevue, ":duree_estimee_min": i.duree_estimee_min,
            ":arret_equipement": i.arret_equipement, ":survenue_le": i.survenue_le,
            ":declaree_le": i.declaree_le, ":prise_en_charge_le": i.prise_en_charge_le,
            ":symptome": i.symptome, ":symptome_code_id": i.symptome_code_id,
            ":cause_code_id": i.cause_code_id, ":remede_code_id": i.remede_code_id,
            ":gamme_id": i.gamme_id, ":gamme_version": i.gamme_version,
            ":demande_id": i.demande_id, ":planning_id": i.planning_id, ":cree_par": tx.actor().user_id,
        },
    )
    .map(InterventionId)
}

/// Gives an intervention that was just inserted the past that it brings.
pub fn set_past(tx: &Tx<'_>, i: &Intervention) -> Result<()> {
    tx.execute(
        "update interventions set statut = :statut, date_creation = :creation, date_debut_reelle = :debut,
             date_fin_reelle = :fin, compte_rendu = :compte_rendu
         where id = :id",
        named_params! {
            ":id": i.id, ":statut": i.statut, ":creation": i.date_creation, ":debut": i.date_debut_reelle,
            ":fin": i.date_fin_reelle, ":compte_rendu": i.compte_rendu,
        },
    )?;
    Ok(())
}

/// Writes what differs, and only that: an untouched column costs its indexes and the full-text index nothing.
pub fn update(tx: &Tx<'_>, before: &Intervention, after: &Intervention) -> Result<()> {
    let differing = columns(before).into_iter().zip(columns(after)).filter(|(old, new)| old != new);
    let (names, mut values): (Vec<_>, Vec<_>) = differing.map(|(_, new)| new).unzip();
    let set: String = names.iter().map(|name| format!("{name} = ?, ")).collect();
    values.extend([bound(&tx.now()), bound(&after.id)]);
    let sql = format!("update interventions set {set}version = version + 1, updated_at = ? where id = ?");
    tx.execute(&sql, params_from_iter(values)).map(drop)
}

/// The columns that a change may touch.
fn columns(i: &Intervention) -> [(&'static str, Value); 28] {
    [
        ("titre", bound(&i.titre)),
        ("description", bound(&i.description)),
        ("type_intervention", bound(&i.type_intervention)),
        ("statut", bound(&i.statut)),
        ("priorite", bound(&i.priorite)),
        ("equipement_id", bound(&i.equipement_id)),
        ("technicien_id", bound(&i.technicien_id)),
        ("date_limite", bound(&i.date_limite)),
        ("date_debut_prevue", bound(&i.date_debut_prevue)),
        ("date_fin_prevue", bound(&i.date_fin_prevue)),
        ("date_debut_reelle", bound(&i.date_debut_reelle)),
        ("date_fin_reelle", bound(&i.date_fin_reelle)),
        ("duree_estimee_min", bound(&i.duree_estimee_min)),
        ("arret_equipement", bound(&i.arret_equipement)),
        ("date_arret", bound(&i.date_arret)),
        ("date_remise_en_service", bound(&i.date_remise_en_service)),
        ("survenue_le", bound(&i.survenue_le)),
        ("declaree_le", bound(&i.declaree_le)),
        ("prise_en_charge_le", bound(&i.prise_en_charge_le)),
        ("symptome", bound(&i.symptome)),
        ("cause", bound(&i.cause)),
        ("remede", bound(&i.remede)),
        ("compte_rendu", bound(&i.compte_rendu)),
        ("symptome_code_id", bound(&i.symptome_code_id)),
        ("cause_code_id", bound(&i.cause_code_id)),
        ("remede_code_id", bound(&i.remede_code_id)),
        ("gamme_id", bound(&i.gamme_id)),
        ("gamme_version", bound(&i.gamme_version)),
    ]
}

pub fn validate(tx: &Tx<'_>, id: InterventionId) -> Result<()> {
    tx.execute(
        "update interventions set validee_par = :user, date_validation = :now, version = version + 1,
             updated_at = :now
         where id = :id",
        named_params! { ":id": id, ":user": tx.actor().user_id, ":now": tx.now() },
    )?;
    Ok(())
}

/// Hides an intervention from everyone; its number stays in the books.
pub fn hide(tx: &Tx<'_>, id: InterventionId) -> Result<()> {
    tx.execute(
        "update interventions set supprimee_le = :now, version = version + 1, updated_at = :now
         where id = :id",
        named_params! { ":id": id, ":now": tx.now() },
    )?;
    Ok(())
}

/// Replaces what whoever does the work must know.
pub fn set_competences(tx: &Tx<'_>, id: InterventionId, wanted: &[CompetenceDemandee]) -> Result<()> {
    tx.execute(
        "delete from intervention_competences where intervention_id = :id",
        named_params! { ":id": id },
    )?;
    for competence in wanted {
        tx.execute(
            "insert into intervention_competences (intervention_id, competence_id, niveau)
             values (:id, :competence_id, :niveau)",
            named_params! {
                ":id": id, ":competence_id": competence.competence_id, ":niveau": competence.niveau,
            },
        )?;
    }
    Ok(())
}

pub fn book(
    tx: &Tx<'_>,
    id: InterventionId,
    technicien: TechnicienId,
    slot: Slot,
    role: RoleAffectation,
) -> Result<()> {
    tx.insert(
        "insert into affectations (intervention_id, technicien_id, debut, fin, role)
         values (:id, :technicien, :debut, :fin, :role)",
        named_params! {
            ":id": id, ":technicien": technicien, ":debut": slot.debut, ":fin": slot.fin, ":role": role,
        },
    )?;
    Ok(())
}

/// Forgets the slots that still book someone, for others take their place; and the released ones of whoever is
/// not among `kept`, for a slot is also what lets a person see the intervention. The history remembers them.
pub fn unbook(tx: &Tx<'_>, id: InterventionId, kept: &[TechnicienId]) -> Result<()> {
    tx.execute(
        "delete from affectations
         where intervention_id = :id
           and (liberee_le is null or technicien_id not in (select value from json_each(:kept)))",
        named_params! { ":id": id, ":kept": serde_json::to_string(kept)? },
    )?;
    Ok(())
}

/// Forgets the released slots of a lead whom someone else replaces.
pub fn forget_slots(tx: &Tx<'_>, id: InterventionId, technicien: TechnicienId) -> Result<()> {
    tx.execute(
        "delete from affectations where intervention_id = :id and technicien_id = :technicien",
        named_params! { ":id": id, ":technicien": technicien },
    )?;
    Ok(())
}

/// Nobody is booked beyond a moment, which is over: slots under way end, later ones are released.
pub fn free_slots(tx: &Tx<'_>, id: InterventionId, at: Instant) -> Result<()> {
    tx.execute(
        "update affectations set liberee_le = :now
         where intervention_id = :id and liberee_le is null and debut >= :at",
        named_params! { ":id": id, ":now": tx.now(), ":at": at },
    )?;
    tx.execute(
        "update affectations set fin = :at where intervention_id = :id and liberee_le is null and fin > :at",
        named_params! { ":id": id, ":at": at },
    )?;
    Ok(())
}

/// Whoever is booked is booked no longer; the slots stay for the record.
pub fn release_slots(tx: &Tx<'_>, id: InterventionId) -> Result<()> {
    tx.execute(
        "update affectations set liberee_le = :now where intervention_id = :id and liberee_le is null",
        named_params! { ":id": id, ":now": tx.now() },
    )?;
    Ok(())
}

/// Lets one slot go, until it is placed anew.
pub fn release_slot(tx: &Tx<'_>, id: AffectationId) -> Result<()> {
    tx.execute(
        "update affectations set liberee_le = :now where id = :id",
        named_params! { ":id": id, ":now": tx.now() },
    )
    .map(drop)
}

/// Ends one slot that is under way.
pub fn cut_slot(tx: &Tx<'_>, id: AffectationId, at: Instant) -> Result<()> {
    tx.execute("update affectations set fin = :at where id = :id", named_params! { ":id": id, ":at": at })
        .map(drop)
}

/// Whoever leads it now is booked as such.
pub fn let_lead(tx: &Tx<'_>, id: InterventionId, lead: TechnicienId) -> Result<()> {
    tx.execute(
        "update affectations set role = 'principal'
         where intervention_id = :id and technicien_id = :lead and liberee_le is null and role <> 'principal'",
        named_params! { ":id": id, ":lead": lead },
    )
    .map(drop)
}

/// Places a slot that was let go.
pub fn place_slot(tx: &Tx<'_>, id: AffectationId, slot: Slot) -> Result<()> {
    tx.execute(
        "update affectations set debut = :debut, fin = :fin, liberee_le = null where id = :id",
        named_params! { ":id": id, ":debut": slot.debut, ":fin": slot.fin },
    )
    .map(drop)
}

/// One line of the history, by the caller, now.
pub fn add_history(
    tx: &Tx<'_>,
    id: InterventionId,
    kind: TypeHistorique,
    steps: (Option<StatutIntervention>, Option<StatutIntervention>),
    remarque: Option<&str>,
) -> Result<()> {
    add_history_of(tx, id, kind, steps, remarque, None)
}

/// The same of what happened at another moment.
pub fn add_history_of(
    tx: &Tx<'_>,
    id: InterventionId,
    kind: TypeHistorique,
    (from, to): (Option<StatutIntervention>, Option<StatutIntervention>),
    remarque: Option<&str>,
    done: Option<Instant>,
) -> Result<()> {
    tx.insert(
        "insert into historique (intervention_id, date, fait_le, user_id, auteur, type, de, vers, remarque)
         values (:id, :now, :done, :user, coalesce((select full_name from users where id = :user), :auteur),
             :type, :de, :vers, :remarque)",
        named_params! {
            ":id": id, ":now": tx.now(), ":done": done, ":user": tx.actor().user_id,
            ":auteur": tx.actor().name, ":type": kind, ":de": from, ":vers": to, ":remarque": remarque,
        },
    )?;
    Ok(())
}

/// How many remarks a person wrote since then.
pub fn written_since(db: &Reader<'_>, user: UserId, since: Instant) -> Result<i64> {
    db.one(
        "select count(*) from commentaires where user_id = :user and date > :since",
        named_params! { ":user": user, ":since": since },
        |row| row.get(0),
    )
}

pub fn add_commentaire(
    tx: &Tx<'_>,
    id: InterventionId,
    user: UserId,
    texte: &str,
    interne: bool,
) -> Result<CommentaireId> {
    tx.insert(
        "insert into commentaires (intervention_id, date, user_id, texte, interne)
         values (:id, :now, :user, :texte, :interne)",
        named_params! {
            ":id": id, ":now": tx.now(), ":user": user, ":texte": texte, ":interne": interne,
        },
    )
    .map(CommentaireId)
}
