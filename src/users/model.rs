//! The types of accounts.

use std::fmt;

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rules::is_username;
use crate::ids::{ClientId, TechnicienId, UserId};
use crate::kernel::answer::Entity;
use crate::kernel::auth::{LOCKED, Passwords, Role};
use crate::kernel::clock::Instant;
use crate::kernel::error::Result;
use crate::kernel::input::{given, not_blank, present};
use crate::kernel::page::Filters;
use crate::kernel::phrase::Language;

words! {
    /// The language in which the product speaks to a person.
    pub enum Langue {
        Fr = "fr" ("Français", "French", "الفرنسية"),
        En = "en" ("Anglais", "English", "الإنجليزية"),
        Ar = "ar" ("Arabe", "Arabic", "العربية"),
    }
}

impl Langue {
    /// The language in which sentences are said to this person.
    pub const fn spoken(self) -> Language {
        match self {
            Self::Fr => Language::French,
            Self::En => Language::English,
            Self::Ar => Language::Arabic,
        }
    }
}

/// A person who may sign in. Never deleted: what they did keeps their name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct User {
    pub id: UserId,
    #[schema(example = "y.benali")]
    pub username: String,
    #[schema(example = "Youssef Benali")]
    pub full_name: String,
    #[schema(example = "y.benali@usine.example")]
    pub email: String,
    pub role: Role,
    /// The organisation of a person of role `client`.
    pub client_id: Option<ClientId>,
    /// The technicien that this person is, while their sheet is open.
    pub technicien_id: Option<TechnicienId>,
    /// Their sheet of before, closed: it is opened again rather than made anew.
    pub fiche_fermee_id: Option<TechnicienId>,
    pub is_active: bool,
    /// Their password was given by somebody else: until they have chosen another they can do nothing else.
    pub mot_de_passe_provisoire: bool,
    /// A second factor is asked for when they sign in.
    pub double_authentification: bool,
    /// One is asked of their role, and they have none: until then they can do nothing else.
    pub double_exigee: bool,
    pub langue: Langue,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub last_login: Option<Instant>,
}

impl Entity for User {
    fn location(&self) -> String {
        format!("/api/v1/users/{}", self.id)
    }

    fn version(&self) -> i64 {
        self.version
    }
}

/// What the database keeps of a password. It neither serialises nor shows.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The hash of a password; 503 when too many wait for their turn.
    pub async fn new(passwords: &Passwords, password: String) -> Result<Self> {
        passwords.hash(password).await.map(Self)
    }

    /// Of no password at all: whoever has the account signs in once they are given one.
    pub fn locked() -> Self {
        Self(LOCKED.to_owned())
    }

    /// As the database keeps it.
    pub(super) fn stored(text: String) -> Self {
        Self(text)
    }

    /// For [`Passwords::verify`] and the database.
    pub(super) fn text(&self) -> String {
        self.0.clone()
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// A user with what proves that it is them.
#[derive(Clone, Debug)]
pub struct Account {
    pub user: User,
    pub hash: PasswordHash,
}

/// A new account.
// Not `Debug`, for it holds a password.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// For signing in: letters, digits and `. _ - + '`; case and accents do not matter.
    #[garde(length(chars, min = 2, max = 50), custom(is_username))]
    #[schema(min_length = 2, max_length = 50, example = "y.benali")]
    pub username: String,
    #[garde(length(chars, max = 200), custom(not_blank))]
    #[schema(min_length = 1, max_length = 200, example = "Youssef Benali")]
    pub full_name: String,
    #[garde(email, length(chars, max = 254))]
    #[schema(format = Email, max_length = 254, example = "y.benali@usine.example")]
    pub email: String,
    #[garde(skip)]
    pub role: Role,
    #[garde(skip)]
    #[schema(format = Password, min_length = 12, max_length = 128, example = "une phrase de passe")]
    pub password: String,
    /// Required of a `client`, refused for everybody else.
    #[garde(skip)]
    pub client_id: Option<ClientId>,
    /// `fr` unless said otherwise.
    #[garde(skip)]
    pub langue: Option<Langue>,
}

/// Fields left out stay as they are.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UserPatch {
    #[serde(deserialize_with = "given")]
    #[garde(inner(length(chars, min = 2, max = 50), custom(is_username)))]
    #[schema(min_length = 2, max_length = 50, nullable = false)]
    pub username: Option<String>,
    #[serde(deserialize_with = "given")]
    #[garde(inner(length(chars, max = 200), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub full_name: Option<String>,
    #[serde(deserialize_with = "given")]
    #[garde(inner(email, length(chars, max = 254)))]
    #[schema(format = Email, max_length = 254, nullable = false)]
    pub email: Option<String>,
    /// Ends the person's sessions. Who stops being a `client` leaves the organisation; who stops being a `technicien`
    /// closes their sheet.
    #[serde(deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub role: Option<Role>,
    #[serde(deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<ClientId>)]
    pub client_id: Option<Option<ClientId>>,
    #[serde(deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub langue: Option<Langue>,
    /// With another role than `technicien`: to whom goes what was theirs as one; null, to nobody yet.
    #[serde(deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<TechnicienId>)]
    pub remis_a: Option<Option<TechnicienId>>,
}

/// What people change of their own account. Fields left out stay as they are.
// Not `Debug`, for it holds a password.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfilePatch {
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(length(chars, max = 200), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub full_name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(email, length(chars, max = 254)))]
    #[schema(format = Email, max_length = 254, nullable = false)]
    pub email: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub langue: Option<Langue>,
    /// Required with another e-mail address, for one signs in by it and is written to there.
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(format = Password, nullable = false)]
    pub current_password: Option<String>,
}

impl From<ProfilePatch> for UserPatch {
    fn from(ProfilePatch { full_name, email, langue, current_password: _ }: ProfilePatch) -> Self {
        Self { full_name, email, langue, ..Self::default() }
    }
}

/// A password chosen for someone.
// Not `Debug`.
#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// Left out, one is made and returned.
    #[garde(skip)]
    #[schema(format = Password, min_length = 12, max_length = 128)]
    pub password: Option<String>,
}

/// The password that was made, told this once only.
#[derive(Serialize, ToSchema)]
pub struct MadePassword {
    /// Absent when the caller chose the password.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "k7mfp-2xwqd-9hbtr-c4nvj", nullable = false)]
    pub password: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UserFilters {
    /// People of these roles.
    #[serde(default)]
    pub role: Vec<Role>,
    /// Active accounts only, or deactivated ones only.
    pub is_active: Option<bool>,
    /// People of these organisations.
    #[serde(default)]
    pub client_id: Vec<ClientId>,
}

impl Filters for UserFilters {}
