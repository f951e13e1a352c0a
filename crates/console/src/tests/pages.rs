//! The public pages.

use axum::http::{StatusCode, header};
use bonafide_accounts::Role;

use super::house::{Browser, House, PASSWORD};

const PUBLIC: [&str; 5] =
    ["/privacy", "/privacy/terms", "/rights", "/review/login", "/pages/style.css"];

#[tokio::test]
async fn o18_the_page_names_the_privacy_contact_version_and_date() {
    let house = House::open().await;
    let page = Browser::default().get(&house, "/privacy").await;
    assert_eq!(page.status, StatusCode::OK);
    page.keep("privacy");
    for said in ["privacy@example.org", "mailto:privacy@example.org", "Example Operator"] {
        assert!(page.text.contains(said), "{said}");
    }
    assert!(page.text.contains("1 November 2026"), "the day from which it holds");
    assert!(!page.text.contains("[not set"), "nothing is left open");
}

#[tokio::test]
async fn o1_the_pages_are_those_of_the_tenants_role() {
    let house = House::open().await;
    let bank = house.tenant(Some("service")).await;
    let mut browser = Browser::default();
    let own = browser.get(&house, "/privacy").await.text;
    assert!(own.contains("Example Operator decides why and how"));
    assert!(!own.contains("Example Bank"));
    let theirs = browser.get(&house, &format!("/privacy?tenant={}", bank.tenant)).await;
    theirs.keep("privacy-processor");
    assert!(theirs.text.contains("Example Bank decides why and how"));
    let terms = browser.get(&house, "/privacy/terms").await;
    terms.keep("terms");
    assert!(terms.text.contains("is itself the controller"));
    let terms = browser.get(&house, &format!("/privacy/terms?tenant={}", bank.tenant)).await.text;
    assert!(!terms.contains("is itself the controller"));
    let rights = browser.get(&house, &format!("/rights?tenant={}", bank.tenant)).await;
    rights.keep("rights-processor");
    assert!(rights.text.contains("Turn to Example Bank first"));
    assert!(!browser.get(&house, "/rights").await.text.contains("Example Bank"));
}

#[tokio::test]
async fn a_notice_comes_in_its_first_language_where_the_asked_one_was_not_written() {
    let house = House::open().await;
    let mut browser = Browser::default();
    let english = house.tenant(Some("english")).await.tenant;
    for (path, lang) in [
        ("/privacy?language=zh-Hant".to_owned(), "zh-Hant"),
        (format!("/privacy?tenant={english}&language=zh-Hant"), "en"),
    ] {
        let page = browser.get(&house, &path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.text.contains(&format!("<html lang=\"{lang}\"")), "{path}");
    }
}

/// What a page links to within the server.
fn links(page: &str) -> Vec<&str> {
    page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn a_page_speaks_one_language_and_its_links_keep_it() {
    let house = House::open().await;
    let mut browser = Browser::default();
    for (language, says) in [
        ("zh-Hans", ["隐私声明", "处理条款", "您的权利"]),
        ("zh-Hant", ["隱私聲明", "處理條款", "您的權利"]),
    ] {
        let mut path = format!("/privacy?language={language}");
        for next in ["/privacy/terms?", "/rights?", "/privacy?"] {
            let page = browser.get(&house, &path).await;
            page.keep(&format!(
                "{}-{language}",
                path[1..].split('?').next().unwrap().replace('/', "-")
            ));
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(page.text.contains(&format!("<html lang=\"{language}\"")), "{path}");
            for said in says {
                assert!(page.text.contains(&format!(">{said}</a>")), "{path}: {said}");
            }
            for english in ["Privacy<", "Terms<", "Your rights", "Pages", "Send<"] {
                assert!(!page.text.contains(english), "{path}: {english}");
            }
            let found = links(&page.text).into_iter().find(|link| link.starts_with(next));
            path = found.unwrap_or_else(|| panic!("{path}: no link to {next}")).to_owned();
            assert!(path.contains(language), "{path}");
        }
    }
    // A letter is answered in the language that it was written in.
    let form = [("topic", "erase"), ("name", ""), ("email", "ana"), ("message", "請刪除")];
    let wrong = browser.post(&house, "/rights?language=zh-Hant", &form).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("請在此填寫"), "{}", wrong.text);
    let form =
        [("topic", "erase"), ("name", "陳"), ("email", "chan@example.org"), ("message", "請刪除")];
    let taken = browser.post(&house, "/rights?language=zh-Hant", &form).await;
    assert_eq!(taken.status, StatusCode::OK);
    assert!(taken.text.contains("<h1>已收到</h1>"), "{}", taken.text);
}

#[tokio::test]
async fn what_is_not_there_is_a_page_too() {
    let house = House::open().await;
    let mut browser = Browser::default();
    for path in ["/privacy?tenant=1234567890", "/privacy?version=9", "/privacy?language=xx"] {
        let page = browser.get(&house, path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text.contains("<h1>Nothing here</h1>"), "{path}");
    }
}

#[tokio::test]
async fn o22_no_page_sets_a_cookie_but_the_session_and_none_brings_in_anything() {
    let house = House::open().await;
    let mut browser = Browser::default();
    for path in PUBLIC {
        let page = browser.get(&house, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.headers.contains_key(header::SET_COOKIE), "{path}");
        let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{path}: {policy}");
        assert!(!policy.contains("script") && !policy.contains("unsafe"), "{path}: {policy}");
        assert!(!page.text.contains("<script"), "{path}");
        assert!(!page.text.contains(" style=\"") && !page.text.contains("<style"), "{path}");
        for attribute in ["src=\"http", "src=\"//", "@import", "url("] {
            assert!(!page.text.contains(attribute), "{path}: {attribute}");
        }
    }
    house.create("ana@example.org", None, Role::Reviewer).await;
    let form = [("login", "ana@example.org"), ("password", PASSWORD)];
    let reply = browser.post(&house, "/review/login", &form).await;
    let set: Vec<_> = reply.headers.get_all(header::SET_COOKIE).iter().collect();
    assert_eq!(set.len(), 1);
    let set = set[0].to_str().unwrap();
    assert!(set.starts_with("__Host-session=bfs_"), "{set}");
    for rule in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(set.split("; ").any(|part| part == rule), "{set}");
    }
    assert!(!set.contains("Domain"), "{set}");
}
