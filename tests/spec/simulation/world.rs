//! The years themselves.

use std::path::Path;
use std::time::Duration;

use erp_interventions::jobs;
use erp_interventions::kernel::clock::Instant;
use erp_interventions::kernel::scheduler::{self, Timetable};
use futures_util::future::join_all;
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::plant::Plant;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// 2015-01-05T06:00:00Z: years in which Casablanca changes its clock around Ramadan, and in 2018 its whole winter, lie
/// ahead; and ten of them end before today, which `check` compares the journal with.
const BEGINNING: i64 = 1_420_437_600;

const PLANS: u64 = 40;

/// People who ask for the same échéances at once.
const CROWD: usize = 16;

/// A plant without its nightly backups, which would take longer than all the rest and have tests of their own.
fn plant(data: Option<&Path>) -> Plant {
    let jobs = jobs::TIMETABLE.jobs.iter().filter(|job| !job.name.contains("sauvegarde")).copied();
    let timetable = Timetable { jobs: jobs.collect::<Vec<_>>().leak(), ..jobs::TIMETABLE };
    Plant::that_does(timetable, data)
}

/// How often what happened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    pub ticks: u32,
    pub finished: u32,
    pub cancelled: u32,
    pub deleted: u32,
    pub reopened: u32,
    pub skipped: u32,
    pub suspended: u32,
    pub restarts: u32,
    pub crashes: u32,
    pub faults: u32,
    pub restores: u32,
    pub crowds: u32,
    pub lies: u32,
    pub lies_at_start: u32,
    pub vouched: u32,
}

impl Seen {
    pub fn all(self) -> [(&'static str, u32); 15] {
        let Self { ticks, finished, cancelled, deleted, reopened, skipped, suspended, .. } = self;
        let Self { restarts, crashes, faults, restores, crowds, lies, lies_at_start, vouched, .. } = self;
        [
            ("ticks", ticks),
            ("finished", finished),
            ("cancelled", cancelled),
            ("deleted", deleted),
            ("reopened", reopened),
            ("skipped", skipped),
            ("suspended", suspended),
            ("restarts", restarts),
            ("crashes", crashes),
            ("faults", faults),
            ("restores", restores),
            ("crowds", crowds),
            ("lies", lies),
            ("lies_at_start", lies_at_start),
            ("vouched", vouched),
        ]
    }
}

/// Numbers that look random and are the same for the same seed (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn between(&mut self, from: i64, to: i64) -> i64 {
        from + self.below((to - from + 1) as u64) as i64
    }

    fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// An open intervention of a plan.
struct Open {
    id: i64,
    is_led: bool,
    has_begun: bool,
    /// Days since 1970 of its échéance.
    day: i64,
    /// What will become of it, and when: the same whoever asks.
    fate: u64,
}

pub struct World {
    plant: Plant,
    random: Random,
    seed: u64,
    /// Seconds since 1970, really.
    truth: i64,
    /// How far the machine's clock is ahead of the truth.
    lie: i64,
    /// When the process began.
    boot: i64,
    backup: Option<TempDir>,
    seen: Seen,
}

impl World {
    /// The plant with its plans, on its first morning.
    pub async fn begin(seed: u64) -> Self {
        let plant = plant(None);
        let mut world = Self {
            plant,
            random: Random(seed),
            seed,
            truth: BEGINNING,
            lie: 0,
            boot: BEGINNING,
            backup: None,
            seen: Seen::default(),
        };
        world.set_clock();
        let responsable = world.plant.responsable();
        let paris = json!({"fuseau": "Europe/Paris", "pays": "FR"});
        responsable.patch("sites/2", paris).await.expect(200);
        for (pays, date, nom) in
            [("MA", "2016-07-06", "Aïd el-Fitr"), ("FR", "2016-05-16", "Lundi de Pentecôte")]
        {
            let holiday = json!({"pays": pays, "date": date, "nom": nom});
            responsable.post("planning/jours-feries", holiday).await.expect(201);
        }
        for number in 0..PLANS {
            let plan = world.plan(number);
            world.plant.responsable().post("planning", plan).await.expect(201);
        }
        world
    }

