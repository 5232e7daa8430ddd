//! The log: on stderr, for people when it is a terminal, one JSON object per line when it is not.
//!
//! No value can forge a line: control characters are written as escapes in both forms.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::fmt::format;

words! {
    /// How the log is written.
    pub enum LogFormat {
        Auto = "auto" ("Selon la sortie", "By the output"),
        Texte = "texte" ("Pour les gens", "For people"),
        Json = "json" ("Pour les programmes", "For programs"),
    }
}

/// Starts the log for the rest of the process: our own lines from `level` up, warnings of the libraries.
pub fn start(form: LogFormat, level: tracing::Level) {
    let filter = EnvFilter::new(format!("warn,{}={level}", env!("CARGO_CRATE_NAME")));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr);
    let to_people = match form {
        LogFormat::Auto => stderr().is_terminal(),
        LogFormat::Texte => true,
        LogFormat::Json => false,
    };
    if to_people {
        let field =
            |writer: &mut format::Writer<'_>, field: &tracing::field::Field, value: &dyn std::fmt::Debug| {
                let value = escape(&format!("{value:?}"));
                match field.name() {
                    "message" => writer.write_str(&value),
                    name => write!(writer, "{name}={value}"),
                }
            };
        let fields = format::debug_fn(field).delimited(" ");
        log.with_target(false).with_ansi(stderr().is_terminal()).fmt_fields(fields).init();
    } else {
        log.json()
            .flatten_event(true)
            .with_target(false)
            .with_current_span(false)
            .with_span_list(false)
            .init();
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(tracing::field::display);
        tracing::error!(place, message = panic.payload_as_str().unwrap_or("panic"));
    }));
}

/// The text with its control characters spelled out.
fn escape(text: &str) -> String {
    let spelled = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(spelled).collect()
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn a_value_cannot_begin_a_new_line_nor_colour_the_terminal() {
        assert_eq!(escape("été\n2031 INFO forged\u{1b}[31m"), "été\\n2031 INFO forged\\u{1b}[31m");
    }
}
