//! What a reader has already (`If-None-Match`): the same is sent again as soon as anything that it shows is another,
//! also where that is of other rows and the version stays.

use std::collections::BTreeSet;

use serde_json::json;

use crate::interventions::led_by_youssef;
use crate::permissions::{Row, address, operations, world};
use crate::pieces::part;
use crate::plant::{Person, Plant, Reply};

/// What changes in what each address shows, while its version stays.
const CHANGES: &[(&str, &str)] = &[
    ("auth/me", "insert into totp (user_id, secret, cree_le, active_le) values (1, zeroblob(20), 0, 0)"),
    ("users/me", "insert into totp (user_id, secret, cree_le, active_le) values (1, zeroblob(20), 0, 0)"),
    ("users/{id}", "insert into totp (user_id, secret, cree_le, active_le) values (5, zeroblob(20), 0, 0)"),
    ("clients/{id}", "update clients set contact = 'Autre' where id = 1"),
    ("sites/{id}", "update sites set nom = 'Autre' where id = 1"),
    ("codes/reglages", "update codes_reglages set codes_obligatoires = 1 - codes_obligatoires"),
    ("codes/{id}", "update codes set libelle = 'Autre' where id = 1"),
    (
        "compteurs/{id}",
        "insert into releves (id, compteur_id, date, valeur, auteur, created_at)
         values (9, 1, 1926300000, 1200000, 'technicien', 0)",
    ),
    ("compteurs/{id}/plans/{pid}", "update compteur_plans set titre = 'Autre' where id = 1"),
    ("demandes/{id}", "update equipements set nom = 'Autre' where id = 1"),
    ("documents/{id}", "update users set full_name = 'Autre' where id = 3"),
    ("equipements/{id}", "update sites set nom = 'Autre' where id = 1"),
    ("filters/vues/{id}", "update vues set nom = 'Autre' where id = 1"),
    ("fournisseurs/{id}", "update fournisseurs set nom = 'Autre' where id = 1"),
    ("gammes/{id}", "update gammes set nom = 'Autre' where id = 1"),
    (
        "interventions/{id}",
        "insert into prestations (intervention_id, designation, montant, date, saisie_par, created_at)
         values (1, 'Levage', 1, '2031-01-13', 'responsable', 0)",
    ),
    (
        "interventions/{id}/checklist/{operation}",
        "update checklist_correctives set corrective_id = 2 where intervention_id = 1",
    ),
    ("interventions/{id}/prestations/{prestation}", "update prestations set designation = 'Autre'"),
    ("inventaires/{id}", "update pieces set designation = 'Autre' where id = 1"),
    ("pieces/{id}", "update fournisseurs set nom = 'Autre' where id = 1"),
    ("planning/jours-feries/{id}", "update jours_feries set nom = 'Autre' where id = 1"),
    ("planning/{id}", "update equipements set nom = 'Autre' where id = 1"),
    ("techniciens/competences/{id}", "update competences set description = 'Autre' where id = 1"),
    ("techniciens/{id}", "update users set full_name = 'Autre' where id = 3"),
    ("temps/{id}", "update users set full_name = 'Autre' where id = 3"),
];

/// Bytes, of which the `ETag` is a digest already, as other tests say; and what is replaced, never changed.
const OTHERS: &[&str] = &[
    "documents/{id}/contenu",
    "documents/{id}/miniature",
    "planning/calendrier.ics",
    "techniciens/{id}/absences/{aid}",
];

async fn again(person: &Person<'_>, path: &str, etag: &str) -> Reply {
    person.send("GET", path, &[("if-none-match", etag)], None).await
}

