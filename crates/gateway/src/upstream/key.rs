//! A call to the provider that somebody waits for: made with the first of the channel's keys that is taken, in the end with a renewed
//! one.

use std::sync::Arc;

use warta_core::delivery::Failure;
use warta_core::secret::Secret;

use crate::app::App;
use crate::directory::ChannelRuntime;
use crate::upstream::{renewal, token};

/// What can go wrong with such a call.
pub trait Outcome {
    /// There is no key to ask with.
    fn missing(why: Failure) -> Self;

    /// What the provider said, where it may be the key's fault.
    fn refusal(&self) -> Option<&Failure>;
}

impl Outcome for Failure {
    fn missing(why: Failure) -> Self {
        why
    }

    fn refusal(&self) -> Option<&Failure> {
        Some(self)
    }
}

/// Asks with one key after the other, in the order in which a send tries them, for as long as the provider refuses the key.
///
/// # Errors
///
/// What went wrong with the last.
pub async fn try_each<T, E, F>(
    app: &Arc<App>,
    runtime: &ChannelRuntime,
    ask: impl Fn(Secret) -> F,
) -> Result<T, E>
where
    E: Outcome,
    F: Future<Output = Result<T, E>>,
{
    let kind = runtime.provider.key(None);
    let keys = runtime.channel.to_try(kind, app.now());
    let mut outcome = Err(E::missing(token::missing(kind)));
    for (_, key, _) in &keys {
        outcome = ask((*key).clone()).await;
        if !outcome.as_ref().err().and_then(E::refusal).is_some_and(token::is_refused) {
            break;
        }
    }
    let worn = outcome
        .as_ref()
        .err()
        .is_some_and(|why| keys.is_empty() || why.refusal().is_some_and(renewal::would_help));
    if worn
        && let newest = keys.iter().map(|(row, ..)| *row).max()
        && let Ok(Some(fresh)) = renewal::renew(app, &runtime.channel, newest).await
    {
        return ask(fresh.token).await;
    }
    outcome
}
