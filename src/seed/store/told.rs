//! SQL of the demo plant's messages: what there is to tell of, and what became of it since.

use rusqlite::named_params;
use serde_json::{Value, json};

use crate::ids::{EntryId, InterventionId, UserId};
use crate::kernel::clock::{Day, Instant};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;

/// Something that happened, as the journal would tell it.
pub struct Fact {
    pub action: String,
    pub id: i64,
    pub date: Instant,
    pub user_id: Option<UserId>,
    pub apres: Value,
}

/// What history and comments tell since a moment; of several bookings of one intervention, the last.
pub fn recent_facts(db: &Reader<'_>, since: Instant) -> Result<Vec<Fact>> {
    let mut facts = db.all(
        "select 'intervention.' || type as action, intervention_id as id, date, user_id,
             json_object('statut', vers) as apres
         from historique h
         where date > :since and type in ('creation', 'validation')
         union all
         select 'intervention.statut', intervention_id, date, user_id, json_object('statut', vers)
         from historique where date > :since and type in ('statut', 'reouverture')
         union all
         select 'intervention.affectation', intervention_id, max(date), user_id, null
         from historique where date > :since and type = 'affectation' group by intervention_id
         union all
         select 'commentaire.creation', id, date, user_id, null from commentaires where date > :since
         order by 3",
        named_params! { ":since": since },
        |row| {
            Ok(Fact {
                action: row.get("action")?,
                id: row.get("id")?,
                date: row.get("date")?,
                user_id: row.get("user_id")?,
                apres: row.get::<_, Option<Value>>("apres")?.unwrap_or_default(),
            })
        },
    )?;
    for fact in facts.iter_mut().filter(|fact| fact.action == "intervention.affectation") {
        fact.apres = booked(db, InterventionId(fact.id))?;
    }
    Ok(facts)
}

/// Who leads and who is booked, as the journal has it.
fn booked(db: &Reader<'_>, id: InterventionId) -> Result<Value> {
    let slots = db.all(
        "select technicien_id, debut, fin from affectations where intervention_id = :id and liberee_le is null",
        named_params! { ":id": id },
        |row| {
            let (technicien, debut, fin) = (row.get::<_, i64>(0)?, row.get::<_, Instant>(1)?, row.get::<_, Instant>(2)?);
            Ok(json!({ "technicien_id": technicien, "debut": debut, "fin": fin, "liberee": false }))
        },
    )?;
    let sql = "select technicien_id from interventions where id = :id";
    let lead: Option<i64> = db.one(sql, named_params! { ":id": id }, |row| row.get(0))?;
    Ok(json!({ "technicien_id": lead, "affectations": slots }))
}

/// Live work with a slot that begins in a period.
pub fn work_with_slots(db: &Reader<'_>, from: Instant, to: Instant) -> Result<Vec<InterventionId>> {
    db.all(
        "select distinct a.intervention_id from affectations a join interventions i on i.id = a.intervention_id
         where a.liberee_le is null and a.debut >= :from and a.debut < :to
           and i.statut in ('planifie', 'en_cours', 'attente_pieces') order by 1",
        named_params! { ":from": from, ":to": to },
        |row| row.get(0),
    )
}

/// Live work whose limit had passed at a moment.
pub fn late_work(db: &Reader<'_>, at: Instant) -> Result<Vec<InterventionId>> {
    db.all(
        "select id from interventions where date_limite < :at and date_creation < :at
           and statut in ('planifie', 'en_cours', 'attente_pieces') order by id",
        named_params! { ":at": at },
        |row| row.get(0),
    )
}

pub fn insert_alert(tx: &Tx<'_>, id: InterventionId, genre: &str, day: Day) -> Result<()> {
    tx.execute(
        "insert into alertes (intervention_id, genre, jour) values (:id, :genre, :day)",
        named_params! { ":id": id, ":genre": genre, ":day": day },
    )?;
    Ok(())
}

/// The newest entry of the journal.
pub fn last_entry(db: &Reader<'_>) -> Result<EntryId> {
    db.one("select max(id) from journal", [], |row| row.get(0))
}

/// Time has passed: most messages are read, most deliveries are made; a few show what else can become of one.
pub fn age_messages(tx: &Tx<'_>, morning: Instant) -> Result<()> {
    // Everybody reads in the end, and has not looked since this morning.
    tx.execute(
        "update notifications set lue_le = min(date + 60 * (5 + id % 90), :now)
         where boite = 1 and date < :morning - 3600 and id % 7 <> 0",
        named_params! { ":now": tx.now(), ":morning": morning },
    )?;
    let told = "(select date from notifications where id = notification_id)";
    tx.execute(&format!("update envois set date = {told} where notification_id is not null"), [])?;
    tx.execute("update envois set envoye_le = date where canal = 'app'", [])?;
    tx.execute(
        "update envois set statut = 'envoye', essais = 1, prochain_essai = null, envoye_le = date + 2
         where statut = 'a_envoyer'",
        [],
    )?;
    let mut mails: Vec<i64> = tx.all(
        "select id from envois where canal = 'email' and statut = 'envoye' order by id desc limit 4",
        [],
        |row| row.get(0),
    )?;
    let mut change = |statut: &str, essais: i64, next: Option<Instant>, error: &str| -> Result<()> {
        let Some(id) = mails.pop() else { return Ok(()) };
        tx.execute(
            "update envois set statut = :statut, essais = :essais, prochain_essai = :next, envoye_le = null,
                 derniere_erreur = :error
             where id = :id",
            named_params! { ":id": id, ":statut": statut, ":essais": essais, ":next": next, ":error": error },
        )?;
        Ok(())
    };
    change(
        "echec",
        1,
        None,
        "Le serveur d’e-mails a refusé l’adresse du destinataire : 550 5.1.1 User unknown",
    )?;
    change("non_envoye", 1, None, "Aucun serveur d’e-mails n’est réglé (smtp_host).")?;
    let soon = Instant::from_second(tx.now().as_second() + 7 * 60);
    change("a_envoyer", 4, Some(soon), "Le serveur d’e-mails n’a pas répondu à temps.")
}
