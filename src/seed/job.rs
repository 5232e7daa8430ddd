//! The life of one intervention, told step by step. Each step writes its line of history and the dates that
//! the workflow would write, so that what is sown cannot contradict itself.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::stories::Story;
use crate::agenda::Interval;
use crate::ids::{
    CompetenceId, DemandeId, EquipementId, GammeId, OperationId, PlanningId, TechnicienId, UserId,
};
use crate::kernel::clock::Instant;

pub const PLANIFIE: &str = "planifie";
pub const EN_COURS: &str = "en_cours";
pub const ATTENTE_PIECES: &str = "attente_pieces";
pub const TERMINE: &str = "termine";
const ANNULE: &str = "annule";

/// An intervention with all that hangs on it, ready to be stored.
pub struct Job {
    pub story: Story,
    /// Of the site.
    zone: TimeZone,
    pub equipement: EquipementId,
    pub competence: Option<CompetenceId>,
    pub description: String,
    pub statut: &'static str,
    pub priorite: &'static str,
    pub technicien: Option<TechnicienId>,
    /// Who answers for it.
    pub cree_par: UserId,
    /// The échéance that it was generated for.
    pub echeance: Option<(PlanningId, i64)>,
    pub creation: Instant,
    /// Somebody's demande, when one was accepted.
    pub demande: Option<(DemandeId, Instant)>,
    pub limite: Option<Instant>,
    pub prise_en_charge: Option<Instant>,
    pub debut: Option<Instant>,
    pub fin: Option<Instant>,
    pub duree_min: i64,
    /// The machine is down because of it.
    pub stops: bool,
    pub survenue: Option<Instant>,
    pub arret: Option<Instant>,
    pub remise: Option<Instant>,
    pub validation: Option<(UserId, Instant)>,
    pub slots: Vec<Booking>,
    pub history: Vec<Step>,
    pub comments: Vec<Comment>,
    /// Its checklist and the version.
    pub gamme: Option<(GammeId, i64)>,
    pub answers: Vec<Answer>,
    pub spent: Vec<Spent>,
    pub service: Option<Service>,
    /// The measure out of tolerance that it corrects.
    pub corrects: Option<OperationId>,
}

/// An answer on its checklist.
pub struct Answer {
    pub operation: OperationId,
    pub date: Instant,
    pub user: UserId,
    pub coche: Option<bool>,
    pub valeur: Option<f64>,
    pub texte: Option<String>,
    /// Of tolerance.
    pub out: bool,
}

impl Answer {
    /// Nothing said yet.
    pub fn new(operation: OperationId, date: Instant, user: UserId) -> Self {
        Self { operation, date, user, coche: None, valeur: None, texte: None, out: false }
    }
}

/// Time that somebody spent on it.
#[derive(Clone, Copy)]
pub struct Spent {
    pub technicien: TechnicienId,
    pub debut: Instant,
    /// None while the timer runs.
    pub fin: Option<Instant>,
    pub nature: &'static str,
}

/// A service bought outside, when it was over.
pub struct Service {
    pub designation: &'static str,
    pub fournisseur: &'static str,
    pub cents: i64,
}

pub struct Booking {
    pub technicien: TechnicienId,
    pub slot: Interval,
    pub role: &'static str,
    pub released: Option<Instant>,
}

/// A line of history.
pub struct Step {
    pub date: Instant,
    /// `None` for the scheduler.
    pub user: Option<UserId>,
    pub kind: &'static str,
    pub from: Option<&'static str>,
    pub to: Option<&'static str>,
    pub remark: Option<String>,
}

pub struct Comment {
    pub date: Instant,
    pub user: UserId,
    pub text: &'static str,
    pub internal: bool,
}

impl Job {
    /// Somebody asks for it; failures stop the machine from then on.
    pub fn created(
        story: Story,
        equipement: EquipementId,
        priorite: &'static str,
        by: UserId,
        at: Instant,
        zone: TimeZone,
    ) -> Self {
        let failure = story.kind == "corrective";
        let mut job = Self {
            story,
            zone,
            equipement,
            competence: None,
            description: story.symptome.to_owned(),
            statut: PLANIFIE,
            priorite,
            technicien: None,
            cree_par: by,
            echeance: None,
            creation: at,
            demande: None,
            limite: None,
            prise_en_charge: None,
            debut: None,
            fin: None,
            duree_min: story.minutes.0.midpoint(story.minutes.1),
            stops: story.stops,
            survenue: None,
            arret: (story.stops && failure).then_some(at),
            remise: None,
            validation: None,
            slots: Vec::new(),
            history: Vec::new(),
            comments: Vec::new(),
            gamme: None,
            answers: Vec::new(),
            spent: Vec::new(),
            service: None,
            corrects: None,
        };
        job.step(at, by, "creation", None, Some(PLANIFIE), None);
        job
    }

    /// It came from a demande, filed at this moment.
    pub fn asked_for(&mut self, demande: DemandeId, numero: &str, at: Instant) {
        self.demande = Some((demande, at));
        if let Some(creation) = self.history.first_mut() {
            creation.remark = Some(format!("Demande {numero}"));
        }
    }

