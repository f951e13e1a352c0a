//! Policies put together (row O24), and what a tenant may change.

use proptest::prelude::*;

use super::*;

#[test]
fn every_bundled_policy_holds_and_none_has_a_finding() {
    assert_eq!(lint(&bundled_sources()), []);
    assert_eq!(all().len(), 6);
}

#[test]
fn o24_the_module_prevails_over_what_it_extends() {
    let tencent = of("tencent-ekyc");
    assert_eq!(tencent.chain(), ["tencent-ekyc", "tencent-account", "strict"]);
    // Three say what the role is; the module itself wins.
    assert_eq!(strict().role(Purpose::Service), DataRole::Controller);
    assert_eq!(of("tencent-account").role(Purpose::Service), DataRole::Controller);
    assert_eq!(tencent.role(Purpose::Service), DataRole::Processor);
    // What the module does not speak of comes from below.
    assert!(tencent.cell(Category::Configuration, Purpose::Improvement).is_some());
    assert_eq!(tencent.answer_days(), strict().answer_days());
}

#[test]
fn o24_two_parents_that_disagree_fail_lint() {
    let both = "extends = [\"tencent-ekyc\", \"tencent-ekyc-dpsa\"]\n";
    let refused = beside(both).unwrap_err();
    assert!(refused.0.iter().all(|f| f.rule == Rule::Ambiguous && f.line == 4), "{refused}");
    assert!(refused.to_string().contains(
        "`training` is \"consented\" in `tencent-ekyc` and \"never\" in `tencent-ekyc-dpsa`"
    ));
    // Where they agree, or where one of them is built on the other, there is no
    // doubt; where the module decides, its word holds.
    let decided = beside(&format!("{both}title = \"Both\"\ntraining = \"never\"\n")).unwrap();
    assert_eq!(decided.training(), Training::Never);
    assert_eq!(decided.consent(Purpose::Service, Category::FaceMedia), ConsentRule::Enforce);
    let diamond = beside("extends = [\"strict\", \"tencent-ekyc\"]\n").unwrap();
    assert_eq!(diamond.training(), Training::Consented);
}

#[test]
fn o24_the_effective_policy_is_printed_and_reads_the_same() {
    for printed in all() {
        let again = policy(printed.to_toml(), printed.name()).unwrap();
        assert_eq!(again.id(), printed.id());
        assert_eq!(again.to_toml(), printed.to_toml());
        assert_eq!(diff(&printed, &again), []);
        assert_eq!(again.chain(), [printed.name()]);
    }
    insta::assert_snapshot!(of("tencent-ekyc-dpsa").to_toml());
}

#[test]
fn a_cycle_and_an_unknown_parent_are_named() {
    let file = |name: &str, extends: &str| {
        let head = format!("name = \"{name}\"\nversion = 1\neffective_from = \"2026-12-01\"\n");
        source(&format!("{name}.toml"), &format!("{head}extends = [\"{extends}\"]\n"))
    };
    let findings = lint(&[file("a", "b"), file("b", "c"), file("c", "a")]);
    assert!(findings.len() >= 3, "{findings:?}");
    assert!(findings.iter().all(|f| f.rule == Rule::Cycle && f.line == 4), "{findings:?}");
    assert!(lint(&[file("a", "a")]).iter().all(|f| f.rule == Rule::Cycle));
    let findings = lint(&[file("a", "strickt")]);
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!(finding.rule, Rule::UnknownParent);
    assert!(finding.message.ends_with("did you mean `strict`?"), "{finding}");
}

#[test]
fn a_tower_of_policies_ends_and_a_lattice_is_composed_once() {
    let file = |n: usize, extends: &str| {
        let head = format!("name = \"p{n}\"\nversion = 1\neffective_from = \"2026-12-01\"\n");
        source(&format!("p{n}.toml"), &format!("{head}extends = [{extends}]\n"))
    };
    let tower = |height: usize| -> Vec<Source> {
        let below = |n: usize| match n {
            0 => "\"strict\"".to_owned(),
            1 => "\"p0\"".to_owned(),
            _ => format!("\"p{}\", \"p{}\"", n - 1, n - 2),
        };
        (0..height).map(|n| file(n, &below(n))).collect()
    };
    let effective = |height: usize| {
        BUNDLED.with(&tower(height)).unwrap().effective(&format!("p{}", height - 1))
    };
    assert!(effective(14).is_ok());
    let refused = effective(400).unwrap_err();
    assert!(refused.0.iter().all(|f| f.rule == Rule::Cycle), "{refused}");
}

