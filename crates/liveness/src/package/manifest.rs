//! What a part says of itself.

use serde::{Deserialize, Serialize};

use super::binding::{Digest, Nonce};
use super::value::{Shown, Thousandths};

/// What a part says of itself. Members that are not known are refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The challenge that the recording answers.
    pub challenge: String,
    /// That challenge's nonce.
    pub nonce: Nonce,
    /// The part's number, from 0.
    pub part: u16,
    /// The HMAC of the part before it; none in the first.
    pub previous: Option<Digest>,
    /// Whether no part follows.
    pub last: bool,
    /// The clock that all times are of; in the first part, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockFacts>,
    /// Where it was recorded; in the first part, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientFacts>,
    /// What was shown since the part before.
    pub shown: Vec<Shown>,
    /// Frames since the part before.
    pub frames: Vec<Frame>,
    /// Bytes of frames that an earlier part committed to.
    pub late: Vec<LateFrame>,
    /// What happened since the part before.
    pub events: Vec<Event>,
    /// The video that stands in the place of single frames; in the last part, and only
    /// there, of a recording that was asked for as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<Video>,
}

/// The clock that all times of a recording are of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockFacts {
    /// Which clock.
    pub source: ClockSource,
    /// Its zero, in milliseconds since 1970, thousandths dropped: as the client
    /// believes, never relied upon.
    pub origin_ms: u64,
    /// Its steps, in milliseconds.
    pub resolution_ms: Thousandths,
}

/// A clock of a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClockSource {
    /// The page's monotonic clock.
    #[serde(rename = "performance.now")]
    Performance,
}

/// Where a recording was made, in so far as the verdict is explained by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientFacts {
    /// The version of the capture library.
    pub sdk: String,
    /// The screen that lit the face.
    pub screen: Screen,
    /// The camera, as the browser describes it.
    pub camera: Camera,
}

/// The screen that lit the face.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Screen {
    /// Width of the page's view, in CSS pixels.
    pub width: u32,
    /// Height of the page's view, in CSS pixels.
    pub height: u32,
    /// Device pixels to a CSS pixel.
    pub ratio: Thousandths,
}

/// The camera, as the browser describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Camera {
    /// SHA-256 of its label: tells a change of camera, not which camera.
    pub label_sha256: Option<Digest>,
    /// Width of its frames.
    pub width: Option<u32>,
    /// Height of its frames.
    pub height: Option<u32>,
    /// Frames a second.
    pub rate: Option<Thousandths>,
    /// Where it looks.
    pub facing: Facing,
    /// Who sets its exposure.
    pub exposure: Control,
    /// Who sets its white balance.
    pub white_balance: Control,
}

/// Where a camera looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facing {
    /// To the person.
    User,
    /// Away from the person.
    Environment,
    /// The browser does not say.
    Unknown,
}

/// Who sets something of a camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// The page, and it holds still.
    Manual,
    /// The camera, all the time.
    Continuous,
    /// The browser does not say.
    Unknown,
}

/// A frame, which this part commits to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// The frame's number in the recording, from 0.
    pub i: u32,
    /// Its time, in milliseconds.
    pub at_ms: Thousandths,
    /// What that is the time of.
    pub clock: FrameClock,
    /// How many frames the browser had presented by then: tells those that it dropped.
    pub presented: u32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Type of its bytes.
    #[serde(rename = "type")]
    pub kind: FrameType,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// How many bytes.
    pub length: u32,
    /// Whether they stand in this part, or follow in a later one.
    pub here: bool,
}

/// What a frame's time is the time of; the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FrameClock {
    /// Capture by the camera.
    Capture,
    /// Presentation by the browser.
    Presentation,
    /// The page's reading of the clock.
    Now,
}

/// The type of a frame's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FrameType {
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
}

/// A video, whose bytes stand after all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Video {
    /// Type of its bytes.
    #[serde(rename = "type")]
    pub kind: VideoType,
    /// The time of its first frame, in milliseconds; the others are as much later as
    /// the file says.
    pub start_ms: Thousandths,
    /// What that is the time of.
    pub clock: FrameClock,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// How many bytes.
    pub length: u32,
}

/// The type of a video's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VideoType {
    /// WebM: VP8 or VP9.
    Webm,
    /// MP4: H.264 or VP9.
    Mp4,
}

/// Bytes of a frame that an earlier part committed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LateFrame {
    /// The frame's number.
    pub i: u32,
    /// How many bytes.
    pub length: u32,
}

/// Something that happened while it was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// When, in milliseconds.
    pub at_ms: Thousandths,
    /// What.
    pub event: ClientEvent,
}

/// What may happen while a recording is made: a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientEvent {
    /// The page was hidden.
    PageHidden,
    /// The page came back.
    PageShown,
    /// The view changed its size or turned.
    ViewChanged,
    /// The page is no longer full-screen.
    FullscreenLeft,
    /// The display skipped frames for more than 100 ms.
    DisplayStalled,
    /// The camera gave no frame for more than 200 ms.
    CameraStalled,
    /// The camera stopped.
    CameraLost,
    /// Exposure or white balance was locked.
    CameraLocked,
    /// The screen may darken: the page could not keep it awake.
    WakeLockLost,
    /// An answer was lost, and its part was sent again.
    UploadResumed,
    /// A frame was left out, because the ones before it were still being written.
    FrameSkipped,
}
