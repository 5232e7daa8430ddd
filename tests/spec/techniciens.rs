//! The people of the shop floor: what they know, when they are away, and who may know it.

use erp_interventions::ids::{CompetenceId, TechnicienId};
use erp_interventions::kernel::app::System;
use erp_interventions::kernel::clock::Day;
use erp_interventions::techniciens::{self, Obstacle};
use serde_json::{Value, json};

use crate::agenda::{put_intervention, put_slot};
use crate::plant::{Plant, Reply};

const YOUSSEF: TechnicienId = TechnicienId(1);
const CLAIRE: TechnicienId = TechnicienId(2);

/// A third account of role technicien, 7, that is not yet a technicien.
fn put_account(plant: &Plant) {
    plant
        .database()
        .execute(
            "insert into users (id, username, username_key, full_name, email, email_key, role, password_hash,
                 created_at, updated_at)
             values (7, 'karim', 'karim', 'Karim Électricien', 'karim@plant.test', 'karim@plant.test',
                 'technicien', '', 0, 0)",
            [],
        )
        .expect("an account");
}

async fn put_competence(plant: &Plant, nom: &str) -> i64 {
    plant.responsable().post("techniciens/competences", json!({"nom": nom})).await.expect(201).id()
}

fn journal(plant: &Plant, action: &str) -> i64 {
    plant
        .database()
        .query_row("select count(*) from journal where action = ?1", [action], |row| row.get(0))
        .expect("a count")
}

fn noms(list: &Reply) -> Vec<&str> {
    let items = list["items"].as_array().expect("items");
    items.iter().map(|item| item["nom"].as_str().expect("a name")).collect()
}

#[tokio::test]
async fn an_account_becomes_a_technicien_with_competences_and_hours() {
    let plant = Plant::new();
    put_account(&plant);
    let soudure = put_competence(&plant, "Soudure").await;
    let b1v = put_competence(&plant, "B1V").await;
    let horaire = json!({"lundi": [["08:00", "12:00"], ["14:00", "18:00"]]});

    let created = plant
        .responsable()
        .post(
            "techniciens/",
            json!({
                "user_id": 7, "matricule": "T-003", "equipe": "Électricité", "taux_horaire": 195.5, "horaire": horaire,
                "competences_ids": [soudure],
                "competences": [{"competence_id": b1v, "niveau": 3, "valide_jusqu_au": "2031-12-31"}],
            }),
        )
        .await
        .expect(201);

    assert_eq!(created.header("location"), format!("/api/v1/techniciens/{}", created.id()));
    assert_eq!(
        (&created["nom"], &created["email"]),
        (&json!("Karim Électricien"), &json!("karim@plant.test"))
    );
    assert_eq!((&created["horaire"], &created["taux_horaire"]), (&horaire, &json!(195.5)));
    assert_eq!((&created["disponibilite"], &created["actif"]), (&json!("disponible"), &json!(true)));
    assert_eq!(
        created["competences"],
        json!([
            {"competence_id": b1v, "nom": "B1V", "niveau": 3, "valide_jusqu_au": "2031-12-31", "expiree": false},
            {"competence_id": soudure, "nom": "Soudure", "niveau": 1, "valide_jusqu_au": null, "expiree": false},
        ])
    );
    assert_eq!(plant.responsable().get(&format!("techniciens/{}", created.id())).await.body, created.body);
    assert_eq!(journal(&plant, "technicien.creation"), 1);
}

#[tokio::test]
async fn only_an_account_of_role_technicien_becomes_one_and_only_once() {
    let plant = Plant::new();
    let responsable = plant.responsable();

    let client = responsable.post("techniciens/", json!({"user_id": 5})).await.expect(422);
    let absent = responsable.post("techniciens/", json!({"user_id": 999})).await.expect(422);
    let again = responsable.post("techniciens/", json!({"user_id": 3})).await.expect(409);

    assert_eq!(client["errors"][0]["champ"], "user_id");
    assert_eq!(absent["errors"][0]["code"], "introuvable");
    assert_eq!((again.code(), &again["champ"]), ("doublon", &json!("user_id")));
}

