//! A copy of everything that is held of a person, to take away: one archive that
//! every computer opens, with a signed list of what is in it.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use bonafide_context::{Realm, Sensitive, Timestamp};
use bonafide_ledger::{Call, Facts};
use bonafide_policy::{Access, Category, Phase};
use bonafide_vault::records::Change;
use bonafide_vault::{ItemFacts, Opener};
use bytes::Bytes;
use serde::Serialize;
use zeroize::Zeroizing;

use super::kinds::{ItemsOf, SubjectKind};
use super::life::{SubjectLife, answering, life, owners};
use super::request::{RequestKind, SubjectRequest};
use super::statement::{self, STATEMENT_FILE, SUBJECT_FILE};
use super::whose::Subject;
use crate::reading::{ReadOf, Reader, phase};
use crate::verification::{MediaName, Record, Refusal, VerificationId, VerificationResult, held};
use crate::{App, Done, UseCaseError};

/// What is wanted of an export.
#[derive(Clone, Debug, Default)]
pub struct ExportSubject {
    /// Of this verification only; `None` for all of them.
    pub verification: Option<VerificationId>,
}

/// An export.
#[derive(Debug)]
pub struct SubjectExport {
    /// A tar archive (POSIX ustar): `statement.txt`, the signed list of its files
    /// with their SHA-256; `subject.json`; `media/ver_…/selfie.jpg` and the like;
    /// `items/device/ver_…/device.json` and the like for everything else that is kept:
    /// facts of the device, what the person said of himself, consents, copies.
    pub archive: Sensitive<Bytes>,
}

/// Pictures of more bytes than this are not put into one archive.
const LARGEST: u64 = 128 << 20;

/// What stands in `subject.json`.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    life: &'a SubjectLife,
    /// What was found out, by verification, as far as it is kept.
    results: BTreeMap<String, VerificationResult>,
}

/// A file of the archive.
struct File {
    name: String,
    bytes: Zeroizing<Vec<u8>>,
}

/// Exports what is held of a person.
pub async fn export_subject(
    app: &App,
    call: &mut Call,
    whom: Sensitive<String>,
    wanted: ExportSubject,
) -> Result<Done<SubjectExport>, UseCaseError> {
    export(app, call, whom, wanted).await.inspect_err(|error| error.trace(call))
}

async fn export(
    app: &App,
    call: &mut Call,
    whom: Sensitive<String>,
    wanted: ExportSubject,
) -> Result<Done<SubjectExport>, UseCaseError> {
    let subject = Subject::named(app, call.caller(), whom).await?;
    answering(app.accounts().policy_of(subject.realm.tenant).await?.as_ref())?;
    let all = subject.verifications(app).await?;
    let known_until = subject.known_until(app, &all).await?;
    let records: Vec<Record> = match &wanted.verification {
        Some(id) => all.into_iter().filter(|record| record.id == *id).collect(),
        None => all,
    };
    if wanted.verification.is_some() && records.is_empty() {
        return Err(Refusal::NotOfSubject.into());
    }
    let request = SubjectRequest::new(app, call, &subject, RequestKind::Export).await?;
    let mut changes = vec![request.row(&subject, &records, known_until)];
    let mut life = life(app, &subject, &records).await?;
    life.requests.insert(0, request);
    let reader = Reader::for_rights(call);
    let (mut files, mut results) = (Vec::new(), BTreeMap::new());
    fits(&life)?;
    for of in owners(app, &subject, &records).await? {
        let record = records.iter().find(|record| record.id.as_str() == of.owner);
        // Of one verification only: what belongs to it, and nothing else.
        let id = wanted.verification.as_ref().map(VerificationId::as_str);
        if id.is_some() && of.verification.as_deref() != id {
            continue;
        }
        let (result, more, noted) = match record {
            Some(record) => opened(app, &reader, record).await?,
            None => (None, Vec::new(), Vec::new()),
        };
        changes.extend(noted);
        files.extend(more);
        if let (Some(record), Some(result)) = (record, result) {
            results.insert(record.id.to_string(), result);
        }
        let (rest, noted) = others(app, &reader, &subject, (&of, record), known_until).await?;
        changes.extend(noted);
        files.extend(rest);
    }
    let (commitment, opening) = statement::tied(app, &subject);
    life.opening = opening.salt_hex();
    let whole = serde_json::to_vec_pretty(&Whole { life: &life, results })
        .map_err(|error| UseCaseError::internal("export_unwritable", error))?;
    files.insert(0, File { name: SUBJECT_FILE.to_owned(), bytes: Zeroizing::new(whole) });
    let digests: Vec<_> = files.iter().map(|file| (file.name.clone(), sha256(file))).collect();
    let statement = statement::signed(app, &subject, &commitment, &life, &digests).await?;
    let bytes = Zeroizing::new(statement.into_bytes());
    files.insert(0, File { name: STATEMENT_FILE.to_owned(), bytes });
    let archive = archive(&files, app.clock().now().0 / 1_000)
        .map_err(|error| UseCaseError::internal("export_unwritable", error))?;
    call.step(
        "subject.export",
        "ok",
        Facts::new().size("files", files.len()).size("bytes", archive.len()),
    );
    let archive = Sensitive::new(Bytes::from(archive));
    Ok(Done { answer: SubjectExport { archive }, changes })
}

