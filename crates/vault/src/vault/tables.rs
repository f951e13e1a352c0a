//! The vault's tables.

use bonafide_policy::Category;

use crate::records::{Column, Kind, Migration, Step, Table};

/// Sealed items. The content of small ones stands in the row.
pub(super) const ITEMS: Table = Table {
    name: "vault_items",
    category: Category::Configuration,
    columns: &[
        Column::new("realm", Kind::Name),
        Column::new("owner", Kind::Name),
        Column::new("name", Kind::Name),
        Column::new("id", Kind::Name),
        Column::new("category", Kind::Name),
        Column::new("media_type", Kind::Name),
        Column::new("size", Kind::Integer),
        Column::new("created", Kind::Integer),
        Column::new("expires", Kind::Integer),
        Column::new("data_key", Kind::Bytes),
        Column::optional("content", Kind::Bytes),
        Column::optional("object", Kind::Name),
        POLICY,
        SEALED,
        HELD,
        DUE,
    ],
    key: &["realm", "owner", "name"],
    indexes: &[&["expires"], &["id"]],
};

/// Under which policy an item's deadline was set, as `name@version`; without one
/// it was the default policy's first version.
const POLICY: Column = Column::optional("policy", Kind::Name);

/// The deadline that an item was sealed with, if `expires` is another by now: it
/// names the key, and nothing is ever read after it but under a hold.
const SEALED: Column = Column::optional("sealed", Kind::Integer);
/// Since when an item is under a legal hold. `expires` is then beyond all time.
const HELD: Column = Column::optional("held", Kind::Integer);
/// When an item under a hold would be due without it.
const DUE: Column = Column::optional("due", Kind::Integer);

/// Items as they were at first.
const ITEMS_1: Table = Table {
    columns: &[
        Column::new("realm", Kind::Name),
        Column::new("owner", Kind::Name),
        Column::new("name", Kind::Name),
        Column::new("id", Kind::Name),
        Column::new("category", Kind::Name),
        Column::new("media_type", Kind::Name),
        Column::new("size", Kind::Integer),
        Column::new("created", Kind::Integer),
        Column::new("expires", Kind::Integer),
        Column::new("data_key", Kind::Bytes),
        Column::optional("content", Kind::Bytes),
        Column::optional("object", Kind::Name),
    ],
    ..ITEMS
};

/// Objects whose rows are gone and whose bytes are to be removed.
pub(super) const REMOVALS: Table = Table {
    name: "vault_removals",
    category: Category::Configuration,
    columns: &[
        Column::new("object", Kind::Name),
        Column::new("since", Kind::Integer),
        Column::new("due", Kind::Integer),
        Column::new("attempts", Kind::Integer),
    ],
    key: &["object"],
    indexes: &[&["due"]],
};

/// What the vault remembers: `clock`, the latest moment that any node has seen;
/// `key store`, which one belongs to these records; which root key and which
/// policies the log knows of.
pub(super) const MARKS: Table = Table {
    name: "vault_marks",
    category: Category::Configuration,
    columns: &[
        Column::new("name", Kind::Name),
        Column::optional("at", Kind::Integer),
        Column::optional("value", Kind::Name),
    ],
    key: &["name"],
    indexes: &[],
};

/// What happened to personal data and the log is to say. `leaf` is what it says;
/// `owner` and `opening` tie it to whose it was, for as long as the row is kept.
pub(super) const EVENTS: Table = Table {
    name: "vault_events",
    category: Category::SubjectReference,
    columns: &[
        Column::new("id", Kind::Name),
        Column::new("realm", Kind::Name),
        Column::new("owner", Kind::Name),
        Column::new("at", Kind::Integer),
        // When the row may go.
        Column::new("forget", Kind::Integer),
        Column::new("leaf", Kind::Bytes),
        Column::new("opening", Kind::Bytes),
        // Its place in the log, from before it is there.
        Column::optional("position", Kind::Integer),
        // Since when it is known to be there.
        Column::optional("logged", Kind::Integer),
        KIND,
        READER,
    ],
    key: &["id"],
    indexes: &[&["logged", "position"], &["logged", "at"], &["realm", "owner"], &["forget"]],
};

/// What kind of event it is; without one it is a deletion.
const KIND: Column = Column::optional("kind", Kind::Name);
/// What ties a read to who read, as `opening` ties it to whose it was.
const READER: Column = Column::optional("reader", Kind::Bytes);

/// Events as they were at first.
const EVENTS_1: Table = Table {
    columns: &[
        Column::new("id", Kind::Name),
        Column::new("realm", Kind::Name),
        Column::new("owner", Kind::Name),
        Column::new("at", Kind::Integer),
        Column::new("forget", Kind::Integer),
        Column::new("leaf", Kind::Bytes),
        Column::new("opening", Kind::Bytes),
        Column::optional("position", Kind::Integer),
        Column::optional("logged", Kind::Integer),
    ],
    ..EVENTS
};

/// The transparency log: tiles and cells by path. It names nobody.
pub(super) const LOG: Table = Table {
    name: "transparency_log",
    category: Category::Configuration,
    columns: &[
        Column::new("path", Kind::Name),
        // SHA-256 of the bytes.
        Column::new("digest", Kind::Name),
        Column::new("bytes", Kind::Bytes),
    ],
    key: &["path"],
    indexes: &[],
};

