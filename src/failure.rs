//! Why a command ends without having done what was asked: exit codes, and sentences for whoever typed it.

use std::io;

use rusqlite::{ErrorCode, ffi};

use crate::kernel::data_dir::LockError;
use crate::kernel::db::StartError;
use crate::kernel::error::{Error, Invalid};
use crate::kernel::phrase::{Language, Phrase};
use crate::kernel::problem;

#[derive(Debug)]
pub enum Failure {
    /// What was asked makes no sense: a wrong argument or setting. One sentence for each.
    Usage(Vec<Phrase>),
    /// The data cannot be worked with. What sysexits(3) calls EX_CONFIG: a supervisor need not try again.
    Data(StartError),
    /// Understood and refused, or found wrong.
    Refused(Phrase),
    /// A fault of ours or of the machine.
    Fault(Phrase, anyhow::Error),
}

impl Failure {
    /// 1, 2 or 78; the writer thread ends the process with 70 by itself after a failed sync.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            // There will be room again, and a supervisor that tries then finds a server that starts.
            _ if self.lacks_room() => 1,
            Self::Data(_) => 78,
            Self::Refused(_) | Self::Fault(..) => 1,
        }
    }

    /// What is told of it to people who did not type the command.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Usage(phrases) => phrases.first().cloned().unwrap_or_else(|| Phrase::new("?", "?")),
            Self::Refused(phrase) | Self::Fault(phrase, _) => phrase.clone(),
            Self::Data(StartError { what, .. }) => what.clone(),
        }
    }

    /// Whether it is for want of room on a disk, which the sentence may not know: any write can be the one that fails.
    fn lacks_room(&self) -> bool {
        let (Self::Data(StartError { cause: Some(cause), .. }) | Self::Fault(_, cause)) = self else {
            return false;
        };
        let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
        cause.chain().any(|cause| {
            let by_system =
                cause.downcast_ref().is_some_and(|cause: &io::Error| full.contains(&cause.kind()));
            let by_database =
                cause.downcast_ref().and_then(rusqlite::Error::sqlite_error).is_some_and(|error| {
                    // The index of the log grows by `ftruncate` and a write to each page: only want of room refuses it.
                    error.code == ErrorCode::DiskFull || error.extended_code == ffi::SQLITE_IOERR_SHMSIZE
                });
            by_system || by_database
        })
    }

    /// Each sentence in French, then in English, then what the machine said of it, then what helps.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = self.sentences();
        if self.lacks_room() {
            lines.push("Le disque est plein : faites de la place, puis recommencez.".to_owned());
            lines.push("The disk is full: make room, then try again.".to_owned());
        }
        lines
    }

    fn sentences(&self) -> Vec<String> {
        let both = |phrase: &Phrase| {
            [Language::French, Language::English].map(|language| phrase.text(language).to_owned())
        };
        let cause = |cause: &anyhow::Error| format!("({cause:#})");
        match self {
            Self::Usage(phrases) => phrases.iter().flat_map(both).collect(),
            Self::Refused(phrase) => both(phrase).into(),
            Self::Data(StartError { what, cause: why }) => {
                both(what).into_iter().chain(why.as_ref().map(cause)).collect()
            }
            Self::Fault(phrase, why) => both(phrase).into_iter().chain([cause(why)]).collect(),
        }
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::Data(error)
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Held(phrase) => Self::Refused(phrase),
            LockError::Unusable(error) => Self::Data(error),
        }
    }
}

impl From<Error> for Failure {
    /// A command of the trade that was refused, in the words that the API would have used.
    fn from(error: Error) -> Self {
        let sentence = problem::sentence(&error);
        match error {
            Error::Internal(cause) => Self::Fault(sentence, cause),
            Error::Invalid(fields) => Self::Refused(Phrase::new(
                sentences(&fields, Language::French),
                sentences(&fields, Language::English),
            )),
            _ => Self::Refused(sentence),
        }
    }
}

fn sentences(fields: &[Invalid], language: Language) -> String {
    let sentence = |field: &Invalid| format!("{} : {}.", field.champ, field.message.text(language));
    fields.iter().map(sentence).collect::<Vec<_>>().join(" ")
}
