//! What is written. It names nobody and holds nothing of a letter: mail passes
//! through hands that nobody knows.

use bonafide_policy::Effective;

use super::MailKind;
use crate::Moment;

/// Subject and text.
pub(super) fn announcement(
    policy: &Effective,
    holds: Moment,
    material: bool,
    asks_consent: bool,
    url: &str,
) -> (String, String) {
    let (title, version) = (one_line(policy.title()), policy.version());
    let day = holds.0.date();
    let subject = format!("{title}: version {version} holds from {day}");
    let mut text = format!(
        "Version {version} of the policy \"{title}\", under which your data and that of your users \
         is processed, holds from {holds} (UTC).\n\n"
    );
    text.push_str(if material {
        "It changes what happens to personal data.\n"
    } else {
        "It changes nothing of what happens to personal data.\n"
    });
    if asks_consent {
        text.push_str("Persons who consented before are asked again from that day on.\n");
    }
    text.push_str(&format!(
        "\nUntil then the version before it holds. What changes, and both texts:\n\
         {url}/privacy?version={version}\n{url}/privacy/terms?version={version}\n"
    ));
    (subject, text)
}

/// Subject and text.
pub(super) fn request(answer_by: Moment, url: &str) -> (String, String) {
    let day = answer_by.0.date();
    let subject = format!("A privacy request waits, to be answered by {day}");
    let text = format!(
        "Somebody has written by the form for privacy requests. It is to be answered by \
         {answer_by} (UTC).\n\nWhat was written is not in this mail. Read and answer it here:\n\
         {url}/review/requests\n"
    );
    (subject, text)
}

/// A header takes one line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

impl MailKind {
    /// The name in rows and evidence.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "policy.announced",
            Self::Request => "request.received",
        }
    }
}
