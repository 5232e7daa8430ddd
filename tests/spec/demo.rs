//! Sown data: the demo plant and the volume to measure with keep every rule of the trade.

use std::collections::BTreeSet;
use std::sync::Mutex;

use erp_interventions::agenda::{Horaire, Slot};
use erp_interventions::kernel::app::System;
use erp_interventions::kernel::auth::{Asker, Passwords};
use erp_interventions::kernel::clock::Instant;
use erp_interventions::kernel::zones::Zones;
use erp_interventions::{notifications, seed};
use jiff::tz::TimeZone;
use rusqlite::Connection;

use crate::interventions::value;
use crate::plant::Plant;
use crate::sign_in;

/// What must hold of any data, as queries that find what breaks it.
const BROKEN: &[(&str, &str)] = &[
    (
        "live slots of one person that overlap",
        "select a.id from affectations a join interventions i on i.id = a.intervention_id
         join affectations b on b.technicien_id = a.technicien_id and b.id <> a.id
             and b.debut < a.fin and b.fin > a.debut and b.liberee_le is null
         join interventions j on j.id = b.intervention_id
         where a.liberee_le is null and i.statut not in ('termine', 'annule') and j.statut not in ('termine', 'annule')",
    ),
    (
        "slots kept over an absence",
        "select a.id from affectations a join absences b on b.technicien_id = a.technicien_id
         where a.liberee_le is null and a.debut < b.fin and a.fin > b.debut",
    ),
    (
        "a history that does not lead to the statut",
        "select i.id from interventions i where statut is not (
             select vers from historique h where h.intervention_id = i.id
                 and type in ('creation', 'statut', 'reouverture') order by id desc limit 1)",
    ),
    (
        "a history that goes back in time or whose steps do not join",
        "select id from (select id, date, de, vers, type,
             lag(date) over (partition by intervention_id order by id) as before from historique)
         where date < before
         union
         select id from (select id, de, lag(vers) over (partition by intervention_id order by id) as reached
             from historique where type in ('creation', 'statut', 'reouverture')) where de is not reached",
    ),
    (
        "numbers with a gap, or out of the order of creation",
        "select id from (select id, numero, substr(numero, 5, 4) as annee, row_number() over
             (partition by substr(numero, 5, 4) order by date_creation, id) as rang from interventions)
         where numero <> printf('INT-%s-%06d', annee, rang)",
    ),
    (
        "a last number that is not the last",
        "select annee from numeros where dernier <> (select count(*) from interventions
             where substr(numero, 5, 4) = cast(annee as text))",
    ),
    (
        "finished work that nobody did, or that ended in the future",
        "select i.id from interventions i where statut = 'termine' and (date_fin_reelle > $NOW
             or not exists (select 1 from affectations a where a.intervention_id = i.id
                 and a.technicien_id = i.technicien_id))",
    ),
    (
        "something that happened before it was asked for, or has not happened yet",
        "select h.id from historique h join interventions i on i.id = h.intervention_id
         where h.date < i.date_creation or h.date > $NOW
         union select c.id from commentaires c join interventions i on i.id = c.intervention_id
         where c.date < i.date_creation or c.date > $NOW",
    ),
    (
        "a stop that ends before it begins, or lasts beyond the work",
        "select id from interventions where date_remise_en_service < date_arret
             or (statut = 'termine' and arret_equipement and date_remise_en_service is null)
             or (statut in ('en_cours', 'attente_pieces') and date_remise_en_service is not null)",
    ),
    (
        "a validation without its line of history",
        "select id from interventions i where (validee_par is not null) <> exists
             (select 1 from historique h where h.intervention_id = i.id and type = 'validation')",
    ),
    (
        "a machine down without an open intervention that says so",
        "select id from equipements e where statut in ('panne', 'maintenance') and not exists
             (select 1 from interventions i where i.equipement_id = e.id and arret_equipement
                 and statut in ('planifie', 'en_cours', 'attente_pieces'))",
    ),
    (
        "a lead who lacks what the work needs, on the day of the slot",
        "select a.id from affectations a join intervention_competences n using (intervention_id)
         where a.liberee_le is null and a.role = 'principal' and not exists
             (select 1 from technicien_competences t where t.technicien_id = a.technicien_id
                 and t.competence_id = n.competence_id
                 and coalesce(valide_jusqu_au, '9999') >= date(a.debut, 'unixepoch'))",
    ),
    (
        "time outside the slots of its person, or after the work was over",
        "select t.id from temps t join interventions i on i.id = t.intervention_id
         where not exists (select 1 from affectations a where a.intervention_id = t.intervention_id
                 and a.technicien_id = t.technicien_id and a.liberee_le is null
                 and t.debut >= a.debut and coalesce(t.fin, a.fin) <= a.fin)
            or coalesce(t.fin, t.debut) > $NOW or t.debut < i.date_debut_reelle
            or coalesce(t.fin, $NOW) > coalesce(i.date_fin_reelle, $NOW)",
    ),
    (
        "finished work on which nobody spent time, or a timer where nobody works",
        "select id from interventions i where statut = 'termine'
             and not exists (select 1 from temps t where t.intervention_id = i.id and t.fin > t.debut)
         union select t.id from temps t join interventions i on i.id = t.intervention_id
         where t.fin is null and i.statut <> 'en_cours'",
    ),
    (
        "a finished checklist with a mandatory operation unanswered, or an answer before or after the work",
        "select i.id from interventions i join gamme_version_operations o
             on o.gamme_id = i.gamme_id and o.numero = i.gamme_version
         where i.statut = 'termine' and o.obligatoire and not exists (
             select 1 from checklist_reponses r where r.intervention_id = i.id
                 and r.operation_id = o.operation_id and r.repondue)
         union select r.id from checklist_reponses r join interventions i on i.id = r.intervention_id
         where r.date < i.date_debut_reelle or r.date >= coalesce(i.date_fin_reelle, $NOW + 1)",
    ),
    (
        "a measure that is marked within its tolerance and is not, or out of it and is",
        "select r.id from checklist_reponses r join gamme_version_operations o
             on (o.gamme_id, o.numero, o.operation_id) = (r.gamme_id, r.gamme_version, r.operation_id)
         where r.hors_tolerance <> coalesce(r.valeur < o.min or r.valeur > o.max, r.valeur < o.min, r.valeur > o.max, 0)",
    ),
    (
        "a stock that its movements do not make, or that was ever below zero",
        "select piece_id from stocks s where stock is not (select coalesce(sum(quantite), 0) from mouvements m
             where m.piece_id = s.piece_id)
         union select piece_id from (select piece_id, sum(quantite) over (partition by piece_id order by id) as level
             from mouvements) where level < 0",
    ),
    (
        "a movement before the one that came before it, or in the future",
        "select id from (select id, date, lag(date) over (order by id) as before from mouvements)
         where date < before or date > $NOW",
    ),
    (
        "a part taken for work that had not begun, was over, or was on a machine that it does not fit",
        "select m.id from mouvements m join interventions i on i.id = m.intervention_id
         where m.date < i.date_debut_reelle or m.date > coalesce(i.date_fin_reelle, m.date)
            or not exists (select 1 from piece_equipements e
                where e.piece_id = m.piece_id and e.equipement_id = i.equipement_id)",
    ),
    (
        "work that waited for a part and went on without it, or waits now and asks for none",
        "select h.id from historique h where h.vers = 'attente_pieces' and exists (select 1 from pieces) and not exists (
             select 1 from reservations r where r.intervention_id = h.intervention_id and r.date = h.date
                 and (r.servie = r.demandee) = exists (select 1 from historique later
                     where later.intervention_id = h.intervention_id and later.vers = 'en_cours' and later.id > h.id))",
    ),
    (
        "demandes numbered with a gap, or out of the order of the asking",
        "select id from (select id, numero, substr(numero, 5, 4) as annee, row_number() over
             (partition by substr(numero, 5, 4) order by date_creation, id) as rang from demandes)
         where numero <> printf('DEM-%s-%06d', annee, rang)
         union select annee from demandes_numeros where dernier <> (select count(*) from demandes
             where substr(numero, 5, 4) = cast(annee as text))",
    ),
    (
        "a demande that its intervention does not answer, or that was answered before it was asked",
        "select d.id from demandes d left join interventions i on i.id = d.intervention_id
         where date_traitement < d.date_creation or date_traitement > $NOW
             or (d.statut = 'acceptee') <> (i.id is not null) or d.equipement_id <> i.equipement_id
         union select i.id from interventions i join demandes d on d.id = i.demande_id
         where d.intervention_id is not i.id or d.titre <> i.titre or d.description <> i.description
             or d.date_creation <> i.declaree_le or d.urgence <> i.priorite or d.survenue_le is not i.survenue_le",
    ),
    (
        "finished corrective work without its codes",
        "select id from interventions where type_intervention = 'corrective' and statut = 'termine'
             and (symptome_code_id is null or cause_code_id is null or remede_code_id is null)",
    ),
    ("rows that refer to nothing", "select rowid from pragma_foreign_key_check"),
    (
        "an échéance that is not as its intervention is",
        "select e.id from echeances e left join interventions i on i.id = e.intervention_id
         where e.statut is not case
             when i.statut = 'termine' then 'faite' when i.statut = 'annule' then 'annulee'
             when i.id is not null then 'generee' else e.statut end
           or e.statut in ('generee', 'faite', 'annulee') and i.id is null
           or e.fin > date($NOW, 'unixepoch', '+1 day')",
    ),
    (
        "an intervention that was generated at another time than its échéance was due",
        "select e.id from echeances e join plannings p on p.id = e.planning_id
         join interventions i on i.id = e.intervention_id
         where i.date_creation < unixepoch(e.date) - (p.anticipation_jours + 1) * 86400
            or i.planning_id <> p.id or i.type_intervention <> 'preventive'",
    ),
    (
        "a plan whose shift is not the sum of what its échéances added",
        "select p.id from plannings p where decalage_jours <>
             (select coalesce(sum(decalage), 0) from echeances where planning_id = p.id)",
    ),
    (
        "an active plan that has something to do already, or a resting one that would",
        "select id from plannings where (statut = 'actif') <> (coalesce(a_generer_le, 0) > $NOW)",
    ),
];

