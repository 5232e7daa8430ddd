//! SQL of plans by meter and of the thresholds passed.

use rusqlite::{Row, named_params};

use crate::compteurs::model::{PlanFilters, Seuil, SeuilFilters, StatutPlanCompteur, StatutSeuil};
use crate::compteurs::rules::Steps;
use crate::equipements::StatutEquipement;
use crate::ids::{CompteurId, EquipementId, GammeId, InterventionId, PlanCompteurId, ReleveId, TechnicienId};
use crate::interventions::Priorite;
use crate::kernel::clock::Instant;
use crate::kernel::db::{Columns, Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey};
use crate::kernel::quantity::Quantity;

const SORTS: &[SortKey] = &[("titre", "fold(p.titre)"), ("created_at", "p.created_at")];
const SEUIL_SORTS: &[SortKey] = &[("k", "x.k"), ("date", "r.date")];

/// A plan as the database keeps it, with the number of its next threshold.
#[derive(Clone, Debug)]
pub struct PlanRow {
    pub id: PlanCompteurId,
    pub compteur_id: CompteurId,
    pub equipement_id: EquipementId,
    pub titre: String,
    pub description: Option<String>,
    pub pas: Quantity,
    pub depart: Quantity,
    pub anticipation: Quantity,
    pub delai_jours: i64,
    pub duree_estimee_min: Option<i64>,
    pub technicien_id: Option<TechnicienId>,
    pub technicien_nom: Option<String>,
    /// Their sheet or account is closed.
    pub technicien_parti: bool,
    pub gamme_id: Option<GammeId>,
    pub priorite: Priorite,
    pub statut: StatutPlanCompteur,
    pub prochain_k: i64,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl PlanRow {
    pub fn steps(&self) -> Steps {
        Steps { depart: self.depart, pas: self.pas, anticipation: self.anticipation }
    }
}

/// In the order in which [`plan_row`] reads them.
const COLUMNS: &str =
    "p.id, p.compteur_id, c.equipement_id, p.titre, p.description, p.pas, p.depart, p.anticipation,
    p.delai_jours, p.duree_estimee_min, p.technicien_id, u.full_name,
    coalesce(u.is_active = 0 or t.ferme_le is not null, 0), p.gamme_id, p.priorite, p.statut,
    (select coalesce(max(x.k), 0) + 1 from seuils x where x.plan_id = p.id and x.statut <> 'annulee'),
    p.version, p.created_at, p.updated_at";
const FROM: &str = "compteur_plans p join compteurs c on c.id = p.compteur_id
    left join techniciens t on t.id = p.technicien_id left join users u on u.id = t.user_id";

const SEUIL_COLUMNS: &str =
    "x.id, x.plan_id, x.k, x.valeur, x.releve_id, r.date, x.statut, x.intervention_id, i.numero";
const SEUIL_FROM: &str =
    "seuils x join releves r on r.id = x.releve_id join interventions i on i.id = x.intervention_id";

pub fn plans(
    db: &Reader<'_>,
    id: CompteurId,
    filters: &PlanFilters,
    page: &Page,
) -> Result<Listing<PlanRow>> {
    let mut select = of(id);
    select.any("p.statut", &filters.statut).contains("p.titre || ' ' || coalesce(p.description, '')", page);
    select.list(db, page, SORTS, "titre", plan_row)
}

/// A plan of this meter.
pub fn plan(db: &Reader<'_>, of_compteur: CompteurId, id: PlanCompteurId) -> Result<PlanRow> {
    of(of_compteur).one(db, id, plan_row)
}

/// The plans that act on readings of this meter.
pub fn active_plans(db: &Reader<'_>, id: CompteurId) -> Result<Vec<PlanRow>> {
    of(id).any("p.statut", &[StatutPlanCompteur::Actif]).all(db, plan_row)
}

/// Every plan of this meter, ended ones too.
pub fn all_plans(db: &Reader<'_>, id: CompteurId) -> Result<Vec<PlanRow>> {
    of(id).all(db, plan_row)
}

fn of(id: CompteurId) -> Select {
    let mut select = Select::new(COLUMNS, FROM, "p.id");
    select.any("p.compteur_id", &[id]);
    select
}

/// The plans that name somebody and have not ended.
pub fn of_technicien(db: &Reader<'_>, id: TechnicienId) -> Result<Vec<PlanRow>> {
    let mut select = Select::new(COLUMNS, FROM, "p.id");
    select
        .any("p.technicien_id", &[id])
        .any("p.statut", &[StatutPlanCompteur::Actif, StatutPlanCompteur::Suspendu]);
    select.all(db, plan_row)
}

/// Gives a plan another technicien, or none.
pub fn set_technicien(tx: &Tx<'_>, id: PlanCompteurId, technicien: Option<TechnicienId>) -> Result<()> {
    tx.execute(
        "update compteur_plans set technicien_id = :technicien, version = version + 1, updated_at = :now
         where id = :id",
        named_params! { ":id": id, ":technicien": technicien, ":now": tx.now() },
    )
    .map(drop)
}

/// Whether work is still done on an équipement.
pub fn workable_equipement(db: &Reader<'_>, id: EquipementId) -> Result<bool> {
    db.one(
        "select statut <> :retire from equipements where id = :id",
        named_params! { ":id": id, ":retire": StatutEquipement::Retire },
        |row| row.get(0),
    )
}

pub fn insert_plan(tx: &Tx<'_>, plan: &PlanRow) -> Result<PlanCompteurId> {
    tx.insert(
        "insert into compteur_plans (compteur_id, titre, description, pas, depart, anticipation, delai_jours,
             duree_estimee_min, technicien_id, gamme_id, priorite, created_at, updated_at)
         values (:compteur_id, :titre, :description, :pas, :depart, :anticipation, :delai_jours,
             :duree, :technicien_id, :gamme_id, :priorite, :now, :now)",
        named_params! {
            ":compteur_id": plan.compteur_id, ":titre": plan.titre, ":description": plan.description,
            ":pas": plan.pas, ":depart": plan.depart, ":anticipation": plan.anticipation,
            ":delai_jours": plan.delai_jours, ":duree": plan.duree_estimee_min,
            ":technicien_id": plan.technicien_id, ":gamme_id": plan.gamme_id, ":priorite": plan.priorite,
            ":now": tx.now(),
        },
    )
    .map(PlanCompteurId)
}

