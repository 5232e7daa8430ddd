//! The command line: the arguments as they are typed, and what each command does.

mod admin;
mod backup;
mod health;
#[cfg(windows)]
mod service;
mod sow;
mod tables;
mod test_mail;
mod tls;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::config::{Settings, Typed};
use crate::failure::Failure;
use crate::kernel::phrase::{Language, Phrase};
use crate::logs::Output;
use crate::serve::{self, Demo};
use crate::terminal::{complain, put, say, wait_for_enter};
use crate::{check, phrase, routes};

const ALONE: &str =
    "Without a command (a double-click on a laptop): serve on this machine, and open it in the browser.";

/// Maintenance management (GMAO) that a plant runs itself.
#[derive(Debug, Parser)]
#[command(name = "erp-interventions", version, propagate_version = true, after_help = ALONE)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Where the data is [default: $ERP_DATA_DIR, $STATE_DIRECTORY, or the user's own data folder]
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<PathBuf>,
}

/// A setting that can be typed; the others are in config.toml or `ERP_*` (see `config show`).
#[derive(Debug, Args)]
struct Listen {
    /// Address and port to listen on [default: 127.0.0.1:8000]; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Let passwords travel in clear on a network, without HTTPS
    #[arg(long)]
    plain_http: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server until it is asked to stop
    Serve {
        #[command(flatten)]
        listen: Listen,
        /// Fill an empty database with a believable plant, and print its accounts
        #[arg(long)]
        demo: bool,
        /// Let other machines reach the demonstration, whose passwords everyone knows
        #[arg(long)]
        demo_reseau: bool,
        /// Open it in this machine's browser
        #[arg(long)]
        open: bool,
    },
    /// Fill an empty database with data to try or to measure with
    Seed {
        #[arg(long, value_enum)]
        profile: sow::Profile,
        /// How many, for the volume profile
        #[arg(long, default_value_t = 1_000_000)]
        interventions: u64,
    },
    /// Copy database and documents into one verified file, with the server running or not
    Backup {
        /// Where to [default: backups/erp-<moment>.tar.zst in the data directory]
        file: Option<PathBuf>,
    },
    /// Bring a backup back, while no server runs; what is there is kept beside it
    Restore {
        file: PathBuf,
        /// Even if `check --all` would find something wrong in it
        #[arg(long)]
        despite_check: bool,
    },
    /// Bring a table in from a file, all of it or nothing; the report names what is wrong by line
    Import {
        /// equipements, users, techniciens, pieces, interventions or plans
        table: String,
        /// CSV, XLSX or JSON, by its name
        file: PathBuf,
        /// Do all of it, then undo it
        #[arg(long)]
        dry_run: bool,
    },
    /// Take over the data of the FastAPI predecessor: users.csv, techniciens.csv, equipements.csv, interventions.csv,
    /// planning.csv and documents.csv in one folder, as PostgreSQL exports them with a heading; the documents' files in
    /// its folder uploads
    ImportPredecessor {
        folder: PathBuf,
        /// Code of the site that the machines are at
        #[arg(long)]
        site: String,
        /// Do all of it, then undo it
        #[arg(long)]
        dry_run: bool,
    },
    /// Take a table out to a file, or as CSV to the standard output
    Export {
        /// equipements, users, techniciens, pieces, interventions or plans
        table: String,
        /// CSV, XLSX or JSON, by its name
        file: Option<PathBuf>,
    },
    /// Examine the data, with the server running or not; exit code 1 if anything is wrong
    Check {
        /// List every wrong row instead of the first ten of each kind
        #[arg(long)]
        all: bool,
    },
    /// Ask the server that runs here whether it is ready; exit code 1 if not
    Health {
        #[command(flatten)]
        listen: Listen,
    },
    /// HTTPS without internet: a local authority and the server's certificate
    #[command(subcommand)]
    Tls(tls::Tls),
    /// The server as a Windows service
    #[cfg(windows)]
    #[command(subcommand)]
    Service(service::Service),
    /// Repair accounts and try mail without the web, with the server running or not
    #[command(subcommand)]
    Admin(admin::Admin),
    /// The audit journal
    #[command(subcommand)]
    Audit(Audit),
    /// The settings
    #[command(subcommand)]
    Config(Config),
    /// Print the OpenAPI document
    Openapi,
    /// Print completions for a shell
    Completions { shell: Shell },
    /// Print the manual page
    Man,
}

#[derive(Debug, Subcommand)]
enum Audit {
    /// Follow the chain of hashes; exit code 1 names the first entry that breaks it
    Verify,
}

#[derive(Debug, Subcommand)]
enum Config {
    /// Print each setting and where it comes from, secrets masked
    Show {
        #[command(flatten)]
        listen: Listen,
    },
}

/// Runs what the arguments ask for.
pub fn run() -> ExitCode {
    let Cli { command, data_dir } = Cli::parse();
    let by_double_click = command.is_none();
    let outcome = match command {
        Some(command) => obey(command, data_dir),
        None => serve_by_double_click(data_dir),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure);
            if by_double_click && cfg!(windows) {
                // The window goes with the process, and the reason with the window.
                wait_for_enter();
            }
            ExitCode::from(failure.exit_code())
        }
    }
}

