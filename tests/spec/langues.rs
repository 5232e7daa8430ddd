//! The language in which the server speaks to whom: what is sent, in that of the account; what is answered, in that
//! of `Accept-Language`.

use std::collections::BTreeMap;
use std::fs;
use std::future::Future;
use std::path::Path;
use std::sync::Mutex;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use erp_interventions::kernel::app::System;
use erp_interventions::kernel::mail::{Outgoing, SendError};
use erp_interventions::notifications::{self, Mailer, deliver_due};
use serde_json::{Value, json};

use crate::interventions::{go, led_by_youssef};
use crate::notifications::tell;
use crate::planning::planned;
use crate::plant::{Person, Plant, Reply};
use crate::smtp::{Mode, Sink};

const ARABIC: [(&str, &str); 1] = [("accept-language", "ar-MA,ar;q=0.9,fr;q=0.8,en;q=0.7")];

/// Carries mail into a bag.
#[derive(Default)]
struct Bag(Mutex<Vec<Outgoing>>);

impl Mailer for Bag {
    fn is_configured(&self) -> bool {
        true
    }

    fn send(&self, message: &Outgoing) -> impl Future<Output = Result<(), SendError>> + Send {
        self.0.lock().expect("no panic").push(message.clone());
        async { Ok(()) }
    }
}

impl Bag {
    async fn collect(&self, plant: &Plant) -> Vec<Outgoing> {
        deliver_due(&System::new(&plant.app, "envois"), self).await.expect("deliveries");
        std::mem::take(&mut *self.0.lock().expect("no panic"))
    }
}

fn is_arabic(c: char) -> bool {
    ('\u{0600}'..='\u{06FF}').contains(&c)
}

async fn reads_arabic(person: &Person<'_>) {
    person.patch("users/me", json!({"langue": "ar"})).await.expect(200);
}

async fn in_arabic(person: &Person<'_>, path: &str) -> Reply {
    person.send("GET", path, &ARABIC, None).await.expect(200)
}

#[tokio::test]
async fn who_reads_arabic_is_told_of_an_assignment_in_arabic_in_the_inbox_and_by_mail() {
    let plant = Plant::new();
    reads_arabic(&plant.technicien()).await;

    led_by_youssef(&plant).await;
    tell(&plant).await;

    let inbox = plant.technicien().get("notifications/").await.expect(200);
    let told = &inbox["items"][0];
    assert_eq!(told["titre"], "أُسند إليك التدخل \u{2068}INT-2031-000001\u{2069}");
    let mails = Bag::default().collect(&plant).await;
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!((mail.to.address.as_str(), &json!(mail.subject)), ("technicien@plant.test", &told["titre"]));
    assert!(mail.text.starts_with("مرحبًا \u{2068}Youssef Technicien\u{2069}،"), "{}", mail.text);
    assert!(mail.text.contains("لأن رسائل «إسناد» تُرسل إليك بالبريد الإلكتروني."), "{}", mail.text);
    assert!(
        mail.html.contains("<html lang=\"ar\" dir=\"rtl\"") && mail.html.contains("فتح"),
        "{}",
        mail.html
    );
    for french in ["Bonjour", "Vous ", "vous ", "Choisir", "Ouvrir", "affectée"] {
        assert!(!mail.text.contains(french) && !mail.html.contains(french), "{french}: {}", mail.text);
    }
    // Others go on in theirs.
    let theirs = plant.client().get("notifications/").await.expect(200);
    assert_eq!(theirs["items"][0]["titre"], "Nouvelle intervention INT-2031-000001");
}

#[tokio::test]
async fn an_arabic_subject_travels_encoded_and_arrives_whole() {
    let sink = Sink::start(Mode::Accept).await;
    let plant = Plant::mailing_to(sink.port());
    reads_arabic(&plant.technicien()).await;
    led_by_youssef(&plant).await;
    tell(&plant).await;

    deliver_due(&System::new(&plant.app, "envois"), plant.app.mail()).await.expect("deliveries");

    let received = sink.messages();
    let subject = received[0].header("Subject").expect("a subject");
    assert!(received[0].text().split("\r\n\r\n").next().is_some_and(str::is_ascii), "{}", received[0].text());
    let decoded = subject.split_whitespace().map(|word| {
        let encoded = word.strip_prefix("=?utf-8?b?").and_then(|word| word.strip_suffix("?="));
        let bytes = BASE64_STANDARD.decode(encoded.unwrap_or_else(|| panic!("{word} is not encoded")));
        bytes.expect("base64")
    });
    let decoded = String::from_utf8(decoded.flatten().collect()).expect("UTF-8");
    assert_eq!(decoded, "أُسند إليك التدخل \u{2068}INT-2031-000001\u{2069}");
}

#[tokio::test]
async fn a_digest_in_arabic_has_the_day_as_morocco_writes_it() {
    let plant = Plant::new();
    let client = plant.client();
    reads_arabic(&client).await;
    let choice = json!({"heure_resume": 7, "types": [{"type": "changement_statut", "app": true, "email": "quotidien"}]});
    client.put("notifications/preferences", choice).await.expect(200);
    let path = led_by_youssef(&plant).await;
    go(&plant.technicien(), &path, "en_cours").await.expect(200);
    tell(&plant).await;
    let bag = Bag::default();
    bag.collect(&plant).await;

    plant.set_time("2031-01-16T07:00:00Z");
    notifications::digests(System::new(&plant.app, "resumes")).await.expect("digests");

    let mails = bag.collect(&plant).await;
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!(mail.subject, "رسائل يوم الخميس، 16 يناير 2031 (العدد: 1)");
    assert!(
        mail.text.contains("حالة التدخل \u{2068}INT-2031-000001\u{2069} أصبحت «قيد الإنجاز»"),
        "{}",
        mail.text
    );
}

