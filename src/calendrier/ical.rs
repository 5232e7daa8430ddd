//! A calendar as RFC 5545 writes it: one feed of events, in UTC or whole days.
//!
//! Only what phones and desktop calendars read is written: there are no zones, no alarms, no recurrences.

use std::fmt::Write as _;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::kernel::clock::Instant;

/// Octets of a content line before it must be folded (RFC 5545, 3.1).
const LINE: usize = 75;

/// When something is.
#[derive(Clone, Copy, Debug)]
pub enum When {
    Times(Instant, Instant),
    /// Civil days, the last one exclusive.
    Days(Date, Date),
}

/// How certain something is.
#[derive(Clone, Copy, Debug)]
pub enum Status {
    Confirmed,
    Tentative,
}

/// One event.
#[derive(Clone, Debug)]
pub struct Event {
    pub uid: String,
    /// Grows when it changes.
    pub sequence: i64,
    /// When it last changed.
    pub stamp: Instant,
    pub when: When,
    pub status: Status,
    /// Whether it keeps its time from being booked.
    pub is_busy: bool,
    pub summary: String,
    pub description: String,
    pub location: Option<String>,
}

/// The whole feed.
pub fn feed(name: &str, events: impl IntoIterator<Item = Event>) -> String {
    let mut feed = Feed::default();
    feed.line("BEGIN", "VCALENDAR");
    feed.line("VERSION", "2.0");
    feed.line("PRODID", "-//erp-interventions//calendrier//FR");
    feed.line("CALSCALE", "GREGORIAN");
    feed.text("X-WR-CALNAME", name);
    feed.line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    feed.line("X-PUBLISHED-TTL", "PT1H");
    for event in events {
        feed.event(&event);
    }
    feed.line("END", "VCALENDAR");
    feed.0
}

#[derive(Default)]
struct Feed(String);

impl Feed {
    fn event(&mut self, event: &Event) {
        self.line("BEGIN", "VEVENT");
        self.line("UID", &event.uid);
        self.line("DTSTAMP", &utc(event.stamp));
        self.line("SEQUENCE", &event.sequence.to_string());
        match event.when {
            When::Times(from, to) => {
                self.line("DTSTART", &utc(from));
                self.line("DTEND", &utc(to));
            }
            When::Days(first, end) => {
                self.line("DTSTART;VALUE=DATE", &date(first));
                self.line("DTEND;VALUE=DATE", &date(end));
            }
        }
        self.text("SUMMARY", &event.summary);
        self.text("DESCRIPTION", &event.description);
        if let Some(location) = &event.location {
            self.text("LOCATION", location);
        }
        self.line(
            "STATUS",
            match event.status {
                Status::Confirmed => "CONFIRMED",
                Status::Tentative => "TENTATIVE",
            },
        );
        self.line("TRANSP", if event.is_busy { "OPAQUE" } else { "TRANSPARENT" });
        self.line("END", "VEVENT");
    }

    /// A property whose value people wrote.
    fn text(&mut self, name: &str, value: &str) {
        self.line(name, &escaped(value));
    }

    /// A content line, folded between characters.
    fn line(&mut self, name: &str, value: &str) {
        let mut octets = 0;
        for character in name.chars().chain([':']).chain(value.chars()) {
            if octets + character.len_utf8() > LINE {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(character);
            octets += character.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// TEXT (RFC 5545, 3.3.11): what has a meaning is escaped, what may not occur is left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push(character),
            character if character.is_control() => {}
            character => escaped.push(character),
        }
    }
    escaped
}

fn utc(instant: Instant) -> String {
    instant.in_zone(&TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn date(date: Date) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write!(text, "{:04}{:02}{:02}", date.year(), date.month(), date.day());
    text
}

#[cfg(test)]
mod tests {
    use jiff::civil;
    use proptest::prelude::*;

    use super::*;

    fn event(summary: &str) -> Event {
        Event {
            uid: "absence-1@test".to_owned(),
            sequence: 3,
            stamp: Instant::from_second(1_926_000_000),
            when: When::Days(civil::date(2031, 1, 16), civil::date(2031, 1, 18)),
            status: Status::Tentative,
            is_busy: false,
            summary: summary.to_owned(),
            description: String::new(),
            location: None,
        }
    }

    /// The content lines as a reader puts them together again.
    fn unfolded(feed: &str) -> Vec<String> {
        feed.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn whole_days_are_dates_and_times_are_utc() {
        let times = Event {
            when: When::Times(Instant::from_second(1_926_000_000), Instant::from_second(1_926_003_600)),
            status: Status::Confirmed,
            is_busy: true,
            location: Some("Casa".to_owned()),
            ..event("x")
        };

        let lines = unfolded(&feed("Équipe", [event("x"), times]));

        let has = |line: &str| lines.iter().filter(|known| *known == line).count();
        assert_eq!((has("DTSTART;VALUE=DATE:20310116"), has("DTEND;VALUE=DATE:20310118")), (1, 1));
        assert_eq!((has("DTSTART:20310112T160000Z"), has("DTEND:20310112T170000Z")), (1, 1));
        assert_eq!(
            (has("DTSTAMP:20310112T160000Z"), has("SEQUENCE:3"), has("UID:absence-1@test")),
            (2, 2, 2)
        );
        assert_eq!((has("STATUS:TENTATIVE"), has("STATUS:CONFIRMED"), has("LOCATION:Casa")), (1, 1, 1));
        assert_eq!((has("TRANSP:OPAQUE"), has("TRANSP:TRANSPARENT"), has("X-WR-CALNAME:Équipe")), (1, 1, 1));
    }

    // O3
    #[test]
    fn what_people_write_cannot_add_a_line() {
        let hostile = "a\r\nEND:VEVENT\nX-EVIL:1\u{0}\u{7f}\\, ; b";

        let lines = unfolded(&feed(hostile, [event(hostile)]));

        let escaped = "a\\nEND:VEVENT\\nX-EVIL:1\\\\\\, \\; b";
        assert!(lines.contains(&format!("SUMMARY:{escaped}")), "{lines:?}");
        assert!(lines.contains(&format!("X-WR-CALNAME:{escaped}")), "{lines:?}");
        assert_eq!(lines.iter().filter(|line| *line == "END:VEVENT").count(), 1);
    }

    proptest! {
        #[test]
        fn lines_are_short_and_say_what_was_meant(text in "\\PC{0,300}") {
            let feed = feed("x", [event(&text)]);

            prop_assert!(feed.split("\r\n").all(|line| line.len() <= LINE));
            let lines = unfolded(&feed);
            let summary = lines.iter().find_map(|line| line.strip_prefix("SUMMARY:")).unwrap_or_default();
            let mut read = String::new();
            let mut characters = summary.chars();
            while let Some(character) = characters.next() {
                read.extend(if character == '\\' { characters.next() } else { Some(character) });
            }
            prop_assert_eq!(read, text);
        }
    }
}
