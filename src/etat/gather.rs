//! Gathering what the server knows of itself.

use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::model::{Anomalie, CodeAnomalie, Etat};
use super::store;
use crate::kernel::app::App;
use crate::kernel::clock::Instant;
use crate::kernel::db::{self, Reader};
use crate::kernel::error::Result;
use crate::kernel::files::Folder;
use crate::kernel::metrics::{JobLabel, Metrics};
use crate::kernel::phrase::{Language, Phrase};
use crate::kernel::server::NO_PLACE;
use crate::kernel::tls::Source;
use crate::{logs, phrase, sauvegardes};

/// Mail that waits longer than this waits for more than its turn.
const SLOW_MAIL: std::time::Duration = std::time::Duration::from_hours(1);

/// Refusals in an hour, by one limit, that are more than somebody's wrong password or a full second.
const MANY_REFUSALS: u64 = 100;

/// The server renews its certificate 60 days before it ends; this close to it something keeps it from that.
const SOON: std::time::Duration = std::time::Duration::from_hours(30 * 24);
/// Others, who renew the plant's own, begin 30 days before.
const SOON_OWN: std::time::Duration = std::time::Duration::from_hours(14 * 24);

/// How the server does now.
pub fn etat(db: &Reader<'_>, app: &App, language: Language) -> Result<Etat> {
    let mut etat = facts(db, app)?;
    let told = |(code, phrase, lien): (_, Phrase, _)| Anomalie {
        code,
        message: phrase.text(language).to_owned(),
        lien,
    };
    etat.anomalies = anomalies(db, app, &etat)?.into_iter().map(told).collect();
    Ok(etat)
}

/// What is not well now, and the page that says more.
pub(super) fn wrong(db: &Reader<'_>, app: &App) -> Result<Vec<(CodeAnomalie, Phrase, &'static str)>> {
    anomalies(db, app, &facts(db, app)?)
}

fn facts(db: &Reader<'_>, app: &App) -> Result<Etat> {
    let options = app.options();
    let database = options.data_dir.join(db::FILE_NAME);
    let (documents, documents_octets) = store::documents(db)?;
    let (courriels_en_attente, plus_ancien_courriel) = store::waiting_mail(db)?;
    Ok(Etat {
        version: env!("CARGO_PKG_VERSION"),
        schema: db::schema_version(),
        maintenant: db.now(),
        demarre_le: app.started(),
        base_octets: bytes(&database),
        wal_octets: bytes(&database.with_extension("sqlite3-wal")),
        documents,
        documents_octets,
        place_octets: room(&options.data_dir, options.files.floor),
        courriel_configure: options.smtp.is_some(),
        courriels_en_attente,
        courriels_en_echec: store::failed_mail(db)?,
        plus_ancien_courriel,
        derniere_sauvegarde: sauvegardes::newest(&options.data_dir),
        https: options.public_url.starts_with("https://"),
        autorite_locale: matches!(options.tls, Some(Source::Local(_))),
        certificat_expire: options.tls.as_ref().and_then(Source::last_day),
        anomalies: Vec::new(),
    })
}

/// Puts it into the gauges that `/metrics` shows.
pub fn measure(db: &Reader<'_>, app: &App) -> Result<()> {
    let etat = etat(db, app, Language::English)?;
    let metrics: &Metrics = app.metrics();
    let now = db.now();
    let age = |since: Option<Instant>| since.map_or(-1, |since| now.as_second() - since.as_second());
    metrics.started.set(etat.demarre_le.as_second());
    metrics.database_bytes.set(etat.base_octets.cast_signed());
    metrics.wal_bytes.set(etat.wal_octets.cast_signed());
    metrics.documents_bytes.set(etat.documents_octets);
    metrics.room_bytes.set(etat.place_octets.map_or(-1, u64::cast_signed));
    metrics.log_lines_lost.set(logs::lost_lines().try_into().unwrap_or(i64::MAX));
    metrics.disk_full.set(app.is_disk_full().into());
    metrics.mail_waiting.set(etat.courriels_en_attente);
    metrics.mail_failed.set(etat.courriels_en_echec);
    metrics.mail_oldest_seconds.set(age(etat.plus_ancien_courriel).max(0));
    let midnight = |day: Date| day.to_zoned(TimeZone::UTC).map_or(0, |zoned| zoned.timestamp().as_second());
    metrics.certificate_end.set(etat.certificat_expire.map_or(0, midnight));
    metrics.backup_age_seconds.set(age(etat.derniere_sauvegarde));
    for (job, began, failed) in store::last_runs(db)? {
        let label = JobLabel { job };
        metrics.job_last_run.get_or_create(&label).set(began.as_second());
        metrics.job_failed.get_or_create(&label).set(failed.into());
    }
    Ok(())
}

