//! One partition: what its index looks like, how it is written and read.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::path::Path;
use std::sync::LazyLock;

use bonafide_context::{Date, TenantId};
use tantivy::collector::TopDocs;
use tantivy::directory::MmapDirectory;
use tantivy::indexer::IndexWriterOptions;
use tantivy::query::{AllQuery, BooleanQuery, Query, RangeQuery, TermQuery};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, OwnedValue, STORED, STRING, Schema,
};
use tantivy::{
    Index, IndexReader, IndexWriter, Order, ReloadPolicy, Searcher, TantivyDocument, TantivyError,
    Term,
};

use crate::index::{IndexError, IndexQuery, LogEntry};

/// An open partition.
pub(super) struct Day {
    index: Index,
    reader: IndexReader,
}

/// The writer of a partition; there is never more than one.
pub(super) struct Writer {
    pub(super) day: Date,
    writer: IndexWriter,
}

/// Every field is matched as a whole, so that both engines find the same.
struct Fields {
    schema: Schema,
    id: Field,
    call: Field,
    app_id: Field,
    environment: Field,
    application: Field,
    interface: Field,
    step: Field,
    outcome: Field,
    code: Field,
    word: Field,
    started_at: Field,
    /// The whole entry as JSON.
    entry: Field,
}

static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let mut schema = Schema::builder();
    Fields {
        id: schema.add_text_field("id", STRING | FAST),
        call: schema.add_text_field("call", STRING),
        app_id: schema.add_u64_field("app_id", INDEXED),
        environment: schema.add_text_field("environment", STRING),
        application: schema.add_text_field("application", STRING),
        interface: schema.add_text_field("interface", STRING),
        step: schema.add_text_field("step", STRING),
        outcome: schema.add_text_field("outcome", STRING),
        code: schema.add_text_field("code", STRING),
        word: schema.add_text_field("word", STRING),
        started_at: schema.add_u64_field("started_at", INDEXED | FAST),
        entry: schema.add_text_field("entry", STORED),
        schema: schema.build(),
    }
});

impl Day {
    /// Opens the partition in a folder, or begins one there.
    pub(super) fn open(folder: &Path) -> Result<Self, IndexError> {
        let directory = MmapDirectory::open(folder).map_err(TantivyError::from).map_err(engine)?;
        let index = Index::open_or_create(directory, FIELDS.schema.clone()).map_err(engine)?;
        // Reloaded after each commit of our own: nobody else writes.
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(engine)?;
        Ok(Self { index, reader })
    }

    pub(super) fn writer(&self, day: Date) -> Result<Writer, IndexError> {
        // The smallest that there is: 15 MB at most, one thread for new
        // entries and one for merging.
        let options = IndexWriterOptions::builder().num_merge_threads(1).build();
        let writer = self.index.writer_with_options(options).map_err(engine)?;
        Ok(Writer { day, writer })
    }

    /// Adds the entries that are not there yet and makes them durable.
    pub(super) fn put(
        &self,
        mut writer: Writer,
        entries: &[LogEntry],
    ) -> Result<Writer, IndexError> {
        let searcher = self.reader.searcher();
        let mut added = BTreeSet::new();
        // Calls of which an earlier batch wrote something: seldom any.
        let mut begun = BTreeMap::new();
        for entry in entries {
            let begun = match begun.get(&entry.call_id) {
                Some(begun) => *begun,
                None => {
                    let call = Term::from_field_text(FIELDS.call, &entry.call_id.to_string());
                    let there = is_there(&searcher, &call)?;
                    begun.insert(entry.call_id, there);
                    there
                }
            };
            let id = Term::from_field_text(FIELDS.id, &entry.id);
            let known = added.contains(entry.id.as_str()) || begun && is_there(&searcher, &id)?;
            if !known {
                writer.writer.add_document(document(entry)?).map_err(engine)?;
                added.insert(entry.id.as_str());
            }
        }
        if !added.is_empty() {
            writer.writer.commit().map_err(engine)?;
            self.reader.reload().map_err(engine)?;
        }
        Ok(writer)
    }

    /// Removes a tenant's entries. A deleted entry rests in its segment until that is
    /// written anew: all of them are, and the old files removed.
    pub(super) fn forget(
        &self,
        mut writer: Writer,
        tenant: TenantId,
        interface: Option<&str>,
    ) -> Result<Writer, IndexError> {
        let tenant = is(Term::from_field_u64(FIELDS.app_id, tenant.0));
        let of = interface.map(|name| is(Term::from_field_text(FIELDS.interface, name)));
        let gone = BooleanQuery::intersection([tenant].into_iter().chain(of).collect());
        writer.writer.delete_query(Box::new(gone)).map_err(engine)?;
        writer.writer.commit().map_err(engine)?;
        let segments = self.index.searchable_segment_ids().map_err(engine)?;
        if !segments.is_empty() {
            writer.writer.merge(&segments).wait().map_err(engine)?;
        }
        self.reader.reload().map_err(engine)?;
        writer.writer.garbage_collect_files().wait().map_err(engine)?;
        Ok(writer)
    }

    /// The newest entries that match.
    pub(super) fn search(
        &self,
        query: &IndexQuery,
        limit: usize,
    ) -> Result<Vec<LogEntry>, IndexError> {
        self.read(&clauses(query), limit, Order::Desc)
    }

