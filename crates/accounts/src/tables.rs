//! The tables of this room.

use bonafide_policy::Category;
use bonafide_vault::records::{Column, Kind, Migration, Step, Table};

use Kind::{Bytes, Integer, Name, Text};

/// Tenants by AppID.
pub(crate) const TENANTS: Table = Table {
    name: "accounts_tenants",
    category: Category::Account,
    columns: &[
        Column::new("app_id", Integer),
        Column::new("uin", Integer),
        Column::new("name", Text),
        Column::optional("policy", Name),
        Column::new("created", Integer),
        Column::optional("closed", Integer),
    ],
    key: &["app_id"],
    indexes: &[],
};

/// Applications by id.
pub(crate) const APPLICATIONS: Table = Table {
    name: "accounts_applications",
    category: Category::Account,
    columns: &[
        Column::new("id", Name),
        Column::new("tenant", Integer),
        Column::new("environment", Name),
        Column::new("region", Name),
        Column::new("name", Text),
        Column::new("created", Integer),
        Column::optional("closed", Integer),
    ],
    key: &["id"],
    indexes: &[&["tenant", "id"]],
};

/// Keys by id. A row says everything that a call needs to know about its
/// caller, so that authentication is one look-up by key.
pub(crate) const KEYS: Table = Table {
    name: "accounts_keys",
    category: Category::Account,
    columns: &[
        Column::new("id", Name),
        Column::new("application", Name),
        Column::new("tenant", Integer),
        Column::new("environment", Name),
        Column::new("region", Name),
        Column::new("scopes", Name),
        // CIDR notation, one a line; empty for everywhere.
        Column::new("networks", Text),
        // SHA-256 of the secret.
        Column::new("hash", Bytes),
        // The secret itself, sealed: only of keys that verify signatures.
        Column::optional("sealed", Bytes),
        Column::new("created", Integer),
        Column::optional("expires", Integer),
        Column::optional("last_used", Integer),
        Column::optional("revoked", Integer),
        Column::optional("successor", Name),
    ],
    key: &["id"],
    indexes: &[&["application", "id"], &["tenant", "environment", "region"]],
};

/// What happens once in the life of an installation.
pub(crate) const FIRSTS: Table = Table {
    name: "accounts_firsts",
    category: Category::Account,
    columns: &[Column::new("name", Name), Column::new("at", Integer)],
    key: &["name"],
    indexes: &[],
};

/// Users of the console by keyed hash of their login name, which makes the name
/// unique without being readable.
pub(crate) const USERS: Table = Table {
    name: "accounts_users",
    category: Category::Account,
    columns: &[
        Column::new("login_hash", Name),
        Column::new("id", Name),
        // The login name, sealed.
        Column::new("login", Bytes),
        // Whose; empty for the operator's own people.
        Column::optional("tenant", Integer),
        Column::new("role", Name),
        // PHC string of argon2id.
        Column::new("password", Text),
        // Seed of the second factor, sealed; and one that is not confirmed yet.
        Column::optional("totp", Bytes),
        Column::optional("totp_pending", Bytes),
        // The last time step that was used up.
        Column::new("totp_step", Integer),
        Column::new("failures", Integer),
        Column::new("locked_until", Integer),
        Column::new("created", Integer),
    ],
    key: &["login_hash"],
    indexes: &[&["id"], &["tenant", "id"]],
};

/// Sessions of the console by hash of their token.
pub(crate) const SESSIONS: Table = Table {
    name: "accounts_sessions",
    category: Category::SecurityLog,
    columns: &[
        Column::new("hash", Name),
        Column::new("user_id", Name),
        Column::new("second_factor", Integer),
        Column::new("created", Integer),
        Column::new("expires", Integer),
        Column::new("seen", Integer),
    ],
    key: &["hash"],
    indexes: &[&["user_id"], &["expires"]],
};

/// How many calls of a day's quota were handed out to nodes.
pub(crate) const QUOTAS: Table = Table {
    name: "accounts_quotas",
    category: Category::Monitoring,
    columns: &[
        Column::new("tenant", Integer),
        Column::new("interface", Name),
        // Days since 1970 in UTC.
        Column::new("day", Integer),
        Column::new("granted", Integer),
        QUOTA,
    ],
    key: &["tenant", "interface", "day"],
    indexes: &[&["day"]],
};

/// The quota that the last calls were handed out of.
const QUOTA: Column = Column::optional("quota", Integer);

/// Quotas as they were at first.
const QUOTAS_1: Table = Table {
    columns: &[
        Column::new("tenant", Integer),
        Column::new("interface", Name),
        Column::new("day", Integer),
        Column::new("granted", Integer),
    ],
    ..QUOTAS
};

/// Names of flow templates in their realm, and their newest version.
pub(crate) const TEMPLATES: Table = Table {
    name: "accounts_templates",
    category: Category::Configuration,
    columns: &[
        Column::new("tenant", Integer),
        Column::new("environment", Name),
        Column::new("region", Name),
        Column::new("name", Name),
        Column::new("id", Name),
        Column::new("newest", Integer),
        Column::new("created", Integer),
        Column::optional("closed", Integer),
    ],
    key: &["tenant", "environment", "region", "name"],
    indexes: &[&["id"]],
};

