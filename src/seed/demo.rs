//! The demo plant, sown in one transaction: all of it or nothing.

use serde_json::json;

use super::papers::{self, Kept};
use super::people::ACCOUNTS;
use super::plant::Plant;
use super::random::Random;
use super::teller::Teller;
use super::{Account, Hashes, refuse_unless_empty, store, storeroom, told};
use crate::events::Event;
use crate::kernel::app::System;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::Result;

/// How many interventions are behind the plant, besides the open ones.
const FINISHED: usize = 1460;

/// The same at each sowing, so that a demo can be told twice.
const SEED: u64 = 2026;

/// Fills an empty database with a plant of two years that ends now, and returns whom one can sign in as.
///
/// # Errors
/// 409 `base_non_vide` when there is a user already; then nothing is changed.
pub async fn demo(system: &System) -> Result<Vec<Account>> {
    system.read(refuse_unless_empty).await?;
    let hashes = Hashes::make(system.app().passwords()).await?;
    let keeping = system.files().keeping().await;
    let papers = papers::keep(system.files(), &keeping).await?;
    system
        .write(move |tx| {
            let _keeping = keeping;
            sow(tx, &hashes, &papers)
        })
        .await?;
    Ok(ACCOUNTS.to_vec())
}

fn sow(tx: &Tx<'_>, hashes: &Hashes, papers: &[Kept]) -> Result<()> {
    refuse_unless_empty(tx)?;
    let mut random = Random::new(SEED);
    let plant = Plant::build(tx, &mut random, hashes)?;
    let mut teller = Teller { plant, random };
    let mut jobs = teller.present();
    let (plans, generated) = teller.plans(tx)?;
    jobs.extend(teller.past(FINISHED.saturating_sub(generated.len())));
    jobs.extend(generated);
    let corrective = teller.work(&mut jobs);
    jobs.extend(corrective);
    jobs.sort_by_key(|job| job.creation);
    let asked = teller.asked_for(&jobs);
    store::file_demandes(tx, &asked, &mut jobs)?;
    let made = store::insert_jobs(tx, &mut store::Numbers::default(), &jobs)?;
    store::answer_demandes(tx, &asked, &jobs)?;
    for plan in &plans {
        store::insert_echeances(tx, plan, &made)?;
    }
    let documents = teller.plant.attach(tx, papers)?;
    let parts = storeroom::stock(tx, &mut teller, &jobs)?;
    let meters = teller.meters(tx)?;
    let open = jobs.iter().filter(|job| job.is_open()).count();
    let Plant { grounds, machines, crew, .. } = &teller.plant;
    tx.record(
        Event::DonneesSemees,
        Change::created(&json!({
            "profil": store::DEMO, "sites": grounds.len(), "equipements": machines.len(),
            "techniciens": crew.len(), "interventions": jobs.len(), "ouvertes": open, "plans": plans.len(),
            "documents": documents, "pieces": parts, "demandes": asked.len(), "compteurs": meters,
        }))?,
    )?;
    told::tell(tx)
}
