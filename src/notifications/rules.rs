//! THE matrix: who is told what. And the arithmetic around it: what people get unless they choose, when a delivery
//! is tried again, when a digest is due. Pure.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

use super::model::{FrequenceEmail, Preference, StatutEnvoi, TypeNotification};
use crate::ids::TechnicienId;
use crate::kernel::auth::Role;
use crate::kernel::clock::Instant;
use crate::kernel::input::present;

use FrequenceEmail::{Immediat, Jamais, Quotidien};
use Role::{Admin, Client, Responsable, Technicien};

words! {
    /// Something that happened and that is told.
    pub enum Fait {
        Creation = "creation" ("intervention créée", "work order created"),
        Affectation = "affectation" ("affectations changées", "assignments changed"),
        Statut = "statut" ("statut changé", "status changed"),
        Cloture = "cloture" ("intervention terminée", "work order finished"),
        Validation = "validation" ("intervention validée", "work order validated"),
        Suppression = "suppression" ("intervention supprimée", "work order deleted"),
        Commentaire = "commentaire" ("commentaire", "comment"),
        CommentaireInterne = "commentaire_interne" ("commentaire interne", "internal comment"),
        Rappel = "rappel" ("créneau demain", "slot tomorrow"),
        Retard = "retard" ("date limite passée", "overdue"),
        SansCreneau = "sans_creneau" ("technicien du plan indisponible", "plan's technician not free"),
        Manquees = "manquees" ("échéances manquées", "missed due dates"),
        PiecesDisponibles = "pieces_disponibles" ("pièces attendues arrivées", "awaited parts arrived"),
        HorsTolerance = "hors_tolerance" ("mesure hors tolérance", "measure out of tolerance"),
        StockBas = "stock_bas" ("stock sous le seuil", "stock below its threshold"),
        Demande = "demande" ("demande créée", "request created"),
        DemandeAcceptee = "demande_acceptee" ("demande acceptée", "request accepted"),
        DemandeRefusee = "demande_refusee" ("demande refusée", "request refused"),
        Depart = "depart" ("fiche fermée, travail remis", "sheet closed, work handed over"),
        Sauvegarde = "sauvegarde" ("sauvegarde en défaut", "backup in trouble"),
        Serveur = "serveur" ("serveur en défaut", "server in trouble"),
    }
}

words! {
    /// What a person is to what happened.
    pub enum Relation {
        /// Leads it or is booked on it, as of this very change.
        Nouveau = "nouveau" ("vient d’y être affecté", "was just assigned"),
        /// Led it or was booked on it until this very change.
        Retire = "retire" ("vient d’en être retiré", "was just taken off it"),
        Deplace = "deplace" ("voit son créneau changer", "has their slot changed"),
        Affecte = "affecte" ("y est affecté", "is assigned to it"),
        /// Of the organisation that the équipement belongs to.
        Organisation = "organisation" ("est client de l’équipement", "is a client of the equipment"),
        /// Filed the demande, or one that the work answers.
        Demandeur = "demandeur" ("en a fait la demande", "asked for it"),
        /// Takes over what was somebody's who leaves.
        Repreneur = "repreneur" ("reprend son travail", "takes over their work"),
        /// Runs the plant.
        Usine = "usine" ("dirige l’usine", "runs the plant"),
    }
}

/// One line of the matrix.
#[derive(Debug)]
pub struct Line {
    pub fait: Fait,
    pub role: Role,
    pub relation: Relation,
    pub r#type: TypeNotification,
}

