//! Signatures: the work acknowledged on the phone, and whether that still covers what the intervention says.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::interventions::{go, leak_with, led_by_youssef, value};
use crate::pieces::{moved, part};
use crate::plant::{Person, Plant, Reply};

/// A white pixel.
const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP6DwABBQECz6AuzQAAAABJRU5ErkJggg==";

fn drawn() -> Value {
    json!({"image": "M10 40 C20 10 30 10 40 40 L60 20", "nom": "Karim Chef", "fonction": "Chef de ligne"})
}

async fn sign(person: &Person<'_>, path: &str, body: Value) -> Reply {
    person.post(&format!("{path}/signature"), body).await
}

/// Work of Youssef's that has begun, with its report.
async fn under_way(plant: &Plant) -> String {
    let path = led_by_youssef(plant).await;
    go(&plant.technicien(), &path, "en_cours").await.expect(200);
    plant.technicien().patch(&path, json!({"compte_rendu": "Garniture remplacée"})).await.expect(200);
    path
}

async fn covers(plant: &Plant, path: &str) -> bool {
    let read = plant.responsable().get(&format!("{path}/signature")).await.expect(200);
    read["couvre_version_actuelle"].as_bool().expect("a boolean")
}

#[tokio::test]
async fn a_signature_says_who_signed_who_handed_the_phone_when_and_what() {
    let plant = Plant::new();
    let path = under_way(&plant).await;
    plant.technicien().get(&format!("{path}/signature")).await.expect(204);

    let signed = sign(&plant.technicien(), &path, drawn()).await.expect(201);

    assert_eq!((&signed["nom"], &signed["fonction"]), (&json!("Karim Chef"), &json!("Chef de ligne")));
    assert_eq!(signed["recueillie_par"], "Youssef Technicien");
    assert_eq!((&signed["date"], &signed["version_signee"]), (&json!("2031-01-15T08:00:00Z"), &json!(3)));
    assert_eq!(signed["couvre_version_actuelle"], true);
    assert_eq!(plant.client().get(&format!("{path}/signature")).await.expect(200).body, signed.body);
    assert_eq!(value(&plant, "select count(*) from journal where action = 'signature.creation'"), "1");
}

