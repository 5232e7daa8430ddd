//! SQL of plans.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{Row, named_params};

use crate::equipements::StatutEquipement;
use crate::ids::*;
use crate::interventions::{CompetenceDemandee, CompetenceRequise};
use crate::kernel::clock::{Day, Instant};
use crate::kernel::db::{Columns, Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey, full_text};
use crate::planning::model::{Centiemes, Heure, Planning, PlanningFilters, Report, UpcomingFilters};

/// A plan without a next date comes last.
const SORTS: &[SortKey] = &[
    ("prochaine_date", "coalesce(p.prochaine_date, '9999')"),
    ("titre", "fold(p.titre)"),
    ("equipement_nom", "fold(e.nom)"),
    ("date_debut", "p.date_debut"),
    ("created_at", "p.created_at"),
    ("updated_at", "p.updated_at"),
];

/// In the order in which [`planning_row`] reads them.
const COLUMNS: &str = "p.id, p.titre, p.description, p.equipement_id, e.code, e.nom, e.site_id, p.frequence,
    p.intervalle, p.date_debut, p.date_fin, p.prochain_k, p.prochaine_date, p.derniere_date, p.mode,
    p.facteur_decalage, p.decalage_jours, p.decalage_k, p.tolerance_jours, p.anticipation_jours,
    p.duree_estimee_min, p.heure_debut, p.technicien_id, u.full_name,
    coalesce(u.is_active = 0 or t.ferme_le is not null, 0), p.gamme_id, p.priorite, p.rattrapage, p.cumul,
    p.report_feries, p.report_week_ends, p.statut, p.version, p.created_at, p.updated_at, s.nom, s.fuseau, s.pays,
    e.statut, p.a_generer_le";

/// All of them outer joins, though an équipement is never missing: what a count does not need, it skips.
const FROM: &str = "plannings p left join equipements e on e.id = p.equipement_id
    left join sites s on s.id = e.site_id
    left join techniciens t on t.id = p.technicien_id left join users u on u.id = t.user_id";

pub fn list(db: &Reader<'_>, filters: &PlanningFilters, page: &Page) -> Result<Listing<Planning>> {
    let mut select = Select::new(COLUMNS, FROM, "p.id");
    select
        .any("p.statut", &filters.statut)
        .any("p.equipement_id", &filters.equipement_id)
        .any("e.site_id", &filters.site_id)
        .any("p.technicien_id", &filters.technicien_id)
        .any("p.frequence", &filters.frequence)
        .when("p.prochaine_date >= ?", filters.du.as_ref())
        .when("p.prochaine_date <= ?", filters.au.as_ref());
    for term in page.words().into_iter().filter_map(|word| full_text(&[word])) {
        // A word of the plan itself, or of its équipement.
        select.filter(
            "(p.id in (select rowid from plannings_fts where plannings_fts match ?)
              or p.equipement_id in (select rowid from equipements_fts where equipements_fts match ?))",
            [Value::Text(term.clone()), Value::Text(term)],
        );
    }
    select.list(db, page, SORTS, "prochaine_date", planning_row)
}

pub fn planning(db: &Reader<'_>, id: PlanningId) -> Result<Planning> {
    Select::new(COLUMNS, FROM, "p.id").one(db, id, planning_row)
}

/// Plans that have something to do at `now`, longest due first.
pub fn due(db: &Reader<'_>, now: Instant, limit: u32) -> Result<Vec<PlanningId>> {
    db.all(
        "select id from plannings where a_generer_le <= :now order by a_generer_le, id limit :limit",
        named_params! { ":now": now, ":limit": limit },
        |row| row.get(0),
    )
}

