//! The tables of risk signals, read from the models folder.

use std::fs;
use std::path::Path;

use bonafide_inference::manifest::Manifest;
use bonafide_inference::store::{State, check};
use bonafide_risk::{Risk, TableName, Tables, Weights};

use crate::failure::Failure;

/// The tables that are installed. One that is missing makes its signals `null`; one
/// that is not the manifest's is an error, because nobody could say what it is.
pub(crate) fn risk_tables(models: &Path) -> Result<Tables, Failure> {
    let manifest = Manifest::built_in().map_err(|error| Failure::ours("models_unusable", error))?;
    let mut tables = Tables::default();
    for name in TableName::ALL {
        let Some(file) = manifest.file(name.file()) else { continue };
        match check(models, file) {
            State::Missing => continue,
            State::Ok => {}
            State::WrongHash(_) | State::Unreadable => {
                let message = format!(
                    "the table {} is not the one of the manifest: run `bonafide models fetch`",
                    file.name
                );
                return Err(Failure::ours("models_wrong_hash", message));
            }
        }
        let path = models.join(&file.name);
        let bytes = fs::read(&path).map_err(|error| {
            Failure::ours("file_unreadable", format!("cannot read {}: {error}", path.display()))
        })?;
        let package = manifest.package(file);
        let version = package.map_or_else(String::new, |package| {
            let day = package.published.as_deref().unwrap_or("no date");
            format!("{}, {day}", package.version)
        });
        tables
            .install(*name, &bytes, version)
            .map_err(|error| Failure::ours("models_unusable", error))?;
    }
    Ok(tables)
}

/// What assesses, with the tables that are installed and the weights of this build.
pub(crate) fn assessor(models: &Path) -> Result<Risk, Failure> {
    let weights = Weights::built_in().map_err(|error| Failure::ours("weights_unusable", error))?;
    Risk::new(risk_tables(models)?, weights).map_err(|error| Failure::ours("plans_unusable", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_in_the_manifest_with_a_date() {
        let manifest = Manifest::built_in().unwrap();
        for name in TableName::ALL {
            let file = manifest.file(name.file()).unwrap();
            let day = manifest.package(file).unwrap().published.as_deref().unwrap();
            assert!(day.parse::<bonafide_context::Date>().is_ok(), "{name}: {day}");
        }
    }

    #[test]
    fn a_missing_table_is_null_and_a_changed_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let tables = risk_tables(folder.path()).unwrap();
        assert!(tables.versions().0.values().all(Option::is_none));
        fs::write(folder.path().join("role-names.txt"), "info\n").unwrap();
        assert_eq!(risk_tables(folder.path()).unwrap_err().code, "models_wrong_hash");
    }
}
