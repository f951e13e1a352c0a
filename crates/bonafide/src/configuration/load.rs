//! From a file and the environment to a configuration, or to a sentence that
//! says which line is wrong and what was probably meant.

use std::ops::Range;
use std::path::{Path, PathBuf};

use bonafide_policy::messages::{explain, line_at};
use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

/// Variables of this form override the file: `BONAFIDE__SERVER__LISTEN`.
const PREFIX: &str = "BONAFIDE__";

/// Why there is no configuration.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConfigurationError {
    /// The file cannot be read.
    #[error("cannot read {path}: {reason}")]
    Unreadable { path: PathBuf, reason: String },
    /// A line of the file is wrong.
    #[error("{path}:{line}: {reason}")]
    Wrong { path: PathBuf, line: usize, reason: String },
    /// A variable of the environment is wrong.
    #[error("{variable}: {reason}")]
    Variable { variable: String, reason: String },
    /// A value has the right form and makes no sense; it stands in no file.
    #[error("`{member}`: {reason}")]
    Value { member: String, reason: String },
}

/// Where a value stands whose form is right and which makes no sense: so that
/// it is told with its line, or with the variable that it comes from.
pub(crate) struct Place {
    path: PathBuf,
    text: String,
    /// The keys that variables override.
    variables: Vec<(String, Vec<String>)>,
}

impl Place {
    pub(crate) fn of(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let variables = variables.into_iter().filter_map(|(name, _)| {
            let keys = keys(name.strip_prefix(PREFIX)?);
            Some((name, keys))
        });
        Self {
            path: file.unwrap_or(Path::new("bonafide.toml")).to_owned(),
            // It was read a moment ago; if it is gone, no line is told.
            text: file.and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default(),
            variables: variables.collect(),
        }
    }

    /// What is wrong with the value of a member.
    pub(crate) fn wrong(&self, member: &[&str], reason: &str) -> ConfigurationError {
        let quoted: Vec<String> = member
            .iter()
            .map(|key| if key.contains('.') { format!("\"{key}\"") } else { (*key).to_owned() })
            .collect();
        let name = quoted.join(".");
        let overrides = |keys: &[String]| {
            keys.len() <= member.len() && keys.iter().zip(member).all(|(key, part)| key == part)
        };
        if let Some((variable, _)) = self.variables.iter().find(|(_, keys)| overrides(keys)) {
            return ConfigurationError::Variable {
                variable: variable.clone(),
                reason: format!("`{name}`: {reason}"),
            };
        }
        match locate(&self.text, member) {
            Some(line) => ConfigurationError::Wrong {
                path: self.path.clone(),
                line,
                reason: format!("`{name}`: {reason}"),
            },
            None => ConfigurationError::Value { member: name, reason: reason.to_owned() },
        }
    }
}

/// The line on which a file speaks of a member, or of as much of its path as
/// the file has.
fn locate(text: &str, member: &[&str]) -> Option<usize> {
    let root = DeTable::parse(text).ok()?;
    let mut table = root.get_ref();
    let mut found = None;
    for part in member {
        let Some((key, value)) = table.iter().find(|(key, _)| key.get_ref() == part) else {
            break;
        };
        found = Some(line(text, Some(key.span())));
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => break,
        }
    }
    found
}

