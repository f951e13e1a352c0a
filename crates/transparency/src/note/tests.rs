//! Notes against vectors that other implementations published, and against
//! everything that is not quite a note.

use bonafide_context::{Seeded, Timestamp};
use proptest::prelude::*;

use super::*;

/// Key, text and signature of the example in golang.org/x/mod/sumdb/note.
const GO_VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_SKEY: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const GO_TEXT: &str = "If you think cryptography is the answer to your problem,\n\
     then you don't know what your problem is.\n";
const GO_LINE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFY\
     C2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

/// The test vector of C2SP signed-note.
const C2SP_VKEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const C2SP_NOTE: &str = "This is an example message.\n\n— example.com/foo \
     Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

/// A checkpoint of a public staging log, cosigned by public witnesses.
const WITNESSED: &str = "arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
";
const WITNESSED_BY: [&str; 5] = [
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f",
    "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
    "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
];

fn ring(keys: &[&str]) -> Keyring {
    Keyring::new(keys.iter().map(|key| key.parse().unwrap())).unwrap()
}

fn go_note() -> Note {
    Note::parse(format!("{GO_TEXT}\n{GO_LINE}").as_bytes()).unwrap()
}

#[test]
fn the_example_of_gos_note_package_verifies_and_is_signed_the_same() {
    let note = go_note();
    assert_eq!(note.text(), GO_TEXT);
    let verified = note.verify(&ring(&[GO_VKEY])).unwrap();
    assert_eq!((verified[0].key.to_string().as_str(), verified[0].time), (GO_VKEY, None));

    let key: SigningKey = GO_SKEY.parse().unwrap();
    assert_eq!(key.verifier().to_string(), GO_VKEY);
    assert_eq!(key.to_text().expose(), GO_SKEY);
    assert_eq!(key.note(GO_TEXT, Timestamp(0)).unwrap(), note);
    assert_eq!(note.to_text(), format!("{GO_TEXT}\n{GO_LINE}"));
}

#[test]
fn the_test_vector_of_the_specification_verifies() {
    let note = Note::parse(C2SP_NOTE.as_bytes()).unwrap();
    assert_eq!(note.verify(&ring(&[C2SP_VKEY])).unwrap().len(), 1);
    assert_eq!(note.verify(&ring(&[GO_VKEY])), Err(NoteError::Unsigned));
}

#[test]
fn a_checkpoint_of_a_public_log_and_its_cosignatures_verify() {
    let note = Note::parse(WITNESSED.as_bytes()).unwrap();
    let verified = note.verify(&ring(&WITNESSED_BY)).unwrap();
    let found: Vec<(String, Option<u64>)> =
        verified.iter().map(|v| (v.key.to_string(), v.time)).collect();
    let time = 0x6a12_2120;
    assert_eq!(found.len(), 5);
    for (at, (key, when)) in found.iter().enumerate() {
        assert_eq!(key, WITNESSED_BY[at]);
        assert_eq!(*when, (at > 0).then_some(time));
    }
    assert_eq!(note.to_text(), WITNESSED);

    let edited = WITNESSED.replace("1432088532", "1432088533");
    for key in WITNESSED_BY {
        let refused = Note::parse(edited.as_bytes()).unwrap().verify(&ring(&[key]));
        assert!(matches!(refused, Err(NoteError::BadSignature(_))), "{key}");
    }
    // A minute later, says a hand on the wire: the time is signed too.
    let later = WITNESSED.replace("2net5wAAAABqEiEg", "2net5wAAAABqEiEh");
    let refused = Note::parse(later.as_bytes()).unwrap().verify(&ring(&[WITNESSED_BY[3]]));
    assert!(matches!(refused, Err(NoteError::BadSignature(_))));
}

#[test]
fn a_signature_that_does_not_hold_refuses_the_whole_note() {
    let mut random = Seeded::new(1);
    let other =
        SigningKey::generate("other.example".parse().unwrap(), Algorithm::Ed25519, &mut random)
            .unwrap();
    let mut note = go_note();
    note.add(other.sign("something else\n", Timestamp(0))).unwrap();
    // While the other is unknown, it is ignored.
    assert_eq!(note.verify(&ring(&[GO_VKEY])).unwrap().len(), 1);
    let trusted = ring(&[GO_VKEY, &other.verifier().to_string()]);
    assert_eq!(
        note.verify(&trusted),
        Err(NoteError::BadSignature("other.example".parse().unwrap()))
    );
    // The same name with another key is another key.
    let mut random = Seeded::new(2);
    let twin =
        SigningKey::generate("PeterNeumann".parse().unwrap(), Algorithm::Ed25519, &mut random)
            .unwrap();
    assert_eq!(go_note().verify(&ring(&[&twin.verifier().to_string()])), Err(NoteError::Unsigned));
}

#[test]
fn a_key_does_not_sign_for_its_other_algorithm() {
    let seed = [7; 32];
    let name = || "w.example".parse::<KeyName>().unwrap();
    let log = SigningKey::from_seed(name(), Algorithm::Ed25519, &seed).unwrap();
    let witness = SigningKey::from_seed(name(), Algorithm::Cosignature, &seed).unwrap();
    let note = log.note("x\n1\n2\n", Timestamp(5_000)).unwrap();
    assert_eq!(note.verify(&Keyring::of(witness.verifier().clone())), Err(NoteError::Unsigned));
    let note = witness.note("x\n1\n2\n", Timestamp(5_999)).unwrap();
    let verified = note.verify(&Keyring::of(witness.verifier().clone())).unwrap();
    assert_eq!(verified[0].time, Some(5));
    // Even under the other's id it does not hold.
    let mut forged = note.signatures()[0].clone();
    forged.id = log.verifier().id();
    let mut note = Note::new("x\n1\n2\n").unwrap();
    note.add(forged).unwrap();
    let refused = note.verify(&Keyring::of(log.verifier().clone()));
    assert!(matches!(refused, Err(NoteError::BadSignature(_))));
}

