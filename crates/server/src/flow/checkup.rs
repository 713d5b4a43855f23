//! The connection doctor's eyes: gathers what can be seen of a channel, from outside and inside, all at once and each with a
//! time limit. What it means is for [`warta_core::checkup`] to judge.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, header};
use serde::{Deserialize, Serialize};
use warta_core::channel::State;
use warta_core::checkup::{
    self, Agent, AppSecret, Evidence, Finding, Handshakes, Heard, Number, Probe, Subscriber, Token,
};
use warta_core::delivery::Failure;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;
use warta_protocol::Provider;
use warta_protocol::check::{Said, TokenFacts, Topic};
use warta_store::{Channel, Look, Scope, SecretKind};

use crate::app::App;
use crate::egress;
use crate::flow::{hook, outgoing, probe, renewal, token};

/// How long one call may take: a person waits for the page.
const CALL: Duration = Duration::from_secs(6);
/// How many tokens are asked about: a new one, the one before.
const TOKENS: usize = 3;
/// How the challenges begin with which we ask ourselves.
pub const CHALLENGE: &str = "wartacheckup";
/// What a probe of ours answers.
const ALIVE: &[u8] = b"alive";

/// What a check-up saw, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkup {
    /// The channel's revision then.
    pub revision: i64,
    /// What was seen.
    pub evidence: Evidence,
}

impl Checkup {
    /// The last check-up of a channel, where there was one that can be read.
    #[must_use]
    pub fn last(channel: &Channel) -> Option<Self> {
        serde_json::from_value(channel.checkup.clone()?).ok()
    }
}

/// What a check-up means, with what is stored here looked up anew.
///
/// # Errors
///
/// When the store fails.
pub async fn findings(
    app: &App,
    channel: &Channel,
    mut evidence: Evidence,
) -> Result<Vec<Finding>, warta_store::Error> {
    let scope = Scope::new(channel.organization);
    let (look, traffic, backlog) = tokio::try_join!(
        app.store.look(scope, channel.id),
        app.store.traffic(scope, channel.id),
        app.store.backlog(scope, channel.id),
    )?;
    evidence.paused = channel.state == State::Paused;
    evidence.handshakes.seen_at = look.handshake_at;
    evidence.handshakes.refused_at = look.handshake_refused_at;
    evidence.secret = app_secret(channel, &look, evidence.secret.fits, app.now());
    evidence.renewal = renewal::standing(app, channel, look.renewal);
    (evidence.traffic, evidence.backlog) = (traffic, backlog);
    Ok(checkup::findings(&evidence, app.now()))
}

/// Checks a channel and keeps what was found. `said` is what nobody says to the agent.
///
/// # Errors
///
/// When the store fails.
pub async fn run(app: &Arc<App>, channel: &Channel, said: &str) -> Result<Checkup, warta_store::Error> {
    let found = Checkup { revision: channel.revision, evidence: gather(app, channel, said).await? };
    let kept = serde_json::to_value(&found).unwrap_or_default();
    app.store.put_checkup(Scope::new(channel.organization), channel.id, &kept).await?;
    Ok(found)
}

