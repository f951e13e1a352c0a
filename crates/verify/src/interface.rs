//! The interfaces that this room answers, by their names in monitoring rows,
//! prices and usage. Every dialect that offers a use case writes its name.

use bonafide_ledger::{Interface, Scope};
use bonafide_vault::VaultError;

use crate::App;

macro_rules! interfaces {
    ($($(#[$meta:meta])* $name:ident = $text:literal, $family:literal, $scope:ident;)+) => {
        $($(#[$meta])* pub const $name: Interface =
            Interface::new($text, $family, Some(Scope::$scope));)+

        /// Every one of them.
        pub const ALL: &[&Interface] = &[$(&$name,)+];
    };
}

interfaces! {
    /// Reads a document from its pictures.
    DOCUMENTS_READ = "documents.read", "document", Document;
    /// Compares two faces.
    FACES_COMPARE = "faces.compare", "face", Face;
    /// Finds faces.
    FACES_DETECT = "faces.detect", "face", Face;
    /// Judges liveness from one picture.
    LIVENESS_PASSIVE = "liveness.passive", "liveness", Liveness;
    /// Issues a liveness challenge.
    CHALLENGES_ISSUE = "liveness.challenges.issue", "liveness", Liveness;
    /// Takes a part of a recording.
    CHALLENGES_PART = "liveness.challenges.part", "liveness", Liveness;
    /// Says where the face is.
    CHALLENGES_POSITION = "liveness.challenges.position", "liveness", Liveness;
    /// Judges a recording.
    CHALLENGES_COMPLETE = "liveness.challenges.complete", "liveness", Liveness;
    /// Reads a challenge and its verdict.
    CHALLENGES_READ = "liveness.challenges.read", "liveness", Liveness;
    /// Opens the best frame of a recording.
    CHALLENGES_BEST_FRAME = "liveness.challenges.best_frame", "liveness", Liveness;
    /// Creates a verification.
    VERIFICATIONS_CREATE = "verifications.create", "verification", Verification;
    /// Lists verifications.
    VERIFICATIONS_LIST = "verifications.list", "verification", Verification;
    /// Reads a verification's state and result.
    VERIFICATIONS_READ = "verifications.read", "verification", Verification;
    /// Tells how the customer wants the pages that the person sees.
    VERIFICATIONS_PAGE = "verifications.page", "verification", Verification;
    /// Says where the person is and how old.
    VERIFICATIONS_STATEMENT = "verifications.statement", "verification", Verification;
    /// Takes the way without biometrics.
    VERIFICATIONS_ASSIST = "verifications.assist", "verification", Verification;
    /// Takes facts of the device that the person uses.
    VERIFICATIONS_DEVICE = "verifications.device", "verification", Verification;
    /// Hands in pictures of the document.
    VERIFICATIONS_DOCUMENT = "verifications.document", "verification", Verification;
    /// Hands in the selfie.
    VERIFICATIONS_SELFIE = "verifications.selfie", "verification", Verification;
    /// Cancels a verification.
    VERIFICATIONS_CANCEL = "verifications.cancel", "verification", Verification;
    /// Deletes media, or all of a verification.
    VERIFICATIONS_REDACT = "verifications.redact", "verification", Verification;
    /// Decides a verification that is for review.
    VERIFICATIONS_DECIDE = "verifications.decide", "verification", Verification;
    /// Opens a picture of a verification.
    VERIFICATIONS_MEDIA = "verifications.media", "verification", Verification;
    /// Tells what happened in the person's browser.
    VERIFICATIONS_EVENT = "verifications.event", "verification", Verification;
    /// What happened in a verification, in order.
    VERIFICATIONS_TIMELINE = "verifications.timeline", "verification", Verification;
    /// Tells what is held of a person.
    SUBJECTS_READ = "subjects.read", "verification", Privacy;
    /// Exports what is held of a person.
    SUBJECTS_EXPORT = "subjects.export", "verification", Privacy;
    /// Puts right what was read wrongly of a person.
    SUBJECTS_RECTIFY = "subjects.rectify", "verification", Privacy;
    /// Freezes what is held of a person.
    SUBJECTS_RESTRICT = "subjects.restrict", "verification", Privacy;
    /// Ends that.
    SUBJECTS_UNRESTRICT = "subjects.unrestrict", "verification", Privacy;
    /// Takes down an objection.
    SUBJECTS_OBJECT = "subjects.object", "verification", Privacy;
    /// Deletes what is held of a person.
    SUBJECTS_DELETE = "subjects.delete", "verification", Privacy;
    /// Places a legal hold.
    SUBJECTS_HOLD = "subjects.hold", "verification", Privacy;
    /// Lifts a legal hold.
    SUBJECTS_RELEASE = "subjects.release", "verification", Privacy;
    /// Asks whose data was kept in a period.
    BREACHES_READ = "breaches.read", "verification", Privacy;
    /// Hands over a person's consent.
    CONSENTS_GIVE = "consents.give", "verification", Verification;
    /// Lists consent receipts.
    CONSENTS_LIST = "consents.list", "verification", Verification;
    /// Reads a consent receipt.
    CONSENTS_READ = "consents.read", "verification", Verification;
    /// Proves that consent was given.
    CONSENTS_PROVE = "consents.prove", "verification", Verification;
    /// Withdraws consent.
    CONSENTS_WITHDRAW = "consents.withdraw", "verification", Verification;
    /// Agrees to a verification.
    VERIFICATIONS_CONSENT = "verifications.consent", "verification", Verification;
    /// Shows what was agreed to for a verification.
    VERIFICATIONS_CONSENT_READ = "verifications.consent_read", "verification", Verification;
    /// Withdraws consent to a verification.
    VERIFICATIONS_CONSENT_WITHDRAW =
        "verifications.consent_withdraw", "verification", Verification;
    /// Assesses phone numbers.
    RISK_PHONE = "risk.phone", "risk", Risk;
    /// Assesses e-mail addresses.
    RISK_EMAIL = "risk.email", "risk", Risk;
    /// Assesses devices.
    RISK_DEVICE = "risk.device", "risk", Risk;
    /// Assesses any of them together.
    RISK_ASSESS = "risk.assess", "risk", Risk;
    /// What was destroyed of a verification, with proof.
    VERIFICATIONS_RECEIPTS = "verifications.receipts", "verification", Verification;
}

/// What ends the keeping of personal data and opens none: done even while nothing
/// personal is to be opened.
const ERASING: [Interface; 5] = [
    VERIFICATIONS_CANCEL,
    VERIFICATIONS_REDACT,
    VERIFICATIONS_CONSENT_WITHDRAW,
    CONSENTS_WITHDRAW,
    SUBJECTS_DELETE,
];

impl App {
    /// Whether an interface may be answered now. While nobody knows what is due,
    /// because the clock is behind a moment that was seen before or because what
    /// was restored is not checked, those of this room that open personal data or
    /// take it in are refused.
    pub fn ready_for(&self, interface: &Interface) -> Result<(), VaultError> {
        let same = |other: &Interface| other.name == interface.name;
        if !ALL.iter().any(|other| same(other)) || ERASING.iter().any(same) {
            return Ok(());
        }
        self.vault().ready().map(|_| ())
    }
}
