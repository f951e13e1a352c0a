use std::collections::BTreeMap;
use std::path::PathBuf;

use bonafide_context::Date;
use proptest::prelude::*;

use super::asn1::{Walk, only};
use super::certificate::Certificate;
use super::cms::SignedData;
use super::master_list::Vouched;
use super::signature::Outcome as Signed;
use super::sod::SecurityObject;
use super::*;
use crate::check::{Check, CheckName, CheckReason, Outcome};
use crate::mrz::parse;
use crate::{MrzReading, mrz};

const DG1: &[u8] = include_bytes!("../../tests/chip/dg1.bin");
const DG2: &[u8] = include_bytes!("../../tests/chip/dg2.bin");
const LIST: &[u8] = include_bytes!("../../tests/chip/master_list.ml");

/// Security objects of four authorities, see `tests/chip/make.sh`.
const SODS: [(&str, &[u8]); 4] = [
    ("brainpool", include_bytes!("../../tests/chip/sod_brainpool.bin")),
    ("nist", include_bytes!("../../tests/chip/sod_nist.bin")),
    ("rsa", include_bytes!("../../tests/chip/sod_rsa.bin")),
    ("pss", include_bytes!("../../tests/chip/sod_pss.bin")),
];

fn today() -> Date {
    Date::new(2027, 1, 1).unwrap()
}

fn list() -> MasterList {
    MasterList::read(LIST.to_vec()).unwrap()
}

fn chip(sod: &[u8]) -> ChipData {
    ChipData::new(sod.to_vec(), [(1, DG1.to_vec()), (2, DG2.to_vec())].into()).unwrap()
}

fn printed() -> MrzReading {
    MrzReading::from(&zone(DG1, today()).unwrap())
}

fn outcomes(chip: &ChipData, trusted: Option<&MasterList>) -> [Outcome; 4] {
    chip.check(trusted, Some(&printed()), today()).checks.map(|check| check.outcome)
}

#[test]
fn genuine_chips_agree_whatever_they_are_signed_with() {
    let list = list();
    assert_eq!((list.len(), list.skipped()), (4, 0));
    for (name, sod) in SODS {
        let chip = chip(sod);
        let reading = chip.check(Some(&list), Some(&printed()), today());
        for check in reading.checks {
            assert_eq!(check.outcome, Outcome::Agree, "{name}: {check:?}");
            assert_eq!(check.reason, None);
        }
        assert_eq!(reading.zone.unwrap().surname, "ERIKSSON");
        assert_eq!(reading.portrait.unwrap().format, PortraitFormat::Jpeg);
    }
}

#[test]
fn checks_are_spelt_alike_everywhere() {
    let json = serde_json::to_value(chip(SODS[0].1).check(None, None, today()).checks).unwrap();
    assert_eq!(
        json,
        serde_json::json!([
            {"name": "chip_signature", "outcome": "agree"},
            {"name": "chip_signer", "outcome": "unavailable", "reason": "not_configured"},
            {"name": "chip_files", "outcome": "agree"},
            {"name": "chip_mrz", "outcome": "unavailable", "reason": "missing"},
        ])
    );
}

#[test]
fn a_changed_file_is_noticed() {
    let list = list();
    let mut changed = DG2.to_vec();
    *changed.last_mut().unwrap() ^= 1;
    let groups: BTreeMap<_, _> = [(1, DG1.to_vec()), (2, changed)].into();
    let chip = ChipData::new(SODS[0].1.to_vec(), groups).unwrap();
    let check = chip.check(Some(&list), None, today()).checks[2];
    assert_eq!(check, Check::differ(CheckName::ChipFiles, CheckReason::Digest));
    // A file that nobody signed is no better.
    let chip = ChipData::new(SODS[0].1.to_vec(), [(3, DG1.to_vec())].into()).unwrap();
    assert_eq!(outcomes(&chip, Some(&list))[2], Outcome::Differ);
}