fn anomalies(db: &Reader<'_>, app: &App, etat: &Etat) -> Result<Vec<(CodeAnomalie, Phrase, &'static str)>> {
    use CodeAnomalie::{Certificat, Courriel, Disque, Horloge, Sauvegarde, Tache};
    let now = db.now();
    let mut wrong = Vec::new();
    match etat.derniere_sauvegarde {
        None => {
            let why = phrase!(
                "Il n’y a pas encore de sauvegarde : lancez-en une, ou attendez la nuit.",
                "There is no backup yet: start one, or wait for the night.",
                "لا توجد نسخة احتياطية بعد: أنجز واحدة الآن أو انتظر الليل."
            );
            wrong.push((Sauvegarde, why, "/sauvegardes"));
        }
        Some(last) if sauvegardes::is_late(Some(last), now) => {
            let hours = (now.as_second() - last.as_second()) / 3600;
            let why = phrase!(
                "La dernière sauvegarde a {hours} heures : une nuit a passé sans.",
                "The last backup is {hours} hours old: a night went by without one.",
                "مرت ليلة دون نسخة احتياطية. عمر آخر نسخة بالساعات: {hours}."
            );
            wrong.push((Sauvegarde, why, "/sauvegardes"));
        }
        Some(_) => {}
    }
    wrong.extend(accidents(app));
    if etat.place_octets == Some(0) && !app.is_disk_full() {
        let why = phrase!(
            "Le disque est presque plein : les documents sont refusés, le reste suivra. Faites de la place.",
            "The disk is nearly full: documents are refused, the rest will follow. Make room.",
            "القرص يكاد يمتلئ: تُرفض الوثائق وسيليها الباقي. حرّر مساحة."
        );
        wrong.push((Disque, why, "/etat"));
    }
    let (standings, doubt) = app.scheduler().standings(db)?;
    if let Some(doubt) = doubt {
        wrong.push((Horloge, doubt.phrase(now), "/taches"));
    }
    let failed = etat.courriels_en_echec;
    if failed > 0 {
        let why = phrase!(
            "{failed} e-mail(s) de la semaine n’ont pas pu partir.",
            "{failed} mail(s) of this week could not be sent.",
            "رسائل البريد التي تعذّر إرسالها هذا الأسبوع: {failed}."
        );
        wrong.push((Courriel, why, "/courriels"));
    }
    let slow = now.minus(SLOW_MAIL);
    if etat.courriel_configure && etat.plus_ancien_courriel.is_some_and(|oldest| oldest < slow) {
        let why = phrase!(
            "Des e-mails attendent depuis plus d’une heure : le serveur d’e-mails ne les prend pas.",
            "Mail has waited for more than an hour: the mail server does not take it.",
            "تنتظر رسائل بريد منذ أكثر من ساعة: خادم البريد لا يقبلها."
        );
        wrong.push((Courriel, why, "/courriels"));
    }
    let soon = now.plus(if etat.autorite_locale { SOON } else { SOON_OWN }).in_zone(&TimeZone::UTC).date();
    if let Some(end) = etat.certificat_expire.filter(|end| *end < soon) {
        let why = if etat.autorite_locale {
            phrase!(
                "Le certificat du serveur se termine le {end} et n’a pas pu être renouvelé : voyez le journal technique.",
                "The server's certificate ends on {end} and could not be renewed: see the log.",
                "تنتهي شهادة الخادم يوم \u{2068}{end}\u{2069} وتعذّر تجديدها: راجع السجل التقني."
            )
        } else {
            phrase!(
                "Le certificat de l’usine se termine le {end} : remplacez ses deux fichiers, ils sont repris dans l’heure.",
                "The plant's own certificate ends on {end}: replace its two files, they are taken up within the hour.",
                "تنتهي شهادة المصنع يوم \u{2068}{end}\u{2069}: استبدل ملفيها، ويُعمل بهما خلال ساعة."
            )
        };
        wrong.push((Certificat, why, "/etat"));
    }
    for (job, ..) in store::last_runs(db)?.into_iter().filter(|(.., failed)| *failed) {
        let Some(standing) = standings.iter().find(|standing| standing.job.name == job) else { continue };
        let (fr, en, ar) = standing.job.label;
        // Those of the backups raise an alarm of their own.
        let code = if job.ends_with("sauvegarde") { Sauvegarde } else { Tache };
        wrong.push((
            code,
            phrase!("Échec de « {fr} ».", "\"{en}\" failed.", "فشلت المهمة «{ar}»."),
            "/taches",
        ));
    }
    Ok(wrong)
}