const fn line(fait: Fait, role: Role, relation: Relation, r#type: TypeNotification) -> Line {
    Line { fait, role, relation, r#type }
}

/// THE matrix: what is not here is told to nobody. The first line that fits a person is theirs, and nobody is told
/// of what they did themselves.
pub const MATRIX: &[Line] = {
    use Fait::{
        Affectation, Cloture, Commentaire, CommentaireInterne, Creation, Demande, DemandeAcceptee,
        DemandeRefusee, Depart, HorsTolerance, Manquees, PiecesDisponibles, Rappel, Retard, SansCreneau,
        Sauvegarde, Serveur, Statut, StockBas, Suppression, Validation,
    };
    use Relation::{Affecte, Demandeur, Deplace, Nouveau, Organisation, Repreneur, Retire, Usine};
    use TypeNotification as Type;
    &[
        line(Creation, Technicien, Nouveau, Type::Affectation),
        line(Creation, Client, Organisation, Type::Information),
        line(Creation, Responsable, Usine, Type::Information),
        line(Creation, Admin, Usine, Type::Information),
        line(Affectation, Technicien, Nouveau, Type::Affectation),
        line(Affectation, Technicien, Retire, Type::Affectation),
        line(Affectation, Technicien, Deplace, Type::Affectation),
        line(Statut, Technicien, Affecte, Type::ChangementStatut),
        line(Statut, Technicien, Demandeur, Type::ChangementStatut),
        line(Statut, Client, Organisation, Type::ChangementStatut),
        line(Statut, Responsable, Usine, Type::ChangementStatut),
        line(Statut, Admin, Usine, Type::ChangementStatut),
        line(Cloture, Technicien, Affecte, Type::ChangementStatut),
        line(Cloture, Technicien, Demandeur, Type::Cloture),
        line(Cloture, Client, Organisation, Type::Cloture),
        line(Cloture, Responsable, Usine, Type::Cloture),
        line(Cloture, Admin, Usine, Type::Cloture),
        line(Validation, Technicien, Affecte, Type::Information),
        line(Suppression, Technicien, Retire, Type::Affectation),
        line(Commentaire, Technicien, Affecte, Type::Information),
        line(Commentaire, Client, Organisation, Type::Information),
        line(Commentaire, Responsable, Usine, Type::Information),
        line(Commentaire, Admin, Usine, Type::Information),
        // Never to clients.
        line(CommentaireInterne, Technicien, Affecte, Type::Information),
        line(CommentaireInterne, Responsable, Usine, Type::Information),
        line(CommentaireInterne, Admin, Usine, Type::Information),
        line(Rappel, Technicien, Affecte, Type::Rappel),
        line(Retard, Technicien, Affecte, Type::Retard),
        line(Retard, Responsable, Usine, Type::Retard),
        line(Retard, Admin, Usine, Type::Retard),
        line(SansCreneau, Responsable, Usine, Type::Information),
        line(SansCreneau, Admin, Usine, Type::Information),
        line(Manquees, Responsable, Usine, Type::Information),
        line(Manquees, Admin, Usine, Type::Information),
        line(PiecesDisponibles, Technicien, Affecte, Type::PiecesDisponibles),
        line(PiecesDisponibles, Responsable, Usine, Type::PiecesDisponibles),
        line(PiecesDisponibles, Admin, Usine, Type::PiecesDisponibles),
        line(HorsTolerance, Responsable, Usine, Type::Information),
        line(HorsTolerance, Admin, Usine, Type::Information),
        line(StockBas, Responsable, Usine, Type::StockBas),
        line(StockBas, Admin, Usine, Type::StockBas),
        line(Demande, Responsable, Usine, Type::Demande),
        line(Demande, Admin, Usine, Type::Demande),
        line(DemandeAcceptee, Technicien, Demandeur, Type::Demande),
        line(DemandeAcceptee, Client, Demandeur, Type::Demande),
        line(DemandeAcceptee, Responsable, Demandeur, Type::Demande),
        line(DemandeAcceptee, Admin, Demandeur, Type::Demande),
        line(DemandeRefusee, Technicien, Demandeur, Type::Demande),
        line(DemandeRefusee, Client, Demandeur, Type::Demande),
        line(DemandeRefusee, Responsable, Demandeur, Type::Demande),
        line(DemandeRefusee, Admin, Demandeur, Type::Demande),
        line(Depart, Technicien, Repreneur, Type::Information),
        line(Depart, Responsable, Usine, Type::Information),
        line(Depart, Admin, Usine, Type::Information),
        line(Sauvegarde, Admin, Usine, Type::Information),
        line(Serveur, Admin, Usine, Type::Information),
    ]
};

/// The line of the matrix for someone, if they are told at all.
pub fn line_for(fait: Fait, role: Role, relations: &[Relation]) -> Option<&'static Line> {
    MATRIX.iter().find(|line| line.fait == fait && line.role == role && relations.contains(&line.relation))
}