#[test]
fn the_examples_of_the_readme_hold() {
    let text = include_str!("../../../../policies/README.md");
    let mut examples = vec![String::new()];
    for line in text.lines() {
        match line.strip_prefix("    ") {
            Some(line) => *examples.last_mut().unwrap() += &format!("{line}\n"),
            None if line.starts_with("##") => examples.push(String::new()),
            None => {}
        }
    }
    let [policy, tenant] = examples.iter().filter(|text| !text.is_empty()).collect::<Vec<_>>()[..]
    else {
        panic!("{examples:?}")
    };
    let ours = BUNDLED.with(&[source("ours.toml", policy)]).unwrap().effective("ours").unwrap();
    let keep = |family| ours.cell(Category::Results, Purpose::Service).unwrap().keep(family);
    assert_eq!(
        (keep(Family::Liveness).to_string(), keep(Family::Sdk).to_string()),
        ("1h".into(), "30m".into())
    );
    let tenant = beside(tenant).unwrap();
    assert_eq!(tenant.unset_contacts(), ["contact.authority"]);
}

#[test]
fn a_second_file_of_a_name_and_a_row_that_is_none_are_named() {
    let text = bundled_sources().first().unwrap().text.clone();
    let findings = lint(&[source("a.toml", &text), source("b.toml", &text)]);
    assert!(findings.iter().any(|f| f.rule == Rule::Name && f.file == "b.toml"), "{findings:?}");
    let findings = lint(&[source("a.toml", &text.replacen("\"R10\"", "\"R13\"", 1))]);
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!(finding.rule, Rule::UnknownRow);
}

#[test]
fn a_policy_with_a_longer_clock_has_to_name_what_asks_for_it() {
    let at = |rows: &str| {
        let head = "name = \"own\"\nversion = 1\neffective_from = \"2026-12-01\"\n";
        let cell = "[categories.results.purposes.service]\nkeep = \"3d\"\n";
        lint(&[source("own.toml", &format!("{head}extends = [\"strict\"]\n{cell}{rows}"))])
    };
    assert_eq!(at("rows = [\"R10\"]\n"), []);
    let findings = at("");
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!((finding.rule, finding.line), (Rule::LongerThanParent, 6));
}

#[test]
fn a_tenant_may_only_tighten() {
    for (text, cell) in [
        (
            "[categories.face_media.purposes.service]\nkeep = \"3h\"\n",
            "face_media.purposes.service.keep",
        ),
        ("[categories.results.purposes.service]\nkeep_by = { sdk = \"3h\" }\n", "keep_by.sdk"),
        (
            "[categories.results.purposes.service]\nreaders = [\"service\", \"operator\"]\n",
            "readers",
        ),
        ("[categories.results.purposes.service]\nbasis = \"consent\"\n", "basis"),
        ("[categories.results]\nstorage = \"objects\"\n", "categories.results.storage"),
        ("[rights]\nanswer_days = 90\n", "rights.answer_days"),
        ("announce_days = 1\n", "announce_days"),
        ("[profiles.long.keep]\nresults = { sdk = \"30d\" }\n", "profiles"),
        (
            "[categories.results.purposes.security]\nbasis = \"contract\"\nconsent = \"none\"\n\
             keep = \"1h\"\nreaders = [\"service\"]\n",
            "categories.results.purposes.security",
        ),
    ] {
        let refused = overlay("strict", text).unwrap_err();
        assert!(refused.0.iter().all(|f| f.rule == Rule::Loosens), "{text}: {refused}");
        assert!(refused.to_string().contains(cell), "{text}: {refused}");
    }
    let tighter = "[categories.results.purposes.service]\nkeep = \"1h\"\nreaders = [\"service\", \"caller\"]\n\
                   [rights]\nanswer_days = 14\n";
    let own = overlay("strict", tighter).unwrap();
    assert_eq!(own.answer_days(), 14);
    assert_eq!(own.may_read(Role::Reviewer, Purpose::Service, Category::Results), Access::Denied);
}

