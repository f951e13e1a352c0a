//! The capture package: how a browser hands over a recording.
//!
//! A recording comes in parts, each bound to its challenge by an HMAC and to the
//! part before it by that part's HMAC, so that nothing can be left out, moved,
//! sent twice or taken from another recording. Later colours are revealed only
//! as earlier parts arrive; [`Progress`] is what a server keeps between two parts,
//! and [`Recording`] is the whole of them. The bytes are described in
//! `docs/capture-package.md`; the writer that people meet is `web/sdk`.
//!
//! ```
//! # fn part_of_the_browser() -> Vec<u8> { Vec::new() }
//! use bonafide_liveness::package::{Key, Limits, Part};
//!
//! let limits = Limits::default();
//! match Part::open(&part_of_the_browser(), &Key::new([7; 32]), &limits) {
//!     Ok(part) => println!("part {}", part.manifest().part),
//!     Err(refusal) => println!("{}: {refusal}", refusal.code()),
//! }
//! ```

mod binding;
mod limits;
mod manifest;
mod part;
mod progress;
mod recording;
mod refusal;
#[cfg(test)]
mod tests;
mod value;
mod write;

pub use binding::{Digest, Key, Nonce};
pub use limits::Limits;
pub use manifest::{
    Camera, ClientEvent, ClientFacts, ClockFacts, ClockSource, Control, Event, Facing, Frame,
    FrameClock, FrameType, LateFrame, Manifest, Screen, Video, VideoType,
};
pub use part::{MAGIC, Part};
pub use progress::{Progress, Taken};
pub use recording::{RecordedFrame, RecordedVideo, Recording};
pub use refusal::Refusal;
pub use value::{Form, Gesture, Issued, Look, Rgb, Shown, Thousandths};
pub use write::write;
