//! Everything that is looked at, at once.

use std::sync::Arc;

use warta_core::channel::State;
use warta_core::checkup::{Agent, AppSecret, Evidence, Handshakes, Heard, Renewal};
use warta_core::json;
use warta_core::time::Timestamp;
use warta_store::{Channel, Look, Scope, SecretKind};

use crate::app::App;
use crate::check::checkup::provider::{Answers, map, token_seen};
use crate::check::probe;
use crate::self_call::{reach, shake_hands};
use crate::upstream::token;
use crate::webhook_address;

/// Looks at everything. `said` is what nobody says to the agent.
pub(super) async fn gather(
    app: &Arc<App>,
    channel: &Channel,
    said: &str,
) -> Result<Evidence, warta_store::Error> {
    let (scope, now) = (Scope::new(channel.organization), app.now());
    let provider = warta_protocol::read(channel.protocol, &channel.settings).ok();
    let (look, traffic, backlog) = tokio::try_join!(
        app.store.look(scope, channel.id),
        app.store.traffic(scope, channel.id),
        app.store.backlog(scope, channel.id),
    )?;
    let (reach, handshake, answers, agent, siblings) = tokio::join!(
        reach(app),
        shake_hands(app, channel),
        Answers::gather(app, channel, provider.as_deref()),
        agent(app, channel, said),
        siblings(app, channel),
    );
    let token_app = match &answers.token {
        Heard::Said(facts) => facts.app_id.clone(),
        Heard::Refused(_) | Heard::Unable(_) | Heard::Silent(_) | Heard::NotAsked => None,
    };
    let near = provider.as_ref().is_some_and(|provider| !provider.base_url().starts_with("https://"));
    let configured = channel.settings.get("app_id").and_then(serde_json::Value::as_str).map(str::to_owned);
    Ok(Evidence {
        at: now,
        callback: webhook_address::shown(app, channel),
        siblings: siblings?,
        provider_is_near: near,
        paused: channel.state == State::Paused,
        digits: channel
            .account
            .as_ref()
            .map(|account| account.as_str().to_owned())
            .filter(|account| account.len() > 6 && account.bytes().all(|byte| byte.is_ascii_digit())),
        reach,
        handshakes: Handshakes {
            own: handshake,
            has_secret: channel.secrets(SecretKind::WebhookSecret, now).next().is_some(),
            seen_at: look.handshake_at,
            refused_at: look.handshake_refused_at,
        },
        has_token: channel.secrets(token::kind(channel), now).next().is_some()
            || answers.token != Heard::NotAsked,
        token: map(answers.token, token_seen),
        key: token::kind(channel),
        renewal: Renewal::default(),
        subscribers: answers.subscribers,
        app: configured.or(token_app),
        number: answers.number,
        listed: answers.listed,
        registered: answers.registered,
        checks: provider.as_ref().map(|provider| provider.checks().to_vec()).unwrap_or_default(),
        secret: app_secret(channel, &look, answers.secret_fits, now),
        traffic,
        agent: agent?,
        backlog,
        clock_difference_ms: answers.clock_difference_ms,
    })
}

/// What is known of the app secret; `fits` is what the provider says of it.
pub(super) fn app_secret(channel: &Channel, look: &Look, fits: Option<bool>, now: Timestamp) -> AppSecret {
    AppSecret {
        configured: channel.secrets(SecretKind::AppSecret, now).next().is_some(),
        fits,
        proven_at: look.signature_at,
        refused_at: look.signature_refused_at,
    }
}

/// The addresses of the organization's other channels that know the same app secret.
async fn siblings(app: &App, channel: &Channel) -> Result<Vec<String>, warta_store::Error> {
    let now = app.now();
    let known = |other: &Channel| {
        other.secrets(SecretKind::AppSecret, now).any(|theirs| {
            channel.secrets(SecretKind::AppSecret, now).any(|ours| ours.expose() == theirs.expose())
        })
    };
    let channels = app.store.channels(Scope::new(channel.organization)).await?;
    let others = channels.iter().filter(|other| other.id != channel.id && known(other));
    Ok(others.map(|other| webhook_address::shown(app, other)).collect())
}

/// Sends the agent the sample event of its own test, and keeps what came of it as that test's result.
async fn agent(app: &App, channel: &Channel, said: &str) -> Result<Agent, warta_store::Error> {
    let (scope, place) = (Scope::new(channel.organization), (channel.agent, channel.environment));
    let Some(deployment) = app.store.deployment(scope, place.0, place.1).await? else {
        return Ok(Agent::Missing);
    };
    let (url, secret) = (deployment.url.as_str(), &deployment.secret);
    let target =
        probe::Target { url, secret, environment: channel.environment, channel: Some(channel), said };
    let tested = probe::run(app, &target).await;
    let kept = json::value(&tested);
    match app.store.put_last_test(scope, place, &kept).await {
        Ok(()) | Err(warta_store::Error::NotFound) => {}
        Err(error) => return Err(error),
    }
    Ok(match tested.outcome {
        probe::Outcome::Answered { .. } => {
            Agent::Answered { took_ms: i64::try_from(tested.duration_ms).unwrap_or(i64::MAX) }
        }
        probe::Outcome::Refused { status } => Agent::Refused(format!("HTTP {status}")),
        probe::Outcome::Unreadable { status, pointer, detail } => {
            Agent::Refused(format!("HTTP {status}, {pointer} {detail}"))
        }
        probe::Outcome::Silent { why } => Agent::Silent(why),
        probe::Outcome::SecretUnusable => Agent::SecretUnusable,
    })
}
