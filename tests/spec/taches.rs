//! What the server does by itself, as those who run the plant see it.

use std::time::Duration;

use erp_interventions::kernel::scheduler;
use serde_json::{Value, json};

use crate::interventions::value;
use crate::plant::{Plant, Reply};

const HOUR: u64 = 3600;

/// The scheduler wakes, `monotonic` seconds after the server began.
pub async fn tick(plant: &Plant, monotonic: u64) {
    scheduler::tick(&plant.app, Duration::from_secs(monotonic)).await.expect("a wake-up");
}

/// An hour passes, by all clocks.
async fn an_hour_later(plant: &Plant, monotonic: &mut u64) {
    plant.advance(Duration::from_secs(HOUR));
    *monotonic += HOUR;
    tick(plant, *monotonic).await;
}

fn job<'r>(reply: &'r Reply, nom: &str) -> &'r Value {
    let jobs = reply["taches"].as_array().expect("the jobs");
    jobs.iter().find(|job| job["nom"] == nom).expect("a job of this name")
}

#[tokio::test]
async fn those_who_run_the_plant_read_what_each_job_did_and_when_it_comes_again() {
    let plant = Plant::new();
    let before = plant.responsable().get("planning/taches").await.expect(200);

    tick(&plant, 0).await;

    let after = plant.responsable().get("planning/taches").await.expect(200);
    let (never, once) = (job(&before, "purge-sessions"), job(&after, "purge-sessions"));
    assert_eq!((&never["derniere"], &never["prochaine"]), (&Value::Null, &json!("2031-01-15T08:00:00Z")));
    assert_eq!(once["libelle"], "Purge des sessions terminées et des échecs de connexion");
    assert_eq!(
        (&once["frequence"], &once["prochaine"]),
        (&json!("chaque heure"), &json!("2031-01-15T09:00:00Z"))
    );
    assert_eq!((&once["en_cours"], &once["retenue"]), (&json!(false), &Value::Null));
    let run = &once["derniere"];
    assert_eq!((&run["date"], &run["resultat"]), (&json!("2031-01-15T08:00:00Z"), &json!("reussie")));
    assert_eq!((&run["declencheur"], &run["faites"]), (&json!("horaire"), &json!(0)));
    assert_eq!(
        after["horloge"],
        json!({"maintenant": "2031-01-15T08:00:00Z", "fiable": true, "raison": null})
    );
    let english = [("accept-language", "en")];
    let english = plant.admin().send("GET", "planning/taches", &english, None).await.expect(200);
    assert_eq!(job(&english, "purge-sessions")["frequence"], "every hour");
}

#[tokio::test]
async fn runs_are_listed_newest_first_and_filtered_by_job() {
    let (plant, mut monotonic) = (Plant::new(), 0);
    for _ in 0..3 {
        an_hour_later(&plant, &mut monotonic).await;
    }

    let all = plant.responsable().get("planning/taches?page_size=2").await.expect(200);
    let one = plant.responsable().get("planning/taches?tache=purge-sessions").await.expect(200);
    let none = plant.responsable().get("planning/taches?tache=rien").await.expect(200);

    let jobs = all["taches"].as_array().expect("the jobs").iter();
    let hourly = jobs.filter(|job| job["frequence"] == "chaque heure").count();
    assert_eq!((all["items"].as_array().map(Vec::len), &all["total"]), (Some(2), &json!(3 * hourly)));
    let dates: Vec<_> = one["items"].as_array().expect("runs").iter().map(|run| &run["date"]).collect();
    assert_eq!(dates, ["2031-01-15T11:00:00Z", "2031-01-15T10:00:00Z", "2031-01-15T09:00:00Z"]);
    assert_eq!(none["total"], 0);
    assert!(!none["taches"].as_array().expect("the jobs").is_empty(), "the jobs are not filtered");
}

