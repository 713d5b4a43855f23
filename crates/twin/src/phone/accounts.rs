//! *New test account*: a form, and what it issues as one block to paste. Works without script.

use axum::{
    Form,
    extract::{Query, State},
    response::{Html, IntoResponse, Redirect, Response},
};
use http::StatusCode;
use serde::Deserialize;

use super::{
    html::{Text, page},
    pages::numbers,
};
use crate::{
    Twin,
    meta::{Account, NewAccount, NotIssued},
};

/// Longest name of an account, in characters; Meta's display names are shorter.
const NAME_CHARS: usize = 100;

/// What the page shows.
#[derive(Deserialize)]
pub(super) struct Shown {
    /// Phone number id of the account to show.
    id: Option<String>,
}

/// `GET /new-account`: the form; with `id` the credentials of that account above it.
pub(super) async fn form(State(twin): State<Twin>, Query(shown): Query<Shown>) -> Html<String> {
    let account = shown.id.and_then(|id| twin.meta().account(&id));
    let mut main = account.map(|account| credentials(&twin, &account)).unwrap_or_default();
    main.push_str(&empty_form("", "", None));
    main.push_str("<h2>Existing numbers</h2>");
    main.push_str(&numbers(&twin));
    page("New test account", &main)
}

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    name: String,
    #[serde(default)]
    phone: String,
}

/// `POST /new-account`: issues the account and shows it; a refusal shows the form with what was written.
pub(super) async fn issue(State(twin): State<Twin>, Form(wanted): Form<Wanted>) -> Response {
    let name: String = wanted.name.trim().chars().take(NAME_CHARS).collect();
    let phone = wanted.phone.trim();
    let again = |status, reason: &str| {
        (status, page("New test account", &empty_form(&name, phone, Some(reason)))).into_response()
    };
    if name.is_empty() {
        return again(StatusCode::UNPROCESSABLE_ENTITY, "Give the business a name.");
    }
    let phone_number = (!phone.is_empty()).then(|| phone.to_owned());
    let new = NewAccount { name: name.clone(), phone: phone_number, ..NewAccount::default() };
    match twin.meta().create_account(new).await {
        Ok(account) => Redirect::to(&format!("/new-account?id={}", account.phone_number_id)).into_response(),
        Err(error @ NotIssued::Journal(_)) => again(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        Err(error) => again(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    }
}

fn empty_form(name: &str, phone: &str, reason: Option<&str>) -> String {
    let problem = reason
        .map(|reason| format!("<p class=\"problem\" role=\"alert\" id=\"why\">{}</p>", Text(reason)))
        .unwrap_or_default();
    format!(
        "<h1>New test account</h1><p>A number of its own, with the ids, the token and the secret that Meta would \
         give. It lives in this twin only.</p>\
         <form class=\"form\" method=\"post\" action=\"/new-account\">{problem}\
         <label>Name of the business <input name=\"name\" value=\"{}\" maxlength=\"{NAME_CHARS}\" required></label>\
         <label>Phone number <small>optional; one is made up</small>\
         <input name=\"phone\" type=\"tel\" value=\"{}\" maxlength=\"20\" placeholder=\"+62 811-0000-0001\"></label>\
         <p class=\"ends\"><button class=\"main\" type=\"submit\">Issue</button></p></form>",
        Text(name),
        Text(phone)
    )
}

/// The account as lines of `key: value`.
fn block(twin: &Twin, account: &Account) -> String {
    [
        ("name", account.name.as_str()),
        ("account", &account.phone),
        ("display_phone_number", &account.display_phone_number),
        ("phone_number_id", &account.phone_number_id),
        ("waba_id", &account.waba_id),
        ("app_id", &account.app_id),
        ("app_secret", &account.app_secret),
        ("access_token", &account.access_token),
        ("graph_base_url", &format!("{}/meta", twin.meta().base_url())),
    ]
    .map(|(key, value)| format!("{key}: {value}\n"))
    .concat()
}

fn credentials(twin: &Twin, account: &Account) -> String {
    format!(
        "<section class=\"issued\"><h1>{}</h1>\
         <p>Paste this block where the channel is set up. <a href=\"{}\">Open a phone</a></p>\
         <pre id=\"block\" tabindex=\"0\" aria-label=\"Credentials\">{}</pre>\
         <p class=\"ends\"><button type=\"button\" id=\"copy\" hidden>Copy</button> <span id=\"copied\" role=\"status\"></span></p>\
         </section>",
        Text(&account.name),
        Text(&format!("/phone/{}", account.phone_number_id)),
        Text(&block(twin, account))
    )
}
