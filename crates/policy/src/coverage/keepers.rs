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
    (Keeper::Sealing, &["C4", "M2"]),
    (Keeper::Realms, &["M4"]),
    (Keeper::Regions, &["O15"]),
    (Keeper::Retention, &["D17", "D19", "D20", "R1", "R2", "R3", "R4", "R5", "R7", "R8", "R9",
        "R10", "R11"]),
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
    (Keeper::Tightening, &["O12", "O15"]),
    (Keeper::ConsentGate, &["P3", "O3"]),
    (Keeper::AgeGate, &["O5"]),
    (Keeper::PlaceGate, &["O12"]),
    (Keeper::ReadTable, &["D18", "P1", "P4", "P7", "P12"]),
    (Keeper::GrantCheck, &["P7", "P12"]),
    (Keeper::TrainingSwitch, &["P11"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::row;

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
}
