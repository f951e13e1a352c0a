//! Rows about consent, age, places, and whom data is given to.

use bonafide_context::Date;

use super::*;

fn place(code: &str) -> Option<Jurisdiction> {
    Some(code.parse().unwrap())
}

#[test]
fn o3_biometrics_are_refused_without_receipt_or_warranty() {
    let policy = of("tencent-ekyc-dpsa");
    let may = |receipt, warranty| {
        policy.may_process(Purpose::Service, Category::FaceMedia, receipt, warranty)
    };
    assert!(!may(false, false));
    assert!(may(true, false));
    assert!(may(false, true));
    // A tenant may insist on receipts.
    let own = overlay("tencent-ekyc-dpsa", "warranty = false\n").unwrap();
    assert!(!own.may_process(Purpose::Service, Category::FaceMedia, false, true));
    // The default records what was given, and a tenant may enforce it.
    assert_eq!(strict().consent(Purpose::Service, Category::FaceMedia), ConsentRule::Record);
    let at = "[categories.face_media.purposes.service]\nconsent = \"enforce\"\n";
    let own = overlay("strict", at).unwrap();
    assert_eq!(own.consent(Purpose::Service, Category::FaceMedia), ConsentRule::Enforce);
    let weaker = "[categories.face_media.purposes.service]\nconsent = \"none\"\n";
    assert!(overlay("strict", weaker).is_err());
}

#[test]
fn o5_the_stricter_of_location_and_issuer_decides() {
    let strict = strict();
    for (location, issuer, age) in [
        (place("SG"), place("SG"), 13),
        (place("SG"), place("TH"), 20),
        (place("TH"), place("SG"), 20),
        (place("DE"), None, 16),
        // No figure: of age everywhere. Not known at all: the highest figure.
        (place("AQ"), None, 18),
        (place("SG"), place("AQ"), 18),
        (None, place("SG"), 20),
        (None, None, 20),
    ] {
        assert_eq!(strict.minimum_age(location, issuer), age, "{location:?} {issuer:?}");
    }
    let own = overlay("strict", "[ages]\nfloor = 18\n").unwrap();
    assert_eq!(own.minimum_age(place("SG"), None), 18);
    assert_eq!(own.minimum_age(place("TH"), None), 20);
    let lower = overlay("strict", "[ages.by]\nDE = { age = 14, source = \"ours\" }\n").unwrap_err();
    assert!(lower.0.iter().all(|f| f.rule == Rule::Loosens && f.line == 7), "{lower}");
}

#[test]
fn o5_the_age_is_reached_on_the_birthday() {
    let strict = strict();
    let decide = |birth: &str, today: &str, guardian| {
        let birth = BirthDate::Full(birth.parse().unwrap());
        strict.age_decision(birth, today.parse().unwrap(), place("DE"), None, guardian)
    };
    let minimum = 16;
    assert_eq!(decide("2010-11-23", "2026-11-22", false), AgeDecision::UnderAge { minimum });
    assert_eq!(decide("2010-11-22", "2026-11-22", false), AgeDecision::OfAge { minimum });
    assert_eq!(
        decide("2010-11-23", "2026-11-22", true),
        AgeDecision::GuardianConsented { minimum }
    );
    // Born on 29 February: on that day in a leap year, on 1 March otherwise.
    assert_eq!(decide("2008-02-29", "2024-02-28", false), AgeDecision::UnderAge { minimum });
    assert_eq!(decide("2008-02-29", "2024-02-29", false), AgeDecision::OfAge { minimum });
    let at = |today: &str| {
        let birth = BirthDate::Full(Date::new(2008, 2, 29).unwrap());
        strict.age_decision(birth, today.parse().unwrap(), place("HK"), None, false)
    };
    assert_eq!(at("2026-02-28"), AgeDecision::UnderAge { minimum: 18 });
    assert_eq!(at("2026-03-01"), AgeDecision::OfAge { minimum: 18 });
}

