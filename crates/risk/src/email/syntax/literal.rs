//! Addresses in numbers (RFC 5321, 4.1.3).

use std::net::Ipv6Addr;

/// Whether what stands in the brackets is the address of a host.
pub(super) fn is_address(content: &str) -> bool {
    match content.get(..5) {
        Some(tag) if tag.eq_ignore_ascii_case("IPv6:") => {
            content.get(5..).is_some_and(is_version_6)
        }
        _ => is_version_4(content),
    }
}

/// Four numbers of one to three digits, up to 255.
fn is_version_4(text: &str) -> bool {
    let number = |part: &str| {
        (1..=3).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_digit())
            && part.parse::<u16>().is_ok_and(|number| number <= 255)
    };
    text.split('.').count() == 4 && text.split('.').all(number)
}

/// Eight groups; or fewer and a double colon, which stands for two groups at least.
fn is_version_6(text: &str) -> bool {
    let Ok(_) = text.parse::<Ipv6Addr>() else { return false };
    if !text.contains("::") {
        return true;
    }
    let groups = text.split(':').filter(|group| !group.is_empty());
    let counted: usize = groups.map(|group| if group.contains('.') { 2 } else { 1 }).sum();
    counted <= 6
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn addresses_are_told_from_what_looks_like_them() {
        for yes in [
            "192.0.2.1",
            "255.255.255.255",
            "IPv6:2001:db8::1",
            "ipv6:::",
            "IPv6:1111:2222:3333:4444:5555:6666:7777:8888",
            "IPv6:1111:2222:3333:4444:5555:6666:255.255.255.255",
            "IPv6:1111:2222:3333:4444::255.255.255.255",
        ] {
            assert!(is_address(yes), "{yes}");
        }
        for no in [
            "",
            "192.0.2",
            "192.0.2.256",
            "192.0.2.1.1",
            "192.0.2.+1",
            "IPv6:1::2::3",
            "IPv6::1",
            "IPv6:1111:2222:3333:4444:5555:6666:7777::",
            "IPv6:1111:2222:3333:4444:5555::255.255.255.255",
            "2001:db8::1",
            "x-tag:content",
        ] {
            assert!(!is_address(no), "{no}");
        }
    }
}
