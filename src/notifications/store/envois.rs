//! Deliveries: their list, and how each is taken, marked and tried again.

use rusqlite::types::ToSql;
use rusqlite::{Row, named_params};

use crate::clients::plant_zone;
use crate::ids::{EnvoiId, UserId};
use crate::kernel::clock::{Day, Instant};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey};
use crate::notifications::model::{Canal, Envoi, EnvoiFilters, StatutEnvoi, TypeNotification};
use crate::notifications::rules::DIGEST_HOUR;
use crate::users::Langue;

/// Messages that one digest repeats; of more it says how many.
pub const DIGEST_ITEMS: usize = 100;

const COLUMNS: &str = "v.id, v.notification_id, v.resume_id, u.id as user_id, u.full_name, v.canal, v.statut,
    n.type, n.titre, n.intervention_id, v.essais, v.prochain_essai, v.derniere_erreur, v.message_id, v.date,
    v.envoye_le";
const FROM: &str = "envois v
    left join notifications n on n.id = v.notification_id
    left join resumes r on r.id = v.resume_id
    left join users u on u.id = coalesce(n.user_id, r.user_id)";

const SORTS: &[SortKey] = &[("date", "v.id")];

/// Something to hand over, with all that it takes.
pub struct Letter {
    pub id: EnvoiId,
    pub canal: Canal,
    /// This one included.
    pub essais: i64,
    pub message_id: String,
    pub user_id: UserId,
    pub full_name: String,
    pub email: String,
    pub langue: Langue,
    /// Whether the account still is.
    pub is_active: bool,
    pub content: Content,
}

pub enum Content {
    Message(Item),
    /// What gathered, at most a hundred of it, and how many there are.
    Digest(Vec<Item>, usize),
}

pub struct Item {
    pub r#type: TypeNotification,
    pub titre: String,
    pub contenu: String,
    pub lien: Option<String>,
    pub date: Instant,
}

/// What became of a letter.
pub struct Outcome {
    pub statut: StatutEnvoi,
    pub prochain_essai: Option<Instant>,
    pub derniere_erreur: Option<String>,
}

