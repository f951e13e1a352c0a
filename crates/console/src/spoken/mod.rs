//! What the public pages say, language by language.
//!
//! A language is one [`Spoken`] in a file of its own; the compiler names what it
//! lacks. A sentence may hold places for names in braces: `{operator}`,
//! `{customer}`, `{days}`, `{day}`, `{version}` and the like.

mod english;
mod simplified;
mod traditional;

use bonafide_context::Date;
use bonafide_policy::{Category, Effective, Family, Language, Period};
use bonafide_verify::requests::{LetterError, Topic};

/// Everything that a public page says beside the document that it shows.
pub(crate) struct Spoken {
    pub(crate) language: Language,
    /// What its speakers call it.
    own_name: &'static str,
    /// What readers of the screen call the links at the top.
    pub(crate) pages: &'static str,
    pub(crate) privacy: &'static str,
    pub(crate) terms: &'static str,
    pub(crate) rights: &'static str,
    next_version: &'static str,
    pub(crate) read_next: &'static str,
    pub(crate) not_holding: &'static str,
    holding: &'static str,
    pub(crate) other_versions: &'static str,
    version: &'static str,
    pub(crate) rights_title: &'static str,
    lead: &'static str,
    lead_processor: &'static str,
    processor: &'static str,
    some_customer: &'static str,
    pub(crate) incomplete: &'static str,
    pub(crate) topic: &'static str,
    /// In the order of `Topic::ALL`.
    topics: [&'static str; Topic::ALL.len()],
    pub(crate) name: &'static str,
    pub(crate) email: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) company: &'static str,
    pub(crate) country: &'static str,
    pub(crate) optional: &'static str,
    pub(crate) message: &'static str,
    pub(crate) no_numbers: &'static str,
    pub(crate) send: &'static str,
    kept: &'static str,
    pub(crate) or_write_to: &'static str,
    missing: &'static str,
    too_long: &'static str,
    no_breaks: &'static str,
    no_mailbox: &'static str,
    pub(crate) received: &'static str,
    forwarded: &'static str,
    answered: &'static str,
    pub(crate) reference: &'static str,
    pub(crate) answer_by: &'static str,
    pub(crate) keep_reference: &'static str,
    authority: &'static str,
    under_a_day: &'static str,
    one_day: &'static str,
    months: &'static str,
    days: &'static str,
    until_closed: &'static str,
    date: fn(Date) -> String,
}

/// The words of a language.
pub(crate) const fn in_language(language: Language) -> &'static Spoken {
    match language {
        Language::English => &english::ENGLISH,
        Language::Simplified => &simplified::SIMPLIFIED,
        Language::Traditional => &traditional::TRADITIONAL,
    }
}

/// A sentence with its places filled.
fn filled(sentence: &str, places: &[(&str, &str)]) -> String {
    let fill = |text: String, (name, value): &(&str, &str)| text.replace(name, value);
    places.iter().fold(sentence.to_owned(), fill)
}

/// A link to the same page in another language.
pub(crate) struct Other {
    pub(crate) language: &'static str,
    pub(crate) name: &'static str,
    pub(crate) query: String,
}

impl Other {
    pub(crate) fn new(language: Language, query: String) -> Self {
        Self { language: language.as_str(), name: in_language(language).own_name, query }
    }
}

impl Spoken {
    pub(crate) fn date(&self, date: Date) -> String {
        (self.date)(date)
    }

    /// A version that was announced and does not hold yet.
    pub(crate) fn next_version(&self, version: u32, from: Date) -> String {
        let places = [("{version}", version.to_string()), ("{day}", self.date(from))];
        filled(self.next_version, &places.each_ref().map(|(name, value)| (*name, value.as_str())))
    }

    /// The version that holds, where another is shown.
    pub(crate) fn holding(&self, version: u32) -> String {
        filled(self.holding, &[("{version}", &version.to_string())])
    }

    /// A version and its day.
    pub(crate) fn version(&self, version: u32, from: Date) -> String {
        let places = [("{version}", version.to_string()), ("{day}", self.date(from))];
        filled(self.version, &places.each_ref().map(|(name, value)| (*name, value.as_str())))
    }

