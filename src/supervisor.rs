//! What systemd is told of the server: ready, alive, stopping. Started by hand, nobody listens and nothing is told.

#[cfg(target_os = "linux")]
use std::time::Duration;

#[cfg(target_os = "linux")]
use sd_notify::NotifyState;
#[cfg(target_os = "linux")]
use tokio::time::{sleep, timeout};

use crate::kernel::app::App;
#[cfg(target_os = "linux")]
use crate::kernel::app::System;
#[cfg(target_os = "linux")]
use crate::users;

/// Says that requests are answered from now on, and then, as often as the watchdog wants, that they still are: only
/// while the database answers as well.
#[cfg(target_os = "linux")]
pub fn ready(app: &App) {
    tell(NotifyState::Ready);
    let Some(limit) = sd_notify::watchdog_enabled() else { return };
    let system = System::new(app, "serveur");
    tokio::spawn(alive(system, limit / 3));
}

#[cfg(target_os = "linux")]
async fn alive(system: System, pause: Duration) {
    loop {
        if matches!(timeout(pause, system.read(users::has_users)).await, Ok(Ok(_))) {
            tell(NotifyState::Watchdog);
        }
        sleep(pause).await;
    }
}

/// Says that a stop has begun.
#[cfg(target_os = "linux")]
pub fn stopping() {
    tell(NotifyState::Stopping);
}

#[cfg(target_os = "linux")]
fn tell(state: NotifyState<'_>) {
    if let Err(cause) = sd_notify::notify(&[state]) {
        tracing::warn!(%cause, "systemd could not be told");
    }
}

#[cfg(not(target_os = "linux"))]
pub fn ready(_: &App) {}

#[cfg(not(target_os = "linux"))]
pub fn stopping() {}
