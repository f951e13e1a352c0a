//! The page that an auditor opens first.

use std::fmt::Write as _;

use bonafide_policy::render::STYLE;
use serde_json::Value;

/// What the pack holds, with links into it. Every text comes from this program,
/// from policy files or from counts; it is escaped all the same.
pub(super) fn html(facts: &Value) -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Evidence</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <header><h1>Evidence</h1><p class=\"lead\">What this installation keeps, by which rules, \
         and what shows that it does. Made from the running house on {}, by {}.</p></header>\n",
        text(&facts["made_at"]),
        text(&facts["software"]),
    );
    section(&mut page, "Policies that hold");
    page.push_str("<div class=\"cards\">");
    for policy in facts["policies"].as_array().into_iter().flatten() {
        let name = text(&policy["name"]);
        let _ = write!(
            page,
            "<article><h3>{}</h3><p>Version {}, from {}, fingerprint {}. Subprocessors: {}.</p>\
             <p><a href=\"policies/{name}.toml\">Everything it says</a> · \
             <a href=\"documents/{name}-privacy-notice.html\">Notice</a> · \
             <a href=\"documents/{name}-processing-terms.html\">Terms</a> · \
             <a href=\"documents/{name}-record-of-processing.html\">Record of processing</a> · \
             <a href=\"documents/{name}-transfer-register.html\">Transfers</a> · \
             <a href=\"documents/{name}-impact-assessment.html\">Impact assessment</a> · \
             <a href=\"subprocessors/{name}.json\">Subprocessors</a></p></article>",
            text(&policy["title"]),
            text(&policy["version"]),
            text(&policy["effective_from"]),
            text(&policy["id"]).get(..12).unwrap_or_default(),
            text(&policy["subprocessors"]),
        );
    }
    page.push_str("</div></section>");
    section(&mut page, "Promises and their tests");
    list(&mut page, &facts["coverage"]["rows"], "rows");
    list(&mut page, &facts["coverage"]["tests"], "tests");
    if facts["coverage"]["results_given"] != true {
        page.push_str("<p>No results of tests were given with this pack.</p>");
    }
    page.push_str("<p><a href=\"coverage.md\">The table</a></p></section>");
    section(&mut page, "Consent by the customers' warranty");
    let _ = write!(
        page,
        "<p>{} warranties hold, of {} that were signed for {} applications: \
         <a href=\"warranties.json\">which, since when, and who recorded them</a>. Who signed is {}.\
         </p></section>",
        text(&facts["warranties"]["hold"]),
        text(&facts["warranties"]["signed"]),
        text(&facts["warranties"]["applications"]),
        text(&facts["warranties"]["signatories"]),
    );
    section(&mut page, "What rests, and under which keys");
    list(&mut page, &facts["at_rest"]["items"], "items");
    let _ = write!(
        page,
        "<p>Overdue: {} items, the longest for {} ms. Keys: {}. The root key \
         rests {}.</p>\
         <p><a href=\"inventory.md\">Inventory of data</a> · <a href=\"rows.json\">Rows</a> · \
         <a href=\"keys.json\">Inventory of keys</a> · \
         <a href=\"root_key.json\">Root key</a> · <a href=\"at_rest.json\">At rest</a></p>\
         </section>",
        text(&facts["at_rest"]["overdue"]),
        text(&facts["at_rest"]["longest_overdue_ms"]),
        text(&facts["keys"]["keys"]),
        text(&facts["keys"]["root_key"]["kept"]),
    );
    section(&mut page, "Transparency log");
    let entries = &facts["log"]["checkpoint"]["entries"];
    let _ = match entries {
        Value::Null => write!(page, "<p>Nothing was logged yet.</p>"),
        entries => write!(
            page,
            "<p>{} entries under the <a href=\"checkpoint.txt\">newest checkpoint</a>; {} wait.</p>",
            text(entries),
            text(&facts["log"]["waiting"]),
        ),
    };
    page.push_str(
        "<p><a href=\"log.key\">The log's key</a> checks the checkpoint and \
         <a href=\"SHA256SUMS.note\">the list of digests</a>.</p>",
    );
    for witness in facts["log"]["witnesses"].as_array().into_iter().flatten() {
        let state = &witness["state"];
        let _ = write!(
            page,
            "<p>Witness {}: last signed {} entries, at {}. {}</p>",
            text(&witness["name"]),
            text(&state["seen"]),
            text(&state["cosigned_at"]),
            match &state["alarm"] {
                Value::Null => String::new(),
                alarm => format!("<strong>It says: {}.</strong>", text(alarm)),
            },
        );
    }
    page.push_str("<p><a href=\"witnesses.json\">Witnesses</a></p></section>");
    section(&mut page, "Software");
    let _ = writeln!(
        page,
        "<p>{} components in the <a href=\"sbom.cdx.json\">bill of materials</a>; the \
         <a href=\"configuration.toml\">configuration</a>, without secrets.</p></section>\
         </main></body></html>",
        text(&facts["components"]),
    );
    page
}

fn section(page: &mut String, heading: &str) {
    let _ = write!(page, "<section><h2>{heading}</h2>");
}

fn list(page: &mut String, counts: &Value, of: &str) {
    let counts = counts.as_object().into_iter().flatten();
    let lines: Vec<String> =
        counts.map(|(name, count)| format!("{} {}", text(count), escaped(name))).collect();
    if lines.is_empty() {
        let _ = write!(page, "<p>No {of}.</p>");
    } else {
        let _ = write!(page, "<p>{of}: {}.</p>", lines.join(", "));
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => escaped(text),
        other => escaped(&other.to_string()),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
