//! The list of numbers, the page of a phone, and their files.

use axum::{
    extract::{Path, Query, State},
    response::{Html, IntoResponse, Redirect, Response},
};
use http::{HeaderMap, StatusCode, header};
use sha2::{Digest, Sha256};

use super::{
    holder::HolderQuery,
    html::{Text, page},
    number::Number,
};
use crate::twin::Twin;

/// The person who holds a phone opened without `as`: made up, always the same.
const SOMEBODY: (&str, &str) = ("6281255501234", "Budi");

/// `GET /phone/{account}`: the phone; without `as` it redirects to a made-up person.
pub(super) async fn phone(
    State(twin): State<Twin>,
    Path(account): Path<String>,
    Query(holder): HolderQuery,
) -> Response {
    if Number::find(&twin, &account).is_none() {
        let main = "<h1>No such number</h1><p>There is no account with this id. \
            <a href=\"/\">All numbers</a></p>";
        return (StatusCode::NOT_FOUND, page("No such number", main)).into_response();
    }
    if holder.person().is_err() {
        let (phone, name) = SOMEBODY;
        return Redirect::to(&format!("/phone/{account}?as={phone}&name={name}")).into_response();
    }
    Html(include_str!("../../assets/phone.html")).into_response()
}

/// `GET /`: the numbers with their phones, the sample agents, and the control interfaces.
pub(super) async fn index(State(twin): State<Twin>) -> Html<String> {
    let mut main = String::from(
        "<h1>Twin of WhatsApp</h1><p>Stands in for Meta, Coster and Qontak, for people’s phones and for an agent. \
         Everything goes over real HTTP; nothing reaches WhatsApp.</p><h2>Numbers</h2>",
    );
    main.push_str(&numbers(&twin));
    main.push_str(
        "<p><a class=\"button\" href=\"/new-account\">New test account</a></p><h2>Sample agents</h2>",
    );
    let agents = twin.agents().list();
    if agents.is_empty() {
        main.push_str("<p class=\"empty\">None yet.</p>");
    }
    main.push_str("<ul class=\"rows\">");
    for (name, slug, version) in agents {
        let entry = format!(
            "<li><span><b>{}</b><small>{version}</small></span><code>/agent/{slug}?version={version}</code></li>",
            Text(&name)
        );
        main.push_str(&entry);
    }
    main.push_str("</ul>");
    main.push_str(include_str!("../../assets/control.html"));
    page("Twin of WhatsApp", &main)
}

/// All numbers as a list.
pub(super) fn numbers(twin: &Twin) -> String {
    let numbers = Number::all(twin);
    if numbers.is_empty() {
        return "<p class=\"empty\">No numbers yet.</p>".to_owned();
    }
    let rows: Vec<_> = numbers.iter().map(row).collect();
    format!("<ul class=\"rows\">{}</ul>", rows.concat())
}

fn row(number: &Number) -> String {
    let id = &number.id;
    // Only users with a phone number can be opened; a BSUID has no phone.
    let people = number.users().into_iter().filter(|user| user.bytes().all(|sign| sign.is_ascii_digit()));
    let phones: Vec<_> =
        people.take(5).map(|user| format!(" <a href=\"/phone/{id}?as={user}\">+{user}</a>")).collect();
    format!(
        "<li><span><b>{}</b><small>{} · {}</small></span><span class=\"links\"><a href=\"/phone/{id}\">Phone</a>\
         {} <a href=\"/new-account?id={id}\">Credentials</a></span></li>",
        Text(&number.name),
        Text(&number.display),
        number.provider(),
        phones.concat()
    )
}

/// `GET /assets/{file}`: a file of these pages, with its hash as the entity tag.
pub(super) async fn asset(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let (kind, bytes): (_, &'static [u8]) = match file.as_str() {
        "twin.css" => ("text/css; charset=utf-8", include_bytes!("../../assets/twin.css")),
        "phone.css" => ("text/css; charset=utf-8", include_bytes!("../../assets/phone.css")),
        "phone.js" => ("text/javascript; charset=utf-8", include_bytes!("../../assets/phone.js")),
        "copy.js" => ("text/javascript; charset=utf-8", include_bytes!("../../assets/copy.js")),
        "kawung.svg" => ("image/svg+xml", include_bytes!("../../assets/kawung.svg")),
        "mark.svg" => ("image/svg+xml", include_bytes!("../../assets/mark.svg")),
        "next.woff2" => ("font/woff2", include_bytes!("../../assets/fonts/next.woff2")),
        "mono.woff2" => ("font/woff2", include_bytes!("../../assets/fonts/mono.woff2")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let tag =
        format!("\"{}\"", hex::encode(Sha256::digest(bytes).iter().take(8).copied().collect::<Vec<_>>()));
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let fixed = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::ETAG, tag),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    if known { (StatusCode::NOT_MODIFIED, fixed).into_response() } else { (fixed, bytes).into_response() }
}
