//! One message to its provider: with which key, in which form, and what the answer says.

use std::sync::Arc;

use uuid::Uuid;
use warta_core::channel::SecretKind;
use warta_core::delivery::{Failure, Scope, SendOutcome};
use warta_core::message::OutboundContent;
use warta_core::secret::Secret;
use warta_protocol::capabilities::Support;
use warta_protocol::fallback;
use warta_protocol::outgoing::{INTERACTIVE_REFUSED, Outgoing, TransportError, UNSUPPORTED};
use warta_store::{OutboundHead, Standing};

use super::{REST, file};
use crate::app::App;
use crate::check::loopback;
use crate::directory::ChannelRuntime;
use crate::egress;
use crate::upstream::renewal::RenewedToken;
use crate::upstream::template_ids::{self, TEMPLATE_NOT_FOUND};
use crate::upstream::{renewal, token};

/// Sends with the first key that the provider takes, in the end with a renewed token; what is written to nobody goes nowhere.
pub(super) async fn call(app: &Arc<App>, runtime: &ChannelRuntime, message: &OutboundHead) -> SendOutcome {
    if message.to.is_nobody() {
        return SendOutcome::Accepted { provider_id: loopback::provider_id(message.id) };
    }
    let kind = runtime.provider.key(Some(&message.content));
    let fresh = renewal::early(app, &runtime.channel).await;
    let renewed = fresh.iter().map(|fresh| (fresh.row, &fresh.token, Standing::Untried));
    let keys: Vec<_> = renewed.chain(runtime.channel.keys_to_try(kind, app.now())).collect();
    let outcome = call_with_any(app, runtime, (kind, &keys), message).await;
    let (SendOutcome::Refused { failure, .. } | SendOutcome::NotSent { failure, .. }) = &outcome else {
        return outcome;
    };
    if !renewal::would_help(failure) {
        return outcome;
    }
    let worn = keys.iter().map(|(row, ..)| *row).max();
    match renewal::renew(app, &runtime.channel, worn).await {
        Ok(None) => outcome,
        Ok(Some(RenewedToken { row, token })) => {
            let outcome =
                call_with_any(app, runtime, (kind, &[(row, &token, Standing::Untried)]), message).await;
            if let SendOutcome::Refused { failure, .. } = &outcome
                && renewal::would_help(failure)
            {
                renewal::in_vain(app, &runtime.channel, failure).await;
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
    runtime: &ChannelRuntime,
    (kind, keys): (SecretKind, &[(Uuid, &Secret, Standing)]),
    message: &OutboundHead,
) -> SendOutcome {
    let failure = token::missing(kind);
    let mut outcome = SendOutcome::NotSent { failure, scope: Scope::Number, retry_after: Some(REST) };
    for (row, key, standing) in keys {
        outcome = call_with(app, runtime, key, message).await;
        match &outcome {
            SendOutcome::Accepted { .. } if *standing != Standing::Proven => {
                token::proven(app, &runtime.channel, *row).await;
            }
            SendOutcome::Refused { failure, .. } if token::is_refused(failure) => {
                if *standing != Standing::Refused {
                    token::refused(app, &runtime.channel, *row, failure).await;
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

/// Sends with one key. What the provider does not carry, or choices that it has just refused, go out as text.
async fn call_with(app: &App, runtime: &ChannelRuntime, key: &Secret, message: &OutboundHead) -> SendOutcome {
    let named = match template_ids::named(app, runtime, key, &message.content).await {
        Ok(named) => named,
        Err(outcome) => return outcome,
    };
    let content = named.as_ref().unwrap_or(&message.content);
    match runtime.provider.carries(content) {
        Support::Yes | Support::Here => {}
        Support::AsText => {
            let text = fallback::text_form(content);
            return exchange(app, runtime, key, message, text.as_ref().unwrap_or(content)).await;
        }
        Support::No(instead) => {
            let failure = Failure::new(UNSUPPORTED, instead.en);
            return SendOutcome::Refused { failure, stops_channel: false };
        }
    }
    let outcome = exchange(app, runtime, key, message, content).await;
    match (&outcome, fallback::numbered(content)) {
        (SendOutcome::Refused { failure, stops_channel: false }, Some(text))
            if failure.code == INTERACTIVE_REFUSED =>
        {
            exchange(app, runtime, key, message, &text).await
        }
        (SendOutcome::Refused { failure, .. }, None)
            if named.is_some() && failure.code == TEMPLATE_NOT_FOUND =>
        {
            // Its name may have another id by now: the next message looks it up anew.
            app.memory.template_ids.forget(runtime.channel.id, &message.content);
            outcome
        }
        _ => outcome,
    }
}

/// One call of the provider's for this content of the message.
async fn exchange(
    app: &App,
    runtime: &ChannelRuntime,
    key: &Secret,
    message: &OutboundHead,
    content: &OutboundContent,
) -> SendOutcome {
    let file = match runtime.provider.wants_file(content) {
        Some(place) => match file::fetch(app, place, content).await {
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
    let request = match runtime.provider.message(key, outgoing) {
        Ok(request) => request,
        Err(failure) => return SendOutcome::Refused { failure, stops_channel: false },
    };
    let answer = app.egress.execute(request, app.settings.send_timeout).await;
    let answer = answer.as_ref().map(egress::Answer::response).map_err(|error| transport(*error));
    runtime.provider.outcome(message.id, content, answer, message.attempts.saturating_add(1))
}

const fn transport(error: egress::Error) -> TransportError {
    if error.nothing_left() { TransportError::NotConnected } else { TransportError::BytesLeft }
}
