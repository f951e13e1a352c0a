//! The sentences.

use crate::render::words::Phrase;

pub(super) fn say(phrase: Phrase) -> &'static str {
    use Phrase as P;
    match phrase {
        P::Contents => "Contents",
        P::Version => "Version",
        P::InForce => "In force from",
        P::Policy => "Policy",
        P::Foot => {
            "Written by the server from policy {policy}, version {version}, with the fingerprint {id}. What stands here is what the server does."
        }
        P::NotSet => "[not set yet: {name}]",
        P::None => "none",
        P::Purposes => "Used",
        P::Storage => "Rests in",
        P::Consent => "Consent",
        P::RoleLabel => "Role",
        P::Recipients => "Recipients",
        P::DataLabel => "Data",
        P::Persons => "Persons concerned",
        P::Measures => "Measures",
        P::SafetyTransport => "Connections are encrypted with TLS 1.3; older versions are refused.",
        P::SafetyRest => {
            "Pictures, results and details of identity are encrypted with AES-256 before they are stored, each under a key of its own."
        }
        P::SafetyKeys => {
            "Keys are kept apart from the data. When a period ends, the key is destroyed, and copies of the data can no longer be opened."
        }
        P::SafetyWorker => {
            "Pictures are opened in a separate process without network and without access to other data."
        }
        P::SafetyLogs => {
            "Logs hold codes, numbers and times, and no names, numbers of documents or pictures."
        }
        P::SafetyLimits => {
            "These measures make misuse hard. They cannot rule it out, and nobody who is honest promises that. If something happens to your data that puts you at risk, you will be told."
        }
        P::Changed => "What changed",
        P::FirstVersion => "There is no earlier version to compare with.",
        P::NoChange => "Nothing that concerns data changed since version {version}.",
        P::ChangesAnnounced => {
            "A change that matters is announced at least {days} days before it holds. Until then the text before it holds."
        }
        P::Before => "Before",
        P::After => "Now",
        P::ConsentAgain => "Persons who consented before are asked again.",
        P::Added => "was not there",
        P::Removed => "no longer there",

        P::NoticeTitle => "Privacy notice",
        P::NoticeLeadController => {
            "{operator} checks who you are. This page says what happens to your data when you are checked, and what you can ask for."
        }
        P::NoticeLeadProcessor => {
            "{operator} checks who you are for {customer}. This page says what happens to your data when you are checked, and whom you can ask."
        }
        P::Responsible => "Who is responsible",
        P::ResponsibleController => {
            "{operator} decides why and how your data is used and is responsible for it. The law calls that the controller."
        }
        P::ResponsibleProcessor => {
            "{customer} decides why and how your data is used and is responsible for it. The law calls that the controller. {operator} runs the check for {customer} and on its instructions, as a processor."
        }
        P::ProcessorAskCustomer => {
            "With questions and requests about your data, turn to {customer}. If you write to {operator}, your request is forwarded and you are told so."
        }
        P::ResponsibleImprovement => {
            "For improving recognition, {operator} is itself responsible. About that use, and about your consent to it, turn to {operator}."
        }
        P::VerifiedHeading => "Your data in a check",
        P::VerifiedIntro => {
            "Each period begins with the first byte that is stored. When it ends, the data can no longer be read, and is then removed."
        }
        P::FacesInMemory => {
            "Two faces are compared by measurements that are computed from pictures. Such measurements can point to a person and are never stored: they are gone when the comparison is done."
        }
        P::IdentifiersInMemory => {
            "Phone numbers and e-mail addresses whose risk is asked about are held in memory and discarded with the answer. They are in no index and train nothing."
        }
        P::OthersHeading => "If you use the interface, the console or the contact form",
        P::OthersIntro => {
            "This concerns people who work for a customer, and those who write to us."
        }
        P::ConsentHeading => "Your consent",
        P::ConsentEnforced => {
            "Your face is processed only if you consented to it. Without consent the check is refused before anything is collected."
        }
        P::ConsentRecorded => {
            "Your face is processed with your explicit consent. What you agreed to is recorded with its time and the version of the text."
        }
        P::ConsentWarranty => {
            "Where the check runs inside a customer's own app, the customer may have asked you for consent and vouched for it with its signature. The record of the check shows that."
        }
        P::ConsentWithdraw => {
            "You can take consent back at any time. What was done before stays lawful; the data is deleted and processing ends."
        }
        P::MachineHeading => "Decisions by machine",
        P::MachineText => {
            "The document and the face are checked by machine. What a machine cannot settle is never taken as a yes: a person looks at it. You can ask that a person looks at your case in any event, and say how you see it."
        }
        P::ReadersHeading => "Who can read your data",
        P::ReadersIntro => {
            "Each reading is decided by role, purpose and kind of data. While the check runs, your pictures and the details of your document can be read by:"
        }
        P::ReadersSupport => {
            "Somebody who looks for the cause of an error sees your data only with a permission that another person gave, for a limited time and for one case. Every such reading is recorded."
        }
        P::ReadersAfter => {
            "Once the check is decided, they are opened for this only: {readers}. Answering your own requests is always possible."
        }
        P::ShareHeading => "Who else receives it",
        P::ShareNobody => "Nobody. No other company processes your data for us under this policy.",
        P::ShareListed => {
            "These companies process data for us. Each was vetted before it received anything, and no other may be called."
        }
        P::ShareNoSale => "Your data is not sold.",
        P::WhereHeading => "Where your data is",
        P::WhereStays => {
            "Your data stays in the region in which the check takes place. It is not copied to another."
        }
        P::WhereTransfer => {
            "If anything ever has to cross a border, that needs one of these grounds, and it is recorded: {bases}."
        }
        P::TrainingHeading => "Improving recognition",
        P::TrainingNever => "Your data is not used to improve recognition or to train models.",
        P::TrainingConsented => {
            "With a consent of its own, which you may refuse without any effect on the check, a separate copy of the following is used to improve recognition: {data}. It is kept for {period} at most. If you take that consent back, the copy is destroyed."
        }
        P::RecordHeading => "Evidence that has to be kept",
        P::RecordText => {
            "A law obliges {customer} to keep evidence of the check: {law}. For that, a separate copy of the following is kept for {period}: {data}. Everything else goes at the end of its own period."
        }
        P::HoldText => {
            "Where data is needed for a legal claim or for an authority, it can be put on hold for one person. It is then kept but not used, and the hold is recorded."
        }
        P::AgeHeading => "If you are young",
        P::AgeText => {
            "From a certain age on you decide alone about your data. Below it, a parent or guardian has to consent, or the check stops and what was collected is deleted. What counts is the stricter of two places: where you are, and who issued your document. If your document does not show your full date of birth, a person has to look at it."
        }
        P::AgePlace => "{age} years",
        P::AgeElsewhere => "Anywhere else",
        P::AgeUnknown => "Where your place is not known, the highest of these ages counts.",
        P::RightsHeading => "Your rights",
        P::RightsIntroController => "You can ask {operator} at any time, without giving reasons:",
        P::RightsIntroProcessor => {
            "You can ask {customer} at any time, without giving reasons; {operator} gives it the means to answer:"
        }
        P::RightsHow => {
            "Use the form, or write to the address below. If you are answered badly or not at all, you can complain to the authority."
        }
        P::RightsDays => "You are answered within {days} days.",
        P::RightAccess => "what is held about you, why, until when, and who read it",
        P::RightRectify => "that wrong data is corrected",
        P::RightErase => "that your data is deleted before its period ends",
        P::RightRestrict => "that your data is kept but not used while a question is open",
        P::RightObject => "that a use stops which you object to",
        P::RightPort => "for a copy in a form that machines can read",
        P::RightWithdraw => "that a consent no longer holds",
        P::RightHuman => "that a person looks at a decision",
        P::RightComplain => "You can complain to a data protection authority: {authority}.",
        P::Authority => "Authority",
        P::AuthorityUnset => "the one where you live",
        P::SafetyHeading => "How your data is protected",
        P::ChangesHeading => "Changes of this text",
        P::ContactHeading => "Contact",
        P::Operator => "Operator",
        P::Address => "Address",
        P::PrivacyContact => "Privacy questions",
        P::RightsPage => "Form for your rights",
        P::Customer => "Customer",

        P::TermsTitle => "Data processing terms",
        P::TermsLead => "How {operator} processes personal data for {customer} (Art. 28 GDPR).",
        P::TheCustomer => "the customer",
        P::TermsController => {
            "Under this policy {operator} is itself the controller of the service. These terms take effect for a customer as soon as the policy makes {operator} its processor."
        }
        P::TermsSubject => "Subject and order",
        P::TermsSubjectText => {
            "{operator} verifies persons for {customer}: it reads identity documents, compares faces and checks that a living person is present. These terms hold as long as that service is used and until everything of it is gone."
        }
        P::TermsPrevail => {
            "This text is a module. It is part of the general agreement between the parties and prevails over it where both speak of the same thing."
        }
        P::TermsInstructions => "Instructions",
        P::TermsInstructionsText => {
            "Data is processed when {customer} asks for it: by a call of the interface, or by a setting of its own. Nothing is opened without either. {operator} says so at once if it holds an instruction to be unlawful."
        }
        P::TermsData => "Data and periods",
        P::TermsCustomer => "What the customer sees to",
        P::TermsConsents => {
            "{customer} gives the information that persons are owed and obtains the consents that the law asks for, keeps them up to date, and can prove both. Where the policy requires consent, a call without it is refused."
        }
        P::TermsAge => {
            "{customer} lets only persons use the service who are old enough to decide alone in the place where they are, or for whom a parent or guardian consented. The server checks the age again from the document."
        }
        P::TermsWarranty => {
            "Where an application cannot carry a receipt of consent, a warranty of {customer}, signed and dated for that application, stands in for it. It never stands in for a consent to improve recognition."
        }
        P::TermsPlaces => "The service may be used from these places: {places}.",
        P::TermsAnywhere => "The service may be used from any place.",
        P::TermsPeople => "People",
        P::TermsPeopleText => {
            "Whoever at {operator} may see personal data is bound to secrecy. Support sees data only with a grant that another person gave, limited in time and to one case; {customer} is notified, and every reading is recorded."
        }
        P::TermsSub => "Subprocessors",
        P::TermsSubNone => {
            "There are none. One becomes active only when it is registered with name, task, region and who vetted it, and the server can call no other."
        }
        P::TermsSubText => {
            "These are registered. The server can call no other. A new one is announced {days} days before it receives anything, so that {customer} can object."
        }
        P::TermsAssist => "Requests of persons",
        P::TermsAssistText => {
            "{customer} answers the persons whose data it is. {operator} gives it the means: to find, export, correct, restrict and delete by its own reference. A request that reaches {operator} is forwarded, and the person is told whom to ask."
        }
        P::TermsBreach => "Breaches",
        P::TermsBreachText => {
            "{operator} tells {customer} of a breach without delay: which persons, which data, between when, and what was done."
        }
        P::TermsDelete => "Deletion",
        P::TermsDeleteText => {
            "Data goes at the end of its period without being asked for, and before that when {customer} asks. Destroying the key comes first, so that backups cannot be opened either. Each deletion is entered in a log that {customer} can check."
        }
        P::TermsProof => "Proof",
        P::TermsProofText => {
            "{operator} hands over what an audit needs: this policy, the table of promises with their tests, the inventory of data and keys, and the records of deletion."
        }
        P::TermsProofAsk => {
            "{operator} may ask {customer} for proof that information was given and consent obtained."
        }
        P::TermsSafetyText => {
            "These measures are in force. They follow the state of the art; they do not rule out every incident."
        }

        P::RecordTitle => "Record of processing",
        P::RecordLead => {
            "What {operator} does with personal data, purpose by purpose (Art. 30 GDPR)."
        }
        P::RecordWho => "Who",
        P::RecordEntries => "Processing",
        P::PersonsUsers => "users of the interface and the console, people who write to us",
        P::PersonsEnd => "persons who are verified, and their guardians",

        P::TransfersTitle => "Transfer register",
        P::TransfersLead => {
            "What may cross a border, on which ground, and to whom (chapter V GDPR)."
        }
        P::TransfersGrounds => "Grounds",
        P::TransfersGroundsText => {
            "An export across a border is made only with one of these grounds on record. There is no automatic copy between regions."
        }
        P::TransfersRules => "Rule for each kind of data",
        P::TransfersSub => "Recipients abroad",
        P::TransfersSubNone => "None is registered.",
        P::TransfersOwn => "Exports",
        P::TransfersOwnText => {
            "The server enters each export with its ground, recipient, date and volume in its log of events."
        }
        P::Task => "Task",
        P::Vetted => "Vetted",
        P::TransferLabel => "Ground",
        P::Region => "Region",

        P::DpiaTitle => "Data protection impact assessment",
        P::DpiaLead => {
            "A draft from the policy of {operator} (Art. 35 GDPR), for the controller to complete."
        }
        P::DpiaDraft => {
            "This is a draft. It says what the software does. Whether that is proportionate in your case is for you to judge, and the last part lists what only you can answer."
        }
        P::DpiaWhat => "What happens",
        P::DpiaWhatText => {
            "A person photographs an identity document and films the own face. The server reads the document, compares the faces, checks that a living person is there, and decides by a written rule. Biometric data is processed to identify a person, on a large scale: an assessment is required."
        }
        P::DpiaNeed => "Necessity and proportion",
        P::DpiaNeedText => "Only what the caller asks for is read and kept. For each kind of data:",
        P::DpiaRisks => "Risks",
        P::DpiaRisksText => {
            "What could go wrong for the persons concerned, what stands against it, and what remains."
        }
        P::Answer => "What stands against it",
        P::Remains => "What remains",
        P::RiskAccess => "Someone reads data who should not",
        P::RiskAccessAnswer => {
            "Encryption at rest with keys kept apart; a table of role, purpose and kind of data; grants by a second person for support; a record of readings."
        }
        P::RiskAccessRemains => {
            "Whoever holds the root key and the stores can open what has not expired yet."
        }
        P::RiskKept => "Data is kept for too long",
        P::RiskKeptAnswer => {
            "Every kind of data has a period or an end. It cannot be read from that second on, and its key is destroyed, so that backups do not bring it back."
        }
        P::RiskKeptRemains => "Copies that the customer fetched are beyond the server's reach.",
        P::RiskWrong => "Somebody is refused or accepted by mistake",
        P::RiskWrongAnswer => {
            "Thresholds with measured error rates; what is unclear goes to a person and is never taken as a yes; a person can ask for another look."
        }
        P::RiskWrongRemains => {
            "Error rates differ between groups of people and cameras. The figures and their limits are published with the software."
        }
        P::RiskFace => "Measurements of a face are misused",
        P::RiskFaceAnswer => {
            "They exist while a comparison runs and are in no store, answer or log."
        }
        P::RiskFaceRemains => "The pictures they are computed from are stored for their period.",
        P::RiskUse => "Data is used for something else",
        P::RiskUseAnswerNever => {
            "Nothing is used to improve models. A purpose that the policy does not list opens nothing."
        }
        P::RiskUseAnswerConsented => {
            "Improving models needs a consent of its own and works on a separate copy with its own key and clock. A purpose that the policy does not list opens nothing."
        }
        P::RiskUseRemains => {
            "What a recipient does with a registered export is bound by contract only."
        }
        P::RiskChild => "A child is verified without a guardian's consent",
        P::RiskChildAnswer => {
            "The age is asked before capture and decided from the document by the stricter of two places, to the day."
        }
        P::RiskChildRemains => "Until the document is read, the stated age is a statement.",
        P::RiskAbroad => "Data leaves its region",
        P::RiskAbroadAnswer => {
            "Each region has stores and keys of its own; an export needs a recorded ground; the outbound client calls registered recipients only."
        }
        P::RiskAbroadRemains => {
            "Where the operator places its machines is the operator's decision."
        }
        P::DpiaOpen => "For the controller to answer",
        P::DpiaOpenText => "These questions have no answer in a policy:",
        P::DpiaOpenNeed => "Why is this check necessary, and why does a milder means not do?",
        P::DpiaOpenHeard => "Were the persons concerned, or those who speak for them, heard?",
        P::DpiaOpenOfficer => "What did the data protection officer advise?",
        P::DpiaOpenDecision => "Which remaining risks are accepted, by whom, and until when?",
        P::DpiaOpenReview => "When is this assessment looked at again?",
    }
}