pub fn update_plan(tx: &Tx<'_>, plan: &PlanRow) -> Result<()> {
    tx.execute(
        "update compteur_plans set titre = :titre, description = :description, pas = :pas, depart = :depart,
             anticipation = :anticipation, delai_jours = :delai_jours, duree_estimee_min = :duree,
             technicien_id = :technicien_id, gamme_id = :gamme_id, priorite = :priorite, statut = :statut,
             version = version + 1, updated_at = :now
         where id = :id",
        named_params! {
            ":id": plan.id, ":titre": plan.titre, ":description": plan.description, ":pas": plan.pas,
            ":depart": plan.depart, ":anticipation": plan.anticipation, ":delai_jours": plan.delai_jours,
            ":duree": plan.duree_estimee_min, ":technicien_id": plan.technicien_id, ":gamme_id": plan.gamme_id,
            ":priorite": plan.priorite, ":statut": plan.statut, ":now": tx.now(),
        },
    )
    .map(drop)
}

pub fn delete_plan(tx: &Tx<'_>, id: PlanCompteurId) -> Result<()> {
    tx.execute("delete from compteur_plans where id = :id", named_params! { ":id": id }).map(drop)
}

pub fn has_seuils(db: &Reader<'_>, id: PlanCompteurId) -> Result<bool> {
    db.one("select exists (select 1 from seuils where plan_id = :id)", named_params! { ":id": id }, |row| {
        row.get(0)
    })
}