    /// Every frequency with every policy in turn; some begin in the past, some on the last of a month.
    fn plan(&mut self, number: u64) -> Value {
        let random = &mut self.random;
        let (frequence, most) = random.pick(&[
            ("journalier", 40),
            ("hebdomadaire", 8),
            ("mensuel", 3),
            ("trimestriel", 2),
            ("semestriel", 1),
            ("annuel", 1),
        ]);
        let sens = random.pick(&["avant", "apres", "aucun"]);
        let (feries, week_ends) =
            random.pick(&[(sens, sens), (sens, "aucun"), ("aucun", sens), ("aucun", "aucun")]);
        let mut plan = json!({
            "titre": format!("Plan {number}"),
            "equipement_id": 1 + number % 2,
            "frequence": frequence,
            "intervalle": random.between(1, most),
            "date_debut": random.pick(&["2014-10-31", "2015-01-05", "2015-01-31", "2015-02-28", "2015-03-29"]),
            "tolerance_jours": random.pick(&[0, 0, 2, 7]),
            "anticipation_jours": random.pick(&[0, 0, 1, 7]),
            "rattrapage": random.pick(&["derniere", "derniere", "toutes", "aucune"]),
            "cumul": random.one_in(4),
            "duree_estimee_min": random.pick(&[30, 60, 240]),
            "report": {"feries": feries, "week_ends": week_ends},
        });
        match number % 3 {
            0 => plan["mode"] = json!("calendaire"),
            1 => plan["mode"] = json!("glissant"),
            _ => plan["facteur_decalage"] = json!(0.5),
        }
        if random.one_in(2) {
            plan["technicien_id"] = json!(random.between(1, 2));
        }
        if random.one_in(8) {
            plan["date_fin"] = json!("2016-06-30");
        }
        plan
    }

    pub async fn live(&mut self, years: u64) {
        let end = BEGINNING + years as i64 * 365 * DAY;
        while self.truth < end {
            let step = self.random.between(3 * HOUR, 26 * HOUR);
            self.pass(step).await;
            self.misfortune().await;
            self.people_act().await;
            self.look().await;
        }
    }

    /// The last day: nobody is away, nothing lies, everything is caught up with.
    pub async fn end(mut self) -> (TempDir, Seen) {
        self.tell_the_truth().await;
        for plan in self.numbers("select id from plannings where statut = 'suspendu'") {
            let path = format!("planning/{plan}");
            self.plant.responsable().patch(&path, json!({"statut": "actif"})).await.expect(200);
        }
        for _ in 0..3 {
            self.pass(2 * HOUR).await;
            self.look().await;
        }
        (self.plant.stop().await, self.seen)
    }

    /// Time goes by while the server runs.
    async fn pass(&mut self, seconds: i64) {
        self.truth += seconds;
        self.set_clock();
    }

    fn set_clock(&self) {
        self.plant.set_time(&Instant::from_second(self.truth + self.lie).to_string());
    }

    /// The scheduler wakes, and those who follow the journal.
    async fn look(&mut self) {
        jobs::catch_up(&self.plant.app).await.expect("followed");
        self.tick().await;
        jobs::catch_up(&self.plant.app).await.expect("followed");
    }

    async fn tick(&mut self) {
        self.seen.ticks += 1;
        scheduler::tick(&self.plant.app, self.monotonic()).await.expect("a wake-up");
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs((self.truth - self.boot) as u64)
    }

    async fn misfortune(&mut self) {
        match self.random.below(300) {
            0..3 => self.switch_off().await,
            3..6 => self.crash().await,
            6..14 => self.fail().await,
            14..22 => self.lie().await,
            22..30 => self.crowd().await,
            30 => self.restore().await,
            31..33 => self.suspend().await,
            33..36 => self.skip().await,
            _ => {}
        }
    }

    /// The server is off for hours or weeks; now and then it wakes with a dead battery.
    async fn switch_off(&mut self) {
        self.seen.restarts += 1;
        self.truth += self.random.pick(&[HOUR, 8 * HOUR, 3 * DAY, 20 * DAY, 45 * DAY]);
        self.restart().await;
        if self.random.one_in(3) {
            self.seen.lies_at_start += 1;
            self.lie = self.random.pick(&[-2 * DAY, -self.truth]);
            self.set_clock();
            self.tick().await;
            self.truth += HOUR;
            self.set_clock();
            self.tick().await;
            self.tell_the_truth().await;
        }
    }

