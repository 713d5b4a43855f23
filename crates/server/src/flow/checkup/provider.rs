//! What the provider says of a channel when it is asked.

use std::time::Duration;

use http::{HeaderMap, header};
use warta_core::checkup::{Heard, Number, Subscriber, Token};
use warta_core::secret::Secret;
use warta_core::time::Timestamp;
use warta_protocol::Provider;
use warta_protocol::check::{Said, TokenFacts, Topic};
use warta_store::{Channel, SecretKind};

use crate::app::App;
use crate::flow::{hook, outgoing};

/// How long one call may take: a person waits for the page.
pub(super) const CALL: Duration = Duration::from_secs(6);
/// How many tokens are asked about: a new one, the one before.
const TOKENS: usize = 3;

/// What the provider says of a channel.
pub(super) struct Answers {
    pub(super) token: Heard<TokenFacts>,
    pub(super) number: Heard<Number>,
    pub(super) listed: Heard<bool>,
    pub(super) subscribers: Heard<Vec<Subscriber>>,
    pub(super) registered: Heard<bool>,
    pub(super) secret_fits: Option<bool>,
    pub(super) clock_difference_ms: Option<i64>,
}

impl Answers {
    pub(super) async fn gather(app: &App, channel: &Channel, provider: Option<&dyn Provider>) -> Self {
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
        let asked = Asked { provider, key: token, app_secret: secret };
        let (registered, number, listed, subscribers, fits) = tokio::join!(
            asked.registered(app, channel),
            asked.about(app, Topic::Number),
            asked.about(app, Topic::Listed),
            asked.about(app, Topic::Subscribers),
            asked.about(app, Topic::AppSecret),
        );
        answers.registered = registered;
        answers.number =
            pick(number.0, |said| if let Said::Number(number) = said { Some(number) } else { None });
        answers.listed =
            pick(listed.0, |said| if let Said::Listed(listed) = said { Some(listed) } else { None });
        answers.subscribers =
            pick(subscribers.0, |said| if let Said::Subscribers(apps) = said { Some(apps) } else { None });
        answers.secret_fits = match fits.0 {
            Heard::Said(_) => Some(true),
            Heard::Refused(_) => Some(false),
            Heard::Unable(_) | Heard::Silent(_) | Heard::NotAsked => None,
        };
        answers
    }

    /// Asks about the tokens in the order in which a send tries them, until one works.
    async fn ask_token<'a>(
        &mut self,
        app: &App,
        channel: &'a Channel,
        provider: &dyn Provider,
    ) -> Option<&'a Secret> {
        for (_, key, _) in channel.to_try(provider.key(None), app.now()).into_iter().take(TOKENS) {
            let asked = Asked { provider, key, app_secret: None };
            let (heard, difference) = asked.about(app, Topic::Token).await;
            self.clock_difference_ms = difference.or(self.clock_difference_ms);
            self.token = pick(heard, |said| if let Said::Token(facts) = said { Some(*facts) } else { None });
            match &self.token {
                Heard::Said(TokenFacts { failure: None, .. }) => return Some(key),
                Heard::Unable(_) | Heard::Silent(_) | Heard::NotAsked => return None,
                Heard::Said(_) | Heard::Refused(_) => {}
            }
        }
        None
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
    async fn about(&self, app: &App, topic: Topic) -> (Heard<Said>, Option<i64>) {
        let Some(request) = self.provider.ask(topic, self.key, self.app_secret, app.now()) else {
            return (Heard::NotAsked, None);
        };
        let answer = match outgoing::call(app, request, CALL).await {
            Ok(answer) => answer,
            Err(error) => return (Heard::Silent(error.into()), None),
        };
        let heard = match self.provider.heard(topic, outgoing::response(&answer)) {
            Ok(said) => Heard::Said(said),
            // An answer that is no refusal tells nothing of what was asked about.
            Err(failure) if answer.status == 429 || answer.status >= 500 => Heard::Unable(failure.detail),
            Err(failure) => Heard::Refused(failure.detail),
        };
        (heard, ahead(&answer.headers, app.now()))
    }

    /// Whether our address is registered.
    async fn registered(&self, app: &App, channel: &Channel) -> Heard<bool> {
        let (Some(registration), Some(address)) = (self.provider.registration(), hook::address(app, channel))
        else {
            return Heard::NotAsked;
        };
        match outgoing::call(app, registration.read(self.key, app.now()), CALL).await {
            Err(error) => Heard::Silent(error.into()),
            Ok(answer) => match registration.settings(outgoing::response(&answer)) {
                Ok(settings) => Heard::Said(settings.has(&address, registration.needed())),
                Err(failure) => Heard::Refused(failure.detail),
            },
        }
    }
}

/// What is kept of a token.
pub(super) fn token_seen(facts: TokenFacts) -> Token {
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
        Heard::Unable(why) => Heard::Unable(why),
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

/// Changes what was said.
pub(super) fn map<T, U>(heard: Heard<T>, with: impl FnOnce(T) -> U) -> Heard<U> {
    match heard {
        Heard::Said(said) => Heard::Said(with(said)),
        Heard::Refused(why) => Heard::Refused(why),
        Heard::Unable(why) => Heard::Unable(why),
        Heard::Silent(why) => Heard::Silent(why),
        Heard::NotAsked => Heard::NotAsked,
    }
}
