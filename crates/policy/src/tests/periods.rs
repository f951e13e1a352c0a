//! Rows about time, and about what may not rest at all.

use std::time::Duration;

use super::*;

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

fn period(seconds: u64) -> Period {
    Period::For(Duration::from_secs(seconds))
}

#[test]
fn r1_the_policies_say_two_years() {
    for policy in [of("tencent-ekyc"), of("tencent-ekyc-dpsa"), strict()] {
        for category in [Category::Monitoring, Category::OperationLog] {
            let kept = policy.retention(Family::Liveness, category, Purpose::Service);
            assert_eq!(kept, period(730 * DAY), "{} {category}", policy.name());
        }
    }
}

#[test]
fn r2_training_data_has_a_clock_of_thirty_days() {
    let policy = of("tencent-ekyc");
    for category in [Category::Identification, Category::FaceMedia, Category::DocumentMedia] {
        let kept = policy.retention(Family::Liveness, category, Purpose::Improvement);
        assert_eq!(kept, period(30 * DAY));
        // The copy apart does not lengthen the clock of what the service keeps.
        assert_eq!(policy.at_rest(Family::Liveness, category), period(2 * HOUR));
    }
    let longer =
        "[categories.identification.purposes.improvement]\nkeep = \"31d\"\nrows = [\"R2\"]\n";
    let refused = beside(&format!("extends = [\"tencent-ekyc\"]\n{longer}")).unwrap_err();
    assert!(refused.0.iter().all(|f| f.rule == Rule::TrainingWithoutConsent), "{refused}");
}

#[test]
fn r3_r4_media_and_results_have_two_hours() {
    for name in ["strict", "tencent-ekyc", "tencent-ekyc-dpsa"] {
        let policy = of(name);
        let families = [Family::Liveness, Family::Document, Family::Selfie, Family::Sdk];
        for family in families {
            for category in [
                Category::FaceMedia,
                Category::DocumentMedia,
                Category::Identification,
                Category::Results,
            ] {
                assert_eq!(policy.at_rest(family, category), period(2 * HOUR), "{name} {category}");
            }
        }
    }
}

#[test]
fn r5_id_verification_has_thirty_days() {
    let policy = of("alibaba-id-verification");
    for category in [
        Category::FaceMedia,
        Category::DocumentMedia,
        Category::Identification,
        Category::Results,
        Category::Device,
        Category::ClientEvents,
    ] {
        assert_eq!(
            policy.at_rest(Family::IdVerification, category),
            period(30 * DAY),
            "{category}"
        );
    }
    assert_eq!(policy.at_rest(Family::Verification, Category::FaceMedia), period(2 * HOUR));
}

#[test]
fn r7_contact_messages_are_gone_within_24_months() {
    for policy in all() {
        let kept = policy.at_rest(Family::Management, Category::Contact);
        assert_eq!(kept, period(730 * DAY));
    }
}

#[test]
fn d18_contact_messages_have_a_clock_and_few_readers() {
    let strict = strict();
    assert!(strict.at_rest(Family::Management, Category::Contact).rests());
    for role in [Role::Service, Role::Caller, Role::Reviewer, Role::Support] {
        let access = strict.may_read(role, Purpose::Service, Category::Contact);
        assert_eq!(access, Access::Denied, "{role}");
    }
}

#[test]
fn d17_face_features_never_rest() {
    never_rests(Category::FaceFeatures);
}

#[test]
fn d19_r8_identifiers_never_rest() {
    never_rests(Category::Identifiers);
    for family in [Family::Risk] {
        for policy in all() {
            assert_eq!(policy.at_rest(family, Category::Device), Period::NONE, "{}", policy.name());
        }
    }
}

fn never_rests(category: Category) {
    for policy in all() {
        assert_eq!(policy.storage(category), Storage::Memory);
        for &family in Family::ALL {
            for &purpose in Purpose::ALL {
                assert_eq!(policy.retention(family, category, purpose), Period::NONE);
            }
        }
    }
    let refused = beside(&format!(
        "extends = [\"strict\"]\n[categories.{category}.purposes.service]\nkeep = \"1s\"\n\
         rows = [\"R8\"]\n[categories.{category}]\nstorage = \"records\"\n"
    ))
    .unwrap_err();
    assert_eq!(refused.0.len(), 1 + Family::ALL.len(), "{refused}");
    assert!(refused.0.iter().all(|f| f.rule == Rule::RestsWhatMayNot), "{refused}");
}

#[test]
fn o20_identifiers_train_nothing() {
    for policy in all() {
        assert!(policy.cell(Category::Identifiers, Purpose::Improvement).is_none());
    }
    // Nor can a policy say so: what never rests has no copy.
    let refused = beside(
        "extends = [\"tencent-ekyc\"]\n[categories.identifiers.purposes.improvement]\n\
         basis = \"legitimate-interest\"\ncondition = \"explicit-consent\"\nconsent = \"enforce\"\n\
         keep = \"30d\"\nreaders = [\"operator\"]\nrows = [\"P3\"]\n",
    );
    assert!(refused.unwrap_err().0.iter().any(|f| f.rule == Rule::RestsWhatMayNot));
}

#[test]
fn d20_technical_data_has_a_clock_of_its_own() {
    let strict = strict();
    assert_eq!(strict.at_rest(Family::Management, Category::SecurityLog), period(90 * DAY));
    let cell = strict.cell(Category::SecurityLog, Purpose::Security).unwrap();
    assert_eq!(cell.basis, Basis::LegitimateInterest);
}

