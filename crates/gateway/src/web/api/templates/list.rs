//! `GET /v1/templates`

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use warta_http::cursor;
use warta_http::problem::{Problem, ProblemBody};
use warta_http::query::Query;
use warta_protocol::template::{Done, Listing, Page, Status, Task};

use super::object::{Template, TemplateList};
use super::refusal;
use crate::app::App;
use crate::upstream::templates;
use crate::web::access::Caller;

const KNOWN: &[&str] = &["name", "status", "cursor", "limit"];
const LIMIT: u32 = 50;
const MOST: u32 = 100;

/// List templates
///
/// The templates of the channel's account, as its provider tells them at this moment; or those that were declared here, the
/// newest first, where the provider's API knows none. Pass `next_cursor` as `cursor`, with all else
/// the same, to go on.
#[utoipa::path(
    get, path = "/v1/templates", tag = "Templates",
    params(
        ("name" = Option<String>, Query, description = "Only those whose name holds this.", example = "visit"),
        ("status" = Option<String>, Query, description = "Only those in this state.", example = "approved"),
        ("cursor" = Option<String>, Query, description = "Where to go on: `next_cursor` of the part before."),
        ("limit" = Option<u32>, Query, description = "How many at the most: 1 to 100; 50 unless said otherwise.", minimum = 1, maximum = 100),
    ),
    responses(
        (status = 200, description = "A part of the list.", body = TemplateList,
            headers(("Link" = String, description = "The address of the next part, `rel=\"next\"`, when there is one."))),
        (status = 401, description = "No valid key.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A parameter is wrong or unknown, or the channel's provider lists no templates.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 502, description = "The provider did not answer as it should.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The gateway cannot answer now.", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<(HeaderMap, Json<TemplateList>), Problem> {
    let wanted = Wanted::read(query.as_deref(), &app, &caller)?;
    let task = Task::List(wanted.listing());
    let runtime = refusal::channel_for(&app, &caller, task).await?;
    let page = match templates::run(&app, &runtime, caller.key, task).await? {
        Done::Page(page) => page,
        Done::Template(_) | Done::Changed => Page { templates: Vec::new(), next: None },
    };
    let next_cursor = page
        .next
        .map(|next| cursor::List { pepper: &app.key_pepper, filters: &wanted.parts() }.after_text(&next));
    let mut headers = HeaderMap::new();
    if let Some(cursor) = &next_cursor {
        let next = wanted.next(&app.settings.public_url, cursor);
        headers.extend(
            HeaderValue::try_from(format!("<{next}>; rel=\"next\"")).map(|link| (header::LINK, link)),
        );
    }
    let data = page.templates.into_iter().map(Template::from).collect();
    let has_more = next_cursor.is_some();
    Ok((headers, Json(TemplateList { object: "list", data, has_more, next_cursor })))
}

/// What a caller wants to see.
struct Wanted {
    name: Option<String>,
    status: Option<Status>,
    after: Option<String>,
    limit: u32,
    /// What a cursor is bound to: the providers count some pages by their size.
    texts: [String; 4],
}

impl Wanted {
    fn read(query: Option<&str>, app: &App, caller: &Caller) -> Result<Self, Problem> {
        let mut query = Query::read(query, KNOWN);
        let name = query.text("name").map(str::to_owned);
        let status = query.value::<Status>("status");
        if matches!(status, Some(Status::Other(_))) {
            query.fault("status", format!("must be one of: {}", Status::KNOWN.join(", ")));
        }
        let limit = query.value::<u32>("limit").unwrap_or(LIMIT);
        if !(1..=MOST).contains(&limit) {
            query.fault("limit", format!("must be from 1 to {MOST}"));
        }
        let texts = [
            format!("templates of {}", caller.channel),
            name.clone().unwrap_or_default(),
            status.as_ref().map(ToString::to_string).unwrap_or_default(),
            limit.to_string(),
        ];
        let mut wanted = Self { name, status, after: None, limit, texts };
        if let Some(cursor) = query.text("cursor") {
            let list = cursor::List { pepper: &app.key_pepper, filters: &wanted.parts() };
            wanted.after = list.read_text(cursor);
            if wanted.after.is_none() {
                query.fault("cursor", "is not a cursor of this list; begin again without it");
            }
        }
        query.finish()?;
        Ok(wanted)
    }

    fn listing(&self) -> Listing<'_> {
        Listing {
            name: self.name.as_deref(),
            status: self.status.as_ref(),
            after: self.after.as_deref(),
            limit: self.limit,
        }
    }

    fn parts(&self) -> Vec<&[u8]> {
        self.texts.iter().map(String::as_bytes).collect()
    }

    fn next(&self, public_url: &str, cursor: &str) -> String {
        let [_, name, status, limit] = &self.texts;
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let all = [("name", name), ("status", status), ("limit", limit)];
        query.extend_pairs(all.into_iter().filter(|(_, value)| !value.is_empty()));
        query.append_pair("cursor", cursor);
        format!("{public_url}/v1/templates?{}", query.finish())
    }
}
