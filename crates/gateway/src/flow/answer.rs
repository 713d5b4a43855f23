//! What an agent answered becomes messages to the user, as far as the channel's provider carries them, and warnings for the rest.

use warta_core::delivery::Failure;
use warta_core::message::fit::{LONGEST_TEXT, texts};
use warta_core::message::{Invalid, OutboundContent, Text};
use warta_core::policy::retry;
use warta_core::time::Timestamp;
use warta_protocol::agent::reply::{NewReply, Reply};
use warta_protocol::capabilities::Support;
use warta_protocol::fallback;
use warta_store::{ClaimedConversation, InboundHead, NewOutbound, Scope};

use crate::app::App;
use crate::directory::ChannelRuntime;
use crate::flow::outbound;

/// What comes of an answer.
pub(crate) struct Answered {
    /// The messages to the user, in order.
    pub replies: Vec<NewOutbound>,
    /// What the agent said and the user does not get, for the message's timeline and the agent's page.
    pub warnings: Vec<Failure>,
}

/// Reads an answer to a message for this channel.
///
/// # Errors
///
/// When the agent, which has the fallback text, cannot be read.
pub(crate) async fn answered(
    app: &App,
    runtime: &ChannelRuntime,
    (claimed, head): (&ClaimedConversation, &InboundHead),
    reply: Reply,
    now: Timestamp,
) -> Result<Answered, warta_store::Error> {
    let mut lost = reply.lost;
    let code = if reply.unreadable { "agent_answer_unreadable" } else { "agent_reply_unsent" };
    let mut warnings: Vec<_> = reply.faults.iter().map(|fault| Failure::new(code, told(fault))).collect();
    let mut carried = Vec::with_capacity(reply.replies.len());
    for new in reply.replies {
        match carry(runtime, new) {
            Ok(messages) => carried.extend(messages),
            Err(warning) => {
                warnings.push(warning);
                lost = true;
            }
        }
    }
    if lost && !claimed.user.identity.is_nobody() {
        carried.extend(fallback_text(app, runtime, claimed).await?);
    }
    for warning in &warnings {
        metrics::counter!("warta_agent_replies_dropped_total").increment(1);
        tracing::warn!(message.id = %head.id, code = warning.code, detail = warning.detail, "a reply of the agent is left out");
    }
    // The message being answered may be the user's last: its own time tells how long the window is open at least.
    let last_user_at = claimed.last_user_at.map_or(head.sent_at, |last| last.max(head.sent_at));
    let queued = |new: NewReply| NewOutbound {
        id: outbound::id(app, &new.content, now),
        conversation: claimed.conversation,
        priority: outbound::priority(&new.content),
        content: new.content,
        reply_to: new.reply_to,
        expires_at: retry::reply_expires_at(last_user_at),
        silent_since: None,
    };
    Ok(Answered { replies: carried.into_iter().map(queued).collect(), warnings })
}

/// What the user is told in place of a reply that cannot be sent, in the agent's language, if the agent has such a text.
async fn fallback_text(
    app: &App,
    runtime: &ChannelRuntime,
    claimed: &ClaimedConversation,
) -> Result<Option<NewReply>, warta_store::Error> {
    let agent = app.store.agent(Scope::new(claimed.organization), runtime.channel.agent).await?;
    let body = agent.and_then(|mut agent| agent.fallback.remove(&agent.language));
    let body = body.filter(|body| !body.trim().is_empty());
    let text = |body| OutboundContent::Text(Text { body, preview_url: false });
    Ok(body.map(|body| NewReply { content: text(body), reply_to: None }))
}

fn told(fault: &Invalid) -> String {
    let place = if fault.pointer.is_empty() { String::new() } else { format!("{}: ", fault.pointer) };
    format!("{place}{}", fault.detail)
}

/// The messages by which the provider carries a reply.
fn carry(runtime: &ChannelRuntime, new: NewReply) -> Result<Vec<NewReply>, Failure> {
    let unsent = |detail: &str| {
        let kind = new.content.kind();
        Err(Failure::new("agent_reply_unsent", format!("A reply of type {kind} was not sent. {detail}")))
    };
    match runtime.provider.carries(&new.content) {
        Support::Yes | Support::Here => Ok(vec![new]),
        Support::AsText => match fallback::text_form(&new.content) {
            None => unsent("This provider cannot take back a reaction."),
            Some(OutboundContent::Text(text)) if text.body.chars().count() > LONGEST_TEXT => {
                let mut reply_to = new.reply_to;
                let parts = texts(&text.body, text.preview_url).into_iter();
                Ok(parts.map(|content| NewReply { content, reply_to: reply_to.take() }).collect())
            }
            Some(_) => Ok(vec![new]),
        },
        Support::No(instead) => unsent(instead.en),
    }
}