#[tokio::test]
async fn techniciens_are_for_the_plant_to_read_and_for_its_managers_to_change() {
    let plant = Plant::new();

    plant.client().get("techniciens/").await.expect(403);
    plant.client().get("techniciens/1/disponibilite").await.expect(403);
    plant.technicien().patch("techniciens/1", json!({"taux_horaire": 500})).await.expect(403);
    plant.technicien().post("techniciens/1/absences", json!({})).await.expect(403);

    assert_eq!(plant.technicien().get("techniciens/").await.expect(200).ids(), [2, 1]);
    plant.technicien().get("techniciens/999").await.expect(404);
}

#[tokio::test]
async fn a_technicien_learns_their_own_rate_and_address_but_not_a_colleague_s() {
    let plant = Plant::new();

    let own = plant.technicien().get("techniciens/1").await.expect(200);
    let colleague = plant.technicien().get("techniciens/2").await.expect(200);
    let list = plant.technicien().get("techniciens/").await.expect(200);

    assert_eq!((&own["taux_horaire"], &own["email"]), (&json!(180.0), &json!("technicien@plant.test")));
    assert_eq!((&colleague["taux_horaire"], &colleague["email"]), (&Value::Null, &Value::Null));
    assert_eq!(
        (&colleague["nom"], &colleague["matricule"]),
        (&json!("Claire Technicienne"), &json!("T-002"))
    );
    assert_eq!(
        (&list["items"][0]["email"], &list["items"][1]["taux_horaire"]),
        (&Value::Null, &json!(180.0))
    );
    assert_eq!(plant.responsable().get("techniciens/2").await["taux_horaire"], 195.0);
}

#[tokio::test]
async fn the_list_is_searched_filtered_and_sorted() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let soudure = put_competence(&plant, "Soudure").await;
    responsable.patch("techniciens/1", json!({"competences_ids": [soudure]})).await.expect(200);
    responsable.patch("techniciens/2", json!({"disponibilite": "indisponible"})).await.expect(200);
    plant.database().execute("update users set is_active = 0 where id = 4", []).expect("Claire has left");

    for (query, expected) in [
        ("", &[2, 1][..]),
        ("q=youssef", &[1]),
        ("q=electricite", &[2]),
        ("q=t-001", &[1]),
        ("equipe=M%C3%A9canique", &[1]),
        ("disponibilite=indisponible", &[2]),
        ("actif=true", &[1]),
        ("actif=false", &[2]),
        (&format!("competence_id={soudure}&competence_id=999"), &[1]),
        ("competence_id=999", &[]),
        ("tri=matricule", &[1, 2]),
        ("tri=-equipe", &[1, 2]),
        ("tri=equipe", &[2, 1]),
    ] {
        let list = responsable.get(&format!("techniciens/?{query}")).await.expect(200);
        assert_eq!(list.ids(), expected, "{query}");
        assert_eq!(list["total"], expected.len(), "{query}");
    }
    responsable.get("techniciens/?tri=taux_horaire").await.expect(422);
}

#[tokio::test]
async fn new_competences_replace_the_old_ones_but_a_level_once_known_is_kept() {
    let plant = Plant::new();
    let (responsable, soudure) = (plant.responsable(), put_competence(&plant, "Soudure").await);
    let b1v = put_competence(&plant, "B1V").await;
    let detail = json!([{"competence_id": soudure, "niveau": 4}]);
    responsable.patch("techniciens/1", json!({"competences": detail})).await.expect(200);

    let changed =
        responsable.patch("techniciens/1", json!({"competences_ids": [soudure, b1v]})).await.expect(200);
    let same = responsable.patch("techniciens/1", json!({"equipe": null})).await.expect(200);
    let unknown = responsable.patch("techniciens/1", json!({"competences_ids": [999]})).await.expect(422);
    let twice = json!({"competences": [{"competence_id": b1v}, {"competence_id": b1v}]});
    let twice = responsable.patch("techniciens/1", twice).await.expect(422);

    assert_eq!(
        (&changed["competences"][0]["nom"], &changed["competences"][0]["niveau"]),
        (&json!("B1V"), &json!(1))
    );
    assert_eq!(changed["competences"][1]["niveau"], 4);
    assert_eq!((&same["competences"], &same["equipe"]), (&changed["competences"], &Value::Null));
    assert_eq!(unknown["errors"][0]["champ"], "competences_ids[0]");
    assert_eq!(twice["errors"][0]["champ"], "competences[1].competence_id");
    assert_eq!(journal(&plant, "technicien.modification"), 3, "a refusal leaves nothing");
}

