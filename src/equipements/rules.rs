//! What an équipement may be, and how its tree is put together.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde_json::{Map, Value};

use super::model::{AncienPorteur, Arbre, Equipement, EquipementBref, Etiquette, Lecture, Noeud};
use crate::ids::EquipementId;
use crate::kernel::clock::Instant;
use crate::kernel::error::{Error, Result};
use crate::kernel::input::rule;
use crate::phrase;

/// A tree is shown down to here; the reply stays a few megabytes.
pub const MAX_NODES: usize = 5_000;
/// And this deep: replies nest no further than JSON readers follow.
pub const MAX_DEPTH: i64 = 32;

pub const MAX_ATTRIBUTS: usize = 50;
pub const MAX_ATTRIBUTS_BYTES: usize = 16 * 1024;

/// A garde rule: a code that a label can show and a scanner reads back as it is.
pub fn fits_label(code: &str, _: &()) -> garde::Result {
    if code.trim() != code || code.chars().any(char::is_control) {
        return Err(rule(
            "format",
            "ni espace au début ou à la fin, ni retour à la ligne",
            "neither spaces at the ends nor line breaks",
        ));
    }
    Ok(())
}

/// A garde rule: attributes are a few facts, not a document store.
pub fn fits_attributs(attributs: &Map<String, Value>, _: &()) -> garde::Result {
    let bytes = serde_json::to_vec(attributs).map_or(usize::MAX, |json| json.len());
    if attributs.len() > MAX_ATTRIBUTS || bytes > MAX_ATTRIBUTS_BYTES {
        return Err(rule("trop_long", "au plus 50 attributs et 16 Kio", "at most 50 attributes and 16 KiB"));
    }
    Ok(())
}

/// A tree never spans two sites.
pub fn check_parent(equipement: &Equipement, parent: &Equipement) -> Result<()> {
    if parent.site_id != equipement.site_id {
        let message = phrase!("est sur un autre site", "stands on another site");
        return Err(Error::invalid("parent_id", "autre_site", message));
    }
    Ok(())
}

/// An équipement that a label names or named.
pub struct Porteur {
    pub par: Lecture,
    /// Until when, where it does no more.
    pub jusque_le: Option<Instant>,
    pub equipement: Equipement,
}

/// One équipement of a tree that is still flat.
pub struct Branch {
    pub parent_id: Option<EquipementId>,
    /// Levels below the root, which has 0.
    pub depth: i64,
    pub equipement: EquipementBref,
}

/// Puts a tree together from its branches, which come level by level, the root first; `None` without a root.
pub fn tree(mut branches: Vec<Branch>, ancetres: Vec<EquipementBref>) -> Option<Arbre> {
    let shown = branches.iter().take(MAX_NODES).take_while(|branch| branch.depth <= MAX_DEPTH).count();
    let complet = shown == branches.len();
    branches.truncate(shown);
    let mut below: HashMap<EquipementId, Vec<Noeud>> = HashMap::new();
    // From the last level up: whoever is reached has all its parts already, last part first.
    while let Some(Branch { parent_id, depth, equipement }) = branches.pop() {
        let mut enfants = below.remove(&equipement.id).unwrap_or_default();
        enfants.reverse();
        let node = Noeud { equipement, enfants };
        match parent_id {
            Some(parent) if depth > 0 => below.entry(parent).or_default().push(node),
            _ => return Some(Arbre { racine: node, ancetres, complet }),
        }
    }
    None
}

/// Where the label of an équipement leads, whatever it is called by then.
pub fn label_address(public_url: &str, jeton: &str) -> String {
    format!("{public_url}/e/{jeton}")
}

/// What a label says now: what it named last, of all that ever bore it.
///
/// A code in use names its machine and nothing else; one that nobody has any more, the last that had it. The others that
/// had it may still carry the label.
pub fn labelled(lue: String, mut bearers: Vec<Porteur>) -> Option<Etiquette> {
    bearers.sort_by_key(|bearer| (bearer.par, Reverse(bearer.jusque_le)));
    let mut bearers = bearers.into_iter();
    let Porteur { par, equipement, .. } = bearers.next()?;
    let code_actuel = equipement.code.clone();
    let aussi = bearers.map(|Porteur { equipement: Equipement { id, code, nom, .. }, jusque_le, .. }| {
        AncienPorteur { id, code_actuel: code, nom, jusque_le }
    });
    Some(Etiquette { lue, par, code_actuel, aussi: aussi.collect(), equipement })
}

#[cfg(test)]
mod tests {
    use super::label_address;

    #[test]
    fn a_label_leads_by_what_never_changes() {
        assert_eq!(label_address("https://gmao.test", "0f1e2d3c"), "https://gmao.test/e/0f1e2d3c");
    }
}
