//! The documents of the measuring data, read as a whole: the floor that must
//! not be lost. Needs `BONAFIDE_DEV_DATA` and the models.

use std::path::PathBuf;

use bonafide_context::Date;
use bonafide_document::DocumentReader;
use bonafide_inference::testing::models;
use bonafide_media::{Decoder, InProcess};

/// Documents of 44 whose lines must be read without a wrong character.
const FLOOR: usize = 42;

#[test]
fn the_zones_of_the_measuring_data_are_read() {
    let Some(root) = std::env::var_os("BONAFIDE_DEV_DATA").map(PathBuf::from) else {
        eprintln!("skipped the_zones_of_the_measuring_data_are_read: BONAFIDE_DEV_DATA is unset");
        return;
    };
    let Some(models) = models("the_zones_of_the_measuring_data_are_read") else {
        return;
    };
    let reader = DocumentReader::new(models);
    let today = Date::new(2026, 11, 22).unwrap();
    let (mut zones, mut exact, mut wrong) = (0, 0, Vec::new());
    for row in csv::Reader::from_path(root.join("manifest.csv")).unwrap().records() {
        let row = row.unwrap();
        if &row[1] != "document" {
            continue;
        }
        let truth: serde_json::Value = serde_json::from_str(&row[4]).unwrap();
        let bytes = std::fs::read(root.join(&row[0])).unwrap();
        let picture = InProcess::default().decode(&bytes).unwrap().picture;
        let reading = reader.read(&picture, None, today).unwrap();
        let lines = reading.mrz.as_ref().map(|mrz| serde_json::json!(mrz.lines));
        let valid = reading.mrz.as_ref().is_some_and(|mrz| mrz.valid);
        if truth["mrz_type"].is_null() {
            assert!(lines.is_none(), "{}: a zone where there is none", &row[0]);
            continue;
        }
        zones += 1;
        if lines.as_ref() == Some(&truth["mrz"]) && truth["check_digits_valid"] == valid {
            exact += 1;
        } else if valid {
            wrong.push(row[0].to_owned());
        }
    }
    println!("{exact} of {zones} zones exact");
    assert!(exact >= FLOOR.min(zones), "only {exact} of {zones} zones exact");
    assert!(wrong.is_empty(), "accepted as valid with a wrong character: {wrong:?}");
}
