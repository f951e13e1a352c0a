//! What happened, in order: where the person stopped, and why.

use bonafide_ledger::{Call, Facts};
use bonafide_vault::records::{Condition, Direction, RecordsError, Select};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::event::entry;
use super::record::{Access, load};
use super::tables::EVENTS;
use super::{Refusal, VerificationId};
use crate::answer::Moment;
use crate::{App, Done, UseCaseError};

/// What a person's browser may tell: a closed list, no free text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientEvent {
    /// The page was opened.
    Opened,
    /// The person agreed to go on.
    ConsentGiven,
    /// The person did not agree.
    ConsentRefused,
    /// The camera was asked for.
    CameraAsked,
    /// The person let the page use the camera.
    CameraAllowed,
    /// The person did not.
    CameraRefused,
    /// There is no camera.
    CameraMissing,
    /// The camera stopped working.
    CameraFailed,
    /// The page for the document was shown.
    DocumentShown,
    /// A picture of the document was taken.
    DocumentCaptured,
    /// The page for the selfie was shown.
    SelfieShown,
    /// A selfie was taken.
    SelfieCaptured,
    /// Something could not be sent.
    UploadFailed,
    /// The browser cannot do what the page needs.
    BrowserUnsupported,
    /// The person looked for help.
    HelpOpened,
    /// The page was left.
    Left,
    /// The person came back.
    Returned,
    /// The page has shown the end.
    Finished,
}

impl ClientEvent {
    /// Every one of them.
    pub const ALL: [Self; 18] = [
        Self::Opened,
        Self::ConsentGiven,
        Self::ConsentRefused,
        Self::CameraAsked,
        Self::CameraAllowed,
        Self::CameraRefused,
        Self::CameraMissing,
        Self::CameraFailed,
        Self::DocumentShown,
        Self::DocumentCaptured,
        Self::SelfieShown,
        Self::SelfieCaptured,
        Self::UploadFailed,
        Self::BrowserUnsupported,
        Self::HelpOpened,
        Self::Left,
        Self::Returned,
        Self::Finished,
    ];

    /// The name in requests, rows and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::ConsentGiven => "consent_given",
            Self::ConsentRefused => "consent_refused",
            Self::CameraAsked => "camera_asked",
            Self::CameraAllowed => "camera_allowed",
            Self::CameraRefused => "camera_refused",
            Self::CameraMissing => "camera_missing",
            Self::CameraFailed => "camera_failed",
            Self::DocumentShown => "document_shown",
            Self::DocumentCaptured => "document_captured",
            Self::SelfieShown => "selfie_shown",
            Self::SelfieCaptured => "selfie_captured",
            Self::UploadFailed => "upload_failed",
            Self::BrowserUnsupported => "browser_unsupported",
            Self::HelpOpened => "help_opened",
            Self::Left => "left",
            Self::Returned => "returned",
            Self::Finished => "finished",
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimelineEntry {
    /// When.
    pub at: Moment,
    /// Who says so.
    pub source: EventSource,
    /// What: a [`ClientEvent`] or a change of the verification, as `created`,
    /// `document_handed_in`, `approved`.
    pub event: String,
    /// Codes that say why.
    pub reasons: Vec<String>,
}

/// Who tells of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventSource {
    /// The person's browser.
    Client,
    /// The server.
    Server,
}

impl EventSource {
    /// The name in rows and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }

    fn read(name: &str) -> Self {
        if name == Self::Client.name() { Self::Client } else { Self::Server }
    }
}

/// The timeline of a verification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Timeline {
    /// What happened, the oldest first.
    pub events: Vec<TimelineEntry>,
}

/// A browser that has told so many events of one verification is listened to no
/// more.
const MOST: u64 = 200;

/// Takes what a person's browser tells.
pub async fn tell_event(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    event: ClientEvent,
) -> Result<Done<()>, UseCaseError> {
    let record = load(app, call.caller(), id, Access::Anyone).await?;
    let of_client = vec![
        Condition::is("verification", record.id.as_str()),
        Condition::is("source", EventSource::Client.name()),
    ];
    if app.records().count(&EVENTS, of_client).await? >= MOST {
        return Err(Refusal::TooManyEvents.into());
    }
    call.step("event", "ok", Facts::new().code("event", event.name()));
    let mut changes = vec![entry(app, &record, EventSource::Client, event.name(), &[])?];
    let told_before = vec![
        Condition::is("verification", record.id.as_str()),
        Condition::is("event", event.name()),
    ];
    // Once for each verification, however often the browser says so.
    if event == ClientEvent::ConsentRefused && app.records().count(&EVENTS, told_before).await? == 0
    {
        changes.extend(crate::consent::refused(app, &record).await?);
    }
    Ok(Done { answer: (), changes })
}

/// Reads the timeline of a verification.
pub async fn read_timeline(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
) -> Result<Done<Timeline>, UseCaseError> {
    let record = load(app, call.caller(), id, Access::Application).await?;
    let select = Select::from(&EVENTS)
        .and(Condition::is("verification", record.id.as_str()))
        .order("at", Direction::Ascending)
        .order("id", Direction::Ascending);
    let mut events = Vec::new();
    for row in app.records().select(select).await? {
        events.push(TimelineEntry {
            at: row.moment("at")?.into(),
            source: EventSource::read(row.text("source")?),
            event: row.text("event")?.to_owned(),
            reasons: serde_json::from_str(row.text("reasons")?)
                .map_err(|_| RecordsError::Shape { table: EVENTS.name })?,
        });
    }
    call.step("timeline", "ok", Facts::new().size("events", events.len()));
    Ok(Done::new(Timeline { events }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d13_events_are_a_closed_list() {
        for event in ClientEvent::ALL {
            assert_eq!(serde_json::to_value(event).unwrap(), event.name());
        }
        let free = serde_json::from_str::<ClientEvent>("\"my name is Eriksson\"");
        assert!(free.is_err());
    }
}
