//! The page around the figures, and the few elements it is made of. Every text
//! goes through [`escape`]; [`Markup`] is what has.

use std::fmt::Write;

use super::About;

/// HTML that is safe to put into a page.
#[derive(Clone, Debug, Default)]
pub(super) struct Markup(pub(super) String);

impl Markup {
    /// Text as markup.
    pub(super) fn text(text: impl AsRef<str>) -> Self {
        Self(escape(text.as_ref()))
    }

    /// Several pieces in a row.
    pub(super) fn all(pieces: impl IntoIterator<Item = Self>) -> Self {
        Self(pieces.into_iter().map(|piece| piece.0).collect())
    }

    /// This inside an element with a class.
    pub(super) fn inside(self, tag: &'static str, class: &'static str) -> Self {
        Self(format!("<{tag} class=\"{class}\">{}</{tag}>", self.0))
    }
}

/// Text with the characters that mean something in HTML written out.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// One figure that matters, large.
pub(super) fn tile(value: &str, name: &str, note: &str) -> Markup {
    Markup(format!(
        "<div class=\"tile\"><dt>{}</dt><dd><strong>{}</strong><span>{}</span></dd></div>\n",
        escape(name),
        escape(value),
        escape(note)
    ))
}

/// The tiles of a page.
pub(super) fn tiles(tiles: impl IntoIterator<Item = Markup>) -> Markup {
    Markup(format!("<dl class=\"tiles\">\n{}</dl>\n", Markup::all(tiles).0))
}

/// A part of the page under a heading.
pub(super) fn section(heading: &str, content: impl IntoIterator<Item = Markup>) -> Markup {
    let content = Markup::all(content).0;
    Markup(format!("<section>\n<h2>{}</h2>\n{content}</section>\n", escape(heading)))
}

/// A paragraph.
pub(super) fn paragraph(text: &str) -> Markup {
    Markup(format!("<p>{}</p>\n", escape(text)))
}

/// A plot with what it shows.
pub(super) fn figure(plot: &Markup, caption: &str) -> Markup {
    Markup(format!("<figure>\n{}<figcaption>{}</figcaption>\n</figure>\n", plot.0, escape(caption)))
}

/// Plots side by side where there is room.
pub(super) fn figures(figures: impl IntoIterator<Item = Markup>) -> Markup {
    Markup(format!("<div class=\"figures\">\n{}</div>\n", Markup::all(figures).0))
}

/// A table. The first column names the row; the others are figures.
pub(super) fn table(
    caption: &str,
    header: &[&str],
    rows: impl IntoIterator<Item = Vec<Markup>>,
) -> Markup {
    // The box scrolls sideways on a phone, so it must be reachable by keyboard.
    let mut html = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\">\n\
         <table>\n<caption>{0}</caption>\n<thead><tr>",
        escape(caption)
    );
    for name in header {
        let _ = write!(html, "<th scope=\"col\">{}</th>", escape(name));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        html.push_str("<tr>");
        for (column, cell) in row.into_iter().enumerate() {
            let (tag, scope) = if column == 0 { ("th", " scope=\"row\"") } else { ("td", "") };
            let _ = write!(html, "<{tag}{scope}>{}</{tag}>", cell.0);
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody>\n</table>\n</div>\n");
    Markup(html)
}

/// A whole page.
pub(super) fn page(
    title: &str,
    lead: &str,
    body: impl IntoIterator<Item = Markup>,
    about: &About,
) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title} – Bonafide</title>\n<style>\n{style}</style>\n</head>\n<body>\n\
         <header>\n<h1>{title}</h1>\n<p>{lead}</p>\n</header>\n<main>\n{body}</main>\n\
         <footer>\n<p>Bonafide {version}, {date}. Made by</p>\n<pre tabindex=\"0\">{command}</pre>\n\
         <p>Intervals are exact 95 % intervals (Clopper-Pearson) that take every trial as \
         independent. Pictures of one person are not: the true intervals are wider, and the number \
         of people says more than the number of pictures.</p>\n</footer>\n</body>\n</html>\n",
        title = escape(title),
        lead = escape(lead),
        style = include_str!("style.css"),
        body = Markup::all(body).0,
        version = escape(&about.version),
        date = about.date,
        command = escape(&about.command),
    )
}
