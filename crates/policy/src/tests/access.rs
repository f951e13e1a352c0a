//! Rows about who may read what, and what for.

use super::*;

/// Every role, purpose and category: the matrix that a read is decided by.
fn matrix(policy: &Effective) -> Vec<(Role, Purpose, Category, Access, Access)> {
    let mut cells = Vec::new();
    for &category in Category::ALL {
        for &purpose in Purpose::ALL {
            for &role in Role::ALL {
                let when = |phase| policy.may_read_when(role, purpose, category, phase);
                cells.push((role, purpose, category, when(Phase::Running), when(Phase::Ended)));
            }
        }
    }
    cells
}

#[test]
fn p1_who_may_read_is_decided_cell_by_cell() {
    let strict = strict();
    let cells = matrix(&strict);
    assert_eq!(cells.len(), Role::ALL.len() * Purpose::ALL.len() * Category::ALL.len());
    let mut allowed = String::new();
    for (role, purpose, category, running, ended) in cells {
        // What is not kept for a purpose is read by nobody for it.
        if strict.cell(category, purpose).is_none() && purpose != Purpose::Rights {
            assert_eq!(
                (running, ended),
                (Access::Denied, Access::Denied),
                "{role} {purpose} {category}"
            );
        }
        // The end of a verification gives nobody more.
        if running == Access::Denied {
            assert_eq!(ended, Access::Denied, "{role} {purpose} {category}");
        }
        if running != Access::Denied {
            allowed += &format!("{category} {purpose} {role}: {running:?}, then {ended:?}\n");
        }
    }
    insta::assert_snapshot!(allowed);
}

#[test]
fn p2_the_operation_log_is_read_for_two_purposes() {
    for policy in all() {
        let purposes: Vec<Purpose> = policy.cells(Category::OperationLog).map(|(p, _)| p).collect();
        assert_eq!(purposes, [Purpose::Service, Purpose::Troubleshooting], "{}", policy.name());
    }
}

#[test]
fn p4_after_the_decision_only_delivery_reads() {
    let media = [Category::FaceMedia, Category::DocumentMedia, Category::Identification];
    for name in ["strict", "tencent-ekyc", "tencent-ekyc-dpsa"] {
        let policy = of(name);
        for category in media {
            for &role in Role::ALL {
                let read = policy.may_read_when(role, Purpose::Service, category, Phase::Ended);
                let expected = if role == Role::Caller { Access::Allowed } else { Access::Denied };
                assert_eq!(read, expected, "{name} {role} {category}");
            }
        }
    }
}

#[test]
fn p5_what_is_verified_is_processed_for_the_service() {
    for policy in all() {
        for category in [Category::FaceMedia, Category::DocumentMedia, Category::FaceFeatures] {
            let cell = policy.cell(category, Purpose::Service).unwrap();
            assert_eq!(cell.basis, Basis::Contract, "{} {category}", policy.name());
            // For nothing that the policy does not name, whoever agreed to it.
            for &purpose in Purpose::ALL {
                let named = policy.cell(category, purpose).is_some();
                let may = policy.may_process(purpose, category, true, true);
                assert!(named || !may, "{} {category} {purpose}", policy.name());
            }
        }
    }
}

#[test]
fn p6_statistics_are_read_without_personal_data() {
    // What a tenant's statistics are made of shows no end user.
    for category in [Category::Monitoring, Category::Configuration] {
        assert!(!category.is_of_end_user());
        assert_eq!(strict().may_read(Role::Caller, Purpose::Service, category), Access::Allowed);
    }
}

#[test]
fn p7_support_reads_under_a_grant_only() {
    for policy in all() {
        let mut under_grant = 0;
        for (role, purpose, category, running, ended) in matrix(&policy) {
            let granted = running == Access::UnderGrant || ended == Access::UnderGrant;
            under_grant += usize::from(granted);
            assert_eq!(granted, granted && role == Role::Support);
            assert!(role != Role::Support || running != Access::Allowed, "{purpose} {category}");
            assert!(!granted || purpose == Purpose::Troubleshooting, "{purpose} {category}");
        }
        assert!(under_grant > 0);
    }
    // Nobody else looks for errors in data, and support looks at nothing else.
    let at = "[categories.face_media.purposes.troubleshooting]\nreaders = [\"operator\"]\n";
    let refused = beside(&format!("extends = [\"strict\"]\n{at}")).unwrap_err();
    assert!(refused.0.iter().all(|f| f.rule == Rule::ReaderWithoutGrant), "{refused}");
    let at =
        "[categories.results.purposes.service]\nreaders = [\"service\", \"caller\", \"support\"]\n";
    let refused = beside(&format!("extends = [\"strict\"]\n{at}")).unwrap_err();
    assert!(refused.0.iter().all(|f| f.rule == Rule::ReaderWithoutGrant), "{refused}");
}

