//! THE list of the jobs that run at their times, and of those who follow the journal.
//!
//! When a job runs, what happens when it fails, and what is remembered of it, is said in
//! [`crate::kernel::scheduler`]. Each follower acts soon after something was journalled.

use std::time::Duration;

use jiff::civil::time;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::kernel::app::{App, System};
use crate::kernel::auth::{purge_idempotency, write_counted};
use crate::kernel::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::follow::{self, Follower};
use crate::kernel::scheduler::{self, Done, Every, Job, Timetable};
use crate::{clients, documents, etat, notifications, pieces, planning, sauvegardes, users};

const JOBS: &[Job] = &[
    Job {
        name: planning::GENERATION,
        label: (
            "Interventions préventives à créer",
            "Preventive interventions to create",
            "التدخلات الوقائية المستحقة",
        ),
        every: Every::Minute,
        needs_clock: true,
        when: Some(planning::is_any_due),
        run: |system| Box::pin(planning::generate_due(system)),
    },
    Job {
        name: "purge-idempotence",
        label: (
            "Purge des réponses gardées pour les envois répétés",
            "Forget answers kept for repeated requests",
            "حذف الأجوبة المحفوظة للطلبات المكررة",
        ),
        every: Every::Hour,
        needs_clock: true,
        when: None,
        run: |system| Box::pin(purge(system, purge_idempotency)),
    },
    Job {
        name: "purge-sessions",
        label: (
            "Purge des sessions terminées et des échecs de connexion",
            "Forget ended sessions and failed sign-ins",
            "حذف الجلسات المنتهية ومحاولات الدخول الفاشلة",
        ),
        every: Every::Hour,
        needs_clock: true,
        when: None,
        run: |system| Box::pin(forget_people(system)),
    },
    Job {
        name: "purge-documents",
        label: (
            "Retrait des fichiers des documents supprimés la veille",
            "Remove the files of documents deleted a day ago",
            "إزالة ملفات الوثائق المحذوفة منذ يوم",
        ),
        every: Every::Hour,
        needs_clock: true,
        when: None,
        run: |system| Box::pin(documents::sweep(system)),
    },
    Job {
        name: "verification-documents",
        label: (
            "Relecture des fichiers des documents, chacun une fois par semaine",
            "Read the documents' files again, each once a week",
            "إعادة قراءة ملفات الوثائق، كل ملف مرة في الأسبوع",
        ),
        every: Every::Hour,
        needs_clock: true,
        when: None,
        run: |system| Box::pin(documents::verify(system)),
    },
    Job {
        name: "rappels",
        label: (
            "Rappel des créneaux du lendemain",
            "Remind people of tomorrow's slots",
            "التذكير بمواعيد الغد",
        ),
        every: Every::Day(time(7, 0, 0, 0)),
        needs_clock: true,
        when: None,
        run: |system| Box::pin(async { notifications::reminders(system).await.map(Done::all) }),
    },
    Job {
        name: "retards",
        label: (
            "Alerte des dates limites passées",
            "Alert people of what is overdue",
            "التنبيه إلى الآجال الفائتة",
        ),
        every: Every::Hour,
        needs_clock: true,
        when: None,
        run: |system| Box::pin(async { notifications::overdue(system).await.map(Done::all) }),
    },
    Job {
        name: "resumes",
        label: (
            "Résumés quotidiens par e-mail",
            "Daily digests by e-mail",
            "الملخصات اليومية بالبريد الإلكتروني",
        ),
        every: Every::Minute,
        needs_clock: true,
        when: None,
        run: |system| Box::pin(async { notifications::digests(system).await.map(Done::all) }),
    },
    Job {
        name: "sauvegarde",
        label: (
            "Sauvegarde de la nuit (14 jours et 8 semaines gardés)",
            "Backup of the night (14 days and 8 weeks are kept)",
            "النسخة الاحتياطية الليلية (تُحفظ 14 يومًا و8 أسابيع)",
        ),
        every: Every::Day(time(2, 0, 0, 0)),
        needs_clock: false,
        when: None,
        run: |system| Box::pin(sauvegardes::nightly(system)),
    },
    Job {
        name: "exercice-sauvegarde",
        label: (
            "Exercices de restauration demandés, et celui du dimanche",
            "Restore drills that were asked for, and Sunday's",
            "تجارب الاستعادة المطلوبة وتجربة يوم الأحد",
        ),
        every: Every::Minute,
        needs_clock: false,
        when: Some(sauvegardes::is_drill_asked),
        run: |system| Box::pin(sauvegardes::drills(system)),
    },
    Job {
        name: "alerte-sauvegarde",
        label: (
            "Alerte quand une nuit a passé sans sauvegarde",
            "Alert when a night went by without a backup",
            "التنبيه عند مرور ليلة دون نسخة احتياطية",
        ),
        every: Every::Hour,
        needs_clock: true,
        when: None,
        run: |system| Box::pin(sauvegardes::watch(system)),
    },
    Job {
        name: "alerte-serveur",
        label: (
            "Alerte serveur : disque, certificat, e-mails, tâches",
            "Server alert: disk, certificate, e-mails, jobs",
            "تنبيه الخادم: القرص والشهادة والبريد والمهام",
        ),
        every: Every::Hour,
        needs_clock: true,
        when: None,
        run: |system| Box::pin(etat::watch(system)),
    },
];

