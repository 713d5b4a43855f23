//! Deleting channels, bringing them back, and forgetting them.

use bytes::Bytes;
use serde_json::json;
use warta_core::audit::Action;
use warta_core::channel::{Environment, Protocol, SecretKind, State};
use warta_core::identity::Identity;
use warta_core::ids::{ApiKeyId, EnvelopeId, HandoffId, MessageId, OrganizationId};
use warta_core::message::{Context, InboundContent, Text};
use warta_core::webhook::{Item, Message};
use warta_store::{DELETED_CHANNELS_STAY, Error, Ingest, MessageFilter, NewApiKey, NewItem, Part, Scope};

use crate::{Fixture, at};

impl Fixture {
    async fn somebody_writes(&self) -> MessageId {
        let item = Item::Message(Box::new(Message {
            provider_id: "wamid.1".to_owned(),
            from: Identity::Phone("6281255501234".parse().unwrap()),
            name: None,
            username: None,
            room: None,
            sent_at: at(0),
            content: InboundContent::Text(Text { body: "hi".to_owned(), preview_url: false }),
            context: Context::default(),
        }));
        let items = vec![NewItem { id: self.id(), item }];
        let ingest = Ingest {
            organization: self.organization,
            channel: self.channel,
            envelope: EnvelopeId::from_uuid(self.id()),
            received_at: at(0),
            body: Bytes::from_static(b"{}"),
            parts: vec![Part { channel: self.channel, items }],
        };
        self.store.ingest(ingest).await.unwrap().inserted[0]
    }

    async fn delete(&self, seconds: i64) {
        let entry = self.act(Action::ChannelDeleted, seconds);
        self.store.delete_channel(self.scope(), self.channel, &entry).await.unwrap();
    }

    async fn restore(&self, seconds: i64) -> Result<(), Error> {
        let entry = self.act(Action::ChannelRestored, seconds);
        self.store.restore_channel(self.scope(), self.channel, &entry).await
    }
}

fn stay() -> i64 {
    i64::try_from(DELETED_CHANNELS_STAY.as_secs()).unwrap()
}

on_both! {
    a_deleted_channel_is_found_by_nothing_but_its_messages_stay(f) {
        let message = f.somebody_writes().await;
        f.delete(1).await;
        assert!(f.store.channel(f.channel).await.unwrap().is_none());
        assert!(f.store.channels(f.scope()).await.unwrap().is_empty());
        assert!(f.store.channel_of(f.scope(), f.agent, Environment::Published).await.unwrap().is_none());
        assert_eq!(f.store.channel_of_account(Protocol::MetaCloud, &"6281100000001".parse().unwrap()).await.unwrap(), None);
        let again = f.store.delete_channel(f.scope(), f.channel, &f.act(Action::ChannelDeleted, 2)).await;
        assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
        let changed = f.store.change_channel(f.scope(), (f.channel, 2), warta_store::ChannelChange::default(), "x", &f.act(Action::ChannelChanged, 2)).await;
        assert!(matches!(changed, Err(Error::NotFound)), "{changed:?}");
        assert!(f.store.message(f.scope(), message).await.unwrap().is_some());
        let filter = MessageFilter { limit: 10, ..MessageFilter::default() };
        assert_eq!(f.store.messages(f.scope(), &filter).await.unwrap().messages.len(), 1);
        let claimed = f.store.claim_conversations("a", at(3), std::time::Duration::from_mins(1), 10).await.unwrap();
        assert!(claimed.is_empty(), "nothing is handed on");
        assert_eq!(f.revisions(f.channel).await[0].change, "deleted");
    }

    its_keys_open_nothing_until_it_is_back(f) {
        let new = NewApiKey {
            id: ApiKeyId::from_uuid(f.id()),
            channel: f.channel,
            public_id: "abcdefgh".to_owned(),
            name: "key".to_owned(),
            secret_hash: vec![1; 32],
            expires_at: at(1_000_000),
        };
        let key = f.store.create_api_key(f.scope(), new, at(0)).await.unwrap();
        assert_eq!(f.store.api_key("abcdefgh").await.unwrap(), Some(key.clone()));
        f.delete(1).await;
        assert_eq!(f.store.api_key("abcdefgh").await.unwrap(), None);
        f.restore(2).await.unwrap();
        assert_eq!(f.store.api_key("abcdefgh").await.unwrap(), Some(key));
    }

    its_place_and_its_account_are_free(f) {
        f.delete(1).await;
        f.create(f.new_channel(warta_core::ids::ChannelId::from_uuid(f.id()), Environment::Published, "6281100000001")).await;
        assert!(matches!(f.restore(2).await, Err(Error::EnvironmentTaken)));
    }

    it_comes_back_as_it_was_but_not_in_use(f) {
        f.delete(1).await;
        let listed = f.store.deleted_channels(f.scope(), f.agent, at(2)).await.unwrap();
        assert_eq!((listed[0].id, listed[0].environment, listed[0].deleted_at), (f.channel, Environment::Published, at(1)));
        assert_eq!(listed[0].account, "6281100000001".parse().ok());
        let foreign = Scope::new(OrganizationId::from_uuid(f.id()));
        assert!(f.store.deleted_channels(foreign, f.agent, at(2)).await.unwrap().is_empty());
        let stolen = f.store.restore_channel(foreign, f.channel, &f.act(Action::ChannelRestored, 2)).await;
        assert!(matches!(stolen, Err(Error::NotFound)), "{stolen:?}");
        f.restore(3).await.unwrap();
        let channel = f.channel(f.channel).await;
        assert_eq!((channel.state, channel.revision), (State::Saved, 3));
        assert_eq!((channel.account, channel.settings), ("6281100000001".parse().ok(), json!({"phone_number_id": "1"})));
        assert_eq!(f.secrets(f.channel, SecretKind::AccessToken, 3).await, ["EAAG-canary-token"]);
        assert!(matches!(f.restore(4).await, Err(Error::NotFound)));
        assert!(f.store.deleted_channels(f.scope(), f.agent, at(4)).await.unwrap().is_empty());
    }

    it_comes_back_for_thirty_days(f) {
        f.delete(0).await;
        assert_eq!(f.store.deleted_channels(f.scope(), f.agent, at(stay() - 1)).await.unwrap().len(), 1);
        assert!(f.store.deleted_channels(f.scope(), f.agent, at(stay())).await.unwrap().is_empty());
        assert!(matches!(f.restore(stay()).await, Err(Error::NotFound)));
        f.restore(stay() - 1).await.unwrap();
    }

    what_is_forgotten_is_gone_but_for_the_messages(f) {
        let message = f.somebody_writes().await;
        let id = HandoffId::from_uuid(f.id());
        f.store.create_handoff(f.scope(), (f.channel, id), at(100), &f.act(Action::HandoffMade, 1)).await.unwrap();
        let other = f.create(f.empty_draft()).await;
        f.delete(2).await;
        assert_eq!(f.store.purge_deleted(at(2)).await.unwrap(), 0, "not yet");
        assert_eq!(f.store.purge_deleted(at(3)).await.unwrap(), 1);
        assert_eq!(f.store.purge_deleted(at(3)).await.unwrap(), 0, "once");
        assert!(f.store.secret_rows(f.scope(), f.channel).await.unwrap().is_empty());
        assert!(f.revisions(f.channel).await.is_empty());
        assert!(f.store.handoffs(f.scope(), f.channel).await.unwrap().is_empty());
        assert!(f.store.message(f.scope(), message).await.unwrap().is_some());
        assert_eq!((f.revisions(other).await.len(), f.rows(other, SecretKind::WebhookSecret).await.len()), (1, 1));
    }
}
