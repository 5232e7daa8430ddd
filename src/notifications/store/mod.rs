//! SQL of notifications: messages as they are told, inboxes, deliveries, choices, alerts, and what live streams
//! read.

mod alerts;
mod envois;
mod feed;
mod inbox;
mod preferences;
mod telling;

pub use alerts::{alert, last_alarm, late, slots_on, starting};
pub use envois::{
    Content, DIGEST_ITEMS, Item, Letter, Outcome, begin_again, claim, digest, envoi, envois, mark, outlook,
    release, waiting_for_digest,
};
pub use feed::{Entry, last_entry, last_notification, new_entries, new_notifications};
pub use inbox::{hide, inbox, mark_all_read, mark_read, notification, unread, written};
pub use preferences::{choose, chosen, preferences};
pub use telling::{
    Draft, Recipient, assigned, full_name, insert, insert_envoi, lead, mails_of_one, plan, recipient,
    recipients,
};
