//! What is wrong with a set of policies, beyond what keeps each from holding.

use crate::coverage;
use crate::file::Parsed;
use crate::finding::{Finding, Rule};
use crate::{Category, Effective, Family, Library, Purpose};

/// Every finding about the files of the library that are `asked` about.
pub(crate) fn library(library: &Library, asked: impl Fn(&str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, file) in library.files.iter().filter(|(_, file)| asked(&file.path)) {
        names(file, &mut findings);
        rows(file, &mut findings);
        match library.effective(name) {
            Ok(effective) => longer_than_parents(library, file, &effective, &mut findings),
            Err(more) => findings.extend(more.0),
        }
    }
    findings.retain(|finding| asked(&finding.file));
    findings
}

fn names(file: &Parsed, findings: &mut Vec<Finding>) {
    let name = &file.file.name;
    let inner = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !inner || !(1..=64).contains(&name.len()) {
        let message = "a name has 1 to 64 lower-case letters, digits and hyphens".to_owned();
        findings.push(file.finding(Rule::Name, &["name".to_owned()], message));
    }
    if file.file.version == 0 {
        let message = "versions count from 1".to_owned();
        findings.push(file.finding(Rule::Gap, &["version".to_owned()], message));
    }
}

fn rows(file: &Parsed, findings: &mut Vec<Finding>) {
    for (path, value) in &file.cells.values {
        let rows = value.as_array().filter(|_| path.last() == "rows");
        for row in rows.into_iter().flatten().filter_map(toml::Value::as_str) {
            if coverage::row(row).is_none() {
                let message = format!("the table of obligations has no row `{row}`");
                findings.push(file.finding(Rule::UnknownRow, &path.0, message));
            }
        }
    }
}

/// A policy may be looser than what it extends where its text says so; it has
/// to name the row that does.
fn longer_than_parents(
    library: &Library,
    file: &Parsed,
    own: &Effective,
    findings: &mut Vec<Finding>,
) {
    let parents: Vec<Effective> =
        file.file.extends.iter().filter_map(|name| library.effective(name).ok()).collect();
    for &category in Category::ALL {
        for &purpose in Purpose::ALL {
            let said = file.file.categories.get(&category).and_then(|c| c.purposes.get(&purpose));
            let (Some(said), Some(mine)) = (said, own.cell(category, purpose)) else { continue };
            let cited = said.rows.as_ref().is_some_and(|rows| !rows.is_empty());
            if cited || said.keep.is_none() && said.keep_by.is_none() {
                continue;
            }
            let at = format!("categories.{category}.purposes.{purpose}");
            for parent in &parents {
                let Some(theirs) = parent.cell(category, purpose) else { continue };
                let longer = Family::ALL
                    .iter()
                    .find(|family| !mine.keep(**family).within(theirs.keep(**family)));
                if let Some(family) = longer {
                    let message = format!(
                        "`{at}` is kept for {} ({family}), longer than {} in `{}`: name in `rows` \
                         what asks for it",
                        mine.keep(*family),
                        theirs.keep(*family),
                        parent.name()
                    );
                    let key = crate::CellPath::of(&format!("{at}.keep"));
                    findings.push(file.finding(Rule::LongerThanParent, &key.0, message));
                }
            }
        }
    }
}
