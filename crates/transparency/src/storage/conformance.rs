//! What every store of a log must do: one suite, run against each engine.

use super::{Cell, Put, Resource, Storage, StorageError, Swap};
use crate::tile::Kind;
use crate::{Hash, Tile};

/// What a store did that it must not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// It answered otherwise than the trait says.
    #[error("the store breaks the rule: {0}")]
    Rule(&'static str),
    /// It did not answer.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Runs the suite against an empty store, and leaves things in it.
pub async fn conformance(store: &dyn Storage) -> Result<(), Violation> {
    write_once(store).await?;
    bounds(store).await?;
    removal(store).await?;
    cells(store).await
}

fn rule(holds: bool, text: &'static str) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(Violation::Rule(text)) }
}

fn tile(kind: Kind, index: u64, width: u16) -> Result<Tile, Violation> {
    Tile::new(kind, index, width).ok_or(Violation::Rule("the suite names tiles that exist"))
}

async fn write_once(store: &dyn Storage) -> Result<(), Violation> {
    let name = Resource::Tile(tile(Kind::Entries, 1_234_067, 3)?);
    rule(store.get(&name, 100).await?.is_none(), "what was never written is not there")?;
    let first = store.put_new(&name, b"first".to_vec()).await?;
    rule(first == Put::Written, "a new name can be written")?;
    let second = store.put_new(&name, b"second".to_vec()).await?;
    rule(second == Put::AlreadyThere, "a name is written once")?;
    let found = store.get(&name, 100).await?;
    rule(found.as_deref() == Some(b"first"), "what is there stays as it is")?;
    let empty = Resource::Staged(Hash([0; 32]));
    store.put_new(&empty, Vec::new()).await?;
    rule(store.get(&empty, 0).await? == Some(Vec::new()), "empty bytes are not absent bytes")?;
    let large: Vec<u8> = (0..600_000u32).flat_map(u32::to_be_bytes).collect();
    let staged = Resource::Staged(Hash([255; 32]));
    store.put_new(&staged, large.clone()).await?;
    let found = store.get(&staged, large.len()).await?;
    rule(found == Some(large), "some megabytes come back as they were")
}

async fn bounds(store: &dyn Storage) -> Result<(), Violation> {
    let name = Resource::Tile(tile(Kind::Hashes(0), 0, 1)?);
    store.put_new(&name, vec![7; 32]).await?;
    rule(store.get(&name, 32).await?.is_some(), "the limit itself is allowed")?;
    let refused = store.get(&name, 31).await == Err(StorageError::TooLarge { limit: 31 });
    rule(refused, "more than the limit is refused")
}

async fn removal(store: &dyn Storage) -> Result<(), Violation> {
    let full = tile(Kind::Hashes(0), 1067, 256)?;
    let others = [
        tile(Kind::Hashes(0), 1068, 1)?,
        tile(Kind::Hashes(1), 1067, 1)?,
        tile(Kind::Entries, 1067, 1)?,
        full,
    ];
    let partials = [tile(Kind::Hashes(0), 1067, 1)?, tile(Kind::Hashes(0), 1067, 255)?];
    for tile in others.iter().chain(&partials) {
        store.put_new(&Resource::Tile(*tile), vec![1]).await?;
    }
    store.remove_partials(&full).await?;
    store.remove_partials(&full).await?;
    for tile in &partials {
        let gone = store.get(&Resource::Tile(*tile), 1).await?.is_none();
        rule(gone, "all partial forms of the tile are removed")?;
    }
    for tile in &others {
        let kept = store.get(&Resource::Tile(*tile), 1).await?.is_some();
        rule(kept, "nothing else is removed with them")?;
    }
    let staged = Hash([9; 32]);
    store.put_new(&Resource::Staged(staged), vec![1]).await?;
    store.remove_staged(&staged).await?;
    store.remove_staged(&staged).await?;
    let gone = store.get(&Resource::Staged(staged), 1).await?.is_none();
    rule(gone, "a staged batch can be removed")
}

async fn cells(store: &dyn Storage) -> Result<(), Violation> {
    for cell in [Cell::Head, Cell::Checkpoint] {
        rule(store.read(cell).await?.is_none(), "a cell is empty at first")?;
        let early = store.swap(cell, Some(b"x"), b"y".to_vec()).await?;
        rule(early == Swap::Conflict, "an empty cell holds nothing that could be expected")?;
        let first = store.swap(cell, None, b"one".to_vec()).await?;
        rule(first == Swap::Swapped, "an empty cell can be written")?;
        let again = store.swap(cell, None, b"two".to_vec()).await?;
        rule(again == Swap::Conflict, "a cell that is written is not empty")?;
        let wrong = store.swap(cell, Some(b"on"), b"two".to_vec()).await?;
        rule(wrong == Swap::Conflict, "a cell with something else is not written")?;
        rule(store.read(cell).await?.as_deref() == Some(b"one"), "a conflict changes nothing")?;
        let right = store.swap(cell, Some(b"one"), b"two".to_vec()).await?;
        rule(right == Swap::Swapped, "a cell is written if it is as expected")?;
        rule(store.read(cell).await?.as_deref() == Some(b"two"), "what was written is read")?;
    }
    Ok(())
}
