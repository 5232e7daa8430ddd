//! What can be done with whoever leaves, and for whoever comes back.

use serde_json::{Value, json};

use super::model::{ARemettre, CompteModifie, CreneauLaisse, Destin, LigneRemise, Lot, Remise};
use super::store;
use crate::attaches::{self, Attache, Attaches};
use crate::ids::{TechnicienId, UserId};
use crate::interventions::{self, Remis, SortRemise};
use crate::kernel::auth::Role;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::IfMatch;
use crate::kernel::phrase::{Language, Phrase};
use crate::techniciens::{self, Technicien};
use crate::users::{self, User, UserPatch};
use crate::{calendrier, compteurs, filters, phrase, planning, temps};

/// Things that one closing hands over: a second of the writer's time.
pub const MOST_AT_ONCE: i64 = 1000;

/// Names that a refusal tells of each kind.
const TOLD: usize = 3;

/// To whom it goes, where somebody said so: a technicien, or nobody yet.
type Said = Option<Option<TechnicienId>>;

/// What is somebody's by their sheet.
pub fn of_sheet(db: &Reader<'_>, id: TechnicienId) -> Result<ARemettre> {
    let sheet = techniciens::technicien(db, id)?;
    let mut lots = Vec::new();
    if sheet.ferme_le.is_none() {
        lots = work(db, id)?;
        lots.extend(store::link(db, sheet.user_id)?);
    } else {
        // Begun work keeps their name until somebody is chosen.
        lots.extend(store::interventions(db, id, &interventions::open_of(db, id)?)?);
    }
    Ok(told(sheet.user_id, sheet.ferme_le.is_none().then_some(id), sheet.nom, lots))
}

/// What is somebody's, as a technicien and beside.
pub fn of_account(db: &Reader<'_>, id: UserId) -> Result<ARemettre> {
    let user = users::user(db, id)?;
    let mut lots = user.technicien_id.map_or_else(|| Ok(Vec::new()), |sheet| work(db, sheet))?;
    lots.extend(store::link(db, id)?);
    lots.extend(store::views(db, id)?);
    lots.extend(store::demandes(db, id)?);
    Ok(told(id, user.technicien_id, user.full_name, lots))
}

fn told(user_id: UserId, technicien_id: Option<TechnicienId>, nom: String, lots: Vec<Lot>) -> ARemettre {
    let total = lots.iter().filter(|lot| lot.a_remettre).map(|lot| lot.nombre).sum();
    ARemettre { user_id, technicien_id, nom, total, lots }
}

/// What somebody else must have.
fn work(db: &Reader<'_>, id: TechnicienId) -> Result<Vec<Lot>> {
    let open = interventions::open_of(db, id)?;
    let lots = [
        store::interventions(db, id, &open)?,
        store::timer(db, id)?,
        store::plans(db, id)?,
        store::meter_plans(db, id)?,
    ];
    Ok(lots.into_iter().flatten().collect())
}

/// Closes a sheet; the account goes on, and sees nothing of the shop floor until the sheet is opened again.
///
/// # Errors
/// 412; 409 `deja_fermee`, `a_remettre` while something is theirs and nobody said to whom it goes, `trop_a_remettre`;
/// 422 for somebody to whom nothing can go.
pub fn close_sheet(
    tx: &Tx<'_>,
    id: TechnicienId,
    said: Said,
    expected: IfMatch,
    language: Language,
) -> Result<Remise> {
    let sheet = techniciens::technicien(tx, id)?;
    expected.check(sheet.version)?;
    if sheet.ferme_le.is_some() {
        let nom = &sheet.nom;
        let detail = phrase!("La fiche de {nom} est déjà fermée.", "The sheet of {nom} is closed already.");
        return Err(Error::conflict("deja_fermee", detail));
    }
    leave(tx, &sheet, said, false, language)
}

/// Closes an account with the sheet that is its: sessions and links end.
///
/// # Errors
/// As [`close_sheet`], and 409 for the last active administrator.
pub fn close_account(
    tx: &Tx<'_>,
    id: UserId,
    said: Said,
    expected: IfMatch,
    language: Language,
) -> Result<Remise> {
    let user = users::user(tx, id)?;
    expected.check(user.version)?;
    // An account that was closed before sheets were leaves one to be closed.
    if !user.is_active && user.technicien_id.is_none() {
        let nom = &user.full_name;
        let detail = phrase!("Le compte de {nom} est déjà fermé.", "The account of {nom} is closed already.");
        return Err(Error::conflict("deja_ferme", detail));
    }
    let mut remise = match user.technicien_id {
        Some(sheet) => leave(tx, &techniciens::technicien(tx, sheet)?, said, true, language)?,
        None => nothing(&user, heir(tx, None, said)?),
    };
    end_link(tx, &user, &mut remise)?;
    hand_views_over(tx, &user, &mut remise)?;
    if user.is_active {
        users::deactivate(tx, id, expected)?;
    }
    remise.compte_ferme = true;
    Ok(remise)
}

