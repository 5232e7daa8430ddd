//! Who is booked when: nobody is ever in two places at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::interventions::{go, leak, leak_with, value};
use crate::plant::{Plant, Reply};

fn slot(technicien: i64, debut: &str, fin: &str) -> Value {
    json!({"technicien_id": technicien, "debut": debut, "fin": fin})
}

/// Morning of Thursday, for Youssef.
fn morning() -> Value {
    slot(1, "2031-01-16T08:00:00Z", "2031-01-16T12:00:00Z")
}

async fn new_intervention(plant: &Plant) -> String {
    let created = plant.responsable().post("interventions/", leak()).await.expect(201);
    format!("interventions/{}", created.id())
}

async fn book(plant: &Plant, path: &str, slots: &[Value]) -> Reply {
    plant.responsable().put(&format!("{path}/affectations"), json!({"affectations": slots})).await
}

#[tokio::test]
async fn booking_names_the_lead_dates_the_work_and_tells_the_history() {
    let plant = Plant::new();
    let path = new_intervention(&plant).await;
    let support = slot(2, "2031-01-16T09:00:00Z", "2031-01-16T13:00:00Z");

    let booked = book(&plant, &path, &[morning(), support]).await.expect(200);

    assert_eq!((&booked["technicien_id"], &booked["a_planifier"]), (&json!(1), &json!(false)));
    assert_eq!(booked["date_debut_prevue"], "2031-01-16T08:00:00Z");
    assert_eq!(booked["date_fin_prevue"], "2031-01-16T13:00:00Z");
    assert_eq!(booked["prise_en_charge_le"], "2031-01-15T08:00:00Z");
    let roles: Vec<_> = (0..2).map(|i| booked["affectations"][i]["role"].clone()).collect();
    assert_eq!(roles, ["principal", "renfort"]);
    plant.person("technicien2").get(&path).await.expect(200);
    let history = plant.responsable().get(&format!("{path}/historique")).await.expect(200);
    // Casablanca keeps UTC.
    assert_eq!(
        history["items"][1]["remarque"],
        "Youssef Technicien, 16/01/2031 08:00 – 12:00 ; Claire Technicienne (renfort), 16/01/2031 09:00 – 13:00"
    );
    assert_eq!(value(&plant, "select count(*) from journal where action = 'intervention.affectation'"), "1");
}

#[tokio::test]
async fn booking_replaces_everybody_who_was_booked() {
    let plant = Plant::new();
    let path = new_intervention(&plant).await;
    book(&plant, &path, &[morning()]).await.expect(200);

    let replaced = book(&plant, &path, &[slot(2, "2031-01-17T08:00:00Z", "2031-01-17T09:00:00Z")]).await;

    assert_eq!(replaced.expect(200)["technicien_id"], 2);
    plant.technicien().get(&path).await.expect(404);
    let emptied = book(&plant, &path, &[]).await.expect(200);
    assert_eq!((&emptied["technicien_id"], &emptied["a_planifier"]), (&Value::Null, &json!(true)));
    assert_eq!(emptied["date_debut_prevue"], Value::Null);
}

// A14
#[tokio::test]
async fn whoever_is_replaced_sees_and_drives_the_work_no_more_even_after_a_slot_was_released() {
    let plant = Plant::new();
    let people = [morning(), slot(2, "2031-01-16T08:00:00Z", "2031-01-16T12:00:00Z")];

    for by_slots in [true, false] {
        let path = new_intervention(&plant).await;
        book(&plant, &path, &people).await.expect(200);
        go(&plant.technicien(), &path, "en_cours").await.expect(200);
        go(&plant.technicien(), &path, "attente_pieces").await.expect(200);
        plant.person("technicien2").get(&path).await.expect(200);

        if by_slots {
            book(&plant, &path, &[slot(2, "2031-01-17T08:00:00Z", "2031-01-17T09:00:00Z")]).await.expect(200);
        } else {
            plant.responsable().patch(&path, json!({"technicien_id": 2})).await.expect(200);
        }

        plant.technicien().get(&path).await.expect(404);
        go(&plant.technicien(), &path, "en_cours").await.expect(404);
        go(&plant.person("technicien2"), &path, "en_cours").await.expect(200);
    }
}

