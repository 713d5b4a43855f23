//! Renewing an access token that the provider no longer takes, or soon will not: once for all who find it, on however many nodes.
//! Whoever waits meanwhile goes on with the new one.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use uuid::Uuid;
use warta_core::audit::Action;
use warta_core::channel::SecretKind;
use warta_core::checkup;
use warta_core::delivery::Failure;
use warta_core::ids::{AuditId, ChannelId};
use warta_core::json;
use warta_core::policy::renewal::{self as policy, Failed};
use warta_core::secret::Secret;
use warta_protocol::Provider;
use warta_protocol::check::TOKEN_INVALID;
use warta_protocol::http::Request;
use warta_protocol::outgoing::NOT_CONNECTED;
use warta_protocol::renewal::{GRANT_REFUSED, Granted, Renewal};
use warta_store::{Change, Channel, Entry, NewSecret, Renewed, Scope, Standing};

use crate::app::App;
use crate::upstream::token;

/// How long one call may take: a user waits for what is to be sent.
const CALL: Duration = Duration::from_secs(5);
/// How many calls one renewal makes at the most: each secret that may get a token, the ones before it.
const CALLS: usize = 4;
/// How long a renewal holds that was begun: longer than all its calls, so that it does not end under a live node.
const LEASE: Duration = Duration::from_mins(1);
/// How often, and how many times, a node looks whether another has brought the new token.
const POLL_EVERY: Duration = Duration::from_millis(100);
const POLLS: usize = 100;

/// A token to go on with.
#[derive(Debug, Clone)]
pub struct RenewedToken {
    /// Its row.
    pub row: Uuid,
    /// Itself.
    pub token: Secret,
}

/// Whether a failure says that a renewed token would do: it has ended, or there is none. One that may too little stays so.
#[must_use]
pub fn would_help(failure: &Failure) -> bool {
    matches!(failure.code.as_str(), TOKEN_INVALID | token::MISSING)
}

/// A token in place of the one in the row `worn`: renewed now, or by somebody else a moment ago. `None` where this channel's
/// cannot be renewed.
///
/// # Errors
///
/// When the provider gives out none, or did shortly before.
pub async fn renew(
    app: &Arc<App>,
    channel: &Channel,
    worn: Option<Uuid>,
) -> Result<Option<RenewedToken>, Failure> {
    if !is_possible(app, channel) {
        return Ok(None);
    }
    // Apart from who asks: a token that was given out must be kept, whatever becomes of the request or claim that needed it.
    let task = app.tasks.spawn(renew_in_queue(Arc::clone(app), channel.id, worn));
    let ended = task.await;
    if let Ok(Ok(Some(_))) = &ended {
        app.directory.forget_channel(channel);
    }
    ended.unwrap_or_else(|_| Err(Failure::new("renewal_broken", "The renewal of the token broke off.")))
}

/// The token to use instead where the one that would be tried first ends soon, and could be renewed. Each send asks: while a renewal
/// rests that came to nothing, nothing is looked up for it.
pub async fn early(app: &Arc<App>, channel: &Channel) -> Option<RenewedToken> {
    let keys = channel.to_try(SecretKind::AccessToken, app.now());
    let (row, _, _) = keys.first()?;
    let (given_at, ends_at) = channel.life(*row)?;
    if policy::due(given_at, ends_at) > app.now() || app.memory.renewals.is_resting(channel, app.now()) {
        return None;
    }
    renew(app, channel, Some(*row)).await.ok().flatten()
}

/// A token that was just given out is refused all the same: another would be too, so the next is asked for after a rest.
pub async fn in_vain(app: &App, channel: &Channel, failure: &Failure) {
    let place = (Scope::new(channel.organization), channel.id);
    let detail = format!("The provider gave out a new token and refuses it: {}", failure.detail);
    let failure = Failure { detail, ..failure.clone() };
    let kept = async {
        // By now it is at another revision.
        let Some(channel) = app.store.channel(channel.id).await? else { return Ok(()) };
        let failed = Failed { at: app.now(), revision: channel.revision, refused: true, failure };
        app.memory.renewals.note_failed(channel.id, failed.clone(), app.now());
        app.store.fail_renewal(place, &json::value(&failed)).await
    };
    if let Err(error) = kept.await {
        unstored(&error);
    }
}

/// Whether a channel has all that it takes to ask for a token.
#[must_use]
pub fn is_possible(app: &App, channel: &Channel) -> bool {
    provider(channel).is_some_and(|provider| {
        provider.renewal().is_some_and(|renewal| !grant_requests(app, channel, renewal).is_empty())
    })
}

