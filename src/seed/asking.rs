//! What people of the demo plant asked for: most of it became work, some was refused, some waits for an answer.

use jiff::tz::TimeZone;

use super::job::Job;
use super::plant::Machine;
use super::teller::{DAY, HOUR, MINUTE, Teller, later};
use crate::ids::{EquipementId, UserId};
use crate::kernel::clock::Instant;

/// Of the demandes that became work: under way, and done.
const OPEN: usize = 6;
const DONE: usize = 7;
/// Open work that a second person reported as well.
const REPORTED_TWICE: usize = 2;
const NEW: usize = 5;

const SEED: u64 = 2029;

/// Titre, description, and why not.
const REFUSED: [(&str, &str, &str); 3] = [
    (
        "Repeindre le carter",
        "La peinture s’écaille côté opérateur.",
        "Pas d’arrêt possible avant l’été : à redemander pour l’arrêt d’août.",
    ),
    (
        "Déplacer le pupitre de commande",
        "Il faut se pencher au-dessus de la machine pour l’atteindre.",
        "C’est une modification : les méthodes l’étudient avec le service sécurité, fiche d’amélioration ouverte.",
    ),
    (
        "Bruit au démarrage",
        "Un claquement sec, une fois sur deux.",
        "Entendu avec la production : c’est le clapet anti-retour, normal à froid.",
    ),
];

const WITHDRAWN: [(&str, &str); 2] = [
    ("Eau sous la machine", "Une flaque depuis ce matin."),
    ("Voyant d’alarme allumé", "Le voyant orange du pupitre reste allumé."),
];

const URGENCIES: &[(i64, &str)] = &[(20, "haute"), (60, "normale"), (20, "basse")];

/// A demande, ready to be stored.
pub struct Asked {
    pub equipement: EquipementId,
    /// Of the site.
    zone: TimeZone,
    pub titre: &'static str,
    pub description: String,
    pub urgence: &'static str,
    pub stops: bool,
    pub survenue: Option<Instant>,
    pub symptome_code: Option<&'static str>,
    pub by: UserId,
    pub at: Instant,
    pub answer: Option<Answer>,
}

/// Who answered, when and how.
pub struct Answer {
    pub by: UserId,
    pub at: Instant,
    pub outcome: Outcome,
}

pub enum Outcome {
    /// The place, among the jobs, of the work that it became or that was under way for it.
    Accepted(usize),
    Refused(&'static str),
    Withdrawn,
}

impl Asked {
    /// The year of its number, on the site's calendar.
    pub fn year(&self) -> i16 {
        self.at.in_zone(&self.zone).year()
    }
}

impl Teller {
    /// What was asked for, in the order of the asking; `jobs` are all there is, in the order of their creation.
    pub fn asked_for(&mut self, jobs: &[Job]) -> Vec<Asked> {
        self.aside(SEED, |teller| teller.requests(jobs))
    }

    fn requests(&mut self, jobs: &[Job]) -> Vec<Asked> {
        let mut asked = Vec::new();
        let failures = || (0..jobs.len()).rev().filter(|place| jobs[*place].story.kind == "corrective");
        let open = failures().filter(|place| jobs[*place].is_open()).take(OPEN);
        let done = failures().filter(|place| !jobs[*place].is_open()).step_by(4).take(DONE);
        for (turn, place) in open.clone().chain(done).enumerate() {
            asked.extend(self.became_work(turn, place, &jobs[place]));
        }
        for (turn, place) in open.take(REPORTED_TWICE).enumerate() {
            asked.extend(self.reported_again(turn, place, &jobs[place]));
        }
        for turn in 0..NEW {
            let new = self.waiting_for_an_answer(turn, &asked);
            asked.extend(new);
        }
        for (turn, (titre, description, why)) in REFUSED.into_iter().enumerate() {
            asked.extend(self.answered_with_a_word(turn, titre, description, Outcome::Refused(why)));
        }
        for (turn, (titre, description)) in WITHDRAWN.into_iter().enumerate() {
            asked.extend(self.answered_with_a_word(turn, titre, description, Outcome::Withdrawn));
        }
        asked.sort_by_key(|asked| asked.at);
        asked
    }

