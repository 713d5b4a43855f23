//! Routing of the Graph API: version, caller, object, and the headers of every answer (facts §12.1, §12.12).

use std::time::Duration;

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use http::{HeaderMap, HeaderValue, Method, Uri};
use serde_json::json;

use super::{
    auth::{self, Caller},
    call::Call,
    control,
    error::GraphError,
    media_api,
    model::{Account, MANAGEMENT, MESSAGING, Meta},
    numbers,
    params::Params,
    send, subscriptions, templates, tokens,
};
use crate::routing::boxed;

/// The supported versions (§10.7). Older ones are served as the oldest.
const VERSIONS: [&str; 6] = ["v21.0", "v22.0", "v23.0", "v24.0", "v25.0", "v26.0"];

/// Routes under `/meta`.
pub(crate) fn routes(meta: Meta) -> Router {
    Router::new()
        .route("/meta/{version}/{*path}", any(boxed(graph)))
        .route("/meta/media/", get(boxed(media_api::download)))
        .merge(control::routes())
        .with_state(meta)
}

async fn graph(
    State(meta): State<Meta>,
    Path((version, path)): Path<(String, String)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let slow_ms = meta.faults.settings().slow_ms;
    if slow_ms > 0 {
        tokio::time::sleep(Duration::from_millis(slow_ms)).await;
    }
    let Some(version) = living(&version) else {
        return with_headers(
            &meta,
            VERSIONS.last(),
            GraphError::unknown_path(&format!("/{version}")).into_response(),
        );
    };
    let parts = (method, uri, headers, body);
    let answer = call(&meta, &path, parts).await.unwrap_or_else(GraphError::into_response);
    with_headers(&meta, Some(&version), answer)
}

async fn call(
    meta: &Meta,
    path: &str,
    (method, uri, headers, body): (Method, Uri, HeaderMap, Bytes),
) -> Result<Response, GraphError> {
    let params = Params::read(uri.query(), &headers, &body);
    let caller = auth::caller(meta, &headers, params.as_ref().unwrap_or(&Params::default()))?;
    let (id, edge) = path.trim_end_matches('/').split_once('/').unwrap_or((path.trim_end_matches('/'), ""));
    if edge.contains('/') {
        return Err(GraphError::unknown_path(&format!("/{edge}")));
    }
    let (id, edge) = (id.to_owned(), edge.to_owned());
    let call = Call { method, id, edge, caller, params: params?, headers, body };
    if call.id == "debug_token" {
        return tokens::debug(meta, &call);
    }
    if let Some(account) = meta.account(&call.id) {
        if !call.caller.reaches(&account.waba_id) {
            return Err(call.no_object());
        }
        return number(meta, &account, call).await;
    }
    if is_app(meta, &call.id) {
        return subscriptions::of_app(meta, &call).await;
    }
    if let Caller::Business { account, .. } = &call.caller {
        if account.waba_id == call.id {
            let account = account.clone();
            return waba(meta, &account, &call).await;
        }
        let account = account.clone();
        if let Some(template) = templates::by_id(meta, &account.waba_id, &call.id) {
            call.caller.may(MANAGEMENT)?;
            return templates::one(meta, &account.waba_id, template, &call).await;
        }
    }
    media_api::object(meta, &call).await
}

async fn number(meta: &Meta, account: &Account, call: Call) -> Result<Response, GraphError> {
    call.caller.may(match call.edge.as_str() {
        "messages" | "media" | "whatsapp_business_profile" => MESSAGING,
        _ => MANAGEMENT,
    })?;
    match (call.method.as_str(), call.edge.as_str()) {
        ("POST", "messages") => send::messages(meta, account, call).await,
        ("POST", "media") => media_api::upload(meta, account, call).await,
        ("GET", "whatsapp_business_profile") => numbers::profile(account, &call),
        ("GET", "") => numbers::number(meta, account, &call),
        ("POST", "") => subscriptions::of_number(meta, account, &call).await,
        (_, "messages" | "media" | "whatsapp_business_profile" | "") => Err(call.no_object()),
        (_, edge) => Err(GraphError::unknown_path(&format!("/{edge}"))),
    }
}

async fn waba(meta: &Meta, account: &Account, call: &Call) -> Result<Response, GraphError> {
    call.caller.may(MANAGEMENT)?;
    let mut answer = match (call.method.as_str(), call.edge.as_str()) {
        ("GET", "") => numbers::waba(account, call),
        ("GET", "phone_numbers") => numbers::of_waba(meta, account, call),
        ("GET", "message_templates") => templates::list(meta, account, call),
        (_, "subscribed_apps") => subscriptions::of_waba(meta, account, call).await,
        ("POST", "message_templates") => templates::create(meta, account, call).await,
        ("DELETE", "message_templates") => templates::delete(meta, account, call).await,
        (_, "" | "phone_numbers" | "message_templates") => Err(call.no_object()),
        (_, edge) => Err(GraphError::unknown_path(&format!("/{edge}"))),
    }?;
    let usage = json!({&account.waba_id: [{"type": "whatsapp", "call_count": 1, "total_cputime": 1,
        "total_time": 1, "estimated_time_to_regain_access": 0}]});
    if let Ok(usage) = HeaderValue::from_str(&usage.to_string()) {
        answer.headers_mut().insert("x-business-use-case-usage", usage);
    }
    Ok(answer)
}

fn is_app(meta: &Meta, id: &str) -> bool {
    meta.state().accounts.values().any(|account| account.app_id == id)
}

/// The version that serves this one: itself, or the oldest supported one for an older version.
fn living(version: &str) -> Option<String> {
    let (major, minor) = version.strip_prefix('v')?.split_once('.')?;
    let (major, minor): (u32, u32) = (major.parse().ok()?, minor.parse().ok()?);
    if VERSIONS.contains(&version) {
        return Some(version.to_owned());
    }
    ((2..21).contains(&major) && minor < 10).then(|| VERSIONS[0].to_owned())
}

fn with_headers(meta: &Meta, version: Option<impl AsRef<str>>, mut answer: Response) -> Response {
    let usage = meta.limits().count_call();
    let headers = [
        ("facebook-api-version", version.map(|version| version.as_ref().to_owned()).unwrap_or_default()),
        ("x-fb-trace-id", crate::ids::secret(6)),
        ("x-fb-request-id", format!("A{}", crate::ids::secret(11))),
        ("x-fb-rev", "1030000000".to_owned()),
        ("x-app-usage", json!({"call_count": usage, "total_cputime": 1, "total_time": 1}).to_string()),
    ];
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}
