//! What happened, in order: where the person stopped, and why.

use bonafide_ledger::Call;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::VerificationId;
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

/// The timeline of a verification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Timeline {
    /// What happened, the oldest first.
    pub events: Vec<TimelineEntry>,
}

/// Takes what a person's browser tells.
pub async fn tell_event(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    event: ClientEvent,
) -> Result<Done<()>, UseCaseError> {
    let _ = (app, call, id, event);
    todo!()
}

/// Reads the timeline of a verification.
pub async fn read_timeline(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
) -> Result<Done<Timeline>, UseCaseError> {
    let _ = (app, call, id);
    todo!()
}
