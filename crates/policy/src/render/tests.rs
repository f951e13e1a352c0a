use std::collections::BTreeSet;

use super::words::{Phrase, of};
use super::*;
use crate::tests::{all, change, overlay, policy, strict};
use crate::{Category, Purpose};

const CONTACT: &str = "[contact]\noperator = \"Example Operator\"\naddress = \"1 Example Street\"\n\
                       privacy = \"privacy@example.org\"\nrights_page = \"/rights\"\n\
                       authority = \"Example Authority\"\ncustomer = \"Example Bank\"\n";

fn tenant(on: &str, more: &str) -> Effective {
    overlay(on, &format!("{more}\n{CONTACT}")).unwrap()
}

fn written(kind: DocumentKind, policy: &Effective) -> Document {
    render(kind, policy, None, Language::English)
}

/// Every document of every policy, in both roles, as Markdown and as a page.
fn everything() -> Vec<String> {
    let mut policies = all();
    policies.push(tenant("strict", ""));
    policies.push(tenant("tencent-ekyc", ""));
    let mut texts = Vec::new();
    for policy in &policies {
        for &kind in DocumentKind::ALL {
            let document = written(kind, policy);
            let page = document.html();
            let body = page.split("</style>").last().unwrap().to_owned();
            texts.extend([document.markdown(), body]);
        }
    }
    texts
}

#[test]
fn o19_no_document_claims_irreversibility() {
    for text in everything() {
        let text = text.to_lowercase();
        for claim in ["irreversib", "cannot be traced", "anonymous", "no actual content"] {
            assert!(!text.contains(claim), "{claim}");
        }
    }
}

#[test]
fn d17_the_notice_says_what_the_numbers_of_a_face_are() {
    let notice = written(DocumentKind::PrivacyNotice, &strict()).markdown();
    assert!(notice.contains("can point to a person and are never stored"));
}

#[test]
fn m6_no_document_claims_absolute_safety() {
    for text in everything() {
        let text = text.to_lowercase();
        for claim in [
            "guarantee",
            "absolute",
            "100 %",
            "100%",
            "completely safe",
            "fully secure",
            "unbreakable",
        ] {
            assert!(!text.contains(claim), "{claim}");
        }
    }
    let notice = written(DocumentKind::PrivacyNotice, &strict()).markdown();
    assert!(notice.contains("They cannot rule it out"));
}

#[test]
fn o1_the_role_switches_notice_terms_and_rights_channel() {
    let controller = tenant("strict", "");
    let processor = tenant("alibaba-id-verification", "");
    let notice = |policy| written(DocumentKind::PrivacyNotice, policy).markdown();
    let (as_controller, as_processor) = (notice(&controller), notice(&processor));
    assert!(as_controller.contains("Example Operator decides why and how"));
    assert!(as_controller.contains("You can ask Example Operator at any time"));
    assert!(!as_controller.contains("Example Bank"));
    assert!(as_processor.contains("Example Bank decides why and how"));
    assert!(as_processor.contains("You can ask Example Bank at any time"));
    let terms = |policy| written(DocumentKind::ProcessingTerms, policy).markdown();
    assert!(terms(&controller).contains("is itself the controller"));
    assert!(terms(&controller).contains("- The customer gives"));
    assert!(!terms(&controller).contains("for Example Operator"));
    assert!(!terms(&processor).contains("is itself the controller"));
    assert!(terms(&processor).contains("- Example Bank gives"));
    // The same policy in the other role, chosen by the tenant.
    let switched = tenant("strict", "[roles]\nservice = \"processor\"\n");
    assert!(notice(&switched).contains("Example Bank decides why and how"));
}

#[test]
fn o7_a_processor_says_whom_to_ask() {
    let notice = written(DocumentKind::PrivacyNotice, &tenant("tencent-ekyc", "")).markdown();
    assert!(notice.contains("turn to Example Bank"));
    assert!(notice.contains("your request is forwarded and you are told so"));
}

#[test]
fn o2_whoever_trains_is_responsible_for_it() {
    let notice = |on| written(DocumentKind::PrivacyNotice, &tenant(on, "")).markdown();
    let sentence = "For improving recognition, Example Operator is itself responsible.";
    assert!(notice("tencent-ekyc").contains(sentence));
    assert!(!notice("tencent-ekyc-dpsa").contains(sentence));
}

