//! What kinds of data there are, and what they are kept for.

use crate::names::named;

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
        /// That a device was there before: a keyed hash, and nothing of the device.
        DeviceKey = "device_key",
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
        /// Who consented for a person under age.
        Guardian = "guardian",
        /// Numbers computed from a face to compare it; they live for a call.
        FaceFeatures = "face_features",
        /// Phone numbers and e-mail addresses asked about; they live for a call.
        Identifiers = "identifiers",
        /// The secret of a liveness challenge: colours or movements not yet asked
        /// for, nonce and key.
        LivenessChallenge = "liveness_challenge",
        /// The frames of a liveness check, as they were handed in.
        LivenessRecording = "liveness_recording",
        /// What was measured in a liveness check, on what its verdict rests.
        LivenessAudit = "liveness_audit",
        /// How the software fares: performance, status, errors, usage.
        Diagnostics = "diagnostics",
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
        /// To answer what a person asks about his own data.
        Rights = "rights",
        /// To improve models, with consent of its own.
        Improvement = "improvement",
        /// Where a law obliges a customer to keep evidence.
        KycRecord = "kyc-record",
    }
}

impl Category {
    /// Whether these are biometric data in the sense of article 9 GDPR, which
    /// need a condition of that article beside a legal basis.
    pub const fn is_biometric(self) -> bool {
        matches!(self, Self::FaceMedia | Self::FaceFeatures | Self::LivenessRecording)
    }

    /// Whether these are pictures or recordings of a person or of his document, which
    /// no hold and no law keeps unless it names them (row O25).
    pub const fn is_media(self) -> bool {
        matches!(self, Self::FaceMedia | Self::DocumentMedia | Self::LivenessRecording)
    }

    /// Whether this tells something of the person who is verified, or of the
    /// guardian, and so is subject to consent and to the person's rights.
    pub const fn is_of_end_user(self) -> bool {
        matches!(
            self,
            Self::Identification
                | Self::FaceMedia
                | Self::DocumentMedia
                | Self::Results
                | Self::SubjectReference
                | Self::Device
                | Self::DeviceKey
                | Self::ClientEvents
                | Self::Consent
                | Self::Guardian
                | Self::FaceFeatures
                | Self::Identifiers
                | Self::LivenessRecording
                | Self::LivenessAudit
        )
    }

    /// Whether this tells something of anybody: of the end user, or of whoever
    /// uses the interface, the console or the contact form.
    pub const fn is_personal(self) -> bool {
        self.is_of_end_user() || matches!(self, Self::Account | Self::SecurityLog | Self::Contact)
    }

    /// Whether this is a log, which no policy may keep for more than two years
    /// (row R9).
    pub const fn is_log(self) -> bool {
        matches!(
            self,
            Self::Monitoring
                | Self::OperationLog
                | Self::ClientEvents
                | Self::SecurityLog
                | Self::Deliveries
                | Self::Diagnostics
        )
    }

    /// Whether this lives for a call and never rests, whatever a policy says
    /// (rows R8 and D17).
    pub const fn never_rests(self) -> bool {
        matches!(self, Self::FaceFeatures | Self::Identifiers)
    }
}

impl Purpose {
    /// Whether data for this purpose is a copy of its own, with a key and a
    /// clock of its own, beside what is kept for the service.
    pub const fn is_separate_copy(self) -> bool {
        matches!(self, Self::Improvement | Self::KycRecord)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UnknownName;

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
