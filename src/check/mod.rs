//! Examining the data without changing it, with the server running or not: what is wrong, and what to do.

mod documents;
mod files;
mod log;
mod store;

use std::path::Path;

use crate::kernel::clock::Clock;
use crate::kernel::db::{self, Chain, Inspection, Reader, StartError};
use crate::kernel::error::Result;
use crate::kernel::mail::{Broken, Templates};
use crate::kernel::phrase::Phrase;
use crate::{phrase, pieces};

/// One examination: what it looked at, and what is wrong there.
#[derive(Debug)]
pub struct Examined {
    pub what: Phrase,
    pub wrong: Vec<Wrong>,
}

/// Something wrong, and what to do about it.
#[derive(Debug)]
pub struct Wrong {
    pub what: Phrase,
    pub remedy: Phrase,
}

/// Examines a data directory.
///
/// # Errors
/// The database cannot even be opened to be examined.
pub fn run(data_dir: &Path) -> Result<Vec<Examined>, StartError> {
    // Before the database is opened: from then on its log is what SQLite takes from it.
    let log = log::damage(data_dir);
    let inspection = open(data_dir)?;
    let db = inspection.reader();
    let mut all = vec![
        examined(phrase!("droits des fichiers", "file permissions"), files::open_to_others(data_dir)),
        Examined { what: phrase!("modèles d’e-mail", "mail templates"), wrong: templates(data_dir) },
        examined(phrase!("journal de la base (WAL)", "log of the database (WAL)"), log),
        examined(phrase!("intégrité de la base", "integrity of the database"), damage(&db)),
        examined(phrase!("références", "references"), orphans(&db)),
    ];
    let (schema, ours) = (inspection.schema().unwrap_or(0), db::schema_version());
    if schema != ours {
        let what = phrase!(
            "la base a le schéma {schema}, cet exécutable connaît {ours}",
            "the database has schema {schema}, this executable knows {ours}"
        );
        let remedy = phrase!("démarrez le serveur, il la met à jour", "start the server, it upgrades it");
        all.push(Examined { what: phrase!("schéma", "schema"), wrong: vec![Wrong { what, remedy }] });
        return Ok(all);
    }
    all.extend([
        examined(phrase!("chaîne du journal", "chain of the journal"), journal(&db)),
        examined(phrase!("horloge", "clock"), clock(&db)),
        examined(phrase!("chevauchements de créneaux", "overlapping slots"), overlaps(&db)),
        examined(phrase!("créneaux et absences", "slots and absences"), absences(&db)),
        examined(phrase!("statuts et historique", "statuts and history"), statuts(&db)),
        examined(phrase!("demandes et interventions", "requests and interventions"), demandes(&db)),
        examined(phrase!("temps saisis", "entered time"), time(&db)),
        examined(phrase!("réponses des gammes", "checklist answers"), answers(&db)),
        examined(phrase!("compteurs et seuils", "meters and thresholds"), meters(&db)),
        examined(phrase!("documents", "documents"), documents::flaws(&db, data_dir)),
        examined(
            phrase!("dossier des documents", "folder of the documents"),
            documents::strays(&db, data_dir),
        ),
        examined(phrase!("plans et échéances", "plans and échéances"), plans(&db)),
        examined(phrase!("notifications et envois", "notifications and deliveries"), deliveries(&db)),
        examined(phrase!("suites des faits", "what follows from facts"), passed_over(&db)),
        examined(phrase!("stock et mouvements", "stock and movements"), stocks(&db)),
        examined(phrase!("prix corrigés", "corrected prices"), prices(&db)),
        examined(phrase!("pièces réservées et attendues", "parts reserved and awaited"), reservations(&db)),
        examined(phrase!("pièces des travaux clos", "parts of closed work"), kept_for_nobody(&db)),
    ]);
    Ok(all)
}

/// Walks the audit journal to its end.
///
/// # Errors
/// The database cannot be opened or read.
pub fn audit(data_dir: &Path) -> Result<Chain, StartError> {
    let inspection = open(data_dir)?;
    walk(&inspection.reader()).map_err(|error| {
        StartError::because(
            phrase!("Le journal ne peut pas être lu.", "The journal cannot be read."),
            anyhow::anyhow!("{error}"),
        )
    })
}

fn open(data_dir: &Path) -> Result<Inspection, StartError> {
    Inspection::open(&data_dir.join(db::FILE_NAME), Clock::system().now())
}

