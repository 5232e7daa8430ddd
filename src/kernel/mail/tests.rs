//! The kernel's side of mail, without a server.
