//! The attacks: from nobody at all, or from one account, each bounded in number and in time.

use std::fmt::Write as _;
use std::future::Future;
use std::pin::Pin;

use serde_json::json;

use super::attacker::{Target, drip, request, shout, sit, volley};

/// What one attack does, until its end; what became of it, in a few words.
pub type Attack = for<'a> fn(&'a Target) -> Pin<Box<dyn Future<Output = String> + Send + 'a>>;

macro_rules! attacks {
    ($($name:literal: $attack:ident),+ $(,)?) => {
        &[$(($name, |target| Box::pin($attack(target)))),+]
    };
}

pub const ALL: &[(&str, Attack)] = attacks! {
    "500 wrong sign-ins, 50 at once": wrong_sign_ins,
    "the same from 50 addresses": wrong_sign_ins_from_everywhere,
    "slow heads": slow_heads,
    "slow bodies of nobody": slow_sign_ins,
    "slow bodies of an account": slow_bodies,
    "512 idle connections": idle,
    "idle after an answer": idle_after_an_answer,
    "streams without end": streams,
    "hard reads, 4 connections": hard_reads_4,
    "hard reads, 16 connections": hard_reads_16,
    "an administrator's, 16": hard_reads_of_all,
    "easy reads, 256 connections": easy_reads,
    "exports back to back": exports,
    "403 without end": refusals,
    "demandes until refused": demandes,
    "remarks until refused": remarks,
    "one change again and again": changes,
    "bodies of the greatest size": bodies,
    "uploads to the daily quota": uploads,
    "a calendar's link": feed,
    "answers that nobody reads": unread,
};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const FOREVER: u64 = u64::MAX;

/// Of one whole head that a request has, and of one that never ends.
fn head(line: &str, bearer: &str, rest: &str) -> String {
    let mut head = format!("{line} HTTP/1.1\r\nHost: localhost\r\n");
    if !bearer.is_empty() {
        let _ = write!(head, "Authorization: Bearer {bearer}\r\n");
    }
    head + rest
}

async fn wrong_sign_ins(target: &Target) -> String {
    sign_ins(target, 1).await
}

async fn wrong_sign_ins_from_everywhere(target: &Target) -> String {
    sign_ins(target, 50).await
}

async fn sign_ins(target: &Target, addresses: usize) -> String {
    let form = move |number| format!("username=inconnu{addresses}.{number}&password=une+autre+phrase");
    let form = move |number| request("POST", "/api/v1/auth/token", "", FORM, form(number));
    volley(target, 50, addresses, 500, form).await.to_string()
}

async fn slow_heads(target: &Target) -> String {
    drip(target, 600, 5, &head("GET /api/v1/interventions/", "", "X-Slow: ")).await.to_string()
}

async fn slow_sign_ins(target: &Target) -> String {
    let rest = format!("Content-Type: {FORM}\r\nContent-Length: 1000\r\n\r\nusername=");
    drip(target, 600, 5, &head("POST /api/v1/auth/token", "", &rest)).await.to_string()
}

async fn slow_bodies(target: &Target) -> String {
    let rest = format!("Content-Type: {JSON}\r\nContent-Length: 1000\r\n\r\n{{");
    drip(target, 600, 5, &head("POST /api/v1/demandes/", &target.client, &rest)).await.to_string()
}

async fn idle(target: &Target) -> String {
    sit(target, 512, 4, "").await.to_string()
}

async fn idle_after_an_answer(target: &Target) -> String {
    sit(target, 512, 4, &head("GET /health", "", "\r\n")).await.to_string()
}

async fn streams(target: &Target) -> String {
    sit(target, 256, 2, &head("GET /api/v1/evenements", &target.client, "\r\n")).await.to_string()
}

async fn hard_reads_4(target: &Target) -> String {
    hard_reads(target, &target.client, 4).await
}

async fn hard_reads_16(target: &Target) -> String {
    hard_reads(target, &target.client, 16).await
}

async fn hard_reads_of_all(target: &Target) -> String {
    hard_reads(target, &target.admin, 16).await
}