    /// Entries in order, after one.
    pub(super) fn page(
        &self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<LogEntry>, IndexError> {
        let query: Box<dyn Query> = match after {
            Some(after) => Box::new(RangeQuery::new(
                Bound::Excluded(Term::from_field_text(FIELDS.id, after)),
                Bound::Unbounded,
            )),
            None => Box::new(AllQuery),
        };
        self.read(query.as_ref(), usize::try_from(limit).unwrap_or(usize::MAX), Order::Asc)
    }

    fn read(
        &self,
        query: &dyn Query,
        limit: usize,
        order: Order,
    ) -> Result<Vec<LogEntry>, IndexError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let searcher = self.reader.searcher();
        let best = TopDocs::with_limit(limit).order_by_string_fast_field("id", order);
        let found = searcher.search(query, &best).map_err(engine)?;
        found
            .into_iter()
            .map(|(_, address)| {
                let document: TantivyDocument = searcher.doc(address).map_err(engine)?;
                match document.get_first(FIELDS.entry).map(OwnedValue::from) {
                    Some(OwnedValue::Str(json)) => {
                        serde_json::from_str(&json).map_err(|_| damaged())
                    }
                    _ => Err(damaged()),
                }
            })
            .collect()
    }
}

#[cfg(test)]
impl Writer {
    /// What a crash interrupts.
    pub(super) fn add_without_commit(&mut self, entries: &[LogEntry]) {
        for entry in entries {
            self.writer.add_document(document(entry).unwrap()).unwrap();
        }
    }
}

impl std::fmt::Debug for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Day")
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("day", &self.day).finish_non_exhaustive()
    }
}

/// Whether an entry with this term is there.
fn is_there(searcher: &Searcher, term: &Term) -> Result<bool, IndexError> {
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(term.field()).map_err(engine)?;
        if index.get_term_info(term).map_err(TantivyError::from).map_err(engine)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn document(entry: &LogEntry) -> Result<TantivyDocument, IndexError> {
    let json = serde_json::to_string(entry).map_err(|_| damaged())?;
    let mut document = TantivyDocument::default();
    document.add_text(FIELDS.id, &entry.id);
    document.add_text(FIELDS.call, entry.call_id.to_string());
    document.add_u64(FIELDS.app_id, entry.app_id.0);
    document.add_text(FIELDS.environment, entry.environment.as_str());
    document.add_text(FIELDS.application, entry.application.as_str());
    document.add_text(FIELDS.interface, &entry.interface);
    document.add_text(FIELDS.step, &entry.step);
    document.add_text(FIELDS.outcome, &entry.outcome);
    entry.codes().into_iter().for_each(|code| document.add_text(FIELDS.code, code));
    entry.words().iter().for_each(|word| document.add_text(FIELDS.word, word));
    document.add_u64(FIELDS.started_at, entry.started_at);
    document.add_text(FIELDS.entry, json);
    Ok(document)
}

/// The query as the engine's: everything must hold.
fn clauses(query: &IndexQuery) -> BooleanQuery {
    let text = |field, text: &str| Some(is(Term::from_field_text(field, text)));
    let if_text = |field, value: &Option<String>| value.as_deref().and_then(|v| text(field, v));
    let call = query.call.map(|call| call.to_string());
    let application = query.application.as_ref().map(|own| own.as_str().to_owned());
    let mut clauses: Vec<Box<dyn Query>> = [
        Some(is(Term::from_field_u64(FIELDS.app_id, query.tenant.0))),
        text(FIELDS.environment, query.environment.as_str()),
        if_text(FIELDS.application, &application),
        if_text(FIELDS.call, &call),
        if_text(FIELDS.interface, &query.interface),
        if_text(FIELDS.step, &query.step),
        if_text(FIELDS.outcome, &query.outcome),
        if_text(FIELDS.code, &query.code),
    ]
    .into_iter()
    .flatten()
    .collect();
    clauses.extend(query.words.iter().filter_map(|word| text(FIELDS.word, word)));
    let moment = |at: u64| Term::from_field_u64(FIELDS.started_at, at);
    let until = query.until.map_or(Bound::Unbounded, |until| Bound::Excluded(moment(until.0)));
    clauses.push(Box::new(RangeQuery::new(Bound::Included(moment(query.from.0)), until)));
    if let Some(before) = &query.before {
        let before = Bound::Excluded(Term::from_field_text(FIELDS.id, before));
        clauses.push(Box::new(RangeQuery::new(Bound::Unbounded, before)));
    }
    BooleanQuery::intersection(clauses)
}

fn is(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn damaged() -> IndexError {
    IndexError::Answer { reason: "a partition is damaged".to_owned() }
}

/// The engine's error by its kind: its text may name paths.
#[expect(clippy::needless_pass_by_value, reason = "stands in `map_err`")]
fn engine(error: TantivyError) -> IndexError {
    let reason = match error {
        TantivyError::LockFailure(..) => "another process writes to this partition",
        TantivyError::DataCorruption(_) | TantivyError::IncompatibleIndex(_) => {
            "a partition is damaged or of another version"
        }
        TantivyError::SchemaError(_) => "a partition is of another version",
        TantivyError::IoError(_)
        | TantivyError::OpenReadError(_)
        | TantivyError::OpenWriteError(_)
        | TantivyError::OpenDirectoryError(_) => "its files cannot be read or written",
        _ => "the engine failed",
    };
    IndexError::Unavailable { reason: reason.to_owned() }
}
