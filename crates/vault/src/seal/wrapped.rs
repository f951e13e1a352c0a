//! A root key as it rests in a file when a key service wrapped it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// How the line of such a file begins; the number counts versions of the form.
const MARK: &str = "bonafide-root-key/1";

/// One line: the mark, the kind of service, the name of the key that is in it, and
/// the bytes that the service gave, in base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrapped {
    /// Who wrapped it.
    pub(super) kind: String,
    /// What tells the key from others, and says nothing of it.
    pub(super) name: String,
    /// What the service gave.
    pub(super) bytes: Vec<u8>,
}

impl Wrapped {
    /// Reads a file's text: `None` where it is of another kind, `Some(None)` where it
    /// means to be one and is none.
    pub(super) fn read(text: &str) -> Option<Option<Self>> {
        let rest = text.strip_prefix(MARK)?;
        let parse = || {
            let mut parts = rest.strip_prefix(' ')?.strip_suffix('\n')?.split(' ');
            let (kind, name, bytes) = (parts.next()?, parts.next()?, parts.next()?);
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            let is_kind = !kind.is_empty() && kind.bytes().all(plain);
            let is_name = name.len() == 16 && name.bytes().all(|b| b.is_ascii_hexdigit());
            if !is_kind || !is_name || parts.next().is_some() {
                return None;
            }
            let bytes = STANDARD.decode(bytes).ok().filter(|bytes| !bytes.is_empty())?;
            Some(Self { kind: kind.to_owned(), name: name.to_owned(), bytes })
        };
        Some(parse())
    }

    /// The file's text.
    pub(super) fn to_text(&self) -> String {
        format!("{MARK} {} {} {}\n", self.kind, self.name, STANDARD.encode(&self.bytes))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_cut_or_added_to_is_no_wrapped_key() {
        let key = Wrapped {
            kind: "aws-kms".to_owned(),
            name: "0123456789abcdef".to_owned(),
            bytes: vec![1, 2, 3],
        };
        let text = key.to_text();
        assert_eq!(text, "bonafide-root-key/1 aws-kms 0123456789abcdef AQID\n");
        assert_eq!(Wrapped::read(&text), Some(Some(key)));
        for end in MARK.len()..text.len() {
            assert_eq!(Wrapped::read(&text[..end]), Some(None), "{end}");
        }
        for bad in [" x", "  ", "\n", "AWS-KMS"] {
            let changed = text.replace(" AQID", &format!(" AQID{bad}"));
            assert_eq!(Wrapped::read(&changed), Some(None), "{bad:?}");
        }
        assert_eq!(Wrapped::read(&"a".repeat(64)), None);
        assert_eq!(Wrapped::read(""), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "\\PC{0,80}") {
            let text = format!("{MARK}{text}");
            if let Some(Some(read)) = Wrapped::read(&text) {
                prop_assert_eq!(read.to_text(), text);
            }
        }

        #[test]
        fn what_is_written_is_read(kind in "[a-z0-9-]{1,12}", name in "[0-9a-f]{16}",
            bytes in proptest::collection::vec(any::<u8>(), 1..300))
        {
            let key = Wrapped { kind, name, bytes };
            prop_assert_eq!(Wrapped::read(&key.to_text()), Some(Some(key)));
        }
    }
}