    /// Who is written to: whoever runs the server, within so many days.
    pub(crate) fn lead(&self, days: u32) -> String {
        filled(self.lead, &[("{days}", &days.to_string())])
    }

    /// The same where the server works for somebody else: two sentences.
    pub(crate) fn of_processor(&self, customer: &str, operator: &str) -> (String, String) {
        let places = [("{customer}", customer), ("{operator}", operator)];
        (filled(self.lead_processor, &places), filled(self.processor, &places))
    }

    /// The customer of a server that works for somebody else.
    pub(crate) fn customer(&self, policy: &Effective) -> String {
        let named = policy.file().contact.customer.clone();
        named.unwrap_or_else(|| self.some_customer.to_owned())
    }

    /// What a request can be about, in the order of the form.
    pub(crate) fn topics(&self) -> impl Iterator<Item = (Topic, &'static str)> {
        Topic::ALL.into_iter().zip(self.topics)
    }

    /// What a request is about.
    pub(crate) fn topic_of(&self, topic: Topic) -> &'static str {
        self.topics().find(|(one, _)| *one == topic).map_or("", |(_, said)| said)
    }

    /// What is wrong with a field.
    pub(crate) fn wrong(&self, error: LetterError) -> String {
        match error {
            LetterError::Missing(_) => self.missing.to_owned(),
            LetterError::TooLong(_, most) => {
                filled(self.too_long, &[("{count}", &most.to_string())])
            }
            LetterError::Form(_) => self.no_breaks.to_owned(),
            LetterError::Email => self.no_mailbox.to_owned(),
        }
    }

    /// For how long a letter is kept, as the policy has it.
    pub(crate) fn kept(&self, policy: &Effective) -> String {
        let period = match policy.at_rest(Family::Management, Category::Contact) {
            Period::For(period) => match period.as_secs() / 86_400 {
                0 => self.under_a_day.to_owned(),
                1 => self.one_day.to_owned(),
                days if days >= 60 && days % 365 == 0 => {
                    filled(self.months, &[("{months}", &(days / 365 * 12).to_string())])
                }
                days => filled(self.days, &[("{days}", &days.to_string())]),
            },
            Period::UntilClosed => self.until_closed.to_owned(),
        };
        filled(self.kept, &[("{period}", &period)])
    }

    /// What becomes of a message: it was passed on, or is answered here.
    pub(crate) fn taken(&self, forwarded_to: Option<&str>, answer_by: &str) -> String {
        match forwarded_to {
            Some(customer) => filled(self.forwarded, &[("{customer}", customer)]),
            None => filled(self.answered, &[("{day}", answer_by)]),
        }
    }

    /// Where to complain.
    pub(crate) fn authority(&self, authority: &str) -> String {
        filled(self.authority, &[("{authority}", authority)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_filled() {
        let day: Date = "2026-11-22".parse().unwrap();
        let policy = bonafide_policy::Library::bundled().unwrap().effective("strict").unwrap();
        for language in Language::ALL.iter().copied() {
            let say = in_language(language);
            assert_eq!(say.language, language);
            let (lead, more) = say.of_processor("Example Bank", "Example Operator");
            let all = [
                say.next_version(3, day),
                say.holding(2),
                say.version(2, day),
                say.lead(30),
                lead,
                more,
                say.wrong(LetterError::TooLong("name", 100)),
                say.kept(&policy),
                say.taken(Some("Example Bank"), ""),
                say.taken(None, &say.date(day)),
                say.authority("the authority"),
            ];
            for sentence in all {
                assert!(!sentence.contains(['{', '}']), "{sentence}");
            }
        }
    }

    #[test]
    fn days_are_said_as_people_say_them() {
        let day: Date = "2026-11-22".parse().unwrap();
        assert_eq!(in_language(Language::English).date(day), "22 November 2026");
        assert_eq!(in_language(Language::Simplified).date(day), "2026 年 11 月 22 日");
    }
}