#[tokio::test]
async fn a_job_that_fails_says_so_harms_no_other_and_comes_again() {
    let (plant, mut monotonic) = (Plant::new(), 0);
    let broken = "create trigger panne before delete on idempotency begin select raise(abort, 'panne'); end;
         insert into idempotency (user_id, key, fingerprint, status, body, created_at) values (1, 'k', zeroblob(32), 200, x'', 0)";
    plant.database().execute_batch(broken).expect("a fault");

    tick(&plant, 0).await;
    let failed = plant.responsable().get("planning/taches").await.expect(200);
    plant.database().execute_batch("drop trigger panne").expect("a repair");
    an_hour_later(&plant, &mut monotonic).await;

    let run = &job(&failed, "purge-idempotence")["derniere"];
    assert_eq!((&run["resultat"], &run["faites"]), (&json!("echouee"), &json!(0)));
    assert_eq!(run["erreur"], "La base de données refuse (panne).");
    assert_eq!(job(&failed, "purge-sessions")["derniere"]["resultat"], "reussie");
    let repaired = plant.responsable().get("planning/taches").await.expect(200);
    let run = &job(&repaired, "purge-idempotence")["derniere"];
    assert_eq!((&run["resultat"], &run["faites"]), (&json!("reussie"), &json!(1)));
}

#[tokio::test]
async fn an_administrator_runs_a_job_now_once_per_request() {
    let plant = Plant::new();
    tick(&plant, 0).await;
    let key = [("idempotency-key", "une-fois")];
    let launch = "planning/taches/purge-sessions/lancer";

    let asked = plant.admin().send("POST", launch, &key, None).await.expect(202);
    let twice = plant.admin().post(launch, json!({})).await.expect(409);
    tick(&plant, 1).await;
    let again = plant.admin().send("POST", launch, &key, None).await.expect(202);
    tick(&plant, 2).await;
    let unknown = plant.admin().post("planning/taches/rien/lancer", json!({})).await;

    assert_eq!((&asked["nom"], &asked["en_cours"]), (&json!("purge-sessions"), &json!(true)));
    assert_eq!((twice.code(), again.header("idempotent-replayed")), ("deja_en_cours", "true"));
    unknown.expect(404);
    let runs = plant.admin().get("planning/taches?tache=purge-sessions").await.expect(200);
    assert_eq!((&runs["total"], &runs["items"][0]["declencheur"]), (&json!(2), &json!("manuel")));
    assert_eq!(
        value(&plant, "select acteur || apres from journal where action = 'tache.lancement'"),
        r#"admin{"nom":"purge-sessions"}"#
    );
}

// b5
#[tokio::test]
async fn a_clock_that_went_back_is_told_and_dated_jobs_wait_until_somebody_vouches_for_it() {
    let (plant, mut monotonic) = (Plant::new(), 0);
    tick(&plant, 0).await;
    plant.set_time("2031-01-10T08:00:00Z");
    an_hour_later(&plant, &mut monotonic).await;

    let doubted = plant.responsable().get("planning/taches").await.expect(200);
    let refused = plant.admin().post("planning/taches/purge-sessions/lancer", json!({})).await.expect(409);
    let vouch =
        async |time: &str| plant.admin().post("planning/taches/horloge", json!({"maintenant": time})).await;
    let wrong = vouch("2031-01-15T09:00:00Z").await.expect(422);
    let right = vouch("2031-01-10T09:03:00Z").await.expect(200);
    an_hour_later(&plant, &mut monotonic).await;

    assert_eq!(doubted["horloge"]["fiable"], false);
    let reason = doubted["horloge"]["raison"].as_str().expect("a reason");
    assert!(reason.contains("2031-01-10T09:00:00Z") && reason.contains("2031-01-15T08:00:00Z"), "{reason}");
    let held = job(&doubted, "purge-sessions");
    assert_eq!((&held["retenue"], &held["prochaine"]), (&json!(reason), &Value::Null));
    assert_eq!((refused.code(), &wrong["errors"][0]["champ"]), ("horloge_incertaine", &json!("maintenant")));
    assert_eq!(right["fiable"], true);
    let free = plant.responsable().get("planning/taches").await.expect(200);
    assert_eq!(job(&free, "purge-sessions")["derniere"]["date"], "2031-01-10T10:00:00Z");
    assert_eq!(value(&plant, "select count(*) from journal where action = 'horloge.confirmation'"), "1");
}