fn serve_by_double_click(data_dir: Option<PathBuf>) -> Result<(), Failure> {
    let settings = Settings::load(Typed { data_dir, ..Typed::default() }).map_err(Failure::Usage)?;
    let log = Output::of_double_click(&settings.data_dir.value);
    serve::run(&settings, Demo::default(), true, &log)
}

fn obey(command: Command, data_dir: Option<PathBuf>) -> Result<(), Failure> {
    let listening = |Listen { listen, plain_http }| {
        Settings::load(Typed { data_dir: data_dir.clone(), listen, plain_http }).map_err(Failure::Usage)
    };
    let settings = || listening(Listen { listen: None, plain_http: false });
    match command {
        Command::Serve { listen, demo, demo_reseau, open } => {
            let demo = Demo { wanted: demo, on_network: demo_reseau };
            serve::run(&listening(listen)?, demo, open, &Output::Stderr)
        }
        Command::Seed { profile, interventions } => sow::run(&settings()?, profile, interventions),
        Command::Backup { file } => backup::make(&settings()?, file),
        Command::Restore { file, despite_check } => backup::restore(&settings()?, &file, despite_check),
        Command::Import { table, file, dry_run } => tables::import(&settings()?, &table, &file, dry_run),
        Command::ImportPredecessor { folder, site, dry_run } => {
            tables::import_predecessor(&settings()?, &folder, site, dry_run)
        }
        Command::Export { table, file } => tables::export(&settings()?, &table, file),
        Command::Check { all } => report(check::run(&settings()?.data_dir.value)?, all),
        Command::Health { listen } => health::run(listening(listen)?.listen.value),
        Command::Tls(command) => tls::run(&settings()?, command),
        #[cfg(windows)]
        Command::Service(command) => service::run(command, data_dir),
        Command::Admin(command) => admin::run(&settings()?, command),
        Command::Audit(Audit::Verify) => verify(&settings()?),
        Command::Config(Config::Show { listen }) => {
            show(&listening(listen)?);
            Ok(())
        }
        Command::Openapi => {
            let document = routes::document().to_pretty_json().map_err(|cause| fault(cause.into()))?;
            say(document);
            Ok(())
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "erp-interventions", &mut script);
            put(&script);
            Ok(())
        }
        Command::Man => {
            let mut command = Cli::command();
            command.build();
            let mut pages = Vec::new();
            write_manual(&command, &mut pages).map_err(|cause| fault(cause.into()))?;
            put(&pages);
            Ok(())
        }
    }
}

/// One page after another, for there is one file to install: the command, then each of its commands.
fn write_manual(command: &clap::Command, pages: &mut Vec<u8>) -> std::io::Result<()> {
    clap_mangen::Man::new(command.clone()).render(pages)?;
    let written = |command: &&clap::Command| command.get_name() != "help";
    command.get_subcommands().filter(written).try_for_each(|command| write_manual(command, pages))
}

/// How many of the same kind are listed unless all are asked for.
const FEW: usize = 10;

fn report(examined: Vec<check::Examined>, all: bool) -> Result<(), Failure> {
    let mut found = 0;
    for check::Examined { what, wrong } in &examined {
        say(format_args!("{} {}", if wrong.is_empty() { "  ok  " } else { "ERREUR" }, both(what)));
        let shown = if all { wrong.len() } else { FEW.min(wrong.len()) };
        for wrong in &wrong[..shown] {
            say(format_args!("       - {}\n         → {}", both(&wrong.what), both(&wrong.remedy)));
        }
        if shown < wrong.len() {
            say(format_args!("       … + {} (--all)", wrong.len() - shown));
        }
        found += wrong.len();
    }
    if found == 0 {
        return Ok(());
    }
    Err(Failure::Refused(phrase!("{found} problème(s) à régler.", "{found} problem(s) to solve.")))
}

fn verify(settings: &Settings) -> Result<(), Failure> {
    let chain = check::audit(&settings.data_dir.value)?;
    if let Some(id) = chain.broken() {
        return Err(Failure::Refused(phrase!(
            "La chaîne du journal est rompue : l’entrée {id} manque ou ne suit pas de celle d’avant.",
            "The journal's chain is broken: entry {id} is missing or does not follow from the one before."
        )));
    }
    let count = chain.entries();
    say(both(&phrase!("{count} entrées, la chaîne tient", "{count} entries, the chain holds")));
    Ok(())
}

fn show(settings: &Settings) {
    let rows = settings.rows();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (names, values) = (width(0), width(1));
    for [name, value, origin] in &rows {
        say(format_args!("{name:names$}  {value:values$}  {origin}"));
    }
}

fn both(phrase: &Phrase) -> String {
    format!("{} / {}", phrase.text(Language::French), phrase.text(Language::English))
}

fn fault(cause: anyhow::Error) -> Failure {
    Failure::Fault(phrase!("La commande n’a pas abouti.", "The command did not succeed."), cause)
}
