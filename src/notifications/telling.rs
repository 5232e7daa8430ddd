//! From the journal to people: each entry through the matrix, once.

use jiff::civil::Date;
use serde_json::Value;

use super::model::{Canal, FrequenceEmail, Preference, StatutEnvoi};
use super::rules::{self, Booked, Fait, Line, Reassigned, Relation, Slot};
use super::sentences::{Detail, Left, Message, Subject};
use super::store::{self, Draft, Recipient};
use crate::clients::site_zone;
use crate::demandes;
use crate::ids::{
    ClientId, CommentaireId, DemandeId, InterventionId, PieceId, PlanningId, TechnicienId, UserId,
};
use crate::interventions::{self, Intervention, StatutIntervention};
use crate::kernel::auth::Role;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::follow::{Follower, Told};
use crate::kernel::phrase::Phrase;
use crate::kernel::quantity::Quantity;

/// Writes messages and deliveries for what happened.
pub const FOLLOWER: Follower = Follower { name: "notifications", follow: tell };

/// What happened, as far as it is told.
struct News {
    fait: Fait,
    subject: Subject,
    /// None for what is about a plan or a part: that is the business of those who run the plant.
    intervention: Option<InterventionId>,
    lien: String,
    /// Whether what it is about is still there to be seen.
    is_there: bool,
    client: Option<ClientId>,
    /// Who leads it or was ever booked on it.
    assigned: Vec<TechnicienId>,
    reassigned: Vec<Reassigned>,
    /// The slots that a reminder is about.
    slots: Vec<(TechnicienId, Slot)>,
    comment: Option<(String, String)>,
    /// How many échéances nothing came of, and their first and last day.
    missed: Option<(i64, Date, Date)>,
    measured: Option<Phrase>,
    /// What is left of a part, its threshold, and their unit.
    low: Option<(Quantity, Quantity, String)>,
    /// The demandes that it is about or that the work answers: their numbers, and who filed them.
    demandes: Vec<(DemandeId, String, UserId)>,
    /// Why a demande was refused.
    motif: Option<String>,
    /// What is wrong with the server.
    alarm: Option<Phrase>,
    /// Whoever takes over from somebody who left.
    heir: Option<TechnicienId>,
    left: Option<Left>,
}

