//! « Pourquoi cette date ? », kept with each échéance and said in a sentence.

use serde::{Deserialize, Serialize};

use crate::agenda::Jour;
use crate::kernel::clock::Day;
use crate::kernel::phrase::{ARABIC_DAY, Language};
use crate::planning::model::Frequence;

/// All that led to one date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explication {
    /// The anchor.
    pub debut: Day,
    pub frequence: Frequence,
    pub intervalle: i64,
    pub k: i64,
    /// Anchor and k intervals.
    pub nominale: Day,
    /// That month has no such day: its last stands for it.
    pub fin_de_mois: bool,
    /// Days of shift at the time, and the last échéance that added to them.
    pub decalage: i64,
    pub decalage_de: Option<i64>,
    /// The days off that were passed over.
    pub chomes: Vec<Chome>,
    pub date: Day,
}

/// A day off: a holiday by its name, or a week-end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chome {
    pub jour: Day,
    pub ferie: Option<String>,
}

impl Explication {
    /// The explanation in a sentence.
    pub fn text(&self, language: Language) -> String {
        let Self { k, intervalle, decalage, .. } = self;
        let [debut, nominale, date] = [self.debut, self.nominale, self.date].map(|day| civil(day, language));
        let every = every(self.frequence, *intervalle, language);
        let nth = nth(k + 1, language);
        let mut text = match (k, language) {
            (0, Language::French) => format!("Début du plan, le {debut}"),
            (0, Language::English) => format!("Beginning of the plan, {debut}"),
            (0, Language::Arabic) => format!("بداية الخطة يوم {debut}"),
            (_, Language::French) => format!("{every} depuis le {debut}, {nth} échéance"),
            (_, Language::English) => format!("{every} since {debut}, {nth} due date"),
            (_, Language::Arabic) => format!("{every} منذ {debut}، {nth}"),
        };
        if self.fin_de_mois {
            let day = self.debut.0.day();
            text += &match language {
                Language::French => format!(" ; ce mois n’a pas de jour {day}"),
                Language::English => format!("; that month has no day {day}"),
                Language::Arabic => format!("؛ ليس في هذا الشهر يوم {day}"),
            };
        }
        let colon = if language == Language::French { " : " } else { ": " };
        let mut told = *k == 0;
        if *k > 0 && (*decalage != 0 || !self.chomes.is_empty()) {
            text += &format!("{colon}{nominale}");
        }
        if *decalage != 0 {
            text += &self.shift_text(language);
            told = false;
        }
        if !self.chomes.is_empty() {
            let days: Vec<_> = self.chomes.iter().map(|chome| chome.text(language)).collect();
            let days = days.join(if language == Language::Arabic { "، " } else { ", " });
            let moved = day_text(self.date, language);
            text += &match (language, self.date < self.chomes[0].jour) {
                (Language::French, true) => format!(" ; {days} : avancée au {moved}"),
                (Language::French, false) => format!(" ; {days} : repoussée au {moved}"),
                (Language::English, true) => format!("; {days}: brought forward to {moved}"),
                (Language::English, false) => format!("; {days}: put off to {moved}"),
                (Language::Arabic, true) => format!("؛ {days}: قُدّم إلى {moved}"),
                (Language::Arabic, false) => format!("؛ {days}: أُجّل إلى {moved}"),
            };
            told = true;
        }
        if !told {
            text += &format!("{colon}{date}");
        }
        text + "."
    }

    fn shift_text(&self, language: Language) -> String {
        let (is_early, days) = (self.decalage < 0, self.decalage.abs());
        let (sign, plural) = (if is_early { '−' } else { '+' }, if days > 1 { "s" } else { "" });
        let from = self.decalage_de.map(|k| nth(k + 1, language));
        match language {
            Language::French => {
                let from = from.map(|nth| format!(" depuis la {nth} échéance")).unwrap_or_default();
                format!(" ; {sign} {days} jour{plural} de décalage{from}")
            }
            Language::English => {
                let from = from.map(|nth| format!(" since the {nth} due date")).unwrap_or_default();
                format!("; {sign} {days} day{plural} of shift{from}")
            }
            Language::Arabic => {
                let (what, days) = (if is_early { "تقديم" } else { "تأجيل" }, counted(days, DAYS));
                let from = from.map(|nth| format!(" منذ {nth}")).unwrap_or_default();
                format!("؛ {what} {days}{from}")
            }
        }
    }
}

