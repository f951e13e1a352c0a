use proptest::prelude::*;

use super::*;
use crate::mrz::Sex;

fn today() -> Date {
    Date::new(2026, 11, 22).unwrap()
}

fn check(id: &str, text: &str) -> Verdict {
    find(id).unwrap_or_else(|| panic!("no kind {id}")).check(text, today())
}

/// Fictitious numbers of each kind, and what they say: birth, sex, place.
const VALID: &[(&str, &str, &str, &str, &str)] = &[
    ("hkg_identity_card", "G123456(A)", "", "", ""),
    ("hkg_identity_card", "AB987654(3)", "", "", ""),
    ("mac_resident", "1234567(8)", "", "", ""),
    ("twn_national", "A123456789", "", "M", "Taipei City"),
    ("twn_resident", "A800000014", "", "M", "Taipei City"),
    ("twn_resident", "AC01234567", "", "M", "Taipei City"),
    ("chn_resident", "11010519491231002X", "1949-12-31", "F", "Beijing"),
    ("chn_resident", "440524188001010014", "1880-01-01", "M", "Guangdong"),
    ("chn_home_return_permit", "H12345678", "", "", "Hong Kong"),
    ("chn_home_return_permit", "M1234567800", "", "", "Macao"),
    ("chn_taiwan_resident_permit", "12345678", "", "", ""),
    ("chn_permanent_resident", "FRA310083061201", "", "", ""),
    ("sgp_nric", "S1234567D", "", "", ""),
    ("sgp_nric", "S8812345Z", "1988", "", ""),
    ("sgp_nric", "T0112345E", "2001", "", ""),
    ("sgp_fin", "F1234567N", "", "", ""),
    ("sgp_fin", "G1234567X", "", "", ""),
    ("sgp_fin", "M1234567K", "", "", ""),
    ("mys_mykad", "900115-14-5123", "1990-01-15", "M", "Kuala Lumpur"),
    ("mys_mykad", "050320-71-5124", "2005-03-20", "F", "outside Malaysia"),
    ("tha_citizen", "1-1017-00230-70-8", "", "", "Bangkok"),
    ("idn_nik", "3174055501900001", "1990-01-15", "F", "DKI Jakarta"),
    ("idn_nik", "3174051501900001", "1990-01-15", "M", "DKI Jakarta"),
    ("phl_umid_crn", "0111-1234567-8", "", "", ""),
    ("phl_philsys", "1234-5678-9012-3456", "", "", ""),
    ("phl_sss", "34-1234567-8", "", "", ""),
    ("phl_driving_licence", "N01-12-123456", "", "", ""),
    ("vnm_citizen", "001090012345", "1990", "M", "Hà Nội"),
    ("vnm_citizen", "079301012345", "2001", "F", "Thành phố Hồ Chí Minh"),
    ("vnm_identity_card", "012345678", "", "", ""),
    ("kor_resident", "900115-1234560", "1990-01-15", "M", ""),
    ("kor_resident", "201105-4123456", "2020-11-05", "F", ""),
    ("kor_foreigner", "900115-5123456", "1990-01-15", "M", ""),
    ("kor_driving_licence", "11-90-123456-12", "", "", "Seoul"),
    ("jpn_my_number", "1234 5678 9018", "", "", ""),
    ("jpn_driving_licence", "309012345670", "", "", "Tokyo"),
    ("jpn_residence_card", "AB12345678CD", "", "", ""),
    ("ind_aadhaar", "2341 2341 2346", "", "", ""),
    ("ind_pan", "ABCPE1234F", "", "", ""),
    ("pak_cnic", "35202-1234567-1", "", "M", "Punjab"),
    ("bra_cpf", "123.456.789-09", "", "", "Paraná, Santa Catarina"),
    ("mex_curp", "BOXW310820HNERXN09", "1931-08-20", "M", "outside Mexico"),
    ("mex_curp", "MUÑE050612MDFSVRA0", "2005-06-12", "F", "Ciudad de México"),
    ("chn_resident", "810000199001153319", "1990-01-15", "M", "Hong Kong"),
    ("chn_permanent_resident", "910310199001153311", "1990-01-15", "M", ""),
    ("nga_nin", "12345678901", "", "", ""),
    ("bgd_national", "1990 1234567890123", "1990", "", ""),
    ("khm_identity_card", "012345678(1)", "", "", ""),
    ("mys_mytentera", "T1234567", "", "", ""),
    ("tha_pink_card", "6-1017-00230-70-9", "", "", "Bangkok"),
    ("gbr_driving_licence", "SMITH 803125 JM9AB 12", "1985-03-12", "M", ""),
    ("gbr_driving_licence", "SMITH853125JM9AB", "1985-03-12", "F", ""),
];

