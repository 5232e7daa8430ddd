//! The demo plant: its organisations and sites, its machines of `data/equipements.txt` and its people; and
//! what the story tellers must know of them once they are stored.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::Hashes;
use super::crew::Worker;
use super::gammes::Gammes;
use super::people::{ACCOUNTS, COMPETENCES, HANDS, Hand, SECOND_CLIENT, SECOND_RESPONSABLE};
use super::random::Random;
use super::store::{self, Client, Equipement, Site, Technicien, User};
use super::stories::{Stories, given};
use crate::agenda::Horaire;
use crate::ids::{ClientId, CompetenceId, EquipementId, SiteId, UserId};
use crate::kernel::auth::Role;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::db::Tx;
use crate::kernel::error::{Error, Result};

/// How far back the plant remembers: two years.
pub const MEMORY: Duration = Duration::from_secs(730 * 86_400);

const MONTH_MIN: i64 = 30 * 24 * 60;

pub const MACHINES: &str = include_str!("data/equipements.txt");

const CLIENTS: [Client; 2] = [
    Client {
        nom: "Conserveries de la Chaouia",
        contact: Some(ACCOUNTS[3].full_name),
        email: Some("maintenance@conserveries.demo.ma"),
        telephone: Some("+212 5 22 00 00 00"),
        adresse: Some("Zone industrielle de Lissasfa, Casablanca"),
    },
    Client {
        nom: "Détroit Équipements Automobiles",
        contact: Some(SECOND_CLIENT.1),
        email: Some("methodes@detroit-auto.demo.ma"),
        telephone: Some("+212 5 39 00 00 00"),
        adresse: Some("Zone franche, Tanger"),
    },
];

/// Site, and its organisation's place in [`CLIENTS`]. The codes of its machines begin with its own.
const SITES: [(Site, usize); 3] = [
    (
        Site {
            code: "CAS",
            nom: "Conserverie de Casablanca",
            adresse: "12 rue des Tonneliers, Lissasfa, 20190 Casablanca",
            fuseau: "Africa/Casablanca",
            pays: "MA",
        },
        0,
    ),
    (
        Site {
            code: "TNG",
            nom: "Usine de Tanger",
            adresse: "Lot 48, zone franche, 90100 Tanger",
            fuseau: "Africa/Casablanca",
            pays: "MA",
        },
        1,
    ),
    (
        Site {
            code: "LYO",
            nom: "Usine de Lyon",
            adresse: "7 chemin des Acières, 69200 Vénissieux",
            fuseau: "Europe/Paris",
            pays: "FR",
        },
        1,
    ),
];

pub struct Plant {
    pub now: Instant,
    pub stories: Stories,
    pub grounds: Vec<Ground>,
    pub machines: Vec<Machine>,
    pub crew: Vec<Worker>,
    pub gammes: Gammes,
    competences: Competences,
}

type Competences = BTreeMap<&'static str, CompetenceId>;

/// A site and who answers for it.
pub struct Ground {
    id: SiteId,
    pub zone: TimeZone,
    /// Whose holidays it keeps.
    pub pays: &'static str,
    pub responsable: UserId,
    pub client: UserId,
}

#[derive(Clone, Copy)]
pub struct Machine {
    pub id: EquipementId,
    pub code: &'static str,
    /// Place in [`Plant::grounds`].
    pub site: usize,
    pub kind: &'static str,
    /// How often it needs somebody.
    pub weight: i64,
    pub retired: bool,
}

impl Plant {
    /// Stores everything but plans and interventions.
    pub fn build(tx: &Tx<'_>, random: &mut Random, hashes: &Hashes) -> Result<Self> {
        let since = since(tx);
        let mut accounts = [UserId(0); 4];
        let clients = CLIENTS
            .iter()
            .map(|client| store::insert_client(tx, since, client))
            .collect::<Result<Vec<_>>>()?;
        for (id, account) in accounts.iter_mut().zip(&ACCOUNTS) {
            let client = (account.role == Role::Client).then_some(clients[0]);
            *id = store::insert_account(tx, since, account, client, &hashes.demo)?;
        }
        let other = |(username, full_name), role, client| {
            let email = format!("{username}@demo.ma");
            let user = User { username, full_name, email: &email, role, client, hash: &hashes.unknown };
            store::insert_user(tx, since, &user)
        };
        let second_responsable = other(SECOND_RESPONSABLE, Role::Responsable, None)?;
        let second_client = other(SECOND_CLIENT, Role::Client, Some(clients[1]))?;
        let grounds = grounds(tx, &clients, |site| {
            let responsable = if site == 2 { second_responsable } else { accounts[1] };
            (responsable, if site == 0 { accounts[3] } else { second_client })
        })?;
        let competences = competences(tx)?;
        let machines = machines(tx, random, &grounds)?;
        let crew = HANDS
            .iter()
            .map(|hand| {
                let is_account = hand.username == ACCOUNTS[2].username;
                let user = if is_account {
                    accounts[2]
                } else {
                    other((hand.username, hand.name), Role::Technicien, None)?
                };
                worker(tx, hand, user, &grounds[hand.site].zone, &competences)
            })
            .collect::<Result<_>>()?;
        let gammes = Gammes::sow(tx, ACCOUNTS[1].full_name)?;
        Ok(Self { now: tx.now(), stories: Stories::read(), grounds, machines, crew, gammes, competences })
    }

    /// The id of a compétence that a story names.
    pub fn competence(&self, key: &str) -> Option<CompetenceId> {
        self.competences.get(key).copied()
    }

    pub fn ground(&self, machine: Machine) -> &Ground {
        &self.grounds[machine.site]
    }
}

