//! Which text is part of the program.
//!
//! A string literal lies in the read-only pages of the program's own file.
//! What came from a request, a store or a decoder lies on the heap or the
//! stack, and never there. So the address of a text tells whether its author
//! wrote it or somebody sent it, whatever the types in between.

use std::ops::Range;
use std::sync::LazyLock;

use bonafide_context::Keeper;

/// Whether `text` was written into the program. Unknown is no.
pub(crate) fn holds(text: &str) -> bool {
    if !Keeper::Redaction.works() {
        return true;
    }
    let start = text.as_ptr() as usize;
    let Some(end) = start.checked_add(text.len()) else { return false };
    text.is_empty() || PAGES.iter().any(|pages| pages.start <= start && end <= pages.end)
}

/// The read-only pages of the program's file, neighbours joined.
static PAGES: LazyLock<Vec<Range<usize>>> = LazyLock::new(|| {
    let program = std::fs::read_link("/proc/self/exe").ok();
    let maps = std::fs::read_to_string("/proc/self/maps").ok();
    match (program.as_ref().and_then(|path| path.to_str()), maps) {
        (Some(program), Some(maps)) => pages(program, &maps),
        _ => Vec::new(),
    }
});

fn pages(program: &str, maps: &str) -> Vec<Range<usize>> {
    let mut pages: Vec<Range<usize>> = Vec::new();
    for line in maps.lines() {
        // 55e0c0000000-55e0c0001000 r--p 00000000 fe:01 1234   /usr/bin/bonafide
        let mut words = line.split_ascii_whitespace();
        let (Some(range), Some(rights)) = (words.next(), words.next()) else { continue };
        let is_program = line.split_once('/').is_some_and(|(_, path)| path == &program[1..]);
        if !is_program || !rights.starts_with("r-") {
            continue;
        }
        let Some((start, end)) = range.split_once('-') else { continue };
        let address = |text| usize::from_str_radix(text, 16);
        let (Ok(start), Ok(end)) = (address(start), address(end)) else { continue };
        match pages.last_mut() {
            Some(last) if last.end == start => last.end = end,
            _ => pages.push(start..end),
        }
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_here_is_known_from_what_was_sent() {
        assert!(holds("a literal"));
        assert!(holds(""));
        assert!(holds(std::any::type_name::<super::Range<u8>>()));
        let sent = String::from("a literal");
        assert!(!holds(&sent));
        assert!(!holds(&sent.clone().leak()[2..]), "a leaked string is still not ours");
        let stack = *b"on the stack";
        assert!(!holds(std::str::from_utf8(&stack).unwrap()));
    }

    #[test]
    fn only_read_only_pages_of_the_program_count() {
        let maps = "1000-2000 r--p 0 fe:01 9  /usr/bin/bonafide\n\
                    2000-3000 r-xp 0 fe:01 9  /usr/bin/bonafide\n\
                    3000-4000 rw-p 0 fe:01 9  /usr/bin/bonafide\n\
                    5000-6000 r--p 0 fe:01 9  /usr/bin/bonafide\n\
                    7000-8000 r--p 0 fe:01 9  /tmp/sent\n\
                    8000-9000 r--p 0 0 0\n\
                    garbage\n";
        assert_eq!(pages("/usr/bin/bonafide", maps), [0x1000..0x3000, 0x5000..0x6000]);
    }
}