#[tokio::test]
async fn a_habilitation_is_expired_the_day_after_its_last() {
    let plant = Plant::new();
    let b1v = put_competence(&plant, "B1V").await;
    let last = json!([{"competence_id": b1v, "valide_jusqu_au": "2031-01-15"}]);
    plant.responsable().patch("techniciens/1", json!({"competences": last})).await.expect(200);

    let today = plant.responsable().get("techniciens/1").await;
    plant.set_time("2031-01-16T08:00:00Z");
    let tomorrow = plant.responsable().get("techniciens/1").await;

    assert_eq!(today["competences"][0]["expiree"], false);
    assert_eq!(tomorrow["competences"][0]["expiree"], true);
}

#[tokio::test]
async fn working_hours_are_read_strictly_and_can_be_removed() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    responsable.patch("techniciens/1", json!({"horaire": {"lundi": [["22:00", "06:00"]]}})).await.expect(200);

    let day = responsable.patch("techniciens/1", json!({"horaire": {"monday": []}})).await.expect(422);
    let hour = json!({"horaire": {"lundi": [["8h", "12h"]]}});
    let hour = responsable.patch("techniciens/1", hour).await.expect(422);
    let removed = responsable.patch("techniciens/1", json!({"horaire": null})).await.expect(200);

    assert!(day["errors"][0]["champ"].as_str().expect("a field").starts_with("horaire"), "{}", day.body);
    assert_eq!(hour["errors"][0]["champ"], "horaire.lundi[0]");
    assert_eq!((&removed["horaire"], &removed["version"]), (&Value::Null, &json!(3)));
}

#[tokio::test]
async fn a_technicien_changed_meanwhile_is_not_changed_again() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    responsable.patch("techniciens/1", json!({"equipe": "Hydraulique"})).await.expect(200);

    let late = [("if-match", "\"1\"")];
    responsable.send("PATCH", "techniciens/1", &late, Some(json!({"equipe": "Tard"}))).await.expect(412);
    responsable.send("DELETE", "techniciens/1", &late, None).await.expect(412);

    assert_eq!(responsable.get("techniciens/1").await["equipe"], "Hydraulique");
}

#[tokio::test]
async fn two_techniciens_cannot_share_a_matricule() {
    let plant = Plant::new();

    let refused = plant.responsable().patch("techniciens/2", json!({"matricule": "t-001"})).await.expect(409);

    assert_eq!((refused.code(), &refused["champ"]), ("doublon", &json!("matricule")));
}

#[tokio::test]
async fn a_technicien_who_was_given_a_job_cannot_be_deleted() {
    let plant = Plant::new();
    put_intervention(&plant, 1);
    put_slot(&plant, 1, YOUSSEF, "2031-01-16T10:00:00Z", "2031-01-16T12:00:00Z");

    let refused = plant.responsable().delete("techniciens/1").await.expect(409);

    assert_eq!(refused.code(), "utilise");
    plant.responsable().get("techniciens/1").await.expect(200);
}

#[tokio::test]
async fn deleting_a_technicien_deletes_their_absences_and_says_so() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let away = json!({"debut": "2031-02-01T00:00:00Z", "fin": "2031-02-08T00:00:00Z"});
    responsable.post("techniciens/1/absences", away).await.expect(201);

    responsable.delete("techniciens/1").await.expect(204);

    responsable.get("techniciens/1").await.expect(404);
    responsable.get("techniciens/1/absences").await.expect(404);
    assert_eq!((journal(&plant, "technicien.suppression"), journal(&plant, "absence.suppression")), (1, 1));
}