/// Tells people of one entry of the journal. Told again, it changes nothing.
pub fn tell(tx: &Tx<'_>, told: &Told) -> Result<()> {
    let Some(news) = news(tx, told)? else { return Ok(()) };
    tx.unrecorded("a message names the entry that it tells of");
    let recipients = store::recipients(tx, &news.techniciens(), news.client, &news.requesters())?;
    let chosen = store::chosen(tx, &recipients)?;
    let guest = guest(tx, told)?;
    for recipient in recipients.iter().filter(|recipient| Some(recipient.user_id) != told.user_id) {
        let Some(line) = rules::line_for(news.fait, recipient.role, &news.relations(recipient)) else {
            continue;
        };
        if line.relation != Relation::Retire && !news.is_seen_by(tx, recipient, line.relation)? {
            continue;
        }
        let preference = chosen
            .get(&(recipient.user_id, line.r#type))
            .copied()
            .unwrap_or_else(|| rules::default_for(recipient.role, line.r#type));
        let mut preference = rules::insisted(news.fait, preference);
        if let (Some(guest), FrequenceEmail::Immediat) = (guest, preference.email) {
            let since = told.date.minus(rules::MAILS_WITHIN);
            let mails = store::mails_of_one(tx, recipient.user_id, guest, told.id, since)?;
            preference = rules::calmed(news.fait, preference, mails);
        }
        write(tx, told, &news, recipient, line, preference)?;
    }
    Ok(())
}

/// Whoever did it, if they do not run the plant: mails of what they do are counted.
fn guest(tx: &Tx<'_>, told: &Told) -> Result<Option<UserId>> {
    let Some(by) = told.user_id else { return Ok(None) };
    let known = store::recipient(tx, by)?;
    Ok(known.filter(|person| !person.actor().runs_the_plant()).map(|person| person.user_id))
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
    let slot = news.slot_of(recipient);
    let own = news.own_demande(recipient).filter(|_| line.relation == Relation::Demandeur);
    let detail = Detail {
        slot,
        comment: news.comment.clone(),
        missed: news.missed,
        measured: news.measured.clone(),
        low: news.low.clone(),
        demande: own.filter(|_| news.intervention.is_some()).map(|(_, numero, _)| numero.clone()),
        motif: news.motif.clone(),
        alarm: news.alarm.clone(),
        left: news.left.clone(),
    };
    let language = recipient.langue.spoken();
    let Message { titre, contenu } =
        Message::about(&news.subject, news.fait, line.relation, &detail, language);
    let draft = Draft {
        journal_id: Some(told.id),
        user_id: recipient.user_id,
        r#type: line.r#type,
        titre,
        contenu,
        // Whoever asked follows the work through their demande, for they may not see the work itself.
        intervention_id: news.intervention.filter(|_| own.is_none()),
        // What one was taken off is no longer there for them.
        lien: (line.relation != Relation::Retire)
            .then(|| own.map_or_else(|| news.lien.clone(), |(id, ..)| demande_link(*id))),
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

/// Where the interface shows an intervention.
pub fn link(id: InterventionId) -> String {
    format!("/interventions/{id}")
}

fn demande_link(id: DemandeId) -> String {
    format!("/demandes/{id}")
}

impl News {
    /// Of something that concerns nobody in particular.
    fn new(fait: Fait, subject: Subject, lien: String) -> Self {
        Self {
            fait,
            subject,
            intervention: None,
            lien,
            is_there: true,
            client: None,
            assigned: Vec::new(),
            reassigned: Vec::new(),
            slots: Vec::new(),
            comment: None,
            missed: None,
            measured: None,
            low: None,
            demandes: Vec::new(),
            motif: None,
            alarm: None,
            heir: None,
            left: None,
        }
    }

    /// Those who are on it, and those who just were.
    fn techniciens(&self) -> Vec<TechnicienId> {
        let dropped = self.reassigned.iter().filter(|(_, relation, _)| *relation == Relation::Retire);
        let dropped = dropped.map(|(technicien, ..)| *technicien);
        self.assigned.iter().copied().chain(dropped).chain(self.heir).collect()
    }

    fn requesters(&self) -> Vec<UserId> {
        self.demandes.iter().map(|(_, _, user)| *user).collect()
    }

    /// The last that they filed themselves.
    fn own_demande(&self, recipient: &Recipient) -> Option<&(DemandeId, String, UserId)> {
        self.demandes.iter().rfind(|(_, _, user)| *user == recipient.user_id)
    }

    fn relations(&self, recipient: &Recipient) -> Vec<Relation> {
        let mut relations = Vec::new();
        if let Some(technicien) = recipient.technicien_id {
            let changed = self.reassigned.iter().find(|(changed, ..)| *changed == technicien);
            relations.extend(changed.map(|(_, relation, _)| *relation));
            relations.extend((self.heir == Some(technicien)).then_some(Relation::Repreneur));
            // A reminder is for whoever has a slot that day.
            let has_slot = self.slots.iter().any(|(other, _)| *other == technicien);
            if (self.fait != Fait::Rappel || has_slot) && self.assigned.contains(&technicien) {
                relations.push(Relation::Affecte);
            }
        }
        if self.own_demande(recipient).is_some() {
            relations.push(Relation::Demandeur);
            // That their demande is accepted tells them that the work is there.
            if self.fait == Fait::Creation {
                return relations;
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

    fn is_seen_by(&self, tx: &Tx<'_>, recipient: &Recipient, relation: Relation) -> Result<bool> {
        let actor = recipient.actor();
        if let (Relation::Demandeur, Some((id, ..))) = (relation, self.own_demande(recipient)) {
            return Ok(!demandes::seen_by(tx, &actor, &[*id])?.is_empty());
        }
        match self.intervention {
            Some(id) if self.is_there => Ok(!interventions::seen_by(tx, &actor, &[id])?.is_empty()),
            Some(_) => Ok(false),
            None => Ok(actor.runs_the_plant() || relation == Relation::Repreneur),
        }
    }
}

/// What an entry is to people, if anything.
fn news(tx: &Tx<'_>, told: &Told) -> Result<Option<News>> {
    match told.action.as_str() {
        "sauvegarde.alerte" => return Ok(Some(alarm(told, Fait::Sauvegarde, "/sauvegardes"))),
        "serveur.alerte" => return Ok(Some(alarm(told, Fait::Serveur, "/etat"))),
        _ => {}
    }
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
        "intervention.hors_tolerance" => Fait::HorsTolerance,
        "intervention.pieces_disponibles" => Fait::PiecesDisponibles,
        "intervention.suppression" => return deleted(tx, id, told).map(Some),
        "commentaire.creation" => return commented(tx, CommentaireId(id.0)),
        "demande.creation" => return asked(tx, DemandeId(id.0), Fait::Demande).map(Some),
        "demande.acceptation" => return asked(tx, DemandeId(id.0), Fait::DemandeAcceptee).map(Some),
        "demande.refus" => return asked(tx, DemandeId(id.0), Fait::DemandeRefusee).map(Some),
        "planning.sans_creneau" | "plan_compteur.sans_technicien" => return unplaced(tx, told),
        "technicien.fermeture" => return left(TechnicienId(id.0), told),
        "piece.stock_bas" => return low(PieceId(id.0), told).map(Some),
        "planning.manquees" => return missed(tx, PlanningId(id.0), told),
        _ => return Ok(None),
    };
    let Some(mut news) = about(tx, id, fait)? else { return Ok(None) };
    match fait {
        Fait::Creation => news.reassigned = Booked::read(&told.apres).since(&Booked::default(), None),
        Fait::Affectation => {
            let lead = store::lead(tx, id)?;
            news.reassigned = Booked::read(&told.apres).since(&Booked::read(&told.avant), lead);
        }
        Fait::HorsTolerance => news.measured = Some(said(&told.apres, ["releve", "releve_en", "releve_ar"])),
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
    let subject = subject(tx, &intervention)?;
    let news = News::new(fait, subject, link(id));
    let (assigned, demandes) = (store::assigned(tx, id)?, demandes::requesters(tx, id)?);
    Ok(Some(News { intervention: Some(id), client: intervention.client_id, assigned, demandes, ..news }))
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
    let subject =
        Subject::bare(text(&told.avant, "numero"), text(&told.avant, "titre"), format!("{nom} ({code})"));
    let assigned = store::assigned(tx, id)?;
    let reassigned = assigned.iter().map(|technicien| (*technicien, Relation::Retire, None)).collect();
    let news = News::new(Fait::Suppression, subject, link(id));
    Ok(News { intervention: Some(id), is_there: false, assigned, reassigned, ..news })
}

fn commented(tx: &Tx<'_>, id: CommentaireId) -> Result<Option<News>> {
    let comment = interventions::commentaire(tx, id)?;
    let fait = if comment.interne { Fait::CommentaireInterne } else { Fait::Commentaire };
    let news = about(tx, comment.intervention_id, fait)?;
    Ok(news.map(|news| News { comment: Some((comment.auteur, comment.texte)), ..news }))
}

/// A demande was filed or answered.
fn asked(tx: &Tx<'_>, id: DemandeId, fait: Fait) -> Result<News> {
    let demande = demandes::demande(tx, id)?;
    let machine = format!("{} ({})", demande.equipement_nom, demande.equipement_code);
    let subject = Subject {
        priorite: demande.urgence,
        ..Subject::bare(demande.numero.clone(), demande.titre, machine)
    };
    let own = (id, demande.numero, demande.demandeur_id);
    let news = News::new(fait, subject, demande_link(id));
    Ok(News { demandes: vec![own], motif: demande.motif_refus, ..news })
}

/// The plan's technicien could not be booked: somebody else must be.
fn unplaced(tx: &Tx<'_>, told: &Told) -> Result<Option<News>> {
    let Some(id) = told.apres["intervention_id"].as_i64() else { return Ok(None) };
    let news = about(tx, InterventionId(id), Fait::SansCreneau)?;
    let is_gone = told.apres["parti"].as_bool() == Some(true);
    Ok(news.map(|news| News { left: is_gone.then(Left::default), ..news }))
}

/// Somebody left: where went what was theirs. Nothing to tell when nothing was.
fn left(id: TechnicienId, told: &Told) -> Result<Option<News>> {
    let left: Left = serde_json::from_value(told.apres["depart"].clone())?;
    if left.is_nothing() {
        return Ok(None);
    }
    let subject = Subject::bare(String::new(), left.nom.clone(), String::new());
    let news = News::new(Fait::Depart, subject, format!("/techniciens/{id}"));
    Ok(Some(News { heir: left.remis_a, left: Some(left), ..news }))
}

/// Échéances of a plan passed while nobody looked.
fn missed(tx: &Tx<'_>, id: PlanningId, told: &Told) -> Result<Option<News>> {
    let Some((titre, machine)) = store::plan(tx, id)? else { return Ok(None) };
    let day = |name: &str| {
        text(&told.apres, name).parse().map_err(|cause: jiff::Error| Error::Internal(cause.into()))
    };
    let missed = (told.apres["nombre"].as_i64().unwrap_or(1), day("du")?, day("au")?);
    let news =
        News::new(Fait::Manquees, Subject::bare(String::new(), titre, machine), format!("/planning/{id}"));
    Ok(Some(News { missed: Some(missed), ..news }))
}

/// A part fell below its threshold.
fn low(id: PieceId, told: &Told) -> Result<News> {
    let quantity = |name: &str| serde_json::from_value::<Quantity>(told.apres[name].clone());
    let low = (quantity("stock")?, quantity("seuil_min")?, text(&told.apres, "unite"));
    let (reference, designation) = (text(&told.apres, "reference"), text(&told.apres, "designation"));
    let subject = Subject::bare(reference, designation, String::new());
    Ok(News { low: Some(low), ..News::new(Fait::StockBas, subject, format!("/pieces/{id}")) })
}

/// Something about the server itself.
fn alarm(told: &Told, fait: Fait, page: &str) -> News {
    let alarm = said(&told.apres, ["fr", "en", "ar"]);
    let subject = Subject::bare(String::new(), String::new(), String::new());
    News { alarm: Some(alarm), ..News::new(fait, subject, page.to_owned()) }
}

/// A sentence that an entry keeps in each language; one of an earlier version may lack all but the French.
fn said(members: &Value, [fr, en, ar]: [&str; 3]) -> Phrase {
    let french = text(members, fr);
    let english = members[en].as_str().unwrap_or(&french).to_owned();
    let phrase = Phrase::new(french, english);
    match members[ar].as_str() {
        Some(arabic) => phrase.with_arabic(arabic.to_owned()),
        None => phrase,
    }
}

fn text(members: &Value, name: &str) -> String {
    members[name].as_str().unwrap_or_default().to_owned()
}

fn word(value: &Value) -> Option<StatutIntervention> {
    value.as_str().and_then(|word| word.parse().ok())
}