/// The jobs, by the wall clock of the zone that most sites are in.
pub const TIMETABLE: Timetable = Timetable { jobs: JOBS, zone: clients::plant_zone };

/// Those who act on what others did, each with its own bookmark in the journal.
const FOLLOWERS: &[Follower] = &[
    // Échéances follow what becomes of their interventions, and dates what becomes of their site.
    Follower { name: "planning", follow: planning::follow },
    // What the end of an intervention frees goes to those who wait for it.
    pieces::FOLLOWER,
    notifications::FOLLOWER,
];

/// How long a follower lets entries gather before it acts: one transaction for many is cheaper, and nobody
/// sees the difference.
const GATHER: Duration = Duration::from_millis(50);

/// After a fault (a full disk, a full queue) a follower tries again this much later.
const AFTER_FAULT: Duration = Duration::from_secs(5);

/// At a stop, a job has this long to end between two of its items.
const LAST_ITEM: Duration = Duration::from_secs(3);

/// What runs by itself. Dropping it stops all of it, a job under way between two of its steps.
pub struct Running {
    app: App,
    jobs: JoinSet<()>,
    deliveries: JoinSet<()>,
    _followers: JoinSet<()>,
}

/// Starts the jobs' clock and every follower.
pub fn start(app: &App) -> Running {
    let (mut jobs, mut followers) = (JoinSet::new(), JoinSet::new());
    jobs.spawn(scheduler::keep_time(app.clone()));
    for follower in FOLLOWERS {
        followers.spawn(keep_up(*follower, app.clone()));
    }
    let mut deliveries = JoinSet::new();
    deliveries.spawn(keep_delivering(app.clone()));
    Running { app: app.clone(), jobs, deliveries, _followers: followers }
}

impl Running {
    /// Stops, once the server has announced that it does. A job under way ends its item and is noted; messages
    /// being handed over are marked, or handed over again at the next start.
    pub async fn stop(mut self) {
        scheduler::nudge(&self.app);
        let ended = async { tokio::join!(self.jobs.join_next(), self.deliveries.join_next()) };
        let _ = timeout(LAST_ITEM, ended).await;
        if let Err(error) = write_refusals(&System::new(&self.app, "arret")).await {
            tracing::warn!(%error, "refusals that were only counted could not be written in the journal");
        }
    }
}

/// Lets every follower act upon all that is journalled by now.
pub async fn catch_up(app: &App) -> Result<()> {
    // What one writes another may follow.
    loop {
        let mut entries = 0;
        for follower in FOLLOWERS {
            entries += follow::catch_up(&System::new(app, follower.name), *follower).await?;
        }
        if entries == 0 {
            return Ok(());
        }
    }
}

async fn keep_up(follower: Follower, app: App) {
    let mut commits = app.commits();
    let system = System::new(&app, follower.name);
    loop {
        commits.mark_unchanged();
        if let Err(error) = follow::catch_up(&system, follower).await {
            tracing::error!(follower = follower.name, %error, "the journal could not be followed");
            sleep(AFTER_FAULT).await;
        } else if commits.changed().await.is_err() {
            return;
        }
        sleep(GATHER).await;
    }
}

/// Hands messages over as long as the server runs, whatever goes wrong with one.
async fn keep_delivering(app: App) {
    while !app.is_stopping() {
        let mut run = JoinSet::new();
        run.spawn(notifications::deliver(app.clone()));
        if let Some(Err(error)) = run.join_next().await {
            tracing::error!(%error, "the delivery of messages panicked");
            sleep(AFTER_FAULT).await;
        }
    }
}

/// What nobody asks about any more goes; what was refused and only counted is written down.
async fn forget_people(system: System) -> Result<Done> {
    write_refusals(&system).await?;
    purge(system, users::purge).await
}

/// Writes the refusals that were counted since the last time.
async fn write_refusals(system: &System) -> Result<()> {
    write_counted(system).await?;
    match system.app().refusals().take_sign_ins() {
        0 => Ok(()),
        count => {
            let written = system.write_vital(move |tx| users::record_counted(tx, count)).await;
            if written.is_err() {
                system.app().refusals().put_back_sign_ins(count);
            }
            written
        }
    }
}

async fn purge(system: System, work: fn(&Tx<'_>) -> Result<usize>) -> Result<Done> {
    system.write(work).await.map(Done::all)
}