/// Reads `file` (without one: every default) and lets `variables` override it.
pub(crate) fn load<T: DeserializeOwned + Serialize>(
    file: Option<&Path>,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<T, ConfigurationError> {
    let text = match file {
        Some(path) => std::fs::read_to_string(path).map_err(|error| {
            ConfigurationError::Unreadable { path: path.to_owned(), reason: error.to_string() }
        })?,
        None => String::new(),
    };
    let path = file.unwrap_or(Path::new("bonafide.toml"));
    parse(path, &text, variables)
}

fn parse<T: DeserializeOwned + Serialize>(
    path: &Path,
    text: &str,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<T, ConfigurationError> {
    let wrong = |error: &toml::de::Error| ConfigurationError::Wrong {
        path: path.to_owned(),
        line: line(text, error.span()),
        reason: explain(error.message()),
    };
    // The file alone first: its errors know their line.
    let from_file: T = toml::from_str(text).map_err(|error| wrong(&error))?;
    let mut overrides: Vec<(String, String)> = variables
        .into_iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(PREFIX)?.to_owned(), value)))
        .collect();
    if overrides.is_empty() {
        return Ok(from_file);
    }
    overrides.sort();
    let mut table: Table = toml::from_str(text).map_err(|error| wrong(&error))?;
    let mut configuration = from_file;
    for (name, value) in overrides {
        let variable = |reason: String| ConfigurationError::Variable {
            variable: format!("{PREFIX}{name}"),
            reason,
        };
        let keys = keys(&name);
        // What looks like a number may be meant as text; and a variable may speak
        // of one half of a value whose other half the file does not mention.
        let attempts = [
            (scalar(&value), false),
            (Value::String(value.clone()), false),
            (scalar(&value), true),
        ];
        let mut first = None;
        let mut read = None;
        for (value, complete) in attempts {
            let mut with = table.clone();
            if complete {
                fill(&mut with, &keys, Table::try_from(&configuration).ok());
            }
            set(&mut with, &keys, value).map_err(variable)?;
            // One after the other, so that the one at fault can be named.
            match Value::Table(with.clone()).try_into::<T>() {
                Ok(configuration) => {
                    read = Some((with, configuration));
                    break;
                }
                Err(error) => first = first.or(Some(error)),
            }
        }
        let why = || first.map_or_else(String::new, |error| explain(error.message()));
        (table, configuration) = read.ok_or_else(|| variable(why()))?;
    }
    Ok(configuration)
}

/// Puts the section that a key stands in, as it holds now, where it is missing.
fn fill(table: &mut Table, keys: &[String], holds: Option<Table>) {
    let ([first, rest @ ..], Some(holds)) = (keys, holds) else { return };
    let Some(Value::Table(inner)) = holds.get(first) else { return };
    match table.get_mut(first) {
        Some(Value::Table(there)) => fill(there, rest, Some(inner.clone())),
        Some(_) => {}
        None if rest.len() == 1 => {
            table.insert(first.clone(), Value::Table(inner.clone()));
        }
        None => {
            let mut made = Table::new();
            fill(&mut made, rest, Some(inner.clone()));
            table.insert(first.clone(), Value::Table(made));
        }
    }
}

/// The keys that a variable's name leads through.
fn keys(name: &str) -> Vec<String> {
    name.split("__").map(str::to_lowercase).collect()
}

/// Puts a value where the keys lead.
fn set(table: &mut Table, keys: &[String], value: Value) -> Result<(), String> {
    match keys {
        [] => Err("a name after BONAFIDE__ is missing".to_owned()),
        [last] => {
            table.insert(last.clone(), value);
            Ok(())
        }
        [first, rest @ ..] => {
            let entry = table.entry(first.clone()).or_insert_with(|| Value::Table(Table::new()));
            match entry {
                Value::Table(inner) => set(inner, rest, value),
                _ => Err(format!("`{first}` is a value, not a section")),
            }
        }
    }
}

/// A variable's text as TOML reads it (a number, a flag, a list), else as text.
fn scalar(text: &str) -> Value {
    toml::from_str::<Table>(&format!("value = {text}"))
        .ok()
        .and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| Value::String(text.to_owned()))
}

