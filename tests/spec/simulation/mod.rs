//! Years of a plant in Casablanca and Paris, by a clock that a test sets: forty plans of every kind, people who
//! finish early, late, never or not at all, a server that is switched off, dies in the middle, fails at any
//! statement, is told the wrong time or is put back to a backup, and sixteen people who ask for the same échéances
//! at the moment of a tick. Nothing is missing, nothing is double, every state is explained.
//!
//! `SIMULATED_YEARS=10 SIMULATION_SEED=2 cargo test --test spec simulation` for the long version.

mod oracle;
mod world;

use erp_interventions::check;
use erp_interventions::kernel::phrase::Language;

use world::World;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

// D4, D6, D17, b5, c3
#[tokio::test(flavor = "multi_thread")]
async fn over_the_years_every_echeance_comes_to_pass_exactly_once_whatever_happens_to_the_server() {
    let (years, seed) = (setting("SIMULATED_YEARS", 4), setting("SIMULATION_SEED", 1));
    let mut world = World::begin(seed).await;

    world.live(years).await;
    let (data, seen) = world.end().await;

    eprintln!("seed {seed}, {years} years: {seen:?}");
    let books = oracle::read(data.path());
    let wrong = oracle::judge(&books);
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        books.echeances.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    for (what, times) in seen.all() {
        assert!(times > 0, "this life was too quiet, {what} never happened: {seen:?}");
    }
    for statut in ["generee", "faite", "sautee", "manquee", "annulee"] {
        assert!(books.echeances.iter().any(|echeance| echeance.statut == statut), "no échéance is {statut}");
    }
    assert!(books.put_off > 0, "no échéance waited for the one before");
    let examined = check::run(data.path()).expect("examined");
    let found = examined.iter().flat_map(|part| &part.wrong).map(|wrong| wrong.what.text(Language::French));
    let found: Vec<_> = found.collect();
    assert!(found.is_empty(), "{found:?}");
}