#[tokio::test]
async fn slots_that_touch_are_allowed_and_slots_that_overlap_are_refused_with_what_stands_in_the_way() {
    let plant = Plant::new();
    let (first, second) = (new_intervention(&plant).await, new_intervention(&plant).await);
    book(&plant, &first, &[morning()]).await.expect(200);

    let refused = book(&plant, &second, &[slot(1, "2031-01-16T11:59:59Z", "2031-01-16T14:00:00Z")]).await;
    let touching = book(&plant, &second, &[slot(1, "2031-01-16T12:00:00Z", "2031-01-16T14:00:00Z")]).await;

    let refused = refused.expect(409);
    assert_eq!(refused.code(), "chevauchement");
    let conflict = &refused["conflits"][0];
    assert_eq!((&conflict["intervention_id"], &conflict["technicien_id"]), (&json!(1), &json!(1)));
    assert_eq!(conflict["numero"], "INT-2031-000001");
    assert_eq!((&conflict["debut"], &conflict["fin"]), (&morning()["debut"], &morning()["fin"]));
    let proposed = &refused["suggestions"][0];
    assert!(proposed["technicien_id"].is_i64() && proposed["debut"].is_string(), "{}", refused.body);
    touching.expect(200);
}

#[tokio::test]
async fn one_request_cannot_put_a_person_in_two_places() {
    let plant = Plant::new();
    let path = new_intervention(&plant).await;

    let refused =
        book(&plant, &path, &[morning(), slot(1, "2031-01-16T11:00:00Z", "2031-01-16T13:00:00Z")]).await;

    let refused = refused.expect(409);
    assert_eq!((refused.code(), &refused["conflits"][0]["intervention_id"]), ("chevauchement", &json!(1)));
    assert_eq!(value(&plant, "select count(*) from affectations"), "0");
}

#[tokio::test]
async fn nobody_is_booked_over_an_absence_and_nothing_forces_it() {
    let plant = Plant::new();
    let path = new_intervention(&plant).await;
    let away = json!({"debut": "2031-01-16T11:00:00Z", "fin": "2031-01-20T08:00:00Z", "motif": "Congé"});
    plant.responsable().post("techniciens/1/absences", away).await.expect(201);

    let forced = json!({"affectations": [morning()], "forcer_horaire": true});
    let refused = plant.admin().put(&format!("{path}/affectations"), forced).await.expect(409);

    assert_eq!(refused.code(), "chevauchement");
    assert_eq!(refused["conflits"][0]["intervention_id"], Value::Null);
}

#[tokio::test]
async fn a_slot_ends_after_it_begins_and_lasts_a_day_at_most() {
    let plant = Plant::new();
    let path = new_intervention(&plant).await;

    for (debut, fin) in [
        ("2031-01-16T08:00:00Z", "2031-01-16T08:00:00Z"),
        ("2031-01-16T08:00:00Z", "2031-01-16T07:00:00Z"),
        ("2031-01-16T08:00:00Z", "2031-01-17T08:00:01Z"),
    ] {
        let refused = book(&plant, &path, &[morning(), slot(2, debut, fin)]).await.expect(422);
        assert_eq!(refused["errors"][0]["champ"], "affectations[1].fin");
    }
    book(&plant, &path, &[slot(1, "2031-01-16T08:00:00Z", "2031-01-17T08:00:00Z")]).await.expect(200);
}

#[tokio::test]
async fn an_unknown_person_and_two_leads_are_refused_by_field() {
    let plant = Plant::new();
    let path = new_intervention(&plant).await;
    let lead = |technicien: i64| {
        let mut slot = slot(technicien, "2031-01-16T08:00:00Z", "2031-01-16T12:00:00Z");
        slot["role"] = json!("principal");
        slot
    };

    let unknown = book(&plant, &path, &[slot(9, "2031-01-16T08:00:00Z", "2031-01-16T12:00:00Z")]).await;
    let two_leads = book(&plant, &path, &[lead(1), lead(2)]).await;

    assert_eq!(unknown.expect(422)["errors"][0]["champ"], "affectations[0].technicien_id");
    assert_eq!(two_leads.expect(422)["errors"][0]["champ"], "affectations[1].role");
}

