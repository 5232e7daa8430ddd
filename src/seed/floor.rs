//! What the shop floor adds to the work: answers on the checklists, time spent, and services bought outside.

use super::job::{Answer, Job, Service, Spent, TERMINE};
use super::stories::Story;
use super::teller::{DAY, HOUR, MINUTE, Teller, later};
use crate::kernel::clock::Instant;

const SEED: u64 = 2027;

const REMARKS: &[&str] = &[
    "Rien à signaler.",
    "À surveiller au prochain passage.",
    "Flexible à remplacer dans les six mois.",
    "Vu avec le conducteur de ligne.",
    "Un peu de jeu, dans la tolérance.",
];

/// What was bought, from whom, and between which amounts (in hundreds of the currency).
const SERVICES: &[(&str, &str, i64, i64)] = &[
    ("Rebobinage du moteur", "Bobinage de l’Atlas", 32, 68),
    ("Location d’une nacelle, une journée", "Atlas Location", 9, 14),
    ("Métallisation et rectification de l’arbre", "Mécanique du Détroit", 24, 55),
    ("Assistance du constructeur, déplacement compris", "Sertimag", 60, 120),
    ("Analyse d’huile en laboratoire", "Laboratoire Lubrika", 4, 7),
    ("Équilibrage en atelier", "Mécanique du Détroit", 12, 26),
];

/// Work of the last year that somebody from outside helped with.
const BOUGHT: usize = 14;

/// The measure that is out of tolerance in one of the last inspections, and the work that corrects it.
const TOO_HOT: &str = "Température du palier côté accouplement";
const TOO_HOT_C: f64 = 82.5;
const CORRECTIVE: Story = Story {
    kind: "corrective",
    competence: None,
    minutes: (60, 120),
    stops: false,
    part: None,
    codes: Some(["OHE", "GRAISSAGE", "REMPLACER"]),
    titre: "Hors tolérance : Température du palier côté accouplement",
    symptome: "Température du palier côté accouplement : 82,5 °C (maximum 75 °C)",
    cause: Some("Graisse durcie, roulement marqué."),
    remede: Some("Roulement remplacé."),
    compte_rendu: "Roulement remplacé, 54 °C après une heure de marche.",
};

impl Teller {
    /// Fills in the jobs; returns the corrective one that a measure leads to.
    pub fn work(&mut self, jobs: &mut [Job]) -> Option<Job> {
        self.aside(SEED, |teller| {
            for job in jobs.iter_mut() {
                job.log_time(teller.plant.now);
                teller.travel(job);
                teller.answer(job);
            }
            teller.buy(jobs);
            teller.overheat(jobs)
        })
    }

    /// Some had to get there first.
    fn travel(&mut self, job: &mut Job) {
        let Some(first) = job.spent.first_mut() else { return };
        let Some(fin) = first.fin else { return };
        if fin.minutes_since(first.debut) < 60 || !self.random.chance(15) {
            return;
        }
        let there = later(first.debut, self.random.between(1, 4) * 5 * MINUTE);
        let travel = Spent { fin: Some(there), nature: "deplacement", ..*first };
        first.debut = there;
        job.spent.insert(0, travel);
    }

    /// What is finished was answered, what is under way is half so.
    fn answer(&mut self, job: &mut Job) {
        let (Some(gamme), Some(debut), Some(technicien)) = (job.gamme, job.debut, job.technicien) else {
            return;
        };
        let Some(user) =
            self.plant.crew.iter().find(|worker| worker.id == technicien).map(|worker| worker.user)
        else {
            return;
        };
        let operations = self.plant.gammes.operations(gamme);
        let count = if job.statut == TERMINE { operations.len() } else { operations.len() / 2 };
        let end = job.fin.unwrap_or(self.plant.now).as_second();
        let step = (end - debut.as_second()) / (operations.len() as i64 + 1);
        for (place, (id, operation)) in (1..).zip(&operations[..count]) {
            let mut answer = Answer::new(*id, later(debut, step * place), user);
            match operation.kind {
                "case" => answer.coche = Some(true),
                "mesure" => answer.valeur = Some(operation.measure(&mut self.random)),
                _ if operation.obligatoire => {
                    answer.texte = Some(format!("FI-{:05}", self.random.between(10_000, 99_999)));
                }
                _ if self.random.chance(40) => {
                    answer.texte = self.random.pick(REMARKS).map(str::to_owned);
                }
                _ => continue,
            }
            job.answers.push(answer);
        }
    }

    fn buy(&mut self, jobs: &mut [Job]) {
        let year_ago = later(self.plant.now, -365 * DAY);
        let hard = |job: &&mut Job| {
            job.story.kind == "corrective" && job.stops && job.fin.is_some_and(|fin| fin > year_ago)
        };
        let hard: Vec<_> = jobs.iter_mut().filter(hard).collect();
        let every = (hard.len() / BOUGHT).max(1);
        for job in hard.into_iter().step_by(every) {
            let Some((designation, fournisseur, low, high)) = self.random.pick(SERVICES) else { return };
            let cents = self.random.between(low * 10_000, high * 10_000) / 50 * 50;
            job.service = Some(Service { designation, fournisseur, cents });
        }
    }

    /// The last of the inspections that measure it found it too hot; the responsable asked for the repair.
    fn overheat(&mut self, jobs: &mut [Job]) -> Option<Job> {
        let found = |job: &&mut Job| job.statut == TERMINE && self.measures(job).is_some();
        let job = jobs.iter_mut().filter(found).max_by_key(|job| job.fin)?;
        let place = self.measures(job)?;
        let answer = &mut job.answers[place];
        (answer.valeur, answer.out) = (Some(TOO_HOT_C), true);
        let read = self.asked_after(job.fin?);
        let mut corrective =
            Job::created(CORRECTIVE, job.equipement, "haute", job.cree_par, read, job.zone().clone());
        corrective.limite = Some(later(read, 7 * DAY));
        corrective.corrects = Some(job.answers[place].operation);
        Some(corrective)
    }

    /// The place among its answers of the measure that may be too hot.
    fn measures(&self, job: &Job) -> Option<usize> {
        let operations = self.plant.gammes.operations(job.gamme?);
        let (id, _) = operations.iter().find(|(_, operation)| operation.libelle == TOO_HOT)?;
        job.answers.iter().position(|answer| answer.operation == *id)
    }

    /// An hour after the report, or just now.
    fn asked_after(&self, fin: Instant) -> Instant {
        later(fin, HOUR).min(later(self.plant.now, -MINUTE))
    }
}
