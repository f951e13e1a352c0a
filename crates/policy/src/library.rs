//! A set of policy files, and what they come to when put together.

use std::collections::BTreeMap;

use crate::compose::Composer;
use crate::effective::Effective;
use crate::file::{Parsed, Source, suggest};
use crate::finding::{Finding, Findings, Rule};
use crate::{FileKind, tighten};

/// The policies that come with the server: one for each founding text, and the
/// strict default.
const BUNDLED: &[(&str, &str)] = &[
    ("policies/strict.toml", include_str!("../../../policies/strict.toml")),
    ("policies/tencent-account.toml", include_str!("../../../policies/tencent-account.toml")),
    ("policies/tencent-ekyc.toml", include_str!("../../../policies/tencent-ekyc.toml")),
    ("policies/tencent-ekyc-dpsa.toml", include_str!("../../../policies/tencent-ekyc-dpsa.toml")),
    (
        "policies/alibaba-id-verification.toml",
        include_str!("../../../policies/alibaba-id-verification.toml"),
    ),
    ("policies/ekyc-pro.toml", include_str!("../../../policies/ekyc-pro.toml")),
];

/// The name of the policy that holds where none was chosen.
pub const DEFAULT_POLICY: &str = "strict";

/// Policy files by name.
#[derive(Clone, Debug)]
pub struct Library {
    pub(crate) files: BTreeMap<String, Parsed>,
}

impl Library {
    /// Reads files. Every file that cannot be read is a finding, and so is a
    /// second one of the same name.
    pub fn read(sources: &[Source]) -> Result<Self, Findings> {
        let (library, findings) = Self::read_what_can_be(sources);
        if findings.is_empty() { Ok(library) } else { Err(Findings(findings)) }
    }

    /// The policies that come with the server.
    pub fn bundled() -> Result<Self, Findings> {
        Self::bundled_with(&[])
    }

    /// The policies that come with the server, and others beside them: an
    /// operator's own, tenants' overlays.
    pub fn bundled_with(others: &[Source]) -> Result<Self, Findings> {
        Self::read(&bundled_sources())?.with(others)
    }

    /// This library and more files: an operator's own policies, tenants' overlays.
    pub fn with(&self, more: &[Source]) -> Result<Self, Findings> {
        let (library, findings) = Self::read_onto(self.files.clone(), more);
        if findings.is_empty() { Ok(library) } else { Err(Findings(findings)) }
    }

    fn read_what_can_be(sources: &[Source]) -> (Self, Vec<Finding>) {
        Self::read_onto(BTreeMap::new(), sources)
    }

    fn read_onto(mut files: BTreeMap<String, Parsed>, sources: &[Source]) -> (Self, Vec<Finding>) {
        let mut findings = Vec::new();
        for source in sources {
            let parsed = match Parsed::read(source) {
                Ok(parsed) => parsed,
                Err(finding) => {
                    findings.push(finding);
                    continue;
                }
            };
            let name = parsed.file.name.clone();
            if let Some(other) = files.get(&name) {
                let message = format!("`{name}` is the name of {} too: choose another", other.path);
                findings.push(parsed.finding(Rule::Name, &["name".to_owned()], message));
            } else {
                files.insert(name, parsed);
            }
        }
        (Self { files }, findings)
    }

    /// The names of its policies and overlays, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// What holds under the policy or overlay of this name.
    ///
    /// # Errors
    ///
    /// Everything that keeps it from holding: a parent that is not there, parents
    /// that disagree, a gap, an overlay that loosens. Nothing holds by half.
    pub fn effective(&self, name: &str) -> Result<Effective, Findings> {
        let mut composer = Composer::new(self);
        let composed = composer.compose(name)?;
        let effective = composed.effective(self)?;
        let file = self.named(name)?;
        if file.file.kind == FileKind::Overlay {
            let parent = composer.parent_of_overlay(file)?.effective(self)?;
            let refused: Vec<Finding> = tighten::check(&parent, &effective)
                .into_iter()
                .map(|(path, message)| file.finding(Rule::Loosens, &path.0, message))
                .collect();
            if !refused.is_empty() {
                return Err(Findings(refused));
            }
        }
        Ok(effective)
    }

    pub(crate) fn named(&self, name: &str) -> Result<&Parsed, Findings> {
        self.files.get(name).ok_or_else(|| {
            let hint = suggest(name, self.names())
                .map_or_else(String::new, |known| format!(": did you mean `{known}`?"));
            Finding {
                file: name.to_owned(),
                line: 1,
                rule: Rule::UnknownParent,
                message: format!("there is no policy `{name}`{hint}"),
            }
            .into()
        })
    }
}

/// What is wrong with these files together. Their parents are looked for among
/// them and among the policies that come with the server; only findings about
/// the given files are returned.
pub fn lint(sources: &[Source]) -> Vec<Finding> {
    let (mut library, mut findings) = Library::read_what_can_be(sources);
    let given = |path: &str| sources.iter().any(|source| source.path == path);
    // A given file takes the place of the bundled one of its name.
    let (bundled, _) = Library::read_what_can_be(&bundled_sources());
    for (name, parsed) in bundled.files {
        library.files.entry(name).or_insert(parsed);
    }
    findings.extend(crate::lint::library(&library, given));
    findings.sort_by(|a, b| (&a.file, a.line, a.rule).cmp(&(&b.file, b.line, b.rule)));
    findings.dedup();
    findings
}

/// The policies that come with the server, as texts.
pub fn bundled_sources() -> Vec<Source> {
    let source = |&(path, text): &(&str, &str)| Source { path: path.into(), text: text.into() };
    BUNDLED.iter().map(source).collect()
}
