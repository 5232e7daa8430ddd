//! The turns of all plans that have something to do, a few to a transaction: others' writes pass in between.

use std::collections::HashSet;
use std::time::Duration;

use super::generate::generate;
use crate::ids::PlanningId;
use crate::kernel::app::System;
use crate::kernel::db::Reader;
use crate::kernel::error::{Error, Result};
use crate::kernel::phrase::Phrase;
use crate::kernel::scheduler::{self, Done, Skipped, lately_skipped};
use crate::planning::store;

/// The name of the job, and of what it skips.
pub const GENERATION: &str = "generation";

/// Turns that share a transaction.
const TOGETHER: usize = 8;

/// A plan whose turn failed is not tried again before this, or it would fail every minute.
const REST: Duration = Duration::from_secs(3600);

/// Whether a plan has something to do that did not fail just now.
pub fn is_any_due(db: &Reader<'_>) -> Result<bool> {
    let resting = lately_skipped(db, GENERATION, REST)?;
    // One more than those that rest: if all are found resting, nothing else is due.
    let due = store::due(db, db.now(), resting.len() as u32 + 1)?;
    Ok(due.iter().any(|plan| !resting.contains(&plan.0)))
}

/// Generates what is due of every plan. One whose turn fails is tried alone, then left out with the reason.
pub async fn generate_due(system: System) -> Result<Done> {
    let by_hand = system.is_by_hand();
    let plans = system.read(move |db| {
        let resting = if by_hand { HashSet::new() } else { lately_skipped(db, GENERATION, REST)? };
        let mut due = store::due(db, db.now(), u32::MAX)?;
        due.retain(|plan| !resting.contains(&plan.0));
        Ok(due)
    });
    let mut done = Done::default();
    for few in plans.await?.chunks(TOGETHER) {
        if system.app().is_stopping() {
            break;
        }
        match turns(&system, few).await {
            Ok(turned) => add(&mut done, turned),
            Err(error @ Error::Busy(..)) => return Err(error),
            Err(_) => {
                for plan in few {
                    match turns(&system, std::slice::from_ref(plan)).await {
                        Ok(turned) => add(&mut done, turned),
                        Err(error @ Error::Busy(..)) => return Err(error),
                        Err(error) => done.skipped.push(failed(*plan, &error)),
                    }
                }
            }
        }
    }
    Ok(done)
}

fn add(done: &mut Done, turned: Done) {
    done.done += turned.done;
    done.skipped.extend(turned.skipped);
}

/// One transaction: all of these turns, or none.
async fn turns(system: &System, plans: &[PlanningId]) -> Result<Done> {
    let plans = plans.to_vec();
    let write = system.write(move |tx| {
        let mut done = Done::default();
        for plan in plans {
            let turn = generate(tx, plan)?;
            done.done += u64::from(turn.generees + turn.reportees + turn.manquees);
            done.skipped.extend(turn.ignoree.map(|why| skipped(plan, why)));
        }
        Ok(done)
    });
    write.await
}

fn failed(plan: PlanningId, error: &Error) -> Skipped {
    tracing::error!(planning = plan.0, %error, "a plan could not generate what is due");
    skipped(plan, scheduler::sentence(error))
}

fn skipped(plan: PlanningId, why: Phrase) -> Skipped {
    Skipped { entite: "planning", id: plan.0, why }
}
