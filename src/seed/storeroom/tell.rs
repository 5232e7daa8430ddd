//! What comes in and goes out, in the order of time.

use super::{Happening, Shelf, Storeroom};
use crate::ids::UserId;
use crate::kernel::clock::Instant;
use crate::kernel::money::{Cents, TEN_THOUSANDTHS, UnitPrice};
use crate::kernel::quantity::Quantity;
use crate::pieces::{Line, TypeMouvement, back, counted, in_at, out, proposed, reversal};
use crate::seed::job::{EN_COURS, Step};
use crate::seed::store::{Counted, Held, Moved};
use crate::seed::teller::{DAY, HOUR, MINUTE, later};

impl Storeroom<'_> {
    /// What was on the shelves when the books were opened.
    pub(super) fn open(&mut self) {
        for shelf in 0..self.shelves.len() {
            let Shelf { seuil, lot, .. } = self.shelves[shelf];
            let quantite =
                if seuil.is_zero() && self.random.chance(60) { Quantity::ZERO } else { seuil + lot };
            if !quantite.is_zero() {
                let line = in_at(quantite, self.price(shelf, self.since));
                self.write(
                    shelf,
                    TypeMouvement::Entree,
                    line,
                    (self.since, self.keepers[0]),
                    "Stock initial",
                    None,
                );
            }
        }
    }

    pub(super) fn tell(&mut self) {
        let counts = [(-540, "A", "Inventaire annuel, allée A"), (-130, "C", "Inventaire tournant, allée C")];
        let mut counts = counts.into_iter();
        let mut next = counts.next();
        while let Some(((moment, _), (shelf, what))) = self.to_come.pop_first() {
            if let Some((days, aisle, libelle)) =
                next.filter(|(days, ..)| moment > later(self.end, days * DAY))
            {
                self.count(later(self.end, days * DAY), aisle, libelle, true);
                next = counts.next();
            }
            self.happen(moment, shelf, what);
        }
        self.count(self.end, "E-02", "Inventaire tournant, E-02", false);
    }

    fn happen(&mut self, at: Instant, shelf: usize, what: Happening) {
        let keeper = self.random.pick(&self.keepers).unwrap_or(UserId(0));
        match what {
            Happening::Take { job, quantite, brings_back } => {
                self.take(at, shelf, job, quantite, brings_back)
            }
            Happening::BringBack { job, issued } => {
                let (line, by) = (back(Quantity(1000), issued), (at, self.worker(job)));
                self.write(shelf, TypeMouvement::Retour, Some(line), by, "Non utilisé", Some(job));
            }
            Happening::Wait { job } => {
                // More than there is, or they would not have waited.
                let level = self.shelves[shelf].level;
                let (free, per_use) = (level.disponible(), self.shelves[shelf].per_use);
                self.hold(at, shelf, job, free, per_use);
            }
            Happening::GoOn { job } => {
                if self.held.iter().any(|held| held.job == job && !held.attendue.is_zero()) {
                    self.supply(at, shelf, keeper);
                }
                self.use_up(at, shelf, job);
            }
            Happening::Reserve { job } => {
                let per_use = self.shelves[shelf].per_use;
                if self.shelves[shelf].level.disponible() >= per_use {
                    self.hold(at, shelf, job, per_use, Quantity::ZERO);
                }
            }
            Happening::Deliver => {
                let Shelf { level, seuil, lot, .. } = self.shelves[shelf];
                self.shelves[shelf].is_ordered = false;
                self.receive(at, shelf, keeper, proposed(level, seuil, Some(lot)));
            }
            Happening::Supply => self.supply(at, shelf, keeper),
            Happening::Consume => {
                let Shelf { level, per_use, .. } = self.shelves[shelf];
                if level.disponible() >= per_use {
                    let line = Some(out(level, per_use));
                    self.write(
                        shelf,
                        TypeMouvement::Sortie,
                        line,
                        (at, keeper),
                        "Consommation de l’atelier",
                        None,
                    );
                    self.order(at, shelf);
                }
            }
        }
    }

    fn take(&mut self, at: Instant, shelf: usize, job: usize, quantite: Quantity, brings_back: bool) {
        let user = self.worker(job);
        let one = Quantity(1000);
        let quantite = if brings_back && quantite.0 % 1000 == 0 { quantite + one } else { quantite };
        let level = self.shelves[shelf].level;
        if quantite > level.disponible() {
            // Those who wait for it get theirs first.
            let missing = quantite - level.disponible() + level.attendue;
            let line = in_at(missing, self.price(shelf, at));
            self.write(shelf, TypeMouvement::Entree, line, (at, self.keepers[0]), "Achat au comptoir", None);
        }
        let issue = out(self.shelves[shelf].level, quantite);
        self.write(shelf, TypeMouvement::Sortie, Some(issue), (at, user), "", Some(job));
        if let Some(fin) =
            self.jobs[job].fin.filter(|_| quantite > self.shelves[shelf].per_use && brings_back)
        {
            let issued = (-issue.quantite, Cents(-issue.valeur.0));
            self.at(later(fin, -2 * MINUTE), shelf, Happening::BringBack { job, issued });
        }
        self.order(at, shelf);
    }

    fn worker(&self, job: usize) -> UserId {
        let by = |step: &&Step| step.to == Some(EN_COURS) && step.kind == "statut";
        self.jobs[job].history.iter().find(by).and_then(|step| step.user).unwrap_or(self.keepers[0])
    }
}

