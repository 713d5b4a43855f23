//! What the provider says of a channel when it is asked.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, header};
use warta_core::checkup::{Heard, Number, Silence, Subscriber, Token};
use warta_core::delivery::Failure;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;
use warta_protocol::Provider;
use warta_protocol::check::{Answer, Question, TokenFacts};
use warta_store::{Channel, SecretKind};

use crate::app::App;
use crate::upstream::renewal;
use crate::webhook_address;

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
    pub(super) async fn gather(app: &Arc<App>, channel: &Channel, provider: Option<&dyn Provider>) -> Self {
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
        let client = Client { provider, key: &token, app_secret: secret };
        let (registered, number, listed, subscribers, fits) = tokio::join!(
            client.registered(app, channel),
            client.about(app, Question::Number),
            client.about(app, Question::Listed),
            client.about(app, Question::Subscribers),
            client.about(app, Question::AppSecret),
        );
        answers.registered = registered;
        answers.number =
            pick(number, |said| if let Answer::Number(number) = said { Some(number) } else { None });
        answers.listed =
            pick(listed, |said| if let Answer::Listed(listed) = said { Some(listed) } else { None });
        answers.subscribers =
            pick(subscribers, |said| if let Answer::Subscribers(apps) = said { Some(apps) } else { None });
        answers.secret_fits = match fits {
            Heard::Said(_) => Some(true),
            Heard::Refused(_) => Some(false),
            Heard::Unable(_) | Heard::Silent(_) | Heard::NotAsked => None,
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
                TokenResult::Works => return Some((*key).clone()),
                TokenResult::Refused { would_help } => worn = would_help,
                TokenResult::Unknown => return None,
            }
        }
        if !worn {
            return None;
        }
        let newest = keys.iter().map(|(row, ..)| *row).max();
        let fresh = renewal::renew(app, channel, newest).await.ok().flatten()?;
        let works = matches!(self.ask_about(app, provider, &fresh.token).await, TokenResult::Works);
        works.then_some(fresh.token)
    }

    /// Asks about one token.
    async fn ask_about(&mut self, app: &App, provider: &dyn Provider, key: &Secret) -> TokenResult {
        let client = Client { provider, key, app_secret: None };
        let (answer, difference) = client.ask(app, Question::Token).await;
        self.clock_difference_ms = difference.or(self.clock_difference_ms);
        let refused = |failure: &Failure| TokenResult::Refused { would_help: renewal::would_help(failure) };
        let tried = match &answer {
            Ok(Answer::Token(facts)) => facts.failure.as_ref().map_or(TokenResult::Works, refused),
            Err(NoAnswer::Refused(failure)) => refused(failure),
            Ok(_) | Err(NoAnswer::Unable(_) | NoAnswer::Silent(_) | NoAnswer::NotAsked) => {
                TokenResult::Unknown
            }
        };
        self.token =
            pick(heard(answer), |said| if let Answer::Token(facts) = said { Some(*facts) } else { None });
        tried
    }
}

/// Asks the provider questions with one key.
struct Client<'a> {
    provider: &'a dyn Provider,
    key: &'a Secret,
    app_secret: Option<&'a Secret>,
}

impl Client<'_> {
    /// Asks one question. Also tells by how many milliseconds the provider's clock is ahead of ours.
    async fn ask(&self, app: &App, question: Question) -> (Result<Answer, NoAnswer>, Option<i64>) {
        let Some(questions) = self.provider.questions() else { return (Err(NoAnswer::NotAsked), None) };
        let Some(request) = questions.request(question, self.key, self.app_secret, app.now()) else {
            return (Err(NoAnswer::NotAsked), None);
        };
        let answer = match app.egress.execute(request, CALL).await {
            Ok(answer) => answer,
            Err(error) => return (Err(NoAnswer::Silent(error.into())), None),
        };
        let said = questions.answer(question, answer.response()).map_err(|failure| {
            // An answer that is no refusal tells nothing of what was asked about.
            if answer.status == 429 || answer.status >= 500 {
                NoAnswer::Unable(failure.detail)
            } else {
                NoAnswer::Refused(failure)
            }
        });
        (said, ahead(&answer.headers, app.now()))
    }

    /// Asks one question, whose answer is shown and no more.
    async fn about(&self, app: &App, question: Question) -> Heard<Answer> {
        heard(self.ask(app, question).await.0)
    }

    /// Whether our address is registered.
    async fn registered(&self, app: &App, channel: &Channel) -> Heard<bool> {
        let (Some(registration), Some(address)) =
            (self.provider.registration(), webhook_address::address(app, channel))
        else {
            return Heard::NotAsked;
        };
        match app.egress.execute(registration.read(self.key, app.now()), CALL).await {
            Err(error) => Heard::Silent(error.into()),
            Ok(answer) => match registration.settings(answer.response()) {
                Ok(settings) => Heard::Said(settings.has(&address, registration.needed())),
                Err(failure) => Heard::Refused(failure.detail),
            },
        }
    }
}

/// What came of asking about a token.
#[derive(Clone, Copy)]
enum TokenResult {
    Works,
    Refused {
        /// Whether a renewed one would do.
        would_help: bool,
    },
    Unknown,
}

/// Why a question has no answer.
enum NoAnswer {
    Refused(Failure),
    Unable(String),
    Silent(Silence),
    NotAsked,
}

fn heard(answer: Result<Answer, NoAnswer>) -> Heard<Answer> {
    match answer {
        Ok(said) => Heard::Said(said),
        Err(NoAnswer::Refused(failure)) => Heard::Refused(failure.detail),
        Err(NoAnswer::Unable(why)) => Heard::Unable(why),
        Err(NoAnswer::Silent(why)) => Heard::Silent(why),
        Err(NoAnswer::NotAsked) => Heard::NotAsked,
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
fn pick<T>(heard: Heard<Answer>, with: impl FnOnce(Answer) -> Option<T>) -> Heard<T> {
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