#[tokio::test]
async fn competences_are_created_changed_listed_and_deleted() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let b1v = responsable.post("techniciens/competences", json!({"nom": "B1V"})).await.expect(201);
    put_competence(&plant, "Électronique").await;
    let path = format!("techniciens/competences/{}", b1v.id());

    let changed =
        responsable.patch(&path, json!({"nom": "B2V", "description": "Haute tension"})).await.expect(200);
    let taken = responsable.patch(&path, json!({"nom": "electronique"})).await.expect(409);
    let list = plant.technicien().get("techniciens/competences/").await.expect(200);
    responsable.delete(&path).await.expect(204);

    assert_eq!(b1v.header("location"), format!("/api/v1/{path}"));
    assert_eq!((changed.header("etag"), &changed["description"]), ("\"2\"", &json!("Haute tension")));
    assert_eq!(taken["champ"], "nom");
    assert_eq!(noms(&list), ["B2V", "Électronique"]);
    responsable.get(&path).await.expect(404);
    assert_eq!(journal(&plant, "competence.suppression"), 1);
}

#[tokio::test]
async fn a_competence_that_someone_holds_cannot_be_deleted() {
    let plant = Plant::new();
    let soudure = put_competence(&plant, "Soudure").await;
    plant.responsable().patch("techniciens/1", json!({"competences_ids": [soudure]})).await.expect(200);

    let path = format!("techniciens/competences/{soudure}");
    let refused = plant.responsable().delete(&path).await.expect(409);

    assert_eq!(refused.code(), "utilise");
    plant.responsable().get(&path).await.expect(200);
}

#[tokio::test]
async fn an_absence_over_a_booked_slot_is_refused_with_what_stands_in_the_way() {
    let plant = Plant::new();
    put_intervention(&plant, 1);
    put_slot(&plant, 1, YOUSSEF, "2031-01-16T10:00:00Z", "2031-01-16T12:00:00Z");
    let away = json!({"debut": "2031-01-16T11:00:00Z", "fin": "2031-01-20T00:00:00Z", "motif": "Congé"});

    let refused = plant.responsable().post("techniciens/1/absences", away.clone()).await.expect(409);
    plant.responsable().post("techniciens/2/absences", away).await.expect(201);

    assert_eq!(refused.code(), "chevauchement");
    let conflit = &refused["conflits"][0];
    assert_eq!((&conflit["intervention_id"], &conflit["numero"]), (&json!(1), &json!("INT-2031-000001")));
    assert_eq!(conflit["debut"], "2031-01-16T10:00:00Z");
    assert!(refused["detail"].as_str().expect("a sentence").contains("INT-2031-000001"), "{}", refused.body);
    assert_eq!(plant.responsable().get("techniciens/1/absences").await["total"], 0);
}

#[tokio::test]
async fn an_absence_may_touch_a_slot_and_frees_the_time_when_it_is_deleted() {
    let plant = Plant::new();
    put_intervention(&plant, 1);
    put_slot(&plant, 1, YOUSSEF, "2031-01-16T10:00:00Z", "2031-01-16T12:00:00Z");
    let away = json!({"debut": "2031-01-16T12:00:00Z", "fin": "2031-01-17T00:00:00Z"});

    let absence = plant.responsable().post("techniciens/1/absences", away).await.expect(201);
    let path = format!("techniciens/1/absences/{}", absence.id());
    plant.responsable().delete(&format!("techniciens/2/absences/{}", absence.id())).await.expect(404);
    plant.responsable().get(&path).await.expect(200);
    plant.responsable().delete(&path).await.expect(204);

    assert_eq!(absence.header("location"), format!("/api/v1/{path}"));
    plant.responsable().get(&path).await.expect(404);
    assert_eq!((journal(&plant, "absence.creation"), journal(&plant, "absence.suppression")), (1, 1));
}

#[tokio::test]
async fn an_absence_ends_after_it_begins_and_belongs_to_someone() {
    let plant = Plant::new();
    let backwards = json!({"debut": "2031-01-16T11:00:00Z", "fin": "2031-01-16T11:00:00Z"});
    let away = json!({"debut": "2031-01-16T11:00:00Z", "fin": "2031-01-16T12:00:00Z"});

    let refused = plant.responsable().post("techniciens/1/absences", backwards).await.expect(422);
    plant.responsable().post("techniciens/999/absences", away).await.expect(404);

    assert_eq!(refused["errors"][0]["champ"], "fin");
}

