//! A list of words.

/// Words in one piece of memory, sorted.
pub(crate) struct Lines {
    text: Box<str>,
    /// Where each begins and ends.
    spans: Vec<(u32, u32)>,
}

impl Lines {
    /// A list of one word a line, in any order.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text: Box<str> = text.to_ascii_lowercase().into();
        let mut spans = Vec::new();
        let mut at = 0usize;
        for line in text.split_inclusive('\n') {
            let word = line.trim_end();
            if !word.is_empty() {
                spans.push((u32::try_from(at).ok()?, u32::try_from(at + word.len()).ok()?));
            }
            at += line.len();
        }
        spans.sort_by(|a, b| word(&text, *a).cmp(word(&text, *b)));
        (!spans.is_empty()).then_some(Self { text, spans })
    }

    /// Whether a word, in lower case, is in the list.
    pub(crate) fn has(&self, wanted: &str) -> bool {
        self.spans.binary_search_by(|span| word(&self.text, *span).cmp(wanted)).is_ok()
    }

    /// Whether a domain or one above it, down to two labels, is in the list.
    pub(crate) fn has_domain(&self, domain: &str) -> bool {
        let mut rest = Some(domain);
        while let Some(name) = rest.filter(|name| name.contains('.')) {
            if self.has(name) {
                return true;
            }
            rest = name.split_once('.').map(|(_, above)| above);
        }
        false
    }
}

fn word(text: &str, (from, to): (u32, u32)) -> &str {
    text.get(from as usize..to as usize).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_domains_above_are_found() {
        let lines = Lines::read("b.example\r\nA.example\n\nz\n").unwrap();
        assert!(lines.has("a.example") && lines.has("b.example") && lines.has("z"));
        assert!(!lines.has("") && !lines.has("example") && !lines.has("a.exampl"));
        assert!(lines.has_domain("x.y.a.example"));
        assert!(!lines.has_domain("xa.example") && !lines.has_domain("a.example.org"));
        assert!(!lines.has_domain("z"), "one label is no domain");
    }
}
