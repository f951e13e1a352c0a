//! Everything that can be held of a person: one list, which every answer to the person
//! walks. What a new kind needs is asked for by the compiler; that no stored type and
//! no table was forgotten, by a test that walks the data inventory.

use bonafide_ledger::consent::{CONSENTS, ConsentRow};
use bonafide_vault::records::{Condition, Select};

use super::law::{copies_of, copy_owner};
use super::whose::{Subject, every_row};
use crate::liveness::challenges_of;
use crate::verification::{Record, improvement_owner};
use crate::{App, UseCaseError};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, [$($holder:literal),+];)+) => {
        /// A kind of what is held of a person.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum SubjectKind {
            $($(#[$doc])* $variant,)+
        }

        impl SubjectKind {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in answers.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The types and tables of the data inventory that belong to it.
            pub const fn holders(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($holder),+],)+ }
            }
        }
    };
}

kinds! {
    /// A verification: pictures, recordings of the face and what was measured in them, result, what the person said of himself, facts of the
    /// device, sealed answers; its row, its timeline, who read it.
    Verification = "verification",
        ["document_front", "document_back", "portrait", "selfie", "HeldResult",
         "HeldStatement", "DeviceFacts", "DeviceRisk", "DeviceKey", "device_keys", "repeated answer", "verifications", "verification_events",
         "verification_holdings", "verification_reads", "liveness_recording",
         "HeldAudit", "liveness_challenges", "liveness_seen"];
    /// A liveness challenge that belongs to no verification: recording, best frame, what
    /// was measured.
    Challenge = "challenge", ["best_frame"];
    /// A copy to improve models.
    Improvement = "improvement", ["HeldFields"];
    /// A record that a law obliges the customer to keep.
    LegalRecord = "legal_record", ["kyc_records"];
    /// A consent, and who gave it for a person under age.
    Consent = "consent", ["ConsentReceipt", "Guardian", "ledger_consents"];
    /// What the person asked for.
    Request = "request", ["subject_requests"];
    /// That processing is restricted.
    Restriction = "restriction", ["subject_restrictions"];
    /// That a legal hold is in force.
    Hold = "hold", ["subject_holds"];
    /// A grant under which somebody may look at it, to find an error.
    Grant = "grant", ["accounts_grants"];
    /// What the transparency log was told, as long as it is known of whom: what was
    /// destroyed is told with its receipt, and goes by itself.
    Event = "event", ["vault_events"];
}

/// Whose items are a person's, as the vault calls them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ItemsOf {
    /// What they are.
    pub(crate) kind: SubjectKind,
    /// The owner, as the vault calls it.
    pub(crate) owner: String,
    /// Of which verification, if of one.
    pub(crate) verification: Option<String>,
}

impl ItemsOf {
    /// Its name, if it is of this kind.
    pub(crate) fn own(&self, kind: SubjectKind) -> Option<String> {
        (self.kind == kind).then(|| self.owner.clone())
    }
}

impl ItemsOf {
    /// By what the vault calls an owner.
    pub(crate) fn named(owner: &str) -> Self {
        let (kind, verification) = match owner.split_once('/') {
            Some(("improvement", of)) => (SubjectKind::Improvement, Some(of)),
            Some(("kyc-record", of)) => (SubjectKind::LegalRecord, Some(of)),
            _ if owner.starts_with("cns_") => (SubjectKind::Consent, None),
            _ if owner.starts_with("lch_") => (SubjectKind::Challenge, None),
            _ => (SubjectKind::Verification, Some(owner)),
        };
        Self { kind, owner: owner.to_owned(), verification: verification.map(str::to_owned) }
    }
}

/// Every owner of items that are a person's.
pub(super) async fn items_of(
    app: &App,
    subject: &Subject,
    records: &[Record],
) -> Result<Vec<ItemsOf>, UseCaseError> {
    let mut all = Vec::new();
    for kind in SubjectKind::ALL {
        match kind {
            SubjectKind::Verification => {
                all.extend(records.iter().map(|record| ItemsOf::named(record.id.as_str())));
            }
            SubjectKind::Challenge => {
                let own = challenges_of(app, &subject.realm, subject.hash()).await?;
                all.extend(own.iter().map(|(id, _)| ItemsOf::named(id.as_str())));
            }
            SubjectKind::Improvement => {
                let copy = |record: &Record| ItemsOf::named(&improvement_owner(&record.id));
                all.extend(records.iter().map(copy));
            }
            SubjectKind::LegalRecord => {
                for copy in copies_of(app, subject).await? {
                    all.push(ItemsOf::named(&copy_owner(&copy.verification)));
                }
            }
            SubjectKind::Consent => {
                let rows = consents_of(app, subject).await?;
                all.extend(rows.iter().map(|row| ItemsOf::named(row.id.as_str())));
            }
            // Rows, and nothing in the vault.
            SubjectKind::Request
            | SubjectKind::Restriction
            | SubjectKind::Hold
            | SubjectKind::Grant
            | SubjectKind::Event => {}
        }
    }
    Ok(all)
}

/// The consents of a person, the newest first, whichever application asked for them.
pub(super) async fn consents_of(
    app: &App,
    subject: &Subject,
) -> Result<Vec<ConsentRow>, UseCaseError> {
    let of = || Select::from(&CONSENTS).and(Condition::is("subject", subject.hash()));
    let (mut found, now) = (Vec::new(), app.clock().now());
    for row in every_row(app, of, "given").await? {
        let row = ConsentRow::read(&row)?;
        // A hash is of one realm, since the key is.
        if row.realm == subject.realm && now < row.remove {
            found.push(row);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_tells_what_it_owns() {
        let kind = |owner| ItemsOf::named(owner).kind;
        assert_eq!(kind("ver_a"), SubjectKind::Verification);
        assert_eq!(kind("cns_a"), SubjectKind::Consent);
        assert_eq!(kind("lch_a"), SubjectKind::Challenge);
        assert_eq!(ItemsOf::named("lch_a").verification, None);
        let copy = ItemsOf::named("improvement/ver_a");
        assert_eq!(copy.verification.as_deref(), Some("ver_a"));
        assert_eq!(copy.kind, SubjectKind::Improvement);
        let record = ItemsOf::named(&copy_owner("ver_a"));
        assert_eq!(record.kind, SubjectKind::LegalRecord);
        assert_eq!(record.verification.as_deref(), Some("ver_a"));
    }
}