    /// The process dies somewhere in the middle of a wake-up.
    async fn crash(&mut self) {
        self.seen.crashes += 1;
        self.truth += 3 * DAY;
        self.set_clock();
        let (app, monotonic) = (self.plant.app.clone(), self.monotonic());
        let tick = tokio::spawn(async move { scheduler::tick(&app, monotonic).await });
        tokio::time::sleep(Duration::from_micros(self.random.below(20_000))).await;
        tick.abort();
        let _ = tick.await;
        self.restart().await;
    }

    /// The database refuses a statement here and there while there is work to do.
    async fn fail(&mut self) {
        self.seen.faults += 1;
        let statement = self.random.pick(&[
            "insert on interventions",
            "insert on echeances",
            "update on echeances",
            "update on plannings",
            "insert on journal",
            "insert on historique",
            "insert on affectations",
            "insert on job_runs",
        ]);
        let every = self.random.pick(&[1, 2, 5]);
        let fault = format!(
            "create trigger faute before {statement} when random() % {every} = 0
             begin select raise(abort, 'faute'); end"
        );
        self.execute(&fault);
        self.pass(DAY).await;
        scheduler::tick(&self.plant.app, self.monotonic()).await.expect("a wake-up, whatever its jobs did");
        self.execute("drop trigger faute");
        self.pass(2 * HOUR).await;
    }

    /// Somebody sets the machine's clock wrong, and later right.
    async fn lie(&mut self) {
        self.seen.lies += 1;
        self.lie = self.random.pick(&[1, -1, HOUR, -HOUR, -2 * DAY, 2 * DAY, 400 * DAY, -self.truth]);
        for _ in 0..self.random.between(1, 4) {
            self.pass(HOUR / 2).await;
            self.tick().await;
        }
        self.tell_the_truth().await;
    }

    /// The clock is set right. Where it had been believed wrong, it is doubted now, until somebody vouches for it.
    async fn tell_the_truth(&mut self) {
        self.lie = 0;
        // Past where a clock that was an hour ahead had been, and was believed.
        self.pass(2 * HOUR).await;
        self.tick().await;
        let jobs = self.plant.admin().get("planning/taches").await.expect(200);
        if jobs["horloge"]["fiable"] == false {
            let now = json!({"maintenant": Instant::from_second(self.truth)});
            self.plant.admin().post("planning/taches/horloge", now).await.expect(200);
            self.seen.vouched += 1;
        }
    }

    /// Sixteen people ask for what is due at the moment of the tick.
    async fn crowd(&mut self) {
        self.seen.crowds += 1;
        self.pass(DAY).await;
        let due = format!("select id from plannings where a_generer_le <= {}", self.truth);
        let mut plans = self.numbers(&due);
        plans.push(self.random.between(1, PLANS as i64));
        let responsable = self.plant.responsable();
        let ask = |number: usize| {
            let (responsable, path) =
                (&responsable, format!("planning/{}/generer", plans[number % plans.len()]));
            async move { responsable.post(&path, json!({})).await.expect(200) }
        };
        let monotonic = self.monotonic();
        let (tick, _) =
            tokio::join!(scheduler::tick(&self.plant.app, monotonic), join_all((0..CROWD).map(ask)));
        tick.expect("a wake-up");
    }

    /// A backup is made, or the one made before takes the place of the data: what happened since did not happen.
    async fn restore(&mut self) {
        let Some(backup) = self.backup.take() else {
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("erp.sqlite3");
            self.execute(&format!("vacuum into '{}'", file.display()));
            self.backup = Some(folder);
            return;
        };
        self.seen.restores += 1;
        self.truth += DAY;
        let data = self.plant.data_dir().to_owned();
        self.plant.app.close().await;
        for file in ["erp.sqlite3-wal", "erp.sqlite3-shm"] {
            let _ = std::fs::remove_file(data.join(file));
        }
        std::fs::copy(backup.path().join("erp.sqlite3"), data.join("erp.sqlite3")).expect("a copy");
        let fresh = plant(Some(&data));
        self.plant = fresh;
        self.boot = self.truth;
        self.set_clock();
    }

    async fn suspend(&mut self) {
        self.seen.suspended += 1;
        let path = format!("planning/{}", self.random.between(1, PLANS as i64));
        let plan = self.plant.responsable().get(&path).await.expect(200);
        let other = if plan["statut"] == "actif" { "suspendu" } else { "actif" };
        if plan["statut"] != "termine" {
            self.plant.responsable().patch(&path, json!({"statut": other})).await.expect(200);
        }
    }

