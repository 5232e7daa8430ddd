//! From the journal to people: each entry through the matrix, once.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::model::{Canal, FrequenceEmail, Preference, StatutEnvoi};
use super::rules::{self, Booked, Fait, Line, Reassigned, Relation, Slot};
use super::sentences::{Detail, Message, Subject};
use super::store::{self, Draft, Recipient};
use crate::clients::site_zone;
use crate::ids::{ClientId, CommentaireId, InterventionId, TechnicienId};
use crate::interventions::{self, Intervention, Priorite, StatutIntervention};
use crate::kernel::auth::Role;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::follow::{Follower, Told};
use crate::kernel::phrase::Language;
use crate::users::Langue;

/// Writes messages and deliveries for what happened.
pub const FOLLOWER: Follower = Follower { name: "notifications", follow: tell };

/// What happened, as far as it is told.
struct News {
    fait: Fait,
    subject: Subject,
    intervention: InterventionId,
    /// Whether what it is about is still there to be seen.
    is_there: bool,
    client: Option<ClientId>,
    /// Who leads it or was ever booked on it.
    assigned: Vec<TechnicienId>,
    reassigned: Vec<Reassigned>,
    /// The slots that a reminder is about.
    slots: Vec<(TechnicienId, Slot)>,
    comment: Option<(String, String)>,
}

