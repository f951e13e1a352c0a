//! Why a page is not shown, as a page.

use askama::Template;
use axum::body::Body;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, Response, StatusCode};
use bonafide_accounts::{AccountsError, Limited, LoginError};
use bonafide_verify::UseCaseError;
use bonafide_verify::verification::Refusal;

use crate::page::{answered, page};

/// Why a page is not shown. Carries nothing that somebody sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// There is nothing there, or it belongs to somebody else.
    NotFound,
    /// The form did not come from a page of this server, or is too old.
    Foreign,
    /// The form cannot be read.
    Unreadable,
    /// Not with this role, or not with what was chosen.
    NotAllowed,
    /// This takes a grant that another person gave.
    NeedsGrant,
    /// Nobody gives a grant to himself.
    OwnGrant,
    /// Processing for this person is restricted.
    Restricted,
    /// Somebody else was faster.
    Changed,
    /// Too often.
    TooOften {
        /// When to come again.
        seconds: u64,
    },
    /// A store does not answer, or something broke.
    Ours,
}

impl Trouble {
    const fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Foreign
            | Self::NotAllowed
            | Self::NeedsGrant
            | Self::OwnGrant
            | Self::Restricted => StatusCode::FORBIDDEN,
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::Changed => StatusCode::CONFLICT,
            Self::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Ours => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Foreign => "foreign_form",
            Self::Unreadable => "invalid_request",
            Self::NotAllowed => "not_allowed",
            Self::NeedsGrant => "no_grant",
            Self::OwnGrant => "own_grant",
            Self::Restricted => "restricted",
            Self::Changed => "conflict",
            Self::TooOften { .. } => "rate_limited",
            Self::Ours => "unavailable",
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NotFound => ("Nothing here", "There is no such page, or it is no longer kept."),
            Self::Foreign => (
                "Please send that again",
                "The form was open for too long, or came from another page. Go back, load the \
                 page again and repeat.",
            ),
            Self::Unreadable => {
                ("That could not be read", "Go back, look at what you wrote, and send it again.")
            }
            Self::NotAllowed => ("Not with your role", "Somebody else has to do this."),
            Self::NeedsGrant => (
                "This takes a grant",
                "What does not wait for your decision is opened under a grant only: ask for one, \
                 and another person gives it.",
            ),
            Self::OwnGrant => (
                "Not to yourself",
                "A grant is given by another person than the one who asked for it.",
            ),
            Self::Restricted => (
                "Restricted",
                "Processing for this person is restricted: nothing is read until the restriction \
                 is lifted.",
            ),
            Self::Changed => (
                "Somebody was faster",
                "This has been changed or decided meanwhile. Load the page again to see how it \
                 stands.",
            ),
            Self::TooOften { .. } => ("Please wait a little", "Too much was sent from here."),
            Self::Ours => (
                "Not right now",
                "The server cannot do this at the moment. Nothing was changed. Try again in a \
                 minute.",
            ),
        }
    }

    /// As a page.
    pub(crate) fn page(self, interface: &'static str) -> Response<Body> {
        let (title, text) = self.words();
        let mut response = page(interface, self.status(), &TroublePage { title, text });
        if let Self::TooOften { seconds } = self {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        answered(&mut response, interface, self.code());
        response
    }
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage {
    title: &'static str,
    text: &'static str,
}

impl From<UseCaseError> for Trouble {
    fn from(error: UseCaseError) -> Self {
        match error {
            UseCaseError::Refused(Refusal::NotFound | Refusal::NoSuchMedia) => Self::NotFound,
            UseCaseError::Refused(Refusal::NoGrant) => Self::NeedsGrant,
            UseCaseError::Refused(Refusal::OwnGrant) => Self::OwnGrant,
            UseCaseError::Refused(Refusal::Restricted) => Self::Restricted,
            UseCaseError::Refused(Refusal::ReadForbidden | Refusal::NeedsKey) => Self::NotAllowed,
            UseCaseError::Refused(_) | UseCaseError::Conflict => Self::Changed,
            UseCaseError::Invalid { .. } => Self::Unreadable,
            _ => {
                tracing::error!(code = error.code(), "a page could not be shown");
                Self::Ours
            }
        }
    }
}

impl From<AccountsError> for Trouble {
    fn from(error: AccountsError) -> Self {
        match error {
            AccountsError::NotFound(_) => Self::NotFound,
            AccountsError::Denied => Self::NotAllowed,
            AccountsError::OwnGrant => Self::OwnGrant,
            AccountsError::Conflict => Self::Changed,
            AccountsError::Invalid { .. } | AccountsError::Settings(_) => Self::Unreadable,
            AccountsError::Loosens { .. } => Self::Unreadable,
            AccountsError::Taken(_) | AccountsError::Closed(_) => Self::Changed,
            AccountsError::Elsewhere(_) => Self::NotFound,
            AccountsError::Busy { retry_after_seconds } => {
                Self::TooOften { seconds: retry_after_seconds }
            }
            AccountsError::NoPolicy
            | AccountsError::Unavailable { .. }
            | AccountsError::Damaged => {
                tracing::error!(%error, "a page could not be shown");
                Self::Ours
            }
        }
    }
}

impl From<Limited> for Trouble {
    fn from(limited: Limited) -> Self {
        Self::TooOften { seconds: limited.retry_after_seconds }
    }
}

impl From<LoginError> for Trouble {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Refused | LoginError::CodeNeeded => Self::NotAllowed,
            LoginError::Limited(limited) => limited.into(),
            LoginError::Accounts(error) => error.into(),
        }
    }
}