impl Storeroom<'_> {
    /// An intervention asks: so much of it is there, so much is awaited.
    fn hold(&mut self, at: Instant, shelf: usize, job: usize, reservee: Quantity, attendue: Quantity) {
        let level = &mut self.shelves[shelf].level;
        (level.reserve, level.attendue) = (level.reserve + reservee, level.attendue + attendue);
        let user = if self.jobs[job].debut.is_some() { self.worker(job) } else { self.jobs[job].cree_par };
        let demandee = reservee + attendue;
        self.held.push(Held { job, shelf, demandee, reservee, attendue, at, user, served: None });
    }

    fn supply(&mut self, at: Instant, shelf: usize, keeper: UserId) {
        let Shelf { level, lot, .. } = self.shelves[shelf];
        self.receive(at, shelf, keeper, proposed(level, Quantity::ZERO, Some(lot)));
    }

    /// Something arrives. At times it is first written down wrong.
    fn receive(&mut self, at: Instant, shelf: usize, keeper: UserId, quantite: Quantity) {
        if quantite.is_zero() {
            return;
        }
        let (cost, by) = (self.price(shelf, at), (at, keeper));
        if self.random.chance(1)
            && let Some(wrong) = in_at(Quantity(quantite.0 * 10), cost)
        {
            self.write(shelf, TypeMouvement::Entree, Some(wrong), by, "Livraison", None);
            let undone = self.moved.len();
            let line = reversal(wrong, self.shelves[shelf].level);
            self.write(shelf, TypeMouvement::Entree, Some(line), by, "Quantité mal saisie", None);
            if let Some(last) = self.moved.last_mut() {
                last.undoes = Some(undone);
            }
        }
        self.write(shelf, TypeMouvement::Entree, in_at(quantite, cost), by, "Livraison", None);
    }

    /// Whoever waits for a part gets what is free of it, the first to ask first.
    fn serve(&mut self, shelf: usize) {
        let level = &mut self.shelves[shelf].level;
        for held in self.held.iter_mut().filter(|held| held.shelf == shelf) {
            let given = level.disponible().min(held.attendue).max(Quantity::ZERO);
            (held.reservee, held.attendue) = (held.reservee + given, held.attendue - given);
            (level.reserve, level.attendue) = (level.reserve + given, level.attendue - given);
        }
    }

    /// An intervention takes what was set aside for it.
    fn use_up(&mut self, at: Instant, shelf: usize, job: usize) {
        let user = self.worker(job);
        let Some(held) = self.held.iter_mut().find(|held| held.job == job && held.served.is_none()) else {
            return;
        };
        let quantite = held.reservee;
        (held.reservee, held.served) = (Quantity::ZERO, Some(at));
        self.shelves[shelf].level.reserve = self.shelves[shelf].level.reserve - quantite;
        let line = Some(out(self.shelves[shelf].level, quantite));
        self.write(shelf, TypeMouvement::Sortie, line, (at, user), "", Some(job));
        self.order(at, shelf);
    }

    /// What fell below its threshold is ordered, mostly.
    fn order(&mut self, at: Instant, shelf: usize) {
        let Shelf { level, seuil, days, is_ordered, .. } = self.shelves[shelf];
        if level.stock < seuil && !is_ordered && self.random.chance(92) {
            self.shelves[shelf].is_ordered = true;
            let arrives =
                later(at, (days + self.random.between(0, 3)) * DAY + self.random.between(0, 5) * HOUR);
            self.at(arrives, shelf, Happening::Deliver);
        }
    }

    /// Counts the shelves of an aisle; a closed count has posted what differed, an open one is half done.
    fn count(&mut self, at: Instant, place: &str, libelle: &'static str, is_closed: bool) {
        let (number, user) = (self.counts.len(), self.keepers[0]);
        let mut lines = Vec::new();
        for shelf in 0..self.shelves.len() {
            let Shelf { emplacement, level, .. } = self.shelves[shelf];
            if !emplacement.starts_with(place) {
                continue;
            }
            if !is_closed && lines.len() >= 3 {
                lines.push((shelf, None));
                continue;
            }
            let is_wrong = level.disponible() > Quantity(2000)
                && (self.random.chance(25) || !is_closed && lines.len() != 1);
            let difference = if is_wrong { self.random.pick(&[-1000, -1000, 1000]).unwrap_or(0) } else { 0 };
            lines.push((shelf, Some((level.stock + Quantity(difference), level.stock))));
            if is_closed && difference != 0 {
                let line = counted(level, Quantity(difference));
                self.write(shelf, TypeMouvement::Inventaire, line, (at, user), libelle, None);
                if let Some(last) = self.moved.last_mut() {
                    last.inventaire = Some(number);
                }
            }
        }
        let emplacement = (!is_closed).then(|| place.to_owned());
        let opened = later(at, -3 * HOUR);
        self.counts.push(Counted { libelle, emplacement, opened, at, user, is_closed, lines });
    }

    fn write(
        &mut self,
        shelf: usize,
        kind: TypeMouvement,
        line: Option<Line>,
        (at, user): (Instant, UserId),
        motif: &'static str,
        job: Option<usize>,
    ) {
        let Some(line) = line else { return };
        let level = &mut self.shelves[shelf].level;
        *level = level.after(line);
        let motif = (!motif.is_empty()).then_some(motif);
        if line.quantite > Quantity::ZERO {
            self.serve(shelf);
        }
        self.moved.push(Moved { shelf, kind, line, at, user, motif, job, undoes: None, inventaire: None });
    }

    /// The catalogue's price, a little less two years ago, never quite the same.
    fn price(&mut self, shelf: usize, at: Instant) -> UnitPrice {
        let years = 2 * 365 * DAY;
        let drift = 5 * (at.as_second() - self.since.as_second()) / years;
        let percent = 94 + drift + self.random.between(0, 4);
        // Suppliers of the plant round to a cent.
        UnitPrice(self.shelves[shelf].prix.0 * percent / 100 / TEN_THOUSANDTHS * TEN_THOUSANDTHS)
    }

    pub(super) fn shelf_of(&self, story: &str) -> Option<usize> {
        self.shelves.iter().position(|shelf| shelf.story == Some(story))
    }
}
