use std::io::Read;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use flate2::read::GzDecoder;
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;
use crate::files::EMBEDDED;

async fn get_file(path: &str, encoding: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let request = Request::get(path).header("accept-encoding", encoding).body(Body::empty());
    let response = routes().oneshot(request.unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    (parts.status, parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
}

#[tokio::test]
async fn the_page_names_its_files_by_what_is_in_them() {
    let (status, headers, body) = get_file("/verify", "").await;
    let page = String::from_utf8(body).unwrap();
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[CACHE_CONTROL], "no-cache");
    for name in ["flow.js", "flow.css"] {
        let at = page.find(&format!("/verify/{name}?v=")).unwrap();
        let address = page[at..].split('"').next().unwrap();
        let (status, headers, _) = get_file(address, "").await;
        assert_eq!(status, StatusCode::OK, "{address}");
        assert!(headers[CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    }
}

#[tokio::test]
async fn every_file_is_there_small_and_plain_under_the_same_policy() {
    for (name, kind, _) in EMBEDDED {
        let path = match *name {
            "index.html" => "/verify".to_owned(),
            name => format!("/verify/{name}"),
        };
        let (status, headers, plain) = get_file(&path, "br").await;
        assert_eq!(status, StatusCode::OK, "{name}");
        assert_eq!(headers[CONTENT_TYPE], kind.content_type());
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
        let (_, headers, small) = get_file(&path, "gzip, br").await;
        assert_eq!(headers[CONTENT_ENCODING], "gzip");
        let mut again = Vec::new();
        GzDecoder::new(small.as_slice()).read_to_end(&mut again).unwrap();
        assert_eq!(again, plain, "{name}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    for path in ["/verify/nothing.js", "/verify/texts/fr.json", "/verify/texts/..%2Fflow.js"] {
        assert_eq!(get_file(path, "").await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn nothing_is_asked_of_anybody_else() {
    for (name, kind, text) in EMBEDDED {
        // Namespaces of drawings are names, not addresses.
        let text = text.replace("http://www.w3.org/2000/svg", "");
        assert!(!text.contains("http://") && !text.contains("//cdn"), "{name}");
        if *kind != Kind::Texts {
            assert!(!text.contains("https://"), "{name}");
        }
        assert!(!text.contains("style=\""), "{name}");
    }
}

/// An embedded file's text.
fn embedded(name: &str) -> &'static str {
    EMBEDDED.iter().find(|(file, ..)| *file == name).unwrap().2
}

/// Whether each of the nine languages has words for each of these.
fn spoken(keys: &[&str]) {
    let texts: Vec<_> = EMBEDDED.iter().filter(|(_, kind, _)| *kind == Kind::Texts).collect();
    assert_eq!(texts.len(), 9);
    for (language, _, text) in texts {
        for key in keys {
            let said = text.split_once(&format!("\"{key}\":")).map_or("", |(_, rest)| rest.trim());
            let words = said.starts_with('"') && !said.starts_with("\"\"");
            assert!(words, "{language} has no words for {key}");
        }
    }
}

/// That they come before the camera is what the browser's tests see.
#[test]
fn o5_the_pages_ask_for_place_and_age_in_every_language() {
    let script = embedded("flow.js");
    assert!(script.contains("\"/statement\"") && script.contains("statement.age"));
    spoken(&["statement.title", "statement.country", "statement.age", "statement.why"]);
}

#[test]
fn o23_the_pages_offer_the_way_without_biometrics_in_every_language() {
    let script = embedded("flow.js");
    assert!(script.contains("\"/assist\"") && script.contains("assist.link"));
    let ways = ["assist.upload", "assist.phone", "assist.post", "assist.in_person"];
    spoken(&[&ways[..], &["assist.link", "assist.title", "assist.text"]].concat());
}
