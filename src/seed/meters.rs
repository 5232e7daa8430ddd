//! The meters of the demo plant: two years of readings, some gauges, and plans that fall due by them.

use jiff::civil::Date;

use super::plant::Machine;
use super::store::{self, Meter, MeterPlan};
use super::teller::{DAY, HOUR, Teller, later};
use crate::kernel::clock::Instant;
use crate::kernel::db::Tx;
use crate::kernel::error::Result;

const SEED: u64 = 2030;

/// Months of readings.
const MONTHS: i64 = 24;

/// Kind of machine, name and unit of its counter, least and most of a day, and where its display starts again.
struct Counter(&'static str, &'static str, &'static str, (i64, i64), Option<i64>);

const COUNTERS: &[Counter] = &[
    Counter("compresseur", "Heures de marche", "h", (9, 20), None),
    Counter("presse à injecter", "Cycles", "cycles", (1800, 4200), Some(9_999_999)),
    Counter("chariot élévateur", "Heures moteur", "h", (3, 8), Some(99_999)),
    Counter("sertisseuse", "Boîtes serties", "boîtes", (22_000, 41_000), None),
    Counter("groupe froid", "Heures de marche", "h", (12, 22), None),
];

/// Kind of machine, title, and every how much of its counter.
const PLANS: &[(&str, &str, i64)] = &[
    ("compresseur", "Vidange et filtres du compresseur", 2000),
    ("chariot élévateur", "Entretien du chariot", 250),
    ("presse à injecter", "Contrôle des colonnes et du serrage", 250_000),
];

const GAUGE: (&str, &str, &str) = ("compresseur", "Pression du réseau", "bar");

impl Teller {
    /// Stores the meters; returns how many there are.
    pub fn meters(&mut self, tx: &Tx<'_>) -> Result<usize> {
        self.aside(SEED, |teller| {
            let machines: Vec<Machine> =
                teller.plant.machines.iter().copied().filter(|machine| !machine.retired).collect();
            let mut count = 0;
            for machine in machines {
                for Counter(kind, nom, unite, (least, most), capacite) in COUNTERS {
                    if machine.kind == *kind {
                        let pace = teller.random.between(*least, *most);
                        let meter =
                            Meter { machine: machine.id, nom, unite, capacite: *capacite, gauge: false };
                        teller.counter(tx, machine, &meter, pace)?;
                        count += 1;
                    }
                }
                let (kind, nom, unite) = GAUGE;
                if machine.kind == kind {
                    let meter = Meter { machine: machine.id, nom, unite, capacite: None, gauge: true };
                    teller.gauge(tx, machine, &meter)?;
                    count += 1;
                }
            }
            Ok(count)
        })
    }

    fn counter(&mut self, tx: &Tx<'_>, machine: Machine, meter: &Meter<'_>, pace: i64) -> Result<()> {
        let mut total = self.random.between(10, 400) * pace;
        let (first, author) = (self.month_ago(machine, MONTHS), self.reader(machine));
        let id = store::insert_meter(tx, first, meter)?;
        let mut since = first;
        for month in (0..=MONTHS).rev() {
            let at = self.month_ago(machine, month);
            let days = (at.as_second() - since.as_second()) / DAY;
            total += days * self.random.between(pace * 8, pace * 12) / 10;
            store::insert_reading(tx, id, at, total * 1000, author)?;
            since = at;
        }
        for (_, titre, pas) in PLANS.iter().filter(|(kind, ..)| *kind == machine.kind) {
            // What is behind it was done before the plan was written.
            let depart = total / pas * pas;
            store::insert_meter_plan(
                tx,
                id,
                since,
                &MeterPlan { titre, pas: pas * 1000, depart: depart * 1000 },
            )?;
        }
        Ok(())
    }

    fn gauge(&mut self, tx: &Tx<'_>, machine: Machine, meter: &Meter<'_>) -> Result<()> {
        let author = self.reader(machine);
        let id = store::insert_meter(tx, self.month_ago(machine, 3), meter)?;
        for month in (0..=3).rev() {
            let at = self.month_ago(machine, month);
            store::insert_reading(tx, id, at, self.random.between(62, 74) * 100, author)?;
        }
        Ok(())
    }

    /// The round of a month: in the morning of its first day on the site; of this month, yesterday.
    fn month_ago(&self, machine: Machine, months: i64) -> Instant {
        let zone = &self.plant.ground(machine).zone;
        let yesterday = later(self.plant.now, -DAY);
        if months == 0 {
            return yesterday;
        }
        let month: Date = yesterday.in_zone(zone).date().first_of_month();
        let day = month.saturating_sub(jiff::Span::new().months(months - 1));
        Instant::start_of(day, zone).map_or(yesterday, |start| later(start, 8 * HOUR).min(yesterday))
    }

    /// Somebody of the site's crew goes round.
    fn reader(&self, machine: Machine) -> crate::ids::UserId {
        let hand = self.plant.crew.iter().find(|worker| worker.site == machine.site);
        hand.map_or(self.plant.ground(machine).responsable, |worker| worker.user)
    }
}