#[tokio::test]
async fn the_demo_has_its_four_accounts_and_their_password_and_nobody_else_has_it() {
    let plant = Plant::empty();

    let accounts = sow_demo(&plant).await;

    let database = plant.database();
    let names: Vec<_> = accounts.iter().map(|account| (account.username, account.role.word())).collect();
    let expected = ["admin", "responsable", "technicien", "client"];
    assert_eq!(names, expected.map(|role| (role, role)));
    for account in &accounts {
        let (role, hash): (String, String) = database
            .query_row("select role, password_hash from users where email = ?1", [account.email], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .expect("the account exists");
        assert_eq!(role, account.role.word());
        let verified =
            Passwords::new().verify(Asker::Known, seed::DEMO_PASSWORD.to_owned(), Some(hash)).await;
        assert!(verified.expect("a hash"), "{account}");
    }
    let others: String = database
        .query_row("select password_hash from users where username = 's.bennani'", [], |row| row.get(0))
        .expect("another technicien");
    let opened = Passwords::new().verify(Asker::Known, seed::DEMO_PASSWORD.to_owned(), Some(others)).await;
    assert!(!opened.expect("a hash"));
}

#[tokio::test]
async fn the_demo_is_a_plant_of_two_years_with_something_of_everything() {
    let plant = Plant::empty();

    sow_demo(&plant).await;

    let database = plant.database();
    let count = |sql: &str| -> i64 { database.query_row(sql, [], |row| row.get(0)).expect(sql) };
    assert_eq!((count("select count(*) from sites"), count("select count(*) from clients")), (3, 2));
    assert_eq!(count("select count(distinct fuseau) from sites"), 2);
    assert_eq!(count("select count(*) from competences"), 10);
    assert!((55..=70).contains(&count("select count(*) from equipements")));
    assert!((1400..=1550).contains(&count("select count(*) from interventions")));
    assert!((110..=130).contains(&count("select count(*) from pieces")));
    assert!(count("select count(*) from mouvements") > 1500);
    assert_eq!(count("select count(distinct type) from mouvements"), 4, "nothing was transferred");
    assert_eq!(count("select count(*) from inventaires where statut = 'ouvert'"), 1);
    let open = count("select count(*) from interventions where statut not in ('termine', 'annule')");
    assert!((35..=65).contains(&open), "{open} open");
    assert_eq!(count("select count(distinct statut) from interventions"), 5);
    assert_eq!(count("select count(distinct type_intervention) from interventions"), 4);
    assert_eq!(count("select count(distinct priorite) from interventions"), 4);
    assert_eq!(count("select count(distinct statut) from equipements"), 4);
    assert!(
        count("select count(distinct titre) from interventions where type_intervention = 'corrective'") >= 40
    );
    assert!((22..=28).contains(&count("select count(*) from demandes")));
    assert_eq!(count("select count(distinct statut) from demandes"), 4);
    assert!(count("select count(distinct cause_code_id) from interventions") >= 10);
    for some in [
        "select count(*) from demandes d join users u on u.id = d.demandeur_id where u.username = 'client'",
        "select count(*) from demandes d join users u on u.id = d.demandeur_id where u.username = 'technicien'",
        "select count(*) from demandes d join interventions i on i.id = d.intervention_id where i.demande_id <> d.id",
        "select count(*) from interventions where demande_id is not null and statut = 'termine'",
        "select count(*) from interventions where statut = 'planifie' and technicien_id is null",
        "select count(*) from interventions where statut = 'planifie' and date_limite < $NOW",
        "select count(*) from historique where type = 'reouverture'",
        "select count(*) from commentaires where interne",
        "select count(*) from commentaires where not interne",
        "select count(*) from affectations where role = 'renfort'",
        "select count(*) from gamme_versions where numero = 2",
        "select count(*) from interventions where gamme_id is not null and statut = 'termine'",
        "select count(*) from checklist_reponses where texte is not null",
        "select count(*) from temps where nature = 'deplacement'",
        "select count(*) from prestations",
        "select count(*) from absences where debut <= $NOW and fin > $NOW",
        "select count(*) from stocks s join pieces p on p.id = s.piece_id where s.stock < p.seuil_min",
        "select count(*) from stocks where reserve > 0",
        "select count(*) from stocks where attendue > 0",
        "select count(*) from mouvements where type = 'retour'",
        "select count(*) from mouvements where annule_id is not null",
        "select count(*) from mouvements where inventaire_id is not null",
        "select count(*) from inventaire_lignes where ouverte and compte <> theorique",
        "select count(*) from technicien_competences where valide_jusqu_au < date($NOW, 'unixepoch')",
    ] {
        let sql = some.replace("$NOW", &plant.app.now().as_second().to_string());
        assert!(count(&sql) > 1, "{sql}");
    }
    assert!((8..=12).contains(&count("select count(*) from gammes")));
    assert!(count("select count(*) from plannings where gamme_id is not null") >= 3);
    assert_eq!(count("select count(*) from checklist_reponses where hors_tolerance"), 1);
    assert_eq!(
        count(
            "select count(*) from checklist_correctives c join interventions i on i.id = c.intervention_id
             join interventions k on k.id = c.corrective_id
             where k.equipement_id = i.equipement_id and k.statut = 'planifie' and k.type_intervention = 'corrective'"
        ),
        1
    );
    assert!((25..=30).contains(&count("select count(*) from plannings")));
    assert_eq!(count("select count(distinct frequence) from plannings"), 5);
    for statut in ["generee", "faite", "sautee", "manquee", "reportee", "annulee"] {
        let found = count(&format!("select count(*) from echeances where statut = '{statut}'"));
        assert!(found >= 1, "no échéance is {statut}");
    }
    let shifted = count("select count(*) from plannings where decalage_jours <> 0");
    let late = count("select count(*) from echeances where fin > date");
    let planned = count("select count(*) from interventions where planning_id is not null");
    assert!(shifted >= 1 && late >= 10 && planned > 300, "{shifted} {late} {planned}");
    assert!(count("select count(*) from jours_feries where not recurrent") >= 40);
    let two_years_ago = plant.app.now().as_second() - 730 * 86_400;
    let oldest = count("select min(coalesce(survenue_le, date_creation)) from interventions");
    assert!((two_years_ago..two_years_ago + 20 * 86_400).contains(&oldest));
}

#[tokio::test]
async fn each_account_of_the_demo_finds_messages_of_the_last_days_some_of_them_read() {
    for hour in ["2031-01-15T08:00:00Z", "2031-01-15T02:00:00Z", "2031-01-19T03:00:00Z"] {
        let plant = Plant::empty();
        plant.set_time(hour);

        sow_demo(&plant).await;

        let database = plant.database();
        let count = |sql: &str| -> i64 { database.query_row(sql, [], |row| row.get(0)).expect(sql) };
        for account in ["responsable", "technicien", "client"] {
            let of = format!(
                "from notifications where boite and user_id = (select id from users where username = '{account}')"
            );
            let (all, unread) = (
                count(&format!("select count(*) {of}")),
                count(&format!("select count(*) {of} and lue_le is null")),
            );
            assert!(
                (5..=150).contains(&all) && (1..all).contains(&unread),
                "{account}: {all}, {unread} unread"
            );
        }
        assert!(count("select count(*) from notifications where user_id = 1") > 0, "the administrator's");
        for statut in ["envoye", "a_envoyer", "echec", "non_envoye", "groupe"] {
            assert!(count(&format!("select count(*) from envois where statut = '{statut}'")) > 0, "{statut}");
        }
        let now = plant.app.now().as_second();
        assert_eq!(
            count(&format!(
                "select count(*) from notifications where date > {now} or lue_le > {now} or lue_le < date"
            )),
            0
        );
        assert_eq!(
            count(
                "select count(distinct type) from notifications where type in ('affectation', 'changement_statut', 'cloture', 'rappel', 'retard', 'information')"
            ),
            6
        );
        let alerted = notifications::overdue(System::new(&plant.app, "retards")).await.expect("alerts");
        assert!(alerted <= 3, "{alerted}: this morning's alerts are not given again");
    }
}

#[tokio::test]
async fn the_demo_keeps_every_rule_whatever_the_hour_it_is_sown_at() {
    // Wednesday morning, Friday evening, Sunday night, New Year, in the hour that Paris skips.
    for hour in [
        "2031-01-15T08:00:00Z",
        "2031-01-17T18:40:00Z",
        "2031-01-19T01:10:00Z",
        "2032-01-01T00:00:00Z",
        "2031-03-30T01:30:00Z",
    ] {
        let plant = Plant::empty();
        plant.set_time(hour);

        sow_demo(&plant).await;

        keeps_the_rules(&plant);
        slots_are_worked(&plant.database());
        numbers_follow_the_calendar_of_the_site(&plant.database());
    }
}

#[tokio::test]
async fn the_demo_technicien_has_work_today_and_this_week_and_the_demo_client_sees_some() {
    for hour in ["2031-01-15T08:00:00Z", "2031-01-18T20:00:00Z", "2031-01-19T03:00:00Z"] {
        let plant = Plant::empty();
        plant.set_time(hour);

        sow_demo(&plant).await;

        let days = |from: i64, to: i64| -> i64 {
            let zone = zone("Africa/Casablanca");
            let today = plant.app.now().in_zone(&zone).date();
            let midnight = Instant::start_of(today, &zone).expect("today").as_second();
            plant
                .database()
                .query_row(
                    "select count(*) from affectations a join techniciens t on t.id = a.technicien_id
                     join users u on u.id = t.user_id
                     where u.username = 'technicien' and liberee_le is null and debut >= ?1 and debut < ?2",
                    [midnight + from * 86_400, midnight + to * 86_400],
                    |row| row.get(0),
                )
                .expect("a count")
        };
        assert!(days(0, 1) >= 1, "{hour}: {} today", days(0, 1));
        assert!(days(0, 7) >= 5, "{hour}: {} this week", days(0, 7));
        let seen: i64 = plant
            .database()
            .query_row(
                "select count(*) from interventions i join equipements e on e.id = i.equipement_id
                 join sites s on s.id = e.site_id join users u on u.client_id = s.client_id
                 where u.username = 'client' and i.statut not in ('termine', 'annule')",
                [],
                |row| row.get(0),
            )
            .expect("a count");
        assert!(seen >= 5, "{hour}: {seen}");
    }
}

#[tokio::test]
async fn each_demo_account_signs_in_and_finds_what_is_theirs() {
    let plant = Plant::empty();
    sow_demo(&plant).await;
    let mut totals = Vec::new();

    for account in ["admin", "responsable", "technicien", "client"] {
        let form = format!("username={account}&password={}", seed::DEMO_PASSWORD);
        let signed = sign_in::token(&plant, &form, &[]).await.expect(200);
        let person = plant.bearer(signed["access_token"].as_str().expect("a token"));
        let list = person.get("interventions/").await.expect(200);
        let first = person.get(&format!("interventions/{}", list.ids()[0])).await.expect(200);
        assert_eq!(first["id"], list.ids()[0]);
        totals.push(list["total"].as_i64().expect("a total"));
    }

    let all = totals[0];
    assert_eq!(totals[1], all);
    assert!(totals[2..].iter().all(|own| (50..all).contains(own)), "{totals:?}");
}

#[tokio::test]
async fn an_examination_finds_nothing_wrong_with_the_demo() {
    let plant = Plant::empty();

    sow_demo(&plant).await;

    let examined = erp_interventions::check::run(plant.data_dir()).expect("examined");
    // The plant lives in 2031, which an examination today must notice.
    let wrong: Vec<_> = examined.iter().filter(|it| !it.wrong.is_empty()).collect();
    let clock = erp_interventions::kernel::phrase::Phrase::new("horloge", "clock");
    assert!(wrong.iter().all(|it| it.what == clock), "{wrong:?}");
}

#[tokio::test]
async fn the_demo_has_real_documents_that_open_and_belong_to_what_they_are_about() {
    let plant = Plant::empty();

    sow_demo(&plant).await;

    let database = plant.database();
    let count = |sql: &str| -> i64 { database.query_row(sql, [], |row| row.get(0)).expect(sql) };
    assert!((36..=45).contains(&count("select count(*) from documents")));
    assert_eq!(count("select count(distinct type_mime) from documents"), 3);
    assert!(count("select count(*) from documents where intervention_id is not null") >= 10);
    assert_eq!(
        count(
            "select count(*) from documents where date_ajout > $NOW"
                .replace("$NOW", &plant.app.now().as_second().to_string())
                .as_str()
        ),
        0
    );
    let mut rows = database.prepare("select sha256, type_mime from documents").expect("a query");
    let rows =
        rows.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))).expect("rows");
    for row in rows {
        let (sha256, kind) = row.expect("a row");
        let file = plant.data_dir().join("documents").join(&sha256[..2]).join(&sha256[2..]);
        let bytes = std::fs::read(file).expect("its file");
        match kind.as_str() {
            "application/pdf" => assert!(bytes.starts_with(b"%PDF-1.4") && bytes.ends_with(b"%%EOF\n")),
            _ => assert!(image::load_from_memory(&bytes).is_ok_and(|picture| picture.width() > 100)),
        }
    }
}

