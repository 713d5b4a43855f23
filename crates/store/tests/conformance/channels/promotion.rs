//! Draft becomes Published in one transaction.

use serde_json::{Value, json};
use warta_core::audit::Action;
use warta_core::channel::{Environment, Protocol, SecretKind, State};
use warta_core::ids::{AgentId, ChannelId};
use warta_store::{Error, NewAgent, NewChannel, Promotion, PromotionTarget};

use crate::{Fixture, at};

const DAY: i64 = 24 * 3_600;

impl Fixture {
    /// A live Draft channel beside the live Published one.
    async fn draft(&self) -> ChannelId {
        let new = self.new_channel(ChannelId::from_uuid(self.id()), Environment::Draft, "6281100000002");
        let secrets = vec![
            self.secret(SecretKind::AccessToken, "EAAG-canary-of-draft"),
            self.secret(SecretKind::AppSecret, "the draft's app secret"),
            self.secret(SecretKind::WebhookSecret, "the draft's webhook secret"),
        ];
        self.create(NewChannel {
            settings: json!({"phone_number_id": "2", "version": "v26.0"}),
            secrets,
            ..new
        })
        .await
    }

    async fn promote(&self, promotion: Promotion, seconds: i64) -> Result<(), Error> {
        self.store.promote(self.scope(), promotion, &self.act(Action::Promoted, seconds)).await
    }

    fn promotion(&self, from: ChannelId, moves: bool, settings_to: Value) -> Promotion {
        Promotion {
            from,
            expected_from: 1,
            to: PromotionTarget::Existing(self.channel, 1),
            protocol: Protocol::MetaCloud,
            settings_to,
            state: State::Live,
            account: moves,
            credentials: moves,
            app_secrets_until: at(DAY),
            settings_from: json!({"version": "v26.0"}),
        }
    }
}