/// When the plant began to be kept here.
fn since(tx: &Tx<'_>) -> Instant {
    tx.now().minus(MEMORY)
}

fn grounds(
    tx: &Tx<'_>,
    clients: &[ClientId],
    people: impl Fn(usize) -> (UserId, UserId),
) -> Result<Vec<Ground>> {
    let ground = |(index, (site, client)): (usize, &(Site<'static>, usize))| {
        let (responsable, client_user) = people(index);
        let zone = tx.zone(site.fuseau)?;
        let id = store::insert_site(tx, since(tx), site, clients[*client])?;
        Ok(Ground { id, zone, pays: site.pays, responsable, client: client_user })
    };
    SITES.iter().enumerate().map(ground).collect()
}

fn competences(tx: &Tx<'_>) -> Result<Competences> {
    let insert = |(key, nom, description): &(&'static str, &str, &str)| {
        Ok((*key, store::insert_competence(tx, since(tx), nom, description)?))
    };
    COMPETENCES.iter().map(insert).collect()
}

fn machines(tx: &Tx<'_>, random: &mut Random, grounds: &[Ground]) -> Result<Vec<Machine>> {
    let mut machines = Vec::new();
    let mut codes: Vec<(&'static str, EquipementId)> = Vec::new();
    for line in MACHINES.lines().skip(1) {
        let mut fields = line.split(" | ");
        let mut field = || given(fields.next().unwrap_or("-").trim());
        let code = field().unwrap_or_default();
        let parent = field();
        let (nom, kind) = (field().unwrap_or_default(), field().unwrap_or_default());
        let criticite = field().unwrap_or_default();
        let (localisation, fabricant, modele) = (field(), field(), field());
        let number = |text: Option<&str>| text.and_then(|text| text.parse::<i64>().ok()).unwrap_or_default();
        let (months, thousands) = (number(field()), number(field()));
        let attributs = attributs(field());
        let statut = field().unwrap_or("operationnel");
        let site = SITES.iter().position(|(site, _)| code.starts_with(site.code)).unwrap_or_default();
        let built = tx.now().in_zone(&grounds[site].zone).date().saturating_sub(months.months());
        let serial = format!("{}{:05}", built.year(), random.between(1, 99_999));
        let id = store::insert_equipement(
            tx,
            since(tx),
            &Equipement {
                code,
                nom,
                kind,
                localisation,
                site: grounds[site].id,
                parent: codes.iter().find_map(|(above, id)| (Some(*above) == parent).then_some(*id)),
                criticite,
                statut,
                fabricant,
                modele,
                numero_serie: fabricant.map(|_| serial.as_str()),
                mise_en_service: Some(Day(built)),
                valeur: (thousands > 0).then_some(thousands * 100_000),
                attributs,
            },
        )?;
        codes.push((code, id));
        let of_criticite = match criticite {
            "critique" => 4,
            "important" => 3,
            _ => 2,
        };
        // A few machines make most of the work, as everywhere.
        let of_temper = random.pick(&[1, 1, 2, 2, 6]).unwrap_or(1);
        let weight = if fabricant.is_none() { 1 } else { of_criticite * of_temper };
        machines.push(Machine { id, code, site, kind, weight, retired: statut == "retire" });
    }
    Ok(machines)
}

/// `puissance_kw=7.5, fluide=R513A` as a JSON object.
fn attributs(text: Option<&str>) -> Map<String, Value> {
    let pairs = text.into_iter().flat_map(|text| text.split(", ")).filter_map(|pair| pair.split_once('='));
    let value = |text: &str| text.parse::<f64>().map_or_else(|_| text.into(), Value::from);
    pairs.map(|(name, text)| (name.to_owned(), value(text))).collect()
}

fn worker(
    tx: &Tx<'_>,
    hand: &Hand,
    user: UserId,
    zone: &TimeZone,
    competences: &Competences,
) -> Result<Worker> {
    let today = tx.now().in_zone(zone).date();
    let day = |offset: i64| today.saturating_add(offset.days());
    let horaire: Horaire = serde_json::from_value(hand.shift.hours(today.weekday().to_monday_zero_offset()))?;
    let away = |&(from, days, motif): &(i64, i64, &'static str)| {
        let midnight =
            |date: Date| Instant::start_of(date, zone).map_err(|cause| Error::Internal(cause.into()));
        Ok(((midnight(day(from))?, midnight(day(from + days))?), motif))
    };
    let absences = hand.absences.iter().map(away).collect::<Result<Vec<_>>>()?;
    // Who is away for weeks need not be offered to planners at all.
    let long_away = absences
        .iter()
        .any(|((from, to), _)| *from <= tx.now() && tx.now() < *to && to.minutes_since(*from) > MONTH_MIN);
    let matricule = format!("T-{:03}", 100 + user.0);
    let id = store::insert_technicien(
        tx,
        since(tx),
        &Technicien {
            user,
            matricule: &matricule,
            equipe: hand.equipe,
            disponible: !long_away,
            taux_horaire: hand.taux_horaire,
            horaire: Some(&horaire),
        },
    )?;
    for ((from, to), motif) in &absences {
        let declared = from.minus(Duration::from_secs(14 * 86_400)).min(tx.now()).max(since(tx));
        store::insert_absence(tx, id, (*from, *to), motif, declared)?;
    }
    let mut skills = Vec::new();
    for (key, niveau, expires) in hand.skills {
        let until = expires.map(day);
        store::insert_skill(tx, id, competences[key], *niveau, until.map(Day))?;
        skills.push((*key, until));
    }
    let away = absences.into_iter().map(|(absence, _)| absence);
    Ok(Worker::new((id, user), hand, zone.clone(), horaire, skills, away))
}
