//! Signing in by password and by one-time links, and what guards it.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, header};
use url::form_urlencoded;
use warta_console::door;
use warta_core::audit::Action;
use warta_core::permission::OrganizationRole;
use warta_store::{AuditFilter, Invitation, Purpose};

use crate::support::people;
use crate::support::{Answer, Tenants};

const EMAIL: &str = "rina@example.com";
const PASSWORD: &str = "pisang goreng hangat";
const WRONG: &str = "canary tempe mendoan";

/// A form, sent the way a browser sends it.
async fn post(world: &Tenants, path: &str, cookie: &str, pairs: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body));
    let answer = world.send(request.unwrap()).await;
    let text = &answer.text;
    for secret in [PASSWORD, WRONG] {
        assert!(!text.contains(secret), "{path} says a password: {text}");
    }
    answer
}

async fn visit(world: &Tenants, path: &str, cookie: &str) -> Answer {
    world.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
}

/// The path of a fresh link.
async fn link(world: &Tenants, purpose: Purpose) -> String {
    let link = door::link(&world.app, purpose, &people::entry(&world.app)).await.unwrap();
    link.strip_prefix(&world.app.settings.public_url).unwrap().to_owned()
}

fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn log_in(world: &Tenants, email: &str, password: &str) -> Answer {
    post(world, "/login", "", &[("email", email), ("password", password), ("next", "/")]).await
}

/// The first owner, who has just set the first organization up; with the cookie.
async fn set_up(world: &Tenants) -> String {
    let path = link(world, Purpose::SetUp { organization: Some(world.organization) }).await;
    let answer = post(world, &path, "", &set_up_pairs(PASSWORD)).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"), "{}", answer.text);
    cookie(&answer)
}

fn set_up_pairs(password: &str) -> [(&str, &str); 5] {
    [
        ("organization", "Kopi Nusa"),
        ("name", "Rina"),
        ("email", " Rina@Example.com"),
        ("password", password),
        ("language", "en"),
    ]
}

/// How often the audit of the first organization says it.
async fn audited(world: &Tenants, action: Action) -> usize {
    world.app.tasks.close();
    world.app.tasks.wait().await;
    let filter = AuditFilter { action: Some(action), ..AuditFilter::default() };
    world.app.store.audit(world.scope(), &filter).await.unwrap().entries.len()
}

#[tokio::test]
async fn the_first_owner_sets_up_once() {
    let world = Tenants::new().await;
    let path = link(&world, Purpose::SetUp { organization: Some(world.organization) }).await;
    let page = visit(&world, &path, "").await;
    assert_eq!((page.status.as_u16(), page.text.contains("value=\"Nusa\"")), (200, true), "{}", page.text);
    let refused =
        post(&world, &path, "", &[("name", "Rina <b>"), ("email", "x"), ("password", "canary")]).await;
    let html = refused.text;
    assert_eq!(refused.status, 422);
    for wanted in ["<title>Not yet: ", "Rina &#60;b&#62;", "not an e-mail", "at least 12", "Fill this in"] {
        assert!(html.contains(wanted), "{wanted}\n{html}");
    }
    assert!(!html.contains("canary") && html.matches("autofocus").count() == 1, "{html}");
    let done = post(&world, &path, "", &set_up_pairs(PASSWORD)).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/"));
    let html = visit(&world, "/", &cookie(&done)).await.text;
    assert!(html.contains("Kopi Nusa") && html.contains("Rina"), "{html}");
    for again in [visit(&world, &path, "").await, post(&world, &path, "", &set_up_pairs(PASSWORD)).await] {
        assert_eq!(again.status, 410);
        assert!(again.text.contains("warta serve"), "{}", again.text);
    }
    assert_eq!((audited(&world, Action::SetUp).await, audited(&world, Action::SignedIn).await), (1, 1));
}

#[tokio::test]
async fn a_password_opens_and_signing_out_closes() {
    let world = Tenants::new().await;
    let first = set_up(&world).await;
    let answer = post(
        &world,
        "/login",
        "",
        &[("email", "RINA@example.com "), ("password", PASSWORD), ("next", "/messages/x?a=1")],
    )
    .await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/messages/x?a=1"));
    let second = cookie(&answer);
    assert_ne!(first, second, "each sign-in has its own token");
    assert_eq!(visit(&world, "/login?next=/docs", &second).await.header("location"), "/docs");
    let out = post(&world, "/logout", &second, &[]).await;
    assert_eq!((out.status.as_u16(), out.header("location")), (303, "/login"));
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{}", out.header("set-cookie"));
    assert_eq!(visit(&world, "/", &second).await.status, 303);
    assert_eq!(visit(&world, "/", &first).await.status, 200, "the other browser stays");
    for evil in ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example"] {
        let pairs = [("email", EMAIL), ("password", PASSWORD), ("next", evil)];
        assert_eq!(post(&world, "/login", "", &pairs).await.header("location"), "/", "{evil}");
    }
}

