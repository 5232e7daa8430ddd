//! What every part of the product stands on and which knows none of them.

pub mod server;
