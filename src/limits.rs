//! THE list of limits: nobody gets more than this out of the server, and whoever meets a limit is told so.
//!
//! Each entry takes its number from the constant that holds it. `tests/spec/limits.txt` prints the list, and a number of
//! the source that is neither here nor in `tests/spec/numbers.txt` fails the test beside it.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::kernel::files::FileLimits;
use crate::kernel::server::Limits;
use crate::kernel::{
    app, auth, context, db, files, input, mail, money, page, quantity, scheduler, streams, upload,
};
use crate::{
    agenda, calendrier, codes, compteurs, config, demandes, depart, documents, echanges, equipements,
    filters, gammes, interventions, logs, notifications, pieces, planning, routes, sauvegardes, signatures,
    techniciens, temps, unpacked, users,
};

/// For whom a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Each request by itself.
    Request,
    /// One thing that is kept: an équipement, a saved view, a session.
    Thing,
    /// All that a signed-in person does.
    Person,
    /// All that comes under one name, known or not.
    Name,
    /// All that comes from one address, or one /64 network in IPv6.
    Address,
    /// Everybody together.
    All,
}

/// One limit.
#[derive(Clone, Debug)]
pub struct Limit {
    /// What is counted.
    pub what: &'static str,
    /// How many of it, with the unit of a time.
    pub how_many: String,
    pub whom: Whom,
    /// What happens beyond: the status and its stable code, or what is done instead of a refusal.
    pub answer: &'static str,
    /// Where the number stands: its constant, and the file below `src/`.
    pub constant: &'static str,
    pub file: &'static str,
}

trait Amount {
    fn told(&self) -> String;
}

macro_rules! numbers {
    ($($number:ty),+) => {
        $(impl Amount for $number {
            fn told(&self) -> String {
                self.to_string()
            }
        })+
    };
}

numbers!(usize, u64, u32, i64, i32, f64, NonZeroUsize);

impl Amount for Duration {
    fn told(&self) -> String {
        let seconds = self.as_secs();
        match (seconds % 86_400, seconds % 3600) {
            (0, _) => format!("{} d", seconds / 86_400),
            (_, 0) => format!("{} h", seconds / 3600),
            _ => format!("{seconds} s"),
        }
    }
}

macro_rules! limits {
    ($($file:literal: { $($what:literal: $amount:expr, $whom:ident, $answer:literal;)+ })+) => {
        vec![$($(Limit {
            what: $what,
            how_many: $amount.told(),
            whom: Whom::$whom,
            answer: $answer,
            constant: name(stringify!($amount)),
            file: $file,
        }),+),+]
    };
}

