//! Sentences for people, in the languages of the API.

use std::borrow::Cow;

/// The language of a reply's sentences. French unless the client prefers another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    French,
    English,
    Arabic,
}

/// How Arabic writes a civil day in figures (`strftime`): as the interface does, the day first from the right.
pub const ARABIC_DAY: &str = "%d\u{200F}/%m\u{200F}/%Y";

impl Language {
    /// Every language, French first.
    pub const ALL: [Self; 3] = [Self::French, Self::English, Self::Arabic];

    /// As HTTP and HTML name it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
            Self::Arabic => "ar",
        }
    }

    /// Which way it is written, as HTML names it.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::French | Self::English => "ltr",
            Self::Arabic => "rtl",
        }
    }

    /// Reads an `Accept-Language` value: the one of ours that weighs most, French when none is named. Of equal ones,
    /// the first of [`Language::ALL`].
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
        let heavier = |best: (Self, f32), language: Self| match weight(language.tag()) {
            weight if weight > best.1 => (language, weight),
            _ => best,
        };
        Self::ALL.into_iter().fold((Self::default(), 0.0), heavier).0
    }
}

/// One sentence in French, in English, and in Arabic where somebody has said it in Arabic. Built with
/// [`phrase!`](crate::phrase).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    fr: Cow<'static, str>,
    en: Cow<'static, str>,
    ar: Option<Cow<'static, str>>,
}

impl Phrase {
    pub fn new(fr: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self { fr: fr.into(), en: en.into(), ar: None }
    }

    /// The same sentence, with its Arabic.
    #[must_use]
    pub fn with_arabic(self, ar: impl Into<Cow<'static, str>>) -> Self {
        Self { ar: Some(ar.into()), ..self }
    }

    /// A sentence put together in each language.
    pub fn composed(said: impl Fn(Language) -> String) -> Self {
        Self::new(said(Language::French), said(Language::English)).with_arabic(said(Language::Arabic))
    }

    /// The sentence in one language. What has no Arabic is said in French, the language of the plant's papers: this
    /// is the only place that decides so.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::French => &self.fr,
            Language::English => &self.en,
            Language::Arabic => self.arabic().unwrap_or(&self.fr),
        }
    }

    /// The sentence in Arabic, if it has been said in Arabic.
    pub fn arabic(&self) -> Option<&str> {
        self.ar.as_deref()
    }
}

/// `phrase!("Le code {code} est pris.", "Code {code} is taken.")`: all take the same captured arguments. A third text
/// is the Arabic; what runs the other way in it (numbers of the plant, names, figures with a unit, dates) stands between
/// U+2068 and U+2069, so that its parts keep their order: `"\u{2068}{numero}\u{2069}"`.
#[macro_export]
macro_rules! phrase {
    ($fr:literal, $en:literal $(,)?) => {
        $crate::kernel::phrase::Phrase::new(format!($fr), format!($en))
    };
    ($fr:literal, $en:literal, $ar:literal $(,)?) => {
        $crate::kernel::phrase::Phrase::new(format!($fr), format!($en)).with_arabic(format!($ar))
    };
}

#[cfg(test)]
mod tests {
    use super::{Language, Phrase};

    #[test]
    fn the_language_that_weighs_most_is_spoken_and_french_unless_one_of_ours_is_named() {
        for (header, language) in [
            ("", Language::French),
            ("de", Language::French),
            ("*", Language::French),
            ("ar", Language::Arabic),
            ("ar-MA,ar;q=0.9,fr;q=0.8,en;q=0.7", Language::Arabic),
            ("AR-ma", Language::Arabic),
            ("arn", Language::French),
            ("fr,ar;q=0.9", Language::French),
            ("en;q=0.4, ar;q=0.5, fr;q=0.3", Language::Arabic),
            ("ar;q=0.4, en;q=0.5, fr;q=0.3", Language::English),
            ("ar, fr", Language::French),
            ("ar;q=0", Language::French),
            ("en", Language::English),
            ("en-GB,en;q=0.8", Language::English),
            ("fr-MA, en;q=0.9", Language::French),
            ("fr;q=0.3, en;q=0.9", Language::English),
        ] {
            assert_eq!(Language::from_header(header), language, "{header}");
        }
    }

    #[test]
    fn what_has_no_arabic_is_said_in_french() {
        let code = "A1";
        let two = phrase!("Le code {code}.", "Code {code}.");
        let three = phrase!("Le code {code}.", "Code {code}.", "الرمز \u{2068}{code}\u{2069}.");

        assert_eq!(
            Language::ALL.map(|language| two.text(language)),
            ["Le code A1.", "Code A1.", "Le code A1."]
        );
        assert_eq!(three.text(Language::Arabic), "الرمز \u{2068}A1\u{2069}.");
        let both = Phrase::composed(|language| format!("{} !", three.text(language)));
        assert_eq!(both.text(Language::Arabic), "الرمز \u{2068}A1\u{2069}. !");
    }
}
