//! Text on a picture: where it is and what it says.

pub(crate) mod alphabet;
pub(crate) mod crop;
pub(crate) mod ctc;
pub(crate) mod db;
pub(crate) mod detect;
pub(crate) mod recognize;
