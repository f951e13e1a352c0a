//! Domains that are meant to be taken for a big provider's, and signs that are not
//! what they look like (Unicode Technical Standard #39).

use std::sync::LazyLock;

use unicode_security::{
    MixedScript, RestrictionLevel, RestrictionLevelDetection, confusable_detection::skeleton,
};
use zeroize::Zeroizing;

/// Domains of the providers that most people's addresses are at: what look-alikes and
/// slips of the keys are held against.
pub const PROVIDERS: &[&str] = &[
    "163.com",
    "aol.com",
    "att.net",
    "bluewin.ch",
    "bol.com.br",
    "comcast.net",
    "docomo.ne.jp",
    "fastmail.com",
    "free.fr",
    "freenet.de",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hanmail.net",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.de",
    "hotmail.es",
    "hotmail.fr",
    "hotmail.it",
    "icloud.com",
    "interia.pl",
    "laposte.net",
    "libero.it",
    "live.com",
    "mail.ru",
    "msn.com",
    "naver.com",
    "onet.pl",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "outlook.fr",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "rambler.ru",
    "rediffmail.com",
    "rocketmail.com",
    "sbcglobal.net",
    "seznam.cz",
    "sfr.fr",
    "t-online.de",
    "telenet.be",
    "terra.com.br",
    "tiscali.it",
    "tutanota.com",
    "ukr.net",
    "uol.com.br",
    "verizon.net",
    "wanadoo.fr",
    "web.de",
    "wp.pl",
    "yahoo.co.in",
    "yahoo.co.jp",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.com.br",
    "yahoo.de",
    "yahoo.es",
    "yahoo.fr",
    "yahoo.it",
    "yandex.ru",
    "ymail.com",
    "ziggo.nl",
    "zoho.com",
];

/// Domains that are one key from a provider's and are a provider's themselves.
const NEIGHBOURS: &[&str] = &[
    "email.com",
    "fmail.com",
    "gmx.com",
    "gmx.fr",
    "hotmail.be",
    "hotmail.ca",
    "hotmail.ch",
    "hotmail.cl",
    "hotmail.co",
    "hotmail.gr",
    "hotmail.nl",
    "hotmail.se",
    "iname.com",
    "inbox.ru",
    "live.co.uk",
    "live.de",
    "live.fr",
    "live.it",
    "live.nl",
    "mail.com",
    "mail.de",
    "onet.eu",
    "orange.es",
    "outlook.at",
    "outlook.be",
    "outlook.cl",
    "outlook.com.br",
    "outlook.dk",
    "outlook.es",
    "outlook.ie",
    "outlook.in",
    "outlook.it",
    "outlook.jp",
    "outlook.kr",
    "outlook.pt",
    "outlook.sa",
    "protonmail.ch",
    "yahoo.ca",
    "yahoo.cn",
    "yahoo.co.id",
    "yahoo.co.kr",
    "yahoo.gr",
    "yahoo.ie",
    "yahoo.in",
    "yahoo.no",
    "yahoo.pl",
    "yahoo.ro",
    "yahoo.se",
    "yandex.by",
    "yandex.com",
    "yandex.kz",
    "yandex.ua",
    "ya.ru",
];

