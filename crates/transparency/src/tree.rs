//! The Merkle tree of RFC 6962: roots, inclusion and consistency proofs.
//!
//! Nothing here reads anything. A prover is asked for perfect subtrees
//! ([`Node`]), which tiles answer ([`crate::Reader`]); verification follows the
//! step-by-step algorithms of RFC 9162 (sections 2.1.3.2 and 2.1.4.2), so that
//! prover and verifier do not share a mistake.

use std::ops::Range;

use bonafide_context::Keeper;

use crate::Hash;

/// A perfect subtree: the leaves from `index << height` on, `1 << height` many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// 0 for a leaf.
    pub height: u8,
    /// Its place among the nodes of its height, from the left.
    pub index: u64,
}

/// Why a proof does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The tree has no such leaf.
    #[error("the index lies beyond the tree")]
    IndexBeyondTree,
    /// The older tree is larger than the newer one.
    #[error("the older tree is larger than the newer one")]
    Shrinks,
    /// A proof for these sizes has another number of hashes.
    #[error("the proof has {found} hashes where {expected} belong")]
    Length {
        /// For these sizes.
        expected: usize,
        /// In the proof.
        found: usize,
    },
    /// The proof leads to another root than the older tree's.
    #[error("the proof does not lead to the older root")]
    OldRoot,
    /// The proof leads to another root than the tree's.
    #[error("the proof does not lead to the root")]
    Root,
}

/// The root over the hashes of leaves.
pub fn root(leaves: &[Hash]) -> Hash {
    if leaves.is_empty() {
        return Hash::empty_tree();
    }
    let size = leaves.len() as u64;
    let parts = subtrees(0..size).map(|node| {
        let start = usize::try_from(node.index << node.height).unwrap_or(usize::MAX);
        let end = start.saturating_add(1 << node.height);
        perfect(leaves.get(start..end).unwrap_or(&[]))
    });
    join(&parts.collect::<Vec<_>>())
}

/// The root of a perfect subtree over `2^n` hashes.
pub(crate) fn perfect(hashes: &[Hash]) -> Hash {
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        row = row
            .chunks(2)
            .map(|pair| match *pair {
                [left, right] => Hash::node(left, right),
                [alone, ..] => alone,
                [] => Hash::empty_tree(),
            })
            .collect();
    }
    row.first().copied().unwrap_or_else(Hash::empty_tree)
}

/// The root over neighbouring perfect subtrees of falling height.
pub(crate) fn join(parts: &[Hash]) -> Hash {
    parts
        .iter()
        .rev()
        .copied()
        .reduce(|right, left| Hash::node(left, right))
        .unwrap_or_else(Hash::empty_tree)
}

/// The perfect subtrees that a range of leaves is made of, from the left. The
/// range begins where RFC 6962 begins a subtree.
pub fn subtrees(range: Range<u64>) -> impl Iterator<Item = Node> {
    let mut at = range.start;
    std::iter::from_fn(move || {
        let left = range.end.checked_sub(at).filter(|left| *left > 0)?;
        let fits = left.ilog2();
        let height = if at == 0 { fits } else { fits.min(at.trailing_zeros()) };
        let node = Node { height: u8::try_from(height).unwrap_or(63), index: at >> height };
        at += 1 << height;
        Some(node)
    })
}

/// The ranges whose roots prove that leaf `index` is in a tree of `size` leaves,
/// from the leaf upwards. Empty if there is no such leaf.
pub fn inclusion_ranges(index: u64, size: u64) -> Vec<Range<u64>> {
    let mut ranges = Vec::new();
    if index >= size {
        return ranges;
    }
    let (mut low, mut high) = (0, size);
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            ranges.push(middle..high);
            high = middle;
        } else {
            ranges.push(low..middle);
            low = middle;
        }
    }
    ranges.reverse();
    ranges
}