    /// Somebody leaves out an échéance that is to come.
    async fn skip(&mut self) {
        let plan = self.random.between(1, PLANS as i64);
        let next = format!("select prochain_k from plannings where id = {plan}");
        let k = self.numbers(&next)[0] + self.random.between(0, 3);
        let path = format!("planning/{plan}/echeances/{k}/sauter");
        let reply = self.plant.responsable().post(&path, json!({"motif": "Arrêt annuel"})).await;
        // Beyond the plan's end there is none, and one may be left out already.
        if reply.status.is_success() {
            self.seen.skipped += 1;
        } else {
            assert!([404, 409].contains(&reply.status.as_u16()), "{reply:?}");
        }
    }

    async fn people_act(&mut self) {
        let today = self.truth.div_euclid(DAY);
        for open in self.open() {
            let age = today - open.day;
            let path = format!("interventions/{}", open.id);
            let patience = (open.fate / 100 % 25) as i64;
            match open.fate % 100 {
                // In time, or nearly.
                0..55 if age >= patience / 10 => self.finish(&open, &path).await,
                55..72 if age >= patience => self.finish(&open, &path).await,
                72..80 => self.finish(&open, &path).await,
                80..86 if age >= patience => self.cancel(&path).await,
                86..90 if !open.has_begun => {
                    self.plant.responsable().delete(&path).await.expect(204);
                    self.seen.deleted += 1;
                }
                90..95 if age >= 120 => self.cancel(&path).await,
                95..100 if age >= patience => {
                    self.finish(&open, &path).await;
                    let again = json!({"statut": "en_cours", "remarque": "Fuite revenue"});
                    self.change(&path, again).await;
                    self.change(&path, json!({"statut": "termine", "compte_rendu": "Joint remplacé"})).await;
                    self.seen.reopened += 1;
                }
                _ => {}
            }
        }
    }

    async fn finish(&mut self, open: &Open, path: &str) {
        if !open.is_led {
            let lead = json!({"technicien_id": 1 + open.id % 2});
            self.plant.responsable().patch(path, lead).await.expect(200);
        }
        if !open.has_begun {
            self.change(path, json!({"statut": "en_cours"})).await;
        }
        self.change(path, json!({"statut": "termine", "compte_rendu": "Fait"})).await;
        self.seen.finished += 1;
    }

    async fn cancel(&mut self, path: &str) {
        self.change(path, json!({"statut": "annule", "remarque": "Plus nécessaire"})).await;
        self.seen.cancelled += 1;
    }

    async fn change(&self, path: &str, body: Value) {
        self.plant.responsable().patch(&format!("{path}/statut"), body).await.expect(200);
    }

    async fn restart(&mut self) {
        let folder = std::mem::replace(&mut self.plant, Plant::empty()).stop().await;
        self.plant = plant(Some(folder.path()));
        self.boot = self.truth;
        self.set_clock();
    }

    fn open(&self) -> Vec<Open> {
        let connection = self.plant.database();
        let sql = "select i.id, i.technicien_id is not null, i.statut <> 'planifie',
                 cast(julianday(e.date) - 2440587.5 as integer), e.planning_id, e.k
             from interventions i join echeances e on e.intervention_id = i.id
             where i.statut in ('planifie', 'en_cours') and i.supprimee_le is null order by i.id";
        let mut statement = connection.prepare(sql).expect("a query");
        let rows = statement.query_map([], |row| {
            let (plan, k): (i64, i64) = (row.get(4)?, row.get(5)?);
            let fate = mix(self.seed ^ mix((plan as u64) << 32 | k as u64));
            Ok(Open { id: row.get(0)?, is_led: row.get(1)?, has_begun: row.get(2)?, day: row.get(3)?, fate })
        });
        rows.expect("rows").collect::<Result<_, _>>().expect("open interventions")
    }

    fn numbers(&self, sql: &str) -> Vec<i64> {
        let connection = self.plant.database();
        let mut statement = connection.prepare(sql).expect("a query");
        let rows = statement.query_map([], |row| row.get(0)).expect("rows");
        rows.collect::<Result<_, _>>().expect("numbers")
    }

    fn execute(&self, sql: &str) {
        let connection: Connection = self.plant.database();
        connection.execute_batch(sql).expect("a change beside the server");
    }
}
