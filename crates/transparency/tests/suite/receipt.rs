//! Receipts: what they prove, and that nothing in them can be changed.

use bonafide_context::Timestamp;
use bonafide_transparency::leaf::LeafError;
use bonafide_transparency::note::{Algorithm, SigningKey};
use bonafide_transparency::policy::Policy;
use bonafide_transparency::receipt::MAX_RECEIPT_BYTES;
use bonafide_transparency::{Log, Receipt, ReceiptError};

use crate::support::{grown, key, log_key};

fn witness(name: &str) -> SigningKey {
    key(name, Algorithm::Cosignature)
}

/// A log of 300 leaves, cosigned by two of three witnesses.
async fn cosigned() -> (Log, Policy) {
    let (_, mut log) = grown("a", 300, 100).await;
    let text = log.checkpoint().await.unwrap().note().text().to_owned();
    let signatures =
        ["w1.example", "w2.example"].map(|name| witness(name).sign(&text, Timestamp(5_000)));
    log.publish(signatures).await.unwrap();
    let witnesses = ["w1.example", "w2.example", "w3.example"];
    let witnesses = witnesses.map(|name| witness(name).verifier().clone());
    (log, Policy::new([log_key()], witnesses, 2).unwrap())
}

#[tokio::test]
async fn a_receipt_proves_its_leaf_without_the_log() {
    let (mut log, policy) = cosigned().await;
    for index in [0, 1, 255, 256, 299] {
        let text = log.receipt(index).await.unwrap().to_text();
        let receipt = Receipt::parse(text.as_bytes()).unwrap();
        assert_eq!(receipt.to_text(), text);
        let proven = receipt.verify(&policy).unwrap();
        assert_eq!(proven.entry, format!("a {index}").into_bytes());
        assert_eq!((proven.index, proven.head), (index, log.head()));
        let names: Vec<&str> = proven.witnesses.iter().map(|w| w.key.name().as_str()).collect();
        assert_eq!(names, ["w1.example", "w2.example"]);
        assert_eq!(proven.witnesses[0].time, Some(5));
        // That it is in the log holds, whether we can read it or not.
        assert_eq!(proven.leaf(), Err(LeafError::Malformed));
    }
    assert!(log.receipt(300).await.is_err());
}

#[tokio::test]
async fn a_receipt_is_a_tlog_proof() {
    let (mut log, _) = cosigned().await;
    let text = log.receipt(299).await.unwrap().to_text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..3], ["c2sp.org/tlog-proof@v1", "extra YSAyOTk=", "index 299"]);
    let blank = lines.iter().position(|line| line.is_empty()).unwrap();
    assert!(lines[3..blank].iter().all(|line| line.len() == 44));
    assert_eq!(lines[blank + 1..blank + 3], ["log.example/eu", "300"]);
}

#[tokio::test]
async fn every_change_has_its_own_error() {
    let (mut log, policy) = cosigned().await;
    let text = log.receipt(299).await.unwrap().to_text();
    let verify = |text: String| Receipt::parse(text.as_bytes()).and_then(|r| r.verify(&policy));
    assert!(verify(text.clone()).is_ok());
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let signed = |name: &str| lines.iter().find(|line| line.starts_with(name)).unwrap().clone();
    let (log_line, w1, w2) =
        (signed("— log.example/eu"), signed("— w1.example"), signed("— w2.example"));
    let without = |line: &str| text.replace(&format!("{line}\n"), "");
    let flip = |line: &str| {
        // A bit in the middle of the signature.
        let at = line.len() - 20;
        let other = if &line[at..=at] == "A" { "B" } else { "A" };
        text.replace(line, &format!("{}{other}{}", &line[..at], &line[at + 1..]))
    };
    let name = |text: &str| text.parse().unwrap();
    let root = log.head().root.to_string();
    let other_root = bonafide_transparency::Hash::sha256(b"x").to_string();
    let first_hash = &lines[3];

    for (changed, expected) in [
        (text.replace("tlog-proof@v1", "tlog-proof@v2"), ReceiptError::Header),
        (text.replace("extra YSAyOTk=", "extra YSAyOTk"), ReceiptError::Leaf),
        (without("extra YSAyOTk="), ReceiptError::Leaf),
        (text.replace("index 299", "index 0299"), ReceiptError::Index),
        (without("index 299"), ReceiptError::Index),
        (text.replace(first_hash, &first_hash[1..]), ReceiptError::ProofLine(1)),
        (format!("{}\n", lines[..4].join("\n")), ReceiptError::ProofLine(2)),
        (text.replace("\n300\n", "\n301\n"), ReceiptError::LogSignature),
        (text.replace(&root, &other_root), ReceiptError::LogSignature),
        (flip(&log_line), ReceiptError::LogSignature),
        (without(&log_line), ReceiptError::NotSignedByLog),
        (text.replace("\nlog.example/eu\n", "\nlog.example/us\n"), ReceiptError::UnknownLog),
        (flip(&w1), ReceiptError::Cosignature(name("w1.example"))),
        (without(&w2), ReceiptError::TooFewWitnesses { have: 1 }),
        (text.replace(&w2, &w1), ReceiptError::TooFewWitnesses { have: 1 }),
    ] {
        assert_eq!(verify(changed.clone()), Err(expected), "{changed}");
    }
    for changed in [
        text.replace("extra YSAyOTk=", "extra YSAyOTg="),
        text.replace("index 299", "index 298"),
        text.replace("index 299", "index 300"),
        text.replace(first_hash, &other_root),
        without(first_hash),
    ] {
        let refused = verify(changed.clone());
        assert!(matches!(refused, Err(ReceiptError::NotIncluded(_))), "{changed}: {refused:?}");
    }
    let refused = Receipt::parse(&vec![b'x'; MAX_RECEIPT_BYTES + 1]);
    assert_eq!(refused, Err(ReceiptError::TooLarge));
}

/// O4: what is given out as proof fails the check when anything in it is changed.
#[tokio::test]
async fn o4_no_single_character_can_be_changed() {
    let (mut log, policy) = cosigned().await;
    let receipt = log.receipt(7).await.unwrap();
    let text = receipt.to_text();
    let proven = receipt.verify(&policy).unwrap();
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let outcome = Receipt::parse(&bytes).and_then(|receipt| receipt.verify(&policy));
        assert_ne!(outcome.as_ref(), Ok(&proven), "byte {at} of {text}");
        assert!(outcome.is_err(), "byte {at} of {text}");
    }
}
