//! SQL of accounts.

use rusqlite::{Row, named_params};

use super::model::{Account, PasswordHash, User, UserFilters};
use crate::ids::UserId;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey, fold};

const SORTS: &[SortKey] = &[
    ("username", "u.username_key"),
    ("full_name", "fold(u.full_name)"),
    ("created_at", "u.created_at"),
    ("last_login", "coalesce(u.last_login, 0)"),
];

const COLUMNS: &str = "u.id, u.username, u.full_name, u.email, u.role, u.client_id,
    iif(t.ferme_le is null, t.id, null) as technicien_id, iif(t.ferme_le is null, null, t.id) as fiche_fermee_id,
    u.is_active, u.langue, u.password_hash, u.mot_de_passe_provisoire, u.version, u.created_at, u.updated_at, u.last_login,
    d.user_id is not null as double_authentification,
    d.user_id is null and u.role in ('admin', 'responsable') and (select double_exigee from securite) as double_exigee";
const FROM: &str = "users u left join techniciens t on t.user_id = u.id
    left join totp d on d.user_id = u.id and d.active_le is not null";

pub fn users(db: &Reader<'_>, filters: &UserFilters, page: &Page) -> Result<Listing<User>> {
    let mut select = select();
    select.any("u.role", &filters.role);
    select.flag("u.is_active = 1", filters.is_active);
    select.any("u.client_id", &filters.client_id);
    select.contains("u.username || ' ' || u.full_name || ' ' || u.email", page);
    select.list(db, page, SORTS, "username", user_row)
}

/// Every account, by user name.
pub fn all(db: &Reader<'_>) -> Result<Vec<User>> {
    db.all(&format!("select {COLUMNS} from {FROM} order by u.username_key"), [], user_row)
}

pub fn user(db: &Reader<'_>, id: UserId) -> Result<User> {
    select().one(db, id, user_row)
}

pub fn account(db: &Reader<'_>, id: UserId) -> Result<Account> {
    select().one(db, id, account_row)
}

/// The account that a user name or an e-mail address names; case and accents do not matter.
pub fn account_named(db: &Reader<'_>, name: &str) -> Result<Option<Account>> {
    // A user name has no `@`, an address has one: at most one row is found.
    db.maybe(
        &format!("select {COLUMNS} from {FROM} where u.username_key = :key or u.email_key = :key"),
        named_params! { ":key": fold(name.trim()) },
        account_row,
    )
}

/// Whether there is any account at all.
pub fn has_users(db: &Reader<'_>) -> Result<bool> {
    db.one("select exists (select 1 from users)", [], |row| row.get(0))
}

pub fn active_admins(db: &Reader<'_>) -> Result<i64> {
    db.one("select count(*) from users where role = 'admin' and is_active = 1", [], |row| row.get(0))
}

pub fn insert(tx: &Tx<'_>, user: &User, hash: &PasswordHash) -> Result<UserId> {
    tx.insert(
        // The id of an account that went is nobody else's.
        "insert into users (id, username, username_key, full_name, email, email_key, role, client_id, langue,
             password_hash, mot_de_passe_provisoire, created_at, updated_at)
         values ((select max(id) + 1 from (select id from users union all select id from users_partis)), :username, :username_key, :full_name, :email, :email_key, :role, :client_id, :langue,
             :hash, :provisoire, :now, :now)",
        named_params! {
            ":username": user.username, ":username_key": fold(&user.username), ":full_name": user.full_name,
            ":email": user.email, ":email_key": fold(&user.email), ":role": user.role,
            ":client_id": user.client_id, ":langue": user.langue, ":hash": hash.text(),
            ":provisoire": user.mot_de_passe_provisoire, ":now": tx.now(),
        },
    )
    .map(UserId)
}

/// Removes an account that nothing refers to.
///
/// # Errors
/// 409 when something does, or somebody has signed in with it.
pub fn delete(tx: &Tx<'_>, id: UserId) -> Result<()> {
    tx.execute("delete from users where id = :id", named_params! { ":id": id }).map(drop)
}

/// `ends_sessions` makes the sessions of before invalid, whatever their rows say.
pub fn update(tx: &Tx<'_>, user: &User, ends_sessions: bool) -> Result<()> {
    tx.execute(
        "update users set username = :username, username_key = :username_key, full_name = :full_name,
             email = :email, email_key = :email_key, role = :role, client_id = :client_id,
             is_active = :is_active, langue = :langue, auth_version = auth_version + :ends_sessions,
             version = version + 1, updated_at = :now
         where id = :id",
        named_params! {
            ":id": user.id, ":username": user.username, ":username_key": fold(&user.username),
            ":full_name": user.full_name, ":email": user.email, ":email_key": fold(&user.email),
            ":role": user.role, ":client_id": user.client_id, ":is_active": user.is_active,
            ":langue": user.langue, ":ends_sessions": ends_sessions, ":now": tx.now(),
        },
    )?;
    Ok(())
}

/// Replaces the password and makes the sessions of before invalid. `given`: somebody else chose it.
pub fn set_password(tx: &Tx<'_>, id: UserId, hash: &PasswordHash, given: bool) -> Result<()> {
    tx.execute(
        "update users set password_hash = :hash, mot_de_passe_provisoire = :given,
             auth_version = auth_version + 1, version = version + 1, updated_at = :now
         where id = :id",
        named_params! { ":id": id, ":hash": hash.text(), ":given": given, ":now": tx.now() },
    )?;
    Ok(())
}

pub fn signed_in(tx: &Tx<'_>, id: UserId) -> Result<()> {
    // Not a change of the account: its version stays.
    tx.execute(
        "update users set last_login = :now where id = :id",
        named_params! { ":id": id, ":now": tx.now() },
    )?;
    Ok(())
}

fn select() -> Select {
    Select::new(COLUMNS, FROM, "u.id")
}

fn account_row(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account { user: user_row(row)?, hash: PasswordHash::stored(row.get("password_hash")?) })
}

fn user_row(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get("id")?,
        username: row.get("username")?,
        full_name: row.get("full_name")?,
        email: row.get("email")?,
        role: row.get("role")?,
        client_id: row.get("client_id")?,
        technicien_id: row.get("technicien_id")?,
        fiche_fermee_id: row.get("fiche_fermee_id")?,
        is_active: row.get("is_active")?,
        mot_de_passe_provisoire: row.get("mot_de_passe_provisoire")?,
        double_authentification: row.get("double_authentification")?,
        double_exigee: row.get("double_exigee")?,
        langue: row.get("langue")?,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        last_login: row.get("last_login")?,
    })
}
