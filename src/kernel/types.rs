//! Two macros for the vocabulary: typed identifiers and closed lists of French words.

use super::phrase::{Language, Phrase};
use super::words::{plain, words};

/// One word of a closed list made by [`words!`](crate::words).
pub trait Word: Copy + 'static {
    /// Every word of the list, in the order people expect.
    const WORDS: &'static [Self];

    /// The word as the API and the database spell it.
    fn word(self) -> &'static str;

    /// The word as people read it.
    fn label(self) -> Phrase;

    /// The word that somebody wrote into a table: as it is spelt here or as they read it, in any case.
    fn written(text: &str) -> Option<Self> {
        let said = |word: &Self| word.word() == text;
        Self::WORDS.iter().copied().find(said).or_else(|| {
            let text = name_of(text);
            Self::WORDS.iter().copied().find(|word| {
                let label = word.label();
                let said = Language::ALL.map(|language| name_of(label.text(language)));
                name_of(word.word()) == text || said.contains(&text)
            })
        })
    }
}

/// A name as programs spell it: its words in their plain form, with `_` between them.
pub fn name_of(text: &str) -> String {
    words(&plain(text)).collect::<Vec<_>>().join("_")
}

/// Declares a typed row identifier over `i64`: `id!(/** … */ SiteId)`.
///
/// A `SiteId` cannot be passed where a `ClientId` is meant; on the wire and in the database it is the integer.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = i64, minimum = 1)]
        pub struct $name(pub i64);

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use serde::de::{Error, Unexpected};
                let id = i64::deserialize(deserializer)?;
                if id < 1 { Err(D::Error::invalid_value(Unexpected::Signed(id), &"an id, from 1")) } else { Ok(Self(id)) }
            }
        }

        impl rusqlite::types::ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                Ok(self.0.into())
            }
        }

        impl rusqlite::types::FromSql for $name {
            fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
                value.as_i64().map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

/// Declares a closed list of words exactly as the API and the database spell them, with their labels in French, in
/// English, and in Arabic for those that people meet:
///
/// ```text
/// words! {
///     /// Where an intervention stands.
///     pub enum Statut { Planifie = "planifie" ("Planifié", "Planned", "مبرمج"), … }
/// }
/// ```
#[macro_export]
macro_rules! words {
    ($(#[doc = $doc:literal])* pub enum $name:ident {
        $($(#[$variant_doc:meta])* $variant:ident = $word:literal ($fr:literal, $en:literal $(, $ar:literal)?)),+ $(,)?
    }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every word of the list, in the order people expect.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as the API and the database spell it.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The word as people read it.
            pub fn label(self) -> $crate::kernel::phrase::Phrase {
                match self {
                    $(Self::$variant => $crate::kernel::phrase::Phrase::new($fr, $en)$(.with_arabic($ar))?),+
                }
            }
        }

        impl $crate::kernel::types::Word for $name {
            const WORDS: &'static [Self] = Self::ALL;

            fn word(self) -> &'static str {
                self.word()
            }

            fn label(self) -> $crate::kernel::phrase::Phrase {
                self.label()
            }
        }

        impl rusqlite::types::ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                Ok(self.word().into())
            }
        }

        impl rusqlite::types::FromSql for $name {
            fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
                let text = value.as_str()?;
                Self::ALL.iter().copied().find(|word| word.word() == text)
                    .ok_or(rusqlite::types::FromSqlError::InvalidType)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|word| word.word() == text).ok_or_else(|| {
                    let allowed: Vec<_> = Self::ALL.iter().map(|word| word.word()).collect();
                    format!("« {text} » : {}", allowed.join(", "))
                })
            }
        }

        // By hand: the derive does not see a `rename` that comes out of a macro, and would document the
        // names of the variants.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some(concat!($($doc),*).trim()))
                    .enum_values(Some(Self::ALL.iter().map(|word| word.word())))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}

#[cfg(test)]
mod tests {
    use utoipa::PartialSchema;

    use super::Word;
    use crate::kernel::auth::Role;

    #[test]
    fn the_documentation_spells_words_as_the_api_does() {
        let schema = serde_json::to_value(Role::schema()).expect("a schema");

        assert_eq!(schema["enum"], serde_json::json!(["admin", "responsable", "technicien", "client"]));
    }

    #[test]
    fn a_word_is_read_in_a_table_however_people_write_it() {
        for text in ["technicien", "TECHNICIEN", " Technicien ", "Technician"] {
            assert_eq!(Role::written(text), Some(Role::Technicien), "{text}");
        }
        assert_eq!(Role::written("chef"), None);
        assert_eq!(super::name_of("Numéro de série"), "numero_de_serie");
    }
}
