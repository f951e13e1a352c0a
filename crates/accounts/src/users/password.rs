//! Passwords: argon2id, off the asynchronous threads and few at a time.

/// The fewest characters of a password.
pub const PASSWORD_MIN: usize = 12;

/// Hashes and checks passwords.
#[derive(Default)]
pub(crate) struct Passwords {}
