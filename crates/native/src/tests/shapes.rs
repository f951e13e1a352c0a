//! What answers look like.

use serde_json::Value;

use super::house::House;

/// Ids, moments and secrets differ from run to run.
fn steady(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, steady(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(steady).collect(),
        Value::String(text) => {
            let kind = ["ver_", "tpl_", "app_", "bfk_", "bfv_", "bf_"]
                .into_iter()
                .find(|prefix| text.starts_with(prefix));
            match kind {
                Some(prefix) => format!("{prefix}…").into(),
                None if text.len() == 36 && text.matches('-').count() == 4 => "call".into(),
                None if text.len() == 64 => "hash".into(),
                None => text.into(),
            }
        }
        other => other,
    }
}

#[tokio::test]
async fn shapes_of_answers() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let token = &client.token;
    let body = r#"{"settings":{"mode":"age_check","minimum_age":18},"reference":"customer-1"}"#;
    let created = house.post(token, "/v1/verifications", body).await;
    assert_eq!(created.status, 201, "{}", created.text());
    let mut shown = created.json();
    let id = shown["id"].as_str().unwrap().to_owned();
    shown["url"] = Value::from("url");
    shown["reference"] = Value::from("hash");
    insta::assert_json_snapshot!("verification_created", steady(shown));
    let template = house
        .post(token, "/v1/templates", r#"{"name":"onboarding","settings":{"mode":"full"}}"#)
        .await;
    insta::assert_json_snapshot!("template_created", steady(template.json()));
    let timeline = house.get(token, &format!("/v1/verifications/{id}/timeline")).await;
    insta::assert_json_snapshot!("timeline", steady(timeline.json()));
    let usage = house.get(token, "/v1/usage").await;
    insta::assert_json_snapshot!("usage", steady(usage.json()));
    let mut call = house.get(token, &format!("/v1/calls/{}", created.call())).await.json();
    call["call"]["app_id"] = Value::from(0);
    for step in call["steps"].as_array_mut().unwrap() {
        step["id"] = Value::from("id");
    }
    insta::assert_json_snapshot!("call", steady(call));
    let problem = house.get(token, "/v1/verifications/ver_x").await;
    insta::assert_json_snapshot!("problem", steady(problem.json()));
}

#[tokio::test]
async fn shapes_of_one_call_answers() {
    let house = House::open().await;
    let token = house.sandbox().await.token;
    let gray = bonafide_media::Picture::new(640, 480, vec![127; 640 * 480 * 3]).unwrap();
    let png = bonafide_media::encode_png(&gray).unwrap();
    let picture = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, png);
    for (name, path, members) in [
        ("read", "/v1/documents/read", &["front"][..]),
        ("compare", "/v1/faces/compare", &["a", "b"]),
        ("detect", "/v1/faces/detect", &["image"]),
        ("liveness", "/v1/liveness/passive", &["image"]),
    ] {
        let body: serde_json::Map<_, _> =
            members.iter().map(|name| ((*name).to_owned(), picture.clone().into())).collect();
        let reply = house.post(&token, path, &Value::from(body).to_string()).await;
        if !house.models {
            // The fault is the operator's, and the caller learns no more.
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (500, "internal"));
            continue;
        }
        assert_eq!(reply.status, 200, "{}", reply.text());
        insta::assert_json_snapshot!(name, steady(reply.json()));
    }
}