#[test]
fn valid_numbers_and_what_they_say() {
    for (id, text, birth, sex, place) in VALID {
        let found = match check(id, text) {
            Verdict::Valid(found) => found,
            other => panic!("{id} {text}: {other:?}"),
        };
        let said = found.birth.map(|b| b.to_string()).unwrap_or_default();
        assert_eq!(said, *birth, "{id} {text}");
        let letter = match found.sex {
            Some(Sex::Male) => "M",
            Some(Sex::Female) => "F",
            Some(Sex::Unspecified) => "X",
            None => "",
        };
        assert_eq!(letter, *sex, "{id} {text}");
        let name = found.place.and_then(|p| p.name).unwrap_or_default();
        assert_eq!(name, *place, "{id} {text}");
    }
}

#[test]
fn every_kind_has_an_example_and_an_id_of_its_own() {
    for kind in KINDS {
        assert!(VALID.iter().any(|(id, ..)| *id == kind.id), "{}", kind.id);
        assert_eq!(KINDS.iter().filter(|other| other.id == kind.id).count(), 1, "{}", kind.id);
        assert!(crate::mrz::is_known_state(kind.state), "{}", kind.state);
    }
    assert!(find("utopia").is_none());
}

/// What cannot be, and why.
#[test]
fn invalid_numbers() {
    use Why::{CheckDigit, Code, Form};
    for (id, text, why) in [
        ("hkg_identity_card", "G123456(0)", CheckDigit),
        ("hkg_identity_card", "G12345(A)", Form),
        ("mac_resident", "22345678", Code),
        ("twn_national", "A123456788", CheckDigit),
        ("twn_national", "A323456789", Code),
        ("chn_resident", "110105194912310021", CheckDigit),
        ("chn_resident", "11010519491331002X", Why::Date),
        ("chn_resident", "11010520991231002X", Why::Date),
        ("chn_resident", "99010519491231002X", Code),
        ("chn_home_return_permit", "T12345678", Code),
        ("sgp_nric", "S1234567A", CheckDigit),
        ("sgp_nric", "F1234567N", Code),
        ("sgp_fin", "S1234567D", Code),
        ("mys_mykad", "901315145123", Why::Date),
        ("mys_mykad", "900115005123", Code),
        ("tha_citizen", "1101700230703", CheckDigit),
        ("tha_pink_card", "1101700230708", Code),
        ("idn_nik", "3174057501900001", Why::Date),
        ("idn_nik", "0174051501900001", Code),
        ("vnm_citizen", "003090012345", Code),
        ("vnm_citizen", "001299012345", Why::Date),
        ("kor_resident", "9001155234560", Code),
        ("kor_resident", "9013151234560", Why::Date),
        ("jpn_my_number", "123456789010", CheckDigit),
        ("jpn_driving_licence", "019012345670", Code),
        ("ind_aadhaar", "234123412347", CheckDigit),
        ("ind_aadhaar", "134123412346", Code),
        ("ind_pan", "ABCXE1234F", Code),
        ("pak_cnic", "0520212345671", Code),
        ("bra_cpf", "12345678900", CheckDigit),
        ("bra_cpf", "11111111111", Code),
        ("mex_curp", "BOXW310820HNERXN08", CheckDigit),
        ("nga_nin", "1234567890", Form),
        ("gbr_driving_licence", "D1234567", Form),
        ("gbr_driving_licence", "SMITH809925JM9AB", Why::Date),
        ("gbr_driving_licence", "SMITH800032JM9AB", Why::Date),
        ("hkg_identity_card", "香123456(7)", Form),
    ] {
        assert_eq!(check(id, text), Verdict::Invalid(why), "{id} {text}");
    }
}

