//! Chips of travel documents: passive authentication after ICAO Doc 9303-10 and -11.
//!
//! A mobile reader hands over the files of a chip. [`ChipData::check`] says by named
//! checks whether the document security object is signed by a document signer, whether
//! a state of the [`MasterList`] vouches for that signer, whether each file is what was
//! signed, and whether the zone on the chip is the printed one.
//!
//! Passive authentication proves that the data are genuine and unchanged. It does not
//! prove that the chip is no copy of another; that takes a challenge that only the
//! reader can put to the chip.

mod asn1;
mod certificate;
mod cms;
mod curve;
mod group;
mod hash;
mod master_list;
mod passive;
mod signature;
mod sod;

pub use group::{ChipPortrait, PortraitFormat, portrait, zone};
pub use master_list::{MasterList, MasterListError};
pub use passive::{ChipData, ChipError, ChipReading};

#[cfg(test)]
mod tests;
