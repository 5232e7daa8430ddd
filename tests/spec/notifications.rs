//! Who is told what. The matrix stands in `notifications.txt`, which a planner can read and a reviewer must:
//! `UPDATE=1 cargo test --test spec notifications` rewrites it.

use std::fmt::Write as _;

use erp_interventions::kernel::app::System;
use erp_interventions::kernel::auth::Role;
use erp_interventions::kernel::phrase::Language;
use erp_interventions::notifications::{
    self, Fait, FrequenceEmail, MATRIX, Preference, TypeNotification, default_for,
};
use erp_interventions::{jobs, planning};
use serde_json::{Value, json};

use crate::interventions::{go, leak, leak_with, led_by_youssef, value};
use crate::permissions::compare;
use crate::planning::planned;
use crate::plant::Plant;

const PEOPLE: [&str; 6] = ["admin", "responsable", "technicien", "technicien2", "client", "client2"];

/// Lets what happened be told.
pub async fn tell(plant: &Plant) {
    jobs::catch_up(&plant.app).await.expect("the journal is followed");
}

/// Empties every inbox, so that what comes next stands alone.
pub async fn read_all(plant: &Plant) {
    tell(plant).await;
    for person in PEOPLE {
        plant.person(person).post("notifications/tout-lire", Value::Null).await.expect(200);
    }
}

/// What everybody was told since they last read everything: person, type, title.
async fn told(plant: &Plant) -> Vec<(&'static str, String, String)> {
    tell(plant).await;
    let mut told = Vec::new();
    for person in PEOPLE {
        let inbox = plant.person(person).get("notifications/?lue=false&tri=date").await.expect(200);
        for message in inbox["items"].as_array().expect("a list") {
            let text = |member: &str| message[member].as_str().expect("text").to_owned();
            told.push((person, text("type"), text("titre")));
        }
    }
    told
}

/// The titles of what somebody was told since they last read everything, oldest first.
pub async fn titles(plant: &Plant, person: &str) -> Vec<String> {
    told(plant).await.into_iter().filter(|(who, ..)| *who == person).map(|(_, _, title)| title).collect()
}

/// The people who were told something, and of which type.
async fn types(plant: &Plant) -> Vec<(&'static str, String)> {
    told(plant).await.into_iter().map(|(person, kind, _)| (person, kind)).collect()
}

fn owned(list: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    list.iter().map(|(person, kind)| (*person, (*kind).to_owned())).collect()
}

fn slot(technicien: i64, debut: &str, fin: &str) -> Value {
    json!({"technicien_id": technicien, "debut": debut, "fin": fin})
}

async fn book(plant: &Plant, path: &str, slots: &[Value]) {
    let body = json!({"affectations": slots});
    plant.responsable().put(&format!("{path}/affectations"), body).await.expect(200);
}

/// The content of the one unread message of somebody.
async fn content(plant: &Plant, person: &str) -> String {
    let inbox = plant.person(person).get("notifications/?lue=false").await.expect(200);
    assert_eq!(inbox["total"], 1, "{}", inbox.body);
    inbox["items"][0]["contenu"].as_str().expect("text").to_owned()
}

