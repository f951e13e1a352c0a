//! Which promises break when a keeper is switched off.

use bonafide_context::Keeper;

/// The rows of the coverage table whose tests have to notice that a keeper does
/// not work: what `make sabotage` tries one by one.
#[rustfmt::skip]
pub const SABOTAGES: &[(Keeper, &[&str])] = &[
    (Keeper::Reaper, &["R1", "R3"]),
    (Keeper::Deadline, &["R1", "R3", "R4", "R11"]),
    (Keeper::KeyDestruction, &["C1", "C5"]),
    (Keeper::Erasure, &["R6", "O8", "O11"]),
    (Keeper::Sealing, &["D21", "C4", "M2"]),
    (Keeper::Realms, &["M4"]),
    (Keeper::Regions, &["O15"]),
    (Keeper::Retention, &["D17", "D19", "D20", "D21", "R1", "R2", "R3", "R4", "R5", "R7", "R8",
        "R9", "R10", "R11"]),
    (Keeper::UsageCounter, &["D1", "P8"]),
    (Keeper::Scopes, &["P1", "M3"]),
    (Keeper::ReferenceHash, &["M9"]),
    (Keeper::Tls, &["M1"]),
    (Keeper::PlainHttp, &["M1"]),
    (Keeper::PasswordHash, &["D14"]),
    (Keeper::FieldSelection, &["D6"]),
    (Keeper::AuditLog, &["D15"]),
    (Keeper::LogProofs, &["M5"]),
    (Keeper::NoteSignatures, &["O4", "M5"]),
    (Keeper::AddressSignatures, &["C3"]),
    (Keeper::PolicyRules, &["P3", "P9", "R9", "O14", "O16", "O20"]),
    (Keeper::PolicyChange, &["R11", "O25"]),
    (Keeper::Tightening, &["O12", "O15", "O24"]),
    (Keeper::ConsentGate, &["P3", "O3"]),
    (Keeper::AgeGate, &["O5"]),
    (Keeper::PlaceGate, &["O12"]),
    (Keeper::ReadTable, &["D18", "P1", "P2", "P4", "P7", "P12", "O21"]),
    (Keeper::GrantCheck, &["P7", "P12"]),
    (Keeper::TrainingSwitch, &["P11"]),
    (Keeper::Redaction, &["D2", "M7"]),
    (Keeper::Inventory, &["D3"]),
    (Keeper::OneTransaction, &["D4", "D5"]),
    (Keeper::FactList, &["D7", "D8", "D9", "D12"]),
    (Keeper::Switches, &["D8", "D10"]),
    (Keeper::Collector, &["D11"]),
    (Keeper::EventList, &["D13"]),
    (Keeper::MetricLabels, &["D16"]),
    (Keeper::Purposes, &["P3", "P5"]),
    (Keeper::Statistics, &["P6"]),
    (Keeper::ShutWhenIdle, &["P10"]),
    (Keeper::Openers, &["P10"]),
    (Keeper::Shipping, &["C2"]),
    (Keeper::Ends, &["R12"]),
    (Keeper::DataRoles, &["O1", "O2", "O7"]),
    (Keeper::Restriction, &["O8", "O9"]),
    (Keeper::Withdrawal, &["P9", "O10"]),
    (Keeper::Recipients, &["O13", "O14"]),
    (Keeper::Borders, &["O16"]),
    (Keeper::Announcements, &["O17"]),
    (Keeper::AskingAgain, &["O17"]),
    (Keeper::Mail, &["D18", "O17"]),
    (Keeper::Contact, &["O18"]),
    (Keeper::Wording, &["D17", "O19", "M6"]),
    (Keeper::Cookies, &["O22"]),
    (Keeper::AssistedWay, &["O23"]),
    (Keeper::Composition, &["O24"]),
    (Keeper::Holds, &["O25"]),
    (Keeper::Sums, &["M8"]),
    (Keeper::Evidence, &["M10"]),
    (Keeper::NeverRests, &["D17", "R8"]),
    (Keeper::DeletionJournal, &["C5"]),
    (Keeper::SecondPerson, &["P7"]),
    (Keeper::Witnesses, &["M5"]),
    (Keeper::Events, &["P1", "M5"]),
    (Keeper::Forgetting, &["D19", "R8"]),
    (Keeper::RiskCut, &["O21"]),
];

/// Rows for which there is nothing to switch off, each with the reason.
pub const WITHOUT_KEEPER: &[(&str, &str)] =
    &[("O6", "contractual wording: indemnities are between operator and customer")];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::{State, row, rows};

    #[test]
    fn every_keeper_is_tried_once_and_every_row_it_breaks_has_a_test() {
        let tried: Vec<Keeper> = SABOTAGES.iter().map(|(keeper, _)| *keeper).collect();
        let mut once = tried.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once, Keeper::ALL, "in the order of the list, each once");
        assert_eq!(tried.len(), once.len());
        for (keeper, rows) in SABOTAGES {
            assert!(!rows.is_empty(), "{keeper:?}");
            for id in *rows {
                assert!(!row(id).unwrap().tests.is_empty(), "{keeper:?}: {id}");
            }
        }
    }

    #[test]
    fn every_row_is_broken_by_a_keeper_or_says_why_not() {
        let broken = |id: &str| SABOTAGES.iter().any(|(_, rows)| rows.contains(&id));
        for row in rows() {
            let excused = WITHOUT_KEEPER.iter().any(|(id, why)| *id == row.id && !why.is_empty());
            assert_ne!(broken(row.id), excused, "{}: a keeper, or a reason", row.id);
            // Wording only: whatever behaves can be switched off.
            assert_eq!(excused, row.state() == State::Stated, "{}", row.id);
        }
        assert!(WITHOUT_KEEPER.iter().all(|(id, _)| row(id).is_some()));
    }
}
