//! Is a living person in front of the camera, told by the light of the screen.
//!
//! The server draws a random sequence of colours ([`Challenge`]); the screen shows it
//! while the camera films; the recording comes back as a [`package`]; every frame is
//! reduced to the mean light of 145 cells of the face ([`observe`]) and [`judge`] says
//! whether a three-dimensional face reflected exactly that sequence ([`Verdict`]).
//!
//! The room has no I/O, no clock and no threads: pictures, times and randomness are
//! parameters. Where a face is in a frame is told by the caller.
//!
//! What this method cannot tell, and what its figures rest on, stands in
//! `docs/liveness.md`.

pub mod actions;
pub mod canonical;
mod challenge;
mod observe;
pub mod package;
mod recording;
mod verdict;
mod verifier;

pub use challenge::{
    Action, Challenge, Colour, ColourError, FLASH_MS, GREY, Level, Method, REVEALED_AHEAD, Reveal,
    SPLIT_PAIRS, Sequence, Step, is_legal,
};
pub use observe::observe;
pub use recording::{Frame, Light, Recording, Seen, Shown, Sight};
pub use verdict::{Figures, Outcome, Reason, Verdict};
pub use verifier::{Settings, Slope, SlopeOf, judge};
