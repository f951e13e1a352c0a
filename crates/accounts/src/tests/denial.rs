//! Who may not: every read and every write, asked for by everyone it is not for.

use super::*;
use crate::{
    AccountsError, NewUser, Page, Role, Session, Template, User, UserId, VerificationSettings,
};

const HOUR: Duration = Duration::from_secs(3_600);

/// Things of one tenant in one realm that others are after.
struct Prize {
    application: Application,
    key: NewKey,
    template: Template,
    user: User,
}

impl Prize {
    async fn new(house: &House, tenant: TenantId) -> Self {
        let application = house.application(tenant, Environment::Live, "eu").await;
        let key = house.key(&application, &[Scope::Face]).await;
        let realm = application.realm();
        let cli = Actor::cli();
        let settings = VerificationSettings::default();
        let name = house.node.new_secret();
        let template = house
            .node
            .commit(house.node.create_template(&cli, &realm, &name, settings))
            .await
            .unwrap();
        let user = house.node.create_user(&cli, new_user("eva", Some(tenant))).await.unwrap();
        Self { application, key, template, user }
    }
}

fn new_user(name: &str, tenant: Option<TenantId>) -> NewUser {
    NewUser {
        login: secret(&format!("{name}@example.org")),
        password: secret("a long enough password"),
        tenant,
        role: Role::Owner,
    }
}

/// What an operation is about: decides who may do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    /// Every tenant.
    Installation,
    /// The tenant as a whole.
    Tenant,
    /// Applications and keys of the realm.
    Realm,
    /// Templates of the realm.
    Templates,
    /// Users of the tenant.
    Users,
}

/// Every read and write, as `actor` against `prize`: what it is about, its
/// name, and how it ended.
async fn everything(
    node: &Accounts,
    actor: &Actor,
    prize: &Prize,
) -> Vec<(About, &'static str, Result<(), AccountsError>)> {
    use About::{Installation, Realm, Templates, Tenant, Users};
    let tenant = prize.application.tenant;
    let application = &prize.application.id;
    let realm = prize.application.realm();
    let page = Page::default();
    let (key, template, user) = (&prize.key.key.id, &prize.template.id, &prize.user.id);
    let settings = VerificationSettings::default;
    let new_tenant = NewTenant { name: "x".to_owned(), policy: None };
    let new_application = NewApplication {
        tenant,
        name: "x".to_owned(),
        environment: realm.environment,
        region: realm.region.clone(),
    };
    let new_key = NewKeyRequest {
        application: application.clone(),
        scopes: Scopes::all(),
        networks: Vec::new(),
        lifetime: None,
        signing: false,
    };
    let name = format!("mallory{}", node.new_secret());
    let newest = prize.template.version;
    let password = || secret("another long password");
    let mut all = Vec::new();
    macro_rules! ask {
        ($about:ident, $name:ident ( $($argument:expr),* )) => {
            all.push(($about, stringify!($name), node.$name(actor, $($argument),*).await.map(drop)));
        };
    }
    macro_rules! make {
        ($about:ident, $name:ident ( $($argument:expr),* )) => {
            let planned = node.$name(actor, $($argument),*);
            all.push(($about, stringify!($name), node.commit(planned).await.map(drop)));
        };
    }
    make!(Installation, create_tenant(new_tenant));
    ask!(Installation, users(None, &page));
    ask!(Installation, create_user(new_user(&format!("{name}-op"), None)));
    ask!(Tenant, tenant(tenant));
    ask!(Tenant, applications(tenant, &page));
    ask!(Tenant, audit(Some(tenant), &page));
    make!(Realm, create_application(new_application));
    ask!(Realm, application(application));
    make!(Realm, create_key(new_key));
    ask!(Realm, key(key));
    ask!(Realm, keys(application, &page));
    make!(Templates, create_template(&realm, &name, settings()));
    ask!(Templates, template(&realm, template, None));
    ask!(Templates, template(&realm, template, Some(1)));
    ask!(Templates, templates(&realm, &page));
    make!(Templates, add_template_version(&realm, template, newest, settings()));
    ask!(Users, create_user(new_user(&name, Some(tenant))));
    ask!(Users, user(user));
    ask!(Users, users(Some(tenant), &page));
    ask!(Users, set_role(user, Role::Reviewer));
    ask!(Users, set_password(user, password()));
    ask!(Users, remove_totp(user));
    // What ends things comes last.
    make!(Templates, close_template(&realm, template));
    ask!(Users, remove_user(user));
    make!(Realm, rotate_key(key, HOUR));
    make!(Realm, revoke_key(key));
    make!(Realm, close_application(application));
    make!(Installation, close_tenant(tenant));
    all
}