/// The key that signs the log, sealed.
pub(super) const LOG_KEYS: Table = Table {
    name: "transparency_keys",
    category: Category::Configuration,
    columns: &[
        Column::new("name", Kind::Name),
        Column::new("sealed", Kind::Bytes),
        Column::new("made", Kind::Integer),
        // When the log was begun with it.
        Column::optional("begun", Kind::Integer),
    ],
    key: &["name"],
    indexes: &[],
};

/// The deletion journal, as the records write it beside each deletion: see
/// `vault::journal`.
pub(super) const DEATHS: Table = Table {
    name: "vault_deaths",
    category: Category::Configuration,
    columns: &[
        Column::new("id", Kind::Name),
        Column::new("dead", Kind::Name),
        Column::optional("item", Kind::Name),
        Column::new("since", Kind::Integer),
        Column::new("ends", Kind::Integer),
        // Since when the key store has the line.
        Column::optional("carried", Kind::Integer),
    ],
    key: &["id"],
    indexes: &[&["carried", "id"], &["ends"]],
};

/// That these records were restored and are not checked yet. It is in no backup:
/// what is restored must not say of itself that it was checked.
pub(super) const RESTORED: Table = Table {
    name: "vault_restored",
    category: Category::Configuration,
    columns: &[
        Column::new("name", Kind::Name),
        // How many leaves the log had in the records that were restored.
        Column::optional("applied", Kind::Integer),
    ],
    key: &["name"],
    indexes: &[],
};

/// The deletion journal in the key store.
pub(super) const DEAD: Table = Table {
    name: "vault_dead",
    category: Category::Configuration,
    columns: &[
        Column::new("id", Kind::Name),
        Column::optional("item", Kind::Name),
        Column::new("since", Kind::Integer),
        Column::new("ends", Kind::Integer),
    ],
    key: &["id"],
    indexes: &[&["ends"]],
};

/// What the key store remembers: up to which checkpoint of the log the journal
/// reaches.
pub(super) const KEY_MARKS: Table = Table {
    name: "vault_key_marks",
    category: Category::Configuration,
    columns: &[
        Column::new("name", Kind::Name),
        Column::new("at", Kind::Integer),
        Column::new("value", Kind::Text),
    ],
    key: &["name"],
    indexes: &[],
};

/// Wrapped keys, in the key store.
pub(crate) const KEYS: Table = Table {
    name: "vault_keys",
    category: Category::Configuration,
    columns: &[
        Column::new("id", Kind::Name),
        Column::new("root", Kind::Name),
        Column::new("wrapped", Kind::Bytes),
        Column::new("created", Kind::Integer),
        Column::optional("ends", Kind::Integer),
        NOTED,
        DESTROYED,
    ],
    key: &["id"],
    indexes: &[&["ends"], &["root"], &["noted"], &["destroyed"]],
};

/// Since when the records know that the key was made.
const NOTED: Column = Column::optional("noted", Kind::Integer);
/// When the key was destroyed: the row stays, without the key, until the records
/// know of it.
const DESTROYED: Column = Column::optional("destroyed", Kind::Integer);

/// Keys as they were at first.
const KEYS_1: Table = Table {
    columns: &[
        Column::new("id", Kind::Name),
        Column::new("root", Kind::Name),
        Column::new("wrapped", Kind::Bytes),
        Column::new("created", Kind::Integer),
        Column::optional("ends", Kind::Integer),
    ],
    indexes: &[&["ends"], &["root"]],
    ..KEYS
};

/// The vault's tables in the record store.
pub const TABLES: &[&Table] = &[&ITEMS, &REMOVALS, &MARKS, &EVENTS, &LOG, &LOG_KEYS, &DEATHS];

/// The transparency log alone: what a backup of the keys takes along, so that an
/// older copy of the records does not shorten the log.
pub const LOG_TABLES: &[&Table] = &[&LOG];

/// The vault's tables in the key store.
pub const KEY_TABLES: &[&Table] = &[&KEYS, &DEAD, &KEY_MARKS];

/// How the record store's tables came to be. [`crate::Vault::open`] applies them.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        room: "vault",
        version: 1,
        steps: &[Step::Create(&ITEMS_1), Step::Create(&REMOVALS), Step::Create(&MARKS)],
    },
    Migration {
        room: "vault",
        version: 2,
        steps: &[Step::Create(&EVENTS_1), Step::Create(&LOG), Step::Create(&LOG_KEYS)],
    },
    Migration {
        room: "vault",
        version: 3,
        steps: &[
            Step::AddColumn(ITEMS.name, POLICY),
            Step::AddColumn(EVENTS.name, KIND),
            Step::AddColumn(EVENTS.name, READER),
        ],
    },
    Migration {
        room: "vault",
        version: 4,
        steps: &[
            Step::Create(&DEATHS),
            Step::Create(&RESTORED),
            Step::AddColumn(ITEMS.name, SEALED),
            Step::AddColumn(ITEMS.name, HELD),
            Step::AddColumn(ITEMS.name, DUE),
        ],
    },
];

/// How the key store's tables came to be. [`crate::Vault::open`] applies them.
pub const KEY_MIGRATIONS: &[Migration] = &[
    Migration { room: "keys", version: 1, steps: &[Step::Create(&KEYS_1)] },
    Migration {
        room: "keys",
        version: 2,
        steps: &[
            Step::AddColumn(KEYS.name, NOTED),
            Step::AddColumn(KEYS.name, DESTROYED),
            Step::AddIndex(KEYS.name, &["noted"]),
            Step::AddIndex(KEYS.name, &["destroyed"]),
        ],
    },
    Migration { room: "keys", version: 3, steps: &[Step::Create(&DEAD), Step::Create(&KEY_MARKS)] },
];
