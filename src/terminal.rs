//! What the command line says and asks. Results go to stdout, everything else to stderr.

use std::io::{IsTerminal, Write};

use crate::failure::Failure;
use crate::phrase;

/// Writes one line of a command's result.
pub fn say(line: impl std::fmt::Display) {
    // A reader that has left (`… | head`) has all it wanted.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Writes a command's result as it is.
pub fn put(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(bytes).and_then(|()| out.flush());
}

/// Writes why there is no result.
pub fn complain(failure: &Failure) {
    let mut out = std::io::stderr().lock();
    for line in failure.lines() {
        let _ = writeln!(out, "{line}");
    }
}

/// Waits until what was written has been read.
pub fn wait_for_enter() {
    let mut out = std::io::stderr().lock();
    let _ = writeln!(out, "\nEntrée pour fermer / Enter to close");
    let _ = std::io::stdin().read_line(&mut String::new());
}

/// Asks for a new password twice without showing it, or reads one line of stdin. Never an argument: those
/// are in the shell's history and in everyone's list of processes.
pub fn new_password(from_stdin: bool) -> Result<String, Failure> {
    let lost = |cause: std::io::Error| {
        Failure::Fault(
            phrase!("Le mot de passe n’a pas pu être lu.", "The password could not be read."),
            cause.into(),
        )
    };
    if from_stdin {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map_err(lost)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Usage(vec![phrase!(
            "Pas de terminal pour demander le mot de passe : donnez-le sur l’entrée standard avec --password-stdin.",
            "No terminal to ask for the password on: give it on standard input with --password-stdin."
        )]));
    }
    let ask = |question: &str| {
        let terminal = console::Term::stderr();
        terminal.write_str(question)?;
        terminal.read_secure_line()
    };
    let password = ask("Mot de passe / Password : ").map_err(lost)?;
    if ask("Encore une fois / Once more : ").map_err(lost)? != password {
        return Err(Failure::Refused(phrase!(
            "Les deux saisies diffèrent ; rien n’a été changé.",
            "The two entries differ; nothing was changed."
        )));
    }
    Ok(password)
}