#[test]
fn o2_the_register_names_the_role_of_each_purpose() {
    let record = written(DocumentKind::RecordOfProcessing, &tenant("tencent-ekyc", ""));
    let entries = record.sections.iter().find(|section| section.id == "entries").unwrap();
    let [Block::Cards(cards)] = entries.blocks.as_slice() else { panic!("{entries:?}") };
    let role = |title: &str| {
        let card = cards.iter().find(|card| card.title == title).unwrap();
        card.facts.iter().find(|fact| fact.name == "Role").unwrap().value.clone()
    };
    assert_eq!(role("Service"), "processor");
    assert_eq!(role("Improvement of models"), "controller");
    // Every purpose that data is kept for has its entry.
    let policy = tenant("tencent-ekyc", "");
    let kept = |purpose| Category::ALL.iter().any(|c| policy.cell(*c, purpose).is_some());
    assert_eq!(cards.len(), Purpose::ALL.iter().filter(|purpose| kept(**purpose)).count());
}

#[test]
fn o9_the_notice_names_every_right_and_the_authority() {
    let notice = written(DocumentKind::PrivacyNotice, &tenant("strict", "")).markdown();
    for right in ["is held", "corrected", "deleted", "not used", "object", "machines can read"] {
        assert!(notice.contains(right), "{right}");
    }
    assert!(notice.contains("complain to a data protection authority: Example Authority"));
    assert!(notice.contains("within 28 days"));
}

#[test]
fn o18_the_notice_names_the_contact() {
    let named = tenant("strict", "");
    assert_eq!(named.unset_contacts(), Vec::<&str>::new());
    let page = written(DocumentKind::PrivacyNotice, &named).html();
    assert!(page.contains("<a href=\"mailto:privacy@example.org\">privacy@example.org</a>"));
    assert!(page.contains("<a href=\"/rights\">"));
    // What is not set is said to be so, on the page and to the server.
    let unset = strict();
    assert_eq!(
        unset.unset_contacts(),
        ["contact.operator", "contact.privacy", "contact.authority"]
    );
    assert!(written(DocumentKind::PrivacyNotice, &unset).html().contains("not set yet"));
    for wrong in ["javascript:alert(1)", "http://example.org", "a@b", "//example.org", "x y@e.org"]
    {
        let text = format!("[contact]\nprivacy = \"{wrong}\"\n");
        let refused = overlay("strict", &text).unwrap_err();
        assert!(refused.0.iter().all(|f| f.rule == crate::Rule::Contact), "{refused}");
    }
}

#[test]
fn m10_every_document_is_made_from_the_policy() {
    // A cell that changes shows in every document that speaks of it.
    let results = "[categories.results.purposes.service]\nkeep = \"47m\"\n";
    let own = tenant("strict", results);
    for kind in [
        DocumentKind::PrivacyNotice,
        DocumentKind::ProcessingTerms,
        DocumentKind::RecordOfProcessing,
        DocumentKind::ImpactAssessment,
    ] {
        assert!(written(kind, &own).markdown().contains("47 minutes"), "{kind}");
        assert!(!written(kind, &strict()).markdown().contains("47 minutes"), "{kind}");
    }
    // Each carries the fingerprint of what it was made from.
    for &kind in DocumentKind::ALL {
        assert!(written(kind, &own).html().contains(own.id().short()), "{kind}");
    }
    // No kind of data is left out of the record and of the register.
    for &category in Category::ALL {
        let name = of(Language::English).entry(category);
        for kind in [DocumentKind::RecordOfProcessing, DocumentKind::TransferRegister] {
            assert!(written(kind, &own).markdown().contains(name), "{kind} {category}");
        }
    }
}

#[test]
fn evidence_and_hold_are_named_where_they_are_on() {
    let notice =
        |more: &str| written(DocumentKind::PrivacyNotice, &tenant("strict", more)).markdown();
    assert!(!notice("").contains("Evidence that has to be kept"));
    let on = "legal_hold = true\n[kyc_record]\nenabled = true\nlaw = \"the Example Act\"\n\
              keep = \"1825d\"\ncategories = [\"identification\"]\n";
    let text = notice(on);
    assert!(text.contains("the Example Act") && text.contains("5 years"), "{text}");
    assert!(text.contains("it can be put on hold"));
}