#[tokio::test]
async fn an_image_is_shown_as_what_it_is_and_can_do_nothing() {
    let plant = Plant::new();
    let path = under_way(&plant).await;
    let image = format!("{path}/signature/image");

    sign(&plant.technicien(), &path, drawn()).await.expect(201);
    let svg = plant.client().get(&image).await.expect(200);
    let png = json!({"image": format!("data:image/png;base64,{PIXEL}"), "nom": "Karim Chef"});
    sign(&plant.technicien(), &path, png).await.expect(201);
    let png = plant.client().get(&image).await.expect(200);

    assert_eq!((svg.header("content-type"), png.header("content-type")), ("image/svg+xml", "image/png"));
    assert!(svg.bytes.starts_with(b"<svg "), "{}", String::from_utf8_lossy(&svg.bytes));
    assert_eq!(png.bytes, STANDARD.decode(PIXEL).expect("a pixel"), "the last one counts");
    for shown in [svg, png] {
        assert_eq!(shown.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(shown.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn finishing_and_validating_is_what_was_signed_and_any_other_change_is_not() {
    let plant = Plant::new();
    let path = under_way(&plant).await;
    sign(&plant.technicien(), &path, drawn()).await.expect(201);

    plant.technicien().post(&format!("{path}/commentaires"), json!({"texte": "Merci"})).await.expect(201);
    plant.technicien().patch(&format!("{path}/statut"), json!({"statut": "termine"})).await.expect(200);
    let finished = covers(&plant, &path).await;
    go(&plant.responsable(), &path, "en_cours").await.expect(200);
    let reopened = covers(&plant, &path).await;
    sign(&plant.technicien(), &path, drawn()).await.expect(201);
    let again = covers(&plant, &path).await;
    plant.technicien().patch(&path, json!({"remede": "Garniture et roulement"})).await.expect(200);
    let changed = covers(&plant, &path).await;
    sign(&plant.technicien(), &path, drawn()).await.expect(201);
    go(&plant.technicien(), &path, "termine").await.expect(200);
    plant.responsable().post(&format!("{path}/validation"), json!({})).await.expect(200);

    assert_eq!((finished, reopened, again, changed), (true, false, true, false));
    assert!(covers(&plant, &path).await, "validated as it was signed");
}

#[tokio::test]
async fn answers_time_and_parts_that_change_after_it_are_not_what_was_signed() {
    let plant = Plant::new();
    let operations = json!([{"type": "mesure", "libelle": "Température", "unite": "°C", "max": 70}]);
    let gamme = plant
        .responsable()
        .post("gammes/", json!({"nom": "Ronde", "operations": operations}))
        .await
        .expect(201);
    let operation = gamme["brouillon"]["operations"][0]["id"].clone();
    plant.responsable().post(&format!("gammes/{}/publication", gamme.id()), json!({})).await.expect(200);
    let piece = part(&plant, "R", 10).await;
    let new = leak_with(json!({"technicien_id": 1, "gamme_id": gamme.id()}));
    let id = plant.responsable().post("interventions/", new).await.expect(201).id();
    let path = format!("interventions/{id}");
    go(&plant.technicien(), &path, "en_cours").await.expect(200);
    let answer = format!("{path}/checklist/{operation}");
    let time = json!({"technicien_id": 1, "debut": "2031-01-14T08:00:00Z", "fin": "2031-01-14T09:00:00Z"});
    let out = json!({"type": "sortie", "quantite": 1, "intervention_id": id});
    plant.technicien().put(&answer, json!({"valeur": 60})).await.expect(200);
    let entry = plant.responsable().post(&format!("{path}/temps"), time).await.expect(201);
    moved(&plant, &piece, out.clone()).await;
    plant.set_time("2031-01-15T09:00:00Z");

    for what in ["answer", "time", "part", "part back", "time gone"] {
        sign(&plant.technicien(), &path, drawn()).await.expect(201);
        assert!(covers(&plant, &path).await, "{what}");
        match what {
            "answer" => plant.technicien().put(&answer, json!({"valeur": 65})).await.expect(200),
            "time" => {
                let longer = json!({"fin": "2031-01-14T10:00:00Z"});
                plant.responsable().patch(&format!("temps/{}", entry.id()), longer).await.expect(200)
            }
            "part" => moved(&plant, &piece, out.clone()).await,
            "part back" => {
                let back = json!({"type": "retour", "quantite": 1, "intervention_id": id});
                moved(&plant, &piece, back).await
            }
            _ => plant.responsable().delete(&format!("temps/{}", entry.id())).await.expect(204),
        };
        assert!(!covers(&plant, &path).await, "{what}");
    }
}

#[tokio::test]
async fn a_timer_that_runs_while_it_is_signed_is_stopped_by_finishing_and_covered() {
    let plant = Plant::new();
    let path = under_way(&plant).await;
    plant.technicien().post(&format!("{path}/temps/demarrer"), json!({})).await.expect(201);
    plant.set_time("2031-01-15T09:00:00Z");
    sign(&plant.technicien(), &path, drawn()).await.expect(201);

    plant.set_time("2031-01-15T09:05:00Z");
    plant.technicien().post("temps/arreter", json!({})).await.expect(200);
    plant.technicien().patch(&format!("{path}/statut"), json!({"statut": "termine"})).await.expect(200);
    assert!(covers(&plant, &path).await);

    go(&plant.responsable(), &path, "en_cours").await.expect(200);
    sign(&plant.technicien(), &path, drawn()).await.expect(201);
    plant.set_time("2031-01-15T09:10:00Z");
    plant.technicien().post(&format!("{path}/temps/demarrer"), json!({})).await.expect(201);
    assert!(!covers(&plant, &path).await, "work that went on was not signed");
}

#[tokio::test]
async fn a_signature_of_before_covers_what_it_covered() {
    let plant = Plant::new();
    let path = under_way(&plant).await;
    let read = plant.responsable().get(&path).await.expect(200);
    // As an earlier version made it: of the intervention's own fields.
    let fields = |names: &[&str]| names.iter().map(|name| read[*name].clone()).collect::<Vec<_>>();
    let said = json!([
        fields(&[
            "numero",
            "titre",
            "description",
            "type_intervention",
            "priorite",
            "equipement_id",
            "technicien_id"
        ]),
        fields(&[
            "date_limite",
            "date_debut_prevue",
            "date_fin_prevue",
            "duree_estimee_min",
            "arret_equipement"
        ]),
        fields(&["survenue_le", "declaree_le", "symptome", "cause", "remede", "compte_rendu"]),
        fields(&["symptome_code_id", "cause_code_id", "remede_code_id"]),
        0,
    ]);
    let empreinte: [u8; 32] = Sha256::digest(said.to_string()).into();
    let sql = "insert into signatures
        (intervention_id, date, user_id, nom, version_signee, empreinte, type_mime, image)
        values (?1, 1926000000, 3, 'Chef', 3, ?2, 'image/svg+xml', x'00')";
    plant.database().execute(sql, (read.id(), empreinte)).expect("a signature of before");
    assert!(covers(&plant, &path).await);

    let time = json!({"technicien_id": 1, "debut": "2031-01-14T08:00:00Z", "fin": "2031-01-14T09:00:00Z"});
    plant.responsable().post(&format!("{path}/temps"), time).await.expect(201);
    assert!(covers(&plant, &path).await, "it was not of the time");

    plant.technicien().patch(&path, json!({"remede": "Roulement"})).await.expect(200);
    assert!(!covers(&plant, &path).await);
}

#[tokio::test]
async fn what_has_not_begun_was_cancelled_or_is_validated_is_not_signed() {
    let plant = Plant::new();
    let (planned, cancelled) = (led_by_youssef(&plant).await, led_by_youssef(&plant).await);
    go(&plant.responsable(), &cancelled, "annule").await.expect(200);
    let validated = under_way(&plant).await;
    go(&plant.technicien(), &validated, "termine").await.expect(200);
    plant.responsable().post(&format!("{validated}/validation"), json!({})).await.expect(200);

    for (path, code) in [(&planned, "rien_a_signer"), (&cancelled, "rien_a_signer"), (&validated, "validee")]
    {
        assert_eq!(sign(&plant.technicien(), path, drawn()).await.expect(409).code(), code);
    }
}

#[tokio::test]
async fn what_is_no_image_is_refused_by_field() {
    let plant = Plant::new();
    let path = under_way(&plant).await;
    let svg = "data:image/svg+xml;base64,PHN2Zy8+";

    for image in ["", "M0 0", "<svg onload=alert(1)>", svg, "data:image/png;base64,R0lGODlh"] {
        let refused = sign(&plant.technicien(), &path, json!({"image": image, "nom": "Karim"})).await;
        assert_eq!(refused.expect(422)["errors"][0]["champ"], "image", "{image}");
    }
    let nameless = sign(&plant.technicien(), &path, json!({"image": "M0 0 L9 9", "nom": " "})).await;
    assert_eq!(nameless.expect(422)["errors"][0]["champ"], "nom");
    let long = json!({"image": "M0 0 L".to_owned() + &"9 ".repeat(70_001), "nom": "Karim"});
    assert_eq!(sign(&plant.technicien(), &path, long).await.expect(422)["errors"][0]["code"], "trop_long");
    assert_eq!(value(&plant, "select count(*) from signatures"), "0");
}

// A14, A15
#[tokio::test]
async fn only_whoever_does_the_work_has_it_signed_and_only_whoever_sees_it_sees_that() {
    let plant = Plant::new();
    let path = under_way(&plant).await;
    sign(&plant.client(), &path, drawn()).await.expect(403);
    sign(&plant.person("technicien2"), &path, drawn()).await.expect(404);
    sign(&plant.technicien(), &path, drawn()).await.expect(201);

    for hidden in ["technicien2", "client2"] {
        for what in ["signature", "signature/image"] {
            plant.person(hidden).get(&format!("{path}/{what}")).await.expect(404);
        }
    }
}

// D9
#[tokio::test]
async fn the_database_itself_refuses_to_change_or_forget_a_signature() {
    let plant = Plant::new();
    let path = under_way(&plant).await;
    sign(&plant.technicien(), &path, drawn()).await.expect(201);

    for sql in ["update signatures set nom = 'X'", "delete from signatures"] {
        plant.database().execute(sql, []).expect_err(sql);
    }
}
