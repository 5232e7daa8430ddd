//! What must be true in the end, worked out from the plans alone with a calendar of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use erp_interventions::kernel::clock::Instant;
use erp_interventions::kernel::zones::Zones;
use jiff::tz::TimeZone;
use rusqlite::{Connection, Row};

pub struct Plan {
    id: i64,
    frequence: String,
    intervalle: i64,
    debut: i64,
    fin: Option<i64>,
    facteur: i64,
    tolerance: i64,
    anticipation: i64,
    rattrapage: String,
    cumul: bool,
    feries: String,
    week_ends: String,
    is_active: bool,
    prochain_k: i64,
    decalage: i64,
    a_generer_le: Option<i64>,
    zone: TimeZone,
    /// Month and day, from this day on; or this day alone.
    holidays: Vec<(i64, bool)>,
}

pub struct Echeance {
    plan: i64,
    k: i64,
    date: i64,
    pub statut: String,
    intervention: Option<Intervention>,
    applied: i64,
    added: i64,
    fin: Option<i64>,
    motif: Option<String>,
    explication: String,
    created_at: i64,
    updated_at: i64,
}

struct Intervention {
    id: i64,
    statut: String,
    is_deleted: bool,
    created: i64,
    finished: Option<i64>,
}

pub struct Books {
    plans: Vec<Plan>,
    pub echeances: Vec<Echeance>,
    /// Interventions that say they come from a plan.
    planned: i64,
    /// Échéances that waited for the one before, then or still.
    pub put_off: i64,
    now: i64,
}