#[test]
fn what_changed_is_said_with_its_consequence() {
    let text = change("version = 1", "version = 2").replace("keep = \"1d\"", "keep = \"2d\"");
    let next = policy(&text, "strict").unwrap();
    let notice = render(DocumentKind::PrivacyNotice, &next, Some(&strict()), Language::English);
    let changed = notice.sections.iter().find(|section| section.id == "changes").unwrap();
    let [Block::Cards(cards), Block::Note(note)] = changed.blocks.as_slice() else {
        panic!("{changed:?}")
    };
    let [card] = cards.as_slice() else { panic!("{cards:?}") };
    assert_eq!(card.title, "Repeated requests: Service");
    let values: Vec<&str> = card.facts.iter().map(|fact| fact.value.as_str()).collect();
    assert_eq!(values, ["1 day", "2 days"]);
    assert!(note.contains("asked again"));
    let same = render(DocumentKind::PrivacyNotice, &next, Some(&next), Language::English);
    assert!(same.markdown().contains("Nothing that concerns data changed since version 2"));
}

#[test]
fn nothing_that_a_policy_says_becomes_markup() {
    let evil = "<script>alert(1)</script>\\\"'&|*_`[x](y)";
    let own = overlay("strict", &format!("[contact]\noperator = \"{evil}\"\n")).unwrap();
    for &kind in DocumentKind::ALL {
        let document = written(kind, &own);
        let page = document.html();
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;"), "{kind}");
        let text = document.markdown();
        assert!(!text.contains("<script") && !text.contains("[x](y)"), "{kind}");
    }
}

#[test]
fn a_page_needs_nothing_else() {
    for policy in all() {
        for &kind in DocumentKind::ALL {
            let page = written(kind, &policy).html();
            for foreign in ["<script", "src=", "@import", "url(", "http://", "https://", "<img"] {
                assert!(!page.contains(foreign), "{foreign}");
            }
            assert!(page.contains("<html lang=\"en\">") && page.contains("viewport"));
            assert_eq!(page.matches("<h1>").count(), 1);
        }
    }
}

/// The places for names in a phrase.
fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
}

#[test]
fn every_language_says_every_phrase_with_the_same_places() {
    let english = of(Language::English);
    for language in Language::ALL {
        let words = of(*language);
        assert_eq!(words.language(), *language);
        for phrase in Phrase::ALL {
            let (said, meant) = (words.say(*phrase), english.say(*phrase));
            assert!(!said.trim().is_empty(), "{language}: {phrase:?}");
            assert_eq!(places(said), places(meant), "{language}: {phrase:?}");
            // A sentence that was left in English.
            let left = *language != Language::English && said == meant;
            assert!(!left, "{language}: {phrase:?}");
        }
        for category in Category::ALL {
            let (name, about) = words.category(*category);
            assert!(!name.is_empty() && !about.is_empty() && !words.entry(*category).is_empty());
        }
    }
}

#[test]
fn a_notice_in_another_language_says_as_much() {
    let shape = |language| {
        let notice = render(DocumentKind::PrivacyNotice, &strict(), None, language);
        let html = notice.html();
        assert!(html.contains(&format!("<html lang=\"{language}\">")), "{language}");
        let body = html.split("</style>").last().unwrap();
        assert!(!body.contains('{'), "{language}");
        let sections: Vec<_> =
            notice.sections.iter().map(|one| (one.id, one.blocks.len())).collect();
        sections
    };
    for language in Language::ALL {
        assert_eq!(shape(*language), shape(Language::English), "{language}");
    }
}

#[test]
fn every_phrase_has_words_and_its_places_are_filled() {
    for text in everything() {
        assert!(!text.contains('{'), "{}", text.split('{').nth(1).unwrap_or_default());
    }
}

#[test]
fn the_shapes_of_the_documents() {
    let own = tenant("tencent-ekyc", "legal_hold = true\n");
    for &kind in DocumentKind::ALL {
        insta::assert_snapshot!(kind.as_str(), written(kind, &own).markdown());
    }
    insta::assert_snapshot!("page", written(DocumentKind::TransferRegister, &own).html());
}
