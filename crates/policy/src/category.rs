//! What kinds of data there are, and what they are kept for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every one of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in files, stores and answers.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, UnknownName> {
                Self::ALL.iter().copied().find(|c| c.as_str() == text).ok_or(UnknownName)
            }
        }
    };
}

named! {
    /// A kind of data: what decides how long it rests, under which key, and who
    /// may open it.
    Category {
        /// One row a call: who called what, when, with which result and fee.
        Monitoring = "monitoring",
        /// The desensitised steps of a call.
        OperationLog = "operation_log",
        /// Name, address, numbers and dates of a person.
        Identification = "identification",
        /// Pictures and videos of a face.
        FaceMedia = "face_media",
        /// Pictures and videos of a document.
        DocumentMedia = "document_media",
        /// What a verification found out: scores, fields, decision.
        Results = "results",
        /// Whom a verification is about, as the customer calls him: a keyed hash.
        SubjectReference = "subject_reference",
        /// What device a person used.
        Device = "device",
        /// Where a person stopped in a flow, from a closed list.
        ClientEvents = "client_events",
        /// Who agreed to what, when and how.
        Consent = "consent",
        /// Tenants, users, keys.
        Account = "account",
        /// Settings, templates, webhook endpoints.
        Configuration = "configuration",
        /// Addresses and times of those who use the console and the interface.
        SecurityLog = "security_log",
        /// What was sent to a customer's endpoint: ids and status.
        Deliveries = "deliveries",
        /// What a repeated request is answered with: a pointer, no data.
        Idempotency = "idempotency",
        /// Messages from the contact form.
        Contact = "contact",
    }
}

named! {
    /// What data is kept for.
    Purpose {
        /// To do what the customer asked for.
        Service = "service",
        /// To bill it.
        Billing = "billing",
        /// To find out why it failed, under a grant.
        Troubleshooting = "troubleshooting",
        /// To keep the platform safe.
        Security = "security",
        /// To prove what was agreed.
        Evidence = "evidence",
        /// To improve models, with consent of its own.
        Improvement = "improvement",
        /// Where a law obliges a customer to keep evidence.
        KycRecord = "kyc-record",
    }
}

/// A name that no list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such name")]
pub struct UnknownName;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for &category in Category::ALL {
            assert_eq!(category.as_str().parse(), Ok(category));
            let json = serde_json::to_string(&category).unwrap();
            assert_eq!(json, format!("\"{category}\""));
        }
        assert_eq!("faces".parse::<Category>(), Err(UnknownName));
    }
}