#[test]
fn the_matrix_says_who_is_told_what() {
    let mut table = String::from("# Qui est averti de quoi. L’auteur d’un fait n’en est jamais averti.\n");
    for fait in Fait::ALL {
        let _ = writeln!(table, "\n{}", fait.label().text(Language::French));
        for line in MATRIX.iter().filter(|line| line.fait == *fait) {
            let (role, relation) = (line.role.word(), line.relation.label());
            let relation = relation.text(Language::French);
            let _ = writeln!(table, "  {role:<12} qui {relation:<28} → {}", line.r#type.word());
        }
    }
    let _ = writeln!(table, "\n# Par quels canaux, tant que chacun n’a pas choisi.\n");
    for r#type in TypeNotification::ALL {
        let by = |role: &Role| {
            let Preference { app, email, .. } = default_for(*role, *r#type);
            let app = app.then(|| "app".to_owned());
            let email = (email != FrequenceEmail::Jamais).then(|| format!("email {email}"));
            let channels: Vec<_> = app.into_iter().chain(email).collect();
            let channels = if channels.is_empty() { "-".to_owned() } else { channels.join(" + ") };
            format!("{role} {channels}")
        };
        let roles: Vec<_> = Role::ALL.iter().map(by).collect();
        let _ = writeln!(table, "{:<20}| {}", r#type.word(), roles.join(" | "));
    }

    compare("notifications.txt", &table);
}

// The table against the acts.
#[tokio::test]
async fn a_new_intervention_is_told_to_whoever_gets_it_their_client_and_those_who_run_the_plant() {
    let plant = Plant::new();

    plant.responsable().post("interventions/", leak_with(json!({"technicien_id": 1}))).await.expect(201);

    let expected = [("admin", "information"), ("technicien", "affectation"), ("client", "information")];
    assert_eq!(types(&plant).await, owned(&expected));
    assert_eq!(told(&plant).await[1].2, "INT-2031-000001 vous est affectée");
    assert_eq!(
        content(&plant, "client").await,
        "Fuite au presse-étoupe – Pompe de relevage (CASA-POMPE-01). Priorité : Normale."
    );
}

#[tokio::test]
async fn a_new_demande_is_told_to_those_who_run_the_plant_with_its_urgency() {
    let plant = Plant::new();

    let asked = json!({"titre": "La pompe goutte", "equipement_id": 1, "urgence": "haute"});
    plant.client().post("demandes/", asked).await.expect(201);

    assert_eq!(types(&plant).await, owned(&[("admin", "demande"), ("responsable", "demande")]));
    assert_eq!(told(&plant).await[1].2, "Nouvelle demande DEM-2031-000001");
    let said = "La pompe goutte – Pompe de relevage (CASA-POMPE-01). Urgence : Haute.";
    assert_eq!(content(&plant, "responsable").await, said);
}

// A14
#[tokio::test]
async fn whoever_asked_is_told_the_answer_and_the_end_and_led_to_their_demande() {
    let plant = Plant::new();
    // Claire asks, Youssef works: she never sees the intervention itself.
    let asked = json!({"titre": "La pompe goutte", "equipement_id": 1});
    plant.person("technicien2").post("demandes/", asked).await.expect(201);
    read_all(&plant).await;

    let accepted = plant.responsable().post("demandes/1/acceptation", json!({"technicien_id": 1})).await;
    let work = format!("interventions/{}", accepted.expect(200)["intervention_id"]);
    let answer = told(&plant).await;
    read_all(&plant).await;
    go(&plant.technicien(), &work, "en_cours").await.expect(200);
    read_all(&plant).await;
    go(&plant.technicien(), &work, "termine").await.expect(200);
    let end = told(&plant).await;

    let of_claire = |told: &[(&'static str, String, String)]| -> Vec<(String, String)> {
        let own = told.iter().filter(|(person, ..)| *person == "technicien2");
        own.map(|(_, kind, title)| (kind.clone(), title.clone())).collect()
    };
    let one = |kind: &str, title: &str| vec![(kind.to_owned(), title.to_owned())];
    assert_eq!(of_claire(&answer), one("demande", "DEM-2031-000001 est acceptée"));
    assert_eq!(of_claire(&end), one("cloture", "INT-2031-000001 est terminée"));
    assert!(content(&plant, "technicien2").await.ends_with("Cela répond à votre demande DEM-2031-000001."));
    let inbox = plant.person("technicien2").get("notifications/?lue=false").await.expect(200);
    let message = &inbox["items"][0];
    assert_eq!((&message["lien"], &message["intervention_id"]), (&json!("/demandes/1"), &Value::Null));
}

#[tokio::test]
async fn a_client_who_asked_is_told_once_that_the_work_is_there_and_reads_why_it_is_not() {
    let plant = Plant::new();
    let asked = json!({"titre": "La pompe goutte", "equipement_id": 1});
    for _ in 0..2 {
        plant.client().post("demandes/", asked.clone()).await.expect(201);
    }
    read_all(&plant).await;

    plant.responsable().post("demandes/1/acceptation", json!({})).await.expect(200);
    let accepted = types(&plant).await;
    read_all(&plant).await;
    let why = json!({"motif": "Remplacement commandé"});
    plant.responsable().post("demandes/2/refus", why).await.expect(200);

    assert_eq!(accepted, owned(&[("admin", "information"), ("client", "demande")]));
    assert_eq!(types(&plant).await, owned(&[("client", "demande")]));
    assert!(content(&plant, "client").await.ends_with("\nRemplacement commandé"));
}

#[tokio::test]
async fn a_fact_is_told_once_however_often_the_journal_is_followed_and_across_a_restart() {
    let plant = Plant::new();
    led_by_youssef(&plant).await;
    let before = told(&plant).await;

    let plant = plant.restart().await;
    // A follower whose bookmark was lost sees the whole journal again.
    plant.database().execute("update followers set last_id = 0", []).expect("a lost bookmark");

    assert_eq!(told(&plant).await, before);
    assert_eq!(value(&plant, "select count(*) from followers_failures"), "0");
}

#[tokio::test]
async fn each_technicien_is_told_what_a_change_of_assignments_is_to_them() {
    let plant = Plant::new();
    let path = format!("interventions/{}", plant.responsable().post("interventions/", leak()).await.id());
    let early = ["2031-01-16T08:00:00Z", "2031-01-16T09:00:00Z"];
    book(&plant, &path, &[slot(1, early[0], early[1])]).await;
    read_all(&plant).await;

    book(&plant, &path, &[slot(2, early[0], early[1])]).await;

    let of = |person, title: &str| (person, "affectation".to_owned(), title.to_owned());
    assert_eq!(
        told(&plant).await,
        [
            of("technicien", "INT-2031-000001 ne vous est plus affectée"),
            of("technicien2", "INT-2031-000001 vous est affectée")
        ]
    );
    assert_eq!(
        content(&plant, "technicien2").await,
        "Fuite au presse-étoupe – Pompe de relevage (CASA-POMPE-01). Le 16/01/2031 de 08:00 à 09:00."
    );
    let left = plant.technicien().get("notifications/?lue=false").await.expect(200);
    assert_eq!(left["items"][0]["contenu"], "Pompe de relevage (CASA-POMPE-01)", "no more than that");
    assert_eq!(left["items"][0]["lien"], Value::Null, "there is nothing to open");
    read_all(&plant).await;

    book(&plant, &path, &[slot(2, "2031-01-16T10:00:00Z", "2031-01-16T12:00:00Z")]).await;

    assert_eq!(told(&plant).await, [of("technicien2", "INT-2031-000001 : votre créneau a changé")]);
    read_all(&plant).await;

    // The same once more: nothing changes for anybody.
    book(&plant, &path, &[slot(2, "2031-01-16T10:00:00Z", "2031-01-16T12:00:00Z")]).await;

    assert_eq!(told(&plant).await, []);
}

#[tokio::test]
async fn another_lead_without_a_slot_is_an_assignment_too() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    read_all(&plant).await;

    plant.responsable().patch(&path, json!({"technicien_id": 2})).await.expect(200);

    assert_eq!(types(&plant).await, owned(&[("technicien", "affectation"), ("technicien2", "affectation")]));
}

#[tokio::test]
async fn the_progress_of_work_is_told_to_all_but_whoever_made_it() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    read_all(&plant).await;

    go(&plant.technicien(), &path, "en_cours").await.expect(200);

    let kind = "changement_statut";
    assert_eq!(types(&plant).await, owned(&[("responsable", kind), ("client", kind)]));
    assert_eq!(told(&plant).await[0].2, "INT-2031-000001 passe à « En cours »");
    read_all(&plant).await;

    go(&plant.technicien(), &path, "termine").await.expect(200);

    let kind = "cloture";
    assert_eq!(types(&plant).await, owned(&[("responsable", kind), ("client", kind)]));
    assert_eq!(told(&plant).await[1].2, "INT-2031-000001 est terminée");
    read_all(&plant).await;

    plant.responsable().post(&format!("{path}/validation"), json!({})).await.expect(200);

    assert_eq!(types(&plant).await, owned(&[("technicien", "information")]));
}

#[tokio::test]
async fn a_comment_is_told_to_those_concerned_and_an_internal_one_never_to_a_client() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    read_all(&plant).await;

    plant.client().post(&format!("{path}/commentaires"), json!({"texte": "Quand ?"})).await.expect(201);

    let kind = "information";
    assert_eq!(types(&plant).await, owned(&[("admin", kind), ("responsable", kind), ("technicien", kind)]));
    assert_eq!(
        content(&plant, "technicien").await,
        "Fuite au presse-étoupe – Pompe de relevage (CASA-POMPE-01)\nQuand ?"
    );
    read_all(&plant).await;

    let internal = json!({"texte": "Pièce chère", "interne": true});
    plant.technicien().post(&format!("{path}/commentaires"), internal).await.expect(201);

    assert_eq!(types(&plant).await, owned(&[("admin", kind), ("responsable", kind)]));
    assert_eq!(
        value(&plant, "select count(*) from notifications where user_id = 5 and contenu like '%chère%'"),
        "0"
    );
}

