//! Any number of interventions over five years, to measure with: dull, but as consistent as the demo.
//!
//! Nobody is double booked, by construction: interventions come at regular steps and go to the techniciens in
//! turn, and a slot is shorter than one turn.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde_json::json;

use super::job::Job;
use super::people::ACCOUNTS;
use super::random::Random;
use super::store::{self, Client, Equipement, Numbers, Site, Technicien, User};
use super::stories::{Stories, Story};
use super::teller::{DAY, MINUTE, later};
use super::{Hashes, refuse_unless_empty};
use crate::events::Event;
use crate::ids::{ClientId, EquipementId, TechnicienId, UserId};
use crate::kernel::app::System;
use crate::kernel::auth::Role;
use crate::kernel::clock::Instant;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::Result;

const YEARS_5: i64 = 1826 * DAY;
const ZONE: &str = "Africa/Casablanca";
const ORGANISATIONS: usize = 4;
const SITES: usize = 20;
const MACHINES: usize = 2000;
const HANDS: usize = 50;

/// The newest of a hundred interventions are open.
const OPEN_PERCENT: i64 = 2;

/// Interventions that share one transaction.
const BATCH: u64 = 5000;

const KINDS: &[(&str, &str)] = &[
    ("pompe", "Pompe"),
    ("convoyeur", "Convoyeur"),
    ("compresseur", "Compresseur"),
    ("moteur", "Moteur"),
    ("robot", "Robot"),
    ("groupe froid", "Groupe froid"),
    ("presse à injecter", "Presse"),
    ("centre d’usinage", "Centre d’usinage"),
    ("armoire électrique", "Armoire"),
    ("chariot élévateur", "Chariot"),
];

const PRIORITES: &[(i64, &str)] = &[(10, "urgente"), (25, "haute"), (45, "normale"), (20, "basse")];

/// Fills an empty database with the four demo accounts and this many interventions, `progress` (done, total)
/// being told after each batch. One stopped midway leaves what was done.
///
/// # Errors
/// 409 `base_non_vide` when there is a user already; then nothing is changed.
pub async fn volume(
    system: &System,
    interventions: u64,
    progress: impl Fn(u64, u64) + Send + Sync,
) -> Result<()> {
    let hashes = Hashes::make(system.app().passwords()).await?;
    let sow = move |tx: &Tx<'_>| {
        store::widen_cache(tx)?;
        Field::sow(tx, &hashes, interventions)
    };
    let field = Arc::new(system.write(sow).await?);
    let mut numbers = Numbers::default();
    let mut done = 0;
    while done < interventions {
        let next = interventions.min(done + BATCH);
        let field = field.clone();
        numbers = system
            .write(move |tx| {
                let mut random = Random::new(done);
                let jobs: Vec<_> = (done..next).map(|index| field.job(&mut random, index)).collect();
                store::insert_jobs(tx, &mut numbers, &jobs)?;
                tx.unrecorded("the first transaction of the sowing recorded all of it");
                Ok(numbers)
            })
            .await?;
        done = next;
        progress(done, interventions);
    }
    Ok(())
}

/// The plant on which the interventions happen.
struct Field {
    now: Instant,
    zone: TimeZone,
    total: i64,
    stories: Stories,
    machines: Vec<(EquipementId, &'static str)>,
    hands: Vec<(TechnicienId, UserId, String)>,
    responsable: UserId,
}

impl Field {
    fn sow(tx: &Tx<'_>, hashes: &Hashes, interventions: u64) -> Result<Self> {
        refuse_unless_empty(tx)?;
        let since = later(tx.now(), -YEARS_5);
        let mut sites = Vec::new();
        let mut first_client = None;
        for number in 1..=ORGANISATIONS {
            let client = organisation(tx, since, number)?;
            first_client.get_or_insert(client);
            for place in 1..=SITES / ORGANISATIONS {
                let code = format!("S{number}{place}");
                let nom = format!("Site {number}.{place}");
                let site = Site { code: &code, nom: &nom, adresse: "", fuseau: ZONE, pays: "MA" };
                sites.push((store::insert_site(tx, since, &site, client)?, code));
            }
        }
        let mut users = Vec::new();
        for account in &ACCOUNTS {
            let client = if account.role == Role::Client { first_client } else { None };
            users.push(store::insert_account(tx, since, account, client, &hashes.demo)?);
        }
        let machines = (0..MACHINES).map(|number| {
            let ((site, site_code), (kind, noun)) = (&sites[number % SITES], KINDS[number % KINDS.len()]);
            let (code, nom) = (format!("{site_code}-M{number:04}"), format!("{noun} {number:04}"));
            let machine = Equipement::new(&code, &nom, kind, *site);
            Ok((store::insert_equipement(tx, since, &machine)?, kind))
        });
        let machines = machines.collect::<Result<_>>()?;
        let hands = (1..=HANDS).map(|number| hand(tx, since, number, users[2], &hashes.unknown));
        let field = Self {
            now: tx.now(),
            zone: tx.zone(ZONE)?,
            total: i64::try_from(interventions).unwrap_or(i64::MAX).max(1),
            stories: Stories::read(),
            machines,
            hands: hands.collect::<Result<_>>()?,
            responsable: users[1],
        };
        let sown = json!({
            "profil": store::VOLUME, "sites": SITES, "equipements": MACHINES, "techniciens": HANDS,
            "interventions": interventions,
        });
        tx.record(Event::DonneesSemees, Change::created(&sown)?)?;
        Ok(field)
    }

