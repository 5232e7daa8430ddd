//! What is put together for the calendar, and what can be done with a link to it.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::access::Scope;
use super::ical::{self, Event as IcalEvent, Status, When};
use super::model::{
    Calendrier, CalendrierQuery, EtatLien, Evenement, Ferie, FluxQuery, LienCalendrier, Trace, TypeEvenement,
};
use super::rules::{self, Period};
use super::store;
use crate::clients::plant_zone;
use crate::events::Event;
use crate::ids::{SiteId, TechnicienId, UserId};
use crate::kernel::auth::Tokens;
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::phrase::Language;
use crate::phrase;
use crate::planning::{self, FeriesParPays, Upcoming, UpcomingFilters};

/// Entries that one reply holds: a year of a team of thirty.
pub const MOST_SHOWN: usize = 10_000;

/// Calendars put together at once: one with ten thousand plans takes 40 MiB meanwhile, and a quarter of a second.
pub const AT_ONCE: usize = 1;

/// Those that wait for it: a plant's screens that are opened together.
pub const WAITING: usize = 64;

/// Entries of a feed: a phone reads all of them every hour.
pub const MOST_OF_FEED: usize = 2000;

/// What the caller sees of a period.
pub fn calendar(db: &Reader<'_>, query: CalendrierQuery, language: Language) -> Result<Calendrier> {
    let zone = plant_zone(db)?;
    let period = Period::asked(&query, db.now(), &zone)?;
    let scope = Scope::of(db.actor().role, db.actor().technicien_id);
    let feries = planning::feries_of_sites(db, &query.site_id)?;
    let (mut items, complet) = match scope.narrow(query.technicien_id) {
        Some(techniciens) => {
            Wanted { period, zone, techniciens, sites: query.site_id, most: MOST_SHOWN }.read(db, &feries)?
        }
        None => (Vec::new(), true),
    };
    name_absences(&mut items, language);
    let ferie = |(date, pays, nom)| Ferie { date, pays, nom };
    let jours_feries = feries.between(period.first, period.last).into_iter().map(ferie).collect();
    Ok(Calendrier { du: period.from, au: period.to, items, complet, jours_feries })
}

/// The feed that a link opens, as text.
///
/// # Errors
/// 404 for a link that opens nothing, or no longer: what is wrong with it is nobody's business.
pub fn feed(db: &Reader<'_>, query: FluxQuery, installation: &str) -> Result<String> {
    let empreinte = Tokens::fingerprint(query.jeton.as_deref().unwrap_or_default());
    let holder = store::holder(db, empreinte)?.ok_or(Error::NotFound)?;
    let scope = Scope::of(holder.role, holder.technicien_id);
    let techniciens = match scope {
        Scope::Nothing => return Err(Error::NotFound),
        Scope::Plant | Scope::Own(_) => scope.narrow(query.technicien_id),
    };
    let zone = plant_zone(db)?;
    let period = Period::of_feed(db.now(), &zone);
    let mut items = match techniciens {
        Some(techniciens) => {
            let feries = planning::feries_of_sites(db, &query.site_id)?;
            let (zone, sites) = (zone.clone(), query.site_id);
            Wanted { period, zone, techniciens, sites, most: MOST_OF_FEED }.read(db, &feries)?.0
        }
        None => Vec::new(),
    };
    let language = holder.langue.spoken();
    name_absences(&mut items, language);
    let of_plant = matches!(scope, Scope::Plant);
    let name = match (of_plant, language) {
        (true, Language::French) => "Interventions".to_owned(),
        (true, Language::English) => "Maintenance".to_owned(),
        (true, Language::Arabic) => "التدخلات".to_owned(),
        (false, Language::French) => format!("Interventions – {}", holder.nom),
        (false, Language::English) => format!("Maintenance – {}", holder.nom),
        (false, Language::Arabic) => format!("التدخلات – \u{2068}{}\u{2069}", holder.nom),
    };
    let event = |item: &Evenement| {
        let whole = match item.r#type {
            TypeEvenement::Absence => rules::whole_days(item.debut, item.fin, &own_zone(db, item, &zone)?),
            TypeEvenement::Echeance | TypeEvenement::Intervention => {
                item.journee_entiere.then(|| rules::whole_days(item.debut, item.fin, &zone)).flatten()
            }
        };
        Ok(event(item, whole, language, of_plant, installation))
    };
    Ok(ical::feed(&name, items.iter().map(event).collect::<Result<Vec<_>>>()?))
}

/// Whether the caller has a link.
pub fn link(db: &Reader<'_>) -> Result<EtatLien> {
    let cree_le = store::link_since(db, person(db)?)?;
    Ok(EtatLien { existe: cree_le.is_some(), cree_le })
}

/// Makes the caller a link; the one they had opens nothing any more.
pub fn new_link(tx: &Tx<'_>, public_url: &str) -> Result<LienCalendrier> {
    let (user, jeton) = (person(tx)?, Tokens::random());
    store::put_link(tx, user, Tokens::fingerprint(&jeton))?;
    tx.record(Event::LienCalendrierCree(user), Change::none())?;
    let url = format!("{public_url}/api/v1/planning/calendrier.ics?jeton={jeton}");
    Ok(LienCalendrier { url, cree_le: tx.now() })
}

/// Takes the caller's link away (404 when they have none).
pub fn revoke_link(tx: &Tx<'_>) -> Result<()> {
    let user = person(tx)?;
    if !store::remove_link(tx, user)? {
        return Err(Error::NotFound);
    }
    tx.record(Event::LienCalendrierRevoque(user), Change::none())
}

