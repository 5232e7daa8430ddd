//! People: who calls, with which right, and how they prove it.

mod actor;
mod common;
mod guard;
mod idempotency;
mod keys;
mod password;
mod refusals;
mod store;
mod throttle;
mod token;

pub use actor::{Actor, Role, Who};
pub use guard::{Allowed, Anyone, Operation, Permission};
pub use idempotency::purge as purge_idempotency;
pub use keys::{HiddenText, Secret, Secrets};
pub use password::{Asker, LOCKED, Passwords, check_new_password};
pub use refusals::{Refusals, Stands, write_counted};
pub use throttle::{Budget, Throttle, network};
pub use token::{ACCESS_LIFE, Claims, DEVICE_LIFE, Tokens};

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::guard::MAX_PATH;
    pub use super::idempotency::KEPT;
    pub use super::password::{AT_ONCE, FROM_ONE_ADDRESS, MAX_CHARS, WAITING};
    pub use super::refusals::{OF_A_NAME, OF_A_NETWORK, OF_ALL, PER_MINUTE, REMEMBERED};
    pub use super::throttle::ADDRESSES;
}