/// The line, from 1, on which a span begins.
fn line(text: &str, span: Option<Range<usize>>) -> usize {
    line_at(text, span.map_or(0, |span| span.start))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Sample {
        server: Server,
        rate: Rate,
        prices: BTreeMap<String, u64>,
    }

    /// Both halves have to be said together.
    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Rate {
        per_second: f64,
        burst: u32,
    }

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Server {
        listen: String,
        workers: u32,
        networks: Vec<String>,
    }

    fn read(text: &str, variables: &[(&str, &str)]) -> Result<Sample, String> {
        let variables = variables.iter().map(|&(n, v)| (n.to_owned(), v.to_owned()));
        parse(Path::new("bonafide.toml"), text, variables).map_err(|error| error.to_string())
    }

    #[test]
    fn a_mistyped_key_is_named_with_its_line_and_what_was_meant() {
        let error = read("[server]\nworkers = 2\nlisten_on = \"x\"\n", &[]).unwrap_err();
        assert!(error.starts_with("bonafide.toml:3: unknown field `listen_on`"), "{error}");
        assert!(error.ends_with("did you mean `listen`?"), "{error}");
        let error = read("\n[sever]\n", &[]).unwrap_err();
        assert!(error.starts_with("bonafide.toml:2:"), "{error}");
        assert!(error.ends_with("did you mean `server`?"), "{error}");
    }

    #[test]
    fn a_wrong_value_is_named_with_its_line() {
        let error = read("[server]\n\nworkers = \"two\"\n", &[]).unwrap_err();
        assert!(error.starts_with("bonafide.toml:3: invalid type: string"), "{error}");
        let error = read("[server]\nworkers = = 2\n", &[]).unwrap_err();
        assert!(error.starts_with("bonafide.toml:2:"), "{error}");
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let text = "[server]\nlisten = \"a\"\nworkers = 1\n";
        let variables = [
            ("BONAFIDE__SERVER__LISTEN", "443"),
            ("BONAFIDE__SERVER__WORKERS", "4"),
            ("BONAFIDE__SERVER__NETWORKS", "[\"10.0.0.0/8\"]"),
            ("BONAFIDE__PRICES__READ", "7"),
            ("BONAFIDE_MODELS", "not ours"),
        ];
        let read = read(text, &variables).unwrap();
        assert_eq!(read.server.listen, "443");
        assert_eq!(read.server.workers, 4);
        assert_eq!(read.server.networks, ["10.0.0.0/8"]);
        assert_eq!(read.prices.get("read"), Some(&7));
    }

    #[test]
    fn a_variable_may_speak_of_one_half_of_a_value() {
        let one = read("", &[("BONAFIDE__RATE__BURST", "9")]).unwrap();
        assert_eq!(one.rate, Rate { per_second: 0.0, burst: 9 });
        let wrong = read("", &[("BONAFIDE__RATE__BURST", "-9")]).unwrap_err();
        assert!(wrong.starts_with("BONAFIDE__RATE__BURST: "), "{wrong}");
    }

    #[test]
    fn a_value_that_makes_no_sense_is_told_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bonafide.toml");
        let text = "[server]\nworkers = 1\n\n[prices.interfaces.\"a.b\"]\nok = 1\n";
        std::fs::write(&file, text).unwrap();
        let place = Place::of(Some(&file), [("BONAFIDE__SERVER__LISTEN".into(), "x".into())]);
        let told = |member: &[&str]| {
            let told = place.wrong(member, "no").to_string();
            told.replace(&file.display().to_string(), "FILE")
        };
        assert_eq!(told(&["server", "workers"]), "FILE:2: `server.workers`: no");
        let price = told(&["prices", "interfaces", "a.b"]);
        assert_eq!(price, "FILE:4: `prices.interfaces.\"a.b\"`: no");
        // The section, where the file does not have the key.
        assert_eq!(told(&["server", "networks"]), "FILE:1: `server.networks`: no");
        assert_eq!(told(&["log", "level"]), "`log.level`: no");
        let variable = told(&["server", "listen"]);
        assert_eq!(variable, "BONAFIDE__SERVER__LISTEN: `server.listen`: no");
    }

    #[test]
    fn a_wrong_variable_is_named() {
        let error = read("", &[("BONAFIDE__SERVER__WORKER", "4")]).unwrap_err();
        assert!(error.starts_with("BONAFIDE__SERVER__WORKER: unknown field"), "{error}");
        let error = read("", &[("BONAFIDE__SERVER__WORKERS", "many")]).unwrap_err();
        assert!(error.starts_with("BONAFIDE__SERVER__WORKERS: invalid type"), "{error}");
        let error = read("", &[("BONAFIDE__SERVER", "x")]).unwrap_err();
        assert!(error.starts_with("BONAFIDE__SERVER: "), "{error}");
    }
}
