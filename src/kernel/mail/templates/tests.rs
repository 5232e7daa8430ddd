//! What mails say.