/// The first `limit` active plans whose next échéance falls on `to` or earlier, soonest first.
pub fn active_until(
    db: &Reader<'_>,
    to: Day,
    filters: &UpcomingFilters,
    limit: usize,
) -> Result<Vec<Planning>> {
    let ids = |ids: &[i64]| if ids.is_empty() { None } else { Some(format!("{ids:?}")) };
    let techniciens: Vec<_> = filters.technicien_id.iter().map(|id| id.0).collect();
    let sites: Vec<_> = filters.site_id.iter().map(|id| id.0).collect();
    let equipements: Vec<_> = filters.equipement_id.iter().map(|id| id.0).collect();
    db.all(
        &format!(
            "select {COLUMNS} from {FROM}
             where p.statut = 'actif' and p.prochaine_date <= :to
               and (:techniciens is null or p.technicien_id in (select value from json_each(:techniciens)))
               and (:sites is null or e.site_id in (select value from json_each(:sites)))
               and (:equipements is null or p.equipement_id in (select value from json_each(:equipements)))
             order by p.prochaine_date, p.id limit {limit}"
        ),
        named_params! {
            ":to": to, ":techniciens": ids(&techniciens), ":sites": ids(&sites), ":equipements": ids(&equipements),
        },
        planning_row,
    )
}

pub fn of_equipement(db: &Reader<'_>, id: EquipementId) -> Result<Vec<PlanningId>> {
    db.all("select id from plannings where equipement_id = :id", named_params! { ":id": id }, |row| {
        row.get(0)
    })
}

pub fn of_site(db: &Reader<'_>, id: SiteId) -> Result<Vec<PlanningId>> {
    db.all(
        "select p.id from plannings p join equipements e on e.id = p.equipement_id where e.site_id = :id",
        named_params! { ":id": id },
        |row| row.get(0),
    )
}

/// Whether an échéance exists: then the plan's anchor holds.
pub fn is_used(db: &Reader<'_>, id: PlanningId) -> Result<bool> {
    db.one(
        "select exists (select 1 from echeances where planning_id = :id)",
        named_params! { ":id": id },
        |row| row.get(0),
    )
}

/// Where an équipement stands, and how it is.
pub struct Ground {
    pub site_id: SiteId,
    pub fuseau: String,
    pub pays: String,
    pub statut: StatutEquipement,
}

/// The ground of an équipement, or [`crate::kernel::error::Error::NotFound`].
pub fn equipement_ground(db: &Reader<'_>, id: EquipementId) -> Result<Ground> {
    db.one(
        "select s.id, s.fuseau, s.pays, e.statut from equipements e join sites s on s.id = e.site_id
         where e.id = :id",
        named_params! { ":id": id },
        |row| {
            Ok(Ground { site_id: row.get(0)?, fuseau: row.get(1)?, pays: row.get(2)?, statut: row.get(3)? })
        },
    )
}

/// The plans that name somebody and have not ended.
pub fn of_technicien(db: &Reader<'_>, id: TechnicienId) -> Result<Vec<PlanningId>> {
    db.all(
        "select id from plannings where technicien_id = :id and statut <> 'termine' order by id",
        named_params! { ":id": id },
        |row| row.get(0),
    )
}

/// Gives a plan another technicien, or none.
pub fn set_technicien(tx: &Tx<'_>, id: PlanningId, technicien: Option<TechnicienId>) -> Result<()> {
    tx.execute(
        "update plannings set technicien_id = :technicien, version = version + 1, updated_at = :now where id = :id",
        named_params! { ":id": id, ":technicien": technicien, ":now": tx.now() },
    )
    .map(drop)
}

/// How people call someone.
pub fn full_name(db: &Reader<'_>, id: UserId) -> Result<String> {
    db.one("select full_name from users where id = :id", named_params! { ":id": id }, |row| row.get(0))
}

