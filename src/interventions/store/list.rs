//! Lists of interventions: filters, order, page.

use rusqlite::types::Value;

use super::floor::add_time_and_cost;
use super::rows::{a_planifier, intervention_row, select};
use crate::clients::plant_zone;
use crate::ids::InterventionId;
use crate::interventions::access::Scope;
use crate::interventions::model::{
    Intervention, InterventionFilters, Priorite, StatutIntervention, TypeIntervention,
};
use crate::kernel::auth::Actor;
use crate::kernel::db::Reader;
use crate::kernel::error::Result;
use crate::kernel::facet::{Dimension, Faceted};
use crate::kernel::page::{Listing, Page, Select, SortKey, bound, full_text};
use crate::kernel::phrase::Language;

/// A missing date comes last: the latest instant there is where the nearest is wanted first, the earliest
/// where the latest is.
const SORTS: &[SortKey] = &[
    ("date_creation", "i.date_creation"),
    ("numero", "i.numero"),
    ("titre", "fold(i.titre)"),
    ("date_limite", "coalesce(i.date_limite, 253402300799)"),
    ("date_debut_prevue", "coalesce(i.date_debut_prevue, 253402300799)"),
    ("date_fin_reelle", "coalesce(i.date_fin_reelle, 0)"),
    ("priorite", "case i.priorite when 'basse' then 0 when 'normale' then 1 when 'haute' then 2 else 3 end"),
    (
        "statut",
        "case i.statut when 'planifie' then 0 when 'en_cours' then 1 when 'attente_pieces' then 2
             when 'termine' then 3 else 4 end",
    ),
    ("equipement_nom", "fold(coalesce(e.nom, ''))"),
    ("updated_at", "i.updated_at"),
];

/// The interventions that the caller sees, filtered.
///
/// # Errors
/// 422 for an unknown sort key or a cursor of another list.
pub fn list(db: &Reader<'_>, filters: &InterventionFilters, page: &Page) -> Result<Listing<Intervention>> {
    page_of(db, &filtered(db, filters, page)?, page)
}

/// Those of a few interventions that someone sees, each with its version.
pub fn seen_by(db: &Reader<'_>, actor: &Actor, ids: &[InterventionId]) -> Result<Vec<(InterventionId, i64)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = Select::new("i.id, i.version", "interventions i", "i.id");
    Scope::of(actor).narrow_named(&mut select);
    select.any("i.id", ids).all(db, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// The same, with how many of all of them have which value.
pub fn faceted(
    db: &Reader<'_>,
    filters: &InterventionFilters,
    page: &Page,
    language: Language,
) -> Result<Faceted<Intervention>> {
    let select = filtered(db, filters, page)?;
    let late = format!("{LIVE} and i.date_limite < {}", db.now().as_second());
    let dimensions = [
        Dimension::words::<StatutIntervention>("statut", "i.statut"),
        Dimension::words::<TypeIntervention>("type_intervention", "i.type_intervention"),
        Dimension::words::<Priorite>("priorite", "i.priorite"),
        Dimension::column("technicien_id", "i.technicien_id", "u.full_name"),
        Dimension::column("site_id", "i.site_id", "s.nom"),
        Dimension::column("client_id", "i.client_id", "(select nom from clients where id = i.client_id)"),
        Dimension::flag("en_retard", &late),
        Dimension::flag("sans_technicien", WITHOUT),
        Dimension::column("equipe", "t.equipe", "t.equipe").through("i.technicien_id").as_read(),
    ];
    let facettes = select.facets::<InterventionFilters>(db, language, &dimensions)?;
    Ok(Faceted { list: page_of(db, &select, page)?, facettes })
}

fn page_of(db: &Reader<'_>, select: &Select, page: &Page) -> Result<Listing<Intervention>> {
    let now = db.now();
    let list = select.list(db, page, SORTS, "-date_creation", |row| intervention_row(row, now))?;
    list.map(|mut interventions| {
        add_time_and_cost(db, &mut interventions)?;
        Ok(interventions)
    })
}

/// What the caller sees and the filters keep.
fn filtered(db: &Reader<'_>, filters: &InterventionFilters, page: &Page) -> Result<Select> {
    let mut select = select(Scope::of(db.actor()));
    select
        .any("i.statut", &filters.statut)
        .any("i.type_intervention", &filters.type_intervention)
        .any("i.priorite", &filters.priorite)
        .any("i.technicien_id", &filters.technicien_id)
        .any("i.equipement_id", &filters.equipement_id)
        .any("i.site_id", &filters.site_id)
        .any("i.client_id", &filters.client_id)
        .any_text("t.equipe", &filters.equipe)
        .any("i.planning_id", &filters.planning_id)
        .any("i.symptome_code_id", &filters.symptome_code_id)
        .any("i.cause_code_id", &filters.cause_code_id)
        .any("i.remede_code_id", &filters.remede_code_id)
        .any("i.gamme_id", &filters.gamme_id)
        .flag(WITHOUT, filters.sans_technicien)
        .flag(a_planifier!(), filters.a_planifier);
    if let Some(all_there) = filters.pieces_disponibles {
        select.filter(
            "i.id in (select intervention_id from reservations where close_le is null
                      group by intervention_id having min(attendue = 0) = ?)",
            [bound(&all_there)],
        );
    }
    late(&mut select, filters.en_retard, bound(&db.now()));
    let periods = [
        ("i.date_creation", filters.cree_du, filters.cree_au),
        ("i.date_debut_prevue", filters.prevue_du, filters.prevue_au),
        ("i.date_limite", filters.limite_du, filters.limite_au),
        ("i.date_fin_reelle", filters.terminee_du, filters.terminee_au),
    ];
    if periods.iter().any(|(_, from, to)| from.or(*to).is_some()) {
        let zone = plant_zone(db)?;
        for (column, from, to) in periods {
            select.when(&format!("{column} >= ?"), from.map(|from| from.start(&zone)).as_ref());
            select.when(&format!("{column} < ?"), to.map(|to| to.end(&zone)).as_ref());
        }
    }
    for word in page.words() {
        contains(&mut select, word);
    }
    Ok(select)
}

/// Nobody leads it, or somebody who has left: begun work keeps a name until another takes it over, and accounts were
/// closed before anything was handed over.
const WITHOUT: &str = "(i.technicien_id is null
    or i.statut in ('planifie', 'en_cours', 'attente_pieces')
       and i.technicien_id in (
           select gone.id from techniciens gone join users account on account.id = gone.user_id
           where gone.ferme_le is not null or not account.is_active))";

const LIVE: &str = "i.statut in ('planifie', 'en_cours', 'attente_pieces')";

fn late(select: &mut Select, wanted: Option<bool>, now: Value) {
    let late = format!("{LIVE} and i.date_limite < ?");
    match wanted {
        Some(true) => select.filter(late, [now]),
        // Without a limit nothing is late: null must not hide it.
        Some(false) => select.filter(format!("not coalesce({late}, false)"), [now]),
        None => select,
    };
}

/// A word of the intervention itself, or of its équipement.
fn contains(select: &mut Select, word: String) {
    let Some(term) = full_text(&[word]) else { return };
    select.filter(
        "(i.id in (select rowid from interventions_fts where interventions_fts match ?)
          or i.equipement_id in (select rowid from equipements_fts where equipements_fts match ?))",
        [Value::Text(term.clone()), Value::Text(term)],
    );
}