/// A weekly plan on the pump that is due.
async fn due_plan(plant: &Plant, titre: &str) -> i64 {
    let plan = json!({
        "titre": titre, "equipement_id": 1, "frequence": "hebdomadaire", "date_debut": "2031-01-15"
    });
    plant.responsable().post("planning", plan).await.expect(201).id()
}

fn made(plant: &Plant) -> String {
    value(plant, "select group_concat(titre, ', ') from (select titre from interventions order by id)")
}

// D3
#[tokio::test]
async fn the_generation_job_makes_what_is_due_and_one_plan_that_fails_stops_no_other() {
    let (plant, mut monotonic) = (Plant::new(), 0);
    for titre in ["Un", "Deux", "Trois"] {
        due_plan(&plant, titre).await;
    }
    let broken = "create trigger panne before insert on interventions when new.titre = 'Deux'
         begin select raise(abort, 'panne'); end";
    plant.database().execute_batch(broken).expect("a fault");

    tick(&plant, 0).await;
    let failed = plant.responsable().get("planning/taches?tache=generation").await.expect(200);
    for minute in 1..=5 {
        plant.advance(Duration::from_secs(60));
        monotonic = minute * 60;
        tick(&plant, monotonic).await;
    }
    let soon = plant.responsable().get("planning/taches?tache=generation").await.expect(200);
    plant.database().execute_batch("drop trigger panne").expect("a repair");
    an_hour_later(&plant, &mut monotonic).await;

    let run = &failed["items"][0];
    assert_eq!(
        (&run["resultat"], &run["faites"], &run["ignorees"]),
        (&json!("partielle"), &json!(2), &json!(1))
    );
    let why = json!({"entite": "planning", "entite_id": 2, "raison": "La base de données refuse (panne)."});
    assert_eq!(run["details"], json!([why]));
    assert_eq!(soon["total"], 1, "a plan that failed rests, and an idle minute leaves no row");
    assert_eq!(made(&plant), "Un, Trois, Deux");
}

#[tokio::test]
async fn an_administrator_who_repaired_a_plan_need_not_wait_until_it_is_tried_again() {
    let plant = Plant::new();
    due_plan(&plant, "Un").await;
    let broken =
        "create trigger panne before insert on interventions begin select raise(abort, 'panne'); end";
    plant.database().execute_batch(broken).expect("a fault");
    tick(&plant, 0).await;
    plant.database().execute_batch("drop trigger panne").expect("a repair");

    plant.admin().post("planning/taches/generation/lancer", json!({})).await.expect(202);
    tick(&plant, 1).await;

    assert_eq!(made(&plant), "Un");
}

// D3
#[tokio::test]
async fn the_day_of_a_plan_begins_when_the_zone_of_the_data_directory_says() {
    let plant = Plant::new();
    plant.set_time("2031-01-14T22:30:00Z");
    let zone = plant.data_dir().join("zoneinfo/Africa/Casablanca");
    std::fs::create_dir_all(zone.parent().expect("a folder")).expect("a folder");
    // Two hours ahead of UTC, all year: a day begins at 22:00 in UTC.
    std::fs::write(&zone, two_hours_ahead()).expect("a file");

    due_plan(&plant, "Selon l’exécutable").await;
    tick(&plant, 0).await;
    let embedded = made(&plant);
    let plant = plant.restart().await;
    due_plan(&plant, "Selon l’usine").await;
    tick(&plant, 0).await;

    assert_eq!(embedded, "", "in Casablanca it is 22:30 of the day before");
    assert_eq!(made(&plant), "Selon l’usine");
}

/// A TZif file (RFC 9636) of one offset.
fn two_hours_ahead() -> Vec<u8> {
    let header = |version: u8| {
        let counts = [0_u32, 0, 0, 0, 1, 4]; // isut, isstd, leaps, transitions, types, characters
        let mut bytes = [b"TZif".as_slice(), &[version], &[0; 15]].concat();
        bytes.extend(counts.into_iter().flat_map(u32::to_be_bytes));
        bytes
    };
    let block = [7200_i32.to_be_bytes().as_slice(), &[0, 0], b"+02\0"].concat();
    [header(b'2'), block.clone(), header(b'2'), block, b"\n<+02>-2\n".to_vec()].concat()
}
