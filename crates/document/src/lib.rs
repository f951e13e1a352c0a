//! Identity documents: find one in a photo, put it upright, read it.

pub mod barcode;
mod check;
pub mod chip;
mod cross;
mod error;
mod fields;
mod film;
mod han;
mod kind;
mod layout;
pub mod mrz;
pub mod number;
mod page;
mod portrait;
mod quality;
mod reader;
mod reading;
mod text;
mod types;
mod viz;
mod zone;

pub use check::{Check, CheckName, CheckReason, Outcome};
pub use error::DocumentError;
pub use film::{agreed, sharpness};
pub use reader::{DocumentReader, FaceFinder};
pub use reading::{
    DocumentType, FieldName, FieldValue, MrzReading, PixelRect, Reading, Source, TypeName, Warning,
};
pub use types::{
    Calendar, DocumentTypes, FieldInfo, Measured, Script, SideInfo, SideName, TypeInfo,
};
