//! Versions of policies, and so of the notices that are written from them:
//! announced before they hold, kept after they held (row O17).
//!
//! 1. What a policy's file says is written down when the house is opened
//!    ([`write_down`]). The first version holds at once; another one waits.
//! 2. The server announces what waits ([`announce`]): the day from which it
//!    holds is fixed, the log of the installation, each tenant under it and the
//!    pages are told, in one commit. Until that day the text before it holds,
//!    as it was written down, whatever the file says meanwhile.
//! 3. Every node asks what holds from when on ([`refresh`]).
//!
//! A text that changed and is no new version is not put in force: receipts name
//! versions, and one name must not mean two texts.

mod announce;
mod tables;
mod versions;

pub use announce::{Announcement, Channel, announce, announcements, announcements_of};
pub use tables::{MIGRATIONS, TABLES};
pub use versions::{NoticeVersion, Written, consent_counts_from, history, refresh, write_down};
pub(crate) use versions::{announced, asks_again_since};
