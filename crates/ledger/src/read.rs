//! What a tenant can ask of the ledger.

use std::collections::BTreeMap;

use bonafide_context::{CallId, Date, Environment, Region, TenantId, Timestamp};
use bonafide_policy::Category;
use bonafide_vault::records::{Condition, Direction, Operator, RecordsError, Row, Select, Table};
use serde::Serialize;

use crate::clocks::Clocks;
use crate::index::{self, IndexQuery};
use crate::tables::{CALLS, JOURNAL, USAGE};
use crate::when::{floor, start_of};
use crate::{ApplicationId, Caller, IndexError, Ledger, LogEntry, Scope, journal};

/// What part of the ledger a reader sees; everything else is not there for him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Of which tenant.
    pub tenant: TenantId,
    /// In which world.
    pub environment: Environment,
    /// Only of this application; `None` for all of the tenant's.
    pub application: Option<ApplicationId>,
}

impl View {
    /// A caller sees his own application; with the scope `admin`, the tenant's
    /// applications in the same environment.
    pub fn of(caller: &Caller) -> Self {
        let own = (!caller.scopes.has(Scope::Admin)).then(|| caller.application.clone());
        Self { tenant: caller.tenant, environment: caller.environment, application: own }
    }

    /// The same view of one application only.
    #[must_use]
    pub fn only(mut self, application: ApplicationId) -> Option<Self> {
        if self.application.as_ref().is_some_and(|own| *own != application) {
            return None;
        }
        self.application = Some(application);
        Some(self)
    }
}

/// Which calls to count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageQuery {
    /// From this day, in UTC.
    pub from: Date,
    /// To this day, included.
    pub to: Date,
    /// Only of this application of the view.
    pub application: Option<ApplicationId>,
    /// Only of this interface.
    pub interface: Option<String>,
}

/// Calls and fees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// The currency of the fees, three letters; empty if everything is free.
    pub currency: String,
    /// All calls of the lines.
    pub calls: u64,
    /// All fees of the lines, in millionths of the currency.
    pub fees: u64,
    /// By day and interface, in this order.
    pub lines: Vec<UsageLine>,
}

/// Calls and fees of one interface on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UsageLine {
    /// The day, in UTC, on which the calls started.
    pub day: Date,
    /// The interface.
    pub interface: String,
    /// How many calls.
    pub calls: u64,
    /// What they cost, in millionths of the currency.
    pub fees: u64,
    /// How many calls by result.
    pub results: BTreeMap<String, u64>,
}

/// A monitoring row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallRow {
    /// The tenant's AppID.
    pub app_id: TenantId,
    /// Which application.
    pub application: ApplicationId,
    /// In which world.
    pub environment: Environment,
    /// Which interface.
    pub interface: String,
    /// `ok` or a code.
    pub result: String,
    /// The call's id.
    pub call_id: CallId,
    /// When it started, in milliseconds since 1970.
    pub started_at: u64,
    /// When it ended, in milliseconds since 1970.
    pub ended_at: u64,
    /// In which region.
    pub region: Region,
    /// What it cost, in millionths of the currency.
    pub fee: u64,
}

/// Which monitoring rows to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallQuery {
    /// Only of this application of the view.
    pub application: Option<ApplicationId>,
    /// Only of this interface.
    pub interface: Option<String>,
    /// Only with this result.
    pub result: Option<String>,
    /// Only calls that started at this moment or later.
    pub from: Option<Timestamp>,
    /// Only calls that started before this moment.
    pub until: Option<Timestamp>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// At most so many, 1 to 1000; 0 for 100.
    pub limit: u32,
}

/// What to look for in the operation log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// Only of this application of the view.
    pub application: Option<ApplicationId>,
    /// Only of this call.
    pub call: Option<CallId>,
    /// Only of this interface.
    pub interface: Option<String>,
    /// Only this step.
    pub step: Option<String>,
    /// Only with this outcome.
    pub outcome: Option<String>,
    /// Only where this is the step, its outcome or a code among its facts.
    pub code: Option<String>,
    /// Free words: all of them must occur in names and codes.
    pub words: Option<String>,
    /// Only of calls that started at this moment or later.
    pub from: Option<Timestamp>,
    /// Only of calls that started before this moment.
    pub until: Option<Timestamp>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// At most so many, 1 to 1000; 0 for 100.
    pub limit: u32,
}

/// A page of a listing, the newest first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// What to ask the next page with; `None` if this was the last.
    pub next: Option<String>,
}

/// Everything about one call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trace {
    /// Its monitoring row.
    pub call: CallRow,
    /// Its steps in order; `None` if the index that has them does not answer.
    pub steps: Option<Vec<LogEntry>>,
}

/// Why nothing can be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The record store does not answer.
    #[error("the ledger does not answer: try again in a moment")]
    Unavailable,
    /// The cursor is not one that a page ended with.
    #[error("take the cursor from the page before, as it is")]
    Cursor,
    /// The index does not answer.
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// Rows on a page if nothing is said, and at most.
const PAGE: u32 = 100;
const LONGEST_PAGE: u32 = 1_000;