#[tokio::test]
async fn nobody_learns_who_has_an_account() {
    let world = Tenants::new().await;
    set_up(&world).await;
    let wrong = log_in(&world, EMAIL, WRONG).await;
    let unknown = log_in(&world, "nobo@example.com", WRONG).await;
    assert_eq!((wrong.status.as_u16(), wrong.header("set-cookie")), (422, ""));
    assert_eq!(wrong.text, unknown.text.replace("nobo@example.com", EMAIL));
    assert!(wrong.text.contains("do not belong together"), "{}", wrong.text);
    assert_eq!(audited(&world, Action::SignInRefused).await, 1, "members only");
}

#[tokio::test]
async fn many_tries_must_wait_but_never_for_long() {
    let world = Tenants::new().await;
    set_up(&world).await;
    for _ in 0..5 {
        assert_eq!(log_in(&world, EMAIL, WRONG).await.status, 422);
    }
    for seconds in [1, 2] {
        let refused = log_in(&world, EMAIL, PASSWORD).await;
        assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, &*seconds.to_string()));
        assert!(refused.text.contains(&format!("Wait {seconds} second")), "{}", refused.text);
        world.clock.advance(Duration::from_secs(seconds));
        assert_eq!(log_in(&world, EMAIL, WRONG).await.status, 422);
    }
    assert_eq!(log_in(&world, "other@example.com", WRONG).await.status, 422, "others do not wait");
    world.clock.advance(Duration::from_secs(4));
    assert_eq!(log_in(&world, EMAIL, PASSWORD).await.status, 303);
    assert_eq!(log_in(&world, EMAIL, WRONG).await.status, 422, "and it starts anew");
}

#[tokio::test]
async fn a_reset_ends_every_other_sign_in() {
    let world = Tenants::new().await;
    let before = set_up(&world).await;
    let person = world.app.store.person_by_email(EMAIL).await.unwrap().unwrap().id;
    let path = link(&world, Purpose::Reset { person }).await;
    assert!(visit(&world, &path, "").await.text.contains(EMAIL));
    let weak = post(&world, &path, "", &[("password", "rina@example.com")]).await;
    assert_eq!((weak.status.as_u16(), weak.text.contains("too easy to guess")), (422, true));
    let done = post(&world, &path, "", &[("password", "tahu isi pedas")]).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/"));
    assert_eq!(visit(&world, "/", &before).await.status, 303);
    assert_eq!(visit(&world, "/", &cookie(&done)).await.status, 200);
    let again = visit(&world, &path, "").await;
    assert_eq!((again.status.as_u16(), again.text.contains("warta user reset")), (410, true));
    assert_eq!(log_in(&world, EMAIL, PASSWORD).await.status, 422);
    assert_eq!(log_in(&world, EMAIL, "tahu isi pedas").await.status, 303);
    assert_eq!(audited(&world, Action::PasswordReset).await, 1);
}

fn invitation(world: &Tenants, email: &str) -> Purpose {
    let (role, organization) = (OrganizationRole::Admin, world.organization);
    Purpose::Join(Invitation { organization, email: email.to_owned(), role, agent: None, invited_by: None })
}

#[tokio::test]
async fn an_invitation_lets_somebody_new_in() {
    let world = Tenants::new().await;
    let path = link(&world, invitation(&world, "siti@example.com")).await;
    let html = visit(&world, &path, "").await.text;
    for wanted in ["Join Nusa", "siti@example.com", "as admin"] {
        assert!(html.contains(wanted), "{wanted}\n{html}");
    }
    let refused = post(&world, &path, "", &[("name", ""), ("password", "short")]).await;
    assert_eq!(refused.status, 422);
    let pairs =
        [("name", "Siti"), ("password", PASSWORD), ("language", "id"), ("email", "other@example.com")];
    let done = post(&world, &path, "", &pairs).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/"), "{}", done.text);
    assert!(
        visit(&world, "/", &cookie(&done)).await.text.contains("<html lang=\"id\""),
        "the chosen language"
    );
    assert_eq!(visit(&world, &path, "").await.status, 410);
    let person = world.app.store.person_by_email("siti@example.com").await.unwrap().unwrap();
    let member = world.app.store.member(world.scope(), person.id).await.unwrap().unwrap();
    assert_eq!(member.role, OrganizationRole::Admin);
    assert!(world.app.store.person_by_email("other@example.com").await.unwrap().is_none());
}

