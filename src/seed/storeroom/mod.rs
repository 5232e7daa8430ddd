//! The demo plant's storeroom: the parts of `data/pieces.txt`, and two years of what came in and went out, told in
//! the order of time so that it never holds less than nothing. Interventions that waited for a part find it
//! missing then, and take what arrived when they go on.

mod foresee;
mod tell;

use std::collections::{BTreeMap, HashMap};

use crate::ids::{EquipementId, UserId};
use crate::kernel::clock::Instant;
use crate::kernel::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::money::{Cents, UnitPrice};
use crate::kernel::quantity::Quantity;
use crate::pieces::Level;
use crate::seed::job::Job;
use crate::seed::plant::MEMORY;
use crate::seed::random::Random;
use crate::seed::store::{self, Counted, Held, Moved, Part};
use crate::seed::stories::given;
use crate::seed::teller::{MINUTE, Teller, later};

const PARTS: &str = include_str!("../data/pieces.txt");

/// Key in the table of parts, name, town, usual days.
const SUPPLIERS: &[(&str, &str, &str, i64)] = &[
    ("A", "Airtech Compresseurs", "Casablanca", 6),
    ("E", "Étanchéité de l’Atlas", "Casablanca", 4),
    ("F", "Froid Service du Nord", "Tanger", 5),
    ("G", "Régulation et Thermique", "Mohammedia", 7),
    ("H", "Hydraulique du Détroit", "Tanger", 8),
    ("L", "Comptoir Électrique de Casablanca", "Casablanca", 3),
    ("M", "Pièces Constructeurs Export", "Lyon", 18),
    ("O", "Rhône Automation", "Lyon", 14),
    ("P", "Pneumatique Chaouia", "Casablanca", 3),
    ("Q", "Quincaillerie des Ateliers", "Casablanca", 1),
    ("R", "Roulements du Maghreb", "Casablanca", 4),
    ("T", "Transmissions Industrielles", "Casablanca", 6),
    ("U", "Lubrifiants du Souss", "Agadir", 5),
    ("V", "Levage et Chariots", "Tanger", 10),
];

/// How late the newest line may be: what is being typed just now is not there yet.
const TYPING: i64 = 10 * MINUTE;

/// A part on its shelf while the story is told.
struct Shelf {
    emplacement: &'static str,
    /// Machine types that it fits: `*` for all.
    kinds: &'static str,
    /// What the stories call it.
    story: Option<&'static str>,
    per_use: Quantity,
    /// Taken at each preventive work on a machine that it fits.
    preventive: Option<Quantity>,
    seuil: Quantity,
    lot: Quantity,
    prix: UnitPrice,
    days: i64,
    level: Level,
    is_ordered: bool,
}

/// What happens in the storeroom; a job is meant by its place.
#[derive(Clone, Copy)]
enum Happening {
    Take {
        job: usize,
        quantite: Quantity,
        brings_back: bool,
    },
    Wait {
        job: usize,
    },
    GoOn {
        job: usize,
    },
    Reserve {
        job: usize,
    },
    /// One too many, of an issue that was so much and worth so much.
    BringBack {
        job: usize,
        issued: (Quantity, Cents),
    },
    /// What the threshold asked for arrives.
    Deliver,
    /// What interventions wait for arrives.
    Supply,
    /// Used up in the workshop.
    Consume,
}

struct Storeroom<'a> {
    jobs: &'a [Job],
    random: &'a mut Random,
    keepers: Vec<UserId>,
    since: Instant,
    end: Instant,
    shelves: Vec<Shelf>,
    /// By moment; the number keeps apart what happens at once.
    to_come: BTreeMap<(Instant, usize), (usize, Happening)>,
    moved: Vec<Moved>,
    held: Vec<Held>,
    counts: Vec<Counted>,
}

/// Stores the parts and their two years; returns how many parts there are. Jobs are in the order of their ids.
pub fn stock(tx: &Tx<'_>, teller: &mut Teller, jobs: &[Job]) -> Result<usize> {
    let plant = &teller.plant;
    let (since, now) = (plant.now.minus(MEMORY), plant.now);
    let kinds: HashMap<EquipementId, &str> =
        plant.machines.iter().map(|machine| (machine.id, machine.kind)).collect();
    let suppliers = SUPPLIERS
        .iter()
        .map(|(key, nom, town, days)| Ok((*key, store::insert_supplier(tx, since, nom, town, *days)?)))
        .collect::<Result<HashMap<_, _>>>()?;
    let mut shelves = Vec::new();
    for line in PARTS.lines().skip(1) {
        let shelf = shelve(tx, since, line, |shelf, key, part| {
            let fits = kinds.iter().filter(|(_, kind)| fits(shelf.kinds, kind)).map(|(id, _)| *id);
            Part { supplier: suppliers.get(key).copied(), fits: fits.collect(), ..part }
        })?;
        shelves.push(shelf);
    }
    let mut keepers: Vec<_> = plant.grounds.iter().map(|ground| ground.responsable).collect();
    keepers.dedup();
    let mut room = Storeroom {
        jobs,
        random: &mut teller.random,
        keepers,
        since,
        end: later(now, -TYPING),
        shelves,
        to_come: BTreeMap::new(),
        moved: Vec::new(),
        held: Vec::new(),
        counts: Vec::new(),
    };
    room.open();
    room.foresee(&kinds);
    room.tell();
    store::insert_moves(tx, &room.moved, &room.held, &room.counts)?;
    Ok(room.shelves.len())
}

/// Whether a part for these machine types fits one of this type.
fn fits(kinds: &str, kind: &str) -> bool {
    kinds == "*" || kinds.split(", ").any(|known| known == kind)
}

/// Stores the part of a line of the table.
fn shelve(
    tx: &Tx<'_>,
    since: Instant,
    line: &'static str,
    complete: impl Fn(&Shelf, &str, Part<'static>) -> Part<'static>,
) -> Result<Shelf> {
    let mut fields = line.split(" | ");
    let mut field = || fields.next().unwrap_or("-").trim();
    let thousandths = |text: &str| (text.parse::<f64>().unwrap_or_default() * 1000.0).round() as i64;
    let (reference, designation, unite, emplacement) = (field(), field(), field(), field());
    let (seuil, lot) = (Quantity(thousandths(field())), Quantity(thousandths(field())));
    let ten_thousandths = |text: &str| (text.parse::<f64>().unwrap_or_default() * 10_000.0).round() as i64;
    let (prix, supplier) = (UnitPrice(ten_thousandths(field())), field());
    let shelf = Shelf {
        emplacement,
        kinds: field(),
        story: given(field()),
        per_use: Quantity(thousandths(field())),
        preventive: given(field()).map(|text| Quantity(thousandths(text))),
        seuil,
        lot,
        prix,
        days: SUPPLIERS.iter().find(|(key, ..)| *key == supplier).map_or(5, |(.., days)| *days),
        level: Level::default(),
        is_ordered: false,
    };
    let part = Part {
        reference,
        designation,
        unite,
        emplacement,
        seuil,
        lot,
        prix,
        supplier: None,
        fits: Vec::new(),
    };
    store::insert_part(tx, since, &complete(&shelf, supplier, part))?;
    Ok(shelf)
}
