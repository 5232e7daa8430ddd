//! Filling an empty database with data that is nobody's.

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};

use crate::config::Settings;
use crate::failure::Failure;
use crate::kernel::app::System;
use crate::kernel::data_dir::Lock;
use crate::terminal::say;
use crate::{seed, start};

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Profile {
    /// A believable plant with two years of history
    Demo,
    /// As many interventions as wanted, to measure with
    Volume,
}

/// How the journal names whoever typed the command.
const ACTOR: &str = "ligne de commande";

pub fn run(settings: &Settings, profile: Profile, interventions: u64) -> Result<(), Failure> {
    // A server must not answer from data that is half there.
    let lock = Lock::take(&settings.data_dir.value)?;
    let app = start::open(settings.options(settings.listen.value), &lock)?;
    let runtime = start::runtime()?;
    let outcome = runtime.block_on(async {
        let system = System::new(&app, ACTOR);
        let outcome = match profile {
            Profile::Demo => seed::demo(&system).await.map(|accounts| accounts.iter().for_each(say)),
            Profile::Volume => {
                let bar = ProgressBar::new(interventions).with_style(
                    ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} interventions, {eta}")
                        .unwrap_or_else(|_| ProgressStyle::default_bar()),
                );
                let outcome = seed::volume(&system, interventions, |done, _| bar.set_position(done)).await;
                bar.finish();
                outcome
            }
        };
        app.close().await;
        outcome
    });
    runtime.shutdown_background();
    Ok(outcome?)
}
