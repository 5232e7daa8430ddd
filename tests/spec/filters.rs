//! Facets, the search over everything, the closed lists, and saved views.

use serde_json::{Value, json};

use crate::interventions::leak_with;
use crate::plant::{Person, Plant, Reply};

/// A facet as (value, label, count).
fn facet<'r>(reply: &'r Reply, field: &str) -> Vec<(&'r str, &'r str, i64)> {
    let values = reply["facettes"][field].as_array().unwrap_or_else(|| panic!("{field}: {}", reply.body));
    let text = |value: &'r Value| value.as_str().expect("a text");
    values
        .iter()
        .map(|value| {
            (text(&value["valeur"]), text(&value["libelle"]), value["nombre"].as_i64().expect("a count"))
        })
        .collect()
}

/// What a search finds, as (type, label).
async fn found(person: &Person<'_>, q: &str) -> Vec<(String, String)> {
    let reply = person.get(&format!("filters/recherche?q={q}")).await.expect(200);
    let items = reply["items"].as_array().expect("a list").clone();
    let text = |item: &Value, member: &str| item[member].as_str().expect("a text").to_owned();
    items.iter().map(|item| (text(item, "type"), text(item, "libelle"))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(kind, label)| ((*kind).to_owned(), (*label).to_owned())).collect()
}

fn view(nom: &str) -> Value {
    json!({"nom": nom, "liste": "equipements", "parametres": {"criticite": ["critique"]}})
}

fn shared(nom: &str) -> Value {
    let mut view = view(nom);
    view["partagee"] = json!(true);
    view
}

