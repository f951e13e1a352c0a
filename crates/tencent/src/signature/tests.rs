//! The signatures of official SDKs: requests as they came over the wire, and the steps of
//! signing as they were recorded inside of the SDKs, with keys that were made up for it.

use aws_lc_rs::hmac;
use axum::http::Request;
use proptest::prelude::*;
use serde_json::Value;

use super::tc3::sha256;
use super::*;

const SECRET: &[u8] = b"EXAMPLEsecretKEYexampleSECRETkey01";
const SECRET_ID: &str = "AKIDEXAMPLEEXAMPLEEXAMPLEEXAMPLE0001";

macro_rules! captured {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../tests/wire/", $name, ".http")))),*]
    };
}

const CAPTURED: &[(&str, &str)] = captured! {
    "01-tc3-post-json" "02-tc3-get" "03-v1-hmacsha256-post" "04-v1-hmacsha1-get"
    "05-tc3-sts-token" "06-tc3-unsigned-payload" "07-tc3-endpoint-with-path"
    "08-tc3-endpoint-with-scheme" "09-tc3-no-region-zh" "10-tc3-localhost"
    "20-node-default-v1-hmacsha256-post" "21-node-tc3-post" "22-node-tc3-get"
    "23-node-v1-list-and-bool"
};

/// A request of a capture, with its body.
fn request(text: &str) -> (Parts, Vec<u8>) {
    let text = text.replace("\r\n", "\n");
    let (head, body) = text.split_once("\n\n").unwrap();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap().split(' ');
    let mut made = Request::builder().method(first.next().unwrap()).uri(first.next().unwrap());
    let mut length = 0;
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        made = made.header(name, value);
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().unwrap();
        }
    }
    let body = body.as_bytes()[..length].to_vec();
    (made.body(()).unwrap().into_parts().0, body)
}

/// Whether a request verifies, and which key it names.
fn verifies(asked: &Parts, body: &[u8], secret: &[u8]) -> bool {
    let host = host_text(asked).unwrap();
    match Way::of(asked) {
        Way::Header => {
            let signed = Tc3::read(asked, host).unwrap();
            assert_eq!(signed.secret_id(), SECRET_ID);
            signed.is_by(secret, body)
        }
        way => {
            let bytes = match way {
                Way::Query => asked.uri.query().unwrap().as_bytes(),
                _ => body,
            };
            let pairs = Pairs::read(bytes);
            assert!(is_signed_form(&pairs));
            let signed = V1::read(&asked.method, host, &pairs).unwrap();
            assert_eq!(signed.secret_id(), SECRET_ID);
            signed.is_by(secret)
        }
    }
}

#[test]
fn every_captured_request_verifies_and_no_other_key_does() {
    for (name, text) in CAPTURED {
        let (asked, body) = request(text);
        assert!(verifies(&asked, &body, SECRET), "{name}");
        assert!(!verifies(&asked, &body, b"another"), "{name}");
    }
}

#[test]
fn a_captured_request_that_was_changed_does_not_verify() {
    for (name, text) in CAPTURED {
        let (mut asked, mut body) = request(text);
        match Way::of(&asked) {
            Way::Header if name.contains("unsigned") => continue,
            Way::Header if asked.method == Method::POST => body[3] ^= 1,
            Way::Form => {
                let text = String::from_utf8(body).unwrap();
                body = text.replacen("SecureLevel=4", "SecureLevel=1", 1).into_bytes();
                body = match name.contains("list") {
                    true => {
                        String::from_utf8(body).unwrap().replacen(".0=", ".00=", 1).into_bytes()
                    }
                    false => body,
                };
            }
            _ => asked.uri = asked.uri.to_string().replace("Level=4", "Level=1").parse().unwrap(),
        }
        assert!(!verifies(&asked, &body, SECRET), "{name}");
    }
}

#[test]
fn the_time_of_a_captured_request_is_looked_at() {
    let (asked, _) = request(CAPTURED[0].1);
    let signed = Tc3::read(&asked, "host").unwrap();
    let at = |seconds: u64| signed.signed_at(Timestamp(seconds * 1_000)).map_err(|f| f.code);
    assert_eq!(at(1_795_300_041 + 300), Ok(1_795_300_041));
    assert_eq!(at(1_795_300_041 - 300), Ok(1_795_300_041));
    assert_eq!(at(1_795_300_041 + 301), Err(Code::SignatureExpire));
    assert_eq!(at(1_795_300_041 - 301), Err(Code::SignatureExpire));
}

#[test]
fn a_session_token_is_nobodys() {
    let (asked, _) = request(CAPTURED[4].1);
    assert_eq!(no_token(&asked, None).unwrap_err().code, Code::TokenFailure);
    let pairs = Pairs::read(b"Token=x");
    let (asked, _) = request(CAPTURED[0].1);
    assert_eq!(no_token(&asked, Some(&pairs)).unwrap_err().code, Code::TokenFailure);
    assert!(no_token(&asked, Some(&Pairs::read(b"Token="))).is_ok());
}

fn vectors() -> serde_json::Map<String, Value> {
    let text = include_str!("../tests/wire/vectors.json");
    serde_json::from_str::<Value>(text).unwrap().as_object().unwrap().clone()
}

/// The steps that were recorded: what was hashed, and what came out in hexadecimal.
fn steps(vector: &Value) -> Vec<(String, String)> {
    let text = |step: &Value, name: &str| step[name].as_str().map(str::to_owned);
    let steps = vector["steps"].as_array().unwrap().iter();
    steps
        .map(|step| {
            let input = text(step, "input").or_else(|| text(step, "msg")).unwrap();
            (input, text(step, "hex").unwrap())
        })
        .collect()
}

