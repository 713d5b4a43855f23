//! `GET /v1/messages`

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use warta_core::delivery::{InboundStatus, Status};
use warta_core::ids::ConversationId;
use warta_core::message::Direction;
use warta_http::cursor;
use warta_http::problem::{Problem, ProblemBody};
use warta_http::query::Query;
use warta_store::MessageFilter;

use crate::app::App;
use crate::web::access::Caller;
use crate::web::api::object::{Message, MessageList};

const KNOWN: &[&str] = &["direction", "status", "conversation", "provider_message_id", "cursor", "limit"];
const LIMIT: u32 = 50;
const MOST: u32 = 100;

/// List messages
///
/// The messages of the key's channel, the newest first. Pass `next_cursor` as `cursor`, with the same filters, to go on.
#[utoipa::path(
    get, path = "/v1/messages", tag = "Messages",
    params(
        ("direction" = Option<String>, Query, description = "Only `inbound` or only `outbound`."),
        ("status" = Option<String>, Query, description = "Only in one of these states, separated by commas.", example = "failed,uncertain"),
        ("conversation" = Option<String>, Query, description = "Only of this conversation (`cnv_…`)."),
        ("provider_message_id" = Option<String>, Query, description = "Only the message with this id at the provider.", example = "wamid.HBgN"),
        ("cursor" = Option<String>, Query, description = "Where to go on: `next_cursor` of the part before."),
        ("limit" = Option<u32>, Query, description = "How many at the most: 1 to 100; 50 unless said otherwise.", minimum = 1, maximum = 100),
    ),
    responses(
        (status = 200, description = "A part of the list.", body = MessageList,
            headers(("Link" = String, description = "The address of the next part, `rel=\"next\"`, when there is one."))),
        (status = 401, description = "No valid key.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A parameter is wrong or unknown.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The gateway cannot answer now.", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<(HeaderMap, Json<MessageList>), Problem> {
    let wanted = Wanted::read(query.as_deref(), &app, &caller)?;
    let page = app.store.messages(caller.scope(), &wanted.filter).await?;
    let last = page.messages.last().map(|row| row.id).filter(|_| page.has_more);
    let next_cursor =
        last.map(|last| cursor::List { pepper: &app.key_pepper, filters: &wanted.parts() }.after(last));
    let mut headers = HeaderMap::new();
    if let Some(cursor) = &next_cursor {
        let next = wanted.next(&app.settings.public_url, cursor);
        headers.extend(
            HeaderValue::try_from(format!("<{next}>; rel=\"next\"")).map(|link| (header::LINK, link)),
        );
    }
    let data = page.messages.into_iter().map(Message::from).collect();
    Ok((headers, Json(MessageList { object: "list", data, has_more: page.has_more, next_cursor })))
}

/// What a caller wants to see.
struct Wanted {
    filter: MessageFilter,
    /// The filters as texts, in a fixed order: what a cursor is bound to.
    texts: [String; 5],
}

impl Wanted {
    fn read(query: Option<&str>, app: &App, caller: &Caller) -> Result<Self, Problem> {
        let mut query = Query::read(query, KNOWN);
        let direction = query.value::<Direction>("direction");
        let statuses = statuses(&mut query);
        let conversation = query.value::<ConversationId>("conversation");
        let provider_id = query.text("provider_message_id").map(str::to_owned);
        let limit = query.value::<u32>("limit").unwrap_or(LIMIT);
        if !(1..=MOST).contains(&limit) {
            query.fault("limit", format!("must be from 1 to {MOST}"));
        }
        let texts = [
            caller.channel.to_string(),
            direction.map(|direction| direction.to_string()).unwrap_or_default(),
            statuses.join(","),
            conversation.map(|conversation| conversation.to_string()).unwrap_or_default(),
            provider_id.clone().unwrap_or_default(),
        ];
        let filter = MessageFilter {
            channel: Some(caller.channel),
            direction,
            statuses,
            conversation,
            provider_id,
            before: None,
            limit,
        };
        let mut wanted = Self { filter, texts };
        if let Some(cursor) = query.text("cursor") {
            wanted.filter.before =
                cursor::List { pepper: &app.key_pepper, filters: &wanted.parts() }.read(cursor);
            if wanted.filter.before.is_none() {
                query.fault("cursor", "is not a cursor of this list; begin again without it");
            }
        }
        query.finish()?;
        Ok(wanted)
    }

    fn parts(&self) -> Vec<&[u8]> {
        self.texts.iter().map(String::as_bytes).collect()
    }

    fn next(&self, public_url: &str, cursor: &str) -> String {
        let [_, direction, status, conversation, provider_id] = &self.texts;
        let limit = self.filter.limit.to_string();
        let all = [
            ("direction", direction),
            ("status", status),
            ("conversation", conversation),
            ("provider_message_id", provider_id),
            ("limit", &limit),
        ];
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(all.into_iter().filter(|(_, value)| !value.is_empty()));
        query.append_pair("cursor", cursor);
        format!("{public_url}/v1/messages?{}", query.finish())
    }
}

fn statuses(query: &mut Query) -> Vec<String> {
    let known = |word: &str| word.parse::<Status>().is_ok() || word.parse::<InboundStatus>().is_ok();
    let words: Vec<String> =
        query.text("status").unwrap_or_default().split(',').map(|word| word.trim().to_owned()).collect();
    let mut words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.sort();
    words.dedup();
    if !words.iter().all(|word| known(word)) {
        let all = Status::ALL.iter().map(|status| status.as_str());
        let all: Vec<_> = InboundStatus::ALL.iter().map(|status| status.as_str()).chain(all).collect();
        query.fault("status", format!("must be one or more of: {}", all.join(", ")));
    }
    words
}