#[tokio::test]
async fn sowing_twice_at_the_same_hour_gives_the_same_plant() {
    let (one, other) = (Plant::empty(), Plant::empty());

    sow_demo(&one).await;
    sow_demo(&other).await;

    assert_eq!(dump(&one.database()), dump(&other.database()));
}

#[tokio::test]
async fn a_plant_with_people_is_never_sown_over() {
    let plant = Plant::new();
    let before = dump(&plant.database());

    let demo = seed::demo(&System::new(&plant.app, "test")).await;
    let volume = seed::volume(&System::new(&plant.app, "test"), 10, |_, _| {}).await;

    assert_eq!(demo.expect_err("refused").status().as_u16(), 409);
    assert_eq!(volume.expect_err("refused").status().as_u16(), 409);
    assert_eq!(dump(&plant.database()), before);
}

#[tokio::test]
async fn the_journal_says_in_one_entry_what_was_sown_and_of_which_facts_people_were_told() {
    let (demo, volume) = (Plant::empty(), Plant::empty());

    sow_demo(&demo).await;
    seed::volume(&System::new(&volume.app, "test"), 50, |_, _| {}).await.expect("sown");

    for (plant, profil) in [(&demo, "demo"), (&volume, "volume")] {
        let entry: (i64, String, String) = plant
            .database()
            .query_row(
                "select count(apres ->> '$.profil'), group_concat(distinct action), max(apres ->> '$.profil')
                 from journal",
                [],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .expect("an entry");
        assert_eq!(entry, (1, "donnees.semis".to_owned(), profil.to_owned()));
        let untold = "select count(*) from notifications n join journal j on j.id = n.journal_id
                      where j.apres ->> '$.fait' is null";
        assert_eq!(value(plant, untold), "0");
        let system = System::new(&plant.app, "test");
        let says = system.read(|db| Ok((seed::is_empty(db)?, seed::is_demo(db)?))).await.expect("readable");
        assert_eq!(says, (false, profil == "demo"));
    }
}

#[tokio::test]
async fn volume_keeps_every_rule_too_and_tells_how_far_it_is() {
    let plant = Plant::empty();
    let told = Mutex::new(Vec::new());
    let tell = |done, total| told.lock().expect("unpoisoned").push((done, total));

    seed::volume(&System::new(&plant.app, "test"), 7000, tell).await.expect("sown");

    keeps_the_rules(&plant);
    assert_eq!(*told.lock().expect("unpoisoned"), [(5000, 7000), (7000, 7000)]);
    let database = plant.database();
    let count = |sql: &str| -> i64 { database.query_row(sql, [], |row| row.get(0)).expect(sql) };
    assert_eq!(count("select count(*) from interventions"), 7000);
    assert_eq!(count("select count(distinct statut) from interventions"), 5);
    let open = count("select count(*) from interventions where statut not in ('termine', 'annule')");
    assert!((105..=175).contains(&open), "{open} open, about 2 %");
    let shape =
        ["sites", "equipements", "techniciens"].map(|table| count(&format!("select count(*) from {table}")));
    assert_eq!(shape, [20, 2000, 50]);
}

async fn sow_demo(plant: &Plant) -> Vec<seed::Account> {
    seed::demo(&System::new(&plant.app, "test")).await.expect("sown")
}

#[track_caller]
fn keeps_the_rules(plant: &Plant) {
    let (database, now) = (plant.database(), plant.app.now());
    for (what, sql) in BROKEN {
        let sql = sql.replace("$NOW", &now.as_second().to_string());
        let mut query = database.prepare(&sql).expect(what);
        let broken: Vec<i64> =
            query.query_map([], |row| row.get(0)).expect(what).collect::<Result<_, _>>().expect(what);
        assert!(broken.is_empty(), "at {now}, {what}: {} rows, first {:?}", broken.len(), broken.first());
    }
}

#[track_caller]
fn slots_are_worked(database: &Connection) {
    let sql = "select a.debut, a.fin, t.horaire, s.fuseau from affectations a
               join techniciens t on t.id = a.technicien_id join interventions i on i.id = a.intervention_id
               join equipements e on e.id = i.equipement_id join sites s on s.id = e.site_id";
    let mut query = database.prepare(sql).expect("a query");
    let slots = query
        .query_map([], |row| {
            Ok((
                row.get::<_, Instant>(0)?,
                row.get::<_, Instant>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, String>(3)?,
            ))
        })
        .expect("rows");
    let mut checked = BTreeSet::new();
    for slot in slots {
        let (debut, fin, horaire, zone) = slot.expect("a row");
        let horaire: Horaire = serde_json::from_str(&horaire).expect("working hours");
        let slot = Slot::new(debut, fin).expect("a slot");
        assert!(horaire.covers(slot, &self::zone(&zone)), "{debut} {fin} {horaire:?}");
        checked.insert(debut);
    }
    assert!(checked.len() > 1000);
}

#[track_caller]
fn numbers_follow_the_calendar_of_the_site(database: &Connection) {
    let sql = "select numero, date_creation, fuseau from interventions i
               join equipements e on e.id = i.equipement_id join sites s on s.id = e.site_id";
    let mut query = database.prepare(sql).expect("a query");
    let rows = query
        .query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Instant>(1)?, row.get::<_, String>(2)?))
        })
        .expect("rows");
    for row in rows {
        let (numero, creation, zone) = row.expect("a row");
        let year = creation.in_zone(&self::zone(&zone)).year();
        assert!(numero.starts_with(&format!("INT-{year}-")), "{numero} of {creation}");
    }
}