fn of_vector(vector: &Value) -> (Parts, Vec<u8>) {
    let sent = &vector["request"];
    let text = |name: &str| sent[name].as_str().unwrap_or_default().to_owned();
    let mut uri = text("uri");
    let body = match text("method").as_str() {
        "GET" => {
            let query = text("data");
            if !query.is_empty() && !uri.contains('?') {
                uri = format!("{uri}?{query}");
            }
            Vec::new()
        }
        _ => text("data").into_bytes(),
    };
    let mut made = Request::builder().method(text("method").as_str()).uri(uri);
    let headers = sent["headers"].as_object().unwrap();
    for (name, value) in headers {
        made = made.header(name, value.as_str().unwrap());
    }
    if !headers.keys().any(|name| name.eq_ignore_ascii_case("host")) {
        made = made.header(HOST, text("host"));
    }
    (made.body(()).unwrap().into_parts().0, body)
}

#[test]
fn every_step_of_the_recorded_signatures_is_ours() {
    let all = vectors();
    assert_eq!(all.len(), 8);
    for (name, vector) in &all {
        let (asked, body) = of_vector(vector);
        let secret = vector["secret_key"].as_str().unwrap().as_bytes();
        assert!(verifies(&asked, &body, secret), "{name}");
        let recorded = steps(vector);
        let host = host_text(&asked).unwrap();
        if !name.starts_with("tc3") {
            let bytes = if body.is_empty() { asked.uri.query().unwrap().as_bytes() } else { &body };
            let pairs = Pairs::read(bytes);
            let mut text = String::new();
            V1::read(&asked.method, host, &pairs)
                .unwrap()
                .text(host, false, |piece| text.push_str(piece));
            assert_eq!(text, recorded[0].0, "{name}");
            continue;
        }
        let signed = Tc3::read(&asked, host).unwrap();
        let canonical = &signed.canonical(&body)[0];
        assert_eq!(canonical.rsplit('\n').next(), Some(recorded[0].1.as_str()), "{name}");
        assert_eq!((canonical, &sha256(canonical.as_bytes())), (&recorded[1].0, &recorded[1].1));
        let last = recorded.last().unwrap();
        let to_sign = signed.string_to_sign(canonical);
        assert_eq!(to_sign, last.0, "{name}");
        let made = hmac::sign(&signed.key(secret), to_sign.as_bytes());
        assert_eq!(hex(made.as_ref()), last.1, "{name}");
    }
}

#[test]
fn what_is_no_authorization_is_refused() {
    let good = "TC3-HMAC-SHA256 Credential=id/2026-11-21/127/tc3_request, \
                SignedHeaders=content-type;host, Signature=";
    let hash = "ab".repeat(32);
    assert!(tc3::Authorization::read(&format!("{good}{hash}")).is_some());
    // Without blanks, and with a service that has a port.
    let other = format!("{good}{hash}").replace(", ", ",").replace("/127/", "/localhost:18080/");
    assert_eq!(tc3::Authorization::read(&other).unwrap().service, "localhost:18080");
    for bad in [
        String::new(),
        "TC3-HMAC-SHA256".to_owned(),
        format!("{good}{}", &hash[2..]),
        format!("{good}{}zz", &hash[2..]),
        format!("{good}{hash}, Signature={hash}"),
        format!("{good}{hash}, Else=1"),
        format!("{good}{hash}").replace("tc3_request", "tc4_request"),
        format!("{good}{hash}").replace("content-type;", ";"),
        format!("{good}{hash}").replace("TC3-HMAC-SHA256 ", "TC3-HMAC-SM3 "),
    ] {
        assert_eq!(tc3::Authorization::read(&bad), None, "{bad}");
    }
    let (mut asked, _) = request(CAPTURED[0].1);
    let only = format!("{good}{hash}").replace("content-type;host", "host");
    asked.headers.insert(AUTHORIZATION, only.parse().unwrap());
    let refused = Tc3::read(&asked, "host").map(|_| ()).unwrap_err();
    assert_eq!(refused.code, Code::InvalidAuthorization, "the content type is not covered");
}

#[test]
fn another_interface_at_the_same_path_is_left_alone() {
    let way = |made: axum::http::request::Builder| Way::of(&made.body(()).unwrap().into_parts().0);
    let get = |uri: &str| Request::builder().uri(uri);
    assert_eq!(way(get("/")), Way::Other);
    assert_eq!(way(get("/?SecretId=a&Signature=b")), Way::Query);
    assert_eq!(way(get("/?AccessKeyId=a&Signature=b&SignatureMethod=HMAC-SHA1")), Way::Other);
    assert_eq!(way(get("/").header("authorization", "ACS3-HMAC-SHA256 x")), Way::Other);
    assert_eq!(way(get("/").header("authorization", "Bearer x")), Way::Other);
    assert_eq!(way(get("/").header("x-tc-action", "x")), Way::Header);
    let form = "application/x-www-form-urlencoded";
    assert_eq!(way(Request::post("/").header("content-type", form)), Way::Form);
    assert_eq!(way(Request::post("/").header("content-type", "application/json")), Way::Other);
}

proptest! {
    #[test]
    fn no_text_breaks_it(text in "(TC3-HMAC-SHA256 )?(Credential=)?\\PC{0,120}") {
        fuzz(text.as_bytes());
    }

    #[test]
    fn digits_round_trip(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        prop_assert_eq!(unhex(&hex(&bytes)), Some(bytes));
    }
}
