//! Sentences for people, in the two languages of the API.

use std::borrow::Cow;

/// The language of a reply's sentences. French unless the client prefers English.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    French,
    English,
}

impl Language {
    /// Reads an `Accept-Language` value: the first of `fr` and `en` by weight, French when neither is named.
    pub fn from_header(value: &str) -> Self {
        let weight = |prefix: &str| {
            value
                .split(',')
                .filter_map(|range| {
                    let mut parts = range.trim().split(';');
                    let tag = parts.next()?.trim().to_ascii_lowercase();
                    let named = tag == prefix || tag.starts_with(&format!("{prefix}-"));
                    let weight = parts
                        .find_map(|part| part.trim().strip_prefix("q="))
                        .map_or(Some(1.0), |q| q.parse::<f32>().ok())?;
                    named.then_some(weight)
                })
                .fold(0.0, f32::max)
        };
        if weight("en") > weight("fr") { Self::English } else { Self::French }
    }
}

/// One sentence in French and in English. Built with [`phrase!`](crate::phrase).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    fr: Cow<'static, str>,
    en: Cow<'static, str>,
}

impl Phrase {
    pub fn new(fr: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self { fr: fr.into(), en: en.into() }
    }

    /// The sentence in one language.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::French => &self.fr,
            Language::English => &self.en,
        }
    }
}

/// `phrase!("Le code {code} est pris.", "Code {code} is taken.")`: both take the same captured arguments.
#[macro_export]
macro_rules! phrase {
    ($fr:literal, $en:literal) => {
        $crate::kernel::phrase::Phrase::new(format!($fr), format!($en))
    };
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn french_is_spoken_unless_english_weighs_more() {
        for (header, language) in [
            ("", Language::French),
            ("ar", Language::French),
            ("en", Language::English),
            ("en-GB,en;q=0.8", Language::English),
            ("fr-MA, en;q=0.9", Language::French),
            ("fr;q=0.3, en;q=0.9", Language::English),
        ] {
            assert_eq!(Language::from_header(header), language, "{header}");
        }
    }
}
