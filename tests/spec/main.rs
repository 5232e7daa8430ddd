//! What the product promises, as sentences. Each test has three paragraphs: who and what exists; one action;
//! what is now true. People act through HTTP, the clock is frozen, nothing sleeps.

mod affectations;
mod agenda;
mod audit;
mod clients;
mod equipements;
mod filters;
mod interventions;
mod interventions_list;
mod plant;
mod techniciens;
mod workflow;
