//! The layouts against the types that are read, the people against the numbers.

use bonafide_context::{Date, Seeded};
use bonafide_document::{DocumentTypes, number};

use super::Layouts;

fn today() -> Date {
    Date::new(2026, 11, 22).unwrap()
}

#[test]
fn every_layout_is_of_a_type_and_prints_fields_that_are_read() {
    let types = DocumentTypes::built_in().unwrap().list();
    for layout in Layouts::built_in().unwrap().iter() {
        let name = &layout.document_type;
        let info = types.iter().find(|info| info.id == *name).unwrap();
        assert_eq!(info.size_mm, <[f32; 2]>::from(layout.size_mm), "{name}");
        for side in &layout.sides {
            let read = info.sides.iter().find(|read| {
                serde_json::to_value(read.name).unwrap() == serde_json::json!(side.name)
            });
            let fields: Vec<&str> = read.unwrap().fields.iter().map(|f| f.name.name()).collect();
            for truth in &side.truth {
                assert!(fields.contains(&truth.as_str()), "{name} {}: {truth}", side.name);
            }
            for field in fields {
                let printed = side.truth.iter().any(|truth| truth == field);
                assert!(printed, "{name} {}: {field} is read and never printed", side.name);
            }
        }
    }
}

/// Generators and registry were written apart: they must agree on what a number is.
#[test]
fn every_made_up_number_is_one_of_its_kind() {
    let types = DocumentTypes::built_in().unwrap().list();
    for layout in Layouts::built_in().unwrap().iter() {
        let info = types.iter().find(|info| info.id == layout.document_type).unwrap();
        let kind = info.number.as_deref().and_then(number::find).unwrap();
        for seed in 0..200 {
            let holding = layout.holding(today(), &mut Seeded::new(seed));
            let verdict = kind.check(holding.value("number").unwrap(), today());
            assert!(
                matches!(verdict, number::Verdict::Valid(_)),
                "{} {seed}: {verdict:?}",
                info.id
            );
        }
    }
}

#[test]
fn a_text_with_a_value_that_is_missing_is_left_out() {
    let layouts = Layouts::built_in().unwrap();
    let holding = layouts.of("hkg_id").unwrap().holding(today(), &mut Seeded::new(1));
    assert!(holding.fill("{number}").is_some_and(|text| text.ends_with(')')));
    assert_eq!(holding.fill("plain").as_deref(), Some("plain"));
    assert_eq!(holding.fill("{no_such}"), None);
    assert_eq!(holding.fill("{open"), None);
    assert!(!format!("{holding:?}").contains('('));
}