    /// Who, what and when follow from the place in the row; the rest is chance.
    fn job(&self, random: &mut Random, index: u64) -> Job {
        let mut job = self.told(random, index);
        job.log_time(self.now);
        job
    }

    fn told(&self, random: &mut Random, index: u64) -> Job {
        let place = index.cast_signed();
        let hand = (index % HANDS as u64) as usize;
        let (technicien, user, ref name) = self.hands[hand];
        let (machine, story) = self.tell(random);
        let step = |place: i64| (i128::from(YEARS_5) * i128::from(place) / i128::from(self.total)) as i64;
        let created = later(self.now, step(place) - YEARS_5);
        let priorite = random.weighted(PRIORITES).unwrap_or("normale");
        let mut job = Job::created(story, machine, priorite, self.responsable, created, self.zone.clone());
        job.limite = random.chance(70).then(|| later(created, 14 * DAY));
        let turn = step(HANDS as i64);
        let length = (random.between(20, 120) * MINUTE).min(turn - 1).max(1);
        let slot = |lead: i64| (later(created, lead), later(created, lead + length));
        let soon = slot(DAY);
        let is_open = place >= self.total * (100 - OPEN_PERCENT) / 100;
        if is_open && (soon.1 > self.now || random.chance(60)) {
            // Further ahead than the open ones are old: in the future.
            if random.chance(85) {
                let planned = slot(2 * DAY + YEARS_5 * OPEN_PERCENT / 100);
                job.assign(technicien, name, planned, created, self.responsable);
            }
            return job;
        }
        job.assign(technicien, name, soon, later(created, 30 * MINUTE), self.responsable);
        if !is_open && random.chance(3) {
            job.cancel(later(created, 60 * MINUTE), self.responsable, "Doublon");
            return job;
        }
        job.start(soon.0, user);
        match (is_open, random.chance(40)) {
            (true, true) => job.wait(soon.1, user, "pièce d’usure"),
            (true, false) => {}
            (false, validated) => {
                job.finish(soon.1, user);
                if validated {
                    job.validate(later(soon.1, DAY), self.responsable);
                }
            }
        }
        job
    }

    fn tell(&self, random: &mut Random) -> (EquipementId, Story) {
        loop {
            let told = random
                .pick(&self.machines)
                .and_then(|(id, kind)| Some((id, self.stories.tell(random, kind)?)));
            if let Some(told) = told {
                return told;
            }
        }
    }
}

fn organisation(tx: &Tx<'_>, since: Instant, number: usize) -> Result<ClientId> {
    let nom = format!("Organisation {number}");
    store::insert_client(tx, since, &Client { nom: &nom, ..Client::default() })
}

/// The first is the account that one can sign in with.
fn hand(
    tx: &Tx<'_>,
    since: Instant,
    number: usize,
    first: UserId,
    hash: &str,
) -> Result<(TechnicienId, UserId, String)> {
    let (user, name) = if number == 1 {
        (first, ACCOUNTS[2].full_name.to_owned())
    } else {
        let (username, name) = (format!("technicien{number}"), format!("Technicien {number}"));
        let email = format!("{username}@demo.ma");
        let user = User {
            username: &username,
            full_name: &name,
            email: &email,
            role: Role::Technicien,
            client: None,
            hash,
        };
        (store::insert_user(tx, since, &user)?, name)
    };
    let (matricule, equipe) = (format!("T-{number:03}"), format!("Équipe {}", 1 + number % 5));
    let technicien = Technicien {
        user,
        matricule: &matricule,
        equipe: &equipe,
        disponible: true,
        taux_horaire: 17_000,
        horaire: None,
    };
    Ok((store::insert_technicien(tx, since, &technicien)?, user, name))
}