#[tokio::test]
async fn whoever_was_on_a_deleted_intervention_is_told_that_it_is_gone() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    read_all(&plant).await;

    plant.responsable().delete(&path).await.expect(204);

    assert_eq!(types(&plant).await, owned(&[("technicien", "affectation")]));
    assert_eq!(told(&plant).await[0].2, "INT-2031-000001 est supprimée");
}

// A14
#[tokio::test]
async fn what_was_told_stays_and_what_it_leads_to_is_seen_no_more() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    tell(&plant).await;
    let link = plant.technicien().get("notifications/").await.expect(200)["items"][0]["lien"].clone();

    plant.responsable().patch(&path, json!({"technicien_id": 2})).await.expect(200);
    read_all(&plant).await;
    plant.responsable().patch(&path, json!({"titre": "Secret"})).await.expect(200);
    go(&plant.person("technicien2"), &path, "en_cours").await.expect(200);
    tell(&plant).await;

    assert_eq!(link, format!("/{path}"));
    plant.technicien().get(&path).await.expect(404);
    let inbox = plant.technicien().get("notifications/").await.expect(200);
    assert_eq!(inbox["total"], 2, "assigned, then taken off, then nothing more: {}", inbox.body);
    assert!(!inbox.body.to_string().contains("Secret"), "{}", inbox.body);
}