    /// The responsable accepted it by writing the work down.
    fn became_work(&mut self, turn: usize, place: usize, job: &Job) -> Option<Asked> {
        let machine = self.machine(job.equipement)?;
        let before = later(job.creation, -self.random.between(10, 90) * MINUTE);
        let at = job.survenue.map_or(before, |failure| failure.max(before));
        let answer = Answer { by: job.cree_par, at: job.creation, outcome: Outcome::Accepted(place) };
        Some(Asked {
            titre: job.story.titre,
            description: job.description.clone(),
            urgence: job.priorite,
            stops: job.stops,
            survenue: job.survenue,
            symptome_code: job.story.codes.map(|[symptome, ..]| symptome),
            answer: Some(answer),
            ..self.blank(machine, !turn.is_multiple_of(2), at)
        })
    }

    /// Somebody else saw the same, and was told that it is known.
    fn reported_again(&mut self, turn: usize, place: usize, job: &Job) -> Option<Asked> {
        let machine = self.machine(job.equipement)?;
        let span = self.plant.now.minutes_since(job.creation).max(2) * MINUTE;
        let at = later(job.creation, span / 3);
        let answer = Answer { by: job.cree_par, at: later(at, span / 6), outcome: Outcome::Accepted(place) };
        Some(Asked {
            titre: job.story.titre,
            description: "Vu en prenant le poste.".to_owned(),
            stops: job.stops,
            answer: Some(answer),
            ..self.blank(machine, turn.is_multiple_of(2), at)
        })
    }

    /// On each site in turn, and what nobody reported yet.
    fn waiting_for_an_answer(&mut self, turn: usize, told: &[Asked]) -> Option<Asked> {
        let sites = self.plant.grounds.len();
        let (machine, story) = (0..500).find_map(|_| {
            let (machine, story) = self.story()?;
            let fits = machine.site == turn % sites && !machine.retired && story.kind == "corrective";
            (fits && told.iter().all(|one| one.titre != story.titre)).then_some((machine, story))
        })?;
        let at = later(self.plant.now, -self.random.between(20 * MINUTE, 40 * HOUR));
        Some(Asked {
            titre: story.titre,
            description: story.symptome.to_owned(),
            urgence: self.random.weighted(URGENCIES).unwrap_or("normale"),
            stops: story.stops,
            survenue: self.random.chance(50).then(|| later(at, -15 * MINUTE)),
            symptome_code: story.codes.map(|[symptome, ..]| symptome),
            ..self.blank(machine, turn >= sites, at)
        })
    }

    fn answered_with_a_word(
        &mut self,
        turn: usize,
        titre: &'static str,
        description: &str,
        outcome: Outcome,
    ) -> Option<Asked> {
        let (machine, _) = (0..200).find_map(|_| self.story().filter(|(machine, _)| !machine.retired))?;
        let at = later(self.plant.now, -self.random.between(2 * DAY, 60 * DAY));
        let blank = self.blank(machine, !turn.is_multiple_of(2), at);
        let by = match outcome {
            Outcome::Withdrawn => blank.by,
            Outcome::Accepted(_) | Outcome::Refused(_) => self.plant.ground(machine).responsable,
        };
        let answer = Answer { by, at: later(at, self.random.between(HOUR, 20 * HOUR)), outcome };
        Some(Asked { titre, description: description.to_owned(), answer: Some(answer), ..blank })
    }

    /// The client's, or somebody's of the crew.
    fn blank(&self, machine: Machine, by_crew: bool, at: Instant) -> Asked {
        let ground = self.plant.ground(machine);
        let hand = self.plant.crew.iter().find(|worker| by_crew && worker.site == machine.site);
        Asked {
            equipement: machine.id,
            zone: ground.zone.clone(),
            titre: "",
            description: String::new(),
            urgence: "normale",
            stops: false,
            survenue: None,
            symptome_code: None,
            by: hand.map_or(ground.client, |worker| worker.user),
            at,
            answer: None,
        }
    }

    fn machine(&self, id: EquipementId) -> Option<Machine> {
        self.plant.machines.iter().copied().find(|machine| machine.id == id)
    }
}