#[tokio::test]
async fn whoever_lacks_a_competence_or_is_not_available_cannot_be_assigned_at_all() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let b1v = responsable.post("techniciens/competences", json!({"nom": "B1V"})).await.expect(201).id();
    let held = json!({"competences": [
        {"competence_id": b1v, "niveau": 2, "valide_jusqu_au": "2031-01-16"}
    ]});
    responsable.patch("techniciens/1", held).await.expect(200);
    let requires = json!({"competences_requises": [{"competence_id": b1v, "niveau": 2}]});
    let created = responsable.post("interventions/", leak_with(requires)).await.expect(201);
    let path = format!("interventions/{}", created.id());

    book(&plant, &path, &[morning()]).await.expect(200);
    let expired = book(&plant, &path, &[slot(1, "2031-01-16T20:00:00Z", "2031-01-17T02:00:00Z")]).await;
    let lacking = book(&plant, &path, &[slot(2, "2031-01-16T08:00:00Z", "2031-01-16T09:00:00Z")]).await;
    responsable.patch("techniciens/1", json!({"disponibilite": "indisponible"})).await.expect(200);
    let away = book(&plant, &path, &[morning()]).await.expect(409);
    let led = responsable.post("interventions/", leak_with(json!({"technicien_id": 1}))).await.expect(409);

    let (expired, lacking) = (expired.expect(409), lacking.expect(409));
    assert_eq!((expired.code(), &expired["obstacles"][0]["motif"]), ("non_qualifie", &json!("expiree")));
    let obstacle = &lacking["obstacles"][0];
    assert_eq!((&obstacle["motif"], &obstacle["nom"]), (&json!("absente"), &json!("B1V")));
    assert_eq!(
        (&obstacle["technicien_id"], &obstacle["technicien_nom"]),
        (&json!(2), &json!("Claire Technicienne"))
    );
    assert_eq!(away["obstacles"][0]["type"], "indisponible");
    assert_eq!(led.code(), "non_qualifie");
}

#[tokio::test]
async fn a_slot_outside_working_hours_is_forced_by_a_responsable_and_audited() {
    let plant = Plant::new();
    let hours = json!({"horaire": {"jeudi": [["08:00", "12:00"]]}});
    plant.responsable().patch("techniciens/1", hours).await.expect(200);
    let path = new_intervention(&plant).await;
    let evening = slot(1, "2031-01-16T20:00:00Z", "2031-01-16T21:00:00Z");

    book(&plant, &path, &[morning()]).await.expect(200);
    let refused = book(&plant, &path, std::slice::from_ref(&evening)).await.expect(409);
    let forced = json!({"affectations": [evening], "forcer_horaire": true});
    plant.responsable().put(&format!("{path}/affectations"), forced).await.expect(200);

    assert_eq!((refused.code(), &refused["creneaux"][0]["technicien_id"]), ("hors_horaire", &json!(1)));
    let forced = value(&plant, "select apres from journal where action = 'intervention.horaire_force'");
    assert!(forced.contains("2031-01-16T20:00:00Z"), "{forced}");
}

#[tokio::test]
async fn creating_with_a_person_and_a_time_books_them_under_the_same_rules() {
    let plant = Plant::new();
    let at = |debut: &str| {
        leak_with(json!({"technicien_id": 1, "date_debut_prevue": debut, "duree_estimee_min": 90}))
    };

    let booked = plant.responsable().post("interventions/", at("2031-01-16T08:00:00Z")).await.expect(201);
    let refused = plant.responsable().post("interventions/", at("2031-01-16T09:00:00Z")).await.expect(409);
    let long =
        json!({"technicien_id": 1, "date_debut_prevue": "2031-02-01T08:00:00Z", "duree_estimee_min": 1441});
    let too_long = plant.responsable().post("interventions/", leak_with(long)).await.expect(422);

    assert_eq!(booked["date_fin_prevue"], "2031-01-16T09:30:00Z");
    assert_eq!(booked["affectations"][0]["fin"], "2031-01-16T09:30:00Z");
    assert_eq!(booked.header("etag"), "\"1\"");
    assert_eq!(
        (refused.code(), &refused["conflits"][0]["intervention_id"]),
        ("chevauchement", &json!(booked.id()))
    );
    assert_eq!(too_long["errors"][0]["champ"], "date_fin_prevue");
    assert_eq!(value(&plant, "select count(*) from interventions"), "1");
    assert_eq!(value(&plant, "select dernier from numeros"), "1");
}