#[test]
fn o5_a_partial_date_or_no_document_proves_nothing() {
    let strict = strict();
    let today = Date::new(2026, 11, 22).unwrap();
    let tomorrow = BirthDate::Full(Date::new(2026, 11, 23).unwrap());
    for birth in [BirthDate::Partial, BirthDate::Unknown, tomorrow] {
        for guardian in [false, true] {
            let decided = strict.age_decision(birth, today, place("DE"), None, guardian);
            assert_eq!(decided, AgeDecision::NotProven { minimum: 16 });
            assert!(!decided.passes());
        }
    }
}

#[test]
fn every_age_has_a_source_and_can_be_meant() {
    for policy in all() {
        assert!(policy.ages().count() > 40);
    }
    for wrong in
        ["DE = { age = 16 }", "DE = { age = 160, source = \"x\" }", "DE = { source = \"x\" }"]
    {
        let text = change(
            "DE = { age = 16, source = \"GDPR article 8(1); Germany set no lower age\" }",
            wrong,
        );
        let refused = policy(&text, "strict").unwrap_err();
        assert!(refused.0.iter().all(|f| f.rule == Rule::Age), "{refused}");
    }
}

#[test]
fn o12_other_jurisdictions_are_refused() {
    let tencent = of("tencent-ekyc");
    for code in ["HK", "SG", "TH", "TW"] {
        assert!(tencent.jurisdiction_allowed(place(code)), "{code}");
    }
    for code in ["DE", "US", "CN"] {
        assert!(!tencent.jurisdiction_allowed(place(code)), "{code}");
    }
    assert!(!tencent.jurisdiction_allowed(None));
    assert!(strict().jurisdiction_allowed(None));
    let own = overlay("tencent-ekyc", "[jurisdictions]\nallowed = [\"SG\"]\n").unwrap();
    assert!(!own.jurisdiction_allowed(place("HK")));
    assert!(overlay("tencent-ekyc", "[jurisdictions]\nallowed = [\"SG\", \"DE\"]\n").is_err());
    assert!(overlay("tencent-ekyc", "[jurisdictions]\nallowed = [\"*\"]\n").is_err());
    assert!(overlay("strict", "[jurisdictions]\nallowed = []\n").is_err());
}

const VETTED: &str = "[[subprocessors]]\nname = \"Example Cloud\"\ntask = \"hosting\"\n\
                      region = \"eu\"\ncategories = [\"results\"]\nvetted_by = \"the operator\"\n\
                      vetted_on = \"2026-11-01\"\n";

#[test]
fn o13_nobody_gets_data_unless_registered() {
    for policy in all() {
        assert!(policy.subprocessors().is_empty(), "{}", policy.name());
    }
    // A tenant does not register anybody: that is the policy's.
    let refused = overlay("strict", VETTED).unwrap_err();
    assert!(refused.0.iter().all(|f| f.rule == Rule::Loosens), "{refused}");
}

#[test]
fn o14_a_subprocessor_is_vetted_and_listed() {
    let policy = beside(&format!("extends = [\"strict\"]\n{VETTED}")).unwrap();
    assert_eq!(policy.subprocessors().first().unwrap().name, "Example Cloud");
    for (from, to) in [
        ("vetted_by = \"the operator\"", "vetted_by = \" \""),
        ("[\"results\"]", "[\"identifiers\"]"),
    ] {
        let text = format!("extends = [\"strict\"]\n{}", VETTED.replace(from, to));
        let refused = beside(&text).unwrap_err();
        assert!(refused.0.iter().all(|f| f.rule == Rule::Subprocessor), "{refused}");
    }
    let unvetted = VETTED.replace("vetted_by = \"the operator\"\n", "");
    assert!(beside(&format!("extends = [\"strict\"]\n{unvetted}")).is_err());
}

