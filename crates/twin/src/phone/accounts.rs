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
    number::Number,
    pages::numbers,
};
use crate::{bsp, engine::NotIssued, meta::NewAccount, twin::Twin};

/// Longest name of an account, in characters; Meta's display names are shorter.
const NAME_CHARS: usize = 100;

/// The providers, by the word the form sends.
const PROVIDERS: [(&str, &str); 3] = [("meta", "Meta Cloud API"), ("coster", "Coster"), ("qontak", "Qontak")];

/// The query of the page.
#[derive(Deserialize)]
pub(super) struct PageQuery {
    /// Id of the account to show.
    id: Option<String>,
    /// Set when its webhook URL has just been saved.
    saved: Option<String>,
    /// Values of the form.
    #[serde(flatten)]
    wanted: AccountForm,
}

/// `GET /new-account`: the form, filled with `provider`, `name` and `phone`; with `id`, the credentials of that account
/// above it.
pub(super) async fn form(State(twin): State<Twin>, Query(shown): Query<PageQuery>) -> Html<String> {
    let number = shown.id.and_then(|id| Number::find(&twin, &id));
    let mut main = number.map(|number| credentials(&number, shown.saved.is_some())).unwrap_or_default();
    main.push_str(&filled_form(&shown.wanted, None));
    main.push_str("<h2>Existing numbers</h2>");
    main.push_str(&numbers(&twin));
    page("New test account", &main)
}

/// The form of a new account.
#[derive(Default, Deserialize)]
pub(super) struct AccountForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    provider: String,
}

/// `POST /new-account`: issues the account and shows it; a refusal shows the form with what was written.
pub(super) async fn issue(State(twin): State<Twin>, Form(wanted): Form<AccountForm>) -> Response {
    let name: String = wanted.name.trim().chars().take(NAME_CHARS).collect();
    let again = |status, reason: &str| {
        (status, page("New test account", &filled_form(&wanted, Some(reason)))).into_response()
    };
    if name.is_empty() {
        return again(StatusCode::UNPROCESSABLE_ENTITY, "Give the business a name.");
    }
    let phone = Some(wanted.phone.trim().to_owned()).filter(|phone| !phone.is_empty());
    let of_bsp = twin.bsps().into_iter().find(|bsp| bsp.platform().word() == wanted.provider);
    let issued = if let Some(bsp) = of_bsp {
        let new = bsp::NewAccount { name, phone, same_organization_as: None };
        bsp.create_account(new).await.map(|account| account.id)
    } else {
        let new = NewAccount { name, phone, ..NewAccount::default() };
        twin.meta().create_account(new).await.map(|account| account.phone_number_id)
    };
    match issued {
        Ok(id) => Redirect::to(&format!("/new-account?id={id}")).into_response(),
        Err(error @ NotIssued::Journal(_)) => again(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        Err(error) => again(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    }
}

/// The form of Coster's webhook URL.
#[derive(Deserialize)]
pub(super) struct CallbackForm {
    id: String,
    url: String,
}

/// `POST /new-account/hook`: sets a webhook URL, as Coster's team does after a hand-off.
pub(super) async fn hook(State(twin): State<Twin>, Form(wanted): Form<CallbackForm>) -> Response {
    let [coster, _] = twin.bsps();
    match coster.set_callback(&wanted.id, Some(wanted.url)).await {
        Ok(_) => Redirect::to(&format!("/new-account?id={}&saved=true#hook", wanted.id)).into_response(),
        Err(reason) => {
            let main = format!("<h1>Not set</h1><p class=\"problem\" role=\"alert\">{}</p>", Text(&reason));
            (StatusCode::UNPROCESSABLE_ENTITY, page("Not set", &main)).into_response()
        }
    }
}

fn filled_form(wanted: &AccountForm, reason: Option<&str>) -> String {
    let problem = reason
        .map(|reason| format!("<p class=\"problem\" role=\"alert\" id=\"why\">{}</p>", Text(reason)))
        .unwrap_or_default();
    let options = PROVIDERS.map(|(word, name)| {
        let chosen = if word == wanted.provider { " selected" } else { "" };
        format!("<option value=\"{word}\"{chosen}>{name}</option>")
    });
    format!(
        "<h1>New test account</h1><p>A number of its own, with the ids, the tokens and the secrets that its provider \
         would give. It lives in this twin only.</p>\
         <form class=\"form\" method=\"post\" action=\"/new-account\">{problem}\
         <label>Provider <select name=\"provider\">{}</select></label>\
         <label>Name of the business <input name=\"name\" value=\"{}\" maxlength=\"{NAME_CHARS}\" required></label>\
         <label>Phone number <small>optional; one is made up</small>\
         <input name=\"phone\" type=\"tel\" value=\"{}\" maxlength=\"20\" placeholder=\"+62 811-0000-0001\"></label>\
         <p class=\"ends\"><button class=\"main\" type=\"submit\">Issue</button></p></form>",
        options.concat(),
        Text(&wanted.name),
        Text(&wanted.phone)
    )
}

fn credentials(number: &Number, saved: bool) -> String {
    let block: Vec<_> =
        number.credentials().into_iter().map(|(key, value)| format!("{key}: {value}\n")).collect();
    format!(
        "<section class=\"issued\"><h1>{}</h1>\
         <p>Paste this block where the channel is set up. <a href=\"{}\">Open a phone</a></p>\
         <pre id=\"block\" tabindex=\"0\" aria-label=\"Credentials\">{}</pre>\
         <p class=\"ends\"><button type=\"button\" id=\"copy\" hidden>Copy</button> <span id=\"copied\" role=\"status\"></span></p>\
         {}</section>",
        Text(&number.name),
        Text(&format!("/phone/{}", number.id)),
        Text(&block.concat()),
        callback_form(number, saved)
    )
}

/// The form for Coster, whose own team enters the webhook URL of a hand-off.
fn callback_form(number: &Number, saved: bool) -> String {
    let Some(url) = number.callback() else { return String::new() };
    let done = if saved { "Saved. Events go there from now on." } else { "" };
    format!(
        "<form class=\"form\" method=\"post\" action=\"/new-account/hook\" id=\"hook\">\
         <input type=\"hidden\" name=\"id\" value=\"{}\">\
         <label>Webhook address <small>Coster’s own team enters what the hand-off names; here you do</small>\
         <input name=\"url\" type=\"url\" value=\"{}\" required></label>\
         <p class=\"ends\"><button type=\"submit\">Save address</button> <span role=\"status\">{done}</span></p></form>",
        Text(&number.id),
        Text(&url)
    )
}
