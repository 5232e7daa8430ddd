//! How the server does, in one look: for the page that says all is well, and for what scrapes `/metrics`.

mod gather;
mod jobs;
mod model;
mod routes;
mod store;

pub use jobs::watch;
pub use routes::router;