#[tokio::test]
async fn whatever_a_reply_shows_makes_it_another_for_every_address_that_has_a_validator() {
    let data = world().await;
    let mut plant = Plant::copy_of(data.path());
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let mut wrong = Vec::new();

    for operation in operations().iter().filter(|operation| operation.method == "GET") {
        let path = address(operation, "admin", Row::Near);
        // Never ends by itself.
        if path.ends_with("/evenements") {
            continue;
        }
        let first = plant.admin().get(&path).await;
        let name = operation.path.trim_start_matches("/api/v1/");
        let Some(etag) = first.headers.get("etag").map(|etag| etag.to_str().expect("ASCII").to_owned())
        else {
            continue;
        };
        if OTHERS.contains(&name) || !operation.path.starts_with("/api/v1/") {
            continue;
        }
        let Some((name, change)) = CHANGES.iter().find(|(known, _)| *known == name) else {
            wrong.push(format!("{name} has a validator, and no test changes what it shows"));
            continue;
        };
        told.insert(name);
        let before = again(&plant.admin(), &path, &etag).await.status.as_u16();
        if let Err(error) = plant.database().execute(change, []) {
            wrong.push(format!("{name}: {error}"));
            continue;
        }
        let after = again(&plant.admin(), &path, &etag).await;
        if (before, after.status.as_u16()) != (304, 200) || after.body == first.body {
            wrong.push(format!("{name}: {before}, then {} {etag}", after.status));
        }
        if after.body["version"] != first.body["version"] {
            wrong.push(format!("{name}: of another version"));
        }
        plant = Plant::copy_of(data.path());
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(told.len(), CHANGES.len(), "each of the list was read");
}

#[tokio::test]
async fn time_parts_and_cost_make_an_intervention_another_and_what_was_read_before_still_names_its_version() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let path = led_by_youssef(&plant).await;
    let piece = part(&plant, "R", 10).await;
    let id = path.trim_start_matches("interventions/").to_owned();
    let intervention: i64 = id.parse().expect("an id");
    let time = json!({"technicien_id": 1, "debut": "2031-01-14T08:00:00Z", "fin": "2031-01-14T09:00:00Z"});

    for (what, body) in [
        (format!("{path}/temps"), time),
        (format!("{path}/prestations"), json!({"designation": "Levage", "montant": 100})),
        (
            format!("{piece}/mouvements"),
            json!({"type": "sortie", "quantite": 1, "intervention_id": intervention}),
        ),
    ] {
        let read = responsable.get(&path).await.expect(200);
        let etag = read.header("etag").to_owned();
        again(&responsable, &path, &etag).await.expect(304);
        responsable.post(&what, body).await.expect(201);

        let after = again(&responsable, &path, &etag).await.expect(200);
        assert_eq!(after["version"], read["version"], "{what}");
        assert_ne!(after.header("etag"), etag, "{what}");
        let weak = format!("W/{etag}");
        let urgent = |priorite: &str| Some(json!({"priorite": priorite}));
        responsable.send("PATCH", &path, &[("if-match", &weak)], urgent("haute")).await.expect(200);
        responsable.send("PATCH", &path, &[("if-match", &etag)], urgent("basse")).await.expect(412);
    }
}

#[tokio::test]
async fn a_write_tells_the_version_alone_and_a_read_more() {
    let plant = Plant::new();
    let admin = plant.admin();

    let written = admin.patch("sites/1", json!({"nom": "Autre"})).await.expect(200);
    let read = admin.get("sites/1").await.expect(200);
    let head = admin.send("HEAD", "sites/1", &[], None).await;

    assert_eq!(written.header("etag"), "\"2\"");
    let (version, mark) = read.header("etag").trim_matches('"').split_once('-').expect("two parts");
    assert_eq!((version, mark.len()), ("2", 16));
    assert_eq!(head.header("etag"), read.header("etag"));
    // Whoever knows the version only is shown everything.
    again(&admin, "sites/1", "\"2\"").await.expect(200);
    let stale = json!({"nom": "Encore"});
    admin.send("PATCH", "sites/1", &[("if-match", "\"1-0000000000000000\"")], Some(stale)).await.expect(412);
}
