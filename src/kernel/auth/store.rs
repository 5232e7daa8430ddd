//! SQL of the guard: one look-up by primary key for each request.

use rusqlite::named_params;

use super::actor::Actor;
use crate::ids::{SessionId, UserId};
use crate::kernel::db::Reader;
use crate::kernel::error::Result;

/// The person behind a session, if the session is live, the account active, and neither has changed since
/// the session began (a new password or role ends the sessions of before).
pub(super) fn actor_of_session(db: &Reader<'_>, session: SessionId, user: UserId) -> Result<Option<Actor>> {
    db.maybe(
        "select u.id, u.username, u.role, u.client_id, t.id as technicien_id, u.mot_de_passe_provisoire,
             u.role in ('admin', 'responsable') and (select double_exigee from securite)
                 and not exists (select 1 from totp d where d.user_id = u.id and d.active_le is not null)
                 as owes_second_factor
         from sessions s
         join users u on u.id = s.user_id
         left join techniciens t on t.user_id = u.id and t.ferme_le is null
         where s.id = :session and s.user_id = :user and s.ended_at is null and s.expires_at > :now
           and u.is_active = 1 and s.auth_version = u.auth_version",
        named_params! { ":session": session, ":user": user, ":now": db.now() },
        |row| {
            Ok(Actor {
                user_id: row.get("id")?,
                role: row.get("role")?,
                name: row.get("username")?,
                session_id: Some(session),
                client_id: row.get("client_id")?,
                technicien_id: row.get("technicien_id")?,
                owes_password: row.get("mot_de_passe_provisoire")?,
                owes_second_factor: row.get("owes_second_factor")?,
            })
        },
    )
}