/// Versions of flow templates: written once, never changed.
pub(crate) const TEMPLATE_VERSIONS: Table = Table {
    name: "accounts_template_versions",
    category: Category::Configuration,
    columns: &[
        Column::new("template", Name),
        Column::new("version", Integer),
        // JSON of the settings.
        Column::new("settings", Text),
        Column::new("created", Integer),
    ],
    key: &["template", "version"],
    indexes: &[],
};

/// Every change of accounts and configuration.
pub(crate) const AUDIT: Table = Table {
    name: "accounts_audit",
    category: Category::Configuration,
    columns: &[
        // Sorts by time.
        Column::new("id", Name),
        Column::new("at", Integer),
        // Key or user id, `cli` or `server`.
        Column::new("actor", Name),
        Column::new("action", Name),
        // Id of what was changed.
        Column::new("subject", Name),
        // Whose it is, as far as it is someone's.
        Column::optional("tenant", Integer),
        Column::optional("environment", Name),
        Column::optional("region", Name),
        // Facts of a closed list, as JSON; never a secret or a name.
        Column::new("facts", Text),
    ],
    key: &["id"],
    indexes: &[&["tenant", "id"]],
};

/// Grants to look at a person's data for an error: who asked, who gave, until
/// when. The row goes when the tie to the person has to.
pub(crate) const GRANTS: Table = Table {
    name: "accounts_grants",
    category: Category::SubjectReference,
    columns: &[
        Column::new("id", Name),
        Column::new("tenant", Integer),
        Column::new("environment", Name),
        Column::new("region", Name),
        // `verification`, `subject` or `call`, and which one.
        Column::new("kind", Name),
        Column::new("target", Name),
        Column::new("reason", Name),
        Column::new("minutes", Integer),
        Column::new("state", Name),
        Column::new("requested_by", Name),
        Column::new("requested", Integer),
        Column::optional("decided_by", Name),
        Column::optional("decided", Integer),
        Column::new("expires", Integer),
        Column::new("remove", Integer),
    ],
    key: &["id"],
    indexes: &[&["requested_by", "state"], &["tenant", "requested"], &["remove"]],
};

/// What customers have signed, application by application.
pub(crate) const WARRANTIES: Table = Table {
    name: "accounts_warranties",
    category: Category::Account,
    columns: &[
        Column::new("application", Name),
        // 1, 2, 3 …
        Column::new("number", Integer),
        Column::new("text_version", Name),
        // Who signed, sealed.
        Column::new("signatory", Bytes),
        Column::new("actor", Name),
        Column::new("signed", Integer),
        Column::optional("ended", Integer),
    ],
    key: &["application", "number"],
    indexes: &[],
};

/// What a tenant has switched on beyond what its policy lets happen by itself.
pub(crate) const SWITCHES: Table = Table {
    name: "accounts_switches",
    category: Category::Configuration,
    columns: &[
        Column::new("tenant", Integer),
        Column::new("name", Name),
        Column::new("since", Integer),
    ],
    key: &["tenant", "name"],
    indexes: &[],
};

/// By which policy the deadlines of what rests of a tenant's data were fixed last.
pub(crate) const POLICIES: Table = Table {
    name: "accounts_policies",
    category: Category::Configuration,
    columns: &[
        Column::new("tenant", Integer),
        // Its fingerprint; empty: it has to be done.
        Column::new("policy", Name),
        // When it is done once more.
        Column::optional("again", Integer),
        // Realms of which the log knows that a law wants records, with spaces between.
        Column::new("by_law", Text),
    ],
    key: &["tenant"],
    indexes: &[],
};

/// Every table of this room.
pub const TABLES: &[&Table] = &[
    &TENANTS,
    &APPLICATIONS,
    &KEYS,
    &FIRSTS,
    &USERS,
    &SESSIONS,
    &QUOTAS,
    &TEMPLATES,
    &TEMPLATE_VERSIONS,
    &AUDIT,
    &GRANTS,
    &WARRANTIES,
    &SWITCHES,
    &POLICIES,
];

/// How they came to be.
pub const MIGRATIONS: &[Migration] = &[
    FIRST,
    Migration { room: "accounts", version: 2, steps: &[Step::AddColumn(QUOTAS.name, QUOTA)] },
    Migration { room: "accounts", version: 3, steps: &[Step::Create(&GRANTS)] },
    Migration {
        room: "accounts",
        version: 4,
        steps: &[Step::Create(&WARRANTIES), Step::Create(&SWITCHES)],
    },
    Migration { room: "accounts", version: 5, steps: &[Step::Create(&POLICIES)] },
];

const FIRST: Migration = Migration {
    room: "accounts",
    version: 1,
    steps: &[
        Step::Create(&TENANTS),
        Step::Create(&APPLICATIONS),
        Step::Create(&KEYS),
        Step::Create(&FIRSTS),
        Step::Create(&USERS),
        Step::Create(&SESSIONS),
        Step::Create(&QUOTAS_1),
        Step::Create(&TEMPLATES),
        Step::Create(&TEMPLATE_VERSIONS),
        Step::Create(&AUDIT),
    ],
};
