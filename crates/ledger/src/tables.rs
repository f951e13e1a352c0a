//! The ledger's tables.

use bonafide_policy::Category;
use bonafide_vault::records::{Column, Kind, Migration, Step, Table};

use crate::consent::{BY_SUBJECT, CONSENTS, CONSENTS_1};

/// The ledger's history in the record store, which must be up to its own
/// (`records::MIGRATIONS`) too: shipping goes by its leases.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        room: "ledger",
        version: 1,
        steps: &[Step::Create(&CALLS), Step::Create(&USAGE), Step::Create(&JOURNAL)],
    },
    Migration { room: "ledger", version: 2, steps: &[Step::Create(&CONSENTS_1)] },
    Migration {
        room: "ledger",
        version: 3,
        steps: &[Step::Create(&CLOCKS_3), Step::AddIndex(CONSENTS.name, BY_SUBJECT)],
    },
    Migration { room: "ledger", version: 4, steps: &[Step::AddColumn(CLOCKS.name, RISK)] },
];

/// Every table of the ledger, for backup and the data inventory.
pub const TABLES: &[&Table] = &[&CALLS, &USAGE, &JOURNAL, &CONSENTS, &CLOCKS];

/// The traces of calls: rows that rest in clear and have an end.
pub const TRACES: &[&Table] = &[&CALLS, &USAGE, &JOURNAL];

/// Monitoring: one row a call, these columns and nothing else. A call id sorts
/// by the call's start, so that the key serves paging and retention too.
pub(crate) static CALLS: Table = Table {
    name: "ledger_calls",
    category: Category::Monitoring,
    columns: &[
        Column::new("app_id", Kind::Integer),
        Column::new("application", Kind::Name),
        Column::new("environment", Kind::Name),
        Column::new("interface", Kind::Name),
        Column::new("result", Kind::Name),
        Column::new("call_id", Kind::Name),
        Column::new("started_at", Kind::Integer),
        Column::new("ended_at", Kind::Integer),
        Column::new("region", Kind::Name),
        Column::new("fee", Kind::Integer),
    ],
    key: &["call_id"],
    indexes: &[&["app_id", "environment", "call_id"], &["application", "call_id"]],
};

/// Call volume: counters that equal the rows of [`CALLS`]. An application lives
/// in one environment and one region, so that these need not be in the key. The
/// shard spreads the counting of a busy application over several rows, which
/// would otherwise wait for each other in a store with row locks.
pub(crate) static USAGE: Table = Table {
    name: "ledger_usage",
    category: Category::Monitoring,
    columns: &[
        Column::new("app_id", Kind::Integer),
        Column::new("application", Kind::Name),
        Column::new("environment", Kind::Name),
        Column::new("region", Kind::Name),
        Column::new("interface", Kind::Name),
        Column::new("day", Kind::Integer),
        Column::new("result", Kind::Name),
        Column::new("shard", Kind::Integer),
        Column::new("calls", Kind::Integer),
        Column::new("fees", Kind::Integer),
    ],
    key: &["application", "day", "interface", "result", "shard"],
    indexes: &[&["app_id", "environment", "day"], &["day"]],
};

/// Steps that wait to be moved to the search index: one row a call.
pub(crate) static JOURNAL: Table = Table {
    name: "ledger_journal",
    category: Category::OperationLog,
    columns: &[
        Column::new("call_id", Kind::Name),
        Column::new("app_id", Kind::Integer),
        Column::new("application", Kind::Name),
        Column::new("environment", Kind::Name),
        Column::new("started_at", Kind::Integer),
        // Why the index refuses it; such a row stays here, in sight.
        Column::optional("refused", Kind::Name),
        Column::new("body", Kind::Text),
    ],
    key: &["call_id"],
    indexes: &[&["refused", "call_id"]],
};

/// Since when the traces of a tenant's calls rest for how long, in milliseconds from
/// their start.
pub(crate) const CLOCKS: Table = Table {
    name: "ledger_clocks",
    category: Category::Configuration,
    columns: &[
        Column::new("tenant", Kind::Integer),
        Column::new("since", Kind::Integer),
        Column::new("monitoring", Kind::Integer),
        Column::new("operation_log", Kind::Integer),
        RISK,
    ],
    key: &["tenant", "since"],
    indexes: &[],
};

/// For how long what calls of the risk interface left rests; rows from before there
/// was such a clock have none.
const RISK: Column = Column::optional("risk", Kind::Integer);

/// Clocks as they were at first.
const CLOCKS_3: Table = Table {
    columns: &[
        Column::new("tenant", Kind::Integer),
        Column::new("since", Kind::Integer),
        Column::new("monitoring", Kind::Integer),
        Column::new("operation_log", Kind::Integer),
    ],
    ..CLOCKS
};