#[test]
fn what_is_not_quite_a_note_is_refused() {
    let whole = format!("{GO_TEXT}\n{GO_LINE}");
    let form = [
        String::new(),
        GO_TEXT.to_owned(),
        format!("{GO_TEXT}{GO_LINE}"),
        format!("{GO_TEXT}\n"),
        whole.trim_end().to_owned(),
        format!("\n{GO_LINE}"),
    ];
    for bad in form {
        let refused = Note::parse(bad.as_bytes());
        let expected = matches!(refused, Err(NoteError::Form | NoteError::SignatureLine(_)));
        assert!(expected, "{bad:?}: {refused:?}");
    }
    let lines = [
        GO_LINE.replace('—', "-"),
        GO_LINE.replace("— ", "—"),
        GO_LINE.replace("PeterNeumann", ""),
        GO_LINE.replace("PeterNeumann", "Peter+Neumann"),
        GO_LINE.replace("PeterNeumann", "Peter\u{a0}Neumann"),
        GO_LINE.replace("nAM=", "nAM"),
        GO_LINE.replace("nAM=", "nAN="),
        GO_LINE.replace('/', "_"),
        "— PeterNeumann x08gow==\n".to_owned(),
        "— PeterNeumann \n".to_owned(),
        format!("{GO_LINE}text\n"),
    ];
    for bad in lines {
        let refused = Note::parse(format!("{GO_TEXT}\n{bad}").as_bytes());
        assert!(matches!(refused, Err(NoteError::SignatureLine(_))), "{bad:?}: {refused:?}");
    }
    for bad in [whole.replace("you", "y\rou"), whole.replace("you", "y\0ou")] {
        assert_eq!(Note::parse(bad.as_bytes()), Err(NoteError::Characters));
    }
    assert_eq!(Note::parse(b"\xff\n\n"), Err(NoteError::Characters));
    assert_eq!(Note::parse(&vec![b'a'; MAX_NOTE_BYTES + 1]), Err(NoteError::TooLarge));
    let many = format!("{GO_TEXT}\n{}", GO_LINE.repeat(MAX_SIGNATURES + 1));
    assert_eq!(Note::parse(many.as_bytes()), Err(NoteError::TooManySignatures));
    let most = format!("{GO_TEXT}\n{}", GO_LINE.repeat(MAX_SIGNATURES));
    assert_eq!(Note::parse(most.as_bytes()).unwrap().verify(&ring(&[GO_VKEY])).unwrap().len(), 1);
    assert_eq!(Note::new("no newline"), Err(NoteError::Text));
}

#[test]
fn a_text_may_have_blank_lines_of_its_own() {
    let key: SigningKey = GO_SKEY.parse().unwrap();
    let note = key.note("one\n\ntwo\n\n", Timestamp(0)).unwrap();
    let read = Note::parse(note.to_text().as_bytes()).unwrap();
    assert_eq!(read.text(), "one\n\ntwo\n\n");
    assert!(read.verify(&ring(&[GO_VKEY])).is_ok());
}

#[test]
fn keys_are_read_strictly() {
    for good in [GO_VKEY, C2SP_VKEY].iter().chain(&WITNESSED_BY) {
        assert_eq!(good.parse::<VerifierKey>().unwrap().to_string(), *good);
    }
    for (bad, why) in [
        ("", KeyError::Form),
        ("PeterNeumann+c74f20a3", KeyError::Form),
        ("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Id),
        ("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Id),
        ("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Name),
        ("a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Name),
        ("a+c74f20a3+AVpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T=", KeyError::Form),
        ("a+c74f20a3+Bhpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Algorithm(6)),
    ] {
        assert_eq!(bad.parse::<VerifierKey>(), Err(why), "{bad}");
    }
    let debug = format!("{:?}", GO_SKEY.parse::<SigningKey>().unwrap());
    assert!(!debug.contains("AYEKFALVFGyNhPJEMzD1QIDr"), "{debug}");
    for bad in ["", GO_VKEY, &GO_SKEY.replace("c74f", "c74e"), &GO_SKEY[..GO_SKEY.len() - 4]] {
        assert!(bad.parse::<SigningKey>().is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn what_is_read_is_written_the_same(text in "([a-z—\n ]{0,20}\n){0,4}(— [a-z]{1,3} [A-Za-z0-9/+]{8}\n){0,3}") {
        if let Ok(note) = Note::parse(text.as_bytes()) {
            prop_assert_eq!(note.to_text(), text);
        }
    }

    #[test]
    fn notes_round_trip(
        text in "([a-zé—\n ]{0,30}\n){1,4}", seed: [u8; 32], time in 0u64..1 << 50, cosign: bool,
    ) {
        let algorithm = if cosign { Algorithm::Cosignature } else { Algorithm::Ed25519 };
        let key = SigningKey::from_seed("k.example/é".parse().unwrap(), algorithm, &seed).unwrap();
        let note = key.note(text, Timestamp(time)).unwrap();
        let read = Note::parse(note.to_text().as_bytes()).unwrap();
        prop_assert_eq!(&read, &note);
        let verified = read.verify(&Keyring::of(key.verifier().clone())).unwrap();
        prop_assert_eq!(verified[0].time, cosign.then_some(time / 1000));
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        let _ = Note::parse(&bytes);
    }
}
