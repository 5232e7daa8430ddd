//! Where settings come from, and what is said of those that are wrong.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::{self, Display};
use std::io::ErrorKind;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use toml::{Table, Value};

use super::Setting;
use crate::kernel::auth::HiddenText;
use crate::kernel::phrase::Phrase;
use crate::phrase;

pub(super) type Environment = BTreeMap<OsString, OsString>;

const FILE: &str = "config.toml";
const PREFIX: &str = "ERP_";

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This option of the command line.
    CommandLine(&'static str),
    /// This variable.
    Environment(String),
    /// `config.toml`.
    File,
    Default,
}

impl Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandLine(option) => f.write_str(option),
            Self::Environment(variable) => write!(f, "${variable}"),
            Self::File => f.write_str(FILE),
            Self::Default => f.write_str("default"),
        }
    }
}

/// The values nobody has taken yet, and the complaints so far.
pub(super) struct Sources {
    command_line: BTreeMap<&'static str, (&'static str, String)>,
    /// By setting, without the prefix and in lower case.
    environment: BTreeMap<String, OsString>,
    file: Table,
    names: Vec<&'static str>,
    wrong: Vec<Phrase>,
    /// Settings whose value was refused.
    refused: Vec<&'static str>,
}

impl Sources {
    /// Reads `config.toml` in `data_dir`, which may be absent, and the `ERP_*` variables.
    pub fn open(data_dir: &Path, environment: Environment) -> Result<Self, Vec<Phrase>> {
        let environment = environment
            .into_iter()
            .filter_map(|(name, value)| {
                let name = name.to_str()?.strip_prefix(PREFIX)?.to_ascii_lowercase();
                (name != "data_dir").then_some((name, value))
            })
            .collect();
        let file = read(&data_dir.join(FILE)).map_err(|phrase| vec![phrase])?;
        Ok(Self {
            command_line: BTreeMap::new(),
            environment,
            file,
            names: Vec::new(),
            wrong: Vec::new(),
            refused: Vec::new(),
        })
    }

    /// A value typed on the command line, as the option of the same name.
    pub fn typed(&mut self, name: &'static str, option: &'static str, value: Option<String>) {
        if let Some(value) = value {
            self.command_line.insert(name, (option, value));
        }
    }