async fn gather(app: &Arc<App>, channel: &Channel, said: &str) -> Result<Evidence, warta_store::Error> {
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
        Heard::Refused(_) | Heard::Silent(_) | Heard::NotAsked => None,
    };
    let near = provider.as_ref().is_some_and(|provider| !provider.base_url().starts_with("https://"));
    let configured = channel.settings.get("app_id").and_then(serde_json::Value::as_str).map(str::to_owned);
    Ok(Evidence {
        at: now,
        callback: hook::shown(app, channel),
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
        renewal: checkup::Renewal::default(),
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

fn app_secret(channel: &Channel, look: &Look, fits: Option<bool>, now: Timestamp) -> AppSecret {
    AppSecret {
        configured: channel.secrets(SecretKind::AppSecret, now).next().is_some(),
        fits,
        proven_at: look.signature_at,
        refused_at: look.signature_refused_at,
    }
}

/// Calls our own address as anybody outside would.
async fn reach(app: &App) -> Probe {
    let url = format!("{}/livez", app.settings.public_url);
    probe(app, &url, |answer| answer.body.trim_ascii() == ALIVE).await
}

/// Makes the handshake with ourselves, through the public address and with the real verify token.
pub(super) async fn shake_hands(app: &App, channel: &Channel) -> Probe {
    let now = app.now();
    let (Some(protocol), Some(address), Some(token)) = (
        warta_protocol::entry(channel.protocol),
        hook::address(app, channel),
        channel.secrets(SecretKind::WebhookSecret, now).next(),
    ) else {
        return Probe::NotAsked;
    };
    let challenge = format!("{CHALLENGE}{}", app.minter.uuid(now).simple());
    let query = (protocol.handshake_query)(&challenge, token);
    let Ok(right) = (protocol.handshake)(&query, Some(token.expose()), token) else { return Probe::NotAsked };
    // Where the query needs no challenge, it still tells that the call is our own.
    let query = if query.contains(CHALLENGE) { query } else { format!("{query}{challenge}") };
    probe(app, &format!("{address}?{query}"), |answer| answer.body.trim_ascii() == right.as_bytes()).await
}

async fn probe(app: &App, url: &str, is_ours: impl Fn(&egress::Answer) -> bool) -> Probe {
    let started = app.now();
    match app.egress.call(Method::GET, url, HeaderMap::new(), Bytes::new(), CALL).await {
        Ok(answer) if answer.status == 200 && is_ours(&answer) => {
            Probe::Answered { took_ms: millis(app, started) }
        }
        Ok(answer) => Probe::Strange(format!("HTTP {}", answer.status)),
        Err(error) => Probe::Silent(error.to_string()),
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
    Ok(others.map(|other| hook::shown(app, other)).collect())
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
    let kept = serde_json::to_value(&tested).unwrap_or_default();
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
        probe::Outcome::Silent { why } => Agent::Silent(why.to_string()),
        probe::Outcome::SecretUnusable => Agent::Refused("the signing secret cannot sign".to_owned()),
    })
}

/// What the provider says of a channel.
struct Answers {
    token: Heard<TokenFacts>,
    number: Heard<Number>,
    listed: Heard<bool>,
    subscribers: Heard<Vec<Subscriber>>,
    registered: Heard<bool>,
    secret_fits: Option<bool>,
    clock_difference_ms: Option<i64>,
}

impl Answers {
    async fn gather(app: &Arc<App>, channel: &Channel, provider: Option<&dyn Provider>) -> Self {
        let mut answers = Self {
            token: Heard::NotAsked,
            number: Heard::NotAsked,
            listed: Heard::NotAsked,
            subscribers: Heard::NotAsked,
            registered: Heard::NotAsked,
            secret_fits: None,
            clock_difference_ms: None,
        };
        let Some(provider) = provider else { return answers };
        let Some(token) = answers.ask_token(app, channel, provider).await else { return answers };
        let secret = channel.secrets(SecretKind::AppSecret, app.now()).next();
        let asked = Asked { provider, key: &token, app_secret: secret };
        let (registered, number, listed, subscribers, fits) = tokio::join!(
            asked.registered(app, channel),
            asked.about(app, Topic::Number),
            asked.about(app, Topic::Listed),
            asked.about(app, Topic::Subscribers),
            asked.about(app, Topic::AppSecret),
        );
        answers.registered = registered;
        answers.number =
            pick(number, |said| if let Said::Number(number) = said { Some(number) } else { None });
        answers.listed =
            pick(listed, |said| if let Said::Listed(listed) = said { Some(listed) } else { None });
        answers.subscribers =
            pick(subscribers, |said| if let Said::Subscribers(apps) = said { Some(apps) } else { None });
        answers.secret_fits = match fits {
            Heard::Said(_) => Some(true),
            Heard::Refused(_) => Some(false),
            Heard::Silent(_) | Heard::NotAsked => None,
        };
        answers
    }

    /// Asks about the tokens in the order in which a send tries them, until one works; in the end about a renewed one.
    async fn ask_token(
        &mut self,
        app: &Arc<App>,
        channel: &Channel,
        provider: &dyn Provider,
    ) -> Option<Secret> {
        let keys = channel.to_try(provider.key(None), app.now());
        let mut worn = keys.is_empty();
        for (_, key, _) in keys.iter().take(TOKENS) {
            match self.ask_about(app, provider, key).await {
                Tried::Works => return Some((*key).clone()),
                Tried::Refused { would_help } => worn = would_help,
                Tried::Unknown => return None,
            }
        }
        if !worn {
            return None;
        }
        let newest = keys.iter().map(|(row, ..)| *row).max();
        let fresh = renewal::renew(app, channel, newest).await.ok().flatten()?;
        let works = matches!(self.ask_about(app, provider, &fresh.token).await, Tried::Works);
        works.then_some(fresh.token)
    }

    /// Asks about one token.
    async fn ask_about(&mut self, app: &App, provider: &dyn Provider, key: &Secret) -> Tried {
        let asked = Asked { provider, key, app_secret: None };
        let (answer, difference) = asked.ask(app, Topic::Token).await;
        self.clock_difference_ms = difference.or(self.clock_difference_ms);
        let refused = |failure: &Failure| Tried::Refused { would_help: renewal::would_help(failure) };
        let tried = match &answer {
            Ok(Said::Token(facts)) => facts.failure.as_ref().map_or(Tried::Works, refused),
            Err(Unheard::Refused(failure)) => refused(failure),
            Ok(_) | Err(Unheard::Silent(_) | Unheard::NotAsked) => Tried::Unknown,
        };
        self.token =
            pick(heard(answer), |said| if let Said::Token(facts) = said { Some(*facts) } else { None });
        tried
    }
}

/// The provider, as one who asks questions meets it.
struct Asked<'a> {
    provider: &'a dyn Provider,
    key: &'a Secret,
    app_secret: Option<&'a Secret>,
}