fn session(role: Role, tenant: Option<TenantId>) -> Session {
    Session {
        user: UserId::new(&mut OsRandom),
        tenant,
        role,
        second_factor: true,
        expires: Timestamp(u64::MAX),
        hash: String::new(),
    }
}

/// Everything an actor may do succeeds, everything else fails and changes
/// nothing.
async fn only(house: &House, who: &str, actor: &Actor, tenant: TenantId, may: &[About]) {
    let prize = Prize::new(house, tenant).await;
    let lines = async || {
        let page = Page { after: None, limit: Some(200) };
        house.node.audit(&Actor::cli(), None, &page).await.unwrap().len()
    };
    let before = lines().await;
    for (about, name, result) in everything(&house.node, actor, &prize).await {
        if may.contains(&about) {
            assert_eq!(result, Ok(()), "{who} may {name}");
        } else {
            let denied = matches!(result, Err(AccountsError::Denied | AccountsError::NotFound(_)));
            assert!(denied, "{who} may not {name}: {result:?}");
        }
    }
    if may.is_empty() {
        assert_eq!(lines().await, before, "{who} has changed something");
        let key = house.node.authenticate(prize.key.token.expose(), home()).await;
        assert!(key.is_ok(), "{who} has ended a key");
    }
    if house.node.user(&Actor::cli(), &prize.user.id).await.is_ok() {
        house.node.remove_user(&Actor::cli(), &prize.user.id).await.unwrap();
    }
}

#[tokio::test]
async fn d15_every_change_of_settings_is_in_the_audit_log() {
    let house = House::with(wide()).await;
    let own = house.tenant("Own").await;
    let prize = Prize::new(&house, own).await;
    let lines = async || {
        let page = Page { after: None, limit: Some(200) };
        house.node.audit(&Actor::cli(), None, &page).await.unwrap()
    };
    let before: Vec<String> = lines().await.into_iter().map(|line| line.id).collect();
    for (_, name, result) in everything(&house.node, &Actor::cli(), &prize).await {
        assert_eq!(result, Ok(()), "{name}");
    }
    let mut new = lines().await;
    new.retain(|line| !before.contains(&line.id));
    let mut actions: Vec<&str> = new.iter().map(|line| line.action.as_str()).collect();
    actions.sort_unstable();
    assert_eq!(
        actions,
        [
            "application_closed",
            "application_created",
            "key_created",
            "key_revoked",
            "key_rotated",
            "password_changed",
            "role_changed",
            "second_factor_removed",
            "template_closed",
            "template_created",
            "template_versioned",
            "tenant_closed",
            "tenant_created",
            "user_created",
            "user_created",
            "user_removed",
        ]
    );
    for line in new {
        assert_eq!((line.actor.as_str(), line.at), ("cli", START), "{}", line.action);
        assert!(!line.subject.is_empty(), "{}", line.action);
        // Of whom it was is known by id alone.
        let facts = line.facts.to_string();
        assert!(!facts.contains("mallory") && !facts.contains("password"), "{facts}");
    }
}

