//! The database of the system before this one: a FastAPI service over PostgreSQL, its tables exported as CSV with a
//! heading (`\copy users to 'users.csv' csv header`).
//!
//! Installations of it differ in how they call a column, so each is looked for under the names it is known by; what
//! has no place here is left out and counted. Everything goes through the tables of this slice, so every rule holds.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::commands::{self, Intake, Points};
use super::lignes::Lignes;
use super::model::Rapport;
use super::papiers::{self, Left, Papier};
use super::store::{self, tables};
use super::tableaux::named;
use crate::ids::UserId;
use crate::kernel::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::kernel::input::IfMatch;
use crate::kernel::phrase::Language;
use crate::{phrase, techniciens, users};

/// The files, by the name of their table.
pub const TABLES: [&str; 5] = ["users", "techniciens", "equipements", "interventions", "planning"];

/// The file of the documents, whose own files are in folders beside it.
pub const DOCUMENTS: &str = "documents";

/// Who is said to have done finished work of which nobody knows who did it.
const FORMER: &str = "ancien-systeme";

pub(super) type Row = HashMap<String, String>;
type Cells = Vec<(String, String)>;

/// What came of it all.
#[derive(Debug)]
pub struct Reprise {
    pub rapports: Vec<Rapport>,
    pub documents: usize,
    /// Lines of the documents that were left out.
    pub laisses: Vec<Left>,
}

