//! The API document and its reference page.

use axum::http::Method;
use serde_json::Value;
use warta_gateway::web::access::Access;
use warta_gateway::web::{self, openapi};

use crate::support::Tenants;

#[test]
fn the_committed_document_is_the_one_the_code_gives() {
    let committed = include_str!("../../../../openapi.json");
    assert!(committed.trim() == openapi().trim(), "stale: cargo run -p warta -- openapi > openapi.json");
}

#[tokio::test]
async fn the_document_is_served_to_anybody() {
    let world = Tenants::new().await;
    let answer = world.call(Method::GET, "/v1/openapi.json", None).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    assert_eq!(answer.json(), serde_json::from_str::<Value>(&openapi()).unwrap());
}

#[test]
fn the_document_tells_which_routes_need_a_key() {
    let document: Value = serde_json::from_str(&openapi()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut described = 0;
    for route in web::list() {
        let operation = &document["paths"][&route.path][route.method.as_str().to_lowercase()];
        if !route.path.starts_with("/v1/") {
            assert!(operation.is_null(), "{route:?} is not of the API");
            continue;
        }
        described += 1;
        let secured = operation["security"].as_array().is_some_and(|security| !security.is_empty());
        assert_eq!(secured, route.access == Access::Key, "{route:?}");
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{route:?}");
    }
    assert!(described >= 4);
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    fn walk<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|value| walk(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document: Value = serde_json::from_str(&openapi()).unwrap();
    let mut references = Vec::new();
    walk(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn the_reference_page_loads_nothing_from_elsewhere() {
    let world = Tenants::new().await;
    let page = world.call(Method::GET, "/docs", None).await;
    assert_eq!(page.status, 200);
    let html = page.text;
    for attribute in ["src=\"http", "href=\"http", "src=\"//", "href=\"//"] {
        assert!(!html.contains(attribute), "{attribute}");
    }
    for script in ["/docs/reference.js", "/docs/start.js"] {
        let answer = world.call(Method::GET, script, None).await;
        assert_eq!(answer.status, 200, "{script}");
        assert!(answer.header("content-type").starts_with("text/javascript"), "{script}");
    }
}