/// What cannot be examined is wrong as well, and keeps nobody from examining the rest.
fn examined<E: std::fmt::Display>(what: Phrase, wrong: Result<Vec<Wrong>, E>) -> Examined {
    let wrong = wrong.unwrap_or_else(|error| {
        let what = phrase!("illisible ({error})", "unreadable ({error})");
        vec![Wrong { what, remedy: restore() }]
    });
    Examined { what, wrong }
}

fn templates(data_dir: &Path) -> Vec<Wrong> {
    let wrong = |Broken { file, line, why }| {
        let (file, line) = (file.display(), line.map_or_else(String::new, |line| format!(":{line}")));
        Wrong {
            what: phrase!("{file}{line} est inutilisable ({why})", "{file}{line} cannot be used ({why})"),
            remedy: phrase!(
                "corrigez ce fichier ou supprimez-le ; d’ici là le modèle d’origine sert",
                "correct this file or delete it; until then the built-in template stands in"
            ),
        }
    };
    Templates::new(data_dir, "").broken().into_iter().map(wrong).collect()
}

fn damage(db: &Reader<'_>) -> Result<Vec<Wrong>> {
    let wrong = |line: String| Wrong { what: Phrase::new(line.clone(), line), remedy: restore() };
    Ok(store::damage(db)?.into_iter().map(wrong).collect())
}

fn orphans(db: &Reader<'_>) -> Result<Vec<Wrong>> {
    let wrong = |(table, row, parent): (String, i64, String)| Wrong {
        what: phrase!(
            "la ligne {row} de « {table} » renvoie à une ligne absente de « {parent} »",
            "row {row} of \"{table}\" refers to a row that \"{parent}\" does not have"
        ),
        remedy: restore(),
    };
    Ok(store::orphans(db)?.into_iter().map(wrong).collect())
}

fn walk(db: &Reader<'_>) -> Result<Chain> {
    let mut chain = Chain::default();
    while !chain.is_walked() {
        chain = chain.walk_on(db)?;
    }
    Ok(chain)
}

fn journal(db: &Reader<'_>) -> Result<Vec<Wrong>> {
    let wrong = |id| Wrong {
        what: phrase!(
            "l’entrée {id} manque ou ne suit pas de celle d’avant",
            "entry {id} is missing or does not follow from the one before"
        ),
        remedy: phrase!(
            "gardez une copie du fichier comme preuve et comparez-la à la dernière sauvegarde",
            "keep a copy of the file as evidence and compare it with the last backup"
        ),
    };
    Ok(walk(db)?.broken().map(wrong).into_iter().collect())
}

fn clock(db: &Reader<'_>) -> Result<Vec<Wrong>> {
    let newest = store::newest_entry(db)?;
    // Asked after the entry was read: a running server writes meanwhile.
    let now = Clock::system().now();
    let wrong = |newest| Wrong {
        what: phrase!(
            "il est {now} ici, et le journal a déjà une entrée de {newest}",
            "it is {now} here, and the journal already has an entry of {newest}"
        ),
        remedy: phrase!("réglez l’horloge de la machine", "set the machine's clock"),
    };
    Ok(newest.filter(|newest| *newest > now).map(wrong).into_iter().collect())
}

fn overlaps(db: &Reader<'_>) -> Result<Vec<Wrong>> {
    let wrong = |(technicien, one, other): (i64, String, String)| Wrong {
        what: phrase!(
            "le technicien {technicien} est affecté au même moment à {one} et à {other}",
            "technicien {technicien} is booked at the same time on {one} and {other}"
        ),
        remedy: phrase!("déplacez l’un des deux créneaux", "move one of the two slots"),
    };
    Ok(store::overlaps(db)?.into_iter().map(wrong).collect())
}

fn absences(db: &Reader<'_>) -> Result<Vec<Wrong>> {
    let wrong = |(technicien, numero, absence): (i64, String, i64)| Wrong {
        what: phrase!(
            "le technicien {technicien} est affecté à {numero} pendant son absence {absence}",
            "technicien {technicien} is booked on {numero} during absence {absence}"
        ),
        remedy: phrase!("déplacez le créneau ou retirez l’absence", "move the slot or remove the absence"),
    };
    Ok(store::slots_over_absences(db)?.into_iter().map(wrong).collect())
}

fn statuts(db: &Reader<'_>) -> Result<Vec<Wrong>> {
    let wrong = |(numero, statut, told): (String, String, String)| Wrong {
        what: phrase!(
            "{numero} est « {statut} », son historique finit par « {told} »",
            "{numero} is \"{statut}\", its history ends with \"{told}\""
        ),
        remedy: restore(),
    };
    Ok(store::untold_statuts(db)?.into_iter().map(wrong).collect())
}