/// The same where nobody said to whom anything goes; one that is closed stays so.
///
/// # Errors
/// As [`close_account`].
pub fn deactivate(tx: &Tx<'_>, id: UserId, expected: IfMatch, language: Language) -> Result<()> {
    let user = users::user(tx, id)?;
    if !user.is_active && user.technicien_id.is_none() {
        return expected.check(user.version);
    }
    close_account(tx, id, None, expected, language).map(drop)
}

/// Lets an account in again, with the sheet that was closed along with it. What went to others stays theirs.
///
/// # Errors
/// 412.
pub fn activate(tx: &Tx<'_>, id: UserId, expected: IfMatch) -> Result<User> {
    users::activate(tx, id, expected)?;
    techniciens::reopen_with_account(tx, id)?;
    users::user(tx, id)
}

/// Changes an account. Another role than `technicien` closes the sheet, and what was theirs goes as it does there.
///
/// # Errors
/// Those of the account; 409 `a_remettre` and the others of [`close_sheet`]; 422 for `remis_a` where nothing can go.
pub fn update_account(
    tx: &Tx<'_>,
    id: UserId,
    patch: UserPatch,
    expected: IfMatch,
    language: Language,
) -> Result<CompteModifie> {
    let before = users::user(tx, id)?;
    let leaves = patch.role.is_some_and(|role| role != Role::Technicien);
    let said = patch.remis_a;
    let remise = match before.technicien_id.filter(|_| leaves) {
        Some(sheet) => {
            expected.check(before.version)?;
            Some(leave(tx, &techniciens::technicien(tx, sheet)?, said, false, language)?)
        }
        None if said.is_some() => {
            let message = phrase!(
                "ne se dit que d’un technicien qui change de rôle",
                "is said of a technician who gets another role only"
            );
            return Err(Error::invalid("remis_a", "valeur_invalide", message));
        }
        None => None,
    };
    Ok(CompteModifie { user: users::update_any(tx, id, patch, expected)?, remise })
}

/// Takes everything that is somebody's and closes their sheet.
fn leave(
    tx: &Tx<'_>,
    sheet: &Technicien,
    said: Said,
    with_account: bool,
    language: Language,
) -> Result<Remise> {
    let theirs = work(tx, sheet.id)?;
    if said.is_none() && !theirs.is_empty() {
        return Err(asks(&sheet.nom, &theirs));
    }
    let total: i64 = theirs.iter().map(|lot| lot.nombre).sum();
    if total > MOST_AT_ONCE {
        return Err(Error::conflict(
            "trop_a_remettre",
            phrase!(
                "{total} choses à remettre, au plus {MOST_AT_ONCE} à la fois : confiez-en d’abord une partie depuis la liste des interventions.",
                "{total} things to hand over, at most {MOST_AT_ONCE} at once: give some of them away from the list of work orders first."
            ),
        ));
    }
    let heir = heir(tx, Some(sheet.id), said)?;
    let mut lignes = Vec::new();
    if let Some(stopped) = temps::stop_of(tx, sheet.id)? {
        let detail = Some(format!("{} min", stopped.minutes));
        lignes.push(LigneRemise {
            detail,
            ..line(Attache::Chronometre, stopped.id.0, stopped.numero, Destin::Arrete)
        });
    }
    let to = heir.as_ref().map(|heir| (heir.id, heir.nom.as_str()));
    for id in interventions::open_of(tx, sheet.id)? {
        let remis = interventions::hand_over(tx, id, (sheet.id, &sheet.nom), to)?;
        lignes.push(intervention(remis, language));
    }
    for plan in planning::hand_over(tx, sheet.id, to)? {
        let motif = plan.motif.map(|motif| motif.text(language).to_owned());
        lignes.push(LigneRemise {
            motif,
            ..line(Attache::Plans, plan.id.0, plan.titre, named(plan.technicien_id))
        });
    }
    for plan in compteurs::hand_over(tx, sheet.id, to)? {
        lignes.push(line(
            Attache::PlansCompteur,
            plan.id.0,
            plan.titre,
            named(heir.as_ref().map(|heir| heir.id)),
        ));
    }
    let user = users::user(tx, sheet.user_id)?;
    let mut remise = Remise { fiche_fermee: Some(sheet.id), lignes, ..nothing(&user, heir) };
    end_link(tx, &user, &mut remise)?;
    techniciens::close(tx, sheet.id, with_account, &fate(&remise))?;
    Ok(remise)
}

