//! « Pourquoi cette date ? », kept with each échéance and said in a sentence.

use serde::{Deserialize, Serialize};

use crate::agenda::Jour;
use crate::kernel::clock::Day;
use crate::kernel::phrase::Language;
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
        let french = language == Language::French;
        let mut text = match (k, french) {
            (0, true) => format!("Début du plan, le {debut}"),
            (0, false) => format!("Beginning of the plan, {debut}"),
            (_, true) => format!("{every} depuis le {debut}, {nth} échéance"),
            (_, false) => format!("{every} since {debut}, {nth} due date"),
        };
        if self.fin_de_mois {
            let day = self.debut.0.day();
            text += &match french {
                true => format!(" ; ce mois n’a pas de jour {day}"),
                false => format!("; that month has no day {day}"),
            };
        }
        let mut told = *k == 0;
        if *k > 0 && (*decalage != 0 || !self.chomes.is_empty()) {
            text += &if french { format!(" : {nominale}") } else { format!(": {nominale}") };
        }
        if *decalage != 0 {
            text += &self.shift_text(french);
            told = false;
        }
        if !self.chomes.is_empty() {
            let days: Vec<_> = self.chomes.iter().map(|chome| chome.text(language)).collect();
            let days = days.join(", ");
            let moved = day_text(self.date, language);
            text += &match (french, self.date < self.chomes[0].jour) {
                (true, true) => format!(" ; {days} : avancée au {moved}"),
                (true, false) => format!(" ; {days} : repoussée au {moved}"),
                (false, true) => format!("; {days}: brought forward to {moved}"),
                (false, false) => format!("; {days}: put off to {moved}"),
            };
            told = true;
        }
        if !told {
            text += &if french { format!(" : {date}") } else { format!(": {date}") };
        }
        text + "."
    }

    fn shift_text(&self, french: bool) -> String {
        let (sign, days) = (if self.decalage < 0 { '−' } else { '+' }, self.decalage.abs());
        let plural = if days > 1 { "s" } else { "" };
        let from = match (self.decalage_de, french) {
            (Some(k), true) => format!(" depuis la {} échéance", nth(k + 1, Language::French)),
            (Some(k), false) => format!(" since the {} due date", nth(k + 1, Language::English)),
            (None, _) => String::new(),
        };
        match french {
            true => format!(" ; {sign} {days} jour{plural} de décalage{from}"),
            false => format!("; {sign} {days} day{plural} of shift{from}"),
        }
    }
}

impl Chome {
    fn text(&self, language: Language) -> String {
        let day = day_text(self.jour, language);
        match (&self.ferie, language) {
            (Some(nom), Language::French) => format!("{day} férié ({nom})"),
            (Some(nom), Language::English) => format!("{day} a holiday ({nom})"),
            (None, Language::French) => format!("{day} en week-end"),
            (None, Language::English) => format!("{day} in a week-end"),
        }
    }
}

/// « Tous les trimestres », « Toutes les 2 semaines ».
fn every(frequence: Frequence, count: i64, language: Language) -> String {
    let feminine = frequence == Frequence::Hebdomadaire;
    match language {
        Language::French => {
            let all = if feminine { "Toutes les" } else { "Tous les" };
            let unit = unit(frequence, 2, language);
            if count == 1 { format!("{all} {unit}") } else { format!("{all} {count} {unit}") }
        }
        Language::English => {
            let unit = unit(frequence, count, language);
            if count == 1 { format!("Every {unit}") } else { format!("Every {count} {unit}") }
        }
    }
}

/// « 8ᵉ », "8th".
fn nth(number: i64, language: Language) -> String {
    match (language, number % 10, number % 100) {
        (Language::French, ..) if number == 1 => format!("{number}ʳᵉ"),
        (Language::French, ..) => format!("{number}ᵉ"),
        (Language::English, 1, rest) if rest != 11 => format!("{number}st"),
        (Language::English, 2, rest) if rest != 12 => format!("{number}nd"),
        (Language::English, 3, rest) if rest != 13 => format!("{number}rd"),
        (Language::English, ..) => format!("{number}th"),
    }
}

fn unit(frequence: Frequence, count: i64, language: Language) -> &'static str {
    let (fr, en) = match frequence {
        Frequence::Journalier => (["jour", "jours"], ["day", "days"]),
        Frequence::Hebdomadaire => (["semaine", "semaines"], ["week", "weeks"]),
        Frequence::Mensuel => (["mois", "mois"], ["month", "months"]),
        Frequence::Trimestriel => (["trimestre", "trimestres"], ["quarter", "quarters"]),
        Frequence::Semestriel => (["semestre", "semestres"], ["half-year", "half-years"]),
        Frequence::Annuel => (["an", "ans"], ["year", "years"]),
    };
    let words = if language == Language::French { fr } else { en };
    words[usize::from(count > 1)]
}

fn civil(day: Day, language: Language) -> String {
    match language {
        Language::French => day.0.strftime("%d/%m/%Y").to_string(),
        Language::English => day.to_string(),
    }
}

fn day_text(day: Day, language: Language) -> String {
    let jour = Jour::ALL[day.0.weekday().to_monday_zero_offset() as usize].label();
    let jour = jour.text(language);
    let civil = civil(day, language);
    match language {
        Language::French => format!("{} {civil}", jour.to_lowercase()),
        Language::English => format!("{jour} {civil}"),
    }
}
