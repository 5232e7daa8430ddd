//! Whom to tell, and the rows that tell them.

use rusqlite::{Row, named_params};

use crate::ids::*;
use crate::kernel::auth::{Actor, Role};
use crate::kernel::clock::Instant;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::notifications::model::{Canal, StatutEnvoi, TypeNotification};
use crate::users::Langue;

/// Someone who may be told.
pub struct Recipient {
    pub user_id: UserId,
    pub full_name: String,
    pub role: Role,
    pub langue: Langue,
    pub is_active: bool,
    pub client_id: Option<ClientId>,
    pub technicien_id: Option<TechnicienId>,
}

impl Recipient {
    /// Them, to ask what they see.
    pub fn actor(&self) -> Actor {
        Actor {
            user_id: Some(self.user_id),
            role: Some(self.role),
            name: self.full_name.clone(),
            session_id: None,
            client_id: self.client_id,
            technicien_id: self.technicien_id,
            owes_password: false,
            owes_second_factor: false,
        }
    }
}

/// A message before it is written.
pub struct Draft {
    /// The fact that it tells of.
    pub journal_id: Option<EntryId>,
    pub user_id: UserId,
    pub r#type: TypeNotification,
    pub titre: String,
    pub contenu: String,
    pub intervention_id: Option<InterventionId>,
    pub lien: Option<String>,
    pub boite: bool,
    pub date: Instant,
}

const COLUMNS: &str = "u.id, u.full_name, u.role, u.langue, u.is_active, u.client_id, t.id as technicien_id";
/// A closed sheet makes nobody anything to a work.
const FROM: &str = "users u left join techniciens t on t.user_id = u.id and t.ferme_le is null";

/// Everybody active who can be anything to it: those who run the plant, these techniciens, the people of this
/// organisation, and whoever asked for it.
pub fn recipients(
    db: &Reader<'_>,
    techniciens: &[TechnicienId],
    client: Option<ClientId>,
    requesters: &[UserId],
) -> Result<Vec<Recipient>> {
    db.all(
        &format!(
            "select {COLUMNS} from {FROM}
             where u.is_active = 1 and (u.role in ('admin', 'responsable') or u.client_id = :client
                 or t.id in (select value from json_each(:techniciens))
                 or u.id in (select value from json_each(:requesters)))
             order by u.id"
        ),
        named_params! {
            ":client": client, ":techniciens": serde_json::to_string(techniciens)?,
            ":requesters": serde_json::to_string(requesters)?,
        },
        recipient_row,
    )
}

pub fn recipient(db: &Reader<'_>, id: UserId) -> Result<Option<Recipient>> {
    db.maybe(
        &format!("select {COLUMNS} from {FROM} where u.id = :id"),
        named_params! { ":id": id },
        recipient_row,
    )
}

/// Mails that this person got at once, since then, of what this other did before the entry.
pub fn mails_of_one(db: &Reader<'_>, to: UserId, by: UserId, entry: EntryId, since: Instant) -> Result<i64> {
    // So many of the other's latest entries are looked at: their budget of changes lets them make hardly more.
    db.one(
        "select count(*) from (select id, date from journal where user_id = :by and id < :entry
                               order by id desc limit 2000) j
         join notifications n on n.journal_id = j.id and n.user_id = :to
         join envois v on v.notification_id = n.id and v.canal = 'email' and v.statut <> 'groupe'
         where j.date > :since",
        named_params! { ":by": by, ":entry": entry, ":to": to, ":since": since },
        |row| row.get(0),
    )
}

/// How people call the caller.
pub fn full_name(db: &Reader<'_>) -> Result<String> {
    let id = db.actor().user_id;
    db.one("select full_name from users where id = :id", named_params! { ":id": id }, |row| row.get(0))
}

/// Who leads an intervention or was ever booked on it: those who see it.
pub fn assigned(db: &Reader<'_>, id: InterventionId) -> Result<Vec<TechnicienId>> {
    db.all(
        "select technicien_id from affectations where intervention_id = :id
         union select technicien_id from interventions where id = :id and technicien_id is not null",
        named_params! { ":id": id },
        |row| row.get(0),
    )
}

/// Who leads an intervention now.
pub fn lead(db: &Reader<'_>, id: InterventionId) -> Result<Option<TechnicienId>> {
    let sql = "select technicien_id from interventions where id = :id";
    db.one(sql, named_params! { ":id": id }, |row| row.get(0))
}

/// What a plan is called, and its machine.
pub fn plan(db: &Reader<'_>, id: PlanningId) -> Result<Option<(String, String)>> {
    db.maybe(
        "select p.titre, e.nom || ' (' || e.code || ')'
         from plannings p join equipements e on e.id = p.equipement_id where p.id = :id",
        named_params! { ":id": id },
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Writes a message; `None` when this fact was told to this person before.
pub fn insert(tx: &Tx<'_>, draft: &Draft) -> Result<Option<NotificationId>> {
    tx.maybe(
        "insert into notifications (journal_id, user_id, type, titre, contenu, intervention_id, lien, boite, date)
         values (:journal_id, :user_id, :type, :titre, :contenu, :intervention_id, :lien, :boite, :date)
         on conflict (journal_id, user_id) do nothing returning id",
        named_params! {
            ":journal_id": draft.journal_id, ":user_id": draft.user_id, ":type": draft.r#type,
            ":titre": draft.titre, ":contenu": draft.contenu, ":intervention_id": draft.intervention_id,
            ":lien": draft.lien, ":boite": draft.boite, ":date": draft.date,
        },
        |row| row.get(0),
    )
}

/// A delivery of a message: due now, made already, or for the next digest.
pub fn insert_envoi(tx: &Tx<'_>, id: NotificationId, canal: Canal, statut: StatutEnvoi) -> Result<EnvoiId> {
    let now = |wanted| (statut == wanted).then(|| tx.now());
    tx.insert(
        "insert into envois (notification_id, canal, statut, prochain_essai, date, envoye_le)
         values (:id, :canal, :statut, :due, :now, :sent)",
        named_params! {
            ":id": id, ":canal": canal, ":statut": statut, ":due": now(StatutEnvoi::AEnvoyer),
            ":now": tx.now(), ":sent": now(StatutEnvoi::Envoye),
        },
    )
    .map(EnvoiId)
}

fn recipient_row(row: &Row<'_>) -> rusqlite::Result<Recipient> {
    Ok(Recipient {
        user_id: row.get("id")?,
        full_name: row.get("full_name")?,
        role: row.get("role")?,
        langue: row.get("langue")?,
        is_active: row.get("is_active")?,
        client_id: row.get("client_id")?,
        technicien_id: row.get("technicien_id")?,
    })
}
