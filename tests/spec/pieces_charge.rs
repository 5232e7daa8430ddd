//! The storeroom under a crowd: what was granted is what is gone, at every moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::interventions::led_by_youssef;
use crate::pieces::part;
use crate::plant::{Person, Plant};

const CLIENTS: i64 = 32;
const PARTS: i64 = 10;
const STOCK: i64 = 40;
const REQUESTS: i64 = 25;

/// Moments at which the books are looked at during the run.
const MOMENTS: usize = 100;

/// What one client got: per part, thousandths added to the stock by its accepted movements.
type Granted = Vec<i64>;

/// Numbers that look like chance, the same at each run (Lehmer, 1951).
struct Dice(i64);

impl Dice {
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        self.0 % sides
    }
}

// c2, I4
#[tokio::test(flavor = "multi_thread")]
async fn thirty_two_clients_at_the_same_ten_parts_take_what_there_is_and_no_more() {
    let plant = Plant::new();
    for number in 0..PARTS {
        part(&plant, &format!("P-{number}"), STOCK).await;
    }
    led_by_youssef(&plant).await;
    let over = Arc::new(AtomicBool::new(false));
    let looking = {
        let (database, over) = (plant.database(), over.clone());
        std::thread::spawn(move || look(&database, &over))
    };

    let granted = join_all((0..CLIENTS).map(|number| client(&plant, number))).await;

    over.store(true, Ordering::Relaxed);
    let (moments, during) = looking.join().expect("the books agreed at every moment");
    assert!(moments >= MOMENTS && during > MOMENTS / 2, "{moments} looks, {during} of them during the run");
    let database = plant.database();
    let refused: i64 = granted.iter().map(|(_, refused)| refused).sum();
    assert!(refused > 50, "there was something to fight for: {refused}");
    for part in 0..PARTS as usize {
        let expected = STOCK * 1000 + granted.iter().map(|(granted, _)| granted[part]).sum::<i64>();
        let stock: i64 = database
            .query_row("select stock from stocks where piece_id = ?1", [part as i64 + 1], |row| row.get(0))
            .expect("a stock");
        assert_eq!(stock, expected, "part {}", part + 1);
    }
}

/// One client takes, undoes, reserves and counts; returns what of it was granted, and how often it was refused.
async fn client(plant: &Plant, number: i64) -> (Granted, i64) {
    let responsable = plant.responsable();
    let (mut dice, mut granted, mut refused) = (Dice(number + 1), vec![0; PARTS as usize], 0);
    for _ in 0..REQUESTS {
        let part = dice.roll(PARTS);
        let path = format!("pieces/{}/mouvements", part + 1);
        let what = dice.roll(20);
        let body = match what {
            0..=15 => json!({"type": "sortie", "quantite": 1 + dice.roll(4)}),
            16 => json!({"type": "inventaire", "quantite": dice.roll(STOCK)}),
            17 => json!({"type": "sortie", "quantite": 1, "intervention_id": 1}),
            _ => {
                ask(&responsable, part + 1, 1 + dice.roll(2)).await;
                continue;
            }
        };
        let reply = responsable.post(&path, body).await;
        match reply.status.as_u16() {
            201 => granted[part as usize] += thousandths(&reply["variation"]),
            409 => {
                assert_eq!(reply.code(), "stock_insuffisant");
                refused += 1;
                continue;
            }
            other => panic!("{other}: {}", reply.body),
        }
        if dice.roll(6) == 0 {
            let undone = responsable.post(&format!("{path}/{}/annuler", reply.id()), json!({})).await;
            // What a count found may be gone again, or set aside.
            if undone.status == 201 {
                granted[part as usize] += thousandths(&undone["variation"]);
            }
        }
    }
    (granted, refused)
}

async fn ask(person: &Person<'_>, piece: i64, quantite: i64) {
    person.post("interventions/1/pieces", json!({"piece_id": piece, "quantite": quantite})).await.expect(201);
}

fn thousandths(quantite: &Value) -> i64 {
    (quantite.as_f64().expect("a number") * 1000.0).round() as i64
}

/// Looks at the books again and again until the run is over; how often in all, and during the run.
fn look(database: &Connection, over: &AtomicBool) -> (usize, usize) {
    let (mut moments, mut during) = (0, 0);
    while moments < MOMENTS || !over.load(Ordering::Relaxed) {
        during += usize::from(!over.load(Ordering::Relaxed));
        // One statement is one snapshot.
        let wrong: i64 = database
            .query_row(
                "select count(*) from stocks s
                 where s.stock < 0 or s.reserve > s.stock
                    or s.stock is not (select sum(quantite) from mouvements m where m.piece_id = s.piece_id)
                    or s.valeur is not (select sum(valeur) from mouvements m where m.piece_id = s.piece_id)
                    or s.reserve is not (select coalesce(sum(reservee), 0) from reservations r where r.piece_id = s.piece_id)",
                [],
                |row| row.get(0),
            )
            .expect("a snapshot");
        assert_eq!(wrong, 0, "the books disagree");
        moments += 1;
    }
    (moments, during)
}