/// Refuses more pictures than one archive holds.
fn fits(life: &SubjectLife) -> Result<(), Refusal> {
    let bytes = life.held.iter().fold(0u64, |sum, item| sum.saturating_add(item.bytes));
    if bytes > LARGEST { Err(Refusal::ExportTooLarge) } else { Ok(()) }
}

/// Result and pictures of a verification, with the changes that write down that
/// they were read.
async fn opened(
    app: &App,
    reader: &Reader,
    record: &Record,
) -> Result<(Option<VerificationResult>, Vec<File>, Vec<Change>), UseCaseError> {
    let mut read = BTreeMap::<Category, u64>::new();
    app.may_read(record, reader, Category::Results).await?;
    let result = held::resting_result(app, &reader.by, record).await?;
    if result.is_some() {
        read.insert(Category::Results, 1);
    }
    let mut files = Vec::new();
    for name in MediaName::ALL {
        app.may_read(record, reader, name.category()).await?;
        let (realm, owner) = (&record.realm, record.id.as_str());
        let found = app.vault().read_with_facts(&reader.by, realm, owner, name.name()).await?;
        let (media_type, bytes) = match found {
            Some((facts, bytes)) => (facts.media_type, bytes),
            None => {
                let held = app.vault().list_held(realm, owner).await?;
                let item = held.into_iter().find(|item| item.name == name.name());
                let Some(item) = item else { continue };
                let bytes = app.vault().read_held(&reader.by, realm, owner, name.name()).await?;
                let Some(bytes) = bytes else { continue };
                (item.media_type, bytes)
            }
        };
        *read.entry(name.category()).or_default() += 1;
        let kind = media_type.strip_prefix("image/").unwrap_or("bin");
        let name = format!("media/{owner}/{}.{kind}", name.name());
        files.push(File { name, bytes });
    }
    let read: Vec<_> = read.into_iter().collect();
    Ok((result, files, app.noted(record, reader, &read)?))
}

/// What else is kept of an owner, with the changes that write down that it was read.
/// Copies of answers are left out: they repeat what stands in the result.
async fn others(
    app: &App,
    reader: &Reader,
    subject: &Subject,
    (of, record): (&ItemsOf, Option<&Record>),
    known_until: Timestamp,
) -> Result<(Vec<File>, Vec<Change>), UseCaseError> {
    let told = |name: &str| {
        let media = MediaName::ALL.iter().any(|media| media.name() == name);
        record.is_some() && (media || name == held::RESULT) || name.starts_with("answer-")
    };
    let (realm, owner) = (&subject.realm, of.owner.as_str());
    let mut items = app.vault().list(realm, owner).await?;
    for item in app.vault().list_held(realm, owner).await? {
        if items.iter().all(|known| known.name != item.name) {
            items.push(item);
        }
    }
    let policy = app.accounts().policy_of(realm.tenant).await?;
    let (mut files, mut read) = (Vec::new(), BTreeMap::<Category, u64>::new());
    // What tells nothing of the person, as what a challenge asks for, is not his to have.
    let of_person = |item: &ItemFacts| item.category.is_of_end_user() && !told(&item.name);
    for item in items.into_iter().filter(of_person) {
        let phase = record.map_or(Phase::Ended, |record| phase(record.progress.state));
        let access = policy.may_read_when(reader.role, reader.purpose, item.category, phase);
        if access != Access::Allowed {
            return Err(Refusal::ReadForbidden.into());
        }
        let Some(bytes) = bytes_of(app, &reader.by, (realm, owner, &item.name)).await? else {
            continue;
        };
        *read.entry(item.category).or_default() += 1;
        let kind = item.media_type.rsplit('/').next().unwrap_or("bin");
        // As the vault calls its owner: `improvement/ver_…`, or what it is before the id.
        let place = match owner.contains('/') {
            true => owner.to_owned(),
            false => format!("{}/{owner}", of.kind.name()),
        };
        files.push(File { name: format!("items/{place}/{}.{kind}", item.name), bytes });
    }
    // A copy's reads go with its verification.
    let own = of.verification.as_deref().filter(|_| of.kind == SubjectKind::Improvement);
    let owner = own.unwrap_or(owner);
    let seen = ReadOf { realm, owner, reference: Some(subject.hash()), until: known_until };
    let read: Vec<_> = read.into_iter().collect();
    Ok((files, app.noted_of(seen, reader, &read)?))
}

/// An item's bytes, also where only a legal hold keeps them.
async fn bytes_of(
    app: &App,
    by: &Opener,
    (realm, owner, name): (&Realm, &str, &str),
) -> Result<Option<Zeroizing<Vec<u8>>>, UseCaseError> {
    match app.vault().read(by, realm, owner, name).await? {
        Some(bytes) => Ok(Some(bytes)),
        None => Ok(app.vault().read_held(by, realm, owner, name).await?),
    }
}

fn sha256(file: &File) -> String {
    use std::fmt::Write as _;
    let digest = digest(&SHA256, &file.bytes);
    digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn archive(files: &[File], seconds: u64) -> std::io::Result<Vec<u8>> {
    let size: usize = files.iter().map(|file| file.bytes.len() + 1_024).sum();
    let mut builder = tar::Builder::new(Vec::with_capacity(size + 1_024));
    for file in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(file.bytes.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(seconds);
        builder.append_data(&mut header, &file.name, file.bytes.as_slice())?;
    }
    builder.into_inner()
}