#[test]
fn p8_billing_reads_calls_and_accounts_only() {
    for policy in all() {
        for &category in Category::ALL {
            let billed = policy.cell(category, Purpose::Billing).is_some();
            let may_be = matches!(
                category,
                Category::Monitoring | Category::Account | Category::Diagnostics
            );
            assert!(!billed || may_be, "{} {category}", policy.name());
        }
    }
}

#[test]
fn o21_nobody_reads_an_identifier_but_the_call_that_was_given_it() {
    for policy in all() {
        for &role in Role::ALL {
            for &purpose in Purpose::ALL {
                let reads = policy.may_read(role, purpose, Category::Identifiers);
                let own = role == Role::Service && purpose == Purpose::Service;
                let asked = purpose == Purpose::Rights;
                assert!(own || asked || reads == Access::Denied, "{} {role}", policy.name());
            }
        }
        // Nor is there anything that a person's rights could show: nothing rests.
        assert_eq!(policy.storage(Category::Identifiers), Storage::Memory);
    }
}

#[test]
fn p12_the_thirty_day_store_opens_under_a_grant_only() {
    let policy = of("alibaba-id-verification");
    for category in [Category::FaceMedia, Category::DocumentMedia, Category::Identification] {
        for &purpose in Purpose::ALL {
            for &role in Role::ALL {
                let read = policy.may_read_when(role, purpose, category, Phase::Ended);
                let expected = match (purpose, role) {
                    (Purpose::Troubleshooting, Role::Support) => Access::UnderGrant,
                    // A person's own data is answered for, whatever the store.
                    (Purpose::Rights, Role::Caller | Role::PrivacyOfficer | Role::DataSubject) => {
                        Access::Allowed
                    }
                    _ => Access::Denied,
                };
                assert_eq!(read, expected, "{category} {purpose} {role}");
            }
        }
    }
}

#[test]
fn p9_every_cell_has_a_basis_and_biometrics_a_condition() {
    for policy in all() {
        for &category in Category::ALL.iter().filter(|category| category.is_biometric()) {
            for (purpose, cell) in policy.cells(category) {
                assert!(cell.condition.is_some(), "{} {category} {purpose}", policy.name());
            }
        }
    }
    let findings = lint(&[source("s.toml", &change("basis = \"contract\"\n", ""))]);
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!(finding.rule, Rule::Gap);
    assert!(finding.message.contains("identification.purposes.service.basis"), "{finding}");
    let findings = lint(&[source("s.toml", &change("condition = \"explicit-consent\"\n", ""))]);
    assert!(findings.iter().all(|f| f.rule == Rule::BiometricCondition), "{findings:?}");
    assert!(!findings.is_empty());
}

#[test]
fn p3_improvement_needs_consent_condition_and_thirty_days() {
    let policy = of("tencent-ekyc");
    assert!(!policy.may_process(Purpose::Improvement, Category::FaceMedia, false, false));
    // The customer's warranty does not stand in for this consent.
    assert!(!policy.may_process(Purpose::Improvement, Category::FaceMedia, false, true));
    assert!(policy.may_process(Purpose::Improvement, Category::FaceMedia, true, false));
    for &category in Category::ALL.iter().filter(|category| category.is_of_end_user()) {
        let Some(cell) = policy.cell(category, Purpose::Improvement) else { continue };
        assert_eq!(cell.basis, Basis::LegitimateInterest);
        assert_eq!(cell.condition, Some(Condition::ExplicitConsent));
        assert_eq!(cell.readers, [Role::Operator]);
    }
    for (key, value) in [("consent", "record"), ("condition", "legal-claims"), ("keep", "60d")] {
        let at = "[categories.face_media.purposes.improvement]\nrows = [\"P3\"]";
        let refused = beside(&format!("extends = [\"tencent-ekyc\"]\n{at}\n{key} = \"{value}\"\n"));
        let refused = refused.unwrap_err();
        assert!(refused.0.iter().all(|f| f.rule == Rule::TrainingWithoutConsent), "{refused}");
    }
}

#[test]
fn p3_the_two_texts_disagree_on_training() {
    assert_eq!(of("tencent-ekyc").training(), Training::Consented);
    assert_eq!(of("tencent-ekyc-dpsa").training(), Training::Never);
    for name in ["strict", "tencent-ekyc-dpsa", "alibaba-id-verification", "ekyc-pro"] {
        for &category in Category::ALL {
            let policy = of(name);
            assert!(policy.cell(category, Purpose::Improvement).is_none(), "{name} {category}");
            assert!(!policy.may_process(Purpose::Improvement, category, true, true));
        }
    }
}

#[test]
fn p11_without_training_the_service_goes_on() {
    let never = overlay("tencent-ekyc", "training = \"never\"\n").unwrap();
    for &category in Category::ALL {
        assert!(never.cell(category, Purpose::Improvement).is_none());
    }
    assert!(never.may_process(Purpose::Service, Category::FaceMedia, true, false));
    let switched_on = overlay("strict", "training = \"consented\"\n").unwrap_err();
    assert!(switched_on.0.iter().any(|f| f.message.contains("training")), "{switched_on}");
}
