//! What a saved view may contain.

use serde_json::{Map, Value};

use crate::kernel::input::rule;

pub const MAX_PARAMETRES: usize = 50;
pub const MAX_BYTES: usize = 4 * 1024;

/// A garde rule: the parameters of a list as an address could carry them, and no data beside.
pub fn are_filters(parametres: &Map<String, Value>, _: &()) -> garde::Result {
    let bytes = serde_json::to_vec(parametres).map_or(usize::MAX, |json| json.len());
    if parametres.len() > MAX_PARAMETRES || bytes > MAX_BYTES {
        return Err(rule("trop_long", "au plus 50 paramètres et 4 Kio", "at most 50 parameters and 4 KiB"));
    }
    let is_plain = |value: &Value| value.is_string() || value.is_number() || value.is_boolean();
    let is_filter =
        |value: &Value| value.as_array().map_or(is_plain(value), |values| values.iter().all(is_plain));
    if !parametres.values().all(is_filter) {
        return Err(rule(
            "valeur_invalide",
            "des textes, des nombres, des booléens, ou des listes de ceux-ci",
            "texts, numbers, booleans, or lists of these",
        ));
    }
    Ok(())
}