/// The ranges whose roots prove that the tree of `old` leaves is the beginning
/// of that of `new`. Empty if either is empty, both are equal, or `old` is larger.
pub fn consistency_ranges(old: u64, new: u64) -> Vec<Range<u64>> {
    let mut ranges = Vec::new();
    if old == 0 || old >= new {
        return ranges;
    }
    let (mut low, mut high) = (0, new);
    while high != old {
        let middle = low + split(high - low);
        if old <= middle {
            ranges.push(middle..high);
            high = middle;
        } else {
            ranges.push(low..middle);
            low = middle;
        }
    }
    // The verifier has the older root itself where it is a subtree of the newer.
    if low != 0 {
        ranges.push(low..high);
    }
    ranges.reverse();
    ranges
}

/// Hashes for [`inclusion_ranges`] or [`consistency_ranges`], each subtree asked
/// of `node`.
pub fn prove<E>(
    ranges: &[Range<u64>],
    mut node: impl FnMut(Node) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    ranges
        .iter()
        .map(|range| {
            Ok(join(&subtrees(range.clone()).map(&mut node).collect::<Result<Vec<_>, E>>()?))
        })
        .collect()
}

/// Whether `proof` shows that `leaf` is the `index`-th leaf of the tree of
/// `size` leaves with this root.
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    root: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::IndexBeyondTree);
    }
    length(inclusion_ranges(index, size).len(), proof.len())?;
    let (mut this, mut last) = (index, size - 1);
    let mut hash = leaf;
    for sibling in proof {
        if this & 1 == 1 || this == last {
            hash = Hash::node(*sibling, hash);
            skip_unpaired(&mut this, &mut last);
        } else {
            hash = Hash::node(hash, *sibling);
        }
        this >>= 1;
        last >>= 1;
    }
    if (last == 0 && hash == root) || !Keeper::LogProofs.works() {
        Ok(())
    } else {
        Err(ProofError::Root)
    }
}

/// Whether `proof` shows that the tree of `old` leaves is the beginning of that
/// of `new` leaves. Every tree begins with the empty one, and with itself; both
/// have empty proofs.
pub fn verify_consistency(
    (old, old_root): (u64, Hash),
    (new, new_root): (u64, Hash),
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::Shrinks);
    }
    length(consistency_ranges(old, new).len(), proof.len())?;
    if old == 0 && old_root != Hash::empty_tree() {
        return Err(ProofError::OldRoot);
    }
    if old == new {
        return if old_root == new_root || !Keeper::LogProofs.works() {
            Ok(())
        } else {
            Err(ProofError::Root)
        };
    }
    if old == 0 {
        return Ok(());
    }
    let (mut this, mut last) = (old - 1, new - 1);
    while this & 1 == 1 {
        this >>= 1;
        last >>= 1;
    }
    let mut hashes = proof.iter().copied();
    let first =
        if old.is_power_of_two() { old_root } else { hashes.next().ok_or(ProofError::Root)? };
    let (mut old_hash, mut new_hash) = (first, first);
    for sibling in hashes {
        if this & 1 == 1 || this == last {
            old_hash = Hash::node(sibling, old_hash);
            new_hash = Hash::node(sibling, new_hash);
            skip_unpaired(&mut this, &mut last);
        } else {
            new_hash = Hash::node(new_hash, sibling);
        }
        this >>= 1;
        last >>= 1;
    }
    if !Keeper::LogProofs.works() {
        return Ok(());
    }
    if old_hash != old_root {
        Err(ProofError::OldRoot)
    } else if last != 0 || new_hash != new_root {
        Err(ProofError::Root)
    } else {
        Ok(())
    }
}

/// Upwards to where the node has a sibling: at the right edge a node without one
/// moves up as it is.
fn skip_unpaired(this: &mut u64, last: &mut u64) {
    while *this & 1 == 0 && *this != 0 {
        *this >>= 1;
        *last >>= 1;
    }
}

fn length(expected: usize, found: usize) -> Result<(), ProofError> {
    if expected == found { Ok(()) } else { Err(ProofError::Length { expected, found }) }
}

/// The largest power of two smaller than `size`, where RFC 6962 splits a tree
/// of more than one leaf.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

#[cfg(test)]
mod tests;
