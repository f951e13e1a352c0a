//! The published document.

use std::path::Path;

use serde_json::Value;

use super::house::House;

fn file() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json")
}

fn rendered() -> String {
    let mut text = serde_json::to_string_pretty(&crate::openapi()).unwrap();
    text.push('\n');
    text
}

#[test]
fn the_committed_document_is_the_one_of_the_code() {
    let committed = std::fs::read_to_string(file()).unwrap_or_default();
    assert!(
        committed == rendered(),
        "docs/openapi.json has drifted: run `cargo test -p bonafide-native write_openapi -- --ignored`"
    );
}

#[test]
#[ignore = "writes docs/openapi.json anew"]
fn write_openapi() {
    std::fs::write(file(), rendered()).unwrap();
}

#[test]
fn every_reference_leads_somewhere() {
    let document = serde_json::to_value(crate::openapi()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let mut all = vec![&document];
    while let Some(value) = all.pop() {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(to)) = members.get("$ref") {
                    let path = to.strip_prefix('#').unwrap();
                    assert!(document.pointer(path).is_some(), "{to}");
                }
                all.extend(members.values());
            }
            Value::Array(items) => all.extend(items),
            _ => {}
        }
    }
}

#[tokio::test]
async fn document_and_page_are_served_and_need_nothing_from_elsewhere() {
    let house = House::open().await;
    let document = house.get("", "/v1/openapi.json").await;
    assert_eq!(document.json(), serde_json::to_value(crate::openapi()).unwrap());
    for (path, kind) in [
        ("/v1/docs/", "text/html"),
        ("/v1/docs/swagger-initializer.js", "text/javascript"),
        ("/v1/docs/swagger-ui.css", "text/css"),
        ("/v1/docs/swagger-ui-bundle.js", "text/javascript"),
    ] {
        let file = house.get("", path).await;
        assert_eq!(file.status, 200, "{path}");
        assert!(file.headers["content-type"].to_str().unwrap().starts_with(kind), "{path}");
        let policy = file.headers["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("http"), "{policy}");
    }
    let page = house.get("", "/v1/docs/").await.text();
    assert!(!page.contains("://"), "the page loads something from elsewhere: {page}");
    let scripts: Vec<_> = page.split("<script").skip(1).collect();
    assert!(scripts.iter().all(|script| script.contains(" src=")), "a script stands in the page");
    let start = house.get("", "/v1/docs/swagger-initializer.js").await.text();
    assert!(start.contains("/v1/openapi.json"), "{start}");
    assert_eq!(house.get("", "/v1/docs/nothing.js").await.status, 404);
}
