//! The people of the demo plant, their hours, what they know and when they are away. Nobody of this name
//! is meant.

use serde_json::{Value, json};

use super::Account;
use crate::kernel::auth::Role;

/// The four accounts that one can sign in with.
pub const ACCOUNTS: [Account; 4] = [
    Account { username: "admin", email: "admin@demo.ma", full_name: "Amina Idrissi", role: Role::Admin },
    Account {
        username: "responsable",
        email: "responsable@demo.ma",
        full_name: "Rachid Benjelloun",
        role: Role::Responsable,
    },
    Account {
        username: "technicien",
        email: "technicien@demo.ma",
        full_name: "Youssef El Amrani",
        role: Role::Technicien,
    },
    Account {
        username: "client",
        email: "client@demo.ma",
        full_name: "Karim Fassi-Fihri",
        role: Role::Client,
    },
];

/// Runs the site of Lyon: user name, full name.
pub const SECOND_RESPONSABLE: (&str, &str) = ("s.lambert", "Sophie Lambert");

/// Of the second organisation.
pub const SECOND_CLIENT: (&str, &str) = ("l.haddad", "Leïla Haddad");

/// Key (as the stories name it), nom, description.
pub const COMPETENCES: &[(&str, &str, &str)] = &[
    ("b1v", "Habilitation électrique B1V", "Travaux hors tension au voisinage, basse tension"),
    ("br", "Habilitation électrique BR", "Interventions générales, mesures et dépannage"),
    ("caces", "CACES R489 catégorie 3", "Conduite de chariots frontaux jusqu’à 6 t"),
    ("nacelle", "CACES R486", "Conduite de nacelles élévatrices"),
    ("tig", "Soudage TIG", "Inox et acier, qualification ISO 9606-1"),
    ("automate", "Automates programmables", "Diagnostic, bus de terrain, sauvegardes"),
    ("hydraulique", "Hydraulique industrielle", "Schémas, réglages, haute pression"),
    ("froid", "Fluides frigorigènes", "Attestation d’aptitude, catégorie I"),
    ("vibration", "Alignement laser et vibrations", "Mesure, diagnostic, équilibrage sur place"),
    ("robot", "Robotique industrielle", "Programmation, maintenance, repères"),
];

#[derive(Clone, Copy, Debug)]
pub enum Shift {
    /// Monday to Friday, 08:00–12:00 and 13:00–17:00.
    Day,
    /// Monday to Saturday, 06:00–14:00.
    Morning,
    /// Five nights from Sunday, 22:00–06:00.
    Night,
    /// Day hours, with two days of rest that are three days away when the data is sown: there is always
    /// something to see today.
    Rotating,
}

impl Shift {
    /// Weekly hours as the API writes them; `today` counts from Monday, 0.
    pub fn hours(self, today: i8) -> Value {
        const DAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
        let day = json!([["08:00", "12:00"], ["13:00", "17:00"]]);
        let worked = |index: usize| match self {
            Self::Day if index < 5 => Some(day.clone()),
            Self::Morning if index < 6 => Some(json!([["06:00", "14:00"]])),
            Self::Night if index < 4 || index == 6 => Some(json!([["22:00", "06:00"]])),
            Self::Rotating if !matches!((index + 7 - today as usize) % 7, 3 | 4) => Some(day.clone()),
            _ => None,
        };
        (0..7).filter_map(|index| Some((DAYS[index].to_owned(), worked(index)?))).collect()
    }
}

/// A technicien of the demo plant; the first is the one that one can sign in as.
pub struct Hand {
    pub username: &'static str,
    pub name: &'static str,
    /// Place in [`super::plant::SITES`].
    pub site: usize,
    pub equipe: &'static str,
    pub shift: Shift,
    /// Cents an hour.
    pub taux_horaire: i64,
    /// Key, niveau, and in how many days it expires, if it does.
    pub skills: &'static [(&'static str, i64, Option<i64>)],
    /// First day (from today), number of days, why.
    pub absences: &'static [(i64, i64, &'static str)],
}

