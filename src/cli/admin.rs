//! Repair without the web, with the server running or not: accounts, and whether mail leaves.

use clap::Subcommand;

use super::{both, test_mail};
use crate::config::Settings;
use crate::failure::Failure;
use crate::ids::{ClientId, UserId};
use crate::kernel::app::System;
use crate::kernel::auth::Role;
use crate::kernel::error::Result;
use crate::kernel::input;
use crate::kernel::words::one_line;
use crate::terminal::{new_password, say};
use crate::users::{self, Langue, NewUser, User};
use crate::{phrase, start};

#[derive(Debug, Subcommand)]
pub enum Admin {
    #[command(flatten)]
    Account(Account),
    /// Send a test mail with the settings in force, and say what happens
    TestMail {
        address: String,
        /// fr, en or ar
        #[arg(long, default_value = "fr", value_parser = ["fr", "en", "ar"])]
        langue: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Account {
    /// Create an account; its password is asked for
    CreateUser {
        username: String,
        #[arg(long)]
        full_name: String,
        #[arg(long)]
        email: String,
        /// admin, responsable, technicien or client
        #[arg(long)]
        role: Role,
        /// The organisation of a client
        #[arg(long, value_name = "ID")]
        client_id: Option<i64>,
        /// Read the password from standard input instead of asking
        #[arg(long)]
        password_stdin: bool,
    },
    /// Give a person another password, which is asked for; their sessions end
    ResetPassword {
        /// User name or e-mail address
        user: String,
        /// Read the password from standard input instead of asking
        #[arg(long)]
        password_stdin: bool,
    },
    /// List the accounts
    ListUsers,
    /// Let a person try again at once after failed sign-ins
    Unlock {
        /// User name or e-mail address
        user: String,
    },
    /// Take off the second factor of who has lost it; their sessions end
    ResetTwoFactor {
        /// User name or e-mail address
        user: String,
    },
    /// End a person's sessions on every device
    RevokeSessions {
        /// User name or e-mail address
        user: String,
    },
}

/// How the journal names whoever typed the command.
const ACTOR: &str = "ligne de commande";

pub fn run(settings: &Settings, command: Admin) -> Result<(), Failure> {
    let command = match command {
        Admin::Account(command) => command,
        Admin::TestMail { address, langue } => {
            // Clap takes no other.
            let language = langue.parse().map(Langue::spoken).unwrap_or_default();
            return test_mail::run(settings, address, language);
        }
    };
    let may_create = matches!(command, Account::CreateUser { .. });
    let app = start::open_beside(settings, may_create)?;
    let runtime = start::runtime()?;
    let outcome = runtime.block_on(async {
        let outcome = obey(&System::new(&app, ACTOR), command).await;
        app.close().await;
        outcome
    });
    runtime.shutdown_background();
    outcome
}

async fn obey(system: &System, command: Account) -> Result<(), Failure> {
    match command {
        Account::CreateUser { username, full_name, email, role, client_id, password_stdin } => {
            let client_id = client_id.map(ClientId);
            let password = new_password(password_stdin)?;
            // As the API keeps them: what is typed here does not come through its door.
            let [username, full_name, email] =
                [username, full_name, email].map(|text| one_line(&text).into_owned());
            let new = NewUser { username, full_name, email, role, password, client_id, langue: None };
            create(system, new).await
        }
        Account::ResetPassword { user, password_stdin } => reset(system, user, password_stdin).await,
        Account::ListUsers => list(system).await,
        Account::Unlock { user } => {
            let user = find(system, user).await?;
            system.write_vital(move |tx| users::unlock(tx, user.id)).await?;
            done(&user)
        }
        Account::ResetTwoFactor { user } => {
            let user = find(system, user).await?;
            system.write_vital(move |tx| users::reset_second_factor(tx, user.id)).await?;
            done(&user)
        }
        Account::RevokeSessions { user } => {
            let user = find(system, user).await?;
            system.write_vital(move |tx| users::revoke_sessions(tx, user.id, None)).await?;
            done(&user)
        }
    }
}

async fn create(system: &System, new: NewUser) -> Result<(), Failure> {
    input::validate(&new)?;
    let hash = users::hash_new(system.app().passwords(), &new).await?;
    let user = system.write(move |tx| users::create(tx, new, &hash)).await?;
    done(&user)
}

async fn reset(system: &System, name: String, password_stdin: bool) -> Result<(), Failure> {
    // Before the question: a wrong name is said before a password is thought up.
    let user = find(system, name).await?;
    let chosen = new_password(password_stdin)?;
    let (hash, _) = users::hash_reset(system.app().passwords(), &user, Some(chosen)).await?;
    let id = user.id;
    system.write_vital(move |tx| users::reset_password(tx, id, &hash)).await?;
    done(&user)
}

async fn list(system: &System) -> Result<(), Failure> {
    for user in system.read(users::all).await? {
        let User { id: UserId(id), username, email, role, is_active, full_name, .. } = user;
        let state = if is_active { "" } else { "  (désactivé / deactivated)" };
        say(format_args!("{id:>5}  {username:<20}  {email:<32}  {:<11}  {full_name}{state}", role.word()));
    }
    Ok(())
}

async fn find(system: &System, name: String) -> Result<User, Failure> {
    let shown = name.clone();
    let found = system.read(move |db| users::find(db, &name)).await;
    found.map_err(|error| match error {
        crate::kernel::error::Error::NotFound => {
            Failure::Refused(phrase!("Personne ne s’appelle « {shown} ».", "Nobody is called \"{shown}\"."))
        }
        other => other.into(),
    })
}

fn done(user: &User) -> Result<(), Failure> {
    let (username, email) = (&user.username, &user.email);
    say(both(&phrase!("{username} ({email}) : c’est fait", "{username} ({email}): done")));
    Ok(())
}
