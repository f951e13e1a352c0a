//! What is wrong with a policy, and where.

use std::fmt;

use crate::names::named;

named! {
    /// The rule that a finding is about.
    Rule {
        /// The file cannot be read as a policy.
        Syntax = "syntax",
        /// Two files have one name, or a name has a wrong form.
        Name = "name",
        /// It extends what is not there.
        UnknownParent = "unknown-parent",
        /// It extends itself, by way of others or not.
        Cycle = "cycle",
        /// Two parents disagree, and it does not decide (row O24).
        Ambiguous = "ambiguous",
        /// Something that every policy must say is not said.
        Gap = "gap",
        /// Data has neither a finite period nor a closing event (row R12).
        NoPeriod = "no-period",
        /// A clock is longer than that of what it extends, and no row is named
        /// that asks for it.
        LongerThanParent = "longer-than-parent",
        /// A log is kept for more than two years (row R9).
        LogTooLong = "log-too-long",
        /// What lives for a call is said to rest (rows R8 and D17).
        RestsWhatMayNot = "rests-what-may-not",
        /// Biometric data has no condition of article 9 (row P9).
        BiometricCondition = "biometric-condition",
        /// Data for improving models lacks consent or its 30-day clock (row P3).
        TrainingWithoutConsent = "training-without-consent",
        /// Someone reads for troubleshooting without a grant (rows P7 and P12).
        ReaderWithoutGrant = "reader-without-grant",
        /// A tenant's overlay loosens what it may only tighten.
        Loosens = "loosens",
        /// An overlay does not extend exactly one policy, or is extended.
        Overlay = "overlay",
        /// A profile that its policy does not offer.
        UnknownProfile = "unknown-profile",
        /// A row that the table of obligations does not have.
        UnknownRow = "unknown-row",
        /// Keeping evidence is on without law, period or categories (row O25).
        KycRecord = "kyc-record",
        /// An age that cannot be meant, or one without a source (row O5).
        Age = "age",
        /// A subprocessor that nobody vetted, or one that may not get data there
        /// (rows O14 and O16).
        Subprocessor = "subprocessor",
        /// Whom to turn to is not said, or not in a form that can be used (row O18).
        Contact = "contact",
    }
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The rule.
    pub rule: Rule,
    /// What is wrong and what to do, in a sentence.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} ({})", self.file, self.line, self.message, self.rule)
    }
}

/// Everything that is wrong: at least one finding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Findings(pub Vec<Finding>);

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, finding) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            finding.fmt(f)?;
        }
        Ok(())
    }
}

impl From<Finding> for Findings {
    fn from(finding: Finding) -> Self {
        Self(vec![finding])
    }
}