#[tokio::test]
async fn m4_foreign_tenants_environments_and_regions_do_not_exist() {
    let house = House::with(wide()).await;
    let (own, foreign) = (house.tenant("Own").await, house.tenant("Foreign").await);
    let admin = &[Scope::Admin];
    let all = &Scope::ALL;
    for (who, caller) in [
        ("another tenant's key", house.caller(foreign, Environment::Live, "eu", all).await),
        ("the sandbox's key", house.caller(own, Environment::Sandbox, "eu", all).await),
        ("another region's key", house.caller(own, Environment::Live, "us", all).await),
    ] {
        // The tenant's own row is the same in every realm of it.
        let actor = Actor::caller(&caller);
        let may: &[About] = if caller.tenant == own { &[About::Tenant] } else { &[] };
        only(&house, who, &actor, own, may).await;
    }
    let caller = house.caller(own, Environment::Live, "eu", admin).await;
    let actor = Actor::caller(&caller);
    let may = [About::Tenant, About::Realm, About::Templates];
    only(&house, "the realm's own admin key", &actor, own, &may).await;
    // What is told of foreign things is what is told of nothing.
    let prize = Prize::new(&house, foreign).await;
    let told = house.node.key(&actor, &prize.key.key.id).await.unwrap_err();
    let nothing = bonafide_ledger::KeyId::new(&mut OsRandom);
    assert_eq!(told, house.node.key(&actor, &nothing).await.unwrap_err());
}

#[tokio::test]
async fn m3_a_key_without_the_scope_and_a_browser_reach_no_accounts() {
    let house = House::with(wide()).await;
    let own = house.tenant("Own").await;
    let member = house.caller(own, Environment::Live, "eu", &[Scope::Verification]).await;
    only(&house, "a member's key", &Actor::caller(&member), own, &[About::Templates]).await;
    let token = house.node.issue_verification_token(&member, "ver_a", HOUR).await.unwrap();
    let browser = house.node.authenticate(token.token.expose(), home()).await.unwrap();
    only(&house, "a browser", &Actor::caller(&browser), own, &[]).await;
}

#[tokio::test]
async fn users_of_the_console_do_what_their_role_says() {
    let house = House::with(wide()).await;
    let (own, foreign) = (house.tenant("Own").await, house.tenant("Foreign").await);
    use About::{Installation, Realm, Templates, Tenant, Users};
    let everything = [Installation, Tenant, Realm, Templates, Users];
    let tenants = [Tenant, Realm, Templates, Users];
    let cases: [(Role, Option<TenantId>, &[About]); 7] = [
        (Role::Owner, Some(own), &tenants),
        (Role::Operator, Some(own), &[Tenant, Realm, Templates]),
        (Role::Reviewer, Some(own), &[]),
        (Role::PrivacyOfficer, Some(own), &[]),
        (Role::Owner, Some(foreign), &[]),
        (Role::Reviewer, None, &[]),
        (Role::Owner, None, &everything),
    ];
    for (role, tenant, may) in cases {
        let who = format!("{role} of {tenant:?}");
        only(&house, &who, &Actor::user(&session(role, tenant)), own, may).await;
    }
}

#[tokio::test]
async fn lists_show_the_own_part_only() {
    let house = House::new().await;
    let (own, foreign) = (house.tenant("Own").await, house.tenant("Foreign").await);
    let caller = house.caller(own, Environment::Live, "eu", &[Scope::Admin]).await;
    house.caller(own, Environment::Sandbox, "eu", &[Scope::Admin]).await;
    house.caller(foreign, Environment::Live, "eu", &[Scope::Admin]).await;
    let actor = Actor::caller(&caller);
    let page = Page::default();
    let tenants = house.node.tenants(&actor, &page).await.unwrap();
    assert_eq!(tenants.iter().map(|t| t.app_id).collect::<Vec<_>>(), [own]);
    let applications = house.node.applications(&actor, own, &page).await.unwrap();
    assert_eq!(applications.iter().map(|a| &a.id).collect::<Vec<_>>(), [&caller.application]);
    let lines = house.node.audit(&actor, None, &page).await.unwrap();
    assert_eq!(lines.len(), 2);
    assert!(
        lines
            .iter()
            .all(|line| line.tenant == Some(own) && line.environment == Some(Environment::Live))
    );
}