pub fn read(data: &Path) -> Books {
    let database = Connection::open(data.join("erp.sqlite3")).expect("the database opens");
    let one = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a number");
    let mut holidays = BTreeMap::<String, Vec<(i64, bool)>>::new();
    let all = rows(&database, "select pays, date, recurrent from jours_feries", |row| {
        Ok((row.get::<_, String>(0)?, day(&row.get::<_, String>(1)?), row.get::<_, bool>(2)?))
    });
    for (pays, date, recurrent) in all {
        holidays.entry(pays).or_default().push((date, recurrent));
    }
    let plans = "select p.*, s.fuseau, s.pays from plannings p join equipements e on e.id = p.equipement_id
         join sites s on s.id = e.site_id order by p.id";
    let plans = rows(&database, plans, |row| {
        Ok(Plan {
            id: row.get("id")?,
            frequence: row.get("frequence")?,
            intervalle: row.get("intervalle")?,
            debut: day(&row.get::<_, String>("date_debut")?),
            fin: row.get::<_, Option<String>>("date_fin")?.map(|fin| day(&fin)),
            facteur: row.get("facteur_decalage")?,
            tolerance: row.get("tolerance_jours")?,
            anticipation: row.get("anticipation_jours")?,
            rattrapage: row.get("rattrapage")?,
            cumul: row.get("cumul")?,
            feries: row.get("report_feries")?,
            week_ends: row.get("report_week_ends")?,
            is_active: row.get::<_, String>("statut")? == "actif",
            prochain_k: row.get("prochain_k")?,
            decalage: row.get("decalage_jours")?,
            a_generer_le: row.get("a_generer_le")?,
            zone: Zones::embedded().get(&row.get::<_, String>("fuseau")?).expect("a zone"),
            holidays: holidays.get(&row.get::<_, String>("pays")?).cloned().unwrap_or_default(),
        })
    });
    let echeances = "select e.*, i.statut as quoi, i.supprimee_le, i.date_creation, i.date_fin_reelle
         from echeances e left join interventions i on i.id = e.intervention_id order by e.planning_id, e.k";
    let echeances = rows(&database, echeances, |row| {
        let intervention: Option<i64> = row.get("intervention_id")?;
        let intervention = intervention.map(|id| {
            Ok::<_, rusqlite::Error>(Intervention {
                id,
                statut: row.get("quoi")?,
                is_deleted: row.get::<_, Option<i64>>("supprimee_le")?.is_some(),
                created: row.get("date_creation")?,
                finished: row.get("date_fin_reelle")?,
            })
        });
        Ok(Echeance {
            plan: row.get("planning_id")?,
            k: row.get("k")?,
            date: day(&row.get::<_, String>("date")?),
            statut: row.get("statut")?,
            intervention: intervention.transpose()?,
            applied: row.get("decalage_applique")?,
            added: row.get("decalage")?,
            fin: row.get::<_, Option<String>>("fin")?.map(|fin| day(&fin)),
            motif: row.get("motif")?,
            explication: row.get("explication")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    });
    Books {
        plans,
        echeances,
        planned: one("select count(*) from interventions where planning_id is not null"),
        put_off: one("select count(*) from journal where action = 'planning.report'"),
        now: one("select max(date) from journal"),
    }
}

/// Everything that is not as it must be.
pub fn judge(books: &Books) -> Vec<String> {
    let mut wrong = Vec::new();
    let made = books.echeances.iter().filter_map(|echeance| echeance.intervention.as_ref());
    let ids: Vec<i64> = made.map(|intervention| intervention.id).collect();
    if ids.len() as i64 != books.planned || ids.iter().collect::<BTreeSet<_>>().len() != ids.len() {
        wrong.push(format!(
            "{} interventions of plans, {} échéances that made one",
            books.planned,
            ids.len()
        ));
    }
    for plan in &books.plans {
        let of_plan: Vec<_> = books.echeances.iter().filter(|echeance| echeance.plan == plan.id).collect();
        each_number_once(plan, &of_plan, &mut wrong);
        for echeance in &of_plan {
            its_date(plan, echeance, &mut wrong);
            its_state(plan, echeance, &mut wrong);
        }
        its_shifts(plan, &of_plan, &mut wrong);
        what_was_made_up_for(plan, &of_plan, &mut wrong);
        nothing_left_to_do(plan, &of_plan, books.now, &mut wrong);
    }
    wrong
}

fn each_number_once(plan: &Plan, rows: &[&Echeance], wrong: &mut Vec<String>) {
    let is_past = |echeance: &&&Echeance| echeance.k < plan.prochain_k;
    let numbers: Vec<i64> = rows.iter().filter(is_past).map(|echeance| echeance.k).collect();
    if numbers != (0..plan.prochain_k).collect::<Vec<_>>() {
        wrong.push(format!("plan {}: numbers below {} are {numbers:?}", plan.id, plan.prochain_k));
    }
    for early in rows.iter().filter(|echeance| !is_past(echeance) && echeance.statut != "sautee") {
        wrong.push(format!("plan {}: {} has a row before its turn ({})", plan.id, early.k, early.statut));
    }
}

fn its_date(plan: &Plan, echeance: &Echeance, wrong: &mut Vec<String>) {
    let expected = plan.date(echeance.k, echeance.applied);
    if expected != echeance.date {
        wrong.push(format!(
            "plan {} ({} × {}): {} falls on {}, not {}",
            plan.id,
            plan.frequence,
            plan.intervalle,
            echeance.k,
            shown(expected),
            shown(echeance.date)
        ));
    }
    if plan.fin.is_some_and(|fin| echeance.date > fin) {
        wrong.push(format!("plan {}: {} falls after the plan's end", plan.id, echeance.k));
    }
}

fn its_state(plan: &Plan, echeance: &Echeance, wrong: &mut Vec<String>) {
    let mut must = |holds: bool, what: &str| {
        if !holds {
            wrong.push(format!("plan {}, {} ({}): {what}", plan.id, echeance.k, echeance.statut));
        }
    };
    must(echeance.explication.contains("\"k\""), "the date is not explained");
    let due = plan.midnight(echeance.date - plan.anticipation);
    must(echeance.statut == "sautee" || echeance.created_at >= due, "looked at before it was due");
    if let Some(intervention) = &echeance.intervention {
        must(intervention.created >= due, "made before it was due");
        let is_over = intervention.is_deleted || intervention.statut == "annule";
        let expected = match intervention.statut.as_str() {
            _ if is_over => "annulee",
            "termine" => "faite",
            _ => "generee",
        };
        must(echeance.statut == expected, "not as its intervention is");
    }
    match echeance.statut.as_str() {
        "generee" | "faite" => must(echeance.intervention.is_some(), "without an intervention"),
        "manquee" => {
            let over = plan.midnight(echeance.date + 1);
            must(echeance.intervention.is_none() && echeance.updated_at >= over, "missed before it was over");
        }
        "reportee" => must(echeance.intervention.is_none() && !plan.cumul, "put off without a reason to"),
        "sautee" => must(echeance.intervention.is_none(), "left out and made"),
        "annulee" => must(echeance.intervention.is_some(), "cancelled without an intervention"),
        _ => must(false, "an unknown state"),
    }
    let explains = ["manquee", "reportee", "sautee", "annulee"].contains(&echeance.statut.as_str());
    must(!explains || echeance.motif.as_deref().is_some_and(|motif| !motif.is_empty()), "not explained");
    let finished = echeance.intervention.as_ref().and_then(|intervention| intervention.finished);
    let fin = finished.filter(|_| echeance.statut == "faite").map(|finished| plan.civil_day(finished));
    must(echeance.fin == fin, "not finished on the day on which its work was");
}

/// What finishing early or late added to later dates: nothing within the tolerance, else the factor's share.
fn its_shifts(plan: &Plan, rows: &[&Echeance], wrong: &mut Vec<String>) {
    let total: i64 = rows.iter().map(|echeance| echeance.added).sum();
    if total != plan.decalage {
        wrong.push(format!("plan {}: shifted by {}, its échéances say {total}", plan.id, plan.decalage));
    }
    for echeance in rows {
        let Some(fin) = echeance.fin else { continue };
        let others = rows.iter().filter(|other| other.k != echeance.k && other.fin.is_some());
        let mut at_once = others.clone().filter(|other| other.updated_at == echeance.updated_at);
        if at_once.next().is_some() {
            // Which of two came first cannot be told by the second.
            continue;
        }
        let before: i64 =
            others.filter(|other| other.updated_at < echeance.updated_at).map(|other| other.added).sum();
        let late = fin - echeance.date - (before - echeance.applied);
        let expected = if late.abs() <= plan.tolerance {
            0
        } else {
            (late as f64 * plan.facteur as f64 / 100.0).round() as i64
        };
        if echeance.added != expected {
            wrong.push(format!(
                "plan {}: {} was {late} days late and shifts by {}, not {expected}",
                plan.id, echeance.k, echeance.added
            ));
        }
    }
}

/// After downtime one échéance at most is made up for at once, none, or all, as the plan wants.
fn what_was_made_up_for(plan: &Plan, rows: &[&Echeance], wrong: &mut Vec<String>) {
    let most = match plan.rattrapage.as_str() {
        "derniere" => 1,
        "aucune" => 0,
        _ => return,
    };
    let mut turns = BTreeMap::<i64, i64>::new();
    for echeance in rows.iter().filter(|echeance| echeance.intervention.is_some()) {
        if echeance.created_at >= plan.midnight(echeance.date + plan.tolerance + 1) {
            *turns.entry(echeance.created_at).or_default() += 1;
        }
    }
    for (at, count) in turns.iter().filter(|(_, count)| **count > most) {
        let at = Instant::from_second(*at);
        wrong.push(format!("plan {} ({}): {count} made up for at {at}", plan.id, plan.rattrapage));
    }
}

fn nothing_left_to_do(plan: &Plan, rows: &[&Echeance], now: i64, wrong: &mut Vec<String>) {
    if !plan.is_active {
        return;
    }
    if plan.a_generer_le.is_some_and(|due| due <= now) {
        wrong.push(format!("plan {}: has something to do that was not done", plan.id));
    }
    let next = plan.date(plan.prochain_k, plan.decalage);
    let is_waiting = rows.iter().any(|echeance| echeance.statut == "reportee");
    let is_over = plan.fin.is_some_and(|fin| next > fin);
    if !is_over && !is_waiting && plan.midnight(next - plan.anticipation) <= now {
        wrong.push(format!("plan {}: {} of {} is missing", plan.id, plan.prochain_k, shown(next)));
    }
}

impl Plan {
    /// When échéance k falls: anchor, k intervals, shift, days off.
    fn date(&self, k: i64, shift: i64) -> i64 {
        let count = k * self.intervalle;
        let nominal = match self.frequence.as_str() {
            "journalier" => self.debut + count,
            "hebdomadaire" => self.debut + 7 * count,
            "mensuel" => plus_months(self.debut, count),
            "trimestriel" => plus_months(self.debut, 3 * count),
            "semestriel" => plus_months(self.debut, 6 * count),
            _ => plus_months(self.debut, 12 * count),
        };
        let mut date = nominal + shift;
        loop {
            let sens = if self.is_holiday(date) && self.feries != "aucun" {
                &self.feries
            } else if (date + 3).rem_euclid(7) >= 5 {
                // 1 January 1970 was a Thursday.
                &self.week_ends
            } else {
                return date;
            };
            match sens.as_str() {
                "avant" => date -= 1,
                "apres" => date += 1,
                _ => return date,
            }
        }
    }

    fn is_holiday(&self, date: i64) -> bool {
        let (_, month, day) = civil(date);
        self.holidays.iter().any(|(holiday, recurrent)| {
            let (_, its_month, its_day) = civil(*holiday);
            *holiday == date || *recurrent && *holiday <= date && (its_month, its_day) == (month, day)
        })
    }

    /// The first moment of a day where the plan's machine stands.
    fn midnight(&self, date: i64) -> i64 {
        let (year, month, day) = civil(date);
        let date = jiff::civil::date(year as i16, month as i8, day as i8);
        Instant::start_of(date, &self.zone).expect("a day").as_second()
    }

    fn civil_day(&self, instant: i64) -> i64 {
        let date = Instant::from_second(instant).in_zone(&self.zone).date();
        days(i64::from(date.year()), i64::from(date.month()), i64::from(date.day()))
    }
}

/// The same day so many months later, or the last of a month that does not have it.
fn plus_months(date: i64, months: i64) -> i64 {
    let (year, month, day) = civil(date);
    let months = year * 12 + month - 1 + months;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    let next = if month == 12 { days(year + 1, 1, 1) } else { days(year, month + 1, 1) };
    (days(year, month, 1) + day - 1).min(next - 1)
}

/// Days since 1970 of a civil date, and back (H. Hinnant, chrono-compatible low-level date algorithms).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil(date: i64) -> (i64, i64, i64) {
    let date = date + 719_468;
    let (era, of_era) = (date.div_euclid(146_097), date.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// `2016-02-29` as days since 1970.
fn day(text: &str) -> i64 {
    let mut parts = text.split('-').map(|part| part.parse::<i64>().expect("a number"));
    let mut part = || parts.next().expect("year, month, day");
    days(part(), part(), part())
}

fn shown(date: i64) -> String {
    let (year, month, day) = civil(date);
    format!("{year:04}-{month:02}-{day:02}")
}

fn rows<T>(database: &Connection, sql: &str, read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
    let mut statement = database.prepare(sql).expect("a query");
    let rows = statement.query_map([], read).expect("rows");
    rows.collect::<Result<_, _>>().expect("readable rows")
}

#[test]
fn the_oracle_s_own_calendar_is_right() {
    for (text, months, then) in
        [("2016-01-31", 1, "2016-02-29"), ("2015-01-31", 1, "2015-02-28"), ("2015-01-31", 14, "2016-03-31")]
    {
        assert_eq!(shown(plus_months(day(text), months)), then);
    }
    let mut date = jiff::civil::date(1969, 1, 1);
    for number in days(1969, 1, 1)..days(2101, 1, 1) {
        assert_eq!((shown(number), day(&date.to_string())), (date.to_string(), number));
        date = date.tomorrow().expect("a day");
    }
}