#[tokio::test]
async fn the_lead_of_booked_work_changes_through_its_slots_only() {
    let plant = Plant::new();
    let path = new_intervention(&plant).await;
    book(&plant, &path, &[morning()]).await.expect(200);

    let refused = plant.responsable().patch(&path, json!({"technicien_id": 2})).await.expect(409);

    assert_eq!(refused.code(), "affectations_existantes");
}

#[tokio::test]
async fn waiting_for_parts_ends_the_slot_under_way_and_frees_the_later_ones() {
    let plant = Plant::new();
    let path = new_intervention(&plant).await;
    let tomorrow = slot(1, "2031-01-17T08:00:00Z", "2031-01-17T10:00:00Z");
    book(&plant, &path, &[morning(), tomorrow.clone()]).await.expect(200);
    plant.set_time("2031-01-16T08:00:00Z");
    go(&plant.technicien(), &path, "en_cours").await.expect(200);
    plant.set_time("2031-01-16T09:00:00Z");

    let waiting = go(&plant.technicien(), &path, "attente_pieces").await.expect(200);

    let slots = &waiting["affectations"];
    assert_eq!((&slots[0]["fin"], &slots[0]["liberee"]), (&json!("2031-01-16T09:00:00Z"), &json!(false)));
    assert_eq!((&slots[1]["fin"], &slots[1]["liberee"]), (&tomorrow["fin"], &json!(true)));
    let other = new_intervention(&plant).await;
    book(&plant, &other, &[tomorrow, slot(1, "2031-01-16T09:00:00Z", "2031-01-16T12:00:00Z")])
        .await
        .expect(200);
}

#[tokio::test]
async fn cancelled_work_books_nobody_and_reopened_work_books_nobody_either() {
    let plant = Plant::new();
    let (cancelled, finished) = (new_intervention(&plant).await, new_intervention(&plant).await);
    book(&plant, &cancelled, &[morning()]).await.expect(200);
    go(&plant.responsable(), &cancelled, "annule").await.expect(200);
    book(&plant, &finished, &[morning()]).await.expect(200);
    plant.set_time("2031-01-16T11:00:00Z");
    for statut in ["en_cours", "termine"] {
        go(&plant.technicien(), &finished, statut).await.expect(200);
    }
    // Someone else's work takes the very time that the finished one had.
    let other = new_intervention(&plant).await;
    book(&plant, &other, &[morning()]).await.expect(200);

    let reopened = go(&plant.responsable(), &finished, "en_cours").await.expect(200);

    assert_eq!(reopened["affectations"][0]["liberee"], true);
    plant.technicien().get(&finished).await.expect(200);
}

#[tokio::test]
async fn suggestions_are_the_first_free_slots_of_the_qualified() {
    let plant = Plant::new();
    let path = new_intervention(&plant).await;
    plant.responsable().patch(&path, json!({"duree_estimee_min": 120})).await.expect(200);
    let id = path.rsplit('/').next().expect("an id");
    plant.responsable().patch("techniciens/2", json!({"disponibilite": "indisponible"})).await.expect(200);

    let address = format!("planning/suggestions?intervention_id={id}");
    let found = plant.responsable().get(&address).await.expect(200);

    let first = &found["items"][0];
    assert_eq!(
        (&first["technicien_id"], &first["technicien_nom"]),
        (&json!(1), &json!("Youssef Technicien"))
    );
    assert_eq!(
        (&first["debut"], &first["fin"]),
        (&json!("2031-01-15T08:00:00Z"), &json!("2031-01-15T10:00:00Z"))
    );
    assert!(found["items"].as_array().expect("a list").iter().all(|item| item["technicien_id"] == 1));
    plant.technicien().get(&address).await.expect(403);
    plant.responsable().get("planning/suggestions?intervention_id=99").await.expect(404);
    plant.responsable().get("planning/suggestions").await.expect(422);
}

/// A small generator of our own, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

