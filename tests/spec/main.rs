//! What the product promises, as sentences. Each test has three paragraphs: who and what exists; one action;
//! what is now true. People act through HTTP, the clock is frozen, nothing sleeps.

mod affectations;
mod agenda;
mod audit;
mod clients;
mod clock_change;
mod codes;
mod command_line;
mod demandes;
mod demo;
mod equipements;
mod filters;
mod forged_tokens;
mod http;
mod http_attacks;
mod interventions;
mod interventions_list;
mod killed;
mod permissions;
mod plant;
mod server_process;
mod sessions;
mod shape;
mod sign_in;
mod techniciens;
mod users;
mod workflow;
