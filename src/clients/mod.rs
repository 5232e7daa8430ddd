//! The organisations a plant works for, and their sites: the places where the équipements stand.
//!
//! Every row that a person of role `client` may see is reached through here: an équipement stands on a site,
//! a site belongs to at most one client.

mod access;
mod commands;
mod model;
mod routes;
mod rules;
mod store;

pub use access::Scope;
pub use commands::check_client;
pub use model::{Client, ClientFilters, Site, SiteFilters};
pub use routes::router;
pub use store::{clients, plant_site, plant_zone, seen_sites, site, site_zone, sites, zones};
