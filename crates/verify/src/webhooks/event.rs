//! What is told.

use std::str::FromStr;

use bonafide_accounts::GrantId;
use bonafide_context::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::EndpointId;
use crate::Moment;
use crate::requests::RequestId;
use crate::verification::{State, VerificationId};

/// Something that happened. Ids and statuses only, by type: what a person
/// handed in or who it is cannot be put in here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A verification has come to this state.
    Verification {
        /// Which one.
        id: VerificationId,
        /// Its state now.
        state: State,
    },
    /// What was kept of a verification is gone.
    Redacted {
        /// Which one.
        id: VerificationId,
    },
    /// Another person let somebody look at data, to find an error.
    GrantGiven {
        /// Which grant.
        grant: GrantId,
        /// Of which verification, if it is of one.
        verification: Option<VerificationId>,
    },
    /// Somebody wrote to the customer by the form of the pages.
    Request {
        /// Which request.
        id: RequestId,
    },
    /// Another version of the policy is going to hold for the customer's data.
    Policy {
        /// Which policy.
        name: String,
        /// Which version.
        version: u32,
        /// From when on.
        holds: Moment,
    },
    /// The customer asked for it, to try an endpoint.
    Test {
        /// Which one.
        endpoint: EndpointId,
    },
}

/// Kinds of events: what an endpoint subscribes to.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
pub enum EventType {
    /// A verification was created.
    #[serde(rename = "verification.created")]
    Created,
    /// Something was handed in, and more is wanted.
    #[serde(rename = "verification.collecting")]
    Collecting,
    /// A person has to look.
    #[serde(rename = "verification.review")]
    Review,
    /// Let in.
    #[serde(rename = "verification.approved")]
    Approved,
    /// Refused.
    #[serde(rename = "verification.declined")]
    Declined,
    /// Given up.
    #[serde(rename = "verification.cancelled")]
    Cancelled,
    /// Out of time.
    #[serde(rename = "verification.expired")]
    Expired,
    /// What was kept of a verification is gone.
    #[serde(rename = "verification.redacted")]
    Redacted,
    /// Somebody may look at data for a time, to find an error.
    #[serde(rename = "grant.given")]
    GrantGiven,
    /// Somebody wrote to the customer by the form of the pages.
    #[serde(rename = "request.received")]
    Request,
    /// Another version of the policy is going to hold for the customer's data.
    #[serde(rename = "policy.announced")]
    Policy,
    /// Sent on request; needs no subscription.
    #[serde(rename = "webhook.test")]
    Test,
}

/// A name that no event type has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such event type")]
pub struct UnknownEventType;

impl EventType {
    /// Every one of them.
    pub const ALL: [Self; 12] = [
        Self::Created,
        Self::Collecting,
        Self::Review,
        Self::Approved,
        Self::Declined,
        Self::Cancelled,
        Self::Expired,
        Self::Redacted,
        Self::GrantGiven,
        Self::Request,
        Self::Policy,
        Self::Test,
    ];

    /// The name in rows, requests and payloads.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "verification.created",
            Self::Collecting => "verification.collecting",
            Self::Review => "verification.review",
            Self::Approved => "verification.approved",
            Self::Declined => "verification.declined",
            Self::Cancelled => "verification.cancelled",
            Self::Expired => "verification.expired",
            Self::Redacted => "verification.redacted",
            Self::GrantGiven => "grant.given",
            Self::Request => "request.received",
            Self::Policy => "policy.announced",
            Self::Test => "webhook.test",
        }
    }
}

impl FromStr for EventType {
    type Err = UnknownEventType;

    fn from_str(text: &str) -> Result<Self, UnknownEventType> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or(UnknownEventType)
    }
}

impl From<State> for EventType {
    fn from(state: State) -> Self {
        match state {
            State::Created => Self::Created,
            State::Collecting => Self::Collecting,
            State::Review => Self::Review,
            State::Approved => Self::Approved,
            State::Declined => Self::Declined,
            State::Cancelled => Self::Cancelled,
            State::Expired => Self::Expired,
        }
    }
}

impl Event {
    /// Its kind.
    pub fn kind(&self) -> EventType {
        match self {
            Self::Verification { state, .. } => (*state).into(),
            Self::Redacted { .. } => EventType::Redacted,
            Self::GrantGiven { .. } => EventType::GrantGiven,
            Self::Request { .. } => EventType::Request,
            Self::Policy { .. } => EventType::Policy,
            Self::Test { .. } => EventType::Test,
        }
    }

    /// What is posted.
    pub(super) fn body(&self, at: Timestamp) -> String {
        let none = |status| Data { status, ..Data::default() };
        let data = match self {
            Self::Verification { id, state } => {
                Data { verification_id: Some(id), ..none(state.name()) }
            }
            Self::Redacted { id } => Data { verification_id: Some(id), ..none("redacted") },
            Self::GrantGiven { grant, verification } => Data {
                verification_id: verification.as_ref(),
                grant_id: Some(grant),
                ..none("given")
            },
            Self::Request { id } => Data { request_id: Some(id), ..none("received") },
            Self::Policy { name, version, holds } => Data {
                policy: Some(name),
                version: Some(*version),
                holds_from: Some(*holds),
                ..none("announced")
            },
            Self::Test { endpoint } => Data { endpoint_id: Some(endpoint), ..none("test") },
        };
        let body = Body { kind: self.kind(), timestamp: Moment(at), data };
        // Names and texts of this program: there is nothing that JSON lacks.
        serde_json::to_string(&body).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: EventType,
    timestamp: Moment,
    data: Data<'a>,
}

#[derive(Default, Serialize)]
struct Data<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_id: Option<&'a VerificationId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant_id: Option<&'a GrantId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint_id: Option<&'a EndpointId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a RequestId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    holds_from: Option<Moment>,
    status: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_says_which_and_its_status_and_nothing_else() {
        let id: VerificationId = format!("ver_{}", "a".repeat(26)).parse().unwrap();
        let at = Timestamp(1_782_864_000_000);
        let event = Event::Verification { id: id.clone(), state: State::Approved };
        assert_eq!(
            event.body(at),
            r#"{"type":"verification.approved","timestamp":"2026-07-01T00:00:00.000Z","data":{"verification_id":"ver_aaaaaaaaaaaaaaaaaaaaaaaaaa","status":"approved"}}"#
        );
        let event = Event::Redacted { id };
        assert!(event.body(at).ends_with(r#"aaaa","status":"redacted"}}"#));
    }

    #[test]
    fn event_types_have_the_same_names_everywhere() {
        for kind in EventType::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        for state in State::ALL {
            assert_eq!(EventType::from(state).name(), format!("verification.{}", state.name()));
        }
        assert_eq!("verification".parse::<EventType>(), Err(UnknownEventType));
    }
}
