//! Changing a channel's row: held for the transaction, written as the next revision.

use uuid::Uuid;
use warta_core::channel::State;

use crate::audit::Entry;
use crate::channels::revisions;
use crate::channels::rows::{Channel, Row, account_word, columns, complete, session_word, taken};
use crate::db::{Tx, on};
use crate::error::Error;

/// Holds a channel until the transaction ends, and reads it, without its secrets.
///
/// # Errors
///
/// [`Error::NotFound`], also for one that was deleted; [`Error::Conflict`] when it is not at the revision `expected`.
pub(crate) async fn hold(
    tx: &mut Tx,
    (organization, id): (Uuid, Uuid),
    expected: Option<i64>,
) -> Result<Channel, Error> {
    const SQL: &str = concat!(
        "UPDATE channel SET revision = revision WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING",
        columns!()
    );
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(organization).bind(id).fetch_optional(c).await?);
    let channel = row.ok_or(Error::NotFound)?.channel()?;
    match expected {
        Some(expected) if expected != channel.revision => Err(Error::Conflict { current: channel.revision }),
        _ => Ok(channel),
    }
}

/// Writes a channel that is held, as its next revision. What waited while it was paused becomes due.
///
/// # Errors
///
/// [`Error::Incomplete`] when it is to be in use without an account; [`Error::AccountTaken`].
pub(crate) async fn put(tx: &mut Tx, channel: &mut Channel, word: &str, entry: &Entry) -> Result<(), Error> {
    const SQL: &str = "
        UPDATE channel SET protocol = $3, state = $4, account = $5, settings = $6, revision = $7, updated_at = $8,
          session = $9
        WHERE organization_id = $1 AND id = $2";
    complete(channel.state, channel.account.as_ref())?;
    channel.revision += 1;
    let done = on!(tx, c => sqlx::query(SQL).bind(channel.organization.uuid()).bind(channel.id.uuid())
        .bind(channel.protocol.as_str()).bind(channel.state.as_str()).bind(account_word(channel.account.as_ref()))
        .bind(channel.settings.to_string()).bind(channel.revision).bind(entry.at.as_millis())
        .bind(session_word(&channel.session)).execute(c).await.map(|done| done.rows_affected()));
    done.map_err(taken)?;
    if channel.state == State::Live {
        tx.due.conversations = true;
        tx.due.numbers = true;
    }
    revisions::insert(tx, channel, word, entry).await
}

/// Forgets a failed renewal: the credentials have changed, so it may succeed now.
pub(super) async fn forget_failed_renewal(
    tx: &mut Tx,
    (organization, channel): (Uuid, Uuid),
) -> Result<(), Error> {
    const SQL: &str = "UPDATE channel SET renewal = NULL WHERE organization_id = $1 AND id = $2";
    on!(tx, c => sqlx::query(SQL).bind(organization).bind(channel).execute(c).await?.rows_affected());
    Ok(())
}