/// Tells people of one entry of the journal. Told again, it changes nothing.
pub fn tell(tx: &Tx<'_>, told: &Told) -> Result<()> {
    let Some(news) = news(tx, told)? else { return Ok(()) };
    tx.unrecorded("a message names the entry that it tells of");
    let recipients = store::recipients(tx, &news.assigned, &news.left(), news.client)?;
    let chosen = store::chosen(tx, &recipients)?;
    for recipient in recipients.iter().filter(|recipient| Some(recipient.user_id) != told.user_id) {
        let Some(line) = rules::line_for(news.fait, recipient.role, &news.relations(recipient)) else {
            continue;
        };
        if line.relation != Relation::Retire && !news.is_seen_by(tx, recipient)? {
            continue;
        }
        let preference = chosen
            .get(&(recipient.user_id, line.r#type))
            .copied()
            .unwrap_or_else(|| rules::default_for(recipient.role, line.r#type));
        write(tx, told, &news, recipient, line, preference)?;
    }
    Ok(())
}

/// One message to one person, by each channel that they want.
fn write(
    tx: &Tx<'_>,
    told: &Told,
    news: &News,
    recipient: &Recipient,
    line: &Line,
    wanted: Preference,
) -> Result<()> {
    let channels = channels(wanted);
    if channels.is_empty() {
        return Ok(());
    }
    let detail = Detail { slot: news.slot_of(recipient), comment: news.comment.clone() };
    let language = language(recipient.langue);
    let Message { titre, contenu } =
        Message::about(&news.subject, news.fait, line.relation, &detail, language);
    let draft = Draft {
        journal_id: Some(told.id),
        user_id: recipient.user_id,
        r#type: line.r#type,
        titre,
        contenu,
        intervention_id: Some(news.intervention),
        // What one was taken off is no longer there for them.
        lien: (line.relation != Relation::Retire).then(|| link(news.intervention)),
        boite: wanted.app,
        date: told.date,
    };
    let Some(id) = store::insert(tx, &draft)? else { return Ok(()) };
    for (canal, statut) in channels {
        store::insert_envoi(tx, id, canal, statut)?;
    }
    Ok(())
}

/// The deliveries that a preference asks for, and how each begins.
fn channels(wanted: Preference) -> Vec<(Canal, StatutEnvoi)> {
    let email = match wanted.email {
        FrequenceEmail::Jamais => None,
        FrequenceEmail::Immediat => Some(StatutEnvoi::AEnvoyer),
        FrequenceEmail::Quotidien => Some(StatutEnvoi::Groupe),
    };
    // The inbox is reached as soon as this is written.
    let app = wanted.app.then_some((Canal::App, StatutEnvoi::Envoye));
    let log = wanted.log.then_some((Canal::Log, StatutEnvoi::AEnvoyer));
    app.into_iter().chain(email.map(|statut| (Canal::Email, statut))).chain(log).collect()
}

/// The language of a person's messages: French unless they chose English.
pub fn language(langue: Langue) -> Language {
    match langue {
        Langue::En => Language::English,
        Langue::Fr | Langue::Ar => Language::French,
    }
}

/// Where the interface shows an intervention.
pub fn link(id: InterventionId) -> String {
    format!("/interventions/{id}")
}

impl News {
    fn left(&self) -> Vec<TechnicienId> {
        let dropped = self.reassigned.iter().filter(|(_, relation, _)| *relation == Relation::Retire);
        dropped.map(|(technicien, ..)| *technicien).collect()
    }

    fn relations(&self, recipient: &Recipient) -> Vec<Relation> {
        let mut relations = Vec::new();
        if let Some(technicien) = recipient.technicien_id {
            let changed = self.reassigned.iter().find(|(changed, ..)| *changed == technicien);
            relations.extend(changed.map(|(_, relation, _)| *relation));
            // A reminder is for whoever has a slot that day.
            let reminded = self.slots.is_empty() || self.slots.iter().any(|(other, _)| *other == technicien);
            if reminded && self.assigned.contains(&technicien) {
                relations.push(Relation::Affecte);
            }
        }
        match recipient.role {
            Role::Admin | Role::Responsable => relations.push(Relation::Usine),
            Role::Client if recipient.client_id.is_some() && recipient.client_id == self.client => {
                relations.push(Relation::Organisation);
            }
            Role::Technicien | Role::Client => {}
        }
        relations
    }

    fn slot_of(&self, recipient: &Recipient) -> Option<Slot> {
        let technicien = recipient.technicien_id?;
        let booked = self.reassigned.iter().find(|(other, ..)| *other == technicien);
        let reminded = || self.slots.iter().find(|(other, _)| *other == technicien);
        booked.and_then(|(.., slot)| *slot).or_else(|| reminded().map(|(_, slot)| *slot))
    }

    fn is_seen_by(&self, tx: &Tx<'_>, recipient: &Recipient) -> Result<bool> {
        Ok(self.is_there && !interventions::seen_by(tx, &recipient.actor(), &[self.intervention])?.is_empty())
    }
}

/// What an entry is to people, if anything.
fn news(tx: &Tx<'_>, told: &Told) -> Result<Option<News>> {
    let Some(id) = told.entite_id else { return Ok(None) };
    let id = InterventionId(id);
    let fait = match told.action.as_str() {
        "intervention.creation" => Fait::Creation,
        "intervention.affectation" => Fait::Affectation,
        "intervention.statut" if told.apres["statut"] == StatutIntervention::Termine.word() => Fait::Cloture,
        "intervention.statut" => Fait::Statut,
        "intervention.validation" => Fait::Validation,
        "intervention.rappel" => Fait::Rappel,
        "intervention.retard" => Fait::Retard,
        "intervention.suppression" => return deleted(tx, id, told).map(Some),
        "commentaire.creation" => return commented(tx, CommentaireId(id.0)),
        _ => return Ok(None),
    };
    let Some(mut news) = about(tx, id, fait)? else { return Ok(None) };
    match fait {
        Fait::Creation => news.reassigned = Booked::read(&told.apres).since(&Booked::default(), None),
        Fait::Affectation => {
            let lead = store::lead(tx, id)?;
            news.reassigned = Booked::read(&told.apres).since(&Booked::read(&told.avant), lead);
        }
        Fait::Rappel => news.slots = store::slots_on(tx, id, &text(&told.apres, "jour"), &news.subject.zone)?,
        // What it became then, whatever it is by now.
        Fait::Statut => news.subject.statut = word(&told.apres["statut"]).unwrap_or(news.subject.statut),
        _ => {}
    }
    Ok(Some(news))
}

/// Nothing when it is gone: then somebody is told of that instead.
fn about(tx: &Tx<'_>, id: InterventionId, fait: Fait) -> Result<Option<News>> {
    let intervention = match interventions::find(tx, id) {
        Err(Error::NotFound) => return Ok(None),
        found => found?,
    };
    Ok(Some(News {
        fait,
        subject: subject(tx, &intervention)?,
        intervention: id,
        is_there: true,
        client: intervention.client_id,
        assigned: store::assigned(tx, id)?,
        reassigned: Vec::new(),
        slots: Vec::new(),
        comment: None,
    }))
}

fn subject(db: &Reader<'_>, intervention: &Intervention) -> Result<Subject> {
    let Intervention { equipement_nom, equipement_code, .. } = intervention;
    Ok(Subject {
        numero: intervention.numero.clone(),
        titre: intervention.titre.clone(),
        machine: format!("{equipement_nom} ({equipement_code})"),
        priorite: intervention.priorite,
        statut: intervention.statut,
        date_limite: intervention.date_limite,
        zone: site_zone(db, intervention.site_id)?,
    })
}

/// Who was on it learns that it is withdrawn; all that is left of it is what the entry kept.
fn deleted(tx: &Tx<'_>, id: InterventionId, told: &Told) -> Result<News> {
    let (nom, code) = (text(&told.avant, "equipement_nom"), text(&told.avant, "equipement_code"));
    let assigned = store::assigned(tx, id)?;
    Ok(News {
        fait: Fait::Suppression,
        subject: Subject {
            numero: text(&told.avant, "numero"),
            titre: text(&told.avant, "titre"),
            machine: format!("{nom} ({code})"),
            priorite: Priorite::Normale,
            statut: StatutIntervention::Planifie,
            date_limite: None,
            zone: TimeZone::UTC,
        },
        intervention: id,
        is_there: false,
        client: None,
        reassigned: assigned.iter().map(|technicien| (*technicien, Relation::Retire, None)).collect(),
        assigned,
        slots: Vec::new(),
        comment: None,
    })
}

fn commented(tx: &Tx<'_>, id: CommentaireId) -> Result<Option<News>> {
    let comment = interventions::commentaire(tx, id)?;
    let fait = if comment.interne { Fait::CommentaireInterne } else { Fait::Commentaire };
    let news = about(tx, comment.intervention_id, fait)?;
    Ok(news.map(|news| News { comment: Some((comment.auteur, comment.texte)), ..news }))
}

fn text(members: &Value, name: &str) -> String {
    members[name].as_str().unwrap_or_default().to_owned()
}

fn word(value: &Value) -> Option<StatutIntervention> {
    value.as_str().and_then(|word| word.parse().ok())
}
