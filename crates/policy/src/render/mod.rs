//! Documents from the policy that holds: privacy notice, processing terms, record
//! of processing, transfer register, draft of an impact assessment.
//!
//! They are written from the same values that the server decides by, so that a
//! document cannot say what the server does not do. Each is a tree of blocks
//! ([`Document`]) that becomes Markdown or a page of HTML: no scripts, nothing
//! from elsewhere, every text escaped.

mod changes;
mod document;
mod dpia;
mod html;
mod markdown;
mod notice;
mod record;
mod shared;
mod terms;
mod transfers;
mod words;

pub use document::{Block, Card, Document, Fact, Section};
pub use html::STYLE;

use bonafide_context::Date;

use crate::names::named;
use crate::{Effective, Language};
use shared::Writer;

named! {
    /// Which document.
    DocumentKind {
        /// For the persons whose data it is.
        PrivacyNotice = "privacy-notice",
        /// For the customer (article 28 GDPR).
        ProcessingTerms = "processing-terms",
        /// For the authority (article 30 GDPR).
        RecordOfProcessing = "record-of-processing",
        /// What may cross a border, and on what ground (chapter V GDPR).
        TransferRegister = "transfer-register",
        /// A start for the controller's own assessment (article 35 GDPR).
        ImpactAssessment = "impact-assessment",
    }
}

/// Writes a document of a policy. With the version before it, the document says
/// what changed since.
pub fn render(
    kind: DocumentKind,
    policy: &Effective,
    previous: Option<&Effective>,
    language: Language,
) -> Document {
    render_from(kind, policy, previous, language, policy.effective_from())
}

/// The same of a version that holds from another day than its file says, because
/// it had to be announced first (row O17).
pub fn render_from(
    kind: DocumentKind,
    policy: &Effective,
    previous: Option<&Effective>,
    language: Language,
    from: Date,
) -> Document {
    let writer = Writer::new(policy, words::of(language)).in_force_from(from);
    let mut document = match kind {
        DocumentKind::PrivacyNotice => notice::write(&writer),
        DocumentKind::ProcessingTerms => terms::write(&writer),
        DocumentKind::RecordOfProcessing => record::write(&writer),
        DocumentKind::TransferRegister => transfers::write(&writer),
        DocumentKind::ImpactAssessment => dpia::write(&writer),
    };
    document.sections.push(changes::write(&writer, previous));
    document
}

#[cfg(test)]
mod tests;
