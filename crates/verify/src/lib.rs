//! The use cases: what a call asks for, from bytes to a decision.
//!
//! [`App`] holds everything a dialect needs. One-shot use cases
//! ([`read_document`], [`compare_faces`], [`detect_faces`], [`check_liveness`])
//! answer and keep nothing; [`verification`] is one verification from creation
//! to decision, around the pure rule [`decide`]; [`consent`] says whether a person
//! agreed to any of it.

mod answer;
mod app;
pub mod consent;
mod decide;
pub mod device;
pub mod document_types;
mod error;
pub mod interface;
pub mod liveness;
pub mod mail;
pub mod notice;
mod pool;
mod reading;
pub mod requests;
pub mod risk;
pub mod subject;
pub mod subprocessors;
pub mod tenancy;
pub mod troubleshoot;
mod use_case;
pub mod verification;
pub mod webhooks;
pub mod witnesses;

use bonafide_ledger::consent::{ConsentReceipt, Guardian};
use bonafide_policy::Stored;
use bonafide_vault::records::{Migration, Step, Table};

pub use answer::{
    ComparisonAnswer, ComparisonField, DetectedFace, DocumentAnswer, DocumentField, FaceField,
    FacesAnswer, LivenessAnswer, LivenessField, Moment, MomentError, Selectable, Selection,
    UnknownField,
};
pub use app::{
    Answered, App, AppParts, AppSettings, Clocks, Done, EmbeddedError, Engines, SideFiles,
    family_of,
};
pub use decide::{Decision, Evidence, Reason, Rules, Verdict, decide};
pub use error::UseCaseError;
pub use pool::{Busy, JobError, Permit, Pool, PoolLoad, PoolSettings, Ran, Running};
pub use use_case::{
    CheckLiveness, CompareFaces, DetectFaces, DocumentWithPortrait, ReadDocument, check_liveness,
    compare_faces, detect_faces, face_thresholds, read_document, read_document_with_portrait,
};

/// What this room has the vault keep, for the data inventory.
pub fn held() -> Vec<Stored> {
    let mut all = verification::held();
    all.extend(liveness::held());
    all.push(Stored::held::<requests::Letter>("verify"));
    all.push(Stored::held::<mail::Waiting>("verify"));
    all.push(Stored::held::<device::DeviceFacts>("verify"));
    all.push(Stored::held::<device::DeviceRisk>("verify"));
    all.push(Stored::held::<device::DeviceKey>("verify"));
    all.push(Stored::held::<ConsentReceipt>("ledger"));
    all.push(Stored::held::<Guardian>("ledger"));
    all
}

/// This room's tables.
pub const TABLES: &[&Table] = &[
    &verification::VERIFICATIONS,
    &verification::EVENTS,
    &verification::HOLDINGS,
    &reading::READS,
    &reading::RESTRICTIONS,
    &subject::REQUESTS,
    &subject::HOLDS,
    &subject::RECORDS,
    &liveness::CHALLENGES,
    &liveness::SEEN,
    &device::DEVICE_KEYS,
];

/// How they came to be. [`App::new`] applies them.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        room: "verify",
        version: 1,
        steps: &[Step::Create(&verification::VERIFICATIONS_1), Step::Create(&verification::EVENTS)],
    },
    Migration {
        room: "verify",
        version: 2,
        steps: &[
            Step::AddIndex(verification::VERIFICATIONS.name, verification::BY_REFERENCE),
            Step::Create(&verification::HOLDINGS_1),
            Step::Create(&reading::READS_2),
            Step::Create(&reading::RESTRICTIONS),
        ],
    },
    Migration {
        room: "verify",
        version: 3,
        steps: &[
            Step::Create(&subject::REQUESTS),
            Step::Create(&subject::HOLDS),
            Step::Create(&subject::RECORDS),
        ],
    },
    Migration {
        room: "verify",
        version: 4,
        steps: &[Step::AddIndex(verification::HOLDINGS.name, verification::EVERYWHERE)],
    },
    Migration {
        room: "verify",
        version: 5,
        steps: &[
            Step::AddColumn(reading::READS.name, reading::READS_REMOVE),
            Step::AddIndex(reading::READS.name, &["remove"]),
        ],
    },
    Migration {
        room: "verify",
        version: 6,
        steps: &[Step::Create(&liveness::CHALLENGES_6), Step::Create(&liveness::SEEN)],
    },
    Migration {
        room: "verify",
        version: 7,
        steps: &[
            Step::AddColumn(liveness::CHALLENGES.name, liveness::OF_WHOM),
            Step::AddIndex(liveness::CHALLENGES.name, liveness::BY_REFERENCE),
        ],
    },
    Migration { room: "verify", version: 8, steps: &[Step::Create(&device::DEVICE_KEYS)] },
];
