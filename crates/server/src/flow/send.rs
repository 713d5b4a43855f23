//! Stage 3: what waits at a number goes out, paced.
//!
//! Takes: a claimed number. Does: picks what may go, calls the provider, reads its answer.
//! Writes: `dispatching` before the first byte leaves, the outcome after, each fenced by the claim's epoch.
//! Wakes: itself, when something must wait.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, header};
use tokio::task::JoinSet;
use uuid::Uuid;
use warta_core::channel::SecretKind;
use warta_core::delivery::{Failure, Scope, SendOutcome};
use warta_core::message::OutboundContent;
use warta_core::policy::{retry, window};
use warta_core::secret::Secret;
use warta_core::time::Timestamp;
use warta_protocol::capabilities::Support;
use warta_protocol::fallback;
use warta_protocol::http::File;
use warta_protocol::outgoing::{INTERACTIVE_REFUSED, Outgoing, Transport, UNSUPPORTED};
use warta_store::{ClaimedNumber, OutboundHead, SendResult, SendResultKind, Standing};

use crate::app::App;
use crate::directory::{self, Line};
use crate::egress;
use crate::flow::renewal::Fresh;
use crate::flow::template_ids::{self, TEMPLATE_NOT_FOUND};
use crate::flow::{loopback, outgoing, renewal, token};

/// How many messages are looked at together.
const BATCH: u32 = 64;
/// How long a number whose channel cannot send (no token, refused token) rests before it is tried again.
const REST: Duration = Duration::from_mins(1);

/// Why a claim could not be carried through. The lease then ends by itself and the number is claimed again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store.
    #[error(transparent)]
    Store(#[from] warta_store::Error),
    /// The channel could not be read.
    #[error(transparent)]
    Directory(#[from] directory::Error),
}

/// Carries one claim through: sends until nothing more may go now.
///
/// # Errors
///
/// When the store fails or the claim is no longer ours.
pub async fn run(app: &Arc<App>, claimed: ClaimedNumber) -> Result<(), Error> {
    let mut turn = Turn { app, claimed, flights: JoinSet::new(), wait: None };
    loop {
        let progress = turn.fill().await?;
        if turn.flights.is_empty() && !progress {
            break;
        }
        turn.land().await?;
    }
    app.store.settle_number(claimed, app.now(), turn.wait).await?;
    Ok(())
}

/// One claim of a number, from start to settling.
struct Turn<'a> {
    app: &'a Arc<App>,
    claimed: ClaimedNumber,
    flights: JoinSet<SendResult>,
    /// The earliest instant at which something that had to wait may go.
    wait: Option<Timestamp>,
}

impl Turn<'_> {
    /// Starts what may go now and has a place; says whether anything changed.
    async fn fill(&mut self) -> Result<bool, Error> {
        let app = self.app;
        let now = app.now();
        self.wait = None;
        if app.tasks.is_closed() {
            // Told to stop: what is left is for whoever claims next.
            self.wait = Some(now);
            return Ok(false);
        }
        let free = app.settings.send_concurrency.saturating_sub(self.flights.len());
        let waiting =
            if free == 0 { Vec::new() } else { app.store.sendable(self.claimed, now, BATCH).await? };
        let Some(line) = app.directory.line(&app.store, self.claimed.channel, now).await? else {
            return Ok(false);
        };
        let (mut settled, mut chosen) = (Vec::new(), Vec::new());
        for message in waiting {
            if chosen.len() >= free {
                break;
            }
            if let Some(result) = settled_without_sending(&message, now) {
                settled.push(result);
                continue;
            }
            let pace = (app.settings.messages_per_second, in_a_minute(&line, &message.content));
            match app.paces.take(self.claimed.channel, message.conversation, pace, now) {
                Ok(()) => chosen.push(message),
                Err(wait) => {
                    self.wait = Some(self.wait.map_or(wait.until, |earlier| earlier.min(wait.until)));
                    if wait.whole_number {
                        break;
                    }
                }
            }
        }
        let progress = !settled.is_empty() || !chosen.is_empty();
        if !settled.is_empty() {
            app.store.finish_sends(self.claimed, settled, now).await?;
        }
        self.start(&line, chosen, now).await?;
        Ok(progress)
    }

    /// Commits that these are about to leave, then lets them.
    async fn start(
        &mut self,
        line: &Arc<Line>,
        chosen: Vec<OutboundHead>,
        now: Timestamp,
    ) -> Result<(), Error> {
        if chosen.is_empty() {
            return Ok(());
        }
        let ids = chosen.iter().map(|message| message.id).collect();
        let begun = self.app.store.begin_sends(self.claimed, ids, now).await?;
        for message in chosen.into_iter().filter(|message| begun.contains(&message.id)) {
            let (app, line) = (Arc::clone(self.app), Arc::clone(line));
            self.flights.spawn(async move { fly(&app, &line, message).await });
        }
        Ok(())
    }

    /// Waits for a send to end and records it, with all others that ended meanwhile.
    async fn land(&mut self) -> Result<(), Error> {
        let Some(first) = self.flights.join_next().await else { return Ok(()) };
        let mut ended = vec![first];
        while let Some(next) = self.flights.try_join_next() {
            ended.push(next);
        }
        // A send that panicked leaves no result: its row stays `dispatching` and becomes uncertain with the next claim.
        let results: Vec<_> = ended.into_iter().filter_map(Result::ok).collect();
        self.app.store.finish_sends(self.claimed, results, self.app.now()).await?;
        Ok(())
    }
}

