//! What was reported on an équipement before, so that nobody reports it twice.

use jiff::tz::TimeZone;

use crate::clients::site_zone;
use crate::demandes::model::{Demande, Doublon, Personne, TypeDoublon};
use crate::demandes::{rules, store};
use crate::equipements::Equipement;
use crate::interventions::{self, Intervention, InterventionFilters, StatutIntervention};
use crate::kernel::clock::Instant;
use crate::kernel::db::Reader;
use crate::kernel::error::Result;
use crate::kernel::page::Page;
use crate::kernel::phrase::{Language, Phrase};
use crate::phrase;

/// Looked at of each kind: what somebody in front of a machine still reads.
const PER_TYPE: i64 = 20;

/// The open demandes and interventions on an équipement that the caller sees, most like `titre` first, then newest
/// first. An intervention that came from a demande is told once, as what was reported.
pub fn doublons(
    db: &Reader<'_>,
    machine: &Equipement,
    titre: Option<&str>,
    language: Language,
) -> Result<Vec<Doublon>> {
    let page = Page::first(String::new(), PER_TYPE)?;
    let live = StatutIntervention::ALL.iter().copied().filter(|statut| statut.is_live()).collect();
    let filters = InterventionFilters { equipement_id: vec![machine.id], statut: live, ..Default::default() };
    let demandes = store::open_on(db, machine.id, &page)?;
    let mut work = interventions::list(db, &filters, &page)?.items;
    work.retain(|work| demandes.iter().all(|demande| demande.intervention_id != Some(work.id)));

    let reader = Reading { zone: site_zone(db, machine.site_id)?, titre: titre.unwrap_or(""), language };
    let mut found: Vec<_> = demandes.into_iter().map(|demande| reader.reported(demande)).collect();
    found.extend(work.into_iter().map(|work| reader.under_way(work)));
    found.sort_by_key(|doublon| std::cmp::Reverse((doublon.ressemblance, doublon.date)));
    Ok(found)
}

/// For whom it is told.
struct Reading<'a> {
    zone: TimeZone,
    titre: &'a str,
    language: Language,
}

impl Reading<'_> {
    fn reported(&self, demande: Demande) -> Doublon {
        let when = self.local(demande.date_creation);
        let message = match &demande.demandeur {
            Some(Personne { nom, .. }) => {
                phrase!(
                    "Déjà signalé par {nom} le {when}.",
                    "Already reported by {nom} on {when}.",
                    "أبلغ عنه \u{2068}{nom}\u{2069} من قبل، يوم {when}."
                )
            }
            None => phrase!(
                "Déjà signalé le {when}.",
                "Already reported on {when}.",
                "أُبلغ عنه من قبل، يوم {when}."
            ),
        };
        let statut = match &demande.intervention {
            Some(work) => work.statut.label(),
            None => demande.statut.label(),
        };
        Doublon {
            r#type: TypeDoublon::Demande,
            id: demande.id.0,
            ressemblance: rules::resemblance(&demande.titre, self.titre),
            numero: demande.numero,
            titre: demande.titre,
            statut_libelle: self.text(&statut),
            date: demande.date_creation,
            signale_par: demande.demandeur,
            intervention_id: demande.intervention_id,
            message: self.text(&message),
        }
    }

    fn under_way(&self, work: Intervention) -> Doublon {
        let (numero, when) = (&work.numero, self.local(work.declaree_le));
        let message = phrase!(
            "L’intervention {numero}, déclarée le {when}, est ouverte.",
            "Intervention {numero}, declared on {when}, is open.",
            "التدخل \u{2068}{numero}\u{2069}، المصرّح به يوم {when}، مفتوح."
        );
        Doublon {
            r#type: TypeDoublon::Intervention,
            id: work.id.0,
            ressemblance: rules::resemblance(&work.titre, self.titre),
            message: self.text(&message),
            numero: work.numero,
            titre: work.titre,
            statut_libelle: self.text(&work.statut.label()),
            date: work.declaree_le,
            signale_par: None,
            intervention_id: Some(work.id),
        }
    }

    fn text(&self, phrase: &Phrase) -> String {
        phrase.text(self.language).to_owned()
    }

    /// On the site's wall clock.
    fn local(&self, instant: Instant) -> String {
        let format = match self.language {
            Language::French => "%d/%m/%Y à %H:%M",
            Language::English => "%d/%m/%Y at %H:%M",
            Language::Arabic => "\u{2068}%d\u{200F}/%m\u{200F}/%Y\u{2069} الساعة %H:%M",
        };
        instant.in_zone(&self.zone).strftime(format).to_string()
    }
}
