//! The index of a set of samples with their truth.

use super::root::SampleFile;
use super::{Root, Row, Table};
use crate::EvalError;

/// The samples of one kind.
pub(crate) struct Manifest {
    pub(crate) samples: Vec<Sample>,
}

/// One sample.
pub(crate) struct Sample {
    /// Its line in the table.
    pub(crate) line: u64,
    pub(crate) file: SampleFile,
    pub(crate) label: String,
    /// Who or what it shows: samples of one person or document share it.
    pub(crate) group: String,
    /// JSON, or empty.
    pub(crate) ground_truth: String,
    /// What it is and where it comes from, e.g. `phone selfie`.
    pub(crate) note: String,
}

impl Manifest {
    pub(crate) const COLUMNS: [&'static str; 3] = ["path", "kind", "label"];

    /// The rows of `kind`; every file must exist. A row whose group is not
    /// given is a group of its own.
    pub(crate) fn read(table: &Table, root: &Root, kind: &'static str) -> Result<Self, EvalError> {
        let sample = |row: Row<'_>| {
            let file = root.file(row.line, row.get("path"))?;
            let group = match row.get("pair_or_group_id") {
                "" => file.name.clone(),
                group => group.to_owned(),
            };
            Ok(Sample {
                line: row.line,
                file,
                label: row.get("label").to_owned(),
                group,
                ground_truth: row.get("ground_truth").to_owned(),
                note: row.get("note").to_owned(),
            })
        };
        let samples: Vec<_> = table
            .rows()
            .filter(|row| row.get("kind") == kind)
            .map(sample)
            .collect::<Result<_, EvalError>>()?;
        if samples.is_empty() {
            return Err(EvalError::NoRows { wanted: kind });
        }
        Ok(Self { samples })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_kind_only() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), "a").unwrap();
        let root = Root::open(folder.path()).unwrap();
        let text =
            "path,kind,label,pair_or_group_id\na,pad,live,p1\ngone,other,x,\na,pad,spoof_print,\n";
        let table = Table::read(text.as_bytes(), &Manifest::COLUMNS).unwrap();
        let manifest = Manifest::read(&table, &root, "pad").unwrap();
        let rows: Vec<_> =
            manifest.samples.iter().map(|s| (s.line, s.label.as_str(), s.group.as_str())).collect();
        assert_eq!(rows, [(2, "live", "p1"), (4, "spoof_print", "a")]);
        let error = |kind| Manifest::read(&table, &root, kind).err().unwrap().to_string();
        assert_eq!(error("other"), "line 3: there is no file gone under the root folder");
        assert_eq!(error("document"), "the table has no row of document");
    }
}
