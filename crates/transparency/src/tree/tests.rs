//! The tree against RFC 6962's own definitions, written down naively, and
//! against its published test vectors.

use proptest::prelude::*;

use super::*;

/// MTH of RFC 6962 section 2.1, word for word.
fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::empty_tree(),
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(naive_split(leaves.len()));
            Hash::node(naive_root(left), naive_root(right))
        }
    }
}

/// PATH of section 2.1.1.
fn naive_path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let k = naive_split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut path, sibling) = if m < k {
        (naive_path(m, left), naive_root(right))
    } else {
        (naive_path(m - k, right), naive_root(left))
    };
    path.push(sibling);
    path
}

/// SUBPROOF of section 2.1.2.
fn naive_subproof(m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if m == leaves.len() {
        return if whole { Vec::new() } else { vec![naive_root(leaves)] };
    }
    let k = naive_split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut proof, sibling) = if m <= k {
        (naive_subproof(m, left, whole), naive_root(right))
    } else {
        (naive_subproof(m - k, right, false), naive_root(left))
    };
    proof.push(sibling);
    proof
}

fn naive_split(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}

fn leaves(n: usize) -> Vec<Hash> {
    (0..n).map(|i| Hash::leaf(&i.to_be_bytes())).collect()
}

fn prove_over(leaves: &[Hash], ranges: &[Range<u64>]) -> Vec<Hash> {
    prove::<()>(ranges, |node| {
        let start = (node.index << node.height) as usize;
        Ok(naive_root(&leaves[start..start + (1 << node.height)]))
    })
    .unwrap()
}

/// Leaves and roots of the test tree that certificate-transparency's reference
/// implementations share.
const ENTRIES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn known(text: &str) -> Hash {
    Hash::from_hex(text).unwrap()
}

fn known_leaves() -> Vec<Hash> {
    ENTRIES.iter().map(|entry| Hash::leaf(&crate::hash::unhex(entry).unwrap())).collect()
}

#[test]
fn roots_of_the_reference_tree() {
    for (n, expected) in ROOTS.iter().enumerate() {
        assert_eq!(root(&known_leaves()[..=n]), known(expected), "{}", n + 1);
    }
}

#[test]
fn proofs_of_the_reference_tree() {
    let leaves = known_leaves();
    let consistency = [
        (
            6,
            8,
            vec![
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            vec![
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ];
    for (old, new, proof) in consistency {
        let proof: Vec<Hash> = proof.into_iter().map(known).collect();
        assert_eq!(prove_over(&leaves, &consistency_ranges(old, new)), proof);
        let at = |size: u64| (size, known(ROOTS[size as usize - 1]));
        assert_eq!(verify_consistency(at(old), at(new), &proof), Ok(()));
    }
    // Leaf 0 of 8.
    let path: Vec<Hash> = [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    .into_iter()
    .map(known)
    .collect();
    assert_eq!(prove_over(&leaves, &inclusion_ranges(0, 8)), path);
    assert_eq!(verify_inclusion(leaves[0], 0, 8, known(ROOTS[7]), &path), Ok(()));
}

#[test]
fn every_proof_up_to_seventy_leaves_is_as_the_rfc_defines_it() {
    let leaves = leaves(70);
    for size in 0..=leaves.len() {
        let tree = &leaves[..size];
        let whole = naive_root(tree);
        assert_eq!(root(tree), whole);
        for index in 0..size {
            let proof = prove_over(tree, &inclusion_ranges(index as u64, size as u64));
            assert_eq!(proof, naive_path(index, tree), "{index} of {size}");
            let holds = verify_inclusion(tree[index], index as u64, size as u64, whole, &proof);
            assert_eq!(holds, Ok(()), "{index} of {size}");
        }
        for old in 1..=size {
            let proof = prove_over(tree, &consistency_ranges(old as u64, size as u64));
            assert_eq!(proof, naive_subproof(old, tree, true), "{old} to {size}");
            let older = (old as u64, naive_root(&tree[..old]));
            let holds = verify_consistency(older, (size as u64, whole), &proof);
            assert_eq!(holds, Ok(()), "{old} to {size}");
        }
        let empty = (0, Hash::empty_tree());
        assert_eq!(verify_consistency(empty, (size as u64, whole), &[]), Ok(()));
    }
}

proptest! {
    #[test]
    fn a_changed_inclusion_proof_does_not_hold(
        size in 1usize..200, pick in any::<usize>(), at in any::<usize>(), bit in 0u8..8,
    ) {
        let leaves = leaves(size);
        let (whole, index) = (root(&leaves), pick % size);
        let (i, n) = (index as u64, size as u64);
        let proof = prove_over(&leaves, &inclusion_ranges(i, n));
        prop_assert_eq!(verify_inclusion(leaves[index], i, n, whole, &proof), Ok(()));
        let mut leaf = leaves[index];
        leaf.0[at % 32] ^= 1 << bit;
        prop_assert_eq!(verify_inclusion(leaf, i, n, whole, &proof), Err(ProofError::Root));
        if !proof.is_empty() {
            let mut changed = proof.clone();
            changed[at % proof.len()].0[at % 32] ^= 1 << bit;
            prop_assert_eq!(
                verify_inclusion(leaves[index], i, n, whole, &changed), Err(ProofError::Root)
            );
            let shorter = verify_inclusion(leaves[index], i, n, whole, &proof[1..]);
            let is_length = matches!(shorter, Err(ProofError::Length { .. }));
            prop_assert!(is_length);
        }
        prop_assert!(verify_inclusion(leaves[index], n, n, whole, &proof).is_err());
        for other in (0..n).filter(|other| *other != i) {
            prop_assert!(verify_inclusion(leaves[index], other, n, whole, &proof).is_err());
        }
    }

    #[test]
    fn a_changed_consistency_proof_does_not_hold(
        new in 2usize..200, pick in any::<usize>(), at in any::<usize>(), bit in 0u8..8,
    ) {
        let old = 1 + pick % (new - 1);
        let leaves = leaves(new);
        let older = (old as u64, root(&leaves[..old]));
        let newer = (new as u64, root(&leaves));
        let proof = prove_over(&leaves, &consistency_ranges(older.0, newer.0));
        prop_assert_eq!(verify_consistency(older, newer, &proof), Ok(()));
        let mut changed = proof.clone();
        changed[at % proof.len()].0[at % 32] ^= 1 << bit;
        prop_assert!(verify_consistency(older, newer, &changed).is_err());
        // Another history of the same length.
        let mut forked = leaves.clone();
        forked[pick % old].0[0] ^= 1;
        let proof = prove_over(&forked, &consistency_ranges(older.0, newer.0));
        prop_assert!(verify_consistency(older, (newer.0, root(&forked)), &proof).is_err());
        prop_assert_eq!(verify_consistency(newer, older, &[]), Err(ProofError::Shrinks));
    }

    #[test]
    fn nothing_panics_on_any_numbers(
        a in any::<u64>(), b in any::<u64>(), proof in prop::collection::vec(any::<[u8; 32]>(), 0..70),
    ) {
        let proof: Vec<Hash> = proof.into_iter().map(Hash).collect();
        let hash = Hash::empty_tree();
        let _ = verify_inclusion(hash, a, b, hash, &proof);
        let _ = verify_consistency((a, hash), (b, hash), &proof);
    }
}
