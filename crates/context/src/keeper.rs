//! What keeps a promise, one by one, so that it can be switched off to see whether
//! the promise's test notices.
//!
//! Switching off is possible in a build with the feature `sabotage` alone, which
//! nothing but `make sabotage` asks for: there, the variable `BONAFIDE_SABOTAGE`
//! names the keeper that does not work. In every other build
//! [`Keeper::works`] is the constant `true`, and what would stand in its place is
//! not compiled in.

macro_rules! keepers {
    ($($(#[$meta:meta])* $variant:ident = $name:literal,)+) => {
        /// What keeps a promise.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Keeper {
            $($(#[$meta])* $variant,)+
        }

        impl Keeper {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// By which name it is switched off.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

keepers! {
    /// Removes what is due.
    Reaper = "reaper",
    /// Makes what is due unreadable from its second on.
    Deadline = "deadline",
    /// Destroys the keys of hours that have passed.
    KeyDestruction = "key-destruction",
    /// Erases on request.
    Erasure = "erasure",
    /// Seals what rests.
    Sealing = "sealing",
    /// Keeps tenants, environments and regions apart.
    Realms = "realms",
    /// Keeps regions on servers of their own.
    Regions = "regions",
    /// Says how long what may rest.
    Retention = "retention",
    /// Counts calls beside their rows.
    UsageCounter = "usage-counter",
    /// Asks for the scope of a key.
    Scopes = "scopes",
    /// Turns a customer's reference into a keyed hash.
    ReferenceHash = "reference-hash",
    /// Speaks nothing older than TLS 1.3.
    Tls = "tls",
    /// Speaks plain HTTP nowhere but where nobody listens.
    PlainHttp = "plain-http",
    /// Hashes passwords.
    PasswordHash = "password-hash",
    /// Leaves out what was not asked for.
    FieldSelection = "field-selection",
    /// Writes down changes of settings.
    AuditLog = "audit-log",
    /// Compares hashes of the transparency log.
    LogProofs = "log-proofs",
    /// Verifies signatures of notes.
    NoteSignatures = "note-signatures",
    /// Verifies the signatures of addresses for up- and download.
    AddressSignatures = "address-signatures",
    /// Refuses a policy with a gap, and one that its rules forbid.
    PolicyRules = "policy-rules",
    /// Moves deadlines where a tenant comes under a tighter policy.
    PolicyChange = "policy-change",
    /// Refuses what loosens a policy.
    Tightening = "tightening",
    /// Asks for consent.
    ConsentGate = "consent-gate",
    /// Decides about age.
    AgeGate = "age-gate",
    /// Decides about places.
    PlaceGate = "place-gate",
    /// Decides who may read what for which purpose.
    ReadTable = "read-table",
    /// Lets support read under a grant alone.
    GrantCheck = "grant-check",
    /// Takes training out of a policy that has none.
    TrainingSwitch = "training-switch",
    /// Keeps everything but codes, numbers and the program's own words out of logs.
    Redaction = "redaction",
    /// Lists every field that rests. That none rests without a category is kept by
    /// the compiler, which nothing switches off.
    Inventory = "inventory",
    /// Keeps what belongs to a verification under its own name.
    OneTransaction = "one-transaction",
    /// Takes no fact of a device that is not in the list.
    FactList = "fact-list",
    /// Asks whether a tenant has switched on what is off by default.
    Switches = "switches",
    /// Writes down who collected a picture.
    Collector = "collector",
    /// Takes no event of a browser that is not in the list.
    EventList = "event-list",
    /// Keeps paths and names out of the labels of figures.
    MetricLabels = "metric-labels",
    /// Processes nothing for a purpose that the policy does not name.
    Purposes = "purposes",
    /// Shows counts in statistics and nothing else.
    Statistics = "statistics",
    /// Opens nothing while nobody calls.
    ShutWhenIdle = "shut-when-idle",
    /// Says in the name of which call, look or job something was opened.
    Openers = "openers",
    /// Puts steps into the index before they leave the journal.
    Shipping = "shipping",
    /// Refuses a kind of data without an end.
    Ends = "ends",
    /// Says who is controller and who is processor.
    DataRoles = "data-roles",
    /// Freezes what is restricted.
    Restriction = "restriction",
    /// Hears that consent was taken back.
    Withdrawal = "withdrawal",
    /// Calls nobody who is not registered.
    Recipients = "recipients",
    /// Lets nothing cross a border without a recorded ground.
    Borders = "borders",
    /// Waits after an announcement for the days that were promised.
    Announcements = "announcements",
    /// Asks for consent again where a version of a policy goes further.
    AskingAgain = "asking-again",
    /// Writes to the people who answer.
    Mail = "mail",
    /// Names the privacy contact.
    Contact = "contact",
    /// Claims in documents no more than is so.
    Wording = "wording",
    /// Sets no cookie but the session.
    Cookies = "cookies",
    /// Leaves the decision of the assisted way to a person.
    AssistedWay = "assisted-way",
    /// Refuses two policies that say different things of one cell.
    Composition = "composition",
    /// Keeps what is under a legal hold from the reaper.
    Holds = "holds",
    /// Compares what an upload adds up to.
    Sums = "sums",
    /// Makes evidence from the policies in use.
    Evidence = "evidence",
    /// Takes nothing into the vault that lives for a call.
    NeverRests = "never-rests",
    /// Opens nothing that the deletion journal names.
    DeletionJournal = "deletion-journal",
    /// Lets nobody decide about his own request for a grant.
    SecondPerson = "second-person",
    /// Has the transparency log signed by witnesses.
    Witnesses = "witnesses",
    /// Tells the transparency log of consents, readings and restrictions.
    Events = "events",
    /// Overwrites memory that is given back, and buffers that are read into again.
    Forgetting = "forgetting",
    /// Tells of the risk of an identifier no more than the policy says.
    RiskCut = "risk-cut",
}

impl Keeper {
    /// Whether it does its work: always, but in a build for sabotage.
    #[cfg(not(feature = "sabotage"))]
    #[inline(always)]
    pub const fn works(self) -> bool {
        true
    }

    /// Whether it does its work: unless it was switched off.
    #[cfg(feature = "sabotage")]
    pub fn works(self) -> bool {
        std::env::var_os("BONAFIDE_SABOTAGE").is_none_or(|name| name != self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_keepers_apart() {
        let mut names: Vec<&str> = Keeper::ALL.iter().map(|keeper| keeper.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Keeper::ALL.len());
    }

    #[test]
    fn nothing_is_switched_off_by_itself() {
        assert!(Keeper::ALL.iter().all(|keeper| keeper.works()));
    }
}