/// How many of these the provider takes in a minute, where it counts them.
fn in_a_minute(line: &Line, content: &OutboundContent) -> Option<u32> {
    let counted = matches!(content, OutboundContent::Template(_));
    warta_protocol::entry(line.channel.protocol).filter(|_| counted)?.capabilities.templates_per_minute
}

/// What can be said about a message without calling the provider: too late, or outside the window.
fn settled_without_sending(message: &OutboundHead, now: Timestamp) -> Option<SendResult> {
    let failure = if message.content.needs_window() && !window::is_open(message.last_user_at, now) {
        Failure::new(
            "window_closed",
            "the user last wrote more than 24 hours ago; only a template may be sent now",
        )
    } else if message.is_overtaken() {
        Failure::new(
            "overtaken",
            "the user has written since, so the question about the end of the session is not asked",
        )
    } else if message.expires_at <= now {
        Failure::new("expired", "it could not be sent in time")
    } else {
        return None;
    };
    Some(SendResult { id: message.id, kind: SendResultKind::Expired { failure }, duration_ms: 0 })
}

/// Calls the provider for one message.
async fn fly(app: &Arc<App>, line: &Line, message: OutboundHead) -> SendResult {
    let started = app.now();
    let outcome = call(app, line, &message).await;
    let now = app.now();
    let duration_ms = i64::try_from(now.since(started).as_millis()).unwrap_or(i64::MAX);
    SendResult { id: message.id, kind: judge(app, line, &message, outcome, now), duration_ms }
}

/// Sends with the first key that the provider takes, in the end with a renewed token; what is written to nobody goes nowhere.
async fn call(app: &Arc<App>, line: &Line, message: &OutboundHead) -> SendOutcome {
    if message.to.is_nobody() {
        return SendOutcome::Accepted { provider_id: loopback::provider_id(message.id) };
    }
    let kind = line.provider.key(Some(&message.content));
    let fresh = renewal::early(app, &line.channel).await;
    let renewed = fresh.iter().map(|fresh| (fresh.row, &fresh.token, Standing::Untried));
    let keys: Vec<_> = renewed.chain(line.channel.keys_to_try(kind, app.now())).collect();
    let outcome = call_with_any(app, line, (kind, &keys), message).await;
    let (SendOutcome::Refused { failure, .. } | SendOutcome::NotSent { failure, .. }) = &outcome else {
        return outcome;
    };
    if !renewal::would_help(failure) {
        return outcome;
    }
    let worn = keys.iter().map(|(row, ..)| *row).max();
    match renewal::renew(app, &line.channel, worn).await {
        Ok(None) => outcome,
        Ok(Some(Fresh { row, token })) => {
            let outcome =
                call_with_any(app, line, (kind, &[(row, &token, Standing::Untried)]), message).await;
            if let SendOutcome::Refused { failure, .. } = &outcome
                && renewal::would_help(failure)
            {
                renewal::in_vain(app, &line.channel, failure).await;
            }
            outcome
        }
        Err(why) => with_reason(outcome, &why),
    }
}