// D8
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn however_many_book_at_once_nobody_overlaps_and_each_refusal_is_explained() {
    let plant = Plant::new();
    let mut dice = Dice(7);
    let mut attempts = Vec::new();
    for _ in 0..200 {
        let path = new_intervention(&plant).await;
        let hour = dice.roll(60);
        let (technicien, length) = (1 + dice.roll(2) as i64, 1 + dice.roll(5));
        let day = |hour: u64| format!("2031-01-{:02}T{:02}:00:00Z", 20 + hour / 24, hour % 24);
        attempts.push((path, slot(technicien, &day(hour), &day(hour + length))));
    }

    // Two people, fifty each at once: beyond 64 a person waits for themself.
    let (plant, mut replies) = (&plant, Vec::new());
    for at_once in attempts.chunks(100) {
        let asked = at_once.iter().enumerate().map(|(i, (path, slot))| async move {
            let who = if i % 2 == 0 { plant.responsable() } else { plant.admin() };
            who.put(&format!("{path}/affectations"), json!({"affectations": [slot]})).await
        });
        replies.extend(futures(asked).await);
    }

    let overlap = |a: &Value, b: &Value| {
        a["technicien_id"] == b["technicien_id"]
            && a["debut"].as_str() < b["fin"].as_str()
            && b["debut"].as_str() < a["fin"].as_str()
    };
    let accepted: Vec<_> =
        attempts.iter().zip(&replies).filter(|(_, reply)| reply.status == 200).map(|(it, _)| &it.1).collect();
    assert!(accepted.len() > 10 && accepted.len() < 200, "{}", accepted.len());
    for (i, one) in accepted.iter().enumerate() {
        assert!(!accepted[..i].iter().any(|other| overlap(one, other)), "{one}");
    }
    for ((_, slot), reply) in attempts.iter().zip(&replies).filter(|(_, reply)| reply.status != 200) {
        assert_eq!((reply.status.as_u16(), reply.code()), (409, "chevauchement"), "{}", reply.body);
        let conflicts = reply["conflits"].as_array().expect("a list");
        let explains = |conflict: &Value| {
            overlap(slot, conflict)
                && accepted
                    .iter()
                    .any(|one| one["debut"] == conflict["debut"] && one["fin"] == conflict["fin"])
        };
        assert!(!conflicts.is_empty() && conflicts.iter().all(explains), "{slot} {}", reply.body);
    }
}

/// Polls all at once, as many phones do.
async fn futures<F: Future<Output = Reply>>(all: impl Iterator<Item = F>) -> Vec<Reply> {
    let mut running: Vec<_> = all.map(|one| (Box::pin(one), None)).collect();
    std::future::poll_fn(move |context| {
        let mut waits = false;
        for (future, reply) in &mut running {
            if reply.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(done) => *reply = Some(done),
                    std::task::Poll::Pending => waits = true,
                }
            }
        }
        if waits {
            return std::task::Poll::Pending;
        }
        std::task::Poll::Ready(running.iter_mut().filter_map(|(_, reply)| reply.take()).collect())
    })
    .await
}

// D8
#[tokio::test]
async fn the_database_itself_lets_only_one_of_many_writers_book_a_time() {
    let plant = Plant::new();
    for _ in 0..8 {
        new_intervention(&plant).await;
    }
    let booked = Arc::new(AtomicUsize::new(0));
    let refused = Arc::new(AtomicUsize::new(0));

    std::thread::scope(|threads| {
        for intervention in 1..=8_i64 {
            let connection = plant.database();
            let (booked, refused) = (booked.clone(), refused.clone());
            threads.spawn(move || {
                connection.busy_timeout(std::time::Duration::from_secs(20)).expect("a time-out");
                for hour in 0..24_i64 {
                    let debut = 1_926_000_000 + hour * 3600 + intervention;
                    let outcome = connection.execute(
                        "insert into affectations (intervention_id, technicien_id, debut, fin)
                         values (?1, 1, ?2, ?2 + 3600)",
                        [intervention, debut],
                    );
                    match outcome {
                        Ok(_) => booked.fetch_add(1, Ordering::Relaxed),
                        Err(cause) => {
                            assert!(cause.to_string().contains("chevauchement"), "{cause}");
                            refused.fetch_add(1, Ordering::Relaxed)
                        }
                    };
                }
            });
        }
    });

    assert_eq!(booked.load(Ordering::Relaxed) + refused.load(Ordering::Relaxed), 8 * 24);
    assert!(booked.load(Ordering::Relaxed) >= 12, "somebody got each hour or its neighbour");
    let overlaps = "select count(*) from affectations a join affectations b
        on a.technicien_id = b.technicien_id and a.id < b.id and a.debut < b.fin and b.debut < a.fin";
    assert_eq!(value(&plant, overlaps), "0");
}