/// True if this channel uses secrets of this kind, so that a new one can prove itself by use. A secret that is not used is replaced
/// at once.
#[must_use]
pub fn gets_to_work(app: &App, channel: &Channel, kind: SecretKind) -> bool {
    let Ok(provider) = warta_protocol::read(channel.protocol, &channel.settings) else {
        // It lacks something yet, and what it is for is not known.
        return true;
    };
    let opens = provider.key(None) == kind;
    match kind {
        SecretKind::AccessToken => opens,
        SecretKind::ClientSecret => opens || is_possible(app, channel),
        SecretKind::Password | SecretKind::RefreshToken => is_possible(app, channel),
        // The one that is not asked with opens templates, the others prove events.
        SecretKind::PushToken | SecretKind::AppSecret | SecretKind::WebhookSecret => true,
    }
}

/// How the renewal of a channel's token stands, for its check-up; `last` is the one that came to nothing.
#[must_use]
pub fn standing(app: &App, channel: &Channel, last: Option<serde_json::Value>) -> checkup::Renewal {
    match last.and_then(|last| serde_json::from_value(last).ok()) {
        _ if !is_possible(app, channel) => checkup::Renewal::NotSet,
        Some(failed) => checkup::Renewal::Failed(failed),
        None => checkup::Renewal::Ready,
    }
}

fn provider(channel: &Channel) -> Option<Arc<dyn Provider>> {
    warta_protocol::read(channel.protocol, &channel.settings).ok()
}

/// A call that may get a token, and the rows of what it shows.
struct GrantRequest {
    request: Request,
    with: [Uuid; 2],
}

/// The calls that may get a token, those first that the provider has not refused.
fn grant_requests(app: &App, channel: &Channel, renewal: &dyn Renewal) -> Vec<GrantRequest> {
    let now = app.now();
    let mut grant_requests = Vec::new();
    for kind in renewal.kinds() {
        for (row, secret, standing) in channel.to_try(*kind, now) {
            for (client_row, client_secret, _) in channel.to_try(SecretKind::ClientSecret, now) {
                if let Some(request) = renewal.request(*kind, secret, client_secret) {
                    grant_requests.push((
                        standing == Standing::Refused,
                        GrantRequest { request, with: [row, client_row] },
                    ));
                }
            }
        }
    }
    grant_requests.sort_by_key(|(refused, _)| *refused);
    grant_requests.into_iter().map(|(_, attempt)| attempt).take(CALLS).collect()
}

/// One after the other on this node; of several nodes, whoever begins first.
async fn renew_in_queue(
    app: Arc<App>,
    id: ChannelId,
    worn: Option<Uuid>,
) -> Result<Option<RenewedToken>, Failure> {
    let queue = app.memory.renewals.queue(id);
    let before = queue.ended.load(Ordering::Acquire);
    let mut last = queue.last.lock().await;
    if let Some(failure) = last.as_ref().filter(|_| queue.ended.load(Ordering::Acquire) != before) {
        return Err(failure.clone());
    }
    let result = poll_or_renew(&app, id, worn).await;
    *last = result.as_ref().err().cloned();
    queue.ended.fetch_add(1, Ordering::Release);
    result
}

async fn poll_or_renew(
    app: &App,
    id: ChannelId,
    worn: Option<Uuid>,
) -> Result<Option<RenewedToken>, Failure> {
    for _ in 0..POLLS {
        let Some(channel) = app.store.channel(id).await.map_err(|error| unstored(&error))? else {
            return Ok(None);
        };
        if let Some(fresh) = newer(app, &channel, worn) {
            return Ok(Some(fresh));
        }
        if let Some(failed) = resting(app, &channel).await? {
            return Err(failed.failure);
        }
        let place = (Scope::new(channel.organization), id);
        let begun = app.store.begin_renewal(place, worn, app.now(), LEASE).await;
        if begun.map_err(|error| unstored(&error))? {
            return ask(app, &channel).await;
        }
        tokio::time::sleep(POLL_EVERY).await;
    }
    Err(Failure::new("renewal_busy", "The token is being renewed by another node."))
}

/// A token that is newer than the worn one, and was not refused.
fn newer(app: &App, channel: &Channel, worn: Option<Uuid>) -> Option<RenewedToken> {
    let keys = channel.to_try(SecretKind::AccessToken, app.now());
    let is_newer = |row: Uuid| worn.is_none_or(|worn| row > worn);
    let (row, token, _) =
        keys.into_iter().find(|(row, _, standing)| is_newer(*row) && *standing != Standing::Refused)?;
    Some(RenewedToken { row, token: token.clone() })
}