/// What a person gets of a type as long as they have not chosen: everything in the inbox, and by e-mail what
/// makes them act. An administrator keeps the system and reads the rest when they like to.
pub fn default_for(role: Role, r#type: TypeNotification) -> Preference {
    use TypeNotification::{Affectation, Cloture, Demande, PiecesDisponibles, Rappel, Retard, StockBas};
    let email = match (role, r#type) {
        (Technicien, Affectation | Rappel | Retard | PiecesDisponibles) => Immediat,
        (Responsable, Demande) => Immediat,
        (Responsable, Retard | StockBas) => Quotidien,
        (Client, Cloture | Demande) => Immediat,
        _ => Jamais,
    };
    let app = role != Admin || matches!(r#type, Retard | StockBas | Demande | TypeNotification::Information);
    Preference { r#type, app, email, log: false }
}

/// What a person gets of something, when they want `wanted` of its type. An alarm about the server itself reaches the
/// inbox and the mailbox whatever was chosen: who turned information off did not mean that.
pub fn insisted(fait: Fait, wanted: Preference) -> Preference {
    match fait {
        Fait::Sauvegarde | Fait::Serveur => Preference { app: true, email: Immediat, ..wanted },
        _ => wanted,
    }
}

/// The same for every type.
pub fn defaults(role: Role) -> impl Iterator<Item = Preference> {
    TypeNotification::ALL.iter().map(move |r#type| default_for(role, *r#type))
}

/// Mails at once to one person within [`MAILS_WITHIN`] of what one other did who does not run the plant: the rest is told
/// in the digest, for somebody who files and withdraws for ever must not fill the mailboxes of all.
pub const MAILS_OF_ONE: i64 = 20;
pub const MAILS_WITHIN: Duration = Duration::from_secs(3600);

/// The same preference once that many mails were sent; an alarm of the server, a measure out of tolerance and a stock
/// that runs low are always sent.
pub fn calmed(fait: Fait, wanted: Preference, mails: i64) -> Preference {
    match (fait, wanted.email) {
        (Fait::Sauvegarde | Fait::Serveur | Fait::HorsTolerance | Fait::StockBas, _)
        | (_, Jamais | Quotidien) => wanted,
        (_, Immediat) if mails < MAILS_OF_ONE => wanted,
        (_, Immediat) => Preference { email: Quotidien, ..wanted },
    }
}

/// The hour of the digest of whoever has not chosen one.
pub const DIGEST_HOUR: i8 = 7;

/// Who leads and who is booked, as a journal entry tells it: what did not change is not in it.
#[derive(Debug, Default, Deserialize)]
pub struct Booked {
    #[serde(default, deserialize_with = "present")]
    technicien_id: Option<Option<TechnicienId>>,
    affectations: Option<Vec<Place>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
struct Place {
    technicien_id: TechnicienId,
    debut: Instant,
    fin: Instant,
    liberee: bool,
}

/// A booked slot, half-open.
pub type Slot = (Instant, Instant);

/// What a change of assignments is to one technicien: what became of them, and their first slot.
pub type Reassigned = (TechnicienId, Relation, Option<Slot>);

impl Booked {
    /// Reads what an entry says before or after; an entry that says nothing of it is of nobody.
    pub fn read(value: &Value) -> Self {
        serde_json::from_value(value.clone()).unwrap_or_default()
    }

    /// Whom it takes on, drops or moves, compared with before. `lead` leads before and after, where the entry does
    /// not say otherwise.
    pub fn since(&self, before: &Self, lead: Option<TechnicienId>) -> Vec<Reassigned> {
        let (old, new) = (before.people(lead), self.people(lead));
        let taken = new.iter().filter_map(|person| {
            let relation = match old.contains(person) {
                false => Relation::Nouveau,
                true if before.slots(*person) != self.slots(*person) => Relation::Deplace,
                true => return None,
            };
            Some((*person, relation, self.slots(*person).first().copied()))
        });
        let dropped = old.iter().filter(|person| !new.contains(person));
        taken.chain(dropped.map(|person| (*person, Relation::Retire, None))).collect()
    }

    fn people(&self, lead: Option<TechnicienId>) -> Vec<TechnicienId> {
        let booked = self.live().map(|place| place.technicien_id);
        let mut people: Vec<_> = self.technicien_id.unwrap_or(lead).into_iter().chain(booked).collect();
        people.sort();
        people.dedup();
        people
    }

    fn slots(&self, person: TechnicienId) -> Vec<Slot> {
        let own = self.live().filter(|place| place.technicien_id == person);
        let mut slots: Vec<_> = own.map(|place| (place.debut, place.fin)).collect();
        slots.sort();
        slots
    }

    fn live(&self) -> impl Iterator<Item = &Place> {
        self.affectations.iter().flatten().filter(|place| !place.liberee)
    }
}

/// Attempts after which a delivery is given up.
pub const ATTEMPTS: i64 = 12;

/// What becomes of a delivery that failed for the `attempts`-th time: its statut, and when it is tried again.
/// From one minute, twice as long each time, up to six hours: a day and a half in all.
pub fn after_failure(attempts: i64, permanent: bool, now: Instant) -> (StatutEnvoi, Option<Instant>) {
    if permanent || attempts >= ATTEMPTS {
        return (StatutEnvoi::Echec, None);
    }
    let minutes = (1_i64 << (attempts - 1).clamp(0, 20)).min(6 * 60);
    (StatutEnvoi::AEnvoyer, Some(Instant::from_second(now.as_second() + minutes * 60)))
}

/// The day of a digest, if one is due: its hour has come, and something waits from before it. What came after
/// waits for the next day's.
pub fn digest_due(oldest: Instant, hour: i8, now: Instant, zone: &TimeZone) -> Option<Date> {
    let today = now.in_zone(zone).date();
    let due = Instant::from(today.at(hour, 0, 0, 0).to_zoned(zone.clone()).ok()?.timestamp());
    (oldest < due && due <= now).then_some(today)
}

/// The hour from which people are alerted: nobody's telephone rings at midnight.
const ALERTS_FROM: i8 = 7;

/// The civil day whose alerts may be given now, if it has begun for people.
pub fn alert_day(now: Instant, zone: &TimeZone) -> Option<Date> {
    let local = now.in_zone(zone);
    (local.hour() >= ALERTS_FROM).then(|| local.date())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Instant = Instant::from_second(1_000_000);

    #[test]
    fn the_delays_grow_from_a_minute_to_six_hours_and_the_twelfth_failure_is_the_last() {
        let delays: Vec<_> = (1..=ATTEMPTS)
            .map(|attempts| after_failure(attempts, false, NOW).1.map(|next| next.minutes_since(NOW)))
            .collect();

        let minutes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360].map(Some);
        assert_eq!(delays[..11], minutes);
        assert_eq!(after_failure(ATTEMPTS, false, NOW), (StatutEnvoi::Echec, None));
        assert_eq!(after_failure(1, true, NOW), (StatutEnvoi::Echec, None));
    }

    #[test]
    fn a_change_of_assignments_is_told_by_what_it_is_to_each() {
        let place = |id: i64, debut: &str| json!({"technicien_id": id, "debut": debut, "fin": "2031-01-16T12:00:00Z", "liberee": false});
        let early = "2031-01-16T08:00:00Z";
        let before = Booked::read(
            &json!({"technicien_id": 1, "affectations": [place(1, early), place(2, early), place(3, early)]}),
        );
        let after = Booked::read(
            &json!({"technicien_id": 4, "affectations": [place(4, early), place(2, early), place(3, "2031-01-16T09:00:00Z")]}),
        );

        let told: Vec<_> =
            after.since(&before, None).iter().map(|(id, relation, _)| (id.0, *relation)).collect();

        assert_eq!(told, [(3, Relation::Deplace), (4, Relation::Nouveau), (1, Relation::Retire)]);
    }

    #[test]
    fn a_lead_whom_an_entry_does_not_name_has_not_changed() {
        let slot = json!([{"technicien_id": 1, "debut": "2031-01-16T08:00:00Z", "fin": "2031-01-16T12:00:00Z", "liberee": false}]);
        let (before, after) = (json!({"affectations": []}), json!({"affectations": slot}));

        let told = Booked::read(&after).since(&Booked::read(&before), Some(TechnicienId(1)));

        assert_eq!(told.len(), 1);
        assert_eq!(told[0].1, Relation::Deplace);
    }

    #[test]
    fn a_digest_is_due_once_its_hour_has_come_for_what_waited_before_it() {
        let zone = crate::kernel::zones::Zones::embedded().get("Europe/Paris").unwrap();
        let at = |text: &str| Instant::from(text.parse::<jiff::Timestamp>().unwrap());
        let due = |oldest: &str, now: &str| digest_due(at(oldest), 7, at(now), &zone).is_some();

        assert!(!due("2031-01-14T15:00:00Z", "2031-01-15T05:59:59Z"), "6.59 in Paris");
        assert!(due("2031-01-14T15:00:00Z", "2031-01-15T06:00:00Z"));
        assert!(!due("2031-01-15T06:30:00Z", "2031-01-15T09:00:00Z"), "it came after the hour");
    }
}