/// What is known of the rows that were read before: their names here, by their ids there.
#[derive(Default)]
pub(super) struct Known {
    /// Ids here, by the file and the id there.
    pub made: HashMap<(&'static str, String), i64>,
    users: HashMap<String, String>,
    techniciens: HashMap<String, String>,
    equipements: HashMap<String, String>,
    /// User names of those whose accounts were closed there.
    partis: BTreeSet<String>,
}

/// Takes the tables over, machines and clients for the site of this code, and the documents of what came. A report for
/// each table; unless all of them are good the caller undoes the transaction.
///
/// # Errors
/// 422 for a site that is not there.
pub fn take_over(
    tx: &Tx<'_>,
    files: &BTreeMap<&'static str, Lignes>,
    papiers: &[Papier],
    site: &str,
    essai: bool,
    language: Language,
) -> Result<Reprise> {
    let organisation = organisation_of(tx, site)?;
    let mut known = Known::default();
    let mut reports = Vec::new();
    for table in TABLES {
        let Some(lines) = files.get(table) else { continue };
        let rows = || lines.rows().map(|(line, cells)| (line, owned(cells)));
        let (name, cells): (_, Vec<(usize, Cells)>) = match table {
            "users" => {
                ("users", rows().map(|(line, row)| (line, user(&row, &organisation, &mut known))).collect())
            }
            "techniciens" => {
                add_competences(tx, rows())?;
                ("techniciens", rows().map(|(line, row)| (line, technicien(&row, &mut known))).collect())
            }
            "equipements" => (
                "equipements",
                rows().map(|(line, row)| (line, equipement(&row, site, &mut known))).collect(),
            ),
            "interventions" => {
                if rows().any(|(_, row)| lacks_technicien(&row, &known)) {
                    former(tx)?;
                }
                ("interventions", rows().map(|(line, row)| (line, intervention(&row, &known))).collect())
            }
            _ => (
                "plans",
                rows()
                    .filter(|(_, row)| is_live(row))
                    .map(|(line, row)| (line, plan(&row, &known)))
                    .collect(),
            ),
        };
        let tableau = named(name).ok_or(Error::NotFound)?;
        let sent: Lignes = cells.into_iter().collect();
        let (made, wrong) = commands::create_all(tx, tableau, &sent, &Points::Decimal, None)?;
        let ids: HashMap<usize, i64> = made.iter().copied().collect();
        for (id, row) in rows().filter_map(|(line, row)| Some((*ids.get(&line)?, row))) {
            if table == "users" && !is_live(&row) {
                close(tx, id)?;
            }
            known.made.extend(get(&row, &["id"]).map(|there| ((table, there), id)));
        }
        let intake = Intake { essai, fichier: Some(format!("{table}.csv")), language, patience: None };
        reports.push(commands::report(tx, tableau, sent.len(), &made, wrong, &intake)?);
    }
    let (documents, laisses) = papiers::attach(tx, papiers, &known, || former(tx))?;
    Ok(Reprise { rapports: reports, documents, laisses })
}

/// An account that was closed there is closed here.
fn close(tx: &Tx<'_>, id: i64) -> Result<()> {
    users::deactivate(tx, UserId(id), IfMatch::exactly(1))
}

fn organisation_of(tx: &Tx<'_>, site: &str) -> Result<Option<String>> {
    store::organisation_of(tx, site)?.ok_or_else(|| {
        Error::invalid("site", "introuvable", phrase!("« {site} » n’existe pas", "\"{site}\" does not exist"))
    })
}

/// Compétences were words there; here they are a list.
fn add_competences(tx: &Tx<'_>, rows: impl Iterator<Item = (usize, Row)>) -> Result<()> {
    let names: BTreeSet<String> = rows.flat_map(|(_, row)| competences(&row)).collect();
    for nom in names {
        if store::id_of(tx, tables::COMPETENCE, &nom)?.is_none() {
            techniciens::create_competence(tx, &techniciens::NewCompetence { nom, description: None })?;
        }
    }
    Ok(())
}

/// Somebody to have done what nobody is known to have done; the account is closed.
fn former(tx: &Tx<'_>) -> Result<UserId> {
    if let Some(id) = store::id_of(tx, tables::USER, FORMER)? {
        return Ok(UserId(id));
    }
    let user: Cells = pairs([
        ("username", FORMER.to_owned()),
        ("full_name", "Ancien système".to_owned()),
        ("email", format!("{FORMER}@example.invalid")),
        ("role", "technicien".to_owned()),
    ]);
    let users = named("users").ok_or(Error::NotFound)?;
    let crew = named("techniciens").ok_or(Error::NotFound)?;
    let id = (users.create)(tx, commands::members(tx, users, borrowed(&user), &Points::Decimal)?)?;
    let cells = pairs([("username", FORMER.to_owned())]);
    (crew.create)(tx, commands::members(tx, crew, borrowed(&cells), &Points::Decimal)?)?;
    close(tx, id)?;
    Ok(UserId(id))
}

fn user(row: &Row, organisation: &Option<String>, known: &mut Known) -> Cells {
    let username = get(row, &["username", "login", "identifiant"]).unwrap_or_default().to_lowercase();
    if let Some(id) = get(row, &["id"]) {
        known.users.insert(id, username.clone());
    }
    if !is_live(row) {
        known.partis.insert(username.clone());
    }
    let role = match get(row, &["role", "profil"]).unwrap_or_default().to_lowercase().as_str() {
        "administrateur" | "administrator" | "superadmin" => "admin",
        "manager" | "superviseur" | "responsable_maintenance" | "chef" => "responsable",
        "technician" | "tech" => "technicien",
        "user" | "utilisateur" | "demandeur" | "requester" => "client",
        other => return with_role(row, username, other.to_owned(), organisation),
    };
    with_role(row, username, role.to_owned(), organisation)
}

fn with_role(row: &Row, username: String, role: String, organisation: &Option<String>) -> Cells {
    let first = get(row, &["prenom", "first_name"]).unwrap_or_default();
    let last = get(row, &["full_name", "nom_complet", "nom", "name", "last_name"]).unwrap_or_default();
    let full_name = match format!("{first} {last}").trim() {
        "" => username.clone(),
        name => name.to_owned(),
    };
    let organisation = organisation.clone().filter(|_| role == "client").unwrap_or_default();
    pairs([
        ("username", username),
        ("full_name", full_name),
        ("email", get(row, &["email", "mail"]).unwrap_or_default()),
        ("role", role),
        ("organisation", organisation),
    ])
}

fn technicien(row: &Row, known: &mut Known) -> Cells {
    let user = get(row, &["user_id", "utilisateur_id"]).and_then(|id| known.users.get(&id).cloned());
    let username = user.or_else(|| get(row, &["username", "login"])).unwrap_or_default();
    if let Some(id) = get(row, &["id"]) {
        known.techniciens.insert(id, username.clone());
    }
    pairs([
        ("username", username),
        ("matricule", get(row, &["matricule", "code"]).unwrap_or_default()),
        ("equipe", get(row, &["equipe", "team", "service"]).unwrap_or_default()),
        ("competences", competences(row).join("|")),
    ])
}

fn competences(row: &Row) -> Vec<String> {
    let text = get(row, &["competences", "competence", "skills", "specialite"]).unwrap_or_default();
    // As PostgreSQL writes an array, or JSON, or people.
    let words = text.split([',', ';', '|']).map(|word| word.trim_matches(|c: char| " {}[]\"'".contains(c)));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn equipement(row: &Row, site: &str, known: &mut Known) -> Cells {
    let id = get(row, &["id"]).unwrap_or_default();
    let code = get(row, &["code", "reference", "code_equipement"]).unwrap_or_else(|| format!("EQ-{id:0>4}"));
    known.equipements.insert(id, code.clone());
    let statut = match get(row, &["statut", "status", "etat"]).unwrap_or_default().to_lowercase().as_str() {
        "en_panne" | "panne" | "hors_service" => "panne",
        "en_maintenance" | "maintenance" => "maintenance",
        "retire" | "reforme" | "archive" => "retire",
        _ => "operationnel",
    };
    let criticite = match get(row, &["criticite", "criticality"]).unwrap_or_default().to_lowercase().as_str()
    {
        "critique" | "haute" | "elevee" | "a" => "critique",
        "important" | "importante" | "moyenne" | "b" => "important",
        "non_critique" | "basse" | "faible" => "non_critique",
        _ => "standard",
    };
    let named = get(row, &["nom", "name", "designation", "libelle"]).unwrap_or_else(|| code.clone());
    pairs([
        ("code", code),
        ("nom", named),
        (
            "type",
            get(row, &["type", "type_equipement", "categorie", "famille"])
                .unwrap_or_else(|| "équipement".into()),
        ),
        ("localisation", get(row, &["localisation", "location", "emplacement"]).unwrap_or_default()),
        ("site", site.to_owned()),
        ("criticite", criticite.to_owned()),
        ("statut", statut.to_owned()),
        ("fabricant", get(row, &["fabricant", "marque", "constructeur"]).unwrap_or_default()),
        ("modele", get(row, &["modele", "model"]).unwrap_or_default()),
        ("numero_serie", get(row, &["numero_serie", "serial_number", "num_serie"]).unwrap_or_default()),
        (
            "date_mise_en_service",
            day(row, &["date_mise_en_service", "date_installation", "date_acquisition"]),
        ),
    ])
}

/// THE mapping of the statuts. What is here already goes through as it is.
pub fn statut(word: &str) -> &str {
    match word {
        "ouverte" | "affectee" | "planifiee" | "nouvelle" => "planifie",
        "en_attente" => "attente_pieces",
        "cloturee" | "archivee" | "terminee" => "termine",
        "annulee" => "annule",
        other => other,
    }
}

fn statut_of(row: &Row, known: &Known) -> String {
    let word = get(row, &["statut", "status", "etat"]).unwrap_or_default().to_lowercase();
    let statut = statut(&word).to_owned();
    // Nobody is at work on it.
    let is_under_way = ["en_cours", "attente_pieces"].contains(&statut.as_str());
    if is_under_way && lead(row, known).is_none() { "planifie".to_owned() } else { statut }
}

fn lead(row: &Row, known: &Known) -> Option<String> {
    let id = get(row, &["technicien_id", "assigned_to", "technicien", "affecte_a"])?;
    known.techniciens.get(&id).cloned()
}

fn lacks_technicien(row: &Row, known: &Known) -> bool {
    statut_of(row, known) == "termine" && lead(row, known).is_none()
}

fn intervention(row: &Row, known: &Known) -> Cells {
    let id = get(row, &["id"]).unwrap_or_default();
    let description = get(row, &["description", "details"]).unwrap_or_default();
    let first_words = || description.lines().next().unwrap_or_default().chars().take(80).collect::<String>();
    let titre = get(row, &["titre", "title", "objet"]).unwrap_or_else(first_words);
    let kind = match get(row, &["type_intervention", "type"]).unwrap_or_default().to_lowercase() {
        kind if kind.starts_with("prevent") || kind.starts_with("prévent") => "preventive",
        kind if kind.starts_with("amelior") || kind.starts_with("amélior") => "ameliorative",
        kind if kind.starts_with("diag") || kind.starts_with("inspect") => "diagnostic",
        _ => "corrective",
    };
    let priorite =
        match get(row, &["priorite", "urgence", "priority"]).unwrap_or_default().to_lowercase().as_str() {
            "basse" | "faible" | "low" => "basse",
            "haute" | "elevee" | "high" => "haute",
            "urgente" | "critique" | "urgent" => "urgente",
            _ => "normale",
        };
    let statut = statut_of(row, known);
    let created = moment(row, &["date_creation", "created_at", "date_demande", "date_declaration"]);
    let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
    let began = moment(row, &["date_debut_reelle", "date_debut", "started_at", "date_prise_en_charge"]);
    let ended = moment(row, &["date_fin_reelle", "date_fin", "date_cloture", "closed_at", "completed_at"]);
    let has_begun = !["planifie", "annule"].contains(&statut.as_str());
    let is_done = statut == "termine";
    let began = if has_begun { or(began, &created) } else { String::new() };
    let ended = if is_done { or(ended, &began) } else { String::new() };
    let report =
        get(row, &["compte_rendu", "rapport", "resolution", "commentaire_cloture"]).unwrap_or_default();
    let report = if is_done { or(report, "Clôturée dans l’ancien système.") } else { report };
    let former = if is_done { FORMER } else { "" };
    pairs([
        ("numero", get(row, &["numero", "reference"]).unwrap_or(id)),
        ("titre", titre),
        ("type_intervention", kind.to_owned()),
        ("equipement", of(row, &["equipement_id"], &known.equipements)),
        ("description", description),
        ("priorite", priorite.to_owned()),
        ("statut", statut),
        ("technicien", lead(row, known).unwrap_or_else(|| former.to_owned())),
        ("date_limite", moment(row, &["date_limite", "date_echeance", "due_date"])),
        ("date_creation", created),
        ("date_debut_reelle", began),
        ("date_fin_reelle", ended),
        ("compte_rendu", report),
    ])
}

fn plan(row: &Row, known: &Known) -> Cells {
    let equipement = of(row, &["equipement_id"], &known.equipements);
    let frequence =
        match get(row, &["frequence", "periodicite", "frequency"]).unwrap_or_default().to_lowercase() {
            word if ["quotidien", "quotidienne", "journaliere", "daily"].contains(&word.as_str()) => {
                "journalier".into()
            }
            word if ["hebdo", "weekly"].contains(&word.as_str()) => "hebdomadaire".into(),
            word if ["mensuelle", "monthly"].contains(&word.as_str()) => "mensuel".into(),
            word if ["trimestrielle", "quarterly"].contains(&word.as_str()) => "trimestriel".into(),
            word if word == "semestrielle" => "semestriel".into(),
            word if ["annuelle", "yearly"].contains(&word.as_str()) => "annuel".into(),
            word => word,
        };
    let titre = get(row, &["titre", "title", "nom"]).unwrap_or_else(|| format!("Préventif {equipement}"));
    let (technicien, left) = match lead(row, known) {
        // No plan names somebody who has left: it says whose it was, and waits for somebody else.
        Some(left) if known.partis.contains(&left) => {
            (None, Some(format!("Confié à {left} dans l’ancien système.")))
        }
        lead => (lead, None),
    };
    let description: Vec<_> = get(row, &["description"]).into_iter().chain(left).collect();
    pairs([
        ("titre", titre),
        ("equipement", equipement),
        ("frequence", frequence),
        // It goes on from where it stood.
        (
            "date_debut",
            day(
                row,
                &["prochaine_date", "prochaine_echeance", "date_prochaine", "date_prevue", "date_debut"],
            ),
        ),
        ("date_fin", day(row, &["date_fin"])),
        ("description", description.join("\n")),
        ("technicien", technicien.unwrap_or_default()),
    ])
}

fn is_live(row: &Row) -> bool {
    let said = get(row, &["is_active", "actif", "active"]).unwrap_or_default().to_lowercase();
    !["f", "false", "0", "non", "no"].contains(&said.as_str())
}

/// A row that can be asked for a column by its name.
pub(super) fn owned<'l>(cells: impl Iterator<Item = (&'l str, &'l str)>) -> Row {
    cells.map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
}

fn borrowed(cells: &Cells) -> impl Iterator<Item = (&str, &str)> {
    cells.iter().map(|(name, cell)| (name.as_str(), cell.as_str()))
}

/// The first of these columns that says something.
pub(super) fn get(row: &Row, names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| row.get(*name))
        .filter(|cell| !["", "NULL", "\\N"].contains(&cell.as_str()))
        .cloned()
}

