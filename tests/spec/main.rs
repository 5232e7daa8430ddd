//! What the product promises, as sentences. Each test has three paragraphs: who and what exists; one action;
//! what is now true. People act through HTTP, the clock is frozen, nothing sleeps.

mod agenda;
mod audit;
mod clients;
#[cfg(unix)]
mod command_line;
mod demo;
mod equipements;
mod http;
mod plant;
#[cfg(unix)]
mod server_process;
mod shape;
mod techniciens;