pub fn insert(tx: &Tx<'_>, p: &Planning) -> Result<PlanningId> {
    tx.insert(
        "insert into plannings (titre, description, equipement_id, frequence, intervalle, date_debut, date_fin,
             mode, facteur_decalage, tolerance_jours, anticipation_jours, duree_estimee_min, heure_debut,
             technicien_id, gamme_id, priorite, rattrapage, cumul, report_feries, report_week_ends, cree_par, created_at,
             updated_at)
         values (:titre, :description, :equipement_id, :frequence, :intervalle, :date_debut, :date_fin,
             :mode, :facteur, :tolerance, :anticipation, :duree, :heure_debut,
             :technicien_id, :gamme_id, :priorite, :rattrapage, :cumul, :feries, :week_ends, :cree_par, :now, :now)",
        named_params! {
            ":titre": p.titre, ":description": p.description, ":equipement_id": p.equipement_id,
            ":frequence": p.frequence, ":intervalle": p.intervalle, ":date_debut": p.date_debut,
            ":date_fin": p.date_fin, ":mode": p.mode, ":facteur": p.facteur_decalage,
            ":tolerance": p.tolerance_jours, ":anticipation": p.anticipation_jours,
            ":duree": p.duree_estimee_min, ":heure_debut": p.heure_debut, ":technicien_id": p.technicien_id, ":gamme_id": p.gamme_id,
            ":priorite": p.priorite, ":rattrapage": p.rattrapage, ":cumul": p.cumul,
            ":feries": p.report.feries, ":week_ends": p.report.week_ends, ":cree_par": tx.actor().user_id,
            ":now": tx.now(),
        },
    )
    .map(PlanningId)
}

/// What people decide about a plan.
pub fn update(tx: &Tx<'_>, p: &Planning) -> Result<()> {
    tx.execute(
        "update plannings set titre = :titre, description = :description, equipement_id = :equipement_id,
             frequence = :frequence, intervalle = :intervalle, date_debut = :date_debut, date_fin = :date_fin,
             mode = :mode, facteur_decalage = :facteur, tolerance_jours = :tolerance,
             anticipation_jours = :anticipation, duree_estimee_min = :duree, heure_debut = :heure_debut,
             technicien_id = :technicien_id, gamme_id = :gamme_id, priorite = :priorite, rattrapage = :rattrapage, cumul = :cumul,
             report_feries = :feries, report_week_ends = :week_ends, statut = :statut,
             a_generer_le = case when :statut = 'actif' then a_generer_le end,
             version = version + 1, updated_at = :now
         where id = :id",
        named_params! {
            ":id": p.id, ":titre": p.titre, ":description": p.description, ":equipement_id": p.equipement_id,
            ":frequence": p.frequence, ":intervalle": p.intervalle, ":date_debut": p.date_debut,
            ":date_fin": p.date_fin, ":mode": p.mode, ":facteur": p.facteur_decalage,
            ":tolerance": p.tolerance_jours, ":anticipation": p.anticipation_jours,
            ":duree": p.duree_estimee_min, ":heure_debut": p.heure_debut, ":technicien_id": p.technicien_id, ":gamme_id": p.gamme_id,
            ":priorite": p.priorite, ":rattrapage": p.rattrapage, ":cumul": p.cumul,
            ":feries": p.report.feries, ":week_ends": p.report.week_ends, ":statut": p.statut,
            ":now": tx.now(),
        },
    )
    .map(drop)
}

/// How far a plan has come: what follows from its échéances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    pub prochain_k: i64,
    pub prochaine_date: Option<Day>,
    pub derniere_date: Option<Day>,
    pub decalage_jours: i64,
    pub decalage_k: Option<i64>,
    pub a_generer_le: Option<Instant>,
}

/// Writes it without a new version: who calls this within a change of the plan has given it one.
pub fn set_progress(tx: &Tx<'_>, id: PlanningId, progress: &Progress) -> Result<()> {
    tx.execute(
        "update plannings set prochain_k = :k, prochaine_date = :prochaine, derniere_date = :derniere,
             decalage_jours = :decalage, decalage_k = :decalage_k, a_generer_le = :a_generer_le,
             updated_at = :now
         where id = :id",
        named_params! {
            ":id": id, ":k": progress.prochain_k, ":prochaine": progress.prochaine_date,
            ":derniere": progress.derniere_date, ":decalage": progress.decalage_jours,
            ":decalage_k": progress.decalage_k, ":a_generer_le": progress.a_generer_le, ":now": tx.now(),
        },
    )
    .map(drop)
}

