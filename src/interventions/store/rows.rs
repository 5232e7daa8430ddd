//! Reading one intervention and what hangs on it.

use rusqlite::{Row, named_params};

use super::floor::add_time_and_cost;
use crate::ids::*;
use crate::interventions::access::{Readable, Scope, caller};
use crate::interventions::model::{
    Affectation, Commentaire, CompetenceRequise, Historique, Intervention, InterventionDetail,
};
use crate::interventions::rules;
use crate::kernel::clock::Instant;
use crate::kernel::db::{Columns, Reader};
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select};
use crate::permissions::ReadCouts;

/// Planned, but neither booked nor dated.
macro_rules! a_planifier {
    () => {
        "i.statut = 'planifie' and i.date_debut_prevue is null and not exists (
             select 1 from affectations a where a.intervention_id = i.id and a.liberee_le is null)"
    };
}
pub(super) use a_planifier;

/// In the order in which [`intervention_row`] reads them.
const COLUMNS: &str = concat!(
    "i.id, i.numero, i.titre, i.description, i.type_intervention, i.statut, i.priorite, i.equipement_id,
     e.code, e.nom, i.site_id, i.client_id, i.technicien_id, u.full_name, i.date_limite, i.date_creation,
     i.date_debut_prevue, i.date_fin_prevue, i.date_debut_reelle, i.date_fin_reelle, i.duree_estimee_min,
     i.arret_equipement, i.date_arret, i.date_remise_en_service, i.survenue_le, i.declaree_le,
     i.prise_en_charge_le, i.symptome, i.cause, i.remede, i.compte_rendu, i.symptome_code_id, sc.libelle,
     i.cause_code_id, cc.libelle, i.remede_code_id, rc.libelle, i.planning_id, i.demande_id, i.gamme_id, i.gamme_version,
     i.validee_par, v.full_name, i.date_validation, (",
    a_planifier!(),
    "), (select min(r.attendue = 0) from reservations r where r.intervention_id = i.id and r.close_le is null),
     i.version, i.updated_at"
);

/// All of them outer joins, though an équipement is never missing: what a count does not need, it skips.
const FROM: &str = "interventions i
    left join equipements e on e.id = i.equipement_id
    left join sites s on s.id = i.site_id
    left join techniciens t on t.id = i.technicien_id
    left join users u on u.id = t.user_id
    left join users v on v.id = i.validee_par
    left join codes sc on sc.id = i.symptome_code_id
    left join codes cc on cc.id = i.cause_code_id
    left join codes rc on rc.id = i.remede_code_id";

/// The interventions in a scope.
pub(super) fn select(scope: Scope) -> Select {
    let mut select = Select::new(COLUMNS, FROM, "i.id");
    scope.narrow_named(&mut select);
    select
}

pub fn intervention(db: &Reader<'_>, scope: Scope, id: InterventionId) -> Result<Intervention> {
    let mut found = select(scope).one(db, id, |row| intervention_row(row, db.now()))?;
    add_time_and_cost(db, std::slice::from_mut(&mut found))?;
    Ok(found)
}

/// An intervention with what hangs on it and what the caller may do next.
pub fn detail(db: &Reader<'_>, readable: Readable) -> Result<InterventionDetail> {
    let intervention = readable.into_intervention();
    Ok(InterventionDetail {
        transitions: rules::transitions(&intervention, caller(db.actor())),
        affectations: affectations(db, intervention.id)?,
        competences_requises: competences(db, intervention.id)?,
        intervention,
    })
}

pub fn affectations(db: &Reader<'_>, id: InterventionId) -> Result<Vec<Affectation>> {
    db.all(
        "select a.*, u.full_name as technicien_nom
         from affectations a join techniciens t on t.id = a.technicien_id join users u on u.id = t.user_id
         where a.intervention_id = :id order by a.debut, a.id",
        named_params! { ":id": id },
        |row| {
            Ok(Affectation {
                id: row.get("id")?,
                technicien_id: row.get("technicien_id")?,
                technicien_nom: row.get("technicien_nom")?,
                debut: row.get("debut")?,
                fin: row.get("fin")?,
                role: row.get("role")?,
                liberee: row.get::<_, Option<Instant>>("liberee_le")?.is_some(),
            })
        },
    )
}

/// The open interventions on some machines.
pub fn open_on(db: &Reader<'_>, machines: &[EquipementId]) -> Result<Vec<InterventionId>> {
    db.all(
        "select id from interventions
         where equipement_id in (select value from json_each(:machines)) and supprimee_le is null
           and statut in ('planifie', 'en_cours', 'attente_pieces') order by id",
        named_params! { ":machines": serde_json::to_string(machines)? },
        |row| row.get(0),
    )
}

/// The open interventions that somebody leads or has a slot on that is not over.
pub fn open_of(db: &Reader<'_>, technicien: TechnicienId) -> Result<Vec<InterventionId>> {
    // A slot lasts 24 h at most, which bounds how far back the index must be read.
    db.all(
        "select id from interventions
         where technicien_id = :technicien and supprimee_le is null
           and statut in ('planifie', 'en_cours', 'attente_pieces')
         union
         select a.intervention_id from affectations a join interventions i on i.id = a.intervention_id
         where a.technicien_id = :technicien and a.liberee_le is null and a.debut > :now - 86400 and a.fin > :now
           and i.supprimee_le is null and i.statut in ('planifie', 'en_cours', 'attente_pieces')
         order by 1",
        named_params! { ":technicien": technicien, ":now": db.now() },
        |row| row.get(0),
    )
}

pub fn has_live_slots(db: &Reader<'_>, id: InterventionId) -> Result<bool> {
    db.one(
        "select exists (select 1 from affectations where intervention_id = :id and liberee_le is null)",
        named_params! { ":id": id },
        |row| row.get(0),
    )
}

pub fn competences(db: &Reader<'_>, id: InterventionId) -> Result<Vec<CompetenceRequise>> {
    db.all(
        "select r.competence_id, c.nom, r.niveau
         from intervention_competences r join competences c on c.id = r.competence_id
         where r.intervention_id = :id order by c.nom_key",
        named_params! { ":id": id },
        |row| {
            Ok(CompetenceRequise {
                competence_id: row.get("competence_id")?,
                nom: row.get("nom")?,
                niveau: row.get("niveau")?,
            })
        },
    )
}

/// The history, oldest first.
pub fn historique(db: &Reader<'_>, readable: &Readable, page: &Page) -> Result<Listing<Historique>> {
    let mut select = Select::new("h.*", "historique h", "h.id");
    select.any("h.intervention_id", &[readable.intervention().id]);
    if !db.actor().may::<ReadCouts>() {
        select.filter("h.type <> 'revalorisation'", []);
    }
    select.contains("h.auteur || ' ' || coalesce(h.remarque, '')", page);
    select.list(db, page, &[("date", "h.id")], "date", |row| {
        Ok(Historique {
            id: row.get("id")?,
            date: row.get("date")?,
            fait_le: row.get("fait_le")?,
            auteur: row.get("auteur")?,
            r#type: row.get("type")?,
            de: row.get("de")?,
            vers: row.get("vers")?,
            remarque: row.get("remarque")?,
        })
    })
}

/// The last moment at which the statut of an intervention changed, as people told it.
pub fn last_step(db: &Reader<'_>, id: InterventionId) -> Result<Option<Instant>> {
    db.one(
        "select max(coalesce(fait_le, date)) from historique
         where intervention_id = :id and type in ('statut', 'reouverture')",
        named_params! { ":id": id },
        |row| row.get(0),
    )
}

/// The remarks, oldest first; the plant's internal ones only when asked for.
pub fn commentaires(
    db: &Reader<'_>,
    readable: &Readable,
    with_internal: bool,
    page: &Page,
) -> Result<Listing<Commentaire>> {
    let mut select = commentaire_select();
    select.any("k.intervention_id", &[readable.intervention().id]);
    select.flag("k.interne", (!with_internal).then_some(false));
    select.contains("u.full_name || ' ' || k.texte", page);
    select.list(db, page, &[("date", "k.id")], "date", commentaire_row)
}

pub fn commentaire(db: &Reader<'_>, id: CommentaireId) -> Result<Commentaire> {
    commentaire_select().one(db, id, commentaire_row)
}

/// The site of an équipement, or [`crate::kernel::error::Error::NotFound`].
pub fn equipement_site(db: &Reader<'_>, id: EquipementId) -> Result<SiteId> {
    db.one("select site_id from equipements where id = :id", named_params! { ":id": id }, |row| row.get(0))
}

/// Whether somebody asked for it: they follow it through their demande.
pub fn has_demandes(db: &Reader<'_>, id: InterventionId) -> Result<bool> {
    db.one(
        "select exists (select 1 from demandes where intervention_id = :id)",
        named_params! { ":id": id },
        |row| row.get(0),
    )
}

/// How people call a technicien, or [`crate::kernel::error::Error::NotFound`].
pub fn technicien_nom(db: &Reader<'_>, id: TechnicienId) -> Result<String> {
    db.one(
        "select u.full_name from techniciens t join users u on u.id = t.user_id where t.id = :id",
        named_params! { ":id": id },
        |row| row.get(0),
    )
}

/// The place in the list of the first compétence that does not exist.
pub fn unknown_competence(db: &Reader<'_>, ids: &[CompetenceId]) -> Result<Option<i64>> {
    db.maybe(
        "select key from json_each(:ids) where value not in (select id from competences) order by key limit 1",
        named_params! { ":ids": serde_json::to_string(ids)? },
        |row| row.get(0),
    )
}

fn commentaire_select() -> Select {
    Select::new("k.*, u.full_name as auteur", "commentaires k join users u on u.id = k.user_id", "k.id")
}

fn commentaire_row(row: &Row<'_>) -> rusqlite::Result<Commentaire> {
    Ok(Commentaire {
        id: row.get("id")?,
        intervention_id: row.get("intervention_id")?,
        date: row.get("date")?,
        auteur: row.get("auteur")?,
        texte: row.get("texte")?,
        interne: row.get("interne")?,
    })
}

pub(super) fn intervention_row(row: &Row<'_>, now: Instant) -> rusqlite::Result<Intervention> {
    let mut column = Columns::of(row);
    let mut intervention = Intervention {
        id: column.take()?,
        numero: column.take()?,
        titre: column.take()?,
        description: column.take()?,
        type_intervention: column.take()?,
        statut: column.take()?,
        priorite: column.take()?,
        equipement_id: column.take()?,
        equipement_code: column.take()?,
        equipement_nom: column.take()?,
        site_id: column.take()?,
        client_id: column.take()?,
        technicien_id: column.take()?,
        technicien_nom: column.take()?,
        date_limite: column.take()?,
        date_creation: column.take()?,
        date_debut_prevue: column.take()?,
        date_fin_prevue: column.take()?,
        date_debut_reelle: column.take()?,
        date_fin_reelle: column.take()?,
        duree_estimee_min: column.take()?,
        arret_equipement: column.take()?,
        date_arret: column.take()?,
        date_remise_en_service: column.take()?,
        survenue_le: column.take()?,
        declaree_le: column.take()?,
        prise_en_charge_le: column.take()?,
        symptome: column.take()?,
        cause: column.take()?,
        remede: column.take()?,
        compte_rendu: column.take()?,
        symptome_code_id: column.take()?,
        symptome_code_libelle: column.take()?,
        cause_code_id: column.take()?,
        cause_code_libelle: column.take()?,
        remede_code_id: column.take()?,
        remede_code_libelle: column.take()?,
        planning_id: column.take()?,
        demande_id: column.take()?,
        gamme_id: column.take()?,
        gamme_version: column.take()?,
        validee_par: column.take()?,
        validee_par_nom: column.take()?,
        date_validation: column.take()?,
        en_retard: false,
        a_planifier: column.take()?,
        pieces_disponibles: column.take()?,
        temps_passe_min: 0,
        cout_total: None,
        version: column.take()?,
        updated_at: column.take()?,
    };
    let late = intervention.date_limite.is_some_and(|limit| limit < now);
    intervention.en_retard = intervention.statut.is_live() && late;
    Ok(intervention)
}
