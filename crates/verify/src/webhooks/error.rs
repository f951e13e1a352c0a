//! What can go wrong with endpoints and deliveries.

use bonafide_outbound::{Failure, Refusal};
use bonafide_vault::VaultError;
use bonafide_vault::records::RecordsError;

use super::MAX_ENDPOINTS;

/// Why nothing was done. Carries neither a URL nor a secret.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The URL may not be called, or is none.
    #[error("`url`: {0}")]
    Url(#[source] Failure),
    /// The URL is too long or has a fragment.
    #[error("`url`: write an absolute URL of at most 2,000 characters without a fragment")]
    UrlForm,
    /// No event type is wanted.
    #[error("`events`: name at least one event type")]
    NoEvents,
    /// The application has its full number of endpoints.
    #[error("an application has at most {MAX_ENDPOINTS} endpoints: delete one first")]
    TooMany,
    /// No such endpoint or delivery, or someone else's.
    #[error("there is no such endpoint or delivery")]
    NotFound,
    /// What is to be sent again is still being tried.
    #[error("this delivery is still being tried: wait until it is delivered or given up")]
    Pending,
    /// The place in a list is not one that was given out.
    #[error("`cursor`: use the value of the page before, as it was given")]
    Cursor,
    /// The record store failed.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// The secret could not be sealed or opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl WebhookError {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            // The operator says which private addresses may be called.
            Self::Url(Failure::Refused(Refusal::Address)) => "address_refused",
            Self::Url(_) | Self::UrlForm => "invalid_url",
            Self::NoEvents => "no_events",
            Self::TooMany => "too_many_endpoints",
            Self::NotFound => "not_found",
            Self::Pending => "delivery_pending",
            Self::Cursor => "invalid_cursor",
            Self::Records(_) | Self::Vault(_) => "unavailable",
        }
    }
}