fn demandes(db: &Reader<'_>) -> Result<Vec<Wrong>> {
    let wrong = |(demande, intervention): (String, String)| Wrong {
        what: phrase!(
            "la demande {demande} et l’intervention {intervention} ne se répondent pas",
            "request {demande} and intervention {intervention} do not answer each other"
        ),
        remedy: restore(),
    };
    Ok(store::unanswered(db)?.into_iter().map(wrong).collect())
}

fn time(db: &Reader<'_>) -> Result<Vec<Wrong>> {
    let running = |(technicien, count): (i64, i64)| Wrong {
        what: phrase!(
            "{count} chronomètres du technicien {technicien} tournent à la fois",
            "{count} timers of technicien {technicien} run at once"
        ),
        remedy: phrase!("arrêtez-en tous sauf un", "stop all but one"),
    };
    let backwards = |id: i64| Wrong {
        what: phrase!("le temps {id} finit avant de commencer", "time entry {id} ends before it begins"),
        remedy: phrase!("corrigez ses deux instants", "correct its two instants"),
    };
    let overlap = |(technicien, one, other): (i64, i64, i64)| Wrong {
        what: phrase!(
            "les temps {one} et {other} du technicien {technicien} se chevauchent",
            "time entries {one} and {other} of technicien {technicien} overlap"
        ),
        remedy: phrase!("corrigez ou supprimez l’un des deux", "correct or delete one of the two"),
    };
    let mut wrong: Vec<_> = store::several_timers(db)?.into_iter().map(running).collect();
    wrong.extend(store::backward_time(db)?.into_iter().map(backwards));
    wrong.extend(store::overlapping_time(db)?.into_iter().map(overlap));
    Ok(wrong)
}

fn answers(db: &Reader<'_>) -> Result<Vec<Wrong>> {
    let wrong = |(id, numero): (i64, String)| Wrong {
        what: phrase!(
            "la réponse {id} de {numero} n’est pas de la gamme et de la version de l’intervention",
            "answer {id} of {numero} is not of the checklist and version of the intervention"
        ),
        remedy: restore(),
    };
    Ok(store::stray_answers(db)?.into_iter().map(wrong).collect())
}

fn meters(db: &Reader<'_>) -> Result<Vec<Wrong>> {
    let backwards = |(compteur, releve): (i64, i64)| Wrong {
        what: phrase!(
            "le compteur {compteur} recule au relevé {releve}",
            "meter {compteur} goes back at reading {releve}"
        ),
        remedy: phrase!("annulez le relevé faux", "annul the wrong reading"),
    };
    let miscounted = |plan: i64| Wrong {
        what: phrase!(
            "les seuils du plan par compteur {plan} ne se suivent pas",
            "the thresholds of plan by meter {plan} do not follow one another"
        ),
        remedy: restore(),
    };
    let mut wrong: Vec<_> = store::backward_readings(db)?.into_iter().map(backwards).collect();
    wrong.extend(store::miscounted_thresholds(db)?.into_iter().map(miscounted));
    Ok(wrong)
}

/// I6: each échéance once, none missing, each with its own work.
fn plans(db: &Reader<'_>) -> Result<Vec<Wrong>> {
    let miscounted = |(plan, k): (i64, i64)| Wrong {
        what: phrase!(
            "le plan {plan} ne compte pas juste à l’échéance {k} : absente, double ou prématurée",
            "plan {plan} does not count right at échéance {k}: missing, double or too early"
        ),
        remedy: restore(),
    };
    let without_work = |(plan, k): (i64, i64)| Wrong {
        what: phrase!(
            "l’échéance {k} du plan {plan} n’a pas l’intervention qu’elle devrait avoir",
            "échéance {k} of plan {plan} does not have the intervention that it should"
        ),
        remedy: restore(),
    };
    let without_echeance = |(numero, plan): (String, i64)| Wrong {
        what: phrase!(
            "{numero} vient du plan {plan}, qui n’a pas une échéance pour elle",
            "{numero} comes from plan {plan}, which has not one échéance for it"
        ),
        remedy: restore(),
    };
    let mut wrong: Vec<_> = store::miscounted_echeances(db)?.into_iter().map(miscounted).collect();
    wrong.extend(store::echeances_without_work(db)?.into_iter().map(without_work));
    wrong.extend(store::work_without_echeance(db)?.into_iter().map(without_echeance));
    Ok(wrong)
}

