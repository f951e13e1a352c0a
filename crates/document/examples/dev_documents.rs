//! Reads the documents of the measuring data (`BONAFIDE_DEV_DATA`) and prints
//! what was read and what it cost. Argument: only paths that hold this text.
//! Output shows the documents' content: for the terminal only.
#![expect(clippy::unwrap_used, reason = "a measuring tool stops at the first surprise")]

use std::path::PathBuf;
use std::sync::Arc;

use bonafide_context::Date;
use bonafide_document::DocumentReader;
use bonafide_inference::Models;
use bonafide_media::{Decoder, InProcess};

fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

fn main() {
    let root = PathBuf::from(std::env::var("BONAFIDE_DEV_DATA").unwrap());
    let filter = std::env::args().nth(1).unwrap_or_default();
    let reader = DocumentReader::new(Arc::new(Models::open_default().unwrap()));
    let mut table = csv::Reader::from_path(root.join("manifest.csv")).unwrap();
    let (mut all, mut exact, mut times) = (0, 0, Vec::new());
    let today = Date::new(2026, 11, 22).unwrap();
    for row in table.records() {
        let row = row.unwrap();
        if &row[1] != "document" || !row[0].contains(&filter) {
            continue;
        }
        let truth: serde_json::Value = serde_json::from_str(&row[4]).unwrap();
        let bytes = std::fs::read(root.join(&row[0])).unwrap();
        let picture = InProcess::default().decode(&bytes).unwrap().picture;
        let before = cpu();
        let reading = reader.read(&picture, None, today).unwrap();
        let took = cpu() - before;
        let json = serde_json::to_value(&reading).unwrap();
        let same = json["mrz"]["lines"] == truth["mrz"]
            && json["mrz"]["valid"] == truth["check_digits_valid"];
        let mark = if truth["mrz_type"].is_null() {
            if json["mrz"].is_null() { "none" } else { "GHOST" }
        } else {
            all += 1;
            times.push(took);
            if same {
                exact += 1;
                "ok"
            } else {
                "MISS"
            }
        };
        println!("{} {took:.2} {mark} {} {}", &row[0], json["type"], json["warnings"]);
        if mark == "MISS" || mark == "GHOST" {
            println!("   {} {}", truth["mrz"], truth["check_digits_valid"]);
            println!("  >{}", json["mrz"]);
        }
        if std::env::var("FIELDS").is_ok() {
            println!("   viz {}", truth["viz"]);
            for (name, f) in json["fields"].as_object().unwrap() {
                println!("    {name}: {} {} {}", f["value"], f["source"], f["agrees"]);
            }
        }
    }
    times.sort_by(f64::total_cmp);
    if let (Some(half), Some(tenth)) = (times.get(times.len() / 2), times.get(times.len() * 9 / 10))
    {
        println!("{exact} of {all} exact; CPU s median {half:.3} p90 {tenth:.3}");
    }
}