/// What befell the machine while the server ran.
fn accidents(app: &App) -> Vec<(CodeAnomalie, Phrase, &'static str)> {
    use CodeAnomalie::{Base, Disque, Documents, Ecriture, Journal, Limites};
    let mut wrong = Vec::new();
    if app.is_disk_full() {
        let why = phrase!(
            "Le disque est plein : on se connecte et on lit, mais plus rien n’est enregistré. Faites de la place, sans redémarrer.",
            "The disk is full: people sign in and read, but nothing is saved any more. Make room; no restart is needed.",
            "القرص ممتلئ: يمكن الدخول والقراءة لكن لم يعد يُحفظ شيء. حرّر مساحة، دون إعادة تشغيل."
        );
        wrong.push((Disque, why, "/etat"));
    }
    if !app.has_documents_folder() {
        let why = phrase!(
            "Le dossier « documents » n’est plus là ou ne peut pas être écrit : les fichiers sont refusés, le reste marche.",
            "The folder \"documents\" is gone or cannot be written: files are refused, the rest works.",
            "المجلد «\u{2068}documents\u{2069}» مفقود أو لا يقبل الكتابة: تُرفض الملفات والباقي يعمل."
        );
        wrong.push((Documents, why, "/etat"));
    }
    if !app.has_writer() {
        let why = phrase!(
            "Le serveur n’enregistre plus rien : redémarrez-le.",
            "The server saves nothing any more: restart it.",
            "لم يعد الخادم يحفظ شيئًا: أعد تشغيله."
        );
        wrong.push((Ecriture, why, "/etat"));
    }
    for copy in app.damaged_logs() {
        let shown = copy.display();
        let why = phrase!(
            "Le fichier -wal de la base était abîmé à un démarrage : des enregistrements confirmés manquent. Lancez « check », comparez avec la dernière sauvegarde et ressaisissez ce qui manque, puis déplacez {shown}, qui est gardé pour cela. Faites examiner le disque.",
            "The database's log was damaged at a start: changes that were confirmed are missing. Run \"check\", compare with the last backup and enter again what is missing, then move {shown} away, which is kept for that. Have the disk examined.",
            "كان ملف \u{2068}-wal\u{2069} لقاعدة البيانات تالفًا عند التشغيل: ضاعت تسجيلات مؤكَّدة. شغّل «\u{2068}check\u{2069}» وقارن مع آخر نسخة احتياطية وأعد إدخال ما ضاع، ثم انقل \u{2068}{shown}\u{2069} المحفوظ لهذا الغرض. وافحص القرص."
        );
        wrong.push((Base, why, "/etat"));
    }
    let lost = logs::lost_lines();
    if lost > 0 {
        let why = phrase!(
            "{lost} ligne(s) du journal technique n’ont pas pu être écrites depuis le démarrage : disque plein, ou sortie fermée.",
            "{lost} line(s) of the log could not be written since the start: a full disk, or a closed output.",
            "أسطر السجل التقني التي تعذّرت كتابتها منذ التشغيل: {lost} (قرص ممتلئ أو مخرج مغلق)."
        );
        wrong.push((Journal, why, "/etat"));
    }
    // The full disk and the missing folder are told above.
    let told = ["disque_plein", "documents_absents"];
    // People for whom there is no place see no page that would tell them: one of them is enough.
    let many = |reason: &str| if reason == NO_PLACE { 1 } else { MANY_REFUSALS };
    let bites = |(reason, count): &(&str, u64)| *count >= many(reason) && !told.contains(reason);
    for (reason, count) in app.metrics().refused_lately().into_iter().filter(bites) {
        let why = phrase!(
            "{count} demandes ont été refusées depuis une heure par une limite du serveur ({reason}).",
            "{count} requests were refused in the last hour by a limit of the server ({reason}).",
            "الطلبات التي رفضها أحد حدود الخادم خلال ساعة: {count} (\u{2068}{reason}\u{2069})."
        );
        wrong.push((Limites, why, "/etat"));
    }
    wrong
}

fn bytes(path: &Path) -> u64 {
    path.metadata().map_or(0, |data| data.len())
}

fn room(data_dir: &Path, floor: Option<u64>) -> Option<u64> {
    Folder::of(data_dir).room(floor).ok()
}