/// I8: a fact tells a person once, by each channel once, and nothing goes out that nobody wrote.
fn deliveries(db: &Reader<'_>) -> Result<Vec<Wrong>> {
    let twice = |(entry, user): (i64, i64)| Wrong {
        what: phrase!(
            "l’entrée {entry} du journal a été annoncée plusieurs fois à l’utilisateur {user}",
            "entry {entry} of the journal was told to user {user} more than once"
        ),
        remedy: restore(),
    };
    let doubled = |(notification, canal): (i64, String)| Wrong {
        what: phrase!(
            "la notification {notification} a plusieurs envois par « {canal} »",
            "notification {notification} has several deliveries by \"{canal}\""
        ),
        remedy: restore(),
    };
    let lost = |id: i64| Wrong {
        what: phrase!(
            "l’envoi {id} n’a plus sa notification ou son fait",
            "delivery {id} has lost its notification or its fact"
        ),
        remedy: restore(),
    };
    let told = store::told_twice(db)?.into_iter().map(twice);
    let sent = store::sent_twice(db)?.into_iter().map(doubled);
    Ok(told.chain(sent).chain(store::lost_deliveries(db)?.into_iter().map(lost)).collect())
}

/// Entries of the journal that a part of the product could not act upon.
fn passed_over(db: &Reader<'_>) -> Result<Vec<Wrong>> {
    let wrong = |(follower, entry, error): (String, i64, String)| Wrong {
        what: phrase!(
            "« {follower} » n’a pas pu traiter l’entrée {entry} du journal ({error})",
            "\"{follower}\" could not act upon entry {entry} of the journal ({error})"
        ),
        remedy: phrase!(
            "faites à la main ce qui aurait dû suivre de cette entrée, et signalez le défaut",
            "do by hand what should have followed from this entry, and report the fault"
        ),
    };
    Ok(store::passed_over(db)?.into_iter().map(wrong).collect())
}

fn stocks(db: &Reader<'_>) -> Result<Vec<Wrong>> {
    let wrong = |(reference, stock, ledger): (String, String, String)| Wrong {
        what: phrase!(
            "{reference} : le stock dit {stock}, ses mouvements font {ledger}",
            "{reference}: the stock says {stock}, its movements make {ledger}"
        ),
        remedy: restore(),
    };
    Ok(store::unbalanced_stocks(db)?.into_iter().map(wrong).collect())
}

fn prices(db: &Reader<'_>) -> Result<Vec<Wrong>> {
    let unbalanced = store::unbalanced_corrections(db)?.into_iter().map(|(reference, correction)| Wrong {
        what: phrase!(
            "{reference} : la correction de prix {correction} n’est pas la somme de ce qu’elle change",
            "{reference}: price correction {correction} is not the sum of what it changes"
        ),
        remedy: restore(),
    });
    let misvalued =
        pieces::misvalued(db)?.into_iter().map(|pieces::Misvalued { reference, mouvement }| Wrong {
            what: phrase!(
                "{reference} : le mouvement {mouvement} ne vaut pas ce que les prix corrigés en font",
                "{reference}: movement {mouvement} is not worth what the corrected prices make it"
            ),
            remedy: restore(),
        });
    Ok(unbalanced.chain(misvalued).collect())
}

fn reservations(db: &Reader<'_>) -> Result<Vec<Wrong>> {
    let wrong = |reference: String| Wrong {
        what: phrase!(
            "{reference} : ce qui est réservé ou attendu n’est pas la somme des demandes, ou dépasse le stock",
            "{reference}: what is reserved or awaited is not the sum of the demands, or more than the stock"
        ),
        remedy: restore(),
    };
    Ok(store::unbalanced_reservations(db)?.into_iter().map(wrong).collect())
}

fn kept_for_nobody(db: &Reader<'_>) -> Result<Vec<Wrong>> {
    let wrong = |(numero, reference): (String, String)| Wrong {
        what: phrase!(
            "{reference} est gardée pour {numero}, qui est close",
            "{reference} is kept for {numero}, which is closed"
        ),
        remedy: restore(),
    };
    Ok(store::kept_for_closed_work(db)?.into_iter().map(wrong).collect())
}

fn restore() -> Phrase {
    phrase!(
        "ne modifiez plus ces données ; restaurez la dernière sauvegarde dans un autre dossier et comparez",
        "do not change this data any more; restore the last backup into another folder and compare"
    )
}