/// The deliveries, newest first.
pub fn envois(db: &Reader<'_>, filters: &EnvoiFilters, page: &Page) -> Result<Listing<Envoi>> {
    let mut select = Select::new(COLUMNS, FROM, "v.id");
    select
        .any("v.statut", &filters.statut)
        .any("v.canal", &filters.canal)
        .any("v.notification_id", &filters.notification_id)
        .any("n.type", &filters.r#type)
        .any("n.intervention_id", &filters.intervention_id)
        .any("u.id", &filters.user_id)
        .contains("coalesce(n.titre, '') || ' ' || u.full_name", page);
    if filters.du.or(filters.au).is_some() {
        let zone = plant_zone(db)?;
        select
            .when("v.date >= ?", filters.du.map(|du| du.start(&zone)).as_ref())
            .when("v.date < ?", filters.au.map(|au| au.end(&zone)).as_ref());
    }
    select.list(db, page, SORTS, "-date", envoi_row)
}

pub fn envoi(db: &Reader<'_>, id: EnvoiId) -> Result<Envoi> {
    Select::new(COLUMNS, FROM, "v.id").one(db, id, envoi_row)
}

/// When the next delivery is due, or whoever took one is taken for dead.
pub fn outlook(db: &Reader<'_>) -> Result<Option<Instant>> {
    let sql = "select min(prochain_essai) from envois where prochain_essai is not null";
    db.one(sql, [], |row| row.get(0))
}

/// Takes at most `most` deliveries that are due, until `until`.
pub fn claim(tx: &Tx<'_>, most: usize, until: Instant) -> Result<Vec<Letter>> {
    let ids: Vec<EnvoiId> = tx.all(
        "update envois set statut = 'en_cours', essais = essais + 1, prochain_essai = :until
         where id in (select id from envois where prochain_essai is not null and prochain_essai <= :now
                      order by prochain_essai, id limit :most)
         returning id",
        named_params! { ":now": tx.now(), ":until": until, ":most": most as i64 },
        |row| row.get(0),
    )?;
    ids.into_iter().map(|id| letter(tx, id)).collect()
}

/// Gives back what was taken by a process that is no more.
pub fn release(tx: &Tx<'_>) -> Result<usize> {
    tx.execute(
        "update envois set statut = 'a_envoyer', prochain_essai = :now where statut = 'en_cours'",
        named_params! { ":now": tx.now() },
    )
}

/// Writes down what became of a delivery that was taken.
pub fn mark(tx: &Tx<'_>, id: EnvoiId, outcome: &Outcome) -> Result<()> {
    let sent = (outcome.statut == StatutEnvoi::Envoye).then(|| tx.now());
    tx.execute(
        "update envois set statut = :statut, prochain_essai = :next, derniere_erreur = :error, envoye_le = :sent
         where id = :id and statut = 'en_cours'",
        named_params! {
            ":id": id, ":statut": outcome.statut, ":next": outcome.prochain_essai,
            ":error": outcome.derniere_erreur, ":sent": sent,
        },
    )?;
    Ok(())
}

/// A delivery that was given up is due again, with all its attempts.
pub fn begin_again(tx: &Tx<'_>, id: EnvoiId) -> Result<()> {
    tx.execute(
        "update envois set statut = 'a_envoyer', essais = 0, prochain_essai = :now where id = :id",
        named_params! { ":id": id, ":now": tx.now() },
    )?;
    Ok(())
}

/// For whom something waits for a digest, since when, and the hour of their digest.
pub fn waiting_for_digest(db: &Reader<'_>) -> Result<Vec<(UserId, Instant, i8)>> {
    db.all(
        "select n.user_id, min(v.date), coalesce(p.heure_resume, :hour)
         from envois v join notifications n on n.id = v.notification_id
         left join preferences p on p.user_id = n.user_id
         where v.statut = 'groupe' and v.resume_id is null and n.supprimee_le is null
         group by n.user_id",
        named_params! { ":hour": DIGEST_HOUR },
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// Makes someone's digest of a day; not if they had it.
pub fn digest(tx: &Tx<'_>, user: UserId, jour: Day) -> Result<bool> {
    let made: Option<i64> = tx.maybe(
        "insert into resumes (user_id, jour, date) values (:user, :jour, :now)
         on conflict (user_id, jour) do nothing returning id",
        named_params! { ":user": user, ":jour": jour, ":now": tx.now() },
        |row| row.get(0),
    )?;
    let Some(id) = made else { return Ok(false) };
    tx.execute(
        "update envois set resume_id = :id
         where statut = 'groupe' and resume_id is null
           and notification_id in (select id from notifications where user_id = :user)",
        named_params! { ":id": id, ":user": user },
    )?;
    tx.execute(
        "insert into envois (resume_id, canal, statut, prochain_essai, date)
         values (:id, 'email', 'a_envoyer', :now, :now)",
        named_params! { ":id": id, ":now": tx.now() },
    )?;
    Ok(true)
}

fn letter(db: &Reader<'_>, id: EnvoiId) -> Result<Letter> {
    let (mut letter, digest) = db.one(
        "select v.id, v.canal, v.essais, v.message_id, v.resume_id, v.notification_id,
             u.id as user_id, u.full_name, u.email, u.langue, u.is_active,
             n.type, n.titre, n.contenu, n.lien, n.date
         from envois v
         left join notifications n on n.id = v.notification_id
         left join resumes r on r.id = v.resume_id
         join users u on u.id = coalesce(n.user_id, r.user_id)
         where v.id = :id",
        named_params! { ":id": id },
        |row| {
            let is_digest = row.get::<_, Option<i64>>("notification_id")?.is_none();
            let content =
                if is_digest { Content::Digest(Vec::new(), 0) } else { Content::Message(item(row)?) };
            let letter = Letter {
                id: row.get("id")?,
                canal: row.get("canal")?,
                essais: row.get("essais")?,
                message_id: row.get("message_id")?,
                user_id: row.get("user_id")?,
                full_name: row.get("full_name")?,
                email: row.get("email")?,
                langue: row.get("langue")?,
                is_active: row.get("is_active")?,
                content,
            };
            Ok((letter, row.get::<_, Option<i64>>("resume_id")?.filter(|_| is_digest)))
        },
    )?;
    if let Some(digest) = digest {
        letter.content = gathered(db, &digest)?;
    }
    Ok(letter)
}

/// What went into a digest and was not deleted since.
fn gathered(db: &Reader<'_>, digest: &impl ToSql) -> Result<Content> {
    let mut items = db.all(
        "select n.type, n.titre, n.contenu, n.lien, n.date
         from envois v join notifications n on n.id = v.notification_id
         where v.resume_id = :digest and n.supprimee_le is null order by n.id",
        named_params! { ":digest": digest },
        item,
    )?;
    let total = items.len();
    items.truncate(DIGEST_ITEMS);
    Ok(Content::Digest(items, total))
}

fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    Ok(Item {
        r#type: row.get("type")?,
        titre: row.get("titre")?,
        contenu: row.get("contenu")?,
        lien: row.get("lien")?,
        date: row.get("date")?,
    })
}

fn envoi_row(row: &Row<'_>) -> rusqlite::Result<Envoi> {
    Ok(Envoi {
        id: row.get("id")?,
        notification_id: row.get("notification_id")?,
        resume_id: row.get("resume_id")?,
        user_id: row.get("user_id")?,
        destinataire: row.get("full_name")?,
        canal: row.get("canal")?,
        statut: row.get("statut")?,
        r#type: row.get("type")?,
        titre: row.get("titre")?,
        intervention_id: row.get("intervention_id")?,
        essais: row.get("essais")?,
        prochain_essai: row.get("prochain_essai")?,
        derniere_erreur: row.get("derniere_erreur")?,
        message_id: row.get("message_id")?,
        date: row.get("date")?,
        envoye_le: row.get("envoye_le")?,
    })
}
