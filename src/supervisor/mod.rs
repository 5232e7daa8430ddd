//! Who started the server and watches over it: systemd, Windows' service control, or nobody.
//!
//! They are told when it is ready, alive and stopping; Windows asks it to stop by the same way.

#[cfg(target_os = "linux")]
mod systemd;
#[cfg(target_os = "linux")]
pub use systemd::{ready, stopping};

#[cfg(windows)]
pub mod windows;
#[cfg(windows)]
pub use windows::{ready, stopping};

#[cfg(not(any(target_os = "linux", windows)))]
pub fn ready(_: &crate::kernel::app::App) {}

#[cfg(not(any(target_os = "linux", windows)))]
pub fn stopping() {}
