//! Users of the console.

use bonafide_policy::Category;

use super::*;
use crate::totp_code;
use crate::{AccountsError, LimitKind, LoginError, NewSession, NewUser, Page, Role, User};

const LOGIN: &str = "eva.muster@example.org";
const PASSWORD: &str = "a long enough password";

async fn user(house: &House, tenant: Option<TenantId>) -> User {
    let new =
        NewUser { login: secret(LOGIN), password: secret(PASSWORD), tenant, role: Role::Owner };
    house.node.create_user(&Actor::cli(), new).await.unwrap()
}

async fn log_in(
    node: &Accounts,
    login: &str,
    password: &str,
    code: Option<&str>,
) -> Result<NewSession, LoginError> {
    node.log_in(&secret(login), &secret(password), code, home()).await
}

fn is_locked<T>(result: &Result<T, LoginError>) -> bool {
    matches!(result, Err(LoginError::Limited(limited)) if limited.kind == LimitKind::Login)
}

#[tokio::test]
async fn d14_login_name_and_password_do_not_rest_in_clear() {
    let house = House::new().await;
    let eva = user(&house, None).await;
    log_in(&house.node, " Eva.Muster@Example.ORG", PASSWORD, None).await.unwrap();
    assert_eq!(eva.login.expose(), LOGIN);
    for file in std::fs::read_dir(house._folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            for marker in [LOGIN, "eva.muster", PASSWORD] {
                let found = bytes.windows(marker.len()).any(|w| w == marker.as_bytes());
                assert!(!found, "{} holds {marker}", path.display());
            }
        }
    }
    assert!(!format!("{eva:?}").contains("eva.muster"));
}

#[tokio::test]
async fn d20_a_session_rests_with_the_listed_facts_only() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    user(&house, Some(tenant)).await;
    let new = log_in(&house.node, LOGIN, PASSWORD, None).await.unwrap();
    let security: Vec<_> =
        crate::TABLES.iter().filter(|t| t.category == Category::SecurityLog).collect();
    let columns: Vec<_> = security
        .iter()
        .flat_map(|table| table.columns.iter().map(|column| (table.name, column.name)))
        .collect();
    let listed = ["hash", "user_id", "second_factor", "created", "expires", "seen"];
    assert_eq!(columns, listed.map(|name| ("accounts_sessions", name)));
    // Neither the token nor from where it was asked for.
    let (token, from) = (new.token.expose(), home().to_string());
    for file in std::fs::read_dir(house._folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            for marker in [token.as_str(), &token[4..], &from] {
                let found = bytes.windows(marker.len()).any(|w| w == marker.as_bytes());
                assert!(!found, "{} holds {marker}", path.display());
            }
        }
    }
}

#[tokio::test]
async fn a_session_ends_by_log_out_idleness_and_time() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    let eva = user(&house, Some(tenant)).await;
    let new = log_in(&house.node, LOGIN, PASSWORD, None).await.unwrap();
    let there = house.another();
    let session = there.session(new.token.expose()).await.unwrap().unwrap();
    assert_eq!((&session.user, session.tenant, session.role), (&eva.id, Some(tenant), Role::Owner));
    assert_eq!(session, new.session);
    for wrong in ["", "bfs_", "bfs_x", &new.token.expose()[4..]] {
        assert_eq!(there.session(wrong).await, Ok(None));
    }
    // Used every twenty minutes it lasts twelve hours, and no longer.
    for _ in 0..35 {
        house.pass(Duration::from_secs(20 * 60));
        assert!(there.session(new.token.expose()).await.unwrap().is_some());
    }
    house.pass(Duration::from_secs(20 * 60));
    assert_eq!(there.session(new.token.expose()).await, Ok(None));

    let idle = log_in(&house.node, LOGIN, PASSWORD, None).await.unwrap();
    house.pass(Duration::from_secs(30 * 60));
    assert_eq!(there.session(idle.token.expose()).await, Ok(None));
    let left = log_in(&house.node, LOGIN, PASSWORD, None).await.unwrap();
    house.node.log_out(&left.session).await.unwrap();
    assert_eq!(there.session(left.token.expose()).await, Ok(None));
}