#[tokio::test]
async fn who_has_an_account_signs_in_and_accepts() {
    let world = Tenants::new().await;
    set_up(&world).await;
    let person = people::person(&world.app, world.stranger, OrganizationRole::Owner).await;
    let theirs = people::sign_in(&world.app, &world.router, person).await;
    let email = world.app.store.person(person).await.unwrap().unwrap().email;
    let path = link(&world, invitation(&world, &email)).await;
    let html = visit(&world, &path, "").await.text;
    assert!(html.contains("Sign in first") && html.contains(&format!("/login?next={path}")), "{html}");
    let nobody = post(&world, &path, "", &[("name", "X"), ("password", PASSWORD)]).await;
    assert_eq!(nobody.status, 409, "an account is not taken over by an invitation");
    let other = cookie(&log_in(&world, EMAIL, PASSWORD).await);
    assert_eq!(post(&world, &path, &other, &[]).await.status, 409, "nor is it for somebody else");
    assert!(visit(&world, &path, &theirs).await.text.contains("Accept"));
    assert_eq!(post(&world, &path, &theirs, &[]).await.header("location"), "/");
    assert!(visit(&world, "/", &theirs).await.text.contains("Kopi Nusa"), "they look at it now");
}

#[tokio::test]
async fn what_was_typed_outlives_the_sign_in() {
    let world = Tenants::new().await;
    set_up(&world).await;
    let kept = [
        ("email", EMAIL),
        ("password", PASSWORD),
        ("kept_action", "/settings?a=1"),
        ("kept.name", "Kopi \"Nusa\" <b>"),
        ("kept.tick", "1"),
        ("kept.tick", "2"),
        ("kept.app_secret", "canary-s"),
        ("kept_without", "secrets"),
    ];
    let mut wrong = kept;
    wrong[1].1 = WRONG;
    let html = post(&world, "/login", "", &wrong).await.text;
    assert!(html.contains("name=\"kept.name\" value=\"Kopi &#34;Nusa&#34; &#60;b&#62;\""), "{html}");
    let again = post(&world, "/login", "", &kept).await;
    let html = &again.text;
    assert_eq!(again.status, 200);
    for wanted in [
        "action=\"/settings?a=1\"",
        "name=\"name\" value=\"Kopi &#34;Nusa&#34; &#60;b&#62;\"",
        "name=\"tick\" value=\"2\"",
        "Go on with what you typed",
        "type them once more",
    ] {
        assert!(html.contains(wanted), "{wanted}\n{html}");
    }
    assert!(!html.contains("canary-s") && !html.contains("email"), "{html}");
    assert_eq!(visit(&world, "/", &cookie(&again)).await.status, 200);
    let mut elsewhere = kept;
    elsewhere[2].1 = "//evil.example/";
    assert_eq!(post(&world, "/login", "", &elsewhere).await.status, 303, "only to us");
}

fn form(path: &str, pairs: &[(&str, &str)]) -> Request<Body> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let kind = "application/x-www-form-urlencoded";
    Request::post(path).header(header::CONTENT_TYPE, kind).body(Body::from(body)).unwrap()
}

#[tokio::test]
async fn other_sites_cannot_send_our_forms() {
    let world = Tenants::at("https://wa.example.com").await;
    for path in ["/login", "/logout", "/setup/x", "/reset/x", "/join/x", "/nowhere"] {
        for (site, origin) in [
            (Some("cross-site"), Some("https://evil.example")),
            (Some("same-site"), Some("https://evil.example.com")),
            (Some("cross-site"), None),
            (None, Some("https://evil.example")),
            (None, Some("null")),
        ] {
            let mut request = form(path, &[("email", EMAIL)]);
            let headers = request.headers_mut();
            headers.insert("host", "wa.example.com".parse().unwrap());
            site.map(|site| headers.insert("sec-fetch-site", site.parse().unwrap()));
            origin.map(|origin| headers.insert("origin", origin.parse().unwrap()));
            assert_eq!(world.send(request).await.status, 403, "{path} {site:?} {origin:?}");
        }
        let mut request = form(path, &[("email", EMAIL)]);
        request.headers_mut().insert("origin", "https://wa.example.com".parse().unwrap());
        assert_ne!(world.send(request).await.status, 403, "{path}: our own");
    }
    for path in ["/hooks/x", "/v1/messages"] {
        let mut request = form(path, &[]);
        request.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
        assert_ne!(world.send(request).await.status, 403, "{path} is not a browser's");
    }
}

#[tokio::test]
async fn the_pages_speak_indonesian() {
    let world = Tenants::new().await;
    for (path, wanted) in
        [("/login", "Kata sandi"), ("/join/x", "tidak berlaku lagi"), ("/setup/x", "tautan baru")]
    {
        let request = Request::get(path).header(header::ACCEPT_LANGUAGE, "id").body(Body::empty()).unwrap();
        let html = world.send(request).await.text;
        assert!(html.contains(wanted) && html.contains("<html lang=\"id\""), "{path}\n{html}");
    }
    let login = world.call(Method::GET, "/login", None).await;
    assert_eq!(
        login.header("referrer-policy"),
        "same-origin",
        "so that browsers tell where a form comes from"
    );
    assert_eq!(login.header("cache-control"), "no-store");
}