/// The skeletons of the providers' domains: two texts that look alike have one.
static SKELETONS: LazyLock<Vec<(String, &'static str)>> =
    LazyLock::new(|| PROVIDERS.iter().map(|provider| (bones(provider), *provider)).collect());

/// The skeleton of a text in lower case: confusables are folded, and what the folding
/// made upper case (a nought becomes an O) is put in lower case again.
fn bones(text: &str) -> String {
    skeleton(text).flat_map(char::to_lowercase).collect()
}

/// Whether a domain, as people read it and in lower case, is no provider's but looks
/// like one: in other letters (`gmаil.com` with a Cyrillic а, `gmai1.com`) or with more
/// behind it (`gmail.com.example.net`).
pub(super) fn looks_like_provider(domain: &str) -> bool {
    if PROVIDERS.contains(&domain) {
        return false;
    }
    let own = Zeroizing::new(bones(domain));
    SKELETONS.iter().any(|(bones, provider)| {
        let behind = domain.strip_prefix(provider).and_then(|rest| rest.strip_prefix('.'));
        *own == *bones || behind.is_some_and(|rest| rest.contains('.'))
    })
}

/// Whether a domain is one slip of the keys from a provider's: a key left out, doubled,
/// beside, or two exchanged. Names of fewer than five signs are too near to too much.
pub(super) fn is_provider_typo(domain: &str) -> bool {
    if PROVIDERS.contains(&domain) || NEIGHBOURS.contains(&domain) {
        return false;
    }
    PROVIDERS.iter().any(|provider| {
        let name = provider.split('.').next().unwrap_or_default();
        name.len() >= 5
            && provider.len().abs_diff(domain.len()) <= 1
            && strsim::osa_distance(provider, domain) == 1
    })
}

/// Whether a word mixes scripts that no language mixes: Latin beside Chinese, Japanese
/// or Korean signs is fine, Latin beside Cyrillic is not.
pub(super) fn mixes_scripts(word: &str) -> bool {
    if word.is_ascii() {
        return false;
    }
    let letters: Zeroizing<String> =
        Zeroizing::new(word.chars().filter(|sign| sign.is_alphanumeric()).collect());
    !letters.as_str().is_single_script()
        && letters.as_str().detect_restriction_level() > RestrictionLevel::HighlyRestrictive
}

/// Whether a text has signs that are not seen, or that turn the direction of others.
pub(super) fn has_hidden_signs(text: &str) -> bool {
    text.chars().any(|sign| {
        matches!(
            sign,
            '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}'
                | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookalikes_of_providers_are_seen() {
        for domain in [
            "gm\u{430}il.com",
            "gmai1.com",
            "gmail.com.example.net",
            "hotmai1.com",
            "\u{443}ahoo.com",
            "out1ook.com",
            "\u{ff47}mail.com",
        ] {
            assert!(looks_like_provider(domain), "{domain}");
        }
        for domain in
            ["gmail.com", "example.org", "yahoo.com.mx", "gmail.example", "mail.gmail.com"]
        {
            assert!(!looks_like_provider(domain), "{domain}");
        }
    }

    #[test]
    fn slips_of_the_keys_are_seen() {
        for domain in [
            "gmial.com",
            "gmal.com",
            "gmaill.com",
            "gmail.co",
            "gmail.con",
            "hotmial.com",
            "yaho.com",
            "outlok.com",
            "iclod.com",
        ] {
            assert!(is_provider_typo(domain), "{domain}");
        }
        for domain in [
            "gmail.com",
            "ymail.com",
            "email.com",
            "mail.com",
            "gmx.com",
            "example.org",
            "yandex.com",
            "qq.co",
            "hotmail.nl",
        ] {
            assert!(!is_provider_typo(domain), "{domain}");
        }
    }

    #[test]
    fn scripts_that_no_language_mixes_are_seen() {
        for word in ["gm\u{430}il", "\u{3b1}bc", "p\u{430}ypal"] {
            assert!(mixes_scripts(word), "{word}");
        }
        for word in
            ["gmail", "b\u{fc}cher", "\u{430}\u{431}\u{432}", "例子", "東京tokyo", "한국", "x-1"]
        {
            assert!(!mixes_scripts(word), "{word}");
        }
    }

    #[test]
    fn hidden_signs_are_seen() {
        for text in ["a\u{200b}b", "\u{202e}a", "a\u{ad}", "\u{e0041}a", "a\u{9f}"] {
            assert!(has_hidden_signs(text), "{text:?}");
        }
        assert!(!has_hidden_signs("erika@bücher.example"));
    }
}
