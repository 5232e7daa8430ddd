//! SQL of entries of time.

use rusqlite::{Row, named_params};
use serde::Serialize;

use crate::agenda::Interval;
use crate::clients::plant_zone;
use crate::ids::{InterventionId, TechnicienId, TempsId};
use crate::interventions::{ChronometreEnCours, StatutIntervention};
use crate::kernel::clock::Instant;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::money::Cents;
use crate::kernel::page::{Listing, Page, Select, SortKey};
use crate::temps::model::{NatureTemps, Temps, TempsFilters};
use crate::temps::{access, rules};

const SORTS: &[SortKey] = &[
    ("debut", "t.debut"),
    ("technicien_nom", "fold(coalesce(u.full_name, ''))"),
    ("minutes", "coalesce(t.minutes, 0)"),
];

const COLUMNS: &str = "t.*, i.numero, u.full_name as technicien_nom";
const FROM: &str = "temps t
    left join interventions i on i.id = t.intervention_id
    left join techniciens p on p.id = t.technicien_id
    left join users u on u.id = p.user_id";

/// What is new in an entry.
pub struct Entry {
    pub intervention: InterventionId,
    pub technicien: TechnicienId,
    pub debut: Instant,
    pub fin: Option<Instant>,
    pub nature: NatureTemps,
    pub remarque: Option<String>,
}

/// Another entry of the same person at the same time.
#[derive(Debug, Serialize)]
pub struct Overlap {
    pub temps_id: TempsId,
    pub intervention_id: InterventionId,
    pub numero: String,
    pub debut: Instant,
    pub fin: Option<Instant>,
}

/// The entries that the caller may see by whose they are: all, or their own.
pub fn list(db: &Reader<'_>, filters: &TempsFilters, page: &Page) -> Result<Listing<Temps>> {
    let mut select = Select::new(COLUMNS, FROM, "t.id");
    access::narrow(&mut select, db.actor());
    let forgotten = db.now().minus(rules::CAP).as_second();
    select
        .any("t.technicien_id", &filters.technicien_id)
        .any("t.intervention_id", &filters.intervention_id)
        .any("t.nature", &filters.nature)
        .flag("t.fin is null", filters.en_cours)
        .flag(&format!("t.plafonne = 1 or (t.fin is null and t.debut < {forgotten})"), filters.a_verifier);
    if filters.du.or(filters.au).is_some() {
        let zone = plant_zone(db)?;
        select.when("t.debut >= ?", filters.du.map(|du| du.start(&zone)).as_ref());
        select.when("t.debut < ?", filters.au.map(|au| au.end(&zone)).as_ref());
    }
    select.contains("i.numero || ' ' || u.full_name || ' ' || coalesce(t.remarque, '')", page);
    page_of(db, &select, page, "-debut")
}

/// The entries of an intervention, oldest first.
pub fn of_intervention(db: &Reader<'_>, id: InterventionId, page: &Page) -> Result<Listing<Temps>> {
    let mut select = Select::new(COLUMNS, FROM, "t.id");
    select.any("t.intervention_id", &[id]).contains("u.full_name", page);
    page_of(db, &select, page, "debut")
}

fn page_of(db: &Reader<'_>, select: &Select, page: &Page, order: &str) -> Result<Listing<Temps>> {
    let now = db.now();
    let list = select.list(db, page, SORTS, order, |row| temps_row(row, now))?;
    list.map(|entries| Ok(entries.into_iter().map(|temps| access::shown(db.actor(), temps)).collect()))
}

/// An entry, whoever asks.
pub fn temps(db: &Reader<'_>, id: TempsId) -> Result<Temps> {
    Select::new(COLUMNS, FROM, "t.id").one(db, id, |row| temps_row(row, db.now()))
}

/// What every entry of an intervention was spent on, and when; a running timer's up to now.
pub fn intervals(db: &Reader<'_>, id: InterventionId) -> Result<Vec<(NatureTemps, Interval)>> {
    db.all(
        "select nature, debut, fin from temps where intervention_id = :id",
        named_params! { ":id": id },
        |row| {
            let debut = row.get(1)?;
            let fin: Option<Instant> = row.get(2)?;
            Ok((row.get(0)?, (debut, fin.unwrap_or_else(|| rules::end_of_timer(debut, db.now()).0))))
        },
    )
}

/// The timer of a person that runs.
pub fn timer_of(db: &Reader<'_>, technicien: TechnicienId) -> Result<Option<ChronometreEnCours>> {
    db.maybe(
        "select t.id, t.intervention_id, i.numero, t.technicien_id, u.full_name, t.debut
         from temps t join interventions i on i.id = t.intervention_id
         join techniciens p on p.id = t.technicien_id join users u on u.id = p.user_id
         where t.technicien_id = :technicien and t.fin is null",
        named_params! { ":technicien": technicien },
        |row| {
            Ok(ChronometreEnCours {
                id: row.get(0)?,
                intervention_id: row.get(1)?,
                numero: row.get(2)?,
                technicien_id: row.get(3)?,
                technicien_nom: row.get(4)?,
                debut: row.get(5)?,
            })
        },
    )
}