pub const HANDS: &[Hand] = &[
    Hand {
        username: "technicien",
        name: ACCOUNTS[2].full_name,
        site: 0,
        equipe: "Mécanique",
        shift: Shift::Rotating,
        taux_horaire: 16_500,
        skills: &[
            ("b1v", 3, Some(400)),
            ("hydraulique", 3, None),
            ("caces", 2, Some(25)),
            ("tig", 3, Some(700)),
            ("vibration", 3, None),
        ],
        absences: &[(-300, 14, "Congés annuels"), (-95, 2, "Formation"), (24, 7, "Congés annuels")],
    },
    Hand {
        username: "s.bennani",
        name: "Salma Bennani",
        site: 0,
        equipe: "Électricité",
        shift: Shift::Morning,
        taux_horaire: 18_500,
        skills: &[
            ("b1v", 4, Some(310)),
            ("br", 4, Some(310)),
            ("automate", 4, None),
            ("robot", 2, None),
            ("vibration", 2, None),
        ],
        absences: &[(-410, 10, "Congés annuels"), (-60, 1, "Rendez-vous médical"), (12, 5, "Congés annuels")],
    },
    Hand {
        username: "h.ouazzani",
        name: "Hamza Ouazzani",
        site: 0,
        equipe: "Équipe de nuit",
        shift: Shift::Night,
        taux_horaire: 19_000,
        skills: &[("b1v", 2, Some(-12)), ("froid", 2, None), ("hydraulique", 2, None), ("automate", 2, None)],
        absences: &[(-200, 12, "Congés annuels"), (40, 10, "Congés annuels")],
    },
    Hand {
        username: "n.chraibi",
        name: "Nadia Chraïbi",
        site: 0,
        equipe: "Froid et utilités",
        shift: Shift::Day,
        taux_horaire: 17_800,
        skills: &[
            ("froid", 4, Some(210)),
            ("b1v", 2, Some(150)),
            ("br", 2, Some(150)),
            ("nacelle", 2, Some(18)),
        ],
        absences: &[(-520, 15, "Congés annuels"), (-1, 4, "Formation CACES")],
    },
    Hand {
        username: "m.tazi",
        name: "Mehdi Tazi",
        site: 1,
        equipe: "Automatisme",
        shift: Shift::Day,
        taux_horaire: 18_000,
        skills: &[
            ("automate", 3, None),
            ("robot", 4, None),
            ("b1v", 3, Some(520)),
            ("br", 3, Some(520)),
            ("hydraulique", 2, None),
            ("froid", 2, None),
        ],
        absences: &[(-350, 14, "Congés annuels"), (30, 14, "Congés annuels")],
    },
    Hand {
        username: "i.alaoui",
        name: "Imane Alaoui",
        site: 1,
        equipe: "Mécanique",
        shift: Shift::Morning,
        taux_horaire: 16_200,
        skills: &[
            ("hydraulique", 4, None),
            ("tig", 3, Some(90)),
            ("b1v", 2, Some(60)),
            ("vibration", 3, None),
            ("caces", 2, Some(480)),
        ],
        absences: &[(-640, 98, "Congé de maternité"), (-180, 10, "Congés annuels")],
    },
    Hand {
        username: "c.dumont",
        name: "Claire Dumont",
        site: 2,
        equipe: "Électricité",
        shift: Shift::Day,
        taux_horaire: 42_000,
        skills: &[
            ("b1v", 4, Some(600)),
            ("br", 4, Some(600)),
            ("automate", 4, None),
            ("robot", 4, None),
            ("froid", 2, None),
        ],
        absences: &[(-280, 15, "Congés payés"), (16, 10, "Congés payés")],
    },
    Hand {
        username: "t.perrin",
        name: "Thomas Perrin",
        site: 2,
        equipe: "Mécanique",
        shift: Shift::Morning,
        taux_horaire: 39_500,
        skills: &[
            ("hydraulique", 3, None),
            ("tig", 4, Some(365)),
            ("vibration", 4, None),
            ("caces", 3, Some(-30)),
            ("nacelle", 2, Some(140)),
        ],
        absences: &[(-150, 5, "Arrêt maladie"), (9, 3, "Formation")],
    },
    Hand {
        username: "j.moreau",
        name: "Julien Moreau",
        site: 2,
        equipe: "Mécanique",
        shift: Shift::Day,
        taux_horaire: 36_000,
        skills: &[("hydraulique", 3, None), ("b1v", 1, Some(80))],
        absences: &[(-330, 12, "Congés payés"), (-45, 110, "Arrêt maladie")],
    },
];
