//! How tables came to be.

use super::{Column, Table};

/// One step of a room's history. Migrations only ever expand (a table, an
/// optional column, an index), so that the old and the new binary can run at
/// the same time; what nobody reads any more is dropped by a later one.
#[derive(Debug)]
pub struct Migration {
    /// Which room's.
    pub room: &'static str,
    /// 1, 2, 3 … within the room.
    pub version: u32,
    /// What is done.
    pub steps: &'static [Step],
}

/// What a migration does.
#[derive(Debug)]
pub enum Step {
    /// Makes a table with its indexes, as it was in this version.
    Create(&'static Table),
    /// Adds a column that rows may be without.
    AddColumn(&'static str, Column),
    /// Adds an index over columns.
    AddIndex(&'static str, &'static [&'static str]),
    /// Removes a column that no running version reads.
    DropColumn(&'static str, &'static str),
    /// Removes a table that no running version reads.
    DropTable(&'static str),
}
