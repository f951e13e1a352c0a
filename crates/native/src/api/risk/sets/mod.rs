//! Sets of identifiers that a tenant has loaded, as keyed hashes.

pub(in crate::api) mod drop;
pub(in crate::api) mod list;
pub(in crate::api) mod load;

use bonafide_verify::risk::SetsError;

use crate::problem::{Code, Problem};

impl From<SetsError> for Problem {
    fn from(error: SetsError) -> Self {
        let said = error.to_string();
        match error {
            SetsError::Name(_) | SetsError::File(_) | SetsError::NotFound => {
                Self::new(Code::InvalidRequest, said)
            }
            SetsError::TooMany => Self::new(Code::WrongState, said),
            SetsError::Vault(error) => error.into(),
            SetsError::Records(error) => error.into(),
        }
    }
}
