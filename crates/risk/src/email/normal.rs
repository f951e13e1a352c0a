//! One form for one mailbox.

use bonafide_context::Sensitive;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Domains of one provider where dots in the name do not count.
const WITHOUT_DOTS: [&str; 2] = ["gmail.com", "googlemail.com"];

/// The name and its tag, where it has one (`name+tag`).
pub(super) fn split_tag(name: &str) -> (&str, Option<&str>) {
    match name.split_once('+') {
        Some((base, tag)) if !base.is_empty() && !tag.is_empty() => (base, Some(tag)),
        _ => (name, None),
    }
}

/// The address folded so that one mailbox has one form: lower case, composed (NFC),
/// without a tag, and at Gmail without dots and at one domain. Standards let a server
/// tell upper from lower case and give the plus sign another meaning; hardly one does.
pub(super) fn fold(local: &str, domain: &str) -> Sensitive<String> {
    let (base, _) = split_tag(local);
    let dotless = WITHOUT_DOTS.contains(&domain);
    let domain = if dotless { "gmail.com" } else { domain };
    let mut folded = Zeroizing::new(String::with_capacity(local.len() * 3 + domain.len() + 1));
    let kept = base.nfc().flat_map(char::to_lowercase).filter(|sign| !(dotless && *sign == '.'));
    folded.extend(kept);
    folded.push('@');
    folded.push_str(domain);
    Sensitive::new(std::mem::take(&mut *folded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_has_one_form() {
        let fold = |local: &str, domain: &str| fold(local, domain).expose().clone();
        assert_eq!(fold("Erika.M+shop", "googlemail.com"), "erikam@gmail.com");
        assert_eq!(fold("Erika.M+shop", "example.org"), "erika.m@example.org");
        assert_eq!(fold("gru\u{308}\u{df}e", "example.org"), "gr\u{fc}\u{df}e@example.org");
        assert_eq!(fold("+tag", "example.org"), "+tag@example.org");
    }

    #[test]
    fn a_tag_stands_behind_a_name() {
        assert_eq!(split_tag("a+b+c"), ("a", Some("b+c")));
        assert_eq!(split_tag("+b"), ("+b", None));
        assert_eq!(split_tag("a+"), ("a+", None));
    }
}
