//! A request that carries a nonce is good once.
//!
//! Kept in the record store, so that it holds for every node, for as long as the request's
//! time lies in the window: a hash of the signature, which covers nonce, time and all
//! parameters, and of nothing that could be read.

use aws_lc_rs::digest;
use bonafide_context::Timestamp;
use bonafide_policy::Category;
use bonafide_vault::records::{
    Change, Column, Condition, Expect, Kind, Migration, Operator, Records, RecordsError, Row, Step,
    Table,
};

use crate::code::Code;
use crate::fault::Fault;
use crate::signature::{WINDOW_SECONDS, hex};

const NONCES: Table = Table {
    name: "tencent_nonces",
    category: Category::Idempotency,
    columns: &[
        // SHA-256 of key id and signature.
        Column::new("hash", Kind::Name),
        Column::new("expires", Kind::Integer),
    ],
    key: &["hash"],
    indexes: &[&["expires"]],
};

/// The tables of this room.
pub const TABLES: &[&Table] = &[&NONCES];

/// How they came to be.
pub const MIGRATIONS: &[Migration] =
    &[Migration { room: "tencent", version: 1, steps: &[Step::Create(&NONCES)] }];

/// Removes what is kept of requests whose window has passed.
pub async fn reap(records: &dyn Records, now: Timestamp) -> Result<(), RecordsError> {
    let due = vec![Condition::Compare("expires", Operator::AtMost, now.into())];
    let delete = Change::Delete { table: &NONCES, conditions: due, expect: Expect::Any };
    records.commit(vec![delete]).await
}

/// Takes a request that was signed at `seconds`; refuses it if it was taken before.
pub(crate) async fn take(
    records: &dyn Records,
    key: &str,
    signature: &[u8],
    seconds: u64,
) -> Result<(), Fault> {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(key.as_bytes());
    hash.update(b"\n");
    hash.update(signature);
    let hash = hex(hash.finish().as_ref());
    let expires = Timestamp((seconds + WINDOW_SECONDS + 1).saturating_mul(1_000));
    let row = Row::new(&NONCES).with("hash", hash).with("expires", expires);
    match records.commit(vec![Change::Insert(row)]).await {
        Ok(()) => Ok(()),
        Err(RecordsError::Conflict) => Err(Fault::new(
            Code::SignatureFailure,
            "this request was sent before: sign it anew, with another nonce",
        )),
        Err(other) => Err(other.into()),
    }
}

#[cfg(test)]
mod tests {
    use bonafide_vault::records::Sqlite;

    use super::*;

    #[tokio::test]
    async fn a_signature_is_good_once_until_its_window_has_passed() {
        let folder = tempfile::tempdir().unwrap();
        let records = Sqlite::open(folder.path().join("records.db")).await.unwrap();
        records.migrate(MIGRATIONS, Timestamp(0)).await.unwrap();
        let signed = 1_795_300_041;
        let take = async |key, signature: &[u8]| take(&records, key, signature, signed).await;
        take("bfk_a", b"1").await.unwrap();
        assert_eq!(take("bfk_a", b"1").await.unwrap_err().code, Code::SignatureFailure);
        take("bfk_a", b"2").await.unwrap();
        take("bfk_b", b"1").await.unwrap();
        let at = |seconds: u64| Timestamp((signed + seconds) * 1_000);
        reap(&records, at(WINDOW_SECONDS)).await.unwrap();
        assert!(take("bfk_a", b"1").await.is_err(), "its time still lies in the window");
        reap(&records, at(WINDOW_SECONDS + 1)).await.unwrap();
        take("bfk_a", b"1").await.unwrap();
    }
}