/// Looks again at a plan at another time; nothing that people see changes.
pub fn look_again(tx: &Tx<'_>, id: PlanningId, at: Instant) -> Result<()> {
    tx.execute(
        "update plannings set a_generer_le = :at where id = :id",
        named_params! { ":id": id, ":at": at },
    )
    .map(drop)
}

/// What people read of a plan has changed though nobody changed it.
pub fn new_version(tx: &Tx<'_>, id: PlanningId) -> Result<()> {
    tx.execute("update plannings set version = version + 1 where id = :id", named_params! { ":id": id })
        .map(drop)
}

pub fn delete(tx: &Tx<'_>, id: PlanningId) -> Result<()> {
    tx.execute("delete from plannings where id = :id", named_params! { ":id": id }).map(drop)
}

pub fn competences(db: &Reader<'_>, id: PlanningId) -> Result<Vec<CompetenceRequise>> {
    db.all(
        "select r.competence_id, c.nom, r.niveau
         from planning_competences r join competences c on c.id = r.competence_id
         where r.planning_id = :id order by c.nom_key",
        named_params! { ":id": id },
        |row| Ok(CompetenceRequise { competence_id: row.get(0)?, nom: row.get(1)?, niveau: row.get(2)? }),
    )
}

/// Replaces what whoever does the work must know.
pub fn set_competences(tx: &Tx<'_>, id: PlanningId, wanted: &[CompetenceDemandee]) -> Result<()> {
    tx.execute("delete from planning_competences where planning_id = :id", named_params! { ":id": id })?;
    for CompetenceDemandee { competence_id, niveau } in wanted {
        tx.execute(
            "insert into planning_competences (planning_id, competence_id, niveau)
             values (:id, :competence_id, :niveau)",
            named_params! { ":id": id, ":competence_id": competence_id, ":niveau": niveau },
        )?;
    }
    Ok(())
}

fn planning_row(row: &Row<'_>) -> rusqlite::Result<Planning> {
    let mut column = Columns::of(row);
    Ok(Planning {
        id: column.take()?,
        titre: column.take()?,
        description: column.take()?,
        equipement_id: column.take()?,
        equipement_code: column.take()?,
        equipement_nom: column.take()?,
        site_id: column.take()?,
        frequence: column.take()?,
        intervalle: column.take()?,
        date_debut: column.take()?,
        date_fin: column.take()?,
        prochain_k: column.take()?,
        prochaine_date: column.take()?,
        derniere_date: column.take()?,
        mode: column.take()?,
        facteur_decalage: column.take()?,
        decalage_jours: column.take()?,
        decalage_k: column.take()?,
        tolerance_jours: column.take()?,
        anticipation_jours: column.take()?,
        duree_estimee_min: column.take()?,
        heure_debut: column.take()?,
        technicien_id: column.take()?,
        technicien_nom: column.take()?,
        technicien_parti: column.take()?,
        gamme_id: column.take()?,
        priorite: column.take()?,
        rattrapage: column.take()?,
        cumul: column.take()?,
        report: Report { feries: column.take()?, week_ends: column.take()? },
        statut: column.take()?,
        version: column.take()?,
        created_at: column.take()?,
        updated_at: column.take()?,
        site_nom: column.take()?,
        fuseau: column.take()?,
        pays: column.take()?,
        equipement_statut: column.take::<StatutEquipement>()?,
        a_generer_le: column.take()?,
    })
}

impl ToSql for Centiemes {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.into())
    }
}

impl FromSql for Centiemes {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self)
    }
}

impl ToSql for Heure {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.to_string().into())
    }
}

impl FromSql for Heure {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::read(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}