/// The entries of a person, but for `except`, that share a moment with `[debut, fin)`; a running one goes on
/// without an end. As the table's triggers see it.
pub fn conflicts(
    db: &Reader<'_>,
    technicien: TechnicienId,
    (debut, fin): (Instant, Option<Instant>),
    except: Option<TempsId>,
) -> Result<Vec<Overlap>> {
    // Each by its own index: neither is to read all that the person ever entered.
    db.all(
        "with mine (id) as (
             select id from temps indexed by temps_one_timer where technicien_id = :technicien and fin is null
             union all
             select id from temps indexed by temps_technicien where technicien_id = :technicien
                 and debut > :debut - 86400 and debut < coalesce(:fin, 9e18) and fin > :debut and fin > debut
         )
         select t.id, t.intervention_id, i.numero, t.debut, t.fin
         from mine join temps t on t.id = mine.id join interventions i on i.id = t.intervention_id
         where t.id is not :except and t.debut < coalesce(:fin, 9e18)
         order by t.debut",
        named_params! { ":technicien": technicien, ":except": except, ":debut": debut, ":fin": fin },
        |row| {
            Ok(Overlap {
                temps_id: row.get(0)?,
                intervention_id: row.get(1)?,
                numero: row.get(2)?,
                debut: row.get(3)?,
                fin: row.get(4)?,
            })
        },
    )
}

pub fn is_technicien(db: &Reader<'_>, id: TechnicienId) -> Result<bool> {
    db.one("select exists (select 1 from techniciens where id = :id)", named_params! { ":id": id }, |row| {
        row.get(0)
    })
}

/// Where an intervention stands, and whether it is validated.
pub fn state(db: &Reader<'_>, id: InterventionId) -> Result<(StatutIntervention, bool)> {
    db.one(
        "select statut, date_validation is not null from interventions where id = :id",
        named_params! { ":id": id },
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// What an hour of a person costs now.
pub fn rate(db: &Reader<'_>, id: TechnicienId) -> Result<Option<Cents>> {
    db.one("select taux_horaire from techniciens where id = :id", named_params! { ":id": id }, |row| {
        row.get(0)
    })
}

pub fn insert(tx: &Tx<'_>, entry: &Entry) -> Result<TempsId> {
    tx.insert(
        "insert into temps (intervention_id, technicien_id, debut, fin, nature, remarque, taux_horaire, saisi_par,
             created_at, updated_at)
         values (:intervention, :technicien, :debut, :fin, :nature, :remarque, :taux,
             coalesce((select full_name from users where id = :user), :auteur), :now, :now)",
        named_params! {
            ":intervention": entry.intervention, ":technicien": entry.technicien, ":debut": entry.debut,
            ":fin": entry.fin, ":nature": entry.nature, ":remarque": entry.remarque,
            ":taux": rate(tx, entry.technicien)?, ":user": tx.actor().user_id, ":auteur": tx.actor().name,
            ":now": tx.now(),
        },
    )
    .map(TempsId)
}

/// Writes an entry that somebody corrected.
pub fn update(tx: &Tx<'_>, temps: &Temps) -> Result<()> {
    tx.execute(
        "update temps set debut = :debut, fin = :fin, nature = :nature, remarque = :remarque,
             plafonne = :plafonne, version = version + 1, updated_at = :now
         where id = :id",
        named_params! {
            ":id": temps.id, ":debut": temps.debut, ":fin": temps.fin, ":nature": temps.nature,
            ":remarque": temps.remarque, ":plafonne": temps.fin.is_some() && temps.a_verifier, ":now": tx.now(),
        },
    )?;
    Ok(())
}

pub fn delete(tx: &Tx<'_>, id: TempsId) -> Result<()> {
    tx.execute("delete from temps where id = :id", named_params! { ":id": id })?;
    Ok(())
}

fn temps_row(row: &Row<'_>, now: Instant) -> rusqlite::Result<Temps> {
    let (debut, fin): (Instant, Option<Instant>) = (row.get("debut")?, row.get("fin")?);
    let (end, forgotten) = rules::end_of_timer(debut, now);
    let en_cours = fin.is_none();
    let minutes = match row.get("minutes")? {
        Some(minutes) => minutes,
        None => rules::minutes(end.as_second() - debut.as_second()),
    };
    Ok(Temps {
        id: row.get("id")?,
        intervention_id: row.get("intervention_id")?,
        numero: row.get("numero")?,
        technicien_id: row.get("technicien_id")?,
        technicien_nom: row.get("technicien_nom")?,
        debut,
        fin,
        nature: row.get("nature")?,
        minutes,
        en_cours,
        a_verifier: row.get("plafonne")? || (en_cours && forgotten),
        remarque: row.get("remarque")?,
        taux_horaire: row.get("taux_horaire")?,
        cout: row.get("cout")?,
        saisi_par: row.get("saisi_par")?,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