/// The last renewal, where it came to nothing so shortly before that it is too early for another.
async fn resting(app: &App, channel: &Channel) -> Result<Option<Failed>, Failure> {
    let look = app.store.look(Scope::new(channel.organization), channel.id).await;
    let last = look.map_err(|error| unstored(&error))?.renewal;
    let failed = last.and_then(|last| serde_json::from_value::<Failed>(last).ok());
    let failed = failed.filter(|failed| failed.must_wait(channel.revision, app.now()));
    if let Some(failed) = &failed {
        app.memory.renewals.note_failed(channel.id, failed.clone(), app.now());
    }
    Ok(failed)
}

/// Asks the provider, unless somebody else did in vain between our look and our turn. What came of it is kept.
async fn ask(app: &App, channel: &Channel) -> Result<Option<RenewedToken>, Failure> {
    let place = (Scope::new(channel.organization), channel.id);
    let failed = match resting(app, channel).await? {
        Some(failed) => failed,
        None => match try_each_grant(app, channel).await {
            Ok((granted, with)) => return keep(app, channel, granted, with).await.map(Some),
            Err(failed) => failed,
        },
    };
    app.memory.renewals.note_failed(channel.id, failed.clone(), app.now());
    let kept = json::value(&failed);
    app.store.fail_renewal(place, &kept).await.map_err(|error| unstored(&error))?;
    Err(failed.failure)
}

/// Sends the requests in turn until one brings a token; also gives the rows of the secrets it showed.
async fn try_each_grant(app: &App, channel: &Channel) -> Result<(Granted, [Uuid; 2]), Failed> {
    let revision = channel.revision;
    let failure = Failure::new("renewal_not_set", "What it takes to renew the token is no longer there.");
    let mut failed = Failed { at: app.now(), revision, refused: true, failure };
    let provider = provider(channel);
    if let Some(renewal) = provider.as_ref().and_then(|provider| provider.renewal()) {
        for attempt in grant_requests(app, channel, renewal) {
            let failure = match call(app, renewal, attempt.request).await {
                Ok(granted) => return Ok((granted, attempt.with)),
                Err(failure) => failure,
            };
            let refused = failure.code == GRANT_REFUSED;
            if refused {
                refuse(app, channel, attempt.with, &failure).await;
            }
            failed = Failed { at: app.now(), revision, refused, failure };
        }
    }
    tracing::error!(channel.id = %channel.id, code = failed.failure.code, "the access token could not be renewed");
    metrics::counter!("warta_token_renewal_total", "result" => "failed").increment(1);
    Err(failed)
}

async fn call(app: &App, renewal: &dyn Renewal, request: Request) -> Result<Granted, Failure> {
    let answer = app.egress.execute(request, CALL).await;
    let answer = answer.map_err(|error| {
        Failure::new(
            NOT_CONNECTED,
            format!("The provider did not answer when asked for a new token: {error}."),
        )
    })?;
    renewal.granted(answer.response(), app.now())
}

/// The secrets that were refused are tried last the next time; which of them was at fault, nobody says.
async fn refuse(app: &App, channel: &Channel, rows: [Uuid; 2], failure: &Failure) {
    for row in rows {
        token::refused(app, channel, row, failure).await;
    }
}

async fn keep(
    app: &App,
    channel: &Channel,
    granted: Granted,
    with: [Uuid; 2],
) -> Result<RenewedToken, Failure> {
    let now = app.now();
    let new = |kind, secret| NewSecret { row: app.minter.uuid(now), kind, secret };
    let refresh_token = granted.refresh_token.map(|secret| new(SecretKind::RefreshToken, secret));
    let token = new(SecretKind::AccessToken, granted.access_token);
    let fresh = RenewedToken { row: token.row, token: token.secret.clone() };
    let mut entry = Entry::by_system(AuditId::from_uuid(app.minter.uuid(now)), Action::TokenRenewed, now);
    (entry.agent, entry.channel) = (Some(channel.agent), Some(channel.id));
    token.kind.as_str().clone_into(&mut entry.subject);
    entry.changes = vec![Change {
        field: token.kind.as_str().to_owned(),
        before: channel.secrets(token.kind, now).next().map(Secret::last_four),
        after: Some(token.secret.last_four()),
    }];
    let place = (Scope::new(channel.organization), channel.id);
    let renewed = Renewed { token, ends_at: granted.expires_at, refresh_token, with: with.into() };
    let kept = app.store.end_renewal(place, renewed, &entry).await;
    kept.map_err(|error| unstored(&error))?;
    tracing::info!(channel.id = %channel.id, "the access token was renewed");
    metrics::counter!("warta_token_renewal_total", "result" => "renewed").increment(1);
    Ok(fresh)
}

fn unstored(error: &warta_store::Error) -> Failure {
    tracing::error!(%error, "the renewal of a token could not be stored");
    Failure::new("renewal_unstored", "What it takes to renew the token cannot be read or kept at the moment.")
}
