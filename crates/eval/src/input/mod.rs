//! Tables of samples with their truth, and the files they name.

mod manifest;
mod pairs;
mod root;
mod table;

pub(crate) use manifest::{Manifest, Sample};
pub(crate) use pairs::{Pair, PairList};
pub(crate) use root::Root;
pub(crate) use table::{Row, Table};
