//! What the product promises, as sentences. Each test has three paragraphs: who and what exists; one action;
//! what is now true. People act through HTTP, the clock is frozen, nothing sleeps.

mod clients;
mod demo;
mod plant;