#[test]
fn another_printed_zone_differs_if_it_was_read_for_sure() {
    let lines = [
        "P<UTOMUSTER<<EVA<<<<<<<<<<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    ];
    let mut other = MrzReading::from(&parse(&lines, today()).unwrap());
    let chip = chip(SODS[1].1);
    let of = |printed: &MrzReading| chip.check(None, Some(printed), today()).checks[3];
    assert_eq!(of(&other), Check::differ(CheckName::ChipMrz, CheckReason::Value));
    other.valid = false;
    assert_eq!(of(&other), Check::unavailable(CheckName::ChipMrz, CheckReason::NotValid));
}

#[test]
fn an_authority_that_is_not_listed_vouches_for_nobody() {
    let mut list = list();
    list.authorities.clear();
    let check = chip(SODS[0].1).check(Some(&list), None, today()).checks[1];
    assert_eq!(check, Check::unavailable(CheckName::ChipSigner, CheckReason::Unknown));
}

#[test]
fn a_signer_is_valid_in_its_time_only() {
    let list = list();
    for day in ["2020-01-01", "2060-01-01"] {
        let check = chip(SODS[3].1).check(Some(&list), None, day.parse().unwrap()).checks[1];
        assert_eq!(check, Check::unavailable(CheckName::ChipSigner, CheckReason::NotValid));
    }
}

#[test]
fn a_master_list_that_was_changed_is_refused() {
    let mut changed = LIST.to_vec();
    // In the middle of a certificate's key.
    let at = changed.len() / 4;
    changed[at] ^= 1;
    assert_eq!(MasterList::read(changed).unwrap_err(), MasterListError::Signature);
    assert_eq!(MasterList::read(DG1.to_vec()).unwrap_err(), MasterListError::Malformed);
    assert_eq!(MasterList::read(SODS[0].1.to_vec()).unwrap_err(), MasterListError::Malformed);
}

fn tlv(tag: &[u8], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [tag, &[0x84], &length, body].concat()
}

/// A list of `n` copies of a certificate in the frame of the genuine one, so that its
/// signature does not hold.
fn long_list(n: usize) -> Vec<u8> {
    let genuine = SignedData::read(LIST).unwrap();
    let mut inside = only(genuine.content).unwrap().inside();
    inside.small().unwrap();
    let certificate = inside.set().unwrap().next().unwrap().raw;
    let content = tlv(&[0x30], &[vec![2, 1, 0], tlv(&[0x31], &certificate.repeat(n))].concat());
    let mut info = Walk(LIST).sequence().unwrap();
    let name = info.next().unwrap().raw;
    let mut data = info.context(0).unwrap().inside().sequence().unwrap();
    let head = [data.next().unwrap().raw, data.next().unwrap().raw].concat();
    let kind = data.sequence().unwrap().next().unwrap().raw;
    let wrapped = tlv(&[0x30], &[kind, &tlv(&[0xA0], &tlv(&[0x04], &content))].concat());
    let signed = tlv(&[0x30], &[&head[..], &wrapped, data.0].concat());
    tlv(&[0x30], &[name, &tlv(&[0xA0], &signed)].concat())
}

#[test]
fn ten_thousand_certificates_are_read_and_too_many_refused() {
    let list = MasterList::unproven(long_list(10_000)).unwrap();
    assert_eq!(list.len(), 10_000);
    // All of one name: no more of them are tried than a state has.
    let check = chip(SODS[0].1).check(Some(&list), None, today()).checks[1];
    assert_ne!(check.outcome, Outcome::Differ);
    assert_eq!(MasterList::read(long_list(10_000)).unwrap_err(), MasterListError::Signature);
    assert_eq!(MasterList::read(long_list(20_001)).unwrap_err(), MasterListError::TooMany);
    assert_eq!(MasterList::read(vec![0; (64 << 20) + 1]).unwrap_err(), MasterListError::TooLarge);
}

#[test]
fn a_length_that_the_bytes_do_not_bear_out_is_malformed() {
    for sod in [
        &b"\x77\x84\xFF\xFF\xFF\xFF\x30"[..],
        b"\x77\x88\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
        b"\x77\x80\x30\x80",
        b"",
        b"\x77\x00",
        &[0x30; 4096],
    ] {
        let chip = ChipData::new(sod.to_vec(), BTreeMap::new()).unwrap();
        let reading = chip.check(Some(&list()), None, today());
        assert_eq!(
            reading.checks[0],
            Check::differ(CheckName::ChipSignature, CheckReason::Malformed)
        );
        assert!(reading.checks.iter().all(|check| check.outcome != Outcome::Agree));
    }
    let huge = ChipData::new(vec![0; (512 << 10) + 1], BTreeMap::new());
    assert_eq!(huge.unwrap_err(), ChipError::TooLarge);
    let none = ChipData::new(vec![], [(17, vec![])].into());
    assert_eq!(none.unwrap_err(), ChipError::NoSuchGroup);
}

#[test]
fn blocks_behind_a_file_are_none_of_it() {
    let padded = [SODS[2].1, &[0; 200]].concat();
    assert_eq!(outcomes(&chip(&padded), Some(&list())), [Outcome::Agree; 4]);
    let more = [SODS[2].1, &[1]].concat();
    assert_eq!(outcomes(&chip(&more), Some(&list()))[0], Outcome::Differ);
}

#[test]
fn a_zone_of_a_chip_is_a_zone() {
    assert!(zone(DG2, today()).is_none());
    assert!(portrait(DG1).is_none());
    assert!(zone(&DG1[..80], today()).is_none());
}

#[test]
fn debug_shows_no_value() {
    let chip = chip(SODS[0].1);
    let shown = format!("{chip:?} {:?}", chip.check(None, None, today()).portrait);
    assert!(!shown.contains("ERIKSSON") && !shown.contains("255, 216"), "{shown}");
}

/// The measuring data, if there are any.
fn dev(path: &str) -> Option<Vec<u8>> {
    let root = std::env::var_os("BONAFIDE_DEV_DATA").map(PathBuf::from)?;
    Some(std::fs::read(root.join("emrtd").join(path)).unwrap())
}

/// Specimen chips of 2006 and 2008, made by others: RSA, and Brainpool's curve of 224
/// bits written out, with SHA-1.
#[test]
fn specimen_chips_of_others() {
    let chips: [(&str, &[(u8, &str)]); 2] = [
        (
            "loes2006/ef011D.bin",
            &[(1, "loes2006/ef0101.bin"), (2, "loes2006/ef0102.bin"), (15, "loes2006/ef010F.bin")],
        ),
        (
            "bsi2008/EF_SOD.bin",
            &[
                (1, "bsi2008/Datagroup1.bin"),
                (2, "bsi2008/Datagroup2.bin"),
                (3, "bsi2008/Datagroup3.bin"),
                (14, "bsi2008/Datagroup14.bin"),
            ],
        ),
    ];
    for (sod, groups) in chips {
        let Some(sod) = dev(sod) else {
            eprintln!("skipped specimen_chips_of_others: BONAFIDE_DEV_DATA is unset");
            return;
        };
        let groups = groups.iter().map(|(n, path)| (*n, dev(path).unwrap())).collect();
        let chip = ChipData::new(sod, groups).unwrap();
        let reading = chip.check(Some(&list()), None, today());
        assert_eq!(reading.checks[0], Check::agree(CheckName::ChipSignature));
        assert_eq!(
            reading.checks[1],
            Check::unavailable(CheckName::ChipSigner, CheckReason::Unknown)
        );
        assert_eq!(reading.checks[2], Check::agree(CheckName::ChipFiles));
        assert!(reading.zone.as_ref().is_some_and(mrz::Mrz::valid));
        assert!(reading.portrait.is_some());
    }
}

/// A state's list: every signature of an authority over itself holds if its scheme is
/// known here, and so do nearly all those over its next key.
#[test]
fn a_master_list_of_others() {
    let Some(der) = dev("masterlist/DE_ML_2024-04-10.ml") else {
        eprintln!("skipped a_master_list_of_others: BONAFIDE_DEV_DATA is unset");
        return;
    };
    let list = MasterList::read(der).unwrap();
    assert_eq!((list.len(), list.skipped()), (526, 0));
    let (mut holds, mut fails, mut unsupported, mut links) = (0, 0, 0, [0; 2]);
    for authority in &list.authorities {
        let certificate = Certificate::read(&list.der[authority.place.clone()]).unwrap();
        let own =
            certificate.authority_id.is_none() || certificate.authority_id == certificate.key_id;
        if certificate.issuer != certificate.subject || !own {
            links[usize::from(list.vouches_for(&certificate) == Vouched::Yes)] += 1;
            continue;
        }
        match certificate.signed_by(&certificate) {
            Ok(Signed::Holds) => holds += 1,
            Ok(Signed::Unsupported) => unsupported += 1,
            Ok(Signed::Fails) | Err(_) => fails += 1,
        }
    }
    eprintln!("{holds} hold, {fails} fail, {unsupported} unsupported; links {links:?}");
    assert_eq!(fails, 0);
    assert!(holds >= 350 && unsupported <= 5, "{holds} {unsupported}");
    // Of a test authority that no state runs.
    let der = dev("pymrtd_tests/dsc_de_0130846f2b3e.cer").unwrap();
    let signer = Certificate::read(&der).unwrap();
    assert_eq!(list.vouches_for(&signer), Vouched::No);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// One bit changed anywhere: what still passes is still what was signed.
    #[test]
    fn no_changed_object_passes(which in 0..4_usize, at: prop::sample::Index, bit in 0..8_u32) {
        let genuine = SODS[which].1;
        let mut changed = genuine.to_vec();
        changed[at.index(genuine.len())] ^= 1 << bit;
        let all = outcomes(&chip(&changed), Some(&list()));
        if all[..3] == [Outcome::Agree; 3] {
            // The bit was in what no signature covers: a version, a list of algorithms.
            let (before, after) = (SecurityObject::read(genuine), SecurityObject::read(&changed));
            let (Ok(before), Ok(after)) = (before, after) else { panic!("passed unread") };
            prop_assert_eq!(before.signed.content, after.signed.content);
            prop_assert_eq!(before.digests, after.digests);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let chip = ChipData::new(bytes.clone(), [(1, bytes.clone()), (2, bytes.clone())].into());
        let reading = chip.unwrap();
        let reading = reading.check(None, Some(&printed()), today());
        prop_assert!(reading.checks.iter().all(|check| check.outcome != Outcome::Agree));
        prop_assert!(MasterList::read(bytes).is_err());
    }
}