/// Every row of every table but secrets, and what chance gives a label to lead by.
fn dump(database: &Connection) -> Vec<String> {
    [
        "clients",
        "sites",
        "equipements",
        "competences",
        "techniciens",
        "technicien_competences",
        "absences",
        "interventions",
        "intervention_competences",
        "affectations",
        "historique",
        "commentaires",
        "demandes",
        "gammes",
        "gamme_version_operations",
        "checklist_reponses",
        "checklist_correctives",
        "temps",
        "prestations",
        "compteurs",
        "releves",
        "compteur_plans",
        "numeros",
        "demandes_numeros",
        "plannings",
        "planning_competences",
        "echeances",
        "fournisseurs",
        "pieces",
        "piece_equipements",
        "stocks",
        "mouvements",
        "reservations",
        "inventaires",
        "inventaire_lignes",
        "journal",
    ]
    .iter()
    .flat_map(|table| {
        let mut query = database.prepare(&format!("select * from {table}")).expect("a table");
        let by_chance = |column: &usize| query.column_name(*column).expect("a name") == "jeton";
        let columns: Vec<_> = (0..query.column_count()).filter(|column| !by_chance(column)).collect();
        query
            .query_map([], |row| {
                columns.iter().map(|column| row.get_ref(*column).map(|value| format!("{value:?}"))).collect()
            })
            .expect("rows")
            .collect::<Result<Vec<String>, _>>()
            .expect("rows")
    })
    .collect()
}

fn zone(name: &str) -> TimeZone {
    Zones::embedded().get(name).expect("a zone")
}
