//! What every answer has: an id, headers that hold browsers back, faults in their form. And the probes.

use axum::body::Body;
use axum::http::{Method, Request};
use warta_http::problem::Code;

use crate::support::Tenants;

#[tokio::test]
async fn a_request_id_is_taken_over_where_it_is_fit_to_be_logged() {
    let world = Tenants::new().await;
    let asked = async |id: &str| {
        let request = Request::get("/livez").header("x-request-id", id).body(Body::empty()).unwrap();
        world.send(request).await.header("x-request-id").to_owned()
    };
    assert_eq!(asked("order-17_a.b").await, "order-17_a.b");
    let long = "x".repeat(129);
    for unfit in ["", "a b", "<script>", &*long] {
        let made = asked(unfit).await;
        assert!(made != unfit && made.len() == 36, "{unfit}: {made}");
    }
}

#[tokio::test]
async fn a_problem_tells_its_request_and_what_to_do() {
    let world = Tenants::new().await;
    let request = Request::get("/v1/nothing").header("x-request-id", "abc").body(Body::empty()).unwrap();
    let answer = world.send(request).await;
    assert_eq!(answer.header("x-request-id"), "abc");
    insta::assert_json_snapshot!(answer.json());
    let method = world.call(Method::DELETE, "/v1/messages", Some(&world.key)).await;
    assert_eq!(method.problem(), (405, "method_not_allowed".to_owned()));
    assert_eq!(method.header("allow"), "GET,HEAD");
}

#[tokio::test]
async fn every_answer_holds_browsers_back() {
    let world = Tenants::new().await;
    for path in ["/livez", "/", "/docs", "/v1/messages", "/v1/openapi.json", "/nowhere", "/hooks/chn_x"] {
        let answer = world.call(Method::GET, path, None).await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        for foreign in ["http://", "https://", "*", "unsafe-eval"] {
            assert!(!policy.contains(foreign), "{path}: {policy}");
        }
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}: not over plain HTTP");
    }
    let secure = Tenants::at("https://wa.example.com").await;
    let answer = secure.call(Method::GET, "/livez", None).await;
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
}

#[tokio::test]
async fn the_codes_and_the_paper_agree() {
    let paper = include_str!("../../../../docs/api.md");
    let listed: Vec<_> = paper
        .lines()
        .filter_map(|line| {
            let (code, rest) = line.strip_prefix("| `")?.split_once('`')?;
            let status = rest.trim_start_matches(" | ").split(' ').next()?;
            Some((code.to_owned(), status.parse::<u16>().ok()?))
        })
        .collect();
    let real: Vec<_> =
        Code::ALL.iter().map(|code| (code.as_str().to_owned(), code.status().as_u16())).collect();
    assert_eq!(listed, real);
}

#[tokio::test]
async fn probes_tell_life_from_readiness() {
    let world = Tenants::new().await;
    assert_eq!(world.call(Method::GET, "/livez", None).await.status, 200);
    assert_eq!(world.call(Method::GET, "/readyz", None).await.status, 200);
    world.app.store.close().await;
    world.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(world.call(Method::GET, "/readyz", None).await.status, 503);
    assert_eq!(world.call(Method::GET, "/livez", None).await.status, 200);
}
