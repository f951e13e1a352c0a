//! Writes every document of a bundled policy into a folder, as pages and as
//! Markdown; with a file, those of the overlay or policy `NAME` that it holds:
//! `cargo run -p bonafide-policy --example documents -- NAME FOLDER [FILE]`.

use std::path::Path;

use bonafide_policy::render::{DocumentKind, render};
use bonafide_policy::{Language, Library, Source};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(name), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: documents NAME FOLDER [FILE]".into());
    };
    let mut others = Vec::new();
    if let Some(path) = arguments.next() {
        others.push(Source { text: std::fs::read_to_string(&path)?, path });
    }
    let policy = Library::bundled_with(&others)?.effective(&name)?;
    std::fs::create_dir_all(&folder)?;
    for &kind in DocumentKind::ALL {
        let document = render(kind, &policy, None, Language::English);
        let at = |extension: &str| Path::new(&folder).join(format!("{kind}.{extension}"));
        std::fs::write(at("html"), document.html())?;
        std::fs::write(at("md"), document.markdown())?;
    }
    Ok(())
}