#[tokio::test]
async fn a_date_is_explained_in_the_language_that_is_asked_for() {
    let plant = Plant::new();
    let path = planned(&plant, json!({})).await;
    let responsable = plant.responsable();

    let plan = in_arabic(&responsable, &path).await;
    let due = in_arabic(&responsable, &format!("{path}/echeances?jusqu_au=2031-03-01")).await;
    let french = responsable.get(&path).await.expect(200);

    assert_eq!(plan["explication"], "بداية الخطة يوم \u{2068}31\u{200F}/01\u{200F}/2031\u{2069}.");
    let second = due["items"][1]["explication"].as_str().expect("a sentence");
    assert!(second.starts_with("كل شهر منذ ") && second.contains("الاستحقاق رقم 2"), "{second}");
    assert_eq!(french["explication"], "Début du plan, le 31/01/2031.");
}

#[tokio::test]
async fn a_plan_that_cannot_generate_says_why_in_arabic() {
    let plant = Plant::new();
    let path = planned(&plant, json!({})).await;
    let responsable = plant.responsable();
    responsable.patch(&path, json!({"statut": "suspendu"})).await.expect(200);

    let resting =
        responsable.send("POST", &format!("{path}/generer"), &ARABIC, Some(json!({}))).await.expect(200);

    assert_eq!(resting["empechement"], "الخطة معلّقة.");
}

#[tokio::test]
async fn the_server_and_the_interface_have_one_arabic_word_for_each_value() {
    let plant = Plant::new();
    let read = |page: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/interface/src/textes/ar").join(page);
        serde_json::from_str::<Value>(&fs::read_to_string(path).expect("texts")).expect("JSON")
    };
    let interface: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_value(read("valeurs.json")).expect("lists of words");

    let server = in_arabic(&plant.technicien(), "filters/valeurs").await;

    let mut compared = 0;
    for (list, words) in server.body.as_object().expect("lists") {
        for word in words.as_array().expect("words") {
            let (value, said) =
                (word["valeur"].as_str().expect("a word"), word["libelle"].as_str().expect("a text"));
            if let Some(theirs) = interface.get(list) {
                assert_eq!(Some(said), theirs.get(value).map(String::as_str), "{list}.{value}");
                compared += 1;
            }
            assert!(
                said.contains(is_arabic) || value == "application/pdf",
                "{list}.{value} has no Arabic: {said}"
            );
        }
    }
    assert!(compared > 100, "{compared}");
}

#[tokio::test]
async fn a_calendar_is_named_in_the_language_of_whoever_follows_it() {
    let plant = Plant::new();
    led_by_youssef(&plant).await;
    reads_arabic(&plant.technicien()).await;
    let link = plant.technicien().post("planning/calendrier/jeton", json!({})).await.expect(201);
    let url = link["url"].as_str().expect("a link");
    let path = url.split_once("/api/v1/").expect("an address").1;

    let feed = plant.nobody().get(path).await.expect(200);

    let feed = String::from_utf8_lossy(&feed.bytes).replace("\r\n ", "");
    assert!(feed.contains("التدخلات – \u{2068}Youssef Technicien\u{2069}"), "{feed}");
}

#[tokio::test]
async fn a_refusal_that_everybody_meets_is_in_arabic_and_one_without_arabic_is_in_french() {
    let plant = Plant::new();

    let missing = plant.admin().send("GET", "sites/999", &ARABIC, None).await.expect(404);
    let said = missing["detail"].as_str().expect("a sentence");
    let kept = plant.admin().send("POST", "sites/", &ARABIC, Some(json!({"nom": ""}))).await.expect(422);

    assert_eq!(said, "غير موجود.");
    assert!(kept["detail"].as_str().is_some_and(|said| said.contains(is_arabic)), "{kept:?}");
}

/// The texts of each `phrase!` of a source.
fn phrases(source: &str) -> Vec<Vec<String>> {
    let calls = source.split("phrase!(").skip(1);
    let texts = |call: &str| {
        let (mut texts, mut rest) = (Vec::new(), call);
        loop {
            rest = rest.trim_start_matches([' ', '\n', ',']);
            let Some(open) = rest.strip_prefix('"') else { return texts };
            let mut escaped = false;
            let end = open.find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            let end = end.expect("the end of a text");
            texts.push(open[..end].to_owned());
            rest = &open[end + 1..];
        }
    };
    calls.map(texts).collect()
}

#[test]
fn what_is_sent_to_people_and_told_of_the_server_and_of_plans_has_its_arabic_in_the_source() {
    let mut found = 0;
    for file in [
        "src/notifications/sentences.rs",
        "src/notifications/delivery.rs",
        "src/planning/commands/generate.rs",
        "src/planning/commands/place.rs",
        "src/compteurs/commands/plans.rs#sentence",
        "src/demandes/commands/doublons.rs",
        "src/etat/gather.rs",
        "src/kernel/scheduler/guard.rs",
        "src/kernel/scheduler/every.rs",
        "src/sauvegardes/jobs.rs",
    ] {
        let (path, from) = file.split_once('#').unwrap_or((file, ""));
        let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a source");
        let source =
            source.split(&format!("fn {from}")).last().filter(|_| !from.is_empty()).unwrap_or(&source);
        for texts in phrases(source) {
            found += 1;
            let arabic = texts.get(2).unwrap_or_else(|| panic!("{file}: no Arabic for {texts:?}"));
            assert!(arabic.contains(is_arabic), "{file}: {texts:?}");
        }
    }
    assert!(found > 60, "{found} sentences were found");
}
