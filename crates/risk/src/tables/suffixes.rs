//! The Public Suffix List.

use publicsuffix::{List, Psl, Type};

/// What a domain ends in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Suffix {
    /// Whether the list has it; `false` is a top level that there is not.
    pub(crate) known: bool,
    /// Whether a company gives it out, and not a registry.
    pub(crate) private: bool,
    /// How many of the domain's labels were registered: the suffix and one more.
    /// `None` if the domain is itself a suffix.
    pub(crate) registrable_labels: Option<usize>,
}

/// The list.
pub(crate) struct Suffixes(List);

impl Suffixes {
    pub(super) fn read(text: &str) -> Option<Self> {
        let list: List = text.parse().ok()?;
        (!list.is_empty()).then_some(Self(list))
    }

    /// What a domain, in ASCII and lower case, ends in.
    pub(crate) fn of(&self, domain: &str) -> Option<Suffix> {
        let suffix = self.0.suffix(domain.as_bytes())?;
        let labels = |bytes: &[u8]| bytes.split(|b| *b == b'.').count();
        let registrable = self.0.domain(domain.as_bytes());
        Some(Suffix {
            known: suffix.is_known(),
            private: suffix.typ() == Some(Type::Private),
            registrable_labels: registrable.map(|domain| labels(domain.as_bytes())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "// ===BEGIN ICANN DOMAINS===\ncom\nuk\nco.uk\n公司\n*.ck\n!www.ck\n\
        // ===END ICANN DOMAINS===\n// ===BEGIN PRIVATE DOMAINS===\nddns.example.com\n\
        // ===END PRIVATE DOMAINS===\n";

    #[test]
    fn suffixes_are_those_of_the_list() {
        let list = Suffixes::read(LIST).unwrap();
        let of = |domain: &str| {
            let suffix = list.of(domain).unwrap();
            (suffix.known, suffix.private, suffix.registrable_labels)
        };
        assert_eq!(of("mail.example.com"), (true, false, Some(2)));
        assert_eq!(of("example.co.uk"), (true, false, Some(3)));
        assert_eq!(of("co.uk"), (true, false, None));
        assert_eq!(of("me.ddns.example.com"), (true, true, Some(4)));
        assert_eq!(of("example.nosuchtld"), (false, false, Some(2)));
        assert_eq!(of("a.b.ck"), (true, false, Some(3)));
        assert_eq!(of("x.xn--55qx5d"), (true, false, Some(2)));
    }
}
