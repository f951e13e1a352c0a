//! Events that the log is to take, committed together with what happened.

use bonafide_context::{Keeper, Random, Realm, Timestamp};
use bonafide_policy::{Category, Period, Purpose, Retention, Role};
use bonafide_transparency::leaf::{
    Code, Commitment, Consent, ConsentAct, Leaf, Opening, PolicyRef, Restriction, RestrictionAct,
    SensitiveRead, SubjectHash,
};
use bonafide_transparency::seconds;

use super::super::tables::EVENTS;
use super::super::{Under, Vault};
use super::unusable;
use crate::records::{Change, Row};
use crate::{VaultError, seal};

/// What happened to somebody's data and is for the caller to say; destructions,
/// keys and policies the vault says by itself.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// Consent was given, refused or withdrawn.
    Consent {
        /// Which of these.
        act: ConsentAct,
        /// To what, one purpose or more, as codes.
        purposes: &'a [&'a str],
        /// The notice that was shown, by its policy and version.
        notice: Under<'a>,
        /// In which language, as `en`.
        language: &'a str,
        /// How, as a code: `hosted_flow`, `customer`, `warranty`.
        how: &'a str,
        /// Whether a guardian acted for the person.
        guardian: bool,
    },
    /// A person, or a customer's application, has read sensitive data: media,
    /// results, an export. What the server itself opens for the call that it was
    /// given (to compare, to decide, to repeat an answer) is no such reading; the
    /// caller knows which it is. One event a call and category is enough, however
    /// many items it showed.
    Read {
        /// In which role.
        role: Role,
        /// Who: the id of a user or of a key, never a name.
        reader: &'a str,
        /// Data of which category.
        category: Category,
        /// What for.
        purpose: Purpose,
        /// How many items.
        items: u64,
    },
    /// Processing was restricted or a hold placed, or its end.
    Restriction {
        /// Which of these.
        act: RestrictionAct,
        /// On which ground, as a code: `request`, `objection`, `legal_claim`.
        basis: &'a str,
    },
}

/// Whom an event concerns. The log holds a salted commitment to it only.
#[derive(Clone, Copy, Debug)]
pub struct Whose<'a> {
    /// Within which walls.
    pub realm: &'a Realm,
    /// The id of a verification, a keyed hash of a subject. Nothing personal.
    pub owner: &'a str,
    /// Until when it is to be known whose event it was [default: as long as it
    /// is known of whom a verification was].
    pub until: Option<Timestamp>,
}

impl Vault {
    /// The changes that put an event into the log, to be committed together with
    /// what happened. Costs a row, no look at any store. The event is in the log
    /// a few seconds later ([`Vault::log_events`]).
    pub fn event(&self, whose: &Whose<'_>, event: &Event<'_>) -> Result<Vec<Change>, VaultError> {
        if !Keeper::Events.works() {
            return Ok(Vec::new());
        }
        let now = self.clock.moment();
        let until = whose.until.unwrap_or_else(|| known_until(now));
        self.random.with(|random| {
            let realm = whose.realm.to_string();
            let mut entry = Entry::of(&realm, whose.owner, now, until, random);
            let (commitment, when) = (entry.commit(random), seconds(now));
            let (kind, leaf) = match *event {
                Event::Consent { act, purposes, notice, language, how, guardian } => {
                    let purposes = purposes.iter().map(|purpose| code(purpose));
                    let consent = Consent {
                        when,
                        act,
                        purposes: purposes.collect::<Result<_, _>>()?,
                        notice: PolicyRef { name: code(notice.policy)?, version: notice.version },
                        language: code(language)?,
                        how: code(how)?,
                        guardian,
                        commitment,
                    };
                    ("consent", Leaf::Consent(consent))
                }
                Event::Read { role, reader, category, purpose, items } => {
                    let read = SensitiveRead {
                        when,
                        role: code(role.as_str())?,
                        category: code(category.as_str())?,
                        purpose: code(purpose.as_str())?,
                        items,
                        reader: entry.commit_reader(reader, random),
                        commitment,
                    };
                    ("sensitive-read", Leaf::SensitiveRead(read))
                }
                Event::Restriction { act, basis } => {
                    let basis = code(basis)?;
                    let restriction = Restriction { when, act, basis, commitment };
                    ("restriction", Leaf::Restriction(restriction))
                }
            };
            Ok(vec![entry.change(kind, &leaf)?])
        })
    }
}

/// The kind of events that destroy something.
pub(super) const DELETION: &str = "deletion";

/// An event's row that is to be.
pub(super) struct Entry<'e> {
    id: String,
    realm: &'e str,
    owner: &'e str,
    at: Timestamp,
    forget: Timestamp,
    opening: Option<Opening>,
    reader: Option<Opening>,
}

impl<'e> Entry<'e> {
    /// Of somebody.
    pub(super) fn of(
        realm: &'e str,
        owner: &'e str,
        at: Timestamp,
        forget: Timestamp,
        random: &mut dyn Random,
    ) -> Self {
        let mut id = [0; 16];
        random.fill(&mut id);
        Self { id: seal::hex(&id), realm, owner, at, forget, opening: None, reader: None }
    }

    /// Of nobody, under an id that another attempt would give it again.
    pub(super) fn of_nobody(id: String, at: Timestamp, forget: Timestamp) -> Self {
        Self { id, realm: "", owner: "", at, forget, opening: None, reader: None }
    }

    /// Commits to whose it is.
    pub(super) fn commit(&mut self, random: &mut dyn Random) -> Commitment {
        let (commitment, opening) = Opening::commit(SubjectHash::of_owner(self.owner), random);
        self.opening = Some(opening);
        commitment
    }

    fn commit_reader(&mut self, reader: &str, random: &mut dyn Random) -> Commitment {
        let (commitment, opening) = Opening::commit(SubjectHash::of_owner(reader), random);
        self.reader = Some(opening);
        commitment
    }

    /// The row with what the log is to say.
    pub(super) fn row(self, kind: &str, leaf: &Leaf) -> Result<Row, VaultError> {
        let opening = self.opening.map(|opening| opening.to_bytes().to_vec());
        let reader = self.reader.map(|opening| opening.to_bytes().to_vec());
        Ok(Row::new(&EVENTS)
            .with("id", self.id)
            .with("realm", self.realm)
            .with("owner", self.owner)
            .with("at", self.at)
            .with("forget", self.forget)
            .with("leaf", leaf.encode().map_err(unusable)?)
            .with("opening", opening.unwrap_or_default())
            .with("kind", kind)
            .with("reader", reader))
    }

    pub(super) fn change(self, kind: &str, leaf: &Leaf) -> Result<Change, VaultError> {
        Ok(Change::Insert(self.row(kind, leaf)?))
    }
}

/// Until when it is known whose an event was: as long as it is known of whom a
/// verification was.
pub(super) fn known_until(now: Timestamp) -> Timestamp {
    match Retention.period(Category::SubjectReference) {
        Period::For(period) => {
            let ms = u64::try_from(period.as_millis()).unwrap_or(u64::MAX);
            Timestamp(now.0.saturating_add(ms))
        }
        Period::UntilClosed => now,
    }
}

fn code(text: &str) -> Result<Code, VaultError> {
    text.parse().map_err(|_| VaultError::Refused { reason: "the log takes codes only" })
}