#[test]
fn what_is_hidden_or_missing_is_unknown() {
    for text in ["", "   ", "XXXX XXXX 1234", "****1234", "●●●● 1234"] {
        for kind in KINDS {
            assert_eq!(kind.check(text, today()), Verdict::Unknown, "{} {text}", kind.id);
        }
    }
}

#[test]
fn marks_and_width_do_not_matter() {
    for text in ["A123456789", "a 1234-56789", "Ａ１２３４５６７８９"] {
        assert!(check("twn_national", text).decoded().is_some(), "{text}");
    }
}

/// Nothing in a Korean number says whether it was given before its last digit lost its
/// meaning.
#[test]
fn a_korean_check_digit_proves_but_does_not_condemn() {
    let proof = |text| check("kor_resident", text).decoded().map(|d| d.proof);
    assert_eq!(proof("900115-1234567"), Some(Proof::CheckDigit));
    assert_eq!(proof("900115-1234561"), Some(Proof::Structure));
}

#[test]
fn licences_of_north_america() {
    let form = |region, number| licence_of(region, number);
    assert!(form("CA", "I1234562").decoded().is_some());
    assert!(form("ON", "T1234-56789-01234").decoded().is_some());
    assert!(form("WA", "DOEJOM*123K9").decoded().is_some());
    assert_eq!(form("CA", "12345678"), Verdict::Invalid(Why::Form));
    assert_eq!(form("ZZ", "12345678"), Verdict::Unknown);
    assert_eq!(form("CA", "****4562"), Verdict::Unknown);
}

#[test]
fn debug_shows_no_value() {
    let shown = format!("{:?}", check("mys_mykad", "900115-14-5123"));
    assert!(!shown.contains("90") && !shown.contains("Kuala"), "{shown}");
}

/// Kinds whose check digit notices every change of one character.
const WATCHFUL: &[&str] =
    &["hkg_identity_card", "chn_resident", "sgp_nric", "sgp_fin", "ind_aadhaar"];

proptest! {
    #[test]
    fn no_text_makes_a_kind_panic(text in "\\PC{0,40}") {
        for kind in KINDS {
            kind.check(&text, today());
        }
        licence_of("CA", &text);
    }

    #[test]
    fn what_is_valid_stays_valid_in_its_own_writing(text in "[A-Z0-9]{7,18}") {
        for kind in KINDS {
            if let Verdict::Valid(found) = kind.check(&text, today()) {
                prop_assert!(kind.check(&found.number, today()).decoded().is_some());
                prop_assert!(found.birth.is_none_or(|b| b.earliest().is_some_and(|d| d <= today())));
            }
        }
    }

    #[test]
    fn one_wrong_digit_is_noticed(which: prop::sample::Index, at: prop::sample::Index, add in 1_u8..10) {
        let watched: Vec<_> = VALID
            .iter()
            .filter(|(id, text, ..)| WATCHFUL.contains(id) && text.len() > 8 && !text.starts_with("FRA"))
            .collect();
        let (id, text, ..) = which.get(&watched);
        let mut wrong = check(id, text).decoded().map(|d| d.number.clone()).unwrap().into_bytes();
        let digits: Vec<usize> = (0..wrong.len()).filter(|i| wrong[*i].is_ascii_digit()).collect();
        let at = *at.get(&digits);
        wrong[at] = b'0' + (wrong[at] - b'0' + add) % 10;
        let wrong = String::from_utf8(wrong).unwrap();
        prop_assert!(check(id, &wrong).decoded().is_none(), "{id}");
    }
}
