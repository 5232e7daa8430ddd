//! SQL of the storeroom's parts and of their two years.

use std::collections::HashMap;

use rusqlite::named_params;

use super::jobs::{insert, row};
use crate::ids::*;
use crate::kernel::clock::Instant;
use crate::kernel::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::money::UnitPrice;
use crate::kernel::page::{bound, fold};
use crate::kernel::quantity::Quantity;
use crate::pieces::{Line, TypeMouvement};

pub struct Part<'a> {
    pub reference: &'a str,
    pub designation: &'a str,
    pub unite: &'a str,
    pub emplacement: &'a str,
    pub seuil: Quantity,
    pub lot: Quantity,
    pub prix: UnitPrice,
    pub supplier: Option<FournisseurId>,
    pub fits: Vec<EquipementId>,
}

/// A line of the ledger; shelf, job, count and the line that it undoes are places in their lists, the last one
/// counted from one.
pub struct Moved {
    pub shelf: usize,
    pub kind: TypeMouvement,
    pub line: Line,
    pub at: Instant,
    pub user: UserId,
    pub motif: Option<&'static str>,
    pub job: Option<usize>,
    pub undoes: Option<usize>,
    pub inventaire: Option<usize>,
}

/// What an intervention asked for.
pub struct Held {
    pub job: usize,
    pub shelf: usize,
    pub demandee: Quantity,
    pub reservee: Quantity,
    pub attendue: Quantity,
    pub at: Instant,
    pub user: UserId,
    /// When all of it was used up.
    pub served: Option<Instant>,
}

pub struct Counted {
    pub libelle: &'static str,
    pub emplacement: Option<String>,
    pub opened: Instant,
    /// When it was counted, and closed if it is.
    pub at: Instant,
    pub user: UserId,
    pub is_closed: bool,
    /// Shelf, and what was counted beside what the ledger said.
    pub lines: Vec<(usize, Option<(Quantity, Quantity)>)>,
}

pub fn insert_supplier(
    tx: &Tx<'_>,
    since: Instant,
    nom: &str,
    town: &str,
    days: i64,
) -> Result<FournisseurId> {
    let mailbox: String =
        fold(nom).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    tx.insert(
        "insert into fournisseurs (nom, nom_key, email, adresse, delai_jours, created_at, updated_at)
         values (:nom, :nom_key, :email, :town, :days, :since, :since)",
        named_params! {
            ":nom": nom, ":nom_key": fold(nom), ":email": format!("commandes@{mailbox}.demo.ma"),
            ":town": town, ":days": days, ":since": since,
        },
    )
    .map(FournisseurId)
}

pub fn insert_part(tx: &Tx<'_>, since: Instant, part: &Part<'_>) -> Result<()> {
    let id = tx.insert(
        "insert into pieces (reference, reference_key, designation, unite, emplacement, seuil_min, quantite_reappro,
             prix_unitaire, fournisseur_id, created_at, updated_at)
         values (:reference, :reference_key, :designation, :unite, :emplacement, :seuil, :lot, :prix, :supplier,
             :since, :since)",
        named_params! {
            ":reference": part.reference, ":reference_key": fold(part.reference),
            ":designation": part.designation, ":unite": part.unite, ":emplacement": part.emplacement,
            ":seuil": part.seuil, ":lot": part.lot, ":prix": part.prix, ":supplier": part.supplier,
            ":since": since,
        },
    )?;
    tx.execute(
        "insert into piece_equipements (piece_id, equipement_id) select :id, value from json_each(:fits)",
        named_params! { ":id": id, ":fits": serde_json::to_string(&part.fits)? },
    )?;
    Ok(())
}

/// Stores everything that moved, in that order, then what is asked for; shelves and jobs are numbered from one.
pub fn insert_moves(tx: &Tx<'_>, moved: &[Moved], held: &[Held], counts: &[Counted]) -> Result<()> {
    let names: HashMap<UserId, String> = tx
        .all("select id, full_name from users", [], |row| Ok((row.get(0)?, row.get(1)?)))?
        .into_iter()
        .collect();
    let id = |place: usize| place as i64 + 1;
    insert(
        tx,
        "inventaires (libelle, emplacement, statut, ouvert_le, ouvert_par, clos_le, clos_par, updated_at)",
        counts.iter().map(|count| {
            let closed = count.is_closed.then_some(count.at);
            let statut = if count.is_closed { "cloture" } else { "ouvert" };
            let by = closed.map(|_| count.user);
            row![count.libelle, count.emplacement, statut, count.opened, count.user, closed, by, count.at]
        }),
    )?;
    insert(
        tx,
        "inventaire_lignes (inventaire_id, piece_id, ouverte, compte, theorique, compte_le, compte_par)",
        counts.iter().enumerate().flat_map(|(number, count)| {
            count.lines.iter().map(move |(shelf, found)| {
                let (compte, theorique) = found.unzip();
                let (at, by) = (found.map(|_| count.at), found.map(|_| count.user));
                row![id(number), id(*shelf), !count.is_closed, compte, theorique, at, by]
            })
        }),
    )?;
    insert(
        tx,
        "mouvements (piece_id, type, quantite, cout_unitaire, valeur, date, user_id, auteur, motif, intervention_id,
             annule_id, inventaire_id)",
        moved.iter().map(|it| {
            let Line { quantite, valeur, cout_unitaire } = it.line;
            let (job, undoes, count) = (it.job.map(id), it.undoes.map(|line| line as i64), it.inventaire.map(id));
            row![
                id(it.shelf),
                it.kind,
                quantite,
                cout_unitaire,
                valeur,
                it.at,
                it.user,
                names.get(&it.user),
                it.motif,
                job,
                undoes,
                count
            ]
        }),
    )?;
    insert(
        tx,
        "reservations (intervention_id, piece_id, demandee, reservee, attendue, servie, date, user_id, auteur, close_le)",
        held.iter().map(|it| {
            let served = if it.served.is_some() { it.demandee } else { Quantity::ZERO };
            let (job, shelf) = (id(it.job), id(it.shelf));
            row![
                job,
                shelf,
                it.demandee,
                it.reservee,
                it.attendue,
                served,
                it.at,
                it.user,
                names.get(&it.user),
                it.served
            ]
        }),
    )?;
    // Whoever looks after the store knows of these already.
    tx.execute(
        "update stocks set bas_depuis = (select max(date) from mouvements m where m.piece_id = stocks.piece_id)
         where stock < (select seuil_min from pieces p where p.id = stocks.piece_id)",
        [],
    )?;
    Ok(())
}