/// The thresholds of a plan, last first.
pub fn seuils(
    db: &Reader<'_>,
    id: PlanCompteurId,
    filters: &SeuilFilters,
    page: &Page,
) -> Result<Listing<Seuil>> {
    let mut select = Select::new(SEUIL_COLUMNS, SEUIL_FROM, "x.id");
    select.any("x.plan_id", &[id]).any("x.statut", &filters.statut).contains("i.numero", page);
    select.list(db, page, SEUIL_SORTS, "-k", seuil_row)
}

/// The thresholds that readings passed.
pub fn seuils_of(db: &Reader<'_>, releves: &[ReleveId]) -> Result<Vec<Seuil>> {
    if releves.is_empty() {
        return Ok(Vec::new());
    }
    let mut seuils =
        Select::new(SEUIL_COLUMNS, SEUIL_FROM, "x.id").any("x.releve_id", releves).all(db, seuil_row)?;
    seuils.sort_by_key(|seuil| (seuil.plan_id, seuil.k));
    Ok(seuils)
}

/// The intervention of a plan that is still to be done, if there is one: it answers what falls due meanwhile.
pub fn open_work(db: &Reader<'_>, id: PlanCompteurId) -> Result<Option<InterventionId>> {
    db.maybe(
        "select i.id from seuils x join interventions i on i.id = x.intervention_id
         where x.plan_id = :id and x.statut = 'generee' and i.supprimee_le is null
           and i.statut in ('planifie', 'en_cours', 'attente_pieces')
         order by x.k desc limit 1",
        named_params! { ":id": id },
        |row| row.get(0),
    )
}

pub fn add_seuil(
    tx: &Tx<'_>,
    plan: &PlanRow,
    k: i64,
    statut: StatutSeuil,
    (releve, intervention): (ReleveId, InterventionId),
) -> Result<()> {
    tx.execute(
        "insert into seuils (plan_id, k, valeur, releve_id, statut, intervention_id, created_at, updated_at)
         values (:plan, :k, :valeur, :releve, :statut, :intervention, :now, :now)",
        named_params! {
            ":plan": plan.id, ":k": k, ":valeur": plan.steps().at(k), ":releve": releve, ":statut": statut,
            ":intervention": intervention, ":now": tx.now(),
        },
    )
    .map(drop)
}

/// The thresholds of a plan above `k` were not passed after all.
pub fn cancel_seuils(tx: &Tx<'_>, plan: PlanCompteurId, k: i64) -> Result<usize> {
    tx.execute(
        "update seuils set statut = 'annulee', updated_at = :now
         where plan_id = :plan and k > :k and statut <> 'annulee'",
        named_params! { ":plan": plan, ":k": k, ":now": tx.now() },
    )
}

fn plan_row(row: &Row<'_>) -> rusqlite::Result<PlanRow> {
    let mut column = Columns::of(row);
    Ok(PlanRow {
        id: column.take()?,
        compteur_id: column.take()?,
        equipement_id: column.take()?,
        titre: column.take()?,
        description: column.take()?,
        pas: column.take()?,
        depart: column.take()?,
        anticipation: column.take()?,
        delai_jours: column.take()?,
        duree_estimee_min: column.take()?,
        technicien_id: column.take()?,
        technicien_nom: column.take()?,
        technicien_parti: column.take()?,
        gamme_id: column.take()?,
        priorite: column.take()?,
        statut: column.take()?,
        prochain_k: column.take()?,
        version: column.take()?,
        created_at: column.take()?,
        updated_at: column.take()?,
    })
}

fn seuil_row(row: &Row<'_>) -> rusqlite::Result<Seuil> {
    let mut column = Columns::of(row);
    Ok(Seuil {
        id: column.take()?,
        plan_id: column.take()?,
        k: column.take()?,
        valeur: column.take()?,
        releve_id: column.take()?,
        date: column.take()?,
        statut: column.take()?,
        intervention_id: column.take()?,
        numero: column.take()?,
    })
}
