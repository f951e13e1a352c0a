//! The only door to data at rest.
//!
//! Three seams, each one trait with one conformance suite that every engine
//! passes: [`records`] (rows: SQLite, MySQL/MariaDB, PostgreSQL), [`objects`]
//! (bytes: a directory, S3) and, above both, the [`Vault`], through which
//! everything personal rests: sealed under a key of its realm, category and
//! hour of expiry, and unreadable from its second of expiry.

mod error;
pub mod objects;
pub mod records;
pub mod seal;
mod vault;

pub use bonafide_transparency::Receipt;
pub use bonafide_transparency::SignedCheckpoint;
pub use bonafide_transparency::leaf::{Commitment, Opening, SubjectHash};
pub use error::{StoreName, VaultError};
pub use objects::Objects;
pub use records::Records;
pub use seal::{KeyService, KeyServiceError, RootKey};
pub use vault::{
    Accepted, Cause, ConsentAct, Copied, DeletionReceipt, Erased, Event, Item, ItemFacts, Job,
    KEY_MIGRATIONS, KEY_TABLES, LOG_TABLES, Leaf, LogStorage, Logged, MIGRATIONS, Opener, Overdue,
    PlannedHold, Reaped, Released, RestrictionAct, Stores, TABLES, Tightened, Told, Under,
    UploadSlot, Vault, Whose, begin_restore,
};