#[test]
fn an_overlay_stands_on_one_policy_and_nothing_stands_on_it() {
    let two = beside("kind = \"overlay\"\nextends = [\"strict\", \"ekyc-pro\"]\n").unwrap_err();
    assert!(two.0.iter().all(|f| f.rule == Rule::Overlay), "{two}");
    let head =
        |name: &str| format!("name = \"{name}\"\nversion = 1\neffective_from = \"2026-12-01\"\n");
    let lower =
        source("l.toml", &format!("{}kind = \"overlay\"\nextends = [\"strict\"]\n", head("lower")));
    let upper = source("u.toml", &format!("{}extends = [\"lower\"]\n", head("upper")));
    let findings = lint(&[lower, upper]);
    assert!(findings.iter().any(|f| f.rule == Rule::Overlay && f.file == "u.toml"), "{findings:?}");
}

/// A period that a policy file can say.
fn keep() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("call".to_owned()),
        (1u32..400).prop_map(|n| format!("{n}h")),
        (1u32..900).prop_map(|n| format!("{n}d")),
        Just("until contract-ends".to_owned()),
    ]
}

fn cell() -> impl Strategy<Value = (Category, Purpose)> {
    let cells: Vec<(Category, Purpose)> = Category::ALL
        .iter()
        .flat_map(|&c| strict().cells(c).map(move |(p, _)| (c, p)).collect::<Vec<_>>())
        .collect();
    prop::sample::select(cells)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever a tenant writes, the result is never looser than the policy.
    #[test]
    fn no_overlay_ever_loosens(
        on in prop::sample::select(vec!["strict", "tencent-ekyc", "alibaba-id-verification"]),
        (category, purpose) in cell(),
        keep in keep(),
        family in prop::option::of(prop::sample::select(Family::ALL)),
    ) {
        let key = family.map_or("keep".to_owned(), |family| format!("keep_by.{family}"));
        let text = format!("[categories.{category}.purposes.{purpose}]\n{key} = \"{keep}\"\n");
        let policy = of(on);
        match overlay(on, &text) {
            Ok(own) => for &family in Family::ALL {
                let mine = own.cell(category, purpose).unwrap().keep(family);
                prop_assert!(mine.within(policy.cell(category, purpose).unwrap().keep(family)));
            },
            Err(refused) => prop_assert!(!refused.0.is_empty()),
        }
    }

    /// Whatever stands in a file, it holds whole or it is refused with a line.
    #[test]
    fn no_change_of_a_policy_holds_by_half(
        at in 0usize..14_000, with in "[\\[\\]\"=.{}a-z0-9\n]{0,3}", cut in 0usize..9,
    ) {
        let mut text = change("", "");
        let from = text.floor_char_boundary(at.min(text.len()));
        let to = text.floor_char_boundary((from + cut).min(text.len()));
        text.replace_range(from..to, &with);
        match policy(&text, "strict") {
            Ok(policy) => for &category in Category::ALL {
                prop_assert!(policy.cells(category).next().is_some());
            },
            Err(refused) => {
                prop_assert!(!refused.0.is_empty());
                prop_assert!(refused.0.iter().all(|f| f.line >= 1 && !f.message.is_empty()));
            }
        }
    }

    /// The order of parents does not matter, and a module decides alone.
    #[test]
    fn the_order_of_parents_does_not_matter(
        mut names in prop::sample::subsequence(
            vec!["strict", "tencent-account", "tencent-ekyc", "tencent-ekyc-dpsa", "ekyc-pro"], 1..=3,
        ),
    ) {
        let text = |names: &[&str]| format!("title = \"x\"\nextends = {names:?}\n");
        let one = beside(&text(&names));
        names.reverse();
        let other = beside(&text(&names));
        match (one, other) {
            (Ok(one), Ok(other)) => {
                for &category in Category::ALL {
                    for &purpose in Purpose::ALL {
                        let (one, other) = (one.cell(category, purpose), other.cell(category, purpose));
                        let same = |c: Option<&Cell>| c.map(|c| (c.basis, c.consent, c.keep, c.keep_by.clone(), c.readers.clone()));
                        prop_assert_eq!(same(one), same(other));
                    }
                }
            }
            (Err(_), Err(_)) => {}
            (one, other) => prop_assert!(false, "{:?} {:?}", one.is_ok(), other.is_ok()),
        }
    }
}
