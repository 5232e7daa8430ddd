//! What is said of what hangs on a thing.

use serde::Serialize;
use serde_json::Value;

use super::model::{Attaches, Parent};
use super::store;
use crate::kernel::db::Reader;
use crate::kernel::error::{Error, Result};
use crate::kernel::phrase::{Language, Phrase};
use crate::phrase;

/// What hangs on a thing in one sentence's part: « Interventions (2) : INT-2031-000001, INT-2031-000002 ».
pub fn named(attaches: &[Attaches], language: Language) -> String {
    let of = |kind: &Attaches| {
        let (label, noms) = (kind.r#type.label(), kind.noms.join(", "));
        let label = label.text(language);
        match language {
            Language::French | Language::English => format!("{label} ({}) : {noms}", kind.nombre),
            Language::Arabic => format!("{label} ({}): \u{2068}{noms}\u{2069}", kind.nombre),
        }
    };
    let between = if language == Language::Arabic { "؛ " } else { " ; " };
    attaches.iter().map(of).collect::<Vec<_>>().join(between)
}

/// Lets go only what nothing hangs on that somebody would miss.
///
/// # Errors
/// 409 with this code, naming what hangs on it and giving this advice; `attaches` has it for programs.
pub fn require_free(
    db: &Reader<'_>,
    parent: Parent,
    id: i64,
    code: &'static str,
    advice: Phrase,
) -> Result<()> {
    let attaches = store::hanging(db, parent, id)?;
    if attaches.is_empty() { Ok(()) } else { Err(kept_by(attaches, code, &advice)) }
}

/// 409 naming what keeps a thing.
pub fn kept_by(attaches: Vec<Attaches>, code: &'static str, advice: &Phrase) -> Error {
    let [fr, en, ar] = Language::ALL.map(|language| named(&attaches, language));
    let [advice_fr, advice_en, advice_ar] = Language::ALL.map(|language| advice.text(language));
    let detail = phrase!(
        "En dépendent : {fr}. {advice_fr}",
        "These depend on it: {en}. {advice_en}",
        "يرتبط به: {ar}. {advice_ar}"
    );
    Error::conflict(code, detail).with("attaches", attaches)
}

/// What is told of a thing that went, with what went along.
///
/// # Errors
/// For what does not serialise.
pub fn with_carried(before: &impl Serialize, carried: &[Attaches]) -> Result<Value> {
    let mut told = serde_json::to_value(before)?;
    if let (Value::Object(members), false) = (&mut told, carried.is_empty()) {
        members.insert("emportes".to_owned(), serde_json::to_value(carried)?);
    }
    Ok(told)
}
