//! Writes every document of a bundled policy into a folder, as pages and as
//! Markdown: `cargo run -p bonafide-policy --example documents -- strict FOLDER`.

use std::path::Path;

use bonafide_policy::render::{DocumentKind, render};
use bonafide_policy::{Language, Library};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(name), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: documents POLICY FOLDER".into());
    };
    let policy = Library::bundled()?.effective(&name)?;
    std::fs::create_dir_all(&folder)?;
    for &kind in DocumentKind::ALL {
        let document = render(kind, &policy, None, Language::English);
        let at = |extension: &str| Path::new(&folder).join(format!("{kind}.{extension}"));
        std::fs::write(at("html"), document.html())?;
        std::fs::write(at("md"), document.markdown())?;
    }
    Ok(())
}