#[tokio::test]
async fn a_colleague_learns_that_someone_is_away_but_not_why() {
    let plant = Plant::new();
    let away = json!({"debut": "2031-02-01T00:00:00Z", "fin": "2031-02-08T00:00:00Z", "motif": "Maladie"});
    let id = plant.responsable().post("techniciens/1/absences", away).await.expect(201).id();
    let (youssef, claire) = (plant.technicien(), plant.person("technicien2"));

    let own = youssef.get("techniciens/1/absences").await.expect(200);
    let colleague = claire.get("techniciens/1/absences").await.expect(200);
    let alone = claire.get(&format!("techniciens/1/absences/{id}")).await.expect(200);

    assert_eq!(own["items"][0]["motif"], "Maladie");
    assert_eq!((&colleague["items"][0]["motif"], &colleague["total"]), (&Value::Null, &json!(1)));
    assert_eq!(alone["motif"], Value::Null);
    assert_eq!(claire.get("techniciens/1/absences?q=maladie").await["total"], 0, "nor by searching");
    assert_eq!(youssef.get("techniciens/1/absences?q=maladie").await["total"], 1);
}

#[tokio::test]
async fn a_schedule_shows_what_is_booked_and_the_working_hours_that_are_left() {
    let plant = Plant::new();
    put_intervention(&plant, 1);
    put_slot(&plant, 1, YOUSSEF, "2031-01-16T10:00:00Z", "2031-01-16T12:00:00Z");
    let away = json!({"debut": "2031-01-16T16:00:00Z", "fin": "2031-01-20T00:00:00Z"});
    plant.responsable().post("techniciens/1/absences", away).await.expect(201);

    let path = "techniciens/1/disponibilite?du=2031-01-16&au=2031-01-20";
    let schedule = plant.responsable().get(path).await.expect(200);

    assert_eq!(
        (&schedule["du"], &schedule["au"]),
        (&json!("2031-01-16T00:00:00Z"), &json!("2031-01-21T00:00:00Z"))
    );
    assert_eq!(
        schedule["occupations"],
        json!([
            {"type": "intervention", "debut": "2031-01-16T10:00:00Z", "fin": "2031-01-16T12:00:00Z",
             "intervention_id": 1, "numero": "INT-2031-000001"},
            {"type": "absence", "debut": "2031-01-16T16:00:00Z", "fin": "2031-01-20T00:00:00Z",
             "intervention_id": null, "numero": null},
        ])
    );
    assert_eq!(
        schedule["libres"],
        json!([
            {"debut": "2031-01-16T08:00:00Z", "fin": "2031-01-16T10:00:00Z"},
            {"debut": "2031-01-16T12:00:00Z", "fin": "2031-01-16T16:00:00Z"},
            {"debut": "2031-01-20T08:00:00Z", "fin": "2031-01-20T18:00:00Z"},
        ])
    );
}

