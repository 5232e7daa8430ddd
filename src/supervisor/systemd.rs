//! What systemd is told of the server. Started by hand, nobody listens and nothing is told.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::time::{sleep, timeout};

use crate::kernel::app::{App, System};
use crate::users;

/// Says that requests are answered from now on, and then, as often as the watchdog wants, that they still are: only
/// while the database answers as well.
pub fn ready(app: &App) {
    tell(NotifyState::Ready);
    let Some(limit) = sd_notify::watchdog_enabled() else { return };
    let system = System::new(app, "serveur");
    tokio::spawn(alive(system, limit / 3));
}

async fn alive(system: System, pause: Duration) {
    loop {
        if matches!(timeout(pause, system.read(users::has_users)).await, Ok(Ok(_))) {
            tell(NotifyState::Watchdog);
        }
        sleep(pause).await;
    }
}

/// Says that a stop has begun.
pub fn stopping() {
    tell(NotifyState::Stopping);
}

fn tell(state: NotifyState<'_>) {
    if let Err(cause) = sd_notify::notify(&[state]) {
        tracing::warn!(%cause, "systemd could not be told");
    }
}
