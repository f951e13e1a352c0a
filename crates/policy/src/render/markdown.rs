//! A document as Markdown.

use std::fmt::Write as _;

use super::{Block, Card, Document, Fact, Section};

impl Document {
    /// The document as Markdown, for a repository or a mail.
    pub fn markdown(&self) -> String {
        let mut text = String::with_capacity(16 * 1024);
        let _ = write!(text, "# {}\n\n{}\n\n", Escaped(&self.title), Escaped(&self.lead));
        facts(&mut text, &self.facts);
        for Section { heading, blocks, .. } in &self.sections {
            let _ = writeln!(text, "## {}\n", Escaped(heading));
            for one in blocks {
                block(&mut text, one);
            }
        }
        let _ = writeln!(text, "---\n\n{}", Escaped(&self.foot));
        text
    }
}

fn block(text: &mut String, block: &Block) {
    match block {
        Block::Text(said) => {
            let _ = writeln!(text, "{}\n", Escaped(said));
        }
        Block::Note(said) => {
            let _ = writeln!(text, "> {}\n", Escaped(said));
        }
        Block::List(items) => {
            for item in items {
                let _ = writeln!(text, "- {}", Escaped(item));
            }
            text.push('\n');
        }
        Block::Facts(list) => facts(text, list),
        Block::Cards(cards) => {
            for Card { title, text: about, facts: list } in cards {
                let _ = writeln!(text, "### {}\n", Escaped(title));
                if !about.is_empty() {
                    let _ = writeln!(text, "{}\n", Escaped(about));
                }
                facts(text, list);
            }
        }
    }
}

fn facts(text: &mut String, facts: &[Fact]) {
    if facts.is_empty() {
        return;
    }
    for Fact { name, value, note, link } in facts {
        let _ = match link {
            Some(link) => write!(text, "- **{}:** [{}](<{link}>)", Escaped(name), Escaped(value)),
            None => write!(text, "- **{}:** {}", Escaped(name), Escaped(value)),
        };
        if !note.is_empty() {
            let _ = write!(text, "; {}", Escaped(note));
        }
        text.push('\n');
    }
    text.push('\n');
}

/// Text without marks of its own.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for c in self.0.chars() {
            match c {
                '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' => {
                    f.write_char('\\')?;
                    f.write_char(c)?;
                }
                // Many renderers let markup through.
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                // A line of its own could begin something else.
                '\n' | '\r' => f.write_char(' ')?,
                _ => f.write_char(c)?,
            }
        }
        Ok(())
    }
}