#[tokio::test]
async fn a_schedule_does_not_tell_a_colleague_which_job_it_is_unless_they_share_it() {
    let plant = Plant::new();
    put_intervention(&plant, 1);
    put_intervention(&plant, 2);
    put_slot(&plant, 1, YOUSSEF, "2031-01-16T10:00:00Z", "2031-01-16T12:00:00Z");
    put_slot(&plant, 2, YOUSSEF, "2031-01-16T14:00:00Z", "2031-01-16T15:00:00Z");
    put_slot(&plant, 2, CLAIRE, "2031-01-16T14:00:00Z", "2031-01-16T15:00:00Z");

    let own = plant.technicien().get("techniciens/1/disponibilite").await.expect(200);
    let colleague = plant.person("technicien2").get("techniciens/1/disponibilite").await.expect(200);

    let numeros = |schedule: &Reply| {
        let occupations = schedule["occupations"].as_array().expect("occupations").clone();
        occupations.iter().map(|one| one["numero"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(numeros(&own), [json!("INT-2031-000001"), json!("INT-2031-000002")]);
    assert_eq!(numeros(&colleague), [Value::Null, json!("INT-2031-000002")]);
    assert_eq!(colleague["occupations"][0]["intervention_id"], Value::Null);
    assert_eq!(colleague["occupations"][0]["type"], "intervention");
    assert_eq!(colleague["libres"], own["libres"]);
}

#[tokio::test]
async fn someone_unavailable_has_no_free_time() {
    let plant = Plant::new();
    plant.responsable().patch("techniciens/1", json!({"disponibilite": "indisponible"})).await.expect(200);

    let schedule = plant.responsable().get("techniciens/1/disponibilite").await.expect(200);

    assert_eq!(schedule["libres"], json!([]));
}

#[tokio::test]
async fn a_schedule_is_asked_for_a_period_of_at_most_62_days() {
    let plant = Plant::new();
    let responsable = plant.responsable();

    for (query, status) in [
        ("du=2031-01-16&au=2031-03-18", 200),
        ("du=2031-01-16&au=2031-03-19", 422),
        ("du=2031-01-16&au=2031-01-15", 422),
        ("du=2031-01-16T08:00:00%2B01:00&au=2031-01-16T18:00:00Z", 200),
        ("du=2031-01-16T08:00:00", 422),
        ("du=demain", 422),
        ("de=2031-01-16", 422),
    ] {
        let reply = responsable.get(&format!("techniciens/1/disponibilite?{query}")).await;
        assert_eq!(reply.status, status, "{query}");
    }
    responsable.get("techniciens/999/disponibilite").await.expect(404);
}

#[tokio::test]
async fn whoever_lacks_what_a_job_requires_is_told_what_and_is_not_among_the_qualified() {
    let plant = Plant::new();
    let (b1v, caces) = (put_competence(&plant, "B1V").await, put_competence(&plant, "CACES").await);
    let youssef = json!([
        {"competence_id": b1v, "niveau": 2, "valide_jusqu_au": "2031-01-15"},
        {"competence_id": caces, "niveau": 1},
    ]);
    let responsable = plant.responsable();
    responsable.patch("techniciens/1", json!({"competences": youssef})).await.expect(200);
    responsable.patch("techniciens/2", json!({"disponibilite": "indisponible"})).await.expect(200);
    let required = [(CompetenceId(b1v), 2), (CompetenceId(caces), 2)];
    let ask = async |who: TechnicienId, required: Vec<(CompetenceId, i64)>, day: &str| {
        let day = Day(day.parse().expect("a day"));
        let system = System::new(&plant.app, "test");
        let ask = system.read(move |db| {
            Ok((
                techniciens::obstacles(db, who, &required, day)?,
                techniciens::qualified(db, &required, day)?,
            ))
        });
        ask.await.expect("an answer")
    };

    let (on_the_last_day, qualified) = ask(YOUSSEF, required[..1].to_vec(), "2031-01-15").await;
    let (later, nobody) = ask(YOUSSEF, required.to_vec(), "2031-01-16").await;
    let (claire, _) = ask(CLAIRE, required[..1].to_vec(), "2031-01-15").await;

    let lacks = |id: i64, nom: &str, motif| Obstacle::Competence {
        competence_id: CompetenceId(id),
        nom: nom.to_owned(),
        requis: 2,
        motif,
    };
    assert_eq!((on_the_last_day, qualified), (vec![], vec![YOUSSEF]));
    assert_eq!(
        (later, nobody),
        (vec![lacks(b1v, "B1V", "expiree"), lacks(caces, "CACES", "niveau")], vec![])
    );
    assert_eq!(claire, [Obstacle::Indisponible, lacks(b1v, "B1V", "absente")]);
}

#[tokio::test]
async fn someone_whose_account_is_inactive_cannot_be_assigned() {
    let plant = Plant::new();
    plant.database().execute("update users set is_active = 0 where id = 3", []).expect("Youssef has left");

    let (obstacles, qualified) = System::new(&plant.app, "test")
        .read(|db| {
            let day = Day("2031-01-15".parse().expect("a day"));
            Ok((techniciens::obstacles(db, YOUSSEF, &[], day)?, techniciens::qualified(db, &[], day)?))
        })
        .await
        .expect("an answer");

    assert_eq!((obstacles, qualified), (vec![Obstacle::Inactif], vec![CLAIRE]));
}