#[test]
fn o15_data_stays_in_its_region() {
    for policy in all() {
        for &category in Category::ALL {
            assert_eq!(policy.region_rule(category), RegionRule::Stays);
        }
    }
    let at = "[categories.results]\nregion = \"recorded-basis\"\n";
    let refused = overlay("strict", at).unwrap_err();
    assert!(refused.0.iter().all(|f| f.rule == Rule::Loosens && f.line == 7), "{refused}");
}

#[test]
fn o16_a_transfer_needs_a_ground_of_the_policy() {
    let abroad = |basis: &str| format!("extends = [\"strict\"]\n{VETTED}transfer = \"{basis}\"\n");
    assert!(beside(&abroad("standard-clauses")).is_ok());
    let refused = beside(&abroad("explicit-consent")).unwrap_err();
    assert!(refused.0.iter().all(|f| f.rule == Rule::Subprocessor), "{refused}");
    assert!(overlay("strict", "[transfers]\nbases = [\"adequacy\"]\n").is_ok());
    assert!(overlay("strict", "[transfers]\nbases = [\"explicit-consent\"]\n").is_err());
}

#[test]
fn o25_evidence_and_hold_are_off_and_an_explicit_choice() {
    for policy in all() {
        assert!(!policy.allows_legal_hold());
        for &category in Category::ALL {
            assert_eq!(policy.wants_kyc_record(category), None);
        }
    }
    let record = "legal_hold = true\n[kyc_record]\nenabled = true\nlaw = \"the anti-money-laundering act\"\n\
                  keep = \"1825d\"\ncategories = [\"identification\", \"results\"]\n\
                  readers = [\"privacy-officer\"]\n";
    let own = overlay("strict", record).unwrap();
    assert!(own.allows_legal_hold());
    let five_years = Period::For(std::time::Duration::from_secs(1_825 * 86_400));
    assert_eq!(own.wants_kyc_record(Category::Identification), Some(five_years));
    // The media of two hours are gone all the same: they were not named.
    assert_eq!(own.wants_kyc_record(Category::FaceMedia), None);
    let at_rest = |policy: &Effective, category| policy.at_rest(Family::Verification, category);
    for category in [Category::FaceMedia, Category::Identification] {
        assert_eq!(at_rest(&own, category), at_rest(&strict(), category), "{category}");
    }
    let read = |role| own.may_read(role, Purpose::KycRecord, Category::Identification);
    assert_eq!(read(Role::PrivacyOfficer), Access::Allowed);
    assert_eq!(read(Role::Service), Access::Denied);
    for missing in ["law = ", "keep = ", "categories = "] {
        let text: String = record
            .lines()
            .filter(|line| !line.starts_with(missing))
            .map(|l| format!("{l}\n"))
            .collect();
        let refused = overlay("strict", &text).unwrap_err();
        assert!(refused.0.iter().all(|f| f.rule == Rule::KycRecord), "{missing}: {refused}");
    }
}

#[test]
fn o21_the_risk_interface_tells_signals_only_where_a_policy_names_them() {
    for name in ["strict", "ekyc-pro"] {
        assert_eq!(of(name).risk_signals(), [], "{name}");
        // A tenant does not get more than the policy promises to people.
        let refused = overlay(name, "risk_signals = [\"phone\"]\n").unwrap_err().to_string();
        assert!(refused.contains("risk_signals"), "{refused}");
    }
    let text = "title = 'Rich'\nextends = ['strict']\nrisk_signals = ['phone', 'email']\n";
    let rich = beside(text).unwrap();
    assert_eq!(rich.risk_signals(), [RiskSignals::Phone, RiskSignals::Email]);
    // Telling more goes beyond what people agreed to, telling less does not.
    let asks = |a: &Effective, b: &Effective| {
        let changes = diff(a, b);
        changes
            .iter()
            .find(|one| one.cell.to_string() == "risk_signals")
            .map(|one| one.asks_consent)
    };
    assert_eq!(asks(&strict(), &rich), Some(true));
    assert_eq!(asks(&rich, &of("ekyc-pro")), Some(false));
}