impl Asked<'_> {
    /// Asks one question. Also tells by how many milliseconds the provider's clock is ahead of ours.
    async fn ask(&self, app: &App, topic: Topic) -> (Result<Said, Unheard>, Option<i64>) {
        let Some(request) = self.provider.ask(topic, self.key, self.app_secret, app.now()) else {
            return (Err(Unheard::NotAsked), None);
        };
        let answer = match outgoing::call(app, request, CALL).await {
            Ok(answer) => answer,
            Err(error) => return (Err(Unheard::Silent(error.to_string())), None),
        };
        let said = self.provider.heard(topic, outgoing::response(&answer)).map_err(|failure| {
            // An answer that is no refusal tells nothing of what was asked about.
            if answer.status == 429 || answer.status >= 500 {
                Unheard::Silent(failure.detail)
            } else {
                Unheard::Refused(failure)
            }
        });
        (said, ahead(&answer.headers, app.now()))
    }

    /// Asks one question, whose answer is shown and no more.
    async fn about(&self, app: &App, topic: Topic) -> Heard<Said> {
        heard(self.ask(app, topic).await.0)
    }

    /// Whether our address is registered.
    async fn registered(&self, app: &App, channel: &Channel) -> Heard<bool> {
        let (Some(registration), Some(address)) = (self.provider.registration(), hook::address(app, channel))
        else {
            return Heard::NotAsked;
        };
        match outgoing::call(app, registration.read(self.key, app.now()), CALL).await {
            Err(error) => Heard::Silent(error.to_string()),
            Ok(answer) => match registration.settings(outgoing::response(&answer)) {
                Ok(settings) => Heard::Said(settings.has(&address, registration.needed())),
                Err(failure) => Heard::Refused(failure.detail),
            },
        }
    }
}