impl Chome {
    fn text(&self, language: Language) -> String {
        let day = day_text(self.jour, language);
        match (&self.ferie, language) {
            (Some(nom), Language::French) => format!("{day} férié ({nom})"),
            (Some(nom), Language::English) => format!("{day} a holiday ({nom})"),
            (Some(nom), Language::Arabic) => format!("{day} يوم عطلة (\u{2068}{nom}\u{2069})"),
            (None, Language::French) => format!("{day} en week-end"),
            (None, Language::English) => format!("{day} in a week-end"),
            (None, Language::Arabic) => format!("{day} في نهاية الأسبوع"),
        }
    }
}

/// « Tous les trimestres », « Toutes les 2 semaines ».
fn every(frequence: Frequence, count: i64, language: Language) -> String {
    let feminine = frequence == Frequence::Hebdomadaire;
    match language {
        Language::French => {
            let all = if feminine { "Toutes les" } else { "Tous les" };
            let [_, unit] = unit(frequence).0;
            if count == 1 { format!("{all} {unit}") } else { format!("{all} {count} {unit}") }
        }
        Language::English => {
            let [one, more] = unit(frequence).1;
            if count == 1 { format!("Every {one}") } else { format!("Every {count} {more}") }
        }
        Language::Arabic => {
            let (months, forms) = match frequence {
                Frequence::Journalier => (1, DAYS),
                Frequence::Hebdomadaire => (1, ["أسبوع", "أسبوعين", "أسابيع", "أسبوعًا"]),
                // Arabic counts them in months.
                Frequence::Mensuel => (1, MONTHS),
                Frequence::Trimestriel => (3, MONTHS),
                Frequence::Semestriel => (6, MONTHS),
                Frequence::Annuel => (1, ["سنة", "سنتين", "سنوات", "سنة"]),
            };
            format!("كل {}", counted(count * months, forms))
        }
    }
}

/// A counted noun in Arabic, after a preposition: one, two, three to ten, eleven to ninety-nine.
type Counted = [&'static str; 4];

const DAYS: Counted = ["يوم", "يومين", "أيام", "يومًا"];
const MONTHS: Counted = ["شهر", "شهرين", "أشهر", "شهرًا"];

fn counted(count: i64, [one, two, few, many]: Counted) -> String {
    match (count, count % 100) {
        (1, _) => one.to_owned(),
        (2, _) => two.to_owned(),
        (_, 3..=10) => format!("{count} {few}"),
        (_, 11..=99) => format!("{count} {many}"),
        (_, _) => format!("{count} {one}"),
    }
}

/// « 8ᵉ », "8th", « الاستحقاق رقم 8 ».
fn nth(number: i64, language: Language) -> String {
    match (language, number % 10, number % 100) {
        (Language::French, ..) if number == 1 => format!("{number}ʳᵉ"),
        (Language::French, ..) => format!("{number}ᵉ"),
        (Language::English, 1, rest) if rest != 11 => format!("{number}st"),
        (Language::English, 2, rest) if rest != 12 => format!("{number}nd"),
        (Language::English, 3, rest) if rest != 13 => format!("{number}rd"),
        (Language::English, ..) => format!("{number}th"),
        (Language::Arabic, ..) => format!("الاستحقاق رقم {number}"),
    }
}

/// One and several, in French and in English.
fn unit(frequence: Frequence) -> ([&'static str; 2], [&'static str; 2]) {
    match frequence {
        Frequence::Journalier => (["jour", "jours"], ["day", "days"]),
        Frequence::Hebdomadaire => (["semaine", "semaines"], ["week", "weeks"]),
        Frequence::Mensuel => (["mois", "mois"], ["month", "months"]),
        Frequence::Trimestriel => (["trimestre", "trimestres"], ["quarter", "quarters"]),
        Frequence::Semestriel => (["semestre", "semestres"], ["half-year", "half-years"]),
        Frequence::Annuel => (["an", "ans"], ["year", "years"]),
    }
}

fn civil(day: Day, language: Language) -> String {
    match language {
        Language::French => day.0.strftime("%d/%m/%Y").to_string(),
        Language::English => day.to_string(),
        Language::Arabic => format!("\u{2068}{}\u{2069}", day.0.strftime(ARABIC_DAY)),
    }
}

fn day_text(day: Day, language: Language) -> String {
    let jour = Jour::ALL[day.0.weekday().to_monday_zero_offset() as usize].label();
    let jour = jour.text(language);
    let civil = civil(day, language);
    match language {
        Language::French => format!("{} {civil}", jour.to_lowercase()),
        Language::English | Language::Arabic => format!("{jour} {civil}"),
    }
}
