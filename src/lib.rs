//! Maintenance management (GMAO) that a plant runs itself.

pub mod assets;
pub mod kernel;
