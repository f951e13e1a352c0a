//! What documents say, language by language.
//!
//! A language is one implementation of [`Words`]; the compiler names what it
//! lacks. A phrase may hold places for names in braces: `{operator}`,
//! `{customer}`, `{days}`, `{age}` and the like.

mod english;
mod simplified;
mod traditional;

use bonafide_context::Date;

use crate::{
    Basis, Category, Condition, ConsentRule, DataRole, Family, Jurisdiction, Keep, Language,
    Purpose, RegionRule, Role, Storage, TransferBasis,
};

/// The words of a language.
pub(super) trait Words: Sync {
    fn language(&self) -> Language;
    fn say(&self, phrase: Phrase) -> &'static str;
    /// A kind of data: its name, and what it is.
    fn category(&self, category: Category) -> (&'static str, &'static str);
    /// Its name in a register, which speaks of persons and not to them.
    fn entry(&self, category: Category) -> &'static str;
    /// What for, as a heading and as the end of "we use it …".
    fn purpose(&self, purpose: Purpose) -> (&'static str, &'static str);
    fn basis(&self, basis: Basis) -> &'static str;
    fn condition(&self, condition: Condition) -> &'static str;
    fn consent(&self, rule: ConsentRule) -> &'static str;
    fn role(&self, role: Role) -> &'static str;
    fn data_role(&self, role: DataRole) -> &'static str;
    fn storage(&self, storage: Storage) -> &'static str;
    fn region(&self, rule: RegionRule) -> &'static str;
    fn transfer(&self, basis: TransferBasis) -> &'static str;
    fn family(&self, family: Family) -> &'static str;
    /// A country; its code where it has no name here.
    fn place(&self, place: Jurisdiction) -> String;
    fn keep(&self, keep: Keep) -> String;
    fn date(&self, date: Date) -> String;
    /// The last two of a list are joined by a word.
    fn list(&self, items: &[String]) -> String;
}

pub(super) fn of(language: Language) -> &'static dyn Words {
    match language {
        Language::English => &english::English,
        Language::Simplified => &simplified::Simplified,
        Language::Traditional => &traditional::Traditional,
    }
}

macro_rules! phrases {
    ($($name:ident,)+) => {
        /// A sentence or a heading of a document.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Phrase { $($name,)+ }

        #[cfg(test)]
        impl Phrase {
            pub(super) const ALL: &'static [Self] = &[$(Self::$name,)+];
        }
    };
}

phrases! {
    // Of every document.
    Contents, Version, InForce, Policy, Foot, NotSet, None, Purposes,
    Storage, Consent, RoleLabel, Recipients, DataLabel, Persons, Measures,
    SafetyTransport, SafetyRest, SafetyKeys, SafetyWorker, SafetyLogs, SafetyLimits,
    Changed, FirstVersion, NoChange, ChangesAnnounced, Before, After, ConsentAgain, Added, Removed,
    // The privacy notice.
    NoticeTitle, NoticeLeadController, NoticeLeadProcessor,
    Responsible, ResponsibleController, ResponsibleProcessor, ProcessorAskCustomer,
    ResponsibleImprovement,
    VerifiedHeading, VerifiedIntro, FacesInMemory, IdentifiersInMemory,
    OthersHeading, OthersIntro,
    ConsentHeading, ConsentEnforced, ConsentRecorded, ConsentWarranty, ConsentWithdraw,
    MachineHeading, MachineText,
    ReadersHeading, ReadersIntro, ReadersSupport, ReadersAfter,
    ShareHeading, ShareNobody, ShareListed, ShareNoSale,
    WhereHeading, WhereStays, WhereTransfer, TrainingHeading, TrainingNever, TrainingConsented,
    RecordHeading, RecordText, HoldText,
    AgeHeading, AgeText, AgePlace, AgeElsewhere, AgeUnknown,
    RightsHeading, RightsIntroController, RightsIntroProcessor, RightsHow, RightsDays,
    RightAccess, RightRectify, RightErase, RightRestrict, RightObject, RightPort, RightWithdraw,
    RightHuman, RightComplain, Authority, AuthorityUnset,
    SafetyHeading, ChangesHeading, ContactHeading, Operator, Address, PrivacyContact, RightsPage,
    Customer,
    // The processing terms.
    TermsTitle, TermsLead, TheCustomer, TermsController,
    TermsSubject, TermsSubjectText, TermsPrevail, TermsInstructions, TermsInstructionsText,
    TermsData, TermsCustomer, TermsConsents, TermsAge, TermsWarranty, TermsPlaces, TermsAnywhere,
    TermsPeople, TermsPeopleText, TermsSub, TermsSubNone, TermsSubText, TermsAssist,
    TermsAssistText, TermsBreach, TermsBreachText, TermsDelete, TermsDeleteText, TermsProof,
    TermsProofText, TermsProofAsk, TermsSafetyText,
    // The record of processing.
    RecordTitle, RecordLead, RecordWho, RecordEntries, PersonsUsers, PersonsEnd,
    // The transfer register.
    TransfersTitle, TransfersLead, TransfersGrounds, TransfersGroundsText, TransfersRules,
    TransfersSub, TransfersSubNone, TransfersOwn, TransfersOwnText, Task, Vetted, TransferLabel,
    Region,
    // The impact assessment.
    DpiaTitle, DpiaLead, DpiaDraft, DpiaWhat, DpiaWhatText, DpiaNeed, DpiaNeedText, DpiaRisks,
    DpiaRisksText, Answer, Remains,
    RiskAccess, RiskAccessAnswer, RiskAccessRemains, RiskKept, RiskKeptAnswer, RiskKeptRemains,
    RiskWrong, RiskWrongAnswer, RiskWrongRemains, RiskFace, RiskFaceAnswer, RiskFaceRemains,
    RiskUse, RiskUseAnswerNever, RiskUseAnswerConsented, RiskUseRemains, RiskChild,
    RiskChildAnswer, RiskChildRemains, RiskAbroad, RiskAbroadAnswer, RiskAbroadRemains,
    DpiaOpen, DpiaOpenText, DpiaOpenNeed, DpiaOpenHeard, DpiaOpenOfficer, DpiaOpenDecision,
    DpiaOpenReview,
}