/// Somebody else who is still there, if it goes to anybody.
fn heir(tx: &Tx<'_>, from: Option<TechnicienId>, said: Said) -> Result<Option<Technicien>> {
    let Some(Some(id)) = said else { return Ok(None) };
    if Some(id) == from {
        let message = phrase!("est la personne qui part", "is the person who leaves");
        return Err(Error::invalid("remis_a", "valeur_invalide", message));
    }
    techniciens::require_there(tx, id, "remis_a")?;
    techniciens::technicien(tx, id).map(Some)
}

fn nothing(user: &User, heir: Option<Technicien>) -> Remise {
    Remise {
        user_id: user.id,
        nom: user.full_name.clone(),
        remis_a: heir.as_ref().map(|heir| heir.id),
        remis_a_nom: heir.map(|heir| heir.nom),
        fiche_fermee: None,
        compte_ferme: false,
        lignes: Vec::new(),
    }
}

fn end_link(tx: &Tx<'_>, user: &User, remise: &mut Remise) -> Result<()> {
    if calendrier::end_link(tx, user.id)? {
        remise.lignes.push(line(Attache::LienCalendrier, user.id.0, user.full_name.clone(), Destin::Arrete));
    }
    Ok(())
}

/// Views that others use go to whoever takes over, or else to whoever closes the account: nobody could delete them
/// otherwise. Those of an organisation stay within it.
fn hand_views_over(tx: &Tx<'_>, user: &User, remise: &mut Remise) -> Result<()> {
    let to = match remise.remis_a {
        Some(heir) => Some(techniciens::technicien(tx, heir)?.user_id),
        None => tx.actor().user_id.filter(|closer| *closer != user.id),
    };
    let Some(to) = to.filter(|_| user.client_id.is_none()) else { return Ok(()) };
    for (id, nom) in filters::hand_over(tx, user.id, &user.full_name, to)? {
        remise.lignes.push(line(Attache::Vues, id.0, nom, Destin::Remis));
    }
    Ok(())
}

/// 409 that names what is theirs and says what is missing.
fn asks(nom: &str, lots: &[Lot]) -> Error {
    let named = |lot: &Lot| Attaches {
        r#type: lot.r#type,
        nombre: lot.nombre,
        noms: lot.items.iter().take(TOLD).map(|thing| thing.nom.clone()).collect(),
    };
    let theirs: Vec<_> = lots.iter().map(named).collect();
    let [fr, en, ar] = Language::ALL.map(|language| attaches::named(&theirs, language));
    let detail = phrase!(
        "{nom} a encore : {fr}. Dites à qui le remettre.",
        "{nom} still has: {en}. Say to whom it goes.",
        "ما زال لدى \u{2068}{nom}\u{2069}: {ar}. حدّد من يتسلّمه."
    );
    Error::conflict("a_remettre", detail).with("attaches", theirs)
}

fn intervention(remis: Remis, language: Language) -> LigneRemise {
    let destin = match remis.sort {
        SortRemise::Remise => Destin::Remis,
        SortRemise::EnPartie => Destin::EnPartie,
        SortRemise::Vivier => Destin::Vivier,
        SortRemise::Gardee => Destin::Garde,
    };
    let said = |motif: Option<Phrase>| motif.map(|motif| motif.text(language).to_owned());
    let creneaux = remis.creneaux.into_iter().map(|slot| CreneauLaisse {
        debut: slot.creneau.debut,
        fin: slot.creneau.fin,
        remis: slot.remis,
        motif: said(slot.motif),
    });
    LigneRemise {
        detail: Some(remis.titre),
        motif: said(remis.motif),
        creneaux: creneaux.collect(),
        ..line(Attache::Interventions, remis.id.0, remis.numero, destin)
    }
}

fn line(r#type: Attache, id: i64, nom: String, destin: Destin) -> LigneRemise {
    LigneRemise { r#type, id, nom, detail: None, destin, motif: None, creneaux: Vec::new() }
}

fn named(technicien: Option<TechnicienId>) -> Destin {
    if technicien.is_some() { Destin::Remis } else { Destin::Vivier }
}

/// What is told of it: how many of each kind went where.
fn fate(remise: &Remise) -> Value {
    let count = |kinds: &[Attache], destins: &[Destin]| {
        remise
            .lignes
            .iter()
            .filter(|line| kinds.contains(&line.r#type) && destins.contains(&line.destin))
            .count()
    };
    let plans = [Attache::Plans, Attache::PlansCompteur];
    json!({
        "nom": remise.nom,
        "remis_a": remise.remis_a,
        "remis_a_nom": remise.remis_a_nom,
        "interventions_remises": count(&[Attache::Interventions], &[Destin::Remis, Destin::EnPartie]),
        "interventions_sans_technicien":
            count(&[Attache::Interventions], &[Destin::Vivier, Destin::Garde]),
        "plans_remis": count(&plans, &[Destin::Remis]),
        "plans_sans_technicien": count(&plans, &[Destin::Vivier]),
    })
}
