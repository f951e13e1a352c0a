//! An item's row.

use bonafide_context::{Realm, Timestamp};
use bonafide_policy::{Category, Purpose};

use super::tables::ITEMS;
use super::{Item, ItemFacts};
use crate::objects::ObjectKey;
use crate::records::{RecordsError, Row};
use crate::seal::{Binding, KeyName};
use crate::{VaultError, seal};

/// Under which prefix of the object store all items lie.
pub(super) const PREFIX: &str = "items";
/// Names are as long as a key of a table can hold.
const LONGEST_NAME: usize = 190;

/// What a row says of an item.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) realm: String,
    pub(super) owner: String,
    pub(super) id: String,
    pub(super) facts: ItemFacts,
    pub(super) data_key: Vec<u8>,
    pub(super) content: Content,
    /// As `name@version`; items of the first versions have none.
    pub(super) policy: Option<String>,
    /// The deadline it was sealed with, if `expires` is another by now.
    pub(super) sealed: Option<Timestamp>,
    /// Since when it is under a hold.
    pub(super) held: Option<Timestamp>,
    /// When it would be due without the hold.
    pub(super) due: Option<Timestamp>,
}

/// Where the sealed bytes are.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Row(Vec<u8>),
    Object(ObjectKey),
}

impl Stored {
    /// A row that is to be: `data_key` and `content` are empty.
    pub(super) fn new(
        item: &Item<'_>,
        size: u64,
        created: Timestamp,
        id: &[u8],
    ) -> Result<Self, VaultError> {
        for name in [item.owner, item.name, item.media_type, item.policy.policy] {
            if name.is_empty() || name.len() > LONGEST_NAME {
                return Err(VaultError::Refused { reason: "a name is of 1 to 190 bytes" });
            }
        }
        Ok(Self {
            realm: item.realm.to_string(),
            owner: item.owner.to_owned(),
            id: seal::hex(id),
            facts: ItemFacts {
                name: item.name.to_owned(),
                category: item.category,
                media_type: item.media_type.to_owned(),
                size,
                created,
                // What a row can hold.
                expires: item.expires.min(Timestamp(i64::MAX.unsigned_abs())),
            },
            data_key: Vec::new(),
            content: Content::Row(Vec::new()),
            policy: Some(format!("{}@{}", item.policy.policy, item.policy.version)),
            sealed: None,
            held: None,
            due: None,
        })
    }

    /// Where its bytes are to lie: `items/{region}/{environment}/{tenant}/…`.
    /// The moment in the name tells the sweep how old an object is.
    pub(super) fn object_key(&self) -> Result<ObjectKey, VaultError> {
        format!("{PREFIX}/{}/{}-{}", self.realm, self.facts.created.0, self.id)
            .parse()
            .map_err(|_| VaultError::Refused { reason: "a realm that gives no object key" })
    }

    /// Moment and id of an object that [`Stored::object_key`] named.
    pub(super) fn of_object(key: &ObjectKey) -> Option<(Timestamp, &str)> {
        let (created, id) = key.as_str().rsplit('/').next()?.split_once('-')?;
        Some((Timestamp(created.parse().ok()?), id))
    }

    /// Which key its data key is wrapped with.
    pub(super) fn key_name(&self, realm: &Realm) -> KeyName {
        let (category, expires) = (self.facts.category, self.sealed_until());
        match copied_for(&self.owner) {
            Some(purpose) => KeyName::expiring_copy(realm, purpose, category, expires),
            None => KeyName::expiring(realm, category, expires),
        }
    }

    /// The deadline that it was sealed with: names the key, and is what its
    /// envelopes are bound to.
    pub(super) fn sealed_until(&self) -> Timestamp {
        self.sealed.unwrap_or(self.facts.expires)
    }

    /// From when on it cannot be read: never later than it was sealed with,
    /// whatever its row says.
    pub(super) fn deadline(&self) -> Timestamp {
        self.due.unwrap_or(self.facts.expires).min(self.sealed_until())
    }

    /// What its envelopes are bound to: a row that says anything else does not
    /// open them.
    pub(super) fn binding(&self, kind: &str) -> Binding {
        Binding::new(kind)
            .part(&self.realm)
            .part(&self.owner)
            .part(&self.facts.name)
            .part(&self.id)
            .part(self.facts.category.as_str())
            .part(&self.facts.media_type)
            .number(self.facts.size)
            .number(self.facts.created.0)
            .number(self.sealed_until().0)
    }

    /// What is said of it: until when it can be read, and not what its row says.
    pub(super) fn into_facts(self) -> ItemFacts {
        ItemFacts { expires: self.deadline(), ..self.facts }
    }

    pub(super) fn row(self) -> Row {
        let row = Row::new(&ITEMS)
            .with("realm", self.realm)
            .with("owner", self.owner)
            .with("name", self.facts.name)
            .with("id", self.id)
            .with("category", self.facts.category.as_str())
            .with("media_type", self.facts.media_type)
            .with("size", self.facts.size)
            .with("created", self.facts.created)
            .with("expires", self.facts.expires)
            .with("data_key", self.data_key)
            .with("policy", self.policy)
            .with("sealed", self.sealed)
            .with("held", self.held)
            .with("due", self.due);
        match self.content {
            Content::Row(bytes) => row.with("content", bytes),
            Content::Object(key) => row.with("object", key.as_str()),
        }
    }

    pub(super) fn read(row: &Row) -> Result<Self, VaultError> {
        let shape = || RecordsError::Shape { table: ITEMS.name };
        let moment = |column| {
            let at = row.optional_integer(column)?;
            Ok::<_, VaultError>(at.and_then(|at| u64::try_from(at).ok()).map(Timestamp))
        };
        let content = match row.optional_text("object")? {
            Some(key) => Content::Object(key.parse().map_err(|_| shape())?),
            None => Content::Row(row.bytes("content")?.to_vec()),
        };
        Ok(Self {
            realm: row.text("realm")?.to_owned(),
            owner: row.text("owner")?.to_owned(),
            id: row.text("id")?.to_owned(),
            facts: ItemFacts {
                name: row.text("name")?.to_owned(),
                category: row.parsed::<Category>("category")?,
                media_type: row.text("media_type")?.to_owned(),
                size: u64::try_from(row.integer("size")?).map_err(|_| shape())?,
                created: row.moment("created")?,
                expires: row.moment("expires")?,
            },
            data_key: row.bytes("data_key")?.to_vec(),
            content,
            policy: row.optional_text("policy")?.map(str::to_owned),
            sealed: moment("sealed")?,
            held: moment("held")?,
            due: moment("due")?,
        })
    }
}

/// What a copy apart from the service is kept for: its owner is called
/// `improvement/…` or `kyc-record/…`.
fn copied_for(owner: &str) -> Option<Purpose> {
    let purpose: Purpose = owner.split_once('/')?.0.parse().ok()?;
    purpose.is_separate_copy().then_some(purpose)
}
