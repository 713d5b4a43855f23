//! What can be put right at the provider's from here.

use warta_store::{Channel, SecretKind};

use crate::app::App;
use crate::check::checkup::provider::CALL;
use crate::egress;
use crate::webhook_address;

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
    let callback = webhook_address::address(app, channel).ok_or(NotMended::Incomplete)?;
    let Some(target) = provider.webhook_target() else { return Ok(()) };
    for request in target.requests(key, &callback, verify, subscribe) {
        // The provider makes the handshake with us before it answers.
        let answer = app.egress.execute(request, CALL * 2).await.map_err(NotMended::Silent)?;
        target.confirm(answer.response()).map_err(|failure| NotMended::Refused(failure.detail))?;
    }
    Ok(())
}