#[tokio::test]
async fn nobody_is_told_who_is_deactivated_by_then_nor_of_what_is_gone_by_then() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    plant.admin().delete("users/5").await.expect(204);
    plant.responsable().delete(&path).await.expect(204);

    tell(&plant).await;

    assert_eq!(value(&plant, "select count(*) from notifications where user_id = 5"), "0");
    assert_eq!(
        value(&plant, "select group_concat(titre) from notifications"),
        "INT-2031-000001 est supprimée"
    );
}

#[tokio::test]
async fn everybody_is_told_in_their_own_language() {
    let plant = Plant::new();
    plant.technicien().patch("users/me", json!({"langue": "en"})).await.expect(200);

    led_by_youssef(&plant).await;
    tell(&plant).await;

    let inbox = plant.technicien().get("notifications/").await.expect(200);
    assert_eq!(inbox["items"][0]["titre"], "INT-2031-000001 is assigned to you");
}

#[tokio::test]
async fn a_slot_of_tomorrow_is_recalled_once_to_whoever_has_it() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    let early = ["2031-01-16T08:00:00Z", "2031-01-16T09:00:00Z"];
    book(
        &plant,
        &path,
        &[slot(1, early[0], early[1]), slot(2, "2031-01-17T08:00:00Z", "2031-01-17T09:00:00Z")],
    )
    .await;
    read_all(&plant).await;
    let remind = || notifications::reminders(System::new(&plant.app, "rappels"));

    let (first, second) = (remind().await.expect("reminders"), remind().await.expect("reminders"));

    assert_eq!((first, second), (1, 0));
    assert_eq!(types(&plant).await, owned(&[("technicien", "rappel")]));
    assert_eq!(
        content(&plant, "technicien").await,
        "Fuite au presse-étoupe – Pompe de relevage (CASA-POMPE-01). Le 16/01/2031 de 08:00 à 09:00."
    );
    read_all(&plant).await;
    // The day after it is Claire's turn; a clock set back reminds nobody again.
    plant.set_time("2031-01-16T08:00:00Z");
    assert_eq!(remind().await.expect("reminders"), 1);
    plant.set_time("2031-01-15T09:00:00Z");
    assert_eq!(remind().await.expect("reminders"), 0);
    assert_eq!(types(&plant).await, owned(&[("technicien2", "rappel")]));
}

#[tokio::test]
async fn a_server_that_was_off_for_a_month_reminds_of_tomorrow_only() {
    let plant = Plant::new();
    for day in 16..31 {
        let path = led_by_youssef(&plant).await;
        let at = |hour: i64| format!("2031-01-{day}T{hour:02}:00:00Z");
        book(&plant, &path, &[slot(1, &at(8), &at(9))]).await;
    }
    plant.set_time("2031-02-15T08:00:00Z");

    let reminded = notifications::reminders(System::new(&plant.app, "rappels")).await.expect("reminders");

    assert_eq!(reminded, 0);
}