/// The same outcome, which also says why there is no better token.
fn with_reason(mut outcome: SendOutcome, why: &Failure) -> SendOutcome {
    if let SendOutcome::Refused { failure, .. } | SendOutcome::NotSent { failure, .. } = &mut outcome {
        failure.detail = format!("{} It could not be renewed: {}", failure.detail, why.detail);
    }
    outcome
}

/// Sends with the first key of a kind that the provider takes. A refusal of the key says that nothing was sent, so the next one may try.
async fn call_with_any(
    app: &App,
    line: &Line,
    (kind, keys): (SecretKind, &[(Uuid, &Secret, Standing)]),
    message: &OutboundHead,
) -> SendOutcome {
    let failure = token::missing(kind);
    let mut outcome = SendOutcome::NotSent { failure, scope: Scope::Number, retry_after: Some(REST) };
    for (row, key, standing) in keys {
        outcome = call_with(app, line, key, message).await;
        match &outcome {
            SendOutcome::Accepted { .. } if *standing != Standing::Proven => {
                token::proven(app, &line.channel, *row).await;
            }
            SendOutcome::Refused { failure, .. } if token::is_refused(failure) => {
                if *standing != Standing::Refused {
                    token::refused(app, &line.channel, *row, failure).await;
                }
                continue;
            }
            SendOutcome::Accepted { .. }
            | SendOutcome::Refused { .. }
            | SendOutcome::NotSent { .. }
            | SendOutcome::Unknown { .. } => {}
        }
        return outcome;
    }
    outcome
}

/// Sends with one key. Choices that the provider does not carry, or has just refused to carry, go out as numbered text.
async fn call_with(app: &App, line: &Line, key: &Secret, message: &OutboundHead) -> SendOutcome {
    let named = match template_ids::named(app, line, key, &message.content).await {
        Ok(named) => named,
        Err(outcome) => return outcome,
    };
    let content = named.as_ref().unwrap_or(&message.content);
    match line.provider.carries(content) {
        Support::Yes => {}
        Support::AsText => {
            let text = fallback::numbered(content);
            return exchange(app, line, key, message, text.as_ref().unwrap_or(content)).await;
        }
        Support::No(instead) => {
            let failure = Failure::new(UNSUPPORTED, instead.en);
            return SendOutcome::Refused { failure, stops_channel: false };
        }
    }
    let outcome = exchange(app, line, key, message, content).await;
    match (&outcome, fallback::numbered(content)) {
        (SendOutcome::Refused { failure, stops_channel: false }, Some(text))
            if failure.code == INTERACTIVE_REFUSED =>
        {
            exchange(app, line, key, message, &text).await
        }
        (SendOutcome::Refused { failure, .. }, None)
            if named.is_some() && failure.code == TEMPLATE_NOT_FOUND =>
        {
            // Its name may have another id by now: the next message looks it up anew.
            app.directory.template_ids.forget(line.channel.id, &message.content);
            outcome
        }
        _ => outcome,
    }
}

/// One call of the provider's for this content of the message.
async fn exchange(
    app: &App,
    line: &Line,
    key: &Secret,
    message: &OutboundHead,
    content: &OutboundContent,
) -> SendOutcome {
    let file = match line.provider.wants_file(content) {
        Some(place) => match fetch(app, place).await {
            Ok(file) => Some(file),
            Err(outcome) => return outcome,
        },
        None => None,
    };
    let reply_to = if let OutboundContent::Reaction(reaction) = content {
        // The store has put the provider's id in place of ours.
        Some(reaction.message_id.as_str())
    } else {
        message.reply_to_provider_id.as_deref()
    };
    let outgoing = Outgoing {
        message: message.id,
        to: &message.to,
        name: message.name.as_deref(),
        content,
        reply_to,
        room: message.room.as_deref(),
        file: file.as_ref(),
        now: app.now(),
    };
    let request = match line.provider.message(key, outgoing) {
        Ok(request) => request,
        Err(failure) => return SendOutcome::Refused { failure, stops_channel: false },
    };
    let answer = outgoing::call(app, request, app.settings.send_timeout).await;
    let answer = answer.as_ref().map(outgoing::response).map_err(|error| transport(*error));
    line.provider.outcome(message.id, content, answer, message.attempts.saturating_add(1))
}