on_both! {
    settings_alone_leave_draft_as_it_is(f) {
        let draft = f.draft().await;
        let before = f.audited().await;
        f.promote(f.promotion(draft, false, json!({"phone_number_id": "1", "version": "v26.0"})), 5).await.unwrap();
        let (from, to) = (f.channel(draft).await, f.channel(f.channel).await);
        assert_eq!((from.revision, from.state, from.settings["phone_number_id"].clone()), (1, State::Live, json!("2")));
        assert_eq!((to.revision, to.settings), (2, json!({"phone_number_id": "1", "version": "v26.0"})));
        assert_eq!((from.account, to.account), ("6281100000002".parse().ok(), "6281100000001".parse().ok()));
        assert_eq!(f.secrets(f.channel, SecretKind::AccessToken, 6).await, ["EAAG-canary-token"]);
        assert_eq!(f.revisions(f.channel).await[0].change, "promoted");
        assert_eq!(f.audited().await, before + 1);
    }

    account_and_credentials_move_and_draft_lets_them_go(f) {
        let draft = f.draft().await;
        let old = f.secret(SecretKind::AppSecret, "the old app secret");
        f.store.add_secret(f.scope(), f.channel, old, warta_store::Others::Retire, &f.act(Action::SecretAdded, 1)).await.unwrap();
        let to = PromotionTarget::Existing(f.channel, 2);
        f.promote(Promotion { to, ..f.promotion(draft, true, json!({"phone_number_id": "2"})) }, 5).await.unwrap();

        let (from, to) = (f.channel(draft).await, f.channel(f.channel).await);
        assert_eq!((from.state, from.account, from.settings), (State::Saved, None, json!({"version": "v26.0"})));
        assert_eq!((to.state, to.account, to.settings), (State::Live, "6281100000002".parse().ok(), json!({"phone_number_id": "2"})));
        assert_eq!(f.secrets(f.channel, SecretKind::AccessToken, 5).await, ["EAAG-canary-of-draft"]);
        assert_eq!(f.secrets(f.channel, SecretKind::AppSecret, DAY - 1).await, ["the old app secret", "the draft's app secret"]);
        assert_eq!(f.secrets(f.channel, SecretKind::AppSecret, DAY).await, ["the draft's app secret"]);
        assert!(f.secrets(f.channel, SecretKind::WebhookSecret, 5).await.is_empty(), "it never moves");
        assert_eq!(f.secrets(draft, SecretKind::WebhookSecret, 5).await, ["the draft's webhook secret"]);
        assert!(f.secrets(draft, SecretKind::AccessToken, 5).await.is_empty());
        assert!(f.secrets(draft, SecretKind::AppSecret, 5).await.is_empty());

        let (from, to) = (f.revisions(draft).await.remove(0), f.revisions(f.channel).await.remove(0));
        assert_eq!((from.revision, from.change.as_str(), from.snapshot.account), (2, "promoted", None));
        assert_eq!((to.revision, to.change.as_str(), to.snapshot.secrets.len()), (3, "promoted", 3));
        let owner = f.store.channel_of_account(Protocol::MetaCloud, &"6281100000002".parse().unwrap()).await.unwrap();
        assert_eq!(owner, Some((f.organization, f.agent, Environment::Published)));
    }

    credentials_alone_leave_draft_its_account_but_not_in_use(f) {
        let draft = f.draft().await;
        f.promote(Promotion { account: false, ..f.promotion(draft, true, json!({"phone_number_id": "1"})) }, 5).await.unwrap();
        let (from, to) = (f.channel(draft).await, f.channel(f.channel).await);
        assert_eq!((from.state, from.account), (State::Saved, "6281100000002".parse().ok()));
        assert_eq!(to.account, "6281100000001".parse().ok());
    }

    published_is_made_when_there_is_none(f) {
        let draft = f.draft().await;
        f.set_state(f.channel, State::Paused, 1).await;
        f.store.delete_channel(f.scope(), f.channel, &f.act(Action::ChannelDeleted, 2)).await.unwrap();
        let (id, secret) = (ChannelId::from_uuid(f.id()), f.secret(SecretKind::WebhookSecret, "its own webhook secret"));
        let to = PromotionTarget::New(id, vec![secret]);
        f.promote(Promotion { to, ..f.promotion(draft, true, json!({"phone_number_id": "2"})) }, 5).await.unwrap();
        let made = f.channel(id).await;
        assert_eq!((made.environment, made.state, made.agent), (Environment::Published, State::Live, f.agent));
        assert_eq!(made.account, "6281100000002".parse().ok());
        assert_eq!(f.secrets(id, SecretKind::WebhookSecret, 5).await, ["its own webhook secret"]);
        assert_eq!(f.secrets(id, SecretKind::AccessToken, 5).await, ["EAAG-canary-of-draft"]);
        let words: Vec<_> = f.revisions(id).await.into_iter().map(|revision| revision.change).collect();
        assert_eq!(words, ["promoted", "created"]);
    }

    a_second_published_channel_is_not_made(f) {
        let draft = f.draft().await;
        let to = PromotionTarget::New(ChannelId::from_uuid(f.id()), Vec::new());
        let promoted = f.promote(Promotion { to, ..f.promotion(draft, true, json!({})) }, 5).await;
        assert!(matches!(promoted, Err(Error::EnvironmentTaken)), "{promoted:?}");
        assert_eq!(f.channel(draft).await.revision, 1);
    }

    whoever_changed_either_side_meanwhile_is_not_overwritten(f) {
        let draft = f.draft().await;
        let before = f.audited().await;
        let stale = Promotion { expected_from: 7, ..f.promotion(draft, true, json!({})) };
        assert!(matches!(f.promote(stale, 5).await, Err(Error::Conflict { current: 1 })));
        let to = PromotionTarget::Existing(f.channel, 7);
        let stale = Promotion { to, ..f.promotion(draft, true, json!({})) };
        assert!(matches!(f.promote(stale, 5).await, Err(Error::Conflict { current: 1 })));
        assert_eq!(f.channel(draft).await.account, "6281100000002".parse().ok());
        assert_eq!(f.secrets(draft, SecretKind::AccessToken, 5).await, ["EAAG-canary-of-draft"]);
        assert_eq!(f.secrets(f.channel, SecretKind::AccessToken, 5).await, ["EAAG-canary-token"]);
        assert_eq!(f.audited().await, before);
    }

    only_draft_and_published_of_one_agent_are_promoted(f) {
        let draft = f.draft().await;
        let wrong_way = Promotion { to: PromotionTarget::Existing(draft, 1), ..f.promotion(f.channel, true, json!({})) };
        assert!(matches!(f.promote(wrong_way, 5).await, Err(Error::NotFound)));
        let other = NewAgent { id: AgentId::from_uuid(f.id()), name: "Sari".into(), language: "id".into() };
        let agent = other.id;
        f.store.create_agent(f.scope(), other, &f.act(Action::AgentCreated, 1)).await.unwrap();
        let theirs = NewChannel { agent, environment: Environment::Published, ..f.empty_draft() };
        let theirs = f.create(theirs).await;
        let foreign = Promotion { to: PromotionTarget::Existing(theirs, 1), ..f.promotion(draft, true, json!({})) };
        assert!(matches!(f.promote(foreign, 5).await, Err(Error::NotFound)));
    }

    a_reader_sees_settings_and_secrets_of_one_revision(f) {
        let draft = f.draft().await;
        let reading = async {
            let mut seen = 0;
            while seen < 2_000 {
                let channel = f.channel(f.channel).await;
                let token = channel.secrets(SecretKind::AccessToken, at(6)).next().unwrap().expose();
                let expected = if channel.settings["phone_number_id"] == "1" { "EAAG-canary-token" } else { "EAAG-canary-of-draft" };
                assert_eq!(token, expected);
                seen += 1;
                if channel.revision > 1 {
                    return true;
                }
            }
            false
        };
        let promoting = f.promote(f.promotion(draft, true, json!({"phone_number_id": "2"})), 5);
        let (seen, promoted) = tokio::join!(reading, promoting);
        promoted.unwrap();
        assert!(seen);
    }
}
