//! Faces under coloured light, and what is held in their place: a simulator for the
//! evaluation of reflective liveness.
//!
//! A [`Session`] is drawn from a seed: a person or an attack species, a room, a screen, a
//! camera, motion. [`Session::film`] gives the frames as a phone would send them, with
//! the landmarks that a detector would find.
//!
//! What it leaves out: cast shadows, light from wall and body onto the face, light under
//! the skin, glasses, make-up, local tone mapping and whatever else a phone maker does to
//! a face. Its heads are written ([`Head`]); scanned ones can be given as [`Relief`]s.

mod camera;
mod head;
mod kind;
mod light;
mod motion;
mod relief;
mod scan;
mod scene;
mod session;
mod sheet;

pub use head::Head;
pub use kind::{NoSuchSpecies, Presented};
pub use relief::Relief;
pub use scan::{Scan, ScanError};
pub use session::{Extreme, Session, Set, Shot, on_screen};