/// Fetches a file that the provider wants handed over. Nothing of the message has left yet.
async fn fetch(app: &App, link: &str) -> Result<File, SendOutcome> {
    let refused = |detail: String| SendOutcome::Refused {
        failure: Failure::new("media_unreachable", detail),
        stops_channel: false,
    };
    let later = |detail: String| SendOutcome::NotSent {
        failure: Failure::new("media_unreachable", detail),
        scope: Scope::Message,
        retry_after: None,
    };
    let answer =
        app.egress.call(Method::GET, link, HeaderMap::new(), Bytes::new(), app.settings.send_timeout).await;
    let answer = answer.map_err(|error| later(format!("the file could not be fetched: {error}")))?;
    match answer.status {
        200..=299 => {}
        408 | 429 | 500.. => return Err(later(format!("the file's address answered {}", answer.status))),
        status => return Err(refused(format!("the file's address answered {status}"))),
    }
    let kind = answer.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let path = link.split(['?', '#']).next().unwrap_or_default();
    Ok(File {
        name: path.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("file").to_owned(),
        mime_type: kind
            .and_then(|kind| kind.split(';').next())
            .unwrap_or("application/octet-stream")
            .to_owned(),
        bytes: answer.body.to_vec(),
    })
}

const fn transport(error: egress::Error) -> Transport {
    if error.nothing_left() { Transport::NotConnected } else { Transport::BytesLeft }
}

/// What an outcome means for the message, and for the pace of its number.
fn judge(
    app: &App,
    line: &Line,
    message: &OutboundHead,
    outcome: SendOutcome,
    now: Timestamp,
) -> SendResultKind {
    let (channel, per_second) = (line.channel.id, app.settings.messages_per_second);
    let attempts = message.attempts.saturating_add(1);
    let (result, kind) = match outcome {
        SendOutcome::Accepted { provider_id } => {
            app.paces.succeeded(channel, per_second);
            ("accepted", SendResultKind::Accepted { provider_id })
        }
        SendOutcome::Refused { failure, stops_channel: true } => {
            // The message is not at fault: it waits until somebody has acted, as long as it may.
            tracing::error!(channel.id = %channel, code = failure.code, "the provider refuses this channel: a person must act");
            app.paces.number_failed(channel, per_second, Some(REST), now);
            ("channel_refused", SendResultKind::Retry { at: now.after(REST), failure })
        }
        SendOutcome::Refused { failure, stops_channel: false } => {
            ("refused", SendResultKind::Failed { failure })
        }
        SendOutcome::NotSent { failure, scope, retry_after } => {
            let mut at = now.after(retry::send(attempts, retry_after, app.minter.fraction()));
            match scope {
                Scope::Message => {}
                Scope::Pair => {
                    at = now.after(retry::pair(attempts));
                    app.paces.pair_failed(channel, message.conversation, per_second, at);
                }
                Scope::Number => app.paces.number_failed(channel, per_second, retry_after, now),
            }
            ("not_sent", SendResultKind::Retry { at, failure })
        }
        SendOutcome::Unknown { failure } => {
            // Once uncertain it is sent again after a while; twice, or a template that costs money, and a person decides.
            let hold = message.possible_duplicate || matches!(message.content, OutboundContent::Template(_));
            let at = (!hold).then(|| now.after(retry::UNCERTAIN));
            ("uncertain", SendResultKind::Uncertain { at, failure })
        }
    };
    metrics::counter!("warta_provider_send_total", "result" => result).increment(1);
    kind
}
