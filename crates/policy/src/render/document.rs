//! A document as a tree, before it has a form.

use crate::Language;

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is written in.
    pub language: Language,
    /// Its title.
    pub title: String,
    /// What it is, in a sentence or two.
    pub lead: String,
    /// Version, date and the like.
    pub facts: Vec<Fact>,
    /// Its parts.
    pub sections: Vec<Section>,
    /// The heading of the list of its parts.
    pub contents: String,
    /// The fingerprint of the policy, as a sentence.
    pub foot: String,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its name in links: lower-case letters and hyphens.
    pub id: &'static str,
    /// Its heading.
    pub heading: String,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// A paragraph that must not be overlooked.
    Note(String),
    /// Items.
    List(Vec<String>),
    /// Names and values.
    Facts(Vec<Fact>),
    /// Things of one kind, each with facts of its own.
    Cards(Vec<Card>),
}

/// A name and a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
    /// What is to be known of the value beside it; may be empty.
    pub note: String,
    /// Where the value leads, if anywhere.
    pub link: Option<String>,
}

/// A thing with facts of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// What it is.
    pub title: String,
    /// More about it; may be empty.
    pub text: String,
    /// Its facts.
    pub facts: Vec<Fact>,
}

impl Fact {
    /// A name and a value.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into(), note: String::new(), link: None }
    }

    /// A value with a note.
    pub fn with_note(
        name: impl Into<String>,
        value: impl Into<String>,
        note: impl Into<String>,
    ) -> Self {
        Self { note: note.into(), ..Self::new(name, value) }
    }

    /// A value that leads somewhere, if it is a mail address or a page; the
    /// policy's rules let nothing else through.
    pub fn link(name: impl Into<String>, value: impl Into<String>) -> Self {
        let value = value.into();
        let link = if value.starts_with("https://") || value.starts_with('/') {
            Some(value.clone())
        } else if value.contains('@') && !value.contains(char::is_whitespace) {
            Some(format!("mailto:{value}"))
        } else {
            None
        };
        Self { name: name.into(), value, note: String::new(), link }
    }
}