    /// The setting `name`, from the first source that has it; `allowed` says what `parse` understands.
    pub fn take<T>(
        &mut self,
        name: &'static str,
        default: T,
        allowed: Phrase,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Setting<T> {
        self.parse(name, default, allowed, parse, true)
    }

    /// A number within bounds.
    pub fn number<T>(&mut self, name: &'static str, default: T, bounds: RangeInclusive<T>) -> Setting<T>
    where
        T: FromStr + PartialOrd + Display,
    {
        let (least, most) = (bounds.start(), bounds.end());
        let allowed =
            phrase!("un nombre entier de {least} à {most}", "a whole number from {least} to {most}");
        self.take(name, default, allowed, |text| text.parse().ok().filter(|number| bounds.contains(number)))
    }

    /// A secret of so many characters at least; what is said of a wrong one does not show it.
    pub fn secret(&mut self, name: &'static str, least: usize) -> Setting<Option<HiddenText>> {
        let allowed = phrase!("au moins {least} caractères", "at least {least} characters");
        let parse =
            |text: &str| (text.chars().count() >= least).then(|| Some(HiddenText::new(text.to_owned())));
        self.parse(name, None, allowed, parse, false)
    }

    /// Refuses settings that are each possible but not together.
    pub fn refuse(&mut self, phrase: Phrase) {
        self.wrong.push(phrase);
    }

    /// Whether the value of `name` was refused: it then counts as unset, and nothing more is to be said of that.
    pub fn has_refused(&self, name: &str) -> bool {
        self.refused.contains(&name)
    }

    /// Refuses what is wrong, and what no setting took.
    pub fn finish(mut self) -> Result<(), Vec<Phrase>> {
        let variables =
            self.environment.into_keys().map(|name| format!("{PREFIX}{}", name.to_ascii_uppercase()));
        let in_file = self.file.into_iter().map(|(name, _)| format!("{name} ({FILE})"));
        let known = self.names.join(", ");
        self.wrong.extend(variables.chain(in_file).map(|name| {
            phrase!(
                "{name} : réglage inconnu. Les réglages sont : {known}.",
                "{name}: unknown setting. The settings are: {known}."
            )
        }));
        if self.wrong.is_empty() { Ok(()) } else { Err(self.wrong) }
    }

    fn parse<T>(
        &mut self,
        name: &'static str,
        default: T,
        allowed: Phrase,
        parse: impl FnOnce(&str) -> Option<T>,
        shown: bool,
    ) -> Setting<T> {
        let Some((origin, text)) = self.find(name) else {
            return Setting { name, value: default, origin: Origin::Default };
        };
        let value = text.as_deref().and_then(parse).unwrap_or_else(|| {
            self.wrong.push(refusal(name, &origin, text.as_deref().filter(|_| shown), &allowed));
            self.refused.push(name);
            default
        });
        Setting { name, value, origin }
    }

    /// The first source's value, as text where it is text; the sources after it are overruled.
    fn find(&mut self, name: &'static str) -> Option<(Origin, Option<String>)> {
        self.names.push(name);
        let typed = self.command_line.remove(name);
        let variable = self.environment.remove(name).filter(|value| !value.is_empty());
        let in_file = self.file.remove(name);
        if let Some((option, text)) = typed {
            return Some((Origin::CommandLine(option), Some(text)));
        }
        if let Some(value) = variable {
            let variable = format!("{PREFIX}{}", name.to_ascii_uppercase());
            return Some((Origin::Environment(variable), value.into_string().ok()));
        }
        in_file.map(|value| (Origin::File, text_of(&value)))
    }
}

/// The data directory: it cannot be a setting like the others, for `config.toml` is in it.
pub(super) fn data_dir(
    typed: Option<PathBuf>,
    environment: &Environment,
) -> Result<Setting<PathBuf>, Phrase> {
    let variable = |name: &str, below: &str| {
        let value = environment.get(std::ffi::OsStr::new(name)).filter(|value| !value.is_empty())?;
        let value = if below.is_empty() { PathBuf::from(value) } else { Path::new(value).join(below) };
        Some((value, Origin::Environment(name.to_owned())))
    };
    let of_user = || {
        if cfg!(windows) {
            variable("LOCALAPPDATA", "erp-interventions")
        } else {
            variable("XDG_DATA_HOME", "erp-interventions")
                .or_else(|| variable("HOME", ".local/share/erp-interventions"))
        }
    };
    let (value, origin) = typed
        .map(|path| (path, Origin::CommandLine("--data-dir")))
        .or_else(|| variable("ERP_DATA_DIR", ""))
        .or_else(|| variable("STATE_DIRECTORY", ""))
        .or_else(of_user)
        .ok_or_else(|| {
            phrase!(
                "Où sont les données ? Dites-le avec --data-dir ou ERP_DATA_DIR.",
                "Where is the data? Say so with --data-dir or ERP_DATA_DIR."
            )
        })?;
    Ok(Setting { name: "data_dir", value, origin })
}

fn read(path: &Path) -> Result<Table, Phrase> {
    let shown = path.display();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        // Whether the directory can be used at all is said by whoever opens it.
        Err(cause) if [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&cause.kind()) => {
            return Ok(Table::new());
        }
        Err(cause) => {
            return Err(phrase!("{shown} est illisible : {cause}.", "{shown} cannot be read: {cause}."));
        }
    };
    text.parse::<Table>().map_err(|error| {
        // Not the error's own text: it shows the line, and the line may hold a secret.
        let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
        let why = error.message().to_owned();
        phrase!(
            "{shown}, ligne {line} : TOML invalide ({why}).",
            "{shown}, line {line}: invalid TOML ({why})."
        )
    })
}

/// As a variable would spell it: numbers as they are, lists with commas.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Array(values) => {
            values.iter().map(text_of).collect::<Option<Vec<_>>>().map(|texts| texts.join(","))
        }
        _ => None,
    }
}

fn refusal(name: &str, origin: &Origin, text: Option<&str>, allowed: &Phrase) -> Phrase {
    use crate::kernel::phrase::Language::{English, French};
    let place = match origin {
        Origin::CommandLine(option) => (*option).to_owned(),
        Origin::Environment(variable) => variable.clone(),
        Origin::File | Origin::Default => format!("{name} ({FILE})"),
    };
    let (fr, en) = match text {
        Some(text) => (format!("« {text} » refusé, "), format!("\"{text}\" refused, ")),
        None => Default::default(),
    };
    Phrase::new(
        format!("{place} : {fr}attendu : {}.", allowed.text(French)),
        format!("{place}: {en}expected: {}.", allowed.text(English)),
    )
}
