//! What the API can do: the document (OpenAPI 3.1) and a page to read it.
//!
//! The document is made from the routes themselves. The shapes of contents stand in `api/schemas.json`, because core, which
//! defines them, knows nothing of OpenAPI; a test holds them to what core reads.

use std::borrow::Cow;
use std::sync::LazyLock;

use axum::extract::Extension;
use axum::http::{HeaderName, header};
use axum::response::{Html, IntoResponse};
use bytes::Bytes;
use serde_json::Value;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, ContactBuilder, InfoBuilder, LicenseBuilder, ObjectBuilder, OpenApi, OpenApiBuilder,
    RefOr, Schema,
};
use utoipa::{PartialSchema, ToSchema};
use warta_core::json;
use warta_http::problem::Code;

use crate::web::access::SCHEME;
use crate::web::api::canonical::canonical;

const SCHEMAS: &str = include_str!("api/schemas.json");
const ABOUT: &str = include_str!("api/about.md");

/// The reference page runs a script that styles what it makes; only this page may.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The API document as text. [`routes`](crate::web::routes) makes it, for it is made from the routes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Document(pub(crate) &'static LazyLock<String>);

/// The whole document: what the routes say of themselves, and the shapes of contents.
pub(crate) fn complete(document: &OpenApi) -> String {
    let mut document = json::value(document);
    let shapes: Value = serde_json::from_str(SCHEMAS).unwrap_or_default();
    if let (Some(Value::Object(all)), Value::Object(shapes)) =
        (document.pointer_mut("/components/schemas"), shapes)
    {
        all.extend(shapes);
    }
    plain_parameters(&mut document);
    serde_json::to_string_pretty(&canonical(&document)).unwrap_or_default()
}

/// A parameter that may be left out is not one that may be null, which is how utoipa writes it.
fn plain_parameters(document: &mut Value) {
    let operations = document.pointer_mut("/paths").and_then(Value::as_object_mut).into_iter().flatten();
    let operations = operations.filter_map(|(_, item)| item.as_object_mut()).flatten();
    let lists = operations.filter_map(|(_, operation)| operation.get_mut("parameters")?.as_array_mut());
    for kind in lists.flatten().filter_map(|parameter| parameter.pointer_mut("/schema/type")) {
        if let Some(one) = kind.as_array().and_then(|kinds| kinds.iter().find(|kind| *kind != "null")) {
            *kind = one.clone();
        }
    }
}

/// Everything in the document that is not a route.
pub(crate) fn document() -> OpenApi {
    let key = SecurityScheme::Http(
        HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("warta_live_… or warta_test_…")
            .description(Some("A key of one channel in one environment: `warta key create`."))
            .build(),
    );
    let messages = "What users wrote and what was sent to them.";
    let templates =
        "What may be sent at any time, as the channel's provider keeps it, or as it was declared here.";
    let tag = |name, about| TagBuilder::new().name(name).description(Some(about)).build();
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Warta API")
                .version("1")
                .description(Some(about()))
                .contact(Some(ContactBuilder::new().name(Some("The operator of this gateway")).build()))
                .license(Some(
                    LicenseBuilder::new()
                        .name("MIT OR Apache-2.0")
                        .identifier(Some("MIT OR Apache-2.0"))
                        .build(),
                ))
                .build(),
        )
        .tags(Some([tag("Messages", messages), tag("Templates", templates)]))
        .components(Some(ComponentsBuilder::new().security_scheme(SCHEME, key).build()))
        .build()
}

fn about() -> String {
    let row = |code: &Code| {
        format!("| `{}` | {} | {} |\n", code.as_str(), code.status().as_u16(), code.resolution())
    };
    let rows: String = Code::ALL.iter().map(row).collect();
    format!("{ABOUT}\n| `code` | status | what to do |\n|---|---|---|\n{rows}")
}

/// What can be sent; its shape is in `api/schemas.json`.
pub(crate) struct NewMessages;
/// The content of a message under its kind; its shape is in `api/schemas.json`.
pub(crate) struct MessageContent;

macro_rules! shape_in_file {
    ($($name:ident),+) => { $(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new().into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )+ };
}
shape_in_file!(NewMessages, MessageContent);

/// The API document
///
/// This document, in OpenAPI 3.1.
#[utoipa::path(
    get, path = "/v1/openapi.json", tag = "About",
    responses((status = 200, description = "The document.", body = Object)),
)]
pub(crate) async fn openapi_json(Extension(document): Extension<Document>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], document.0.as_str())
}

/// `GET /docs`: the document, readable.
pub(crate) async fn page() -> impl IntoResponse {
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(include_str!("../../templates/docs.html")))
}

/// `GET /docs/reference.js`: Scalar's reader of OpenAPI documents, out of the binary.
pub(crate) async fn script() -> impl IntoResponse {
    static SCRIPT: LazyLock<Bytes> =
        LazyLock::new(|| Bytes::from(scalar_api_reference::get_asset("scalar.js").unwrap_or_default()));
    (javascript(), SCRIPT.clone())
}

/// `GET /docs/start.js`: starts the reader, with everything off that would call another host.
pub(crate) async fn start() -> impl IntoResponse {
    (javascript(), include_str!("../../assets/docs.js"))
}

fn javascript() -> [(HeaderName, &'static str); 2] {
    [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use warta_protocol::agent::reply;

    #[test]
    fn the_shapes_in_the_file_are_those_that_are_read() {
        let shapes: Value = serde_json::from_str(SCHEMAS).unwrap();
        let variants = shapes["NewMessage"]["oneOf"].as_array().unwrap();
        let mut kinds = Vec::new();
        for variant in variants {
            let name = variant["$ref"].as_str().unwrap().strip_prefix("#/components/schemas/").unwrap();
            let example = &shapes[name]["example"];
            let read = reply::message(example).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
            assert_eq!(
                serde_json::to_value(&read.content).unwrap()[read.content.kind()],
                example[read.content.kind()]
            );
            kinds.push(read.content.kind());
        }
        // The refusal of an unknown kind names all there are.
        let faults = reply::message(&serde_json::json!({"type": "nonsense"})).unwrap_err();
        assert!(faults[0].detail.ends_with(&kinds.join(", ")), "{} but {kinds:?}", faults[0].detail);
        assert!(kinds.iter().all(|kind| shapes["MessageContent"]["properties"].get(kind).is_some()));
    }
}