/// The most of everything that the parameters of a list may be.
async fn hard_reads(target: &Target, bearer: &str, connections: usize) -> String {
    let words = "p m c r a e i o s t ".repeat(10);
    let q = words.trim_end().replace(' ', "+");
    let tri = "titre,equipement_nom,priorite,statut,-date_limite";
    let filters: String = (1..=40).map(|id| format!("&equipement_id={id}&site_id={id}")).collect();
    let paths = [
        format!("/api/v1/interventions/?page_size=200&tri={tri}"),
        format!("/api/v1/interventions/?page_size=200&page=100&tri={tri}&q={q}"),
        format!("/api/v1/interventions/?page_size=200&tri={tri}&statut=planifie&en_retard=true{filters}"),
        format!("/api/v1/filters/interventions?page_size=200&tri={tri}"),
        format!("/api/v1/filters/equipements?page_size=200&q={q}"),
        format!("/api/v1/filters/recherche?q={q}"),
    ];
    let bearer = bearer.to_owned();
    let make = move |number: u64| request("GET", &paths[number as usize % paths.len()], &bearer, "", "");
    volley(target, connections, 1, FOREVER, make).await.to_string()
}

/// Each as cheap as can be, from as many connections as two addresses get.
async fn easy_reads(target: &Target) -> String {
    let bearer = target.client.clone();
    volley(target, 256, 2, FOREVER, move |_| request("GET", "/api/v1/auth/me", &bearer, "", ""))
        .await
        .to_string()
}

async fn exports(target: &Target) -> String {
    let bearer = target.admin.clone();
    let formats = ["csv", "xlsx", "json"];
    let make = move |number: u64| {
        let format = formats[number as usize % formats.len()];
        request("GET", &format!("/api/v1/admin/exports/interventions?format={format}"), &bearer, "", "")
    };
    volley(target, 4, 1, FOREVER, make).await.to_string()
}

async fn refusals(target: &Target) -> String {
    let bearer = target.client.clone();
    let paths =
        ["audit/", "techniciens/", "planning/plans/", "pieces/", "admin/imports/", "users/", "gammes/"];
    let make = move |number: u64| {
        request("GET", &format!("/api/v1/{}", paths[number as usize % paths.len()]), &bearer, "", "")
    };
    volley(target, 16, 1, FOREVER, make).await.to_string()
}

async fn demandes(target: &Target) -> String {
    let (bearer, equipement) = (target.client.clone(), target.equipement);
    let make = move |number| {
        let body = json!({"equipement_id": equipement, "titre": format!("La pompe goutte {number}")});
        request("POST", "/api/v1/demandes/", &bearer, JSON, body.to_string())
    };
    volley(target, 16, 1, FOREVER, make).await.to_string()
}

async fn remarks(target: &Target) -> String {
    let (bearer, path) =
        (target.client.clone(), format!("/api/v1/interventions/{}/commentaires", target.intervention));
    let make = move |number| {
        let body = json!({"texte": format!("Toujours en panne {number}")});
        request("POST", &path, &bearer, JSON, body.to_string())
    };
    volley(target, 16, 1, FOREVER, make).await.to_string()
}

/// What has no quota of its own, from as many connections as two addresses get.
async fn changes(target: &Target) -> String {
    let bearer = target.technicien.clone();
    let make = move |_| request("POST", "/api/v1/planning/calendrier/jeton", &bearer, "", "");
    volley(target, 256, 2, FOREVER, make).await.to_string()
}

async fn bodies(target: &Target) -> String {
    let bearer = target.client.clone();
    let largest = erp_interventions::kernel::input::BODY_LIMIT;
    let fields: String = (0..).map(|n| format!("\"c{n}\":[[[[1]]]],")).take(largest / 20).collect();
    let body = format!("{{{fields}\"titre\":\"{}\"}}", "é".repeat(largest / 4));
    let body = axum::body::Bytes::from(body.chars().take(largest - largest / 3).collect::<String>());
    let make = move |_| request("POST", "/api/v1/demandes/", &bearer, JSON, body.clone());
    volley(target, 32, 1, FOREVER, make).await.to_string()
}

async fn uploads(target: &Target) -> String {
    const BOUNDARY: &str = "limite";
    let (bearer, demande) = (target.client.clone(), target.demande);
    let file = vec![b'x'; 24 * 1024 * 1024];
    let make = move |number: u64| {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"demande_id\"\r\n\r\n{demande}\r\n\
             --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{number}.pdf\"\r\n\r\n\
             %PDF-1.4\n{number}\n"
        );
        let body = [head.as_bytes(), &file, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat();
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        request("POST", "/api/v1/documents/", &bearer, &kind, body)
    };
    volley(target, 4, 1, FOREVER, make).await.to_string()
}

async fn feed(target: &Target) -> String {
    let path = target.feed.clone();
    volley(target, 16, 1, FOREVER, move |_| request("GET", &path, "", "", "")).await.to_string()
}

async fn unread(target: &Target) -> String {
    let request = head("GET /api/v1/interventions/?page_size=200", &target.admin, "\r\n");
    let bytes = shout(target, 128, 1, &request).await;
    format!("{} kB of requests", bytes / 1000)
}
