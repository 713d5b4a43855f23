//! What becomes of a message: before it is sent, and by what the provider answered.

use warta_core::delivery::{Failure, Scope, SendOutcome};
use warta_core::message::OutboundContent;
use warta_core::policy::{retry, window};
use warta_core::time::Timestamp;
use warta_store::{OutboundHead, SendResult, SendResultKind};

use super::REST;
use crate::app::App;
use crate::directory::Line;

/// What can be said about a message without calling the provider: too late, or outside the window.
pub(super) fn without_sending(message: &OutboundHead, now: Timestamp) -> Option<SendResult> {
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

/// What an outcome means for the message, and for the pace of its number.
pub(super) fn judge(
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
            app.memory.paces.succeeded(channel, per_second);
            ("accepted", SendResultKind::Accepted { provider_id })
        }
        SendOutcome::Refused { failure, stops_channel: true } => {
            // The message is not at fault: it waits until somebody has acted, as long as it may.
            tracing::error!(channel.id = %channel, code = failure.code, "the provider refuses this channel: a person must act");
            app.memory.paces.number_failed(channel, per_second, Some(REST), now);
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
                    app.memory.paces.pair_failed(channel, message.conversation, per_second, at);
                }
                Scope::Number => app.memory.paces.number_failed(channel, per_second, retry_after, now),
            }
            ("not_sent", SendResultKind::Retry { at, failure })
        }
        SendOutcome::Unknown { failure } => {
            // Once uncertain it is sent again after a while; twice, or a template that costs money, and a person decides.
            let hold = message.possible_duplicate || matches!(message.content, OutboundContent::Template(_));
            let at = (!hold).then(|| now.after(retry::UNCERTAIN_WAIT));
            ("uncertain", SendResultKind::Uncertain { at, failure })
        }
    };
    metrics::counter!("warta_provider_send_total", "result" => result).increment(1);
    kind
}
