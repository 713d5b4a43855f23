//! How an access token comes to be trusted or not: by what the provider says of it when it is used or checked.

use std::time::Duration;

use uuid::Uuid;
use warta_core::channel::SecretKind;
use warta_core::delivery::Failure;
use warta_core::secret::Secret;
use warta_protocol::check::{Answer, Question, TOKEN_INVALID};
use warta_protocol::outgoing::NOT_CONNECTED;
use warta_store::{Channel, Scope};

use crate::app::App;
use crate::memory::tokens::Checked;

/// The word of the failure that says that there is no access token at all.
pub const MISSING: &str = "token_missing";
/// How long a check may take: somebody waits for the page.
const CHECK: Duration = Duration::from_secs(5);

/// Which of a channel's secrets the provider is asked with: mostly the access token. What is said here of tokens holds for it.
#[must_use]
pub fn kind(channel: &Channel) -> SecretKind {
    warta_protocol::read(channel.protocol, &channel.settings)
        .map_or(SecretKind::AccessToken, |provider| provider.key(None))
}

/// What to say where a channel has none of the secrets that open the provider's door. Nothing was sent.
#[must_use]
pub fn missing(kind: SecretKind) -> Failure {
    match kind {
        SecretKind::ClientSecret => Failure::new(
            "client_secret_missing",
            "The channel has no client secret to sign its calls with. Enter it among the credentials.",
        ),
        SecretKind::AccessToken
        | SecretKind::PushToken
        | SecretKind::AppSecret
        | SecretKind::WebhookSecret
        | SecretKind::Password
        | SecretKind::RefreshToken => {
            Failure::new(MISSING, "The channel has no access token. Enter it among the credentials.")
        }
    }
}

/// Whether a failure says that another token might do.
#[must_use]
pub fn is_refused(failure: &Failure) -> bool {
    matches!(failure.code.as_str(), TOKEN_INVALID | "permission_missing" | "no_access")
}

/// Keeps that a token has worked; those before it end.
pub async fn proven(app: &App, channel: &Channel, row: Uuid) {
    let scope = Scope::new(channel.organization);
    let noted = app.store.prove_secret(scope, channel.id, row, app.now()).await;
    noted_for(app, channel, noted.map(drop));
}

/// Keeps that the provider does not take a token, in its words.
pub async fn refused(app: &App, channel: &Channel, row: Uuid, failure: &Failure) {
    let scope = Scope::new(channel.organization);
    let noted = app.store.refuse_secret(scope, channel.id, row, &failure.detail).await;
    noted_for(app, channel, noted);
}

fn noted_for(app: &App, channel: &Channel, noted: Result<(), warta_store::Error>) {
    app.directory.forget_channel(channel);
    if let Err(error) = noted {
        tracing::warn!(channel.id = %channel.id, %error, "what became of a token could not be noted");
    }
}

/// Asks the provider about a token of a channel and keeps the answer.
pub async fn check(app: &App, channel: &Channel, row: Uuid, token: &Secret) -> Checked {
    let checked = ask(app, channel, token).await;
    match &checked {
        Checked::Worked(_) => proven(app, channel, row).await,
        Checked::Refused(failure) => refused(app, channel, row, failure).await,
        Checked::Unreached(_) | Checked::Incomplete | Checked::Unasked => {}
    }
    checked
}

/// The token is asked about itself and then tried on the number: only both together prove it for this channel. A provider that
/// cannot be asked about either is [`Checked::Unasked`].
async fn ask(app: &App, channel: &Channel, token: &Secret) -> Checked {
    let Ok(provider) = warta_protocol::read(channel.protocol, &channel.settings) else {
        return Checked::Incomplete;
    };
    let Some(questions) = provider.questions() else { return Checked::Unasked };
    let mut facts = None;
    for question in [Question::Token, Question::Number] {
        let Some(request) = questions.request(question, token, None, app.now()) else { continue };
        let Ok(answer) = app.egress.execute(request, CHECK).await else {
            return Checked::Unreached(Failure::new(NOT_CONNECTED, "The provider could not be reached."));
        };
        match questions.answer(question, answer.response()) {
            Ok(Answer::Token(said)) => {
                if let Some(failure) = said.failure {
                    return Checked::Refused(failure);
                }
                facts = Some(said);
            }
            Ok(_) => {}
            Err(failure) => return judged(failure),
        }
    }
    facts.map_or(Checked::Unasked, Checked::Worked)
}

fn judged(failure: Failure) -> Checked {
    if is_refused(&failure) { Checked::Refused(failure) } else { Checked::Unreached(failure) }
}