async fn names(person: &Person<'_>) -> Vec<String> {
    let list = person.get("filters/vues").await.expect(200);
    let items = list["items"].as_array().expect("a list").clone();
    items.iter().filter_map(|item| item["nom"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn facets_count_the_equipements_that_the_filters_leave() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    for (code, criticite) in [("P-2", "critique"), ("P-3", "critique")] {
        let new = json!({"code": code, "nom": code, "type": "pompe", "site_id": 2, "criticite": criticite});
        responsable.post("equipements/", new).await.expect(201);
    }

    let all = responsable.get("filters/equipements?page_size=1").await.expect(200);
    let critical = responsable.get("filters/equipements?criticite=critique&q=p").await.expect(200);

    assert_eq!((&all["total"], all.ids()), (&json!(4), vec![1]));
    assert_eq!(
        facet(&all, "criticite"),
        [("critique", "Critique", 2), ("standard", "Standard", 2)],
        "of the whole list, not of the page"
    );
    assert_eq!(facet(&all, "site_id"), [("2", "Atelier de Tanger", 3), ("1", "Usine de Casablanca", 1)]);
    assert_eq!(facet(&all, "client_id"), [("2", "Rif Textile", 3), ("1", "Atlas Conserves", 1)]);
    assert_eq!(facet(&all, "type"), [("pompe", "pompe", 3), ("metier", "metier", 1)]);
    assert_eq!(critical["total"], 2);
    assert_eq!(facet(&critical, "criticite"), [("critique", "Critique", 2)]);
    assert_eq!(facet(&critical, "statut"), [("operationnel", "Opérationnel", 2)]);
}

// A14
#[tokio::test]
async fn the_facets_of_a_client_count_its_own_equipements_only() {
    let plant = Plant::new();

    let list = plant.client().get("filters/equipements").await.expect(200);
    let foreign = plant.client().get("filters/equipements?site_id=2").await.expect(200);

    assert_eq!((list.ids(), &list["total"]), (vec![1], &json!(1)));
    assert_eq!(facet(&list, "site_id"), [("1", "Usine de Casablanca", 1)]);
    assert_eq!(facet(&list, "type"), [("pompe", "pompe", 1)]);
    assert_eq!((foreign.ids(), &foreign["total"]), (vec![], &json!(0)));
    assert!(facet(&foreign, "site_id").is_empty() && facet(&foreign, "type").is_empty());
}

#[tokio::test]
async fn a_team_spelt_in_two_ways_is_one_value() {
    let plant = plant_at_work().await;
    let spelt = json!({"equipe": "mecanique"});
    plant.responsable().patch("techniciens/2", spelt).await.expect(200);

    let list = plant.responsable().get("filters/interventions").await.expect(200);

    let equipes = facet(&list, "equipe");
    assert_eq!(equipes.iter().map(|(.., rows)| *rows).collect::<Vec<_>>(), [2], "{equipes:?}");
    let chosen =
        plant.responsable().get(&format!("interventions/?equipe={}", equipes[0].0)).await.expect(200);
    assert_eq!(chosen["total"], 2);
}

/// Three interventions: Youssef's on the pump (late), Claire's on the loom (urgent), nobody's on the loom.
async fn plant_at_work() -> Plant {
    let plant = Plant::new();
    let responsable = plant.responsable();
    for further in [
        json!({"technicien_id": 1, "titre": "Fuite Étanchéité", "date_limite": "2031-01-15T07:00:00Z"}),
        json!({"equipement_id": 2, "technicien_id": 2, "titre": "Fuite d’huile", "priorite": "urgente"}),
        json!({"equipement_id": 2, "titre": "Fuite d’air"}),
    ] {
        responsable.post("interventions/", leak_with(further)).await.expect(201);
    }
    plant
}

#[tokio::test]
async fn facets_count_the_interventions_that_the_filters_leave() {
    let plant = plant_at_work().await;
    let responsable = plant.responsable();

    let all = responsable.get("filters/interventions?page_size=1").await.expect(200);
    let looms = responsable.get("filters/interventions?site_id=2&q=fuite").await.expect(200);

    assert_eq!((&all["total"], all.ids().len()), (&json!(3), 1));
    assert_eq!(facet(&all, "statut"), [("planifie", "Planifiée", 3)]);
    assert_eq!(facet(&all, "priorite"), [("normale", "Normale", 2), ("urgente", "Urgente", 1)]);
    assert_eq!(facet(&all, "type_intervention"), [("corrective", "Corrective", 3)]);
    assert_eq!(facet(&all, "site_id"), [("2", "Atelier de Tanger", 2), ("1", "Usine de Casablanca", 1)]);
    assert_eq!(facet(&all, "client_id"), [("2", "Rif Textile", 2), ("1", "Atlas Conserves", 1)]);
    let people = [("2", "Claire Technicienne", 1), ("1", "Youssef Technicien", 1)];
    assert_eq!(facet(&all, "technicien_id"), people);
    assert_eq!(facet(&all, "equipe"), [("Mécanique", "Mécanique", 1), ("Électricité", "Électricité", 1)]);
    assert_eq!(facet(&all, "en_retard"), [("true", "Oui", 1)]);
    assert_eq!(facet(&all, "sans_technicien"), [("true", "Oui", 1)]);
    assert_eq!((&looms["total"], facet(&looms, "technicien_id")), (&json!(2), vec![people[0]]));
    assert!(facet(&looms, "en_retard").is_empty());
}

// A14
#[tokio::test]
async fn the_facets_of_interventions_count_what_their_reader_sees_only() {
    let plant = plant_at_work().await;

    let technicien = plant.technicien().get("filters/interventions").await.expect(200);
    let client = plant.person("client2").get("filters/interventions").await.expect(200);

    assert_eq!((&technicien["total"], technicien.ids()), (&json!(1), vec![1]));
    assert_eq!(facet(&technicien, "technicien_id"), [("1", "Youssef Technicien", 1)]);
    assert_eq!(facet(&technicien, "site_id"), [("1", "Usine de Casablanca", 1)]);
    assert_eq!(client["total"], 2);
    assert_eq!(facet(&client, "client_id"), [("2", "Rif Textile", 2)]);
    assert_eq!(facet(&client, "technicien_id"), [("2", "Claire Technicienne", 1)]);
    assert_eq!(client["facettes"]["equipe"], Value::Null, "the plant's teams are not for clients");
}

#[tokio::test]
async fn a_search_finds_the_interventions_that_its_caller_sees() {
    let plant = plant_at_work().await;

    let youssef = found(&plant.technicien(), "fuit").await;
    let rif = found(&plant.person("client2"), "FUITE%20huile").await;
    let by_number = found(&plant.responsable(), "INT-2031-000001").await;
    let without_accents = found(&plant.client(), "etanch").await;

    let leak = pairs(&[("intervention", "INT-2031-000001 Fuite Étanchéité")]);
    assert_eq!(rif, pairs(&[("intervention", "INT-2031-000002 Fuite d’huile")]));
    assert_eq!((&youssef, &by_number, &without_accents), (&leak, &leak, &leak));
    assert_eq!(found(&plant.client(), "huile").await, []);
}

#[tokio::test]
async fn only_an_admin_finds_accounts() {
    let plant = Plant::new();

    let admin = found(&plant.admin(), "rachid").await;

    assert_eq!(admin, pairs(&[("user", "Rachid Responsable")]));
    for username in ["responsable", "technicien", "client"] {
        assert_eq!(found(&plant.person(username), "rachid").await, [], "{username}");
    }
}

#[tokio::test]
async fn facets_count_the_techniciens_by_team_availability_and_competence() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let welding =
        responsable.post("techniciens/competences", json!({"nom": "Soudure"})).await.expect(201).id();
    let change = json!({"competences_ids": [welding], "disponibilite": "indisponible"});
    responsable.patch("techniciens/1", change).await.expect(200);

    let all = responsable.get("filters/techniciens").await.expect(200);
    let absent = responsable.get("filters/techniciens?disponibilite=indisponible").await.expect(200);
    let colleague = plant.person("technicien2").get("filters/techniciens?q=youssef").await.expect(200);

    assert_eq!(all["total"], 2);
    assert_eq!(facet(&all, "equipe"), [("Mécanique", "Mécanique", 1), ("Électricité", "Électricité", 1)]);
    let by_availability = [("disponible", "Disponible", 1), ("indisponible", "Indisponible", 1)];
    assert_eq!(facet(&all, "disponibilite"), by_availability);
    assert_eq!(facet(&all, "competence_id"), [(welding.to_string().as_str(), "Soudure", 1)]);
    assert_eq!((absent.ids(), facet(&absent, "equipe")), (vec![1], vec![("Mécanique", "Mécanique", 1)]));
    assert_eq!(colleague.ids(), [1]);
    assert_eq!(colleague["items"][0]["taux_horaire"], Value::Null, "hidden from colleagues here as well");
    plant.client().get("filters/techniciens").await.expect(403);
}

#[tokio::test]
async fn labels_are_in_the_language_of_the_reader() {
    let plant = Plant::new();
    let english = [("accept-language", "en")];
    let client = plant.client();

    let french = client.get("filters/valeurs").await.expect(200);
    let translated = client.send("GET", "filters/valeurs", &english, None).await.expect(200);
    let list = client.send("GET", "filters/equipements", &english, None).await.expect(200);

    let panne = |reply: &Reply| reply["statut_equipement"][2].clone();
    assert_eq!(panne(&french), json!({"valeur": "panne", "libelle": "En panne"}));
    assert_eq!(panne(&translated), json!({"valeur": "panne", "libelle": "Broken down"}));
    assert_eq!(facet(&list, "statut"), [("operationnel", "Operational", 1)]);
}

#[tokio::test]
async fn every_closed_list_is_told() {
    let plant = Plant::new();

    let values = plant.technicien().get("filters/valeurs").await.expect(200);

    for (list, words) in [
        ("criticite", vec!["critique", "important", "standard", "non_critique"]),
        ("statut_equipement", vec!["operationnel", "maintenance", "panne", "retire"]),
        ("disponibilite", vec!["disponible", "indisponible"]),
        ("statut", vec!["planifie", "en_cours", "attente_pieces", "termine", "annule"]),
        ("type_intervention", vec!["corrective", "preventive", "ameliorative", "diagnostic"]),
        ("priorite", vec!["basse", "normale", "haute", "urgente"]),
        ("role_affectation", vec!["principal", "renfort"]),
        ("frequence", vec!["journalier", "hebdomadaire", "mensuel", "trimestriel", "semestriel", "annuel"]),
        ("mode_planning", vec!["calendaire", "glissant"]),
        ("rattrapage", vec!["derniere", "toutes", "aucune"]),
        ("report", vec!["avant", "apres", "aucun"]),
        ("statut_planning", vec!["actif", "suspendu", "termine"]),
        ("statut_echeance", vec!["prevue", "generee", "faite", "sautee", "manquee", "reportee", "annulee"]),
        ("langue", vec!["fr", "en", "ar"]),
        ("role", vec!["admin", "responsable", "technicien", "client"]),
    ] {
        let told: Vec<_> =
            values[list].as_array().expect(list).iter().map(|choice| &choice["valeur"]).collect();
        assert_eq!(told, words, "{list}");
    }
}

#[tokio::test]
async fn one_search_finds_everything_by_the_beginning_of_words_without_accents() {
    let plant = Plant::new();
    let responsable = plant.responsable();

    let casa = found(&responsable, "CASA").await;
    let metier = found(&responsable, "metier%20TISS").await;
    let rif = found(&responsable, "rif").await;

    let (pump, site) =
        (("equipement", "CASA-POMPE-01 Pompe de relevage"), ("site", "CASA Usine de Casablanca"));
    assert_eq!(casa, pairs(&[pump, site]));
    assert_eq!(metier, pairs(&[("equipement", "TANGER-METIER-01 Métier à tisser")]));
    assert_eq!(rif, pairs(&[("client", "Rif Textile")]));
    assert_eq!(found(&plant.technicien(), "clai").await, pairs(&[("technicien", "Claire Technicienne")]));
    assert_eq!(found(&responsable, "").await, []);
    assert_eq!(found(&responsable, "%20-%20").await, []);
}

#[tokio::test]
async fn a_search_shows_at_most_eight_of_a_kind() {
    let plant = Plant::new();
    plant
        .database()
        .execute_batch(
            "with recursive n (i) as (select 101 union all select i + 1 from n where i < 120)
             insert into equipements (id, code, code_key, nom, type, site_id, created_at, updated_at)
             select i, 'N' || i, 'n' || i, 'Ventilateur', 'x', 1, 0, 0 from n",
        )
        .expect("twenty fans");

    let fans = found(&plant.client(), "venti").await;

    assert_eq!(fans.len(), 8);
}

// A14
#[tokio::test]
async fn a_search_finds_nothing_that_its_caller_may_not_see() {
    let plant = Plant::new();
    let client = plant.client();

    for q in ["tanger", "metier", "rif", "youssef", "claire", "responsable"] {
        assert_eq!(found(&client, q).await, [], "{q}");
    }

    assert_eq!(found(&client, "atlas").await, pairs(&[("client", "Atlas Conserves")]));
}

#[tokio::test]
async fn an_endless_search_is_refused() {
    let plant = Plant::new();
    let q = "a%20".repeat(101);

    let searched = plant.responsable().get(&format!("filters/recherche?q={q}")).await.expect(422);
    let listed = plant.responsable().get(&format!("equipements?q={q}")).await.expect(422);

    assert_eq!((&searched["errors"][0]["champ"], &listed["errors"][0]["champ"]), (&json!("q"), &json!("q")));
}

#[tokio::test]
async fn a_saved_view_is_its_owners_until_shared_or_deleted() {
    let plant = Plant::new();
    let responsable = plant.responsable();

    let mine = responsable.post("filters/vues", view("Les miennes")).await.expect(201);
    let ours = responsable.post("filters/vues", shared("Les nôtres")).await.expect(201);
    let told = plant.technicien().get("filters/vues").await.expect(200);
    let (hidden, path) = (format!("filters/vues/{}", mine.id()), format!("filters/vues/{}", ours.id()));
    plant.technicien().get(&path).await.expect(200);
    plant.technicien().delete(&path).await.expect(403);
    plant.technicien().get(&hidden).await.expect(404);
    let foreign = plant.technicien().delete(&hidden).await.expect(404);
    let absent = plant.technicien().delete("filters/vues/999").await.expect(404);

    assert_eq!((&mine["mienne"], &mine["partagee"]), (&json!(true), &json!(false)));
    assert_eq!(mine["parametres"], json!({"criticite": ["critique"]}));
    assert_eq!(mine.header("location"), format!("/api/v1/filters/vues/{}", mine.id()));
    assert_eq!((told.ids(), &told["items"][0]["mienne"]), (vec![ours.id()], &json!(false)));
    assert_eq!(foreign["detail"], absent["detail"]);
    assert_eq!(names(&responsable).await, ["Les miennes", "Les nôtres"]);
    responsable.delete(&path).await.expect(204);
    assert_eq!(names(&responsable).await, ["Les miennes"]);
    let facts: i64 = plant
        .database()
        .query_row(
            "select count(*) from journal where action in ('vue.creation', 'vue.suppression')",
            [],
            |row| row.get(0),
        )
        .expect("the journal");
    assert_eq!(facts, 3);
}

#[tokio::test]
async fn what_a_client_shares_no_other_client_sees() {
    let plant = Plant::new();
    plant.client().post("filters/vues", shared("Chez Atlas")).await.expect(201);
    plant.responsable().post("filters/vues", shared("À tous")).await.expect(201);
    let mut techniciens = shared("De garde");
    techniciens["liste"] = json!("techniciens");
    plant.responsable().post("filters/vues", techniciens).await.expect(201);

    let other = names(&plant.person("client2")).await;

    assert_eq!(other, ["À tous"]);
    assert_eq!(names(&plant.client()).await, ["À tous", "Chez Atlas"]);
    assert_eq!(names(&plant.technicien()).await, ["À tous", "Chez Atlas", "De garde"]);
}

#[tokio::test]
async fn a_saved_view_holds_filters_and_nothing_else() {
    let plant = Plant::new();
    let client = plant.client();
    client.post("filters/vues", view("Une fois")).await.expect(201);

    for (field, value, code) in [
        ("nom", json!(" "), "champ_requis"),
        ("liste", json!("users"), "valeur_invalide"),
        ("parametres", json!([]), "valeur_invalide"),
        ("parametres", json!({"site_id": {"a": 1}}), "valeur_invalide"),
        ("parametres", json!({"site_id": [null]}), "valeur_invalide"),
        ("parametres", json!({"q": "x".repeat(4096)}), "trop_long"),
        ("user_id", json!(1), "champ_inconnu"),
    ] {
        let mut new = view("Autre");
        new[field] = value.clone();
        let refused = client.post("filters/vues", new).await.expect(422);
        let error = &refused["errors"][0];
        assert_eq!((&error["champ"], &error["code"]), (&json!(field), &json!(code)), "{value}");
    }

    assert_eq!(client.post("filters/vues", view("Une fois")).await.expect(409).code(), "doublon");
    assert_eq!(names(&client).await, ["Une fois"]);
}

#[tokio::test]
async fn a_person_keeps_a_hundred_views_and_is_told_so() {
    let plant = Plant::new();
    let client = plant.client();
    for n in 0..100 {
        client.post("filters/vues", view(&format!("Vue {n}"))).await.expect(201);
    }

    let one_more = client.post("filters/vues", view("De trop")).await.expect(409);

    assert_eq!(one_more["code"], "trop_de_vues");
    plant.technicien().post("filters/vues", view("Une autre personne")).await.expect(201);
}

#[tokio::test]
async fn a_list_takes_five_sort_keys_once_each_and_a_hundred_values() {
    let plant = Plant::new();
    let client = plant.client();
    let refused = async |query: String, champ: &str| {
        let reply = client.get(&format!("equipements/?{query}")).await.expect(422);
        assert!(reply.body.to_string().contains(champ), "{}", reply.body);
    };

    refused(format!("tri={}", vec!["code"; 300].join(",")), "chacune une fois").await;
    refused("tri=code,-code".to_owned(), "chacune une fois").await;
    refused(vec!["criticite=critique"; 101].join("&"), "au plus 100 valeurs").await;
    refused(format!("q={}", "a".repeat(8 * 1024)), "octets en tout").await;
    client.get(&format!("equipements/?{}", vec!["criticite=critique"; 100].join("&"))).await.expect(200);
}

/// The filters of a list in the API document: what every list takes is none.
fn filters_of(operation: &Value) -> Vec<&str> {
    let of_every_list = ["q", "page", "page_size", "cursor", "tri"];
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    let names = parameters.iter().filter_map(|parameter| parameter["name"].as_str());
    let all: Vec<_> = names.collect();
    if !all.contains(&"page_size") {
        return Vec::new();
    }
    all.into_iter().filter(|name| !of_every_list.contains(name)).collect()
}

fn facets_of(reply: &Reply) -> Vec<String> {
    reply["facettes"].as_object().map(|facets| facets.keys().cloned().collect()).unwrap_or_default()
}

/// What somebody is told of a parameter, whatever it is called.
async fn told_of(person: &Person<'_>, path: &str, name: &str) -> (Value, Value) {
    let reply = person.get(&format!("{path}?{name}=1")).await;
    (reply["errors"][0]["code"].clone(), reply["errors"][0]["message"].clone())
}

// A14
#[tokio::test]
async fn a_filter_is_known_to_those_who_see_its_facet_and_to_nobody_else() {
    let plant = plant_at_work().await;
    let document = plant.nobody().get("/openapi.json").await.expect(200);
    let mut refused = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let filters = filters_of(&item["get"]);
        let Some(list) = path.strip_prefix("/api/v1/").filter(|path| !path.contains('{')) else { continue };
        // The facets of a list are at its own address or, of those that have one, below the other.
        let counted = format!("filters/{}", list.trim_end_matches('/').trim_start_matches("filters/"));
        let all = facets_of(&plant.admin().get(&counted).await);
        for role in ["admin", "responsable", "technicien", "client"] {
            let person = plant.person(role);
            if person.get(list).await.status != 200 {
                continue;
            }
            let shown = facets_of(&person.get(&counted).await);
            let unknown = told_of(&person, list, "sans_rapport").await;
            for filter in &filters {
                let is_hidden =
                    all.iter().any(|facet| facet == filter) && !shown.iter().any(|facet| facet == filter);
                let told = told_of(&person, list, filter).await;
                assert_eq!(told.0 == unknown.0, is_hidden, "{role} {list} {filter} {told:?}");
                if is_hidden {
                    // What is near an unknown word is told; what they do not know of is not.
                    let said = person.get(&format!("{list}?{filter}s=1")).await;
                    assert!(
                        !said.body.to_string().contains(&format!("« {filter} »")),
                        "{role} {list}: {}",
                        said.body
                    );
                    refused.push(format!("{role} {list} {filter}"));
                }
            }
        }
    }
    assert_eq!(refused, ["client filters/interventions equipe", "client interventions/ equipe"]);
}
