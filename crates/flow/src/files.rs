//! The files, embedded, and made small once.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;

/// A file of the pages.
pub(crate) struct File {
    /// Below `/verify`.
    name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) plain: String,
    /// The same in gzip: half of the people are on slow lines.
    pub(crate) small: Vec<u8>,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Page,
    Script,
    Style,
    Texts,
}

impl Kind {
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Page => "text/html; charset=utf-8",
            Self::Script => "text/javascript; charset=utf-8",
            Self::Style => "text/css; charset=utf-8",
            Self::Texts => "application/json",
        }
    }
}

macro_rules! embedded {
    ($($name:literal is $kind:ident),+ $(,)?) => {
        /// Names, kinds and contents as they were built.
        pub(crate) const EMBEDDED: &[(&str, Kind, &str)] =
            &[$(($name, Kind::$kind, include_str!(concat!("../assets/", $name)))),+];
    };
}

embedded! {
    "index.html" is Page,
    "flow.js" is Script,
    "flow.css" is Style,
    "texts/en.json" is Texts,
    "texts/zh-Hans.json" is Texts,
    "texts/zh-Hant.json" is Texts,
    "texts/th.json" is Texts,
    "texts/ms.json" is Texts,
    "texts/id.json" is Texts,
    "texts/vi.json" is Texts,
    "texts/ko.json" is Texts,
    "texts/ja.json" is Texts,
}

static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
    let mut files: Vec<File> = EMBEDDED
        .iter()
        .map(|(name, kind, text)| File {
            name,
            kind: *kind,
            plain: (*text).to_owned(),
            small: Vec::new(),
        })
        .collect();
    let versions: Vec<(String, String)> = files
        .iter()
        .filter(|file| matches!(file.kind, Kind::Script | Kind::Style))
        .map(|file| {
            let address = format!("\"/verify/{}\"", file.name);
            let mut hash = DefaultHasher::new();
            file.plain.hash(&mut hash);
            (address, format!("\"/verify/{}?v={:016x}\"", file.name, hash.finish()))
        })
        .collect();
    for file in &mut files {
        if file.kind == Kind::Page {
            for (address, version) in &versions {
                file.plain = file.plain.replace(address, version);
            }
        }
        file.small = small(file.plain.as_bytes());
    }
    files
});

/// The file of this name.
pub(crate) fn find(name: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.name == name)
}

fn small(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing into memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
