//! A user's message is shown as read, and as being answered, because a program asked for it. What the gateway does by itself when it
//! hands a message over is in `flow::deliver`: nobody waits for that.

use std::sync::Arc;
use std::time::Duration;

use warta_core::delivery::Failure;
use warta_protocol::outgoing::{NOT_CONNECTED, UNSUPPORTED};
use warta_protocol::read_receipt::ReadReceipt;

use crate::app::App;
use crate::directory::ChannelRuntime;
use crate::upstream::key;

/// How long the provider may take.
const CALL: Duration = Duration::from_secs(10);

/// Has the provider show it.
///
/// # Errors
///
/// Why it did not, in words for whoever asked.
pub async fn show(app: &Arc<App>, runtime: &ChannelRuntime, receipt: ReadReceipt<'_>) -> Result<(), Failure> {
    let Some(receipts) = runtime.provider.read_receipts() else {
        return Err(Failure::new(UNSUPPORTED, "This provider sends no read receipts."));
    };
    key::try_each(app, runtime, |key| async move {
        let Some(request) = receipts.request(&key, receipt, app.now()) else {
            let detail = "The provider's room of this conversation is not known.";
            return Err(Failure::new("room_unknown", detail));
        };
        let answer = app.egress.execute(request, CALL).await;
        let answer = answer
            .map_err(|error| Failure::new(NOT_CONNECTED, format!("The provider did not answer: {error}.")))?;
        receipts.confirm(answer.response())
    })
    .await
}
