//! The figures as one HTML file that asks nothing of the network: styles and
//! plots are inline, and its content security policy forbids everything else.
//! It names files, and shows no picture.

mod diff;
mod document;
mod face;
mod format;
mod html;
mod pad;
mod plot;
mod reflect;

use std::path::{Path, PathBuf};

use bonafide_context::Date;

pub use document::document;
pub use face::face;
pub use pad::pad;
pub use reflect::reflect;

use crate::EvalError;

/// What the report says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The command that makes it again.
    pub command: String,
    /// The day it was made.
    pub date: Date,
    /// Version of the program.
    pub version: String,
}

/// Writes a page as `index.html` into a folder, which is made if it is missing,
/// and gives the file's path.
pub fn write(folder: &Path, page: &str) -> Result<PathBuf, EvalError> {
    let path = folder.join("index.html");
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&path, page))
        .map_err(|reason| EvalError::File { doing: "write", path: path.clone(), reason })?;
    Ok(path)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::protocol;

    fn about() -> About {
        About {
            command: "bonafide eval <face> --root \"data\"".to_owned(),
            date: Date::new(2026, 11, 22).unwrap(),
            version: "0.1.0".to_owned(),
        }
    }

    /// Open tags have their ends, in order.
    fn assert_balanced(page: &str) {
        const VOID: [&str; 2] = ["meta", "!doctype"];
        let mut open = Vec::new();
        for tag in page.split('<').skip(1) {
            let inside = tag.split('>').next().unwrap();
            let name = inside.split([' ', '/']).next().unwrap().to_lowercase();
            if let Some(name) = inside.strip_prefix('/') {
                assert_eq!(open.pop().as_deref(), Some(name), "before: {tag}");
            } else if !inside.ends_with('/') && !VOID.contains(&name.as_str()) {
                open.push(name);
            }
        }
        assert!(open.is_empty(), "left open: {open:?}");
    }

    fn pages() -> [(&'static str, String); 3] {
        let mut faces = protocol::face::tests::figures(1);
        faces.cpu_ms = None;
        [
            ("face_page", face(&faces, &about())),
            ("pad_page", pad(&protocol::pad::tests::figures(), &about())),
            ("document_page", document(&protocol::document::tests::figures(), &about())),
        ]
    }

    #[test]
    fn pages_as_reviewed() {
        for (name, page) in pages() {
            insta::assert_snapshot!(name, page);
        }
    }

    #[test]
    fn pages_are_whole_and_ask_for_nothing() {
        for (name, page) in pages() {
            assert_balanced(&page);
            for wanted in ["<html lang=\"en\">", "<title>", "viewport", "default-src 'none'"] {
                assert!(page.contains(wanted), "{name} lacks {wanted}");
            }
            for forbidden in ["http:", "https:", "src=\"", "url(", "<script", "@import", "<img"] {
                assert!(!page.contains(forbidden), "{name} has {forbidden}");
            }
            assert!(page.contains("eval &lt;face&gt; --root &quot;data&quot;"), "{name} escapes");
        }
    }

    #[test]
    fn names_from_outside_are_escaped() {
        let (_, page) = &pages()[0];
        assert!(page.contains("b3&lt;i&gt;") && !page.contains("<i>"));
    }

    #[test]
    fn the_page_lies_in_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = write(&folder.path().join("a/b"), "<p>").unwrap();
        assert!(path.ends_with("a/b/index.html"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "<p>");
        assert!(write(&path, "<p>").is_err());
    }
}
