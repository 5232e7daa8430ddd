//! THE list of the tables that come in and go out: their columns, which rows go out, and the command that makes one.

use serde_json::{Map, Value, json};

use super::store::tables;
use crate::ids::{EquipementId, InterventionId, PieceId, PlanningId, TechnicienId, UserId};
use crate::kernel::auth::Role;
use crate::kernel::db::Tx;
use crate::kernel::error::{Error, Invalid, Result};
use crate::kernel::input::{IfMatch, parse};
use crate::kernel::phrase::{Language, Phrase};
use crate::kernel::types::Word;
use crate::{depart, equipements, interventions, phrase, pieces, planning, techniciens, users};

/// A table.
#[derive(Clone, Copy)]
pub struct Tableau {
    pub name: &'static str,
    pub columns: &'static [Column],
    /// Its rows, one result column for each of `columns`, in their order.
    pub rows: &'static str,
    /// Makes a row out of the members of a request; its id.
    pub create: fn(&Tx<'_>, Members) -> Result<i64>,
    /// Takes back one that was made and not touched since.
    pub withdraw: fn(&Tx<'_>, i64) -> Result<()>,
}

pub type Members = Map<String, Value>;

/// A column of a file, and what it is in a request.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    /// The member of the request; the same as the column unless it refers to something.
    pub member: &'static str,
    pub required: bool,
}

/// What a cell holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Text,
    /// One of a closed list: what writes it out, and what finds the word that a cell means.
    Word(fn() -> String, fn(&str) -> Option<&'static str>),
    /// With a point or a comma.
    Number,
    /// 2026-01-31 or 31/01/2026.
    Day,
    /// A day, or one with a time of day in UTC.
    Moment,
    /// The name of something else; the query gives its id.
    Ref(&'static str, &'static str),
    /// Several, separated by `|`.
    Refs(&'static str, &'static str),
    /// Goes out and is passed over when it comes in.
    Shown,
}

const fn text(name: &'static str) -> Column {
    Column { name, kind: Kind::Text, member: name, required: false }
}

const fn word<W: Word>(name: &'static str) -> Column {
    Column { kind: Kind::Word(listed::<W>, meant::<W>), ..text(name) }
}

fn listed<W: Word>() -> String {
    W::WORDS.iter().map(|word| word.word()).collect::<Vec<_>>().join(", ")
}

fn meant<W: Word>(cell: &str) -> Option<&'static str> {
    W::written(cell).map(Word::word)
}

const fn number(name: &'static str) -> Column {
    Column { kind: Kind::Number, ..text(name) }
}

const fn day(name: &'static str) -> Column {
    Column { kind: Kind::Day, ..text(name) }
}

const fn moment(name: &'static str) -> Column {
    Column { kind: Kind::Moment, ..text(name) }
}

const fn shown(name: &'static str) -> Column {
    Column { kind: Kind::Shown, ..text(name) }
}

const fn refers(name: &'static str, member: &'static str, what: &'static str, sql: &'static str) -> Column {
    Column { kind: Kind::Ref(what, sql), member, ..text(name) }
}

const fn lists(name: &'static str, member: &'static str, what: &'static str, sql: &'static str) -> Column {
    Column { kind: Kind::Refs(what, sql), member, ..text(name) }
}

const fn required(column: Column) -> Column {
    Column { required: true, ..column }
}

impl Column {
    /// What it holds, for people.
    pub fn content(&self) -> Phrase {
        match self.kind {
            Kind::Text => phrase!("texte", "text"),
            Kind::Word(list, _) => Phrase::new(list(), list()),
            Kind::Number => phrase!("nombre", "number"),
            Kind::Day => phrase!("jour (2026-01-31 ou 31/01/2026)", "day (2026-01-31 or 31/01/2026)"),
            Kind::Moment => {
                phrase!("jour ou instant (2026-01-31T08:00:00Z)", "day or instant (2026-01-31T08:00:00Z)")
            }
            Kind::Ref(what, _) => phrase!("{what}", "{what}"),
            Kind::Refs(what, _) => phrase!("{what}, séparés par |", "{what}, separated by |"),
            Kind::Shown => {
                phrase!("pour information, ignoré à l’import", "for information, ignored on import")
            }
        }
    }
}

const WHO: &str = "identifiant, adresse ou matricule d’un technicien";

