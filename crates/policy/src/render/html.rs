//! A document as a page.

use std::fmt::Write as _;

use super::{Block, Card, Document, Fact, Section};

/// What the pages look like; light and dark follow the reader's setting.
pub const STYLE: &str = include_str!("style.css");

impl Document {
    /// The document as one page of HTML that needs nothing else: no scripts, no
    /// fonts, no pictures. Light and dark follow the reader's setting.
    pub fn html(&self) -> String {
        let mut page = String::with_capacity(32 * 1024);
        let _ = write!(
            page,
            "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n\
             <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n",
            self.language,
            Escaped(&self.title),
        );
        page.push_str(&self.main_html());
        page.push_str("</main>\n</body>\n</html>\n");
        page
    }

    /// What stands in the page's `main`, for a page that has more around it.
    pub fn main_html(&self) -> String {
        let mut page = String::with_capacity(32 * 1024);
        let _ = write!(
            page,
            "<header>\n<h1>{}</h1>\n<p class=\"lead\">{}</p>\n",
            Escaped(&self.title),
            Escaped(&self.lead),
        );
        facts(&mut page, "meta", &self.facts);
        page.push_str("</header>\n<nav aria-labelledby=\"contents\">\n<details>\n");
        let _ =
            writeln!(page, "<summary id=\"contents\">{}</summary>\n<ol>", Escaped(&self.contents));
        for Section { id, heading, .. } in &self.sections {
            let _ = writeln!(page, "<li><a href=\"#{id}\">{}</a></li>", Escaped(heading));
        }
        page.push_str("</ol>\n</details>\n</nav>\n");
        for section in &self.sections {
            let Section { id, heading, blocks } = section;
            let _ = writeln!(page, "<section id=\"{id}\">\n<h2>{}</h2>", Escaped(heading));
            for one in blocks {
                block(&mut page, one);
            }
            page.push_str("</section>\n");
        }
        let _ = writeln!(page, "<footer><p>{}</p></footer>", Escaped(&self.foot));
        page
    }
}

fn block(page: &mut String, block: &Block) {
    let _ = match block {
        Block::Text(text) => writeln!(page, "<p>{}</p>", Escaped(text)),
        Block::Note(text) => writeln!(page, "<p class=\"note\">{}</p>", Escaped(text)),
        Block::List(items) => {
            page.push_str("<ul>\n");
            for item in items {
                let _ = writeln!(page, "<li>{}</li>", Escaped(item));
            }
            writeln!(page, "</ul>")
        }
        Block::Facts(list) => {
            facts(page, "facts", list);
            Ok(())
        }
        Block::Cards(cards) => {
            page.push_str("<div class=\"cards\">\n");
            for Card { title, text, facts: list } in cards {
                let _ = writeln!(page, "<article>\n<h3>{}</h3>", Escaped(title));
                if !text.is_empty() {
                    let _ = writeln!(page, "<p>{}</p>", Escaped(text));
                }
                facts(page, "facts", list);
                page.push_str("</article>\n");
            }
            writeln!(page, "</div>")
        }
    };
}

fn facts(page: &mut String, class: &str, facts: &[Fact]) {
    if facts.is_empty() {
        return;
    }
    let _ = writeln!(page, "<dl class=\"{class}\">");
    for Fact { name, value, note, link } in facts {
        let _ = write!(page, "<div><dt>{}</dt><dd>", Escaped(name));
        let _ = match link {
            Some(link) => write!(page, "<a href=\"{}\">{}</a>", Escaped(link), Escaped(value)),
            // Beside a note, the value is what counts.
            None if !note.is_empty() => write!(page, "<strong>{}</strong> ", Escaped(value)),
            None => write!(page, "{}", Escaped(value)),
        };
        if !note.is_empty() {
            let _ = write!(page, "<small>{}</small>", Escaped(note));
        }
        page.push_str("</dd></div>\n");
    }
    page.push_str("</dl>\n");
}

/// Text that means nothing to a browser but itself.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                _ => f.write_char(c)?,
            }
        }
        Ok(())
    }
}
