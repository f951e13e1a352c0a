//! English.

use bonafide_policy::Language;

use super::Spoken;
use crate::words;

pub(super) const ENGLISH: Spoken = Spoken {
    language: Language::English,
    own_name: "English",
    pages: "Pages",
    privacy: "Privacy",
    terms: "Terms",
    rights: "Your rights",
    next_version: "Version {version} of this text holds from {day}. Until then, the text below \
                   holds.",
    read_next: "Read it, and what changes.",
    not_holding: "This version does not hold now.",
    holding: "Version {version} does.",
    other_versions: "Other versions",
    version: "Version {version}, from {day}",
    rights_title: "Your rights",
    lead: "Ask what is held about you, correct it, have it deleted, or just write to us. You are \
           answered within {days} days.",
    lead_processor: "{customer} is responsible for your data and answers you. {operator} works on \
                     its behalf.",
    processor: "Turn to {customer} first. What you write here is passed on to {customer}, and you \
                are answered from there.",
    some_customer: "the company that asked you to be checked",
    incomplete: "Something is missing or not in a form that can be used. Look at what is marked \
                 below.",
    topic: "What is it about?",
    topics: [
        "I want to know what is held about me",
        "Something about me is wrong",
        "Delete my data",
        "Keep my data, but do not use it",
        "I object to a use of my data",
        "I want a copy that machines can read",
        "I take my consent back",
        "A person shall look at the decision",
        "Something else",
    ],
    name: "Your name",
    email: "E-mail address",
    phone: "Phone",
    company: "Company",
    country: "Country",
    optional: "(optional)",
    message: "Your message",
    no_numbers: "Do not send pictures or numbers of documents. If they are needed, you are asked \
                 for them.",
    send: "Send",
    kept: "What you write is encrypted, read only by those who answer you, and deleted after \
           {period}.",
    or_write_to: "Or write to",
    missing: "Write something here",
    too_long: "Write at most {count} characters here",
    no_breaks: "Leave out line breaks and control characters here",
    no_mailbox: "Write an address like name@example.org",
    received: "Received",
    forwarded: "Your message was passed on to {customer}, who is responsible for your data and \
                answers you.",
    answered: "Thank you. You are answered by {day} at the latest.",
    reference: "Reference",
    answer_by: "Answer by",
    keep_reference: "Keep the reference: by it, your message is found again.",
    authority: "If you are not answered, you can complain to {authority}.",
    under_a_day: "less than a day",
    one_day: "one day",
    months: "{months} months",
    days: "{days} days",
    until_closed: "as long as it takes",
    date: words::date,
};
