//! By which channels people want to be told what.

use std::collections::HashMap;

use rusqlite::{Row, named_params};

use super::telling::Recipient;
use crate::ids::UserId;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::notifications::model::{Preference, Preferences, TypeNotification};

/// What these people chose, by person and type.
pub fn chosen(
    db: &Reader<'_>,
    people: &[Recipient],
) -> Result<HashMap<(UserId, TypeNotification), Preference>> {
    let ids: Vec<_> = people.iter().map(|person| person.user_id).collect();
    let rows = db.all(
        "select * from preferences_types where user_id in (select value from json_each(:ids))",
        named_params! { ":ids": serde_json::to_string(&ids)? },
        |row| Ok((row.get("user_id")?, preference(row)?)),
    )?;
    Ok(rows.into_iter().map(|(user, choice)| ((user, choice.r#type), choice)).collect())
}

/// What one person chose, if anything.
pub fn preferences(db: &Reader<'_>, user: UserId) -> Result<Option<Preferences>> {
    let sql = "select heure_resume from preferences where user_id = :user";
    let hour = db.maybe(sql, named_params! { ":user": user }, |row| row.get(0))?;
    let Some(heure_resume) = hour else { return Ok(None) };
    let sql = "select * from preferences_types where user_id = :user";
    let types = db.all(sql, named_params! { ":user": user }, preference)?;
    Ok(Some(Preferences { heure_resume, types }))
}

/// Replaces what one person chose.
pub fn choose(tx: &Tx<'_>, user: UserId, new: &Preferences) -> Result<()> {
    tx.execute(
        "insert into preferences (user_id, heure_resume, updated_at) values (:user, :hour, :now)
         on conflict (user_id) do update set heure_resume = :hour, updated_at = :now",
        named_params! { ":user": user, ":hour": new.heure_resume, ":now": tx.now() },
    )?;
    tx.execute("delete from preferences_types where user_id = :user", named_params! { ":user": user })?;
    for Preference { r#type, app, email, log } in &new.types {
        tx.execute(
            "insert into preferences_types (user_id, type, app, email, log)
             values (:user, :type, :app, :email, :log)",
            named_params! { ":user": user, ":type": r#type, ":app": app, ":email": email, ":log": log },
        )?;
    }
    Ok(())
}

fn preference(row: &Row<'_>) -> rusqlite::Result<Preference> {
    Ok(Preference {
        r#type: row.get("type")?,
        app: row.get("app")?,
        email: row.get("email")?,
        log: row.get("log")?,
    })
}
