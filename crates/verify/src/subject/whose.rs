//! Whom a request is about.

use std::fmt;
use std::str::FromStr;

use bonafide_context::{Realm, Sensitive, Timestamp};
use bonafide_ledger::Caller;
use bonafide_policy::{Category, Family};
use bonafide_vault::records::{Condition, Direction, RecordsError, Row, Select};

use crate::verification::{Record, Refusal, VERIFICATIONS, hashed};
use crate::{App, UseCaseError};

/// The name under which a person is known here: `sub_` and the keyed hash of the
/// customer's reference. Without the realm's key nobody makes it from a reference;
/// it may stand in addresses and logs where a reference should not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectId(String);

const PREFIX: &str = "sub_";

impl SubjectId {
    /// Of the keyed hash of a reference, as rows have it.
    pub(crate) fn of_hash(hash: &str) -> Self {
        Self(format!("{PREFIX}{hash}"))
    }

    fn hash(&self) -> &str {
        self.0.strip_prefix(PREFIX).unwrap_or_default()
    }
}

impl fmt::Display for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SubjectId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let hash = text.strip_prefix(PREFIX).ok_or(())?;
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        let fits = hash.len() == 64 && hash.bytes().all(digit);
        fits.then(|| Self(text.to_owned())).ok_or(())
    }
}

/// A person within a realm.
pub(crate) struct Subject {
    pub(crate) id: SubjectId,
    pub(crate) realm: Realm,
    /// As he was named in the request, for the commitment of a statement.
    pub(crate) named: Sensitive<String>,
}

/// Rows of one person that are read at a time.
const PAGE: u32 = 500;

/// Every row that is meant, the newest of what began at `column` first, page by page.
pub(crate) async fn every_row(
    app: &App,
    meant: impl Fn() -> Select,
    column: &'static str,
) -> Result<Vec<Row>, UseCaseError> {
    let (mut found, mut select) = (Vec::new(), meant());
    loop {
        let page = select
            .order(column, Direction::Descending)
            .order("id", Direction::Descending)
            .limit(PAGE);
        let rows = app.records().select(page).await?;
        let last = rows.last().filter(|_| rows.len() >= PAGE as usize);
        let behind = last.map(|last| behind(last, column)).transpose()?;
        found.extend(rows);
        match behind {
            Some(behind) => select = meant().and(behind),
            None => return Ok(found),
        }
    }
}

/// What follows the last row of a page.
fn behind(last: &Row, column: &'static str) -> Result<Condition, RecordsError> {
    let last = vec![(column, last.moment(column)?.into()), ("id", last.text("id")?.into())];
    Ok(Condition::Before(last))
}

impl Subject {
    /// Whom a caller means: by the customer's reference, or by the id that this
    /// server gave.
    pub(crate) async fn named(
        app: &App,
        caller: &Caller,
        text: Sensitive<String>,
    ) -> Result<Self, UseCaseError> {
        if caller.bound_to.is_some() {
            return Err(Refusal::NeedsKey.into());
        }
        Self::within(app, &caller.realm(), text).await
    }

    /// The same within a realm, whoever asks.
    pub(crate) async fn within(
        app: &App,
        realm: &Realm,
        text: Sensitive<String>,
    ) -> Result<Self, UseCaseError> {
        let id = match text.expose().parse() {
            Ok(id) => id,
            Err(()) => SubjectId::of_hash(&hashed(app, realm, &text).await?),
        };
        Ok(Self { id, realm: realm.clone(), named: text })
    }

    /// The keyed hash, as rows have it.
    pub(crate) fn hash(&self) -> &str {
        self.id.hash()
    }

    /// His verifications as they stand now, the newest first.
    pub(crate) async fn verifications(&self, app: &App) -> Result<Vec<Record>, UseCaseError> {
        let now = app.clock().now();
        let of = || Select::from(&VERIFICATIONS).and(Condition::is("reference", self.hash()));
        let mut records = Vec::new();
        for row in every_row(app, of, "created").await? {
            let record = Record::read(&row)?;
            // A hash is of one realm, since the key is; a row that says otherwise is
            // nobody's business.
            if record.realm == self.realm && now < record.remove {
                records.push(record.seen_at(now));
            }
        }
        Ok(records)
    }

    /// Until when what is known of him may be known: as long as the last of his
    /// verifications is, or as a new one would be.
    pub(crate) async fn known_until(
        &self,
        app: &App,
        records: &[Record],
    ) -> Result<Timestamp, UseCaseError> {
        let now = app.clock().now();
        let clocks = app.clocks(self.realm.tenant, Family::Verification).await?;
        let new = clocks.deadline(Category::SubjectReference, now).unwrap_or(now);
        Ok(records.iter().map(|record| record.remove).max().unwrap_or(new).max(new))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_prefix_and_a_hash_and_anything_else_is_a_reference() {
        let hash = "0123456789abcdef".repeat(4);
        let id = SubjectId::of_hash(&hash);
        assert_eq!(id.to_string().parse(), Ok(id.clone()));
        assert_eq!(id.hash(), hash);
        for other in ["", "sub_", "sub_1", "customer-1", &hash, &id.to_string().to_uppercase()] {
            assert_eq!(other.parse::<SubjectId>(), Err(()), "{other}");
        }
    }
}
