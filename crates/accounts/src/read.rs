//! Reading what rows and requests say.

use bonafide_context::{Realm, TenantId, Timestamp};
use bonafide_vault::records::{RecordsError, Row};

use crate::AccountsError;

const NAME_MAX: usize = 100;

/// A name that someone gave to something: 1 to 100 characters that can be seen,
/// without blanks around them.
pub(crate) fn checked_name(member: &'static str, name: &str) -> Result<String, AccountsError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(invalid(member, "write 1 to 100 characters, no control characters"));
    }
    Ok(name.to_owned())
}

/// The error of a member that cannot be accepted.
pub(crate) const fn invalid(member: &'static str, problem: &'static str) -> AccountsError {
    AccountsError::Invalid { member, problem }
}

/// The moment in a column that may be empty.
pub(crate) fn optional_moment(row: &Row, column: &str) -> Result<Option<Timestamp>, RecordsError> {
    match row.optional_integer(column)? {
        Some(_) => row.moment(column).map(Some),
        None => Ok(None),
    }
}

/// The realm of a row that has the three columns of one.
pub(crate) fn realm(row: &Row) -> Result<Realm, RecordsError> {
    Ok(Realm {
        tenant: TenantId(row.moment("tenant")?.0),
        environment: row.parsed("environment")?,
        region: row.parsed("region")?,
    })
}
