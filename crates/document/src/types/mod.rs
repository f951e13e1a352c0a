//! Document types: what each looks like, told from the others by the server.
//!
//! A type is one file below `crates/document/types`; `docs/documents.md` says
//! how to write one.

mod anchor;
mod book;
mod calendar;
mod extract;
mod file;
mod recognise;
mod shape;

pub use book::{DocumentTypes, FieldInfo, Measured, Script, SideInfo, SideName, TypeInfo};
pub use calendar::Calendar;
pub(crate) use recognise::Recognised;
pub(crate) use shape::is_han;
