//! The words in which a policy decides: families, roles, bases, rules.

use crate::names::named;

named! {
    /// A family of interfaces. Retention is a property of family, category and
    /// purpose (row R11), because the founding texts promise different clocks for
    /// the same data reached through different interfaces.
    Family {
        /// Liveness and face comparison by themselves.
        Liveness = "liveness",
        /// Reading of documents by itself.
        Document = "document",
        /// A selfie verification whose result is fetched later.
        Selfie = "selfie",
        /// A flow in a capture SDK, of an app or of a page.
        Sdk = "sdk",
        /// A whole verification by the native interface.
        Verification = "verification",
        /// A whole verification in the ID Verification dialect.
        IdVerification = "id-verification",
        /// Risk signals of phone numbers, e-mail addresses and devices.
        Risk = "risk",
        /// Accounts, configuration, statistics, the pages of the server itself.
        Management = "management",
    }
}

named! {
    /// Who wants to read.
    Role {
        /// The server itself, at work on a call.
        Service = "service",
        /// The customer's application, with its key: delivery of results.
        Caller = "caller",
        /// Who decides what a machine could not.
        Reviewer = "reviewer",
        /// Who answers persons and authorities.
        PrivacyOfficer = "privacy-officer",
        /// Who runs the server.
        Operator = "operator",
        /// Who looks for an error, only ever under a live grant (row P7).
        Support = "support",
        /// The person whom the data is about.
        DataSubject = "data-subject",
    }
}

named! {
    /// A legal basis of article 6(1) GDPR.
    Basis {
        /// Letter a.
        Consent = "consent",
        /// Letter b.
        Contract = "contract",
        /// Letter c.
        LegalObligation = "legal-obligation",
        /// Letter d.
        VitalInterests = "vital-interests",
        /// Letter e.
        PublicTask = "public-task",
        /// Letter f.
        LegitimateInterest = "legitimate-interest",
    }
}

named! {
    /// A condition of article 9(2) GDPR under which biometric data may be
    /// processed.
    Condition {
        /// Letter a.
        ExplicitConsent = "explicit-consent",
        /// Letter f.
        LegalClaims = "legal-claims",
        /// Letter g.
        SubstantialPublicInterest = "substantial-public-interest",
    }
}

named! {
    /// What is needed of the person before data is processed; the later in the
    /// list, the stronger.
    ConsentRule {
        /// Nothing.
        None = "none",
        /// A receipt is kept where consent was given.
        Record = "record",
        /// Without a receipt (or a warranty that stands in) it is refused.
        Enforce = "enforce",
    }
}

named! {
    /// Where data rests.
    Storage {
        /// Nowhere: in memory, for a call.
        Memory = "memory",
        /// The record store.
        Records = "records",
        /// The object store.
        Objects = "objects",
        /// The search index of the operation log.
        Search = "search",
    }
}

impl Storage {
    /// Whether anything rests there at all.
    pub const fn rests(self) -> bool {
        !matches!(self, Self::Memory)
    }
}

named! {
    /// Whether data may leave its region.
    RegionRule {
        /// Never.
        Stays = "stays",
        /// By an export with a recorded legal basis.
        RecordedBasis = "recorded-basis",
    }
}

named! {
    /// Whose signals the risk interface may tell.
    RiskSignals {
        /// Of a phone number: its line, its carrier, its place.
        Phone = "phone",
        /// Of an e-mail address: its form and its domain.
        Email = "email",
        /// Of a device: whether what it says of itself fits together.
        Device = "device",
    }
}

named! {
    /// Whether data may be used to improve models.
    Training {
        /// Never.
        Never = "never",
        /// A copy of what persons consented to, apart from everything else.
        Consented = "consented",
    }
}

named! {
    /// What whoever runs the server is, for a purpose, in the sense of article 4
    /// GDPR.
    DataRole {
        /// Decides why and how.
        Controller = "controller",
        /// Acts for a customer.
        Processor = "processor",
    }
}

named! {
    /// What ends the rest of data that has no period in days.
    ClosingEvent {
        /// The customer's contract ends.
        ContractEnds = "contract-ends",
        /// The user's account is closed.
        AccountCloses = "account-closes",
        /// A newer version takes its place.
        Replaced = "replaced",
    }
}

named! {
    /// On what ground data may cross a border (chapter V GDPR).
    TransferBasis {
        /// Standard contractual clauses.
        StandardClauses = "standard-clauses",
        /// An adequacy decision.
        Adequacy = "adequacy",
        /// Binding corporate rules.
        BindingRules = "binding-rules",
        /// The person's explicit consent (article 49).
        ExplicitConsent = "explicit-consent",
    }
}

/// Whether a role may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It may.
    Allowed,
    /// Only while a grant lives: given by another person, limited in time and to
    /// one subject or call.
    UnderGrant,
    /// It may not.
    Denied,
}

/// Where the verification stands that the data belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It is not decided yet.
    Running,
    /// It is decided: only delivery and deletion are left (row P4).
    Ended,
}