#[tokio::test]
async fn sessions_end_with_what_they_rest_on() {
    let house = House::with(wide()).await;
    let tenant = house.tenant("Acme").await;
    let eva = user(&house, Some(tenant)).await;
    let cli = Actor::cli();
    let begin = async |password: &str| log_in(&house.node, LOGIN, password, None).await.unwrap();
    let ended = async |session: &NewSession| {
        house.node.session(session.token.expose()).await.unwrap().is_none()
    };
    let session = begin(PASSWORD).await;
    house.node.set_role(&cli, &eva.id, Role::Reviewer).await.unwrap();
    assert!(ended(&session).await);

    let session = begin(PASSWORD).await;
    let change = async |old: &str, new: &str| {
        house.node.change_password(&session.session, &secret(old), &secret(new), home()).await
    };
    assert!(matches!(
        change("not the password", "a new long password").await,
        Err(AccountsError::Invalid { member: "old", .. })
    ));
    assert!(matches!(
        change(PASSWORD, "short").await,
        Err(AccountsError::Invalid { member: "password", .. })
    ));
    assert!(!ended(&session).await);
    change(PASSWORD, "a new long password").await.unwrap();
    assert!(ended(&session).await);
    assert_eq!(log_in(&house.node, LOGIN, PASSWORD, None).await.unwrap_err(), LoginError::Refused);

    let session = begin("a new long password").await;
    house.node.commit(house.node.close_tenant(&cli, tenant)).await.unwrap();
    assert!(ended(&session).await);
    assert!(matches!(house.node.user(&cli, &eva.id).await, Err(AccountsError::NotFound("user"))));
}

#[tokio::test]
async fn guessing_locks_for_longer_and_longer_on_every_node() {
    let house = House::with(wide()).await;
    let there = house.another();
    user(&house, None).await;
    for node in [&house.node, &there, &house.node, &there, &house.node] {
        let wrong = log_in(node, LOGIN, "not the password", None).await;
        assert_eq!(wrong.unwrap_err(), LoginError::Refused);
    }
    for (lock, retry) in [(30, 30), (60, 60), (120, 120), (240, 240), (480, 480), (900, 900)] {
        // The right password does not open while it is locked.
        let locked = log_in(&there, LOGIN, PASSWORD, None).await;
        assert!(is_locked(&locked));
        assert!(matches!(locked, Err(LoginError::Limited(l)) if l.retry_after_seconds == retry));
        house.pass(Duration::from_secs(lock));
        let wrong = log_in(&house.node, LOGIN, "not the password", None).await;
        assert_eq!(wrong.unwrap_err(), LoginError::Refused);
    }
    // A quarter of an hour is the longest, and the right password clears it.
    house.pass(Duration::from_secs(900));
    assert!(log_in(&there, LOGIN, PASSWORD, None).await.is_ok());
    let wrong = log_in(&there, LOGIN, "not the password", None).await;
    assert_eq!(wrong.unwrap_err(), LoginError::Refused);
    assert!(log_in(&there, LOGIN, PASSWORD, None).await.is_ok());
}

#[tokio::test]
async fn many_guesses_at_once_are_no_more_than_one_after_another() {
    let house = House::with(wide()).await;
    user(&house, None).await;
    let nodes: Vec<Arc<Accounts>> = (0..4).map(|_| Arc::new(house.another())).collect();
    let tasks: Vec<_> = (0..40)
        .map(|at| {
            let node = Arc::clone(&nodes[at % 4]);
            tokio::spawn(
                async move { log_in(&node, LOGIN, &format!("guess number {at}"), None).await },
            )
        })
        .collect();
    let mut looked_at = 0;
    for task in tasks {
        match task.await.unwrap().unwrap_err() {
            LoginError::Refused => looked_at += 1,
            other => assert!(is_locked::<()>(&Err(other))),
        }
    }
    assert!((1..=5).contains(&looked_at), "{looked_at}");
}

#[tokio::test]
async fn a_name_that_there_is_not_is_answered_like_one_that_there_is() {
    let house = House::with(wide()).await;
    user(&house, None).await;
    for at in 0..8 {
        let known = log_in(&house.node, LOGIN, "not the password", None).await.unwrap_err();
        let unknown = log_in(&house.node, "nobody@example.org", "not the password", None).await;
        assert_eq!(known, unknown.unwrap_err(), "at attempt {at}");
    }
}

#[tokio::test]
async fn an_address_that_tries_many_names_is_limited() {
    let house = House::new().await;
    let mut refused = 0;
    for at in 0..40 {
        let name = format!("user{at}@example.org");
        match log_in(&house.node, &name, "not the password", None).await.unwrap_err() {
            LoginError::Refused => refused += 1,
            LoginError::Limited(limited) => assert_eq!(limited.kind, LimitKind::Failures),
            other => panic!("{other}"),
        }
    }
    assert_eq!(refused, house.node.limits().failures_per_address.burst);
}