/// Parents come before what is below them.
pub const TABLEAUX: &[Tableau] = &[
    Tableau {
        name: "equipements",
        columns: &[
            required(text("code")),
            required(text("nom")),
            required(text("type")),
            text("localisation"),
            required(refers("site", "site_id", "code d’un site", tables::SITE)),
            refers("parent", "parent_id", "code d’un équipement", tables::EQUIPEMENT),
            word::<equipements::Criticite>("criticite"),
            word::<equipements::StatutEquipement>("statut"),
            text("fabricant"),
            text("modele"),
            text("numero_serie"),
            day("date_mise_en_service"),
            number("valeur_remplacement"),
        ],
        rows: tables::EQUIPEMENTS,
        create: |tx, members| Ok(equipements::create(tx, read(members)?)?.id.0),
        withdraw: |tx, id| equipements::delete(tx, EquipementId(id), untouched()),
    },
    Tableau {
        name: "users",
        columns: &[
            required(text("username")),
            required(text("full_name")),
            required(text("email")),
            required(word::<Role>("role")),
            refers("organisation", "client_id", "nom d’un client", tables::CLIENT),
            word::<users::Langue>("langue"),
            shown("actif"),
        ],
        rows: tables::USERS,
        create: |tx, members| {
            // Nobody signs in with it before an administrator gives another.
            let mut members = members;
            members.insert("password".to_owned(), Value::from(""));
            Ok(users::create(tx, read(members)?, &users::PasswordHash::locked())?.id.0)
        },
        withdraw: |tx, id| close_or_forget(tx, UserId(id)),
    },
    Tableau {
        name: "techniciens",
        columns: &[
            required(refers("username", "user_id", "identifiant d’un utilisateur", tables::USER)),
            text("matricule"),
            text("equipe"),
            refers("site", "site_id", "code d’un site", tables::SITE),
            word::<techniciens::Disponibilite>("disponibilite"),
            number("taux_horaire"),
            lists("competences", "competences_ids", "noms de compétences", tables::COMPETENCE),
            shown("fiche"),
        ],
        rows: tables::TECHNICIENS,
        create: |tx, members| Ok(techniciens::create(tx, read(members)?)?.id.0),
        withdraw: |tx, id| techniciens::delete(tx, TechnicienId(id), untouched()),
    },
    Tableau {
        name: "pieces",
        columns: &[
            required(text("reference")),
            required(text("designation")),
            text("unite"),
            text("emplacement"),
            number("seuil_min"),
            number("quantite_reappro"),
            number("prix_unitaire"),
            refers("fournisseur", "fournisseur_id", "nom d’un fournisseur", tables::FOURNISSEUR),
            lists("equipements", "equipements", "codes d’équipements", tables::EQUIPEMENT),
            number("stock"),
        ],
        rows: tables::PIECES,
        create: |tx, members| piece(tx, members),
        withdraw: |tx, id| pieces::withdraw(tx, PieceId(id)),
    },
    Tableau {
        name: "interventions",
        columns: &[
            Column { member: "reference", ..text("numero") },
            required(text("titre")),
            required(word::<interventions::TypeIntervention>("type_intervention")),
            required(refers("equipement", "equipement_id", "code d’un équipement", tables::EQUIPEMENT)),
            text("description"),
            word::<interventions::Priorite>("priorite"),
            word::<interventions::StatutIntervention>("statut"),
            refers("technicien", "technicien_id", WHO, tables::TECHNICIEN),
            number("duree_estimee_min"),
            moment("date_limite"),
            moment("date_creation"),
            moment("date_debut_reelle"),
            moment("date_fin_reelle"),
            text("compte_rendu"),
        ],
        rows: tables::INTERVENTIONS,
        create: |tx, members| Ok(interventions::take_over(tx, read(members)?)?.id.0),
        withdraw: |tx, id| interventions::withdraw(tx, InterventionId(id)),
    },
    Tableau {
        name: "plans",
        columns: &[
            required(text("titre")),
            required(refers("equipement", "equipement_id", "code d’un équipement", tables::EQUIPEMENT)),
            required(word::<planning::Frequence>("frequence")),
            number("intervalle"),
            required(day("date_debut")),
            day("date_fin"),
            text("description"),
            word::<planning::ModePlanning>("mode"),
            number("tolerance_jours"),
            number("anticipation_jours"),
            number("duree_estimee_min"),
            text("heure_debut"),
            refers("technicien", "technicien_id", WHO, tables::TECHNICIEN),
            word::<interventions::Priorite>("priorite"),
        ],
        rows: tables::PLANS,
        create: |tx, members| Ok(planning::create(tx, read(members)?, Language::French)?.planning.id.0),
        withdraw: |tx, id| planning::delete(tx, PlanningId(id), untouched()),
    },
];

/// The table of a name.
pub fn named(name: &str) -> Option<&'static Tableau> {
    TABLEAUX.iter().find(|tableau| tableau.name == name)
}

/// What nobody has changed since it was made.
fn untouched() -> IfMatch {
    IfMatch::exactly(1)
}

/// An account without any trace goes; another is closed, once what is theirs is somebody else's.
fn close_or_forget(tx: &Tx<'_>, id: UserId) -> Result<()> {
    match users::withdraw(tx, id, untouched())? {
        users::Withdrawn::ToBeClosed => {
            depart::close_account(tx, id, None, untouched(), Language::French).map(drop)
        }
        users::Withdrawn::Gone | users::Withdrawn::Closed => Ok(()),
    }
}

/// A part, and what is on its shelf already.
fn piece(tx: &Tx<'_>, mut members: Members) -> Result<i64> {
    let stock = members.remove("stock").filter(|stock| stock.as_f64() != Some(0.0));
    let id = pieces::create(tx, read(members)?)?.id;
    if let Some(stock) = stock {
        let line = json!({ "type": "entree", "quantite": stock, "motif": "Reprise du stock" });
        let line = parse(line.to_string().as_bytes()).map_err(named_stock)?;
        pieces::post(tx, id, &line)?;
    }
    Ok(id.0)
}

/// What is wrong with the quantity is wrong with the column.
fn named_stock(error: Error) -> Error {
    match error {
        Error::Invalid(fields) => {
            let field = |field: Invalid| Invalid { champ: "stock".to_owned(), ..field };
            Error::Invalid(fields.into_iter().map(field).collect())
        }
        other => other,
    }
}

/// Reads and validates the members as the request that they make up.
fn read<T: serde::de::DeserializeOwned + garde::Validate<Context = ()>>(members: Members) -> Result<T> {
    parse(&serde_json::to_vec(&members)?)
}