#[tokio::test]
async fn overdue_work_is_told_once_a_day_to_its_people_and_those_who_run_the_plant() {
    let plant = Plant::new();
    let body = leak_with(json!({"technicien_id": 1, "date_limite": "2031-01-14T18:00:00Z"}));
    plant.responsable().post("interventions/", body).await.expect(201);
    let finished = led_by_youssef(&plant).await;
    plant.responsable().patch(&finished, json!({"date_limite": "2031-01-14T18:00:00Z"})).await.expect(200);
    go(&plant.technicien(), &finished, "en_cours").await.expect(200);
    go(&plant.technicien(), &finished, "termine").await.expect(200);
    read_all(&plant).await;
    let alert = || notifications::overdue(System::new(&plant.app, "retards"));

    let counts = [alert().await.expect("alerts"), alert().await.expect("alerts")];

    assert_eq!(counts, [1, 0]);
    let kind = "retard";
    assert_eq!(types(&plant).await, owned(&[("admin", kind), ("responsable", kind), ("technicien", kind)]));
    assert!(content(&plant, "technicien").await.ends_with("La date limite était le 14/01/2031 à 18:00."));
    plant.set_time("2031-01-16T06:59:59Z");
    assert_eq!(alert().await.expect("alerts"), 0, "nobody is woken");
    plant.set_time("2031-01-16T07:00:00Z");
    assert_eq!(alert().await.expect("alerts"), 1);
    // A month of absence is one day's alert.
    plant.set_time("2031-02-20T12:00:00Z");
    assert_eq!(alert().await.expect("alerts"), 1);
    plant.set_time("2031-01-16T12:00:00Z");
    assert_eq!(alert().await.expect("alerts"), 0, "the clock went back");
}

#[tokio::test]
async fn what_a_plan_could_not_do_is_told_to_those_who_run_the_plant() {
    let plant = Plant::new();
    let away = json!({"debut": "2031-01-19T00:00:00Z", "fin": "2031-01-21T00:00:00Z"});
    plant.responsable().post("techniciens/1/absences", away).await.expect(201);
    let daily = json!({
        "frequence": "journalier", "date_debut": "2031-01-18", "technicien_id": 1, "duree_estimee_min": 60
    });
    planned(&plant, daily).await;
    plant.set_time("2031-01-20T09:00:00Z");
    read_all(&plant).await;

    planning::generate_due(System::new(&plant.app, planning::GENERATION)).await.expect("generation");

    let kind = "information";
    assert_eq!(
        told(&plant).await.iter().filter(|(person, ..)| *person == "responsable").collect::<Vec<_>>(),
        [
            &("responsable", kind.to_owned(), "Nouvelle intervention INT-2031-000001".to_owned()),
            &("responsable", kind.to_owned(), "INT-2031-000001 attend un créneau".to_owned()),
            &("responsable", kind.to_owned(), "Échéances manquées d’un plan".to_owned()),
        ]
    );
    let inbox = plant.responsable().get("notifications/?lue=false&tri=date").await.expect(200);
    let missed = &inbox["items"][2];
    assert_eq!((&missed["lien"], &missed["intervention_id"]), (&json!("/planning/1"), &Value::Null));
    assert_eq!(
        missed["contenu"],
        "Graissage des roulements – Pompe de relevage (CASA-POMPE-01). Rien n’a été fait de 2 échéances, du 18/01/2031 au 19/01/2031."
    );
    let others: Vec<_> = types(&plant)
        .await
        .into_iter()
        .filter(|(person, _)| !["admin", "responsable", "client"].contains(person))
        .collect();
    assert_eq!(others, owned(&[("technicien", "affectation")]), "whose work it is, and nobody else");
    assert_eq!(
        types(&plant).await.iter().filter(|(person, _)| *person == "client").count(),
        1,
        "the new one"
    );
}

// O3
#[tokio::test]
async fn what_people_write_is_text_whatever_it_looks_like() {
    let plant = Plant::new();
    let title = "<script>alert(1)</script>\r\nBcc: pirate@example.test";

    plant.responsable().post("interventions/", leak_with(json!({"titre": title}))).await.expect(201);
    tell(&plant).await;

    let content = content(&plant, "client").await;
    // Of one line: what would begin another is a space.
    assert!(content.starts_with(&title.replace("\r\n", " ")), "{content}");
}

#[test]
fn every_role_has_a_line_for_every_fact_that_its_people_could_see() {
    // A role that sees interventions and is told of nothing would be an oversight.
    for role in Role::ALL {
        assert!(MATRIX.iter().any(|line| line.role == *role), "{role}");
    }
    for fait in Fait::ALL {
        assert!(MATRIX.iter().any(|line| line.fait == *fait), "{fait}");
    }
    assert!(!MATRIX.iter().any(|line| line.fait == Fait::CommentaireInterne && line.role == Role::Client));
}
