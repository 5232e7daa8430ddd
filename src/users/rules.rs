//! What holds for accounts, whatever asks: names, roles, the way back in. Pure.

use crate::ids::ClientId;
use crate::kernel::auth::Role;
use crate::kernel::error::{Error, Result};
use crate::kernel::input::rule;
use crate::phrase;

use super::model::User;

/// Letters and digits that nobody confuses when reading a password aloud: no 0 and o, no 1, i and l.
const READABLE: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";

/// A garde rule. Without `@` a user name is never taken for an e-mail address; without spaces and invisible
/// characters no two look the same.
pub fn is_username(name: &str, _: &()) -> garde::Result {
    if name.chars().all(|c| c.is_alphanumeric() || "._-+'".contains(c)) {
        return Ok(());
    }
    Err(rule("format", "lettres, chiffres et . _ - + ' seulement", "letters, digits and . _ - + ' only"))
}

/// A client belongs to exactly one organisation, nobody else to any.
pub fn check_organisation(role: Role, client_id: Option<ClientId>) -> Result<()> {
    match (role, client_id) {
        (Role::Client, None) => Err(Error::invalid(
            "client_id",
            "champ_requis",
            phrase!("est requis pour le rôle client", "is required for the role client"),
        )),
        (Role::Client, Some(_)) | (_, None) => Ok(()),
        (_, Some(_)) => Err(Error::invalid(
            "client_id",
            "valeur_invalide",
            phrase!("seul le rôle client a une organisation", "only the role client has an organisation"),
        )),
    }
}

/// A person on the technicians' list keeps the role that goes with it.
pub fn check_technicien(after: &User) -> Result<()> {
    if after.technicien_id.is_some() && after.role != Role::Technicien {
        return Err(Error::conflict(
            "est_technicien",
            phrase!(
                "Cette personne figure parmi les techniciens : fermez d’abord sa fiche.",
                "This person is one of the technicians: close their sheet first."
            ),
        ));
    }
    Ok(())
}

/// The last active administrator stays: otherwise nobody could let anyone in again.
pub fn check_admin_left(before: &User, after: &User, active_admins: i64) -> Result<()> {
    let administers = |user: &User| user.role == Role::Admin && user.is_active;
    if administers(before) && !administers(after) && active_admins <= 1 {
        return Err(Error::conflict(
            "dernier_admin",
            phrase!(
                "C’est le dernier administrateur actif : nommez-en un autre d’abord.",
                "This is the last active administrator: name another one first."
            ),
        ));
    }
    Ok(())
}

/// 422 for another e-mail address without the password: whoever found an open session must not get the account.
pub fn password_needed(field: &str) -> Error {
    Error::invalid(
        field,
        "mot_de_passe_requis",
        phrase!("est requis pour changer d’adresse e-mail", "is required for another e-mail address"),
    )
}

/// 422 for another e-mail address of one's own where nobody asks for the password.
pub fn own_email() -> Error {
    Error::invalid(
        "email",
        "mot_de_passe_requis",
        phrase!(
            "changez la vôtre depuis votre compte, avec votre mot de passe",
            "change yours from your own account, with your password"
        ),
    )
}

/// A change after which earlier sessions no longer stand for the person.
pub fn ends_sessions(before: &User, after: &User) -> bool {
    before.role != after.role || before.is_active != after.is_active
}

/// Random bytes as a password that can be read over the telephone: four groups of five signs out of 31, which
/// is 98 bits.
pub fn readable_password(random: [u8; 20]) -> String {
    let groups = random.chunks(5).map(|group| {
        group.iter().map(|byte| char::from(READABLE[usize::from(*byte) % READABLE.len()])).collect::<String>()
    });
    groups.collect::<Vec<_>>().join("-")
}