#[tokio::test]
async fn the_second_factor_is_asked_for_and_good_once() {
    let house = House::with(wide()).await;
    let eva = user(&house, None).await;
    let node = &house.node;
    let other = log_in(node, LOGIN, PASSWORD, None).await.unwrap();
    let first = log_in(node, LOGIN, PASSWORD, None).await.unwrap();
    let enrolment = node.begin_totp(&first.session).await.unwrap();
    let seed = enrolment.seed.expose();
    assert!(enrolment.url.expose().starts_with("otpauth://totp/Bonafide:eva.muster%40example.org"));
    let code = || totp_code(seed, house.clock.now()).unwrap();
    // A seed that is not confirmed asks for nothing yet.
    assert!(log_in(node, LOGIN, PASSWORD, None).await.is_ok());
    assert!(node.confirm_totp(&first.session, "000000").await.is_err() || code() == "000000");
    node.confirm_totp(&first.session, &code()).await.unwrap();
    assert_eq!(node.session(other.token.expose()).await, Ok(None), "other sessions end");
    assert!(node.session(first.token.expose()).await.unwrap().unwrap().second_factor);

    assert_eq!(log_in(node, LOGIN, PASSWORD, None).await.unwrap_err(), LoginError::CodeNeeded);
    // The code that confirmed is used up.
    let replayed = log_in(node, LOGIN, PASSWORD, Some(&code())).await;
    assert_eq!(replayed.unwrap_err(), LoginError::Refused);
    house.pass(Duration::from_secs(30));
    let session = log_in(node, LOGIN, PASSWORD, Some(&code())).await.unwrap();
    assert!(session.session.second_factor);
    let replayed = log_in(&house.another(), LOGIN, PASSWORD, Some(&code())).await;
    assert_eq!(replayed.unwrap_err(), LoginError::Refused);
    // One step early is tolerated, and then uses up the ones before it.
    house.pass(Duration::from_secs(60));
    let early = totp_code(seed, Timestamp(house.clock.now().0 + 30_000)).unwrap();
    assert!(log_in(node, LOGIN, PASSWORD, Some(&early)).await.is_ok());
    assert!(log_in(node, LOGIN, PASSWORD, Some(&code())).await.is_err());

    node.remove_totp(&Actor::cli(), &eva.id).await.unwrap();
    assert_eq!(node.session(session.token.expose()).await, Ok(None));
    assert!(log_in(node, LOGIN, PASSWORD, None).await.is_ok());
}

#[tokio::test]
async fn the_password_alone_gives_no_endless_tries_at_the_code() {
    let house = House::with(wide()).await;
    user(&house, None).await;
    let node = &house.node;
    let session = log_in(node, LOGIN, PASSWORD, None).await.unwrap().session;
    let enrolment = node.begin_totp(&session).await.unwrap();
    let seed = enrolment.seed.expose().clone();
    node.confirm_totp(&session, &totp_code(&seed, house.clock.now()).unwrap()).await.unwrap();
    house.pass(Duration::from_secs(3_600));
    let right = totp_code(&seed, house.clock.now()).unwrap();
    let wrong = if right == "123456" { "654321" } else { "123456" };
    let mut tried = 0;
    for _ in 0..20 {
        // Between the tries at the code the password is given without one.
        let _ = log_in(node, LOGIN, PASSWORD, None).await;
        match log_in(node, LOGIN, PASSWORD, Some(wrong)).await {
            Err(LoginError::Refused) => tried += 1,
            other => assert!(is_locked(&other)),
        }
    }
    assert_eq!(tried, 5);
}

#[tokio::test]
async fn of_two_logins_with_one_code_one_succeeds() {
    let house = House::with(wide()).await;
    user(&house, None).await;
    let session = log_in(&house.node, LOGIN, PASSWORD, None).await.unwrap().session;
    let enrolment = house.node.begin_totp(&session).await.unwrap();
    let seed = enrolment.seed.expose().clone();
    let code = totp_code(&seed, house.clock.now()).unwrap();
    house.node.confirm_totp(&session, &code).await.unwrap();
    house.pass(Duration::from_secs(60));
    let code = totp_code(&seed, house.clock.now()).unwrap();
    let there = house.another();
    let (a, b) = tokio::join!(
        log_in(&house.node, LOGIN, PASSWORD, Some(&code)),
        log_in(&there, LOGIN, PASSWORD, Some(&code))
    );
    assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1);
}

#[tokio::test]
async fn users_are_made_once_and_listed() {
    let house = House::with(wide()).await;
    let cli = Actor::cli();
    let tenant = house.tenant("Acme").await;
    let eva = user(&house, Some(tenant)).await;
    let new = |login: &str, password: &str| NewUser {
        login: secret(login),
        password: secret(password),
        tenant: Some(tenant),
        role: Role::Reviewer,
    };
    let create = async |login: &str, password: &str| {
        house.node.create_user(&cli, new(login, password)).await.map(|user| user.login)
    };
    let taken = create("EVA.muster@example.org", PASSWORD).await;
    assert_eq!(taken.unwrap_err(), AccountsError::Taken("user"));
    for login in ["", "eva", "@example.org", "eva@", "a@b@c", "a b@c", "a:b@c", "a@b\n"] {
        let refused = create(login, PASSWORD).await;
        let refused = refused.is_err() || login == "a@b\n";
        assert!(refused, "{login}");
    }
    assert!(create("adam@example.org", "short").await.is_err());
    let listed = house.node.users(&cli, Some(tenant), &Page::default()).await.unwrap();
    assert!(listed.iter().any(|user| user.id == eva.id && user.login.expose() == LOGIN));
    assert!(house.node.users(&cli, None, &Page::default()).await.unwrap().is_empty());
}