/// Ends the link of somebody who leaves; whether one was still good.
pub fn end_link(tx: &Tx<'_>, user: UserId) -> Result<bool> {
    let was_good = store::link_since(tx, user)?.is_some();
    if store::remove_link(tx, user)? {
        tx.record(Event::LienCalendrierRevoque(user), Change::none())?;
    }
    Ok(was_good)
}

fn person(db: &Reader<'_>) -> Result<UserId> {
    db.actor().user_id.ok_or_else(Error::unauthenticated)
}

/// What is looked for.
struct Wanted {
    period: Period,
    zone: TimeZone,
    /// Nobody in particular when empty.
    techniciens: Vec<TechnicienId>,
    /// Anywhere when empty.
    sites: Vec<SiteId>,
    most: usize,
}

impl Wanted {
    /// The entries, earliest first, and whether these are all.
    fn read(self, db: &Reader<'_>, feries: &FeriesParPays) -> Result<(Vec<Evenement>, bool)> {
        let Self { period, zone, techniciens, sites, most } = self;
        let mut items = store::booked(db, &period, &techniciens, &sites, most + 1)?;
        for absence in items.iter_mut().filter(|item| item.r#type == TypeEvenement::Absence) {
            let theirs = own_zone(db, absence, &zone)?;
            absence.journee_entiere = rules::whole_days(absence.debut, absence.fin, &theirs).is_some();
            absence.fuseau = theirs.iana_name().map(str::to_owned);
        }
        let filters =
            UpcomingFilters { technicien_id: techniciens, site_id: sites, ..UpcomingFilters::default() };
        let days = (period.first, period.last);
        let upcoming = planning::upcoming(db, days, &filters, feries, most + 1)?;
        items.extend(upcoming.into_iter().filter_map(|upcoming| echeance(upcoming, &zone)));
        items.sort_by_key(|item| (item.debut, item.fin));
        let complet = items.len() <= most;
        items.truncate(most);
        Ok((items, complet))
    }
}

/// A whole day of the calendar; `None` at its very end.
fn echeance(upcoming: Upcoming, zone: &TimeZone) -> Option<Evenement> {
    let trace = Trace {
        uid: format!("echeance-{}-{}", upcoming.planning_id, upcoming.k),
        version: upcoming.version,
        modifie_le: upcoming.updated_at,
    };
    let day = rules::day(upcoming.date, zone)?;
    Some(Evenement {
        journee_entiere: true,
        technicien_id: upcoming.technicien_id,
        technicien_nom: upcoming.technicien_nom,
        site_id: Some(upcoming.site_id),
        site_nom: Some(upcoming.site_nom),
        equipement_id: Some(upcoming.equipement_id),
        equipement_code: Some(upcoming.equipement_code),
        equipement_nom: Some(upcoming.equipement_nom),
        priorite: Some(upcoming.priorite),
        planning_id: Some(upcoming.planning_id),
        k: Some(upcoming.k),
        date: Some(upcoming.date),
        ..Evenement::new(TypeEvenement::Echeance, day, upcoming.titre, trace)
    })
}

/// Gives a name to the absences that have no reason.
fn name_absences(items: &mut [Evenement], language: Language) {
    let plain = phrase!("Absence", "Away", "غياب");
    let absences = items.iter_mut().filter(|item| item.r#type == TypeEvenement::Absence);
    for absence in absences.filter(|absence| absence.titre.is_empty()) {
        absence.titre = plain.text(language).to_owned();
    }
}

/// The zone of whoever is away: where they work, or else the plant's.
fn own_zone(db: &Reader<'_>, absence: &Evenement, plant: &TimeZone) -> Result<TimeZone> {
    absence.fuseau.as_deref().map_or_else(|| Ok(plant.clone()), |name| db.zone(name))
}

fn event(
    item: &Evenement,
    whole: Option<(Date, Date)>,
    language: Language,
    of_plant: bool,
    installation: &str,
) -> IcalEvent {
    let who = item.technicien_nom.as_deref().filter(|_| of_plant);
    let summary =
        [item.numero.as_deref(), Some(&item.titre)].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let machine = [item.equipement_code.as_deref(), item.equipement_nom.as_deref()];
    let machine = machine.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let words = [item.statut.map(|statut| statut.label()), item.priorite.map(|priorite| priorite.label())];
    let words = words.iter().flatten().map(|label| label.text(language).to_owned());
    let lines = [Some(machine).filter(|machine| !machine.is_empty())].into_iter().flatten().chain(words);
    IcalEvent {
        uid: format!("{}@{installation}", item.trace.uid),
        sequence: item.trace.version,
        stamp: item.trace.modifie_le,
        when: whole.map_or(When::Times(item.debut, item.fin), |(first, end)| When::Days(first, end)),
        status: match item.r#type {
            TypeEvenement::Echeance => Status::Tentative,
            TypeEvenement::Intervention | TypeEvenement::Absence => Status::Confirmed,
        },
        is_busy: item.r#type != TypeEvenement::Echeance,
        summary: who.map_or(summary.clone(), |who| format!("{summary} ({who})")),
        description: lines.collect::<Vec<_>>().join("\n"),
        location: item.site_nom.clone(),
    }
}

/// How the feed of `now` is told from another.
pub fn tag(feed: &str) -> String {
    use std::fmt::Write as _;
    Tokens::fingerprint(feed)[..16].iter().fold(String::new(), |mut tag, byte| {
        // Writing to a string does not fail.
        let _ = write!(tag, "{byte:02x}");
        tag
    })
}