#[test]
fn r9_no_log_outlives_two_years() {
    for policy in all() {
        let kept = policy.retention(Family::Risk, Category::Monitoring, Purpose::Billing);
        assert_eq!(kept, period(90 * DAY), "{}", policy.name());
    }
    for &category in Category::ALL.iter().filter(|category| category.is_log()) {
        let (purpose, _) = strict().cells(category).next().map(|(p, c)| (p, c.clone())).unwrap();
        let at = format!("[categories.{category}.purposes.{purpose}]\nrows = [\"R9\"]\n");
        let with = |keep: &str| beside(&format!("extends = [\"strict\"]\n{at}keep = \"{keep}\"\n"));
        assert!(with("730d").is_ok(), "{category}");
        let refused = with("731d").unwrap_err();
        assert!(refused.0.iter().all(|f| f.rule == Rule::LogTooLong), "{refused}");
        assert!(with("until contract-ends").is_err(), "{category}");
    }
}

#[test]
fn r10_results_rest_two_hours_unless_a_profile_says_more() {
    let results =
        |policy: &Effective, family| policy.retention(family, Category::Results, Purpose::Service);
    for name in ["tencent-ekyc", "tencent-ekyc-dpsa"] {
        let plain = overlay(name, "").unwrap();
        let chosen = overlay(name, "profile = \"sdk-texts\"\n").unwrap();
        for (family, hours) in [(Family::Liveness, 2), (Family::Selfie, 72), (Family::Sdk, 72)] {
            assert_eq!(results(&plain, family), period(2 * HOUR));
            assert_eq!(results(&chosen, family), period(hours * HOUR), "{family}");
        }
        // The media do not come along.
        assert_eq!(chosen.at_rest(Family::Sdk, Category::FaceMedia), period(2 * HOUR));
    }
    let alibaba = of("alibaba-id-verification");
    assert_eq!(results(&alibaba, Family::IdVerification), period(30 * DAY));
    assert_eq!(results(&strict(), Family::IdVerification), period(2 * HOUR));
    let unknown = overlay("strict", "profile = \"sdk-texts\"\n").unwrap_err();
    assert!(unknown.0.iter().all(|f| f.rule == Rule::UnknownProfile && f.line == 6), "{unknown}");
    // What was chosen can be tightened again.
    let tight = "profile = \"sdk-texts\"\n[categories.results.purposes.service]\nkeep = \"1h\"\n";
    assert_eq!(results(&overlay("tencent-ekyc", tight).unwrap(), Family::Sdk), period(HOUR));
}

#[test]
fn r11_every_family_has_the_clock_of_its_text() {
    // (policy, family, face media, results)
    let table = [
        ("tencent-ekyc-dpsa", Family::Liveness, 2 * HOUR, 2 * HOUR),
        ("tencent-ekyc-dpsa", Family::Document, 2 * HOUR, 2 * HOUR),
        ("tencent-ekyc", Family::Sdk, 2 * HOUR, 2 * HOUR),
        ("alibaba-id-verification", Family::IdVerification, 30 * DAY, 30 * DAY),
        ("alibaba-id-verification", Family::Liveness, 2 * HOUR, 2 * HOUR),
        ("strict", Family::IdVerification, 2 * HOUR, 2 * HOUR),
    ];
    for (name, family, media, results) in table {
        let policy = of(name);
        assert_eq!(policy.at_rest(family, Category::FaceMedia), period(media), "{name} {family}");
        assert_eq!(policy.at_rest(family, Category::Results), period(results), "{name} {family}");
    }
    let risk = of("ekyc-pro");
    for category in [Category::Identifiers, Category::Device] {
        assert_eq!(risk.at_rest(Family::Risk, category), Period::NONE);
    }
    // The whole table, cell by cell, as it is to be.
    let mut table = String::new();
    for policy in all() {
        for &category in Category::ALL {
            for (purpose, cell) in policy.cells(category) {
                let by = cell.keep_by.iter().map(|(family, keep)| format!(", {family} {keep}"));
                let by: String = by.collect();
                table += &format!("{} {category} {purpose}: {}{by}\n", policy.name(), cell.keep);
            }
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn r12_every_kind_of_data_ends() {
    for policy in all() {
        for &category in Category::ALL {
            assert!(policy.cells(category).next().is_some(), "{} {category}", policy.name());
            for (purpose, cell) in policy.cells(category) {
                let ends = match cell.keep.period() {
                    Period::For(_) => true,
                    Period::UntilClosed => policy.closing_event(category, purpose).is_some(),
                };
                assert!(ends, "{} {category} {purpose}", policy.name());
            }
        }
    }
}

#[test]
fn r12_a_kind_of_data_without_an_end_fails_lint() {
    let findings = lint(&[source("s.toml", &change("keep = \"1d\"\n", ""))]);
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!(finding.rule, Rule::NoPeriod);
    assert!(finding.message.starts_with("`categories.idempotency.purposes.service.keep`"));
    let line = change("keep = \"1d\"\n", "")
        .lines()
        .position(|line| line == "[categories.idempotency.purposes.service]")
        .unwrap();
    assert_eq!(finding.line, line + 1);
    // A kind of data that no policy speaks of does not hold either.
    let without: String = change("", "")
        .split("\n[")
        .filter(|part| !part.starts_with("categories.deliveries"))
        .collect::<Vec<_>>()
        .join("\n[");
    let findings = lint(&[source("s.toml", &without)]);
    assert!(findings.iter().any(|f| f.message.starts_with("`categories.deliveries.purposes`")));
}
