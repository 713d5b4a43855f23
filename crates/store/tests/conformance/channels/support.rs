//! What tests of channels have in common.

use serde_json::json;
use warta_core::audit::Action;
use warta_core::channel::{Environment, SecretKind, State};
use warta_core::ids::ChannelId;
use warta_store::{AuditFilter, Channel, ChannelChange, Entry, Error, NewChannel, Revision, SecretRow};

use crate::{Fixture, at};

impl Fixture {
    /// An entry about the channel, by somebody with a name.
    pub(crate) fn act(&self, action: Action, seconds: i64) -> Entry {
        Entry { channel: Some(self.channel), ..self.entry(action, None, at(seconds)) }
    }

    pub(crate) async fn channel(&self, id: ChannelId) -> Channel {
        self.store.channel(id).await.unwrap().unwrap()
    }

    /// Changes a channel, whatever its revision.
    pub(crate) async fn change(
        &self,
        id: ChannelId,
        change: ChannelChange,
        seconds: i64,
    ) -> Result<i64, Error> {
        let place = (id, self.channel(id).await.revision);
        let entry = self.act(Action::ChannelChanged, seconds);
        self.store.change_channel(self.scope(), place, change, "settings", &entry).await
    }

    pub(crate) async fn set_state(&self, id: ChannelId, state: State, seconds: i64) {
        let change = ChannelChange { state: Some(state), ..ChannelChange::default() };
        self.change(id, change, seconds).await.unwrap();
    }

    /// A Draft channel that is only begun: no account, no settings, a webhook secret.
    pub(crate) fn empty_draft(&self) -> NewChannel {
        NewChannel {
            state: State::Saved,
            account: None,
            settings: json!({}),
            session: warta_core::session::Settings::default(),
            secrets: vec![self.secret(SecretKind::WebhookSecret, "the draft's webhook secret")],
            ..self.new_channel(ChannelId::from_uuid(self.id()), Environment::Draft, "")
        }
    }

    pub(crate) async fn create(&self, new: NewChannel) -> ChannelId {
        let id = new.id;
        self.store.create_channel(new, &self.act(Action::ChannelCreated, 0)).await.unwrap();
        id
    }

    pub(crate) async fn revisions(&self, id: ChannelId) -> Vec<Revision> {
        self.store.revisions(self.scope(), id, None, 100).await.unwrap()
    }

    pub(crate) async fn rows(&self, id: ChannelId, kind: SecretKind) -> Vec<SecretRow> {
        let rows = self.store.secret_rows(self.scope(), id).await.unwrap();
        rows.into_iter().filter(|row| row.kind == kind).collect()
    }

    /// The valid secrets of a kind, in the order in which they are tried.
    pub(crate) async fn secrets(&self, id: ChannelId, kind: SecretKind, seconds: i64) -> Vec<String> {
        let channel = self.channel(id).await;
        channel.secrets(kind, at(seconds)).map(|secret| secret.expose().to_owned()).collect()
    }

    /// How much the audit holds.
    pub(crate) async fn audited(&self) -> usize {
        let filter = AuditFilter { limit: 500, ..AuditFilter::default() };
        self.store.audit(self.scope(), &filter).await.unwrap().entries.len()
    }
}
