//! The log: on stderr, for people when it is a terminal, one JSON object per line when it is not; in a folder, a file a
//! day, where nobody reads what is printed.
//!
//! No value can forge a line: control characters are written as escapes in both forms.
//!
//! A log that cannot be written (a full disk, a reader that left) ends nothing: its lines are lost, and counted.

use std::io::{self, IsTerminal, Write, stderr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::fmt::{MakeWriter, format};

use crate::failure::Failure;
use crate::kernel::data_dir::private_folder;
use crate::phrase;

/// How many days' files are kept in a folder.
pub const DAYS: usize = 30;

words! {
    /// How the log is written.
    pub enum LogFormat {
        Auto = "auto" ("Selon la sortie", "By the output"),
        Texte = "texte" ("Pour les gens", "For people"),
        Json = "json" ("Pour les programmes", "For programs"),
    }
}

/// Lines that could not be written. The log is the whole process's, and so is this.
static LOST: AtomicU64 = AtomicU64::new(0);

/// How many lines could not be written since the process began.
pub fn lost_lines() -> u64 {
    LOST.load(Ordering::Relaxed)
}

/// Writes where `W` does and never fails: what could not be written is counted.
struct Unfailing<W>(W);

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for Unfailing<W> {
    type Writer = Unfailing<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Unfailing(self.0.make_writer())
    }
}

impl<W: Write> Write for Unfailing<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.write_all(line).map(|()| line.len())
    }

    fn write_all(&mut self, line: &[u8]) -> io::Result<()> {
        if self.0.write_all(line).is_err() {
            LOST.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = self.0.flush();
        Ok(())
    }
}

/// Where the log goes.
#[derive(Clone, Debug)]
pub enum Output {
    Stderr,
    /// `erp-interventions.<day>.log` in this folder, the last 30 of them.
    Folder(PathBuf),
}

impl Output {
    /// Where whoever started the server by a double-click finds it: in the window that came, or else beside the data.
    pub fn of_double_click(data_dir: &Path) -> Self {
        if stderr().is_terminal() { Self::Stderr } else { Self::beside(data_dir) }
    }

    /// In the data directory.
    pub fn beside(data_dir: &Path) -> Self {
        Self::Folder(data_dir.join("logs"))
    }

    fn is_terminal(&self) -> bool {
        matches!(self, Self::Stderr) && stderr().is_terminal()
    }

    fn writer(&self) -> Result<BoxMakeWriter, Failure> {
        let Self::Folder(folder) = self else { return Ok(BoxMakeWriter::new(Unfailing(stderr))) };
        private_folder(folder)?;
        let files = RollingFileAppender::builder()
            .rotation(Rotation::DAILY)
            .filename_prefix("erp-interventions")
            .filename_suffix("log")
            .max_log_files(DAYS)
            .build(folder);
        files.map(|files| BoxMakeWriter::new(Unfailing(files))).map_err(|cause| {
            let shown = folder.display();
            let why = phrase!(
                "Impossible d’écrire le journal dans {shown}.",
                "The log cannot be written in {shown}."
            );
            Failure::Fault(why, cause.into())
        })
    }
}

/// Writes why the server ends, where nobody reads what is printed.
pub fn failure(failure: &Failure) {
    tracing::error!(reason = failure.lines().join(" "), "the server ends");
}

/// Starts the log for the rest of the process: our own lines from `level` up, warnings of the libraries.
///
/// # Errors
/// The folder cannot be written.
pub fn start(form: LogFormat, level: tracing::Level, output: &Output) -> Result<(), Failure> {
    let filter = EnvFilter::new(format!("warn,{}={level}", env!("CARGO_CRATE_NAME")));
    // The library would say on stderr that a line is lost, and panic if that fails too.
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(output.writer()?)
        .log_internal_errors(false);
    let on_terminal = output.is_terminal();
    let to_people = match form {
        LogFormat::Auto => on_terminal,
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
        log.with_target(false).with_ansi(on_terminal).fmt_fields(fields).init();
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
    Ok(())
}

/// The text with its control characters spelled out.
fn escape(text: &str) -> String {
    let spelled = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(spelled).collect()
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind, Result, Write};

    use super::{Unfailing, escape, lost_lines};

    /// A disk without room.
    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> Result<usize> {
            Err(Error::from(ErrorKind::StorageFull))
        }

        fn flush(&mut self) -> Result<()> {
            Err(Error::from(ErrorKind::StorageFull))
        }
    }

    #[test]
    fn a_line_that_cannot_be_written_is_counted_and_no_error() {
        let before = lost_lines();
        let mut log = Unfailing(Full);

        log.write_all(b"lost\n").unwrap();
        log.flush().unwrap();

        assert_eq!(lost_lines(), before + 1);
    }

    #[test]
    fn a_value_cannot_begin_a_new_line_nor_colour_the_terminal() {
        assert_eq!(escape("été\n2031 INFO forged\u{1b}[31m"), "été\\n2031 INFO forged\\u{1b}[31m");
    }
}