    /// It was not asked for by anybody: the scheduler made it.
    pub fn generated_for(&mut self, plan: PlanningId, k: i64) {
        self.echeance = Some((plan, k));
        for step in &mut self.history {
            step.user = None;
        }
    }

    /// The failure itself came this much before it was declared.
    pub fn broke(&mut self, before: Duration) {
        let moment = self.creation.minus(before);
        self.survenue = Some(moment);
        self.arret = self.arret.map(|_| moment);
    }

    /// Books the lead, for the first time or again.
    pub fn assign(
        &mut self,
        who: TechnicienId,
        name: &str,
        slot: Interval,
        at: Instant,
        by: impl Into<Option<UserId>>,
    ) {
        self.technicien = Some(who);
        self.prise_en_charge.get_or_insert(at);
        self.book(who, name, slot, "principal", at, by);
    }

    /// Books somebody who helps.
    pub fn reinforce(&mut self, who: TechnicienId, name: &str, slot: Interval, at: Instant, by: UserId) {
        self.book(who, name, slot, "renfort", at, by);
    }

    pub fn start(&mut self, at: Instant, by: UserId) {
        self.debut = Some(at);
        if self.stops {
            self.arret.get_or_insert(at);
        }
        self.turn(at, by, EN_COURS, None);
    }

    pub fn wait(&mut self, at: Instant, by: UserId, for_what: &str) {
        self.turn(at, by, ATTENTE_PIECES, Some(format!("Pièce commandée : {for_what}")));
    }

    pub fn resume(&mut self, at: Instant, by: UserId) {
        self.turn(at, by, EN_COURS, None);
    }

    pub fn finish(&mut self, at: Instant, by: UserId) {
        self.fin = Some(at);
        self.remise = self.arret.map(|_| at);
        self.turn(at, by, TERMINE, None);
    }

    pub fn reopen(&mut self, at: Instant, by: UserId, why: &str) {
        self.fin = None;
        self.remise = None;
        self.step(at, by, "reouverture", Some(self.statut), Some(EN_COURS), Some(why.to_owned()));
        self.statut = EN_COURS;
    }

    /// Not to be done after all: its slots are free again.
    pub fn cancel(&mut self, at: Instant, by: UserId, why: &str) {
        for booking in &mut self.slots {
            booking.released = Some(at);
        }
        self.remise = self.arret.map(|_| at);
        self.turn(at, by, ANNULE, Some(why.to_owned()));
    }

    pub fn validate(&mut self, at: Instant, by: UserId) {
        self.validation = Some((by, at));
        self.step(at, by, "validation", None, None, None);
    }

    /// Everybody notes the part of their slot in which the work went on; where it still does, their timer runs.
    pub fn log_time(&mut self, now: Instant) {
        let Some(start) = self.debut else { return };
        for Booking { technicien, slot: (from, to), released, .. } in &self.slots {
            let debut = start.max(*from);
            if released.is_some() || debut >= *to || debut >= now {
                continue;
            }
            let goes_on = *to > now && self.fin.is_none();
            if goes_on && self.statut != EN_COURS {
                continue;
            }
            let fin = self.fin.map_or(*to, |fin| fin.min(*to));
            let fin = (!goes_on).then_some(fin.max(debut));
            self.spent.push(Spent { technicien: *technicien, debut, fin, nature: "travail" });
        }
    }

    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    pub fn is_open(&self) -> bool {
        matches!(self.statut, PLANIFIE | EN_COURS | ATTENTE_PIECES)
    }

    /// The statut of its machine because of it, if it is not in service.
    pub fn machine_statut(&self) -> Option<&'static str> {
        match self.statut {
            PLANIFIE if self.arret.is_some() => Some("panne"),
            EN_COURS | ATTENTE_PIECES if self.stops => Some("maintenance"),
            _ => None,
        }
    }

    /// The year of its number: that of its creation, on the site's calendar.
    pub fn year(&self) -> i16 {
        self.creation.in_zone(&self.zone).year()
    }

    /// When it last changed.
    pub fn touched(&self) -> Instant {
        self.history.last().map_or(self.creation, |step| step.date)
    }

    fn book(
        &mut self,
        technicien: TechnicienId,
        name: &str,
        slot: Interval,
        role: &'static str,
        at: Instant,
        by: impl Into<Option<UserId>>,
    ) {
        self.slots.push(Booking { technicien, slot, role, released: None });
        let (debut, fin) = (slot.0.in_zone(&self.zone), slot.1.in_zone(&self.zone));
        let support = if role == "renfort" { " (renfort)" } else { "" };
        let remark =
            format!("{name}{support}, {} – {}", debut.strftime("%d/%m/%Y %H:%M"), fin.strftime("%H:%M"));
        self.step(at, by, "affectation", None, None, Some(remark));
    }

    fn turn(&mut self, at: Instant, by: UserId, to: &'static str, remark: Option<String>) {
        self.step(at, by, "statut", Some(self.statut), Some(to), remark);
        self.statut = to;
    }

    fn step(
        &mut self,
        date: Instant,
        user: impl Into<Option<UserId>>,
        kind: &'static str,
        from: Option<&'static str>,
        to: Option<&'static str>,
        remark: Option<String>,
    ) {
        self.history.push(Step { date, user: user.into(), kind, from, to, remark });
    }
}