fn of(row: &Row, names: &[&str], known: &HashMap<String, String>) -> String {
    get(row, names).and_then(|id| known.get(&id).cloned()).unwrap_or_default()
}

fn day(row: &Row, names: &[&str]) -> String {
    get(row, names).map(|text| text.chars().take(10).collect()).unwrap_or_default()
}

/// `2024-05-01 08:00:00.123+00` as the API writes it; PostgreSQL's time without a zone is taken for UTC.
pub(super) fn moment(row: &Row, names: &[&str]) -> String {
    let Some(text) = get(row, names) else { return String::new() };
    if text.len() <= 10 {
        return text;
    }
    let text = text.replacen(' ', "T", 1);
    let zoned = text.parse::<jiff::Timestamp>();
    let plain =
        || text.parse::<jiff::civil::DateTime>()?.to_zoned(jiff::tz::TimeZone::UTC).map(|at| at.timestamp());
    match zoned.or_else(|_| plain()) {
        Ok(at) => jiff::Timestamp::from_second(at.as_second()).unwrap_or(at).to_string(),
        Err(_) => text,
    }
}

/// Cells that say something.
fn pairs<const N: usize>(pairs: [(&str, String); N]) -> Cells {
    pairs
        .into_iter()
        .filter(|(_, cell)| !cell.is_empty())
        .map(|(name, cell)| (name.to_owned(), cell))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statuts_of_before_are_those_of_now() {
        for (before, now) in [
            ("ouverte", "planifie"),
            ("affectee", "planifie"),
            ("en_cours", "en_cours"),
            ("en_attente", "attente_pieces"),
            ("cloturee", "termine"),
            ("archivee", "termine"),
            ("annulee", "annule"),
        ] {
            assert_eq!(statut(before), now);
        }
    }

    #[test]
    fn times_are_read_as_postgresql_writes_them() {
        let row = |text: &str| Row::from([("date_creation".to_owned(), text.to_owned())]);
        let read = |text: &str| moment(&row(text), &["date_creation"]);

        assert_eq!(read("2024-05-01 08:00:00.123456+00"), "2024-05-01T08:00:00Z");
        assert_eq!(read("2024-05-01 08:00:00+01"), "2024-05-01T07:00:00Z");
        assert_eq!(read("2024-05-01 08:00:00"), "2024-05-01T08:00:00Z");
        assert_eq!(read("2024-05-01"), "2024-05-01");
        assert_eq!(read("\\N"), "");
    }
}