/// What came of asking about a token.
#[derive(Clone, Copy)]
enum Tried {
    Works,
    Refused {
        /// Whether a renewed one would do.
        would_help: bool,
    },
    Unknown,
}

/// Why a question has no answer.
enum Unheard {
    Refused(Failure),
    Silent(String),
    NotAsked,
}

fn heard(answer: Result<Said, Unheard>) -> Heard<Said> {
    match answer {
        Ok(said) => Heard::Said(said),
        Err(Unheard::Refused(failure)) => Heard::Refused(failure.detail),
        Err(Unheard::Silent(why)) => Heard::Silent(why),
        Err(Unheard::NotAsked) => Heard::NotAsked,
    }
}

fn token_seen(facts: TokenFacts) -> Token {
    Token {
        refusal: facts.failure.map(|failure| failure.detail),
        app: facts.app_name,
        missing: facts.missing,
        expires_at: facts.expires_at,
    }
}

/// What was said, where it is what was asked about.
fn pick<T>(heard: Heard<Said>, with: impl FnOnce(Said) -> Option<T>) -> Heard<T> {
    match map(heard, with) {
        Heard::Said(Some(said)) => Heard::Said(said),
        Heard::Said(None) | Heard::NotAsked => Heard::NotAsked,
        Heard::Refused(why) => Heard::Refused(why),
        Heard::Silent(why) => Heard::Silent(why),
    }
}

/// By how many milliseconds the clock that wrote these headers is ahead of `now`. It tells whole seconds.
fn ahead(headers: &HeaderMap, now: Timestamp) -> Option<i64> {
    let date = httpdate::parse_http_date(headers.get(header::DATE)?.to_str().ok()?).ok()?;
    let since = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    let theirs = i64::try_from(since.as_millis()).ok()?;
    let ours = now.as_millis();
    // Within the second that is told, the clocks agree.
    Some(if (theirs..theirs + 1_000).contains(&ours) { 0 } else { theirs - ours })
}

fn map<T, U>(heard: Heard<T>, with: impl FnOnce(T) -> U) -> Heard<U> {
    match heard {
        Heard::Said(said) => Heard::Said(with(said)),
        Heard::Refused(why) => Heard::Refused(why),
        Heard::Silent(why) => Heard::Silent(why),
        Heard::NotAsked => Heard::NotAsked,
    }
}

fn millis(app: &App, since: Timestamp) -> i64 {
    i64::try_from(app.now().since(since).as_millis()).unwrap_or(i64::MAX)
}

/// Why a change at the provider was not made.
#[derive(Debug, thiserror::Error)]
pub enum NotMended {
    /// Ids, token or webhook secret are missing.
    #[error("ids, token or webhook secret are missing")]
    Incomplete,
    /// The provider said no, in its words.
    #[error("{0}")]
    Refused(String),
    /// The provider did not answer.
    #[error("{0}")]
    Silent(egress::Error),
}

/// Subscribes the token's app to the channel's business account, where `subscribe`, and leads the number's events here.
///
/// # Errors
///
/// When the provider does not do it.
pub async fn mend(app: &App, channel: &Channel, subscribe: bool) -> Result<(), NotMended> {
    let now = app.now();
    let provider =
        warta_protocol::read(channel.protocol, &channel.settings).map_err(|_| NotMended::Incomplete)?;
    let key = channel.secrets(provider.key(None), now).next().ok_or(NotMended::Incomplete)?;
    let verify = channel.secrets(SecretKind::WebhookSecret, now).next().ok_or(NotMended::Incomplete)?;
    let callback = hook::address(app, channel).ok_or(NotMended::Incomplete)?;
    for request in provider.lead_here(key, &callback, verify, subscribe) {
        // The provider makes the handshake with us before it answers.
        let answer = outgoing::call(app, request, CALL * 2).await.map_err(NotMended::Silent)?;
        provider.led(outgoing::response(&answer)).map_err(|failure| NotMended::Refused(failure.detail))?;
    }
    Ok(())
}