impl Ledger {
    /// Calls and fees by day and interface, from the counters.
    pub async fn usage(&self, view: &View, query: &UsageQuery) -> Result<Usage, ReadError> {
        let mut usage = Usage {
            currency: self.shared.prices().currency().to_owned(),
            calls: 0,
            fees: 0,
            lines: Vec::new(),
        };
        let Some(view) = view.narrowed(query.application.as_ref()) else { return Ok(usage) };
        let clocks = self.clocks(&view).await?;
        let first = |interface: &str| {
            let category = Category::Monitoring;
            clocks.earliest_of(view.tenant, category, interface, self.shared.clock.now()).date()
        };
        let from = query.from.max(first("")).days();
        let select = view
            .select(&USAGE)
            .and(Condition::at_least("day", i64::from(from)))
            .and(Condition::Compare("day", Operator::AtMost, i64::from(query.to.days()).into()));
        let mut lines = BTreeMap::new();
        for row in self.shared.records.select(is(select, "interface", &query.interface)).await? {
            let interface = row.text("interface")?;
            let day = i32::try_from(row.integer("day")?).unwrap_or(i32::MAX);
            if day < first(interface).days() {
                continue;
            }
            let line = lines.entry((day, interface.to_owned())).or_insert_with(|| UsageLine {
                day: Date::from_days(day),
                interface: interface.to_owned(),
                calls: 0,
                fees: 0,
                results: BTreeMap::new(),
            });
            let (calls, fees) = (unsigned(&row, "calls")?, unsigned(&row, "fees")?);
            line.calls += calls;
            line.fees = line.fees.saturating_add(fees);
            *line.results.entry(row.text("result")?.to_owned()).or_default() += calls;
            usage.calls += calls;
            usage.fees = usage.fees.saturating_add(fees);
        }
        usage.lines = lines.into_values().collect();
        Ok(usage)
    }

    /// Monitoring rows, the newest call first.
    pub async fn calls(&self, view: &View, query: &CallQuery) -> Result<Page<CallRow>, ReadError> {
        let Some(view) = view.narrowed(query.application.as_ref()) else {
            return Ok(Page::empty());
        };
        let earliest = self.earliest(&view, Category::Monitoring).await?;
        let from = query.from.map_or(earliest, |from| from.max(earliest));
        let mut select = view.select(&CALLS).and(Condition::at_least("call_id", floor(from)));
        if let Some(until) = query.until {
            select = select.and(Condition::less("call_id", floor(until)));
        }
        if let Some(cursor) = &query.cursor {
            let last: CallId = cursor.parse().map_err(|_| ReadError::Cursor)?;
            select = select.and(Condition::less("call_id", last.to_string()));
        }
        select = is(is(select, "interface", &query.interface), "result", &query.result);
        let limit = page_length(query.limit);
        let select = select.order("call_id", Direction::Descending).limit(limit + 1);
        let rows = self.shared.records.select(select).await?;
        let rows = rows.iter().map(call_row).collect::<Result<Vec<_>, _>>()?;
        let mut page = Page::of(rows, limit, |row: &CallRow| row.call_id.to_string());
        let clocks = self.clocks(&view).await?;
        let now = self.shared.clock.now();
        let rests = |row: &CallRow| {
            let (tenant, of) = (view.tenant, &row.interface);
            start_of(row.call_id) >= clocks.earliest_of(tenant, Category::Monitoring, of, now)
        };
        page.items.retain(rests);
        Ok(page)
    }

    /// One call with its steps; `None` for one that is not there, has expired
    /// or is not in the view. A call can be seen as soon as it was answered.
    pub async fn trace(&self, view: &View, id: CallId) -> Result<Option<Trace>, ReadError> {
        if start_of(id) < self.earliest(view, Category::Monitoring).await? {
            return Ok(None);
        }
        let records = &self.shared.records;
        let by_id = Condition::is("call_id", id.to_string());
        let rows = records.select(view.select(&CALLS).and(by_id.clone())).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let call = call_row(row)?;
        let clocks = self.clocks(view).await?;
        let (now, of) = (self.shared.clock.now(), &call.interface);
        if start_of(id) < clocks.earliest_of(view.tenant, Category::Monitoring, of, now) {
            return Ok(None);
        }
        // The journal first: what is no longer there is in the index already.
        let rows = records.select(view.select(&JOURNAL).and(by_id)).await?;
        let steps = match rows.first() {
            Some(_) if start_of(id) < self.earliest(view, Category::OperationLog).await? => {
                Some(Vec::new())
            }
            Some(row) => Some(journal::entries(row)?),
            None => self.indexed_steps(view, id).await,
        };
        Ok(Some(Trace { call, steps }))
    }