/// The last word of a path.
fn name(path: &'static str) -> &'static str {
    path.rsplit([':', '.']).next().unwrap_or(path)
}

/// Every limit, by the file that holds it.
pub fn all() -> Vec<Limit> {
    [of_requests(), of_people(), of_work()].concat()
}

/// What every request meets.
fn of_requests() -> Vec<Limit> {
    limits! {
        "unpacked.rs": {
            "embedded files unpacked at once": unpacked::AT_ONCE, All, "waits";
            "embedded files that wait to be unpacked": unpacked::WAITING, All, "503 surcharge";
        }
        "kernel/server/mod.rs": {
            "connections": Limits::default().connections, All, "503 trop_de_connexions";
            "connections of one network": Limits::default().connections_per_address, Address, "503 trop_de_connexions";
            "bytes of a head": Limits::default().max_header_bytes, Request, "431";
            "time for a head": Limits::default().header_timeout, Request, "the connection ends";
            "time to end at a stop": Limits::default().drain, All, "the connection ends";
        }
        "routes.rs": {
            "time for an answer": routes::DEADLINE, Request, "503";
            "time for the answer of an import or export": routes::LONG_DEADLINE, Request, "503";
        }
        "kernel/input.rs": {
            "bytes of a JSON body": input::BODY_LIMIT, Request, "413 trop_grand";
            "bytes of a form": input::FORM_LIMIT, Request, "413 trop_grand";
            "time for a body": input::BODY_DEADLINE, Request, "400 illisible";
        }
        "kernel/upload.rs": {
            "bytes of a form beside its file": upload::AROUND, Request, "413 trop_grand";
        }
        "kernel/context.rs": {
            "characters of an Idempotency-Key": context::MAX_KEY, Request, "422 valeur_invalide";
        }
        "kernel/auth/idempotency.rs": {
            "life of an Idempotency-Key": auth::limits::KEPT, Thing, "forgotten";
        }
        "kernel/page.rs": {
            "bytes of a query string": page::MAX_QUERY, Request, "422 trop_long";
            "values of a query string": page::MOST_PARAMETERS, Request, "422 trop_long";
            "characters of q": page::MAX_Q, Request, "422 trop_long";
            "rows of a page": page::MAX_PAGE_SIZE, Request, "422 valeur_invalide";
            "number of a page": page::MAX_PAGE, Request, "422 valeur_invalide";
        }
        "kernel/select.rs": {
            "sort keys": page::MOST_SORT_KEYS, Request, "422 valeur_invalide";
            "rows that a total counts": page::TOTAL_CAP, Request, "total_exact false";
            "values of a facet": page::MOST_VALUES, Request, "the rarest are left out";
        }
        "kernel/db/pool.rs": {
            "reads at once": db::limits::READERS, All, "waits";
            "reads at once of one": db::limits::PER_PERSON, Person, "waits";
            "reads that wait": db::limits::WAITING, All, "503 surcharge";
            "reads that wait of one, and its look-ups": db::limits::WAITING_PER_PERSON, Person, "429 trop_de_tentatives";
            "wait for a reader": db::limits::PATIENCE, Request, "503 surcharge";
            "time of a read": db::limits::DEADLINE, Request, "503 trop_long";
        }
        "kernel/db/long.rs": {
            "exports and other long reads at once": db::limits::LONG_READS, All, "503 surcharge";
            "exports and other long reads at once, of one": db::limits::LONG_READS_PER_PERSON, Person, "429 trop_de_tentatives";
            "time of a long read": db::limits::LONG_DEADLINE, Request, "503 trop_long";
        }
        "kernel/db/writer.rs": {
            "writes that wait": db::limits::QUEUE, All, "503 surcharge";
            "writes that wait of one": db::limits::QUEUE_PER_PERSON, Person, "429 trop_de_tentatives";
        }
        "kernel/db/setup.rs": {
            "characters of an SQL statement": db::limits::SQL_LENGTH, Request, "500, and nothing is done";
            "columns of an SQL result": db::limits::SQL_COLUMNS, Request, "500, and nothing is done";
            "depth of an SQL expression": db::limits::SQL_DEPTH, Request, "500, and nothing is done";
            "parts of a compound SQL select": db::limits::SQL_PARTS, Request, "500, and nothing is done";
            "values bound to an SQL select": db::limits::SQL_VALUES, Request, "500, and nothing is done";
            "characters of an SQL pattern": db::limits::LIKE_LENGTH, Request, "500, and nothing is done";
            "bytes of an SQL value": db::limits::VALUE_BYTES, Request, "500, and nothing is done";
        }
        "kernel/streams.rs": {
            "open streams of one": streams::PER_PERSON, Person, "429 trop_de_tentatives";
            "open streams from one address": streams::PER_ADDRESS, Address, "503 surcharge";
            "open streams": streams::IN_ALL, All, "503 surcharge";
        }
    }
}

/// What keeps people apart: sign-in, sessions, the journal.
fn of_people() -> Vec<Limit> {
    limits! {
        "kernel/auth/password.rs": {
            "password hashes at once": auth::limits::AT_ONCE, All, "waits";
            "password hashes that wait, of strangers": auth::limits::WAITING, All, "503 surcharge";
            "password hashes of strangers at once": auth::limits::FROM_ONE_ADDRESS, Address, "503 surcharge";
            "characters of a password": auth::limits::MAX_CHARS, Request, "422 mot_de_passe_longueur";
        }
        "kernel/auth/throttle.rs": {
            "addresses remembered, and people with their budgets": auth::limits::ADDRESSES, All, "the least recent is forgotten";
        }
        "kernel/app.rs": {
            "time to earn one more sign-in": app::SIGN_IN_REFILL, Address, "429 trop_de_tentatives";
            "reads by secret links at once": app::LINK_BURST, Address, "429 trop_de_tentatives";
            "time to earn one more read by a secret link": app::LINK_REFILL, Address, "429 trop_de_tentatives";
            "changes at once, of who does not run the plant": app::CHANGES_BURST, Person, "429 trop_de_tentatives";
            "time to earn one more change": app::CHANGES_REFILL, Person, "429 trop_de_tentatives";
            "sign-ins at once": app::SIGN_INS_BURST, Person, "429 trop_de_tentatives";
            "time to earn one more sign-in of theirs": app::SIGN_INS_REFILL, Person, "429 trop_de_tentatives";
        }
        "config/mod.rs": {
            "sign-ins tried at once, unless set otherwise": config::SIGN_IN_BURST, Address, "429 trop_de_tentatives";
        }
        "users/double/rules.rs": {
            "recovery codes": users::limits::RECOVERY_CODES, Person, "401 totp_incorrect";
        }
        "kernel/auth/refusals.rs": {
            "journal entries of 403 a minute, per right": auth::limits::PER_MINUTE, Person, "counted in a later entry";
            "journal entries of refused sign-ins a minute, of a name": auth::limits::OF_A_NAME, Name, "counted in a later entry";
            "journal entries of refused sign-ins a minute, from a network": auth::limits::OF_A_NETWORK, Address, "counted in a later entry";
            "journal entries of refused sign-ins a minute": auth::limits::OF_ALL, All, "counted in a later entry";
            "people with rights, names, networks remembered": auth::limits::REMEMBERED, All, "the least recent is forgotten";
        }
        "kernel/auth/guard.rs": {
            "characters of a refused path in the journal": auth::limits::MAX_PATH, Request, "cut";
        }
        "users/auth/rules.rs": {
            "live sessions of one": users::limits::MAX_SESSIONS, Person, "the oldest ends";
            "rest of a session": users::limits::IDLE_LIFE, Thing, "401 non_authentifie";
            "wrong passwords from one place": users::limits::FAILURES_ALLOWED, Name, "429 trop_de_tentatives";
            "wrong passwords from everywhere an hour": users::limits::FAILURES_ANYWHERE, Name, "429 trop_de_tentatives";
            "seconds of a wait after wrong passwords": users::limits::LONGEST_WAIT, Name, "429 trop_de_tentatives";
        }
        "users/auth/commands.rs": {
            "characters of a wrong name in the journal": users::limits::NAME_KEPT, Request, "cut";
        }
        "users/auth/store.rs": {
            "life of an ended session": users::limits::KEPT, Thing, "forgotten";
            "used refresh tokens of a session": users::limits::USED_TOKENS, Thing, "the session ends: 401";
            "names with wrong passwords, each hour": users::limits::MOST_NAMES, All, "the least recent is forgotten";
            "life of wrong passwords without effect": users::limits::COUNTED, Name, "forgotten";
        }
        "filters/commands.rs": {
            "saved views of one": filters::limits::MOST_VIEWS, Person, "409 trop_de_vues";
        }
        "filters/rules.rs": {
            "parameters of a saved view": filters::limits::MAX_PARAMETRES, Thing, "422 trop_long";
            "bytes of a saved view": filters::limits::MAX_BYTES, Thing, "422 trop_long";
        }
        "filters/search.rs": {
            "rows found of each kind": filters::limits::PER_TYPE, Request, "the rest by the kind's own list";
        }
        "notifications/feed.rs": {
            "news sent at once": notifications::limits::MOST_NEWS, Request, "everything is read again";
        }
        "notifications/store/envois.rs": {
            "lines of a digest": notifications::limits::DIGEST_ITEMS, Person, "the rest in the inbox";
        }
        "notifications/rules.rs": {
            "mails at once in an hour, of what one other did": notifications::limits::MAILS_OF_ONE, Person, "told in the digest";
            "attempts to deliver a mail": notifications::limits::ATTEMPTS, Thing, "given up, shown in « État »";
        }
        "kernel/mail/relay.rs": {
            "mails handed over at once": mail::CONNECTIONS, All, "waits";
        }
        "kernel/mail/templates/mod.rs": {
            "steps of a mail's template": mail::limits::FUEL, Thing, "the built-in template is used";
        }
    }
}

/// What the trade's own things may hold.
fn of_work() -> Vec<Limit> {
    limits! {
        "kernel/files/mod.rs": {
            "bytes of a document, unless set otherwise": FileLimits::default().largest, Thing, "413 trop_grand";
            "bytes that stay free on the disk at least": files::limits::FLOOR, All, "503 disque_plein";
            "files whole in memory at once: imports": files::limits::WHOLE_AT_ONCE, All, "503 surcharge";
            "pieces of work on the disk at once": files::limits::HANDS, All, "waits";
        }
        "kernel/files/scratch.rs": {
            "files made to be sent at once": files::limits::MADE_AT_ONCE, All, "503 surcharge";
        }
        "documents/rules/mod.rs": {
            "documents of one thing": documents::limits::MOST_OF_ONE, Thing, "409 trop_de_documents";
            "bytes of documents in 24 hours": documents::limits::MOST_A_DAY, Person, "409 quota_jour";
            "characters of a description": documents::limits::DESCRIPTION, Thing, "422 trop_long";
        }
        "documents/miniature.rs": {
            "pixels of a picture that is made small": documents::limits::MOST_PIXELS, Thing, "no small picture";
            "pictures made small at once": documents::limits::AT_ONCE, All, "waits";
            "pictures that wait to be made small": documents::limits::WAITING, All, "503 surcharge";
        }
        "echanges/routes.rs": {
            "bytes of an import": echanges::limits::LARGEST, Request, "413 trop_grand";
        }
        "echanges/lecture.rs": {
            "rows of an import": echanges::limits::MOST_ROWS, Request, "422 fichier_illisible";
            "columns of an import that are read": echanges::limits::MOST_COLUMNS, Request, "left out";
            "columns of an import that have a name": echanges::limits::MOST_NAMED, Request, "422 fichier_illisible";
            "bytes of an unpacked import": echanges::limits::MOST_UNPACKED, Request, "422 fichier_illisible";
        }
        "echanges/patience.rs": {
            "time that an import writes while somebody waits": echanges::limits::LONGEST, Request, "503 trop_long";
            "time that an import writes": echanges::limits::LONGEST_ALONE, Request, "503 trop_long";
        }
        "echanges/commands.rs": {
            "errors of an import that are listed": echanges::limits::LISTED, Request, "the rest is counted";
            "tries of each row of an import": echanges::limits::TRIES, Request, "its error stands";
            "rows of an export": echanges::limits::MOST_OUT, Request, "409 trop_de_lignes";
        }
        "agenda/model.rs": {
            "seconds of a slot": agenda::limits::LONGEST_SLOT, Thing, "422 valeur_invalide";
        }
        "kernel/quantity.rs": {
            "units of a quantity": quantity::MAX_UNITS, Thing, "422 valeur_invalide";
        }
        "kernel/money.rs": {
            "units of an amount": money::MAX_UNITS, Thing, "422 valeur_invalide";
        }
        "equipements/rules.rs": {
            "équipements of a tree": equipements::limits::MAX_NODES, Request, "complet false";
            "levels of a tree": equipements::limits::MAX_DEPTH, Request, "complet false";
            "attributs of an équipement": equipements::limits::MAX_ATTRIBUTS, Thing, "422 trop_long";
            "bytes of its attributs": equipements::limits::MAX_ATTRIBUTS_BYTES, Thing, "422 trop_long";
        }
        "pieces/model/pieces.rs": {
            "équipements that a part fits": pieces::limits::MAX_EQUIPEMENTS, Thing, "422 trop_long";
        }
        "pieces/model/fournisseurs.rs": {
            "days that a supplier takes": pieces::limits::LONGEST_DAYS, Thing, "422 trop_grand";
        }
        "pieces/rules/mod.rs": {
            "thousandths of a unit in stock": pieces::limits::MAX_STOCK, Thing, "422 trop_grand";
        }
        "pieces/commands/revalorisation.rs": {
            "movements since a receipt whose price is corrected": pieces::limits::MAX_REJOUES, Thing, "409 correction_impossible";
        }
        "pieces/model/revalorisations.rs": {
            "interventions that a corrected price names": pieces::limits::MAX_LISTEES, Request, "those that changed least are left out";
        }
        "pieces/model/inventaires.rs": {
            "lines of an inventaire": pieces::limits::MAX_LIGNES, Thing, "422 trop_long";
        }
        "codes/model.rs": {
            "types of équipement of a code": codes::limits::MAX_TYPES, Thing, "422 valeur_invalide";
        }
        "gammes/model/gammes.rs": {
            "limits of a measure": gammes::limits::LARGEST, Thing, "422 trop_grand";
        }
        "compteurs/model/plans.rs": {
            "minutes foreseen for a meter's work": compteurs::limits::LONGEST_MIN, Thing, "422 trop_grand";
        }
        "compteurs/commands/seuils.rs": {
            "thresholds that one reading passes": compteurs::limits::MOST_AT_ONCE, Request, "409 saut_invraisemblable";
        }
        "compteurs/commands/releves.rs": {
            "readings that a new one would make wrong": compteurs::limits::MOST_WRONG, Request, "409";
        }
        "planning/model/bodies.rs": {
            "minutes foreseen for a plan's work": planning::limits::LONGEST_MIN, Thing, "422 trop_grand";
        }
        "planning/commands/preview.rs": {
            "échéances of a preview": planning::limits::MOST_PREVIEWED, Request, "the later ones are left out";
        }
        "planning/commands/echeances.rs": {
            "years that échéances are foreseen": planning::limits::LONGEST_HORIZON_YEARS, Request, "422 trop_grand";
            "échéances of a plan without a page": planning::limits::MOST_LISTED, Request, "the oldest by page";
        }
        "calendrier/commands.rs": {
            "entries of a calendar": calendrier::limits::MOST_SHOWN, Request, "complet false";
            "calendars put together at once": calendrier::limits::AT_ONCE, All, "waits";
            "calendars that wait to be put together": calendrier::limits::WAITING, All, "503 surcharge";
            "entries of a calendar's link": calendrier::limits::MOST_OF_FEED, Request, "the later ones are left out";
        }
        "calendrier/rules.rs": {
            "days of a calendar": calendrier::limits::LONGEST_PERIOD_DAYS, Request, "422 valeur_invalide";
        }
        "techniciens/rules.rs": {
            "days of a disponibilité": techniciens::limits::LONGEST_PERIOD_DAYS, Request, "422 valeur_invalide";
            "days of an absence": techniciens::limits::LONGEST_ABSENCE_DAYS, Thing, "422 valeur_invalide";
        }
        "signatures/rules.rs": {
            "bytes of a signature's picture": signatures::limits::PNG_BYTES, Thing, "422 valeur_invalide";
            "pixels of its side": signatures::limits::PNG_SIDE, Thing, "422 valeur_invalide";
            "coordinate of a signature's stroke": signatures::limits::COORDINATE, Thing, "422 valeur_invalide";
            "bytes of a signature's strokes": signatures::limits::PATH_BYTES, Thing, "422 valeur_invalide";
        }
        "temps/model/temps.rs": {
            "characters of a remark on time": temps::limits::REMARK, Thing, "422 trop_long";
        }
        "depart/commands.rs": {
            "things handed over by one closing": depart::limits::MOST_AT_ONCE, Request, "409 trop_a_remettre";
        }
        "depart/store.rs": {
            "things told of each kind that is somebody's": depart::limits::NAMED, Request, "the rest is counted";
        }
        "demandes/model/bodies.rs": {
            "characters of a demande's text": demandes::limits::TEXT, Thing, "422 trop_long";
        }
        "demandes/commands/file.rs": {
            "demandes in 24 hours, of who does not answer them": demandes::limits::MOST_A_DAY, Person, "429 trop_de_tentatives";
            "demandes without an answer, of who does not answer them": demandes::limits::MOST_UNANSWERED, Person, "409 trop_de_demandes";
        }
        "demandes/store/rows.rs": {
            "remarks shown with a demande": demandes::limits::SHOWN, Request, "the rest with its intervention";
        }
        "interventions/model/bodies.rs": {
            "minutes foreseen for an intervention": interventions::limits::LONGEST_MIN, Thing, "422 trop_grand";
            "characters of an intervention's text": interventions::limits::TEXT, Thing, "422 trop_long";
        }
        "interventions/commands/statut.rs": {
            "seconds ago that a step was made": interventions::limits::LATEST, Thing, "422 valeur_invalide";
            "seconds ahead that a step was made": interventions::limits::AHEAD, Thing, "422 valeur_invalide";
        }
        "interventions/commands/commentaires.rs": {
            "remarks in 24 hours": interventions::limits::MOST_REMARKS, Person, "429 trop_de_tentatives";
        }
        "interventions/commands/bookings.rs": {
            "slots proposed": interventions::limits::PROPOSED, Request, "the later ones are left out";
        }
        "sauvegardes/rules.rs": {
            "daily backups": sauvegardes::limits::DAILY, All, "the oldest goes";
            "weekly backups": sauvegardes::limits::WEEKLY, All, "the oldest goes";
        }
        "kernel/scheduler/store.rs": {
            "runs of a job that are remembered": scheduler::limits::KEPT, All, "the oldest goes";
        }
        "logs.rs": {
            "days of logs": logs::DAYS, All, "the oldest goes";
        }
    }
}