    /// Steps of the operation log, the newest call first. What was answered in
    /// the last moments is shipped first, as far as one round goes; an index
    /// that is behind ([`Ledger::lag`]) finds the rest later.
    pub async fn search(&self, view: &View, query: &LogQuery) -> Result<Page<LogEntry>, ReadError> {
        let Some(view) = view.narrowed(query.application.as_ref()) else {
            return Ok(Page::empty());
        };
        let cursor = query.cursor.as_deref().map(LogEntry::check_id);
        let before = cursor.transpose().map_err(|_| ReadError::Cursor)?;
        if before.is_none() {
            self.freshen().await;
        }
        let limit = page_length(query.limit);
        let mut asked = self.index_query(&view).await?;
        asked.call = query.call;
        asked.interface.clone_from(&query.interface);
        asked.step.clone_from(&query.step);
        asked.outcome.clone_from(&query.outcome);
        asked.code.clone_from(&query.code);
        asked.words = query.words.as_deref().map(index::words).unwrap_or_default();
        asked.from = query.from.map_or(asked.from, |from| from.max(asked.from));
        asked.until = query.until;
        asked.before = before;
        asked.limit = limit + 1;
        let found = self.shared.index.search(&asked).await?;
        let mut page = Page::of(found, limit, |entry: &LogEntry| entry.id.clone());
        let clocks = self.clocks(&view).await?;
        let now = self.shared.clock.now();
        let rests = |entry: &LogEntry| {
            let (tenant, of) = (view.tenant, &entry.interface);
            let first = clocks.earliest_of(tenant, Category::OperationLog, of, now);
            entry.started_at >= first.0
        };
        page.items.retain(rests);
        Ok(page)
    }

    /// The steps as the index has them; `None` if it does not answer.
    async fn indexed_steps(&self, view: &View, id: CallId) -> Option<Vec<LogEntry>> {
        let query = match self.index_query(view).await {
            Ok(query) => query,
            Err(error) => {
                tracing::warn!(%error, "the steps of a call cannot be shown");
                return None;
            }
        };
        let asked = IndexQuery { call: Some(id), limit: LONGEST_PAGE, ..query };
        match self.shared.index.search(&asked).await {
            Ok(mut steps) => {
                steps.reverse();
                Some(steps)
            }
            Err(error) => {
                tracing::warn!(%error, "the steps of a call cannot be shown");
                None
            }
        }
    }

    async fn index_query(&self, view: &View) -> Result<IndexQuery, ReadError> {
        Ok(IndexQuery {
            tenant: view.tenant,
            environment: view.environment,
            application: view.application.clone(),
            call: None,
            interface: None,
            step: None,
            outcome: None,
            code: None,
            words: Vec::new(),
            from: self.earliest(view, Category::OperationLog).await?,
            until: None,
            before: None,
            limit: PAGE,
        })
    }

    /// The start of the earliest calls in the view whose traces can be read.
    async fn earliest(&self, view: &View, category: Category) -> Result<Timestamp, ReadError> {
        let clocks = self.clocks(view).await?;
        Ok(clocks.earliest(view.tenant, category, self.shared.clock.now()))
    }

    async fn clocks(&self, view: &View) -> Result<Clocks, ReadError> {
        Ok(Clocks::read(self.shared.records.as_ref(), Some(view.tenant)).await?)
    }
}

impl View {
    /// Only this application, if one is asked for; `None` if it is not in the
    /// view.
    fn narrowed(&self, application: Option<&ApplicationId>) -> Option<Self> {
        match application {
            Some(application) => self.clone().only(application.clone()),
            None => Some(self.clone()),
        }
    }

    /// Rows of a table that lie in the view.
    fn select(&self, table: &'static Table) -> Select {
        let select = Select::from(table)
            .and(Condition::is("app_id", self.tenant.0))
            .and(Condition::is("environment", self.environment.as_str()));
        match &self.application {
            Some(own) => select.and(Condition::is("application", own.as_str())),
            None => select,
        }
    }
}

impl<T> Page<T> {
    fn empty() -> Self {
        Self { items: Vec::new(), next: None }
    }

    /// A page of at most `limit` items, of which one more was asked for.
    fn of(mut items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(cursor) } else { None };
        Self { items, next }
    }
}

impl From<RecordsError> for ReadError {
    fn from(error: RecordsError) -> Self {
        tracing::warn!(%error, "the ledger cannot be read");
        Self::Unavailable
    }
}

fn page_length(asked: u32) -> u32 {
    if asked == 0 { PAGE } else { asked.min(LONGEST_PAGE) }
}

/// The selection with one more condition, if there is a value for it.
fn is(select: Select, column: &'static str, value: &Option<String>) -> Select {
    match value {
        Some(value) => select.and(Condition::is(column, value.as_str())),
        None => select,
    }
}

fn unsigned(row: &Row, column: &'static str) -> Result<u64, RecordsError> {
    let shape = |_| RecordsError::Shape { table: row.table().name };
    u64::try_from(row.integer(column)?).map_err(shape)
}

fn call_row(row: &Row) -> Result<CallRow, RecordsError> {
    Ok(CallRow {
        app_id: TenantId(unsigned(row, "app_id")?),
        application: row.parsed("application")?,
        environment: row.parsed("environment")?,
        interface: row.text("interface")?.to_owned(),
        result: row.text("result")?.to_owned(),
        call_id: row.parsed("call_id")?,
        started_at: row.moment("started_at")?.0,
        ended_at: row.moment("ended_at")?.0,
        region: row.parsed("region")?,
        fee: unsigned(row, "fee")?,
    })
}
