//! Draft becomes Published in one transaction.

use serde_json::{Value, json};
use warta_core::audit::Action;
use warta_core::channel::{Environment, Protocol, SecretKind, State};
use warta_core::ids::{AgentId, ChannelId};
use warta_core::session;
use warta_store::{ChannelChange, Error, NewAgent, NewChannel, Promotion, PromotionTarget, Renewed};

use crate::{Fixture, at};

const DAY: i64 = 24 * 3_600;

fn session(ask_more_minutes: u32) -> session::Settings {
    session::Settings { ask_more_minutes, ..session::Settings::default() }
}

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
            session_to: session(7),
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
        assert_eq!((from.session, to.session), (session::Settings::default(), session(7)));
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

    every_secret_that_the_provider_gave_moves_whatever_the_protocol(f) {
        let draft = f.draft().await;
        let (both, mut revision) = ([(f.channel, "published"), (draft, "draft")], [1, 1]);
        for (n, (channel, whose)) in both.iter().enumerate() {
            for kind in SecretKind::ALL.iter().filter(|kind| **kind != SecretKind::WebhookSecret) {
                let new = f.secret(*kind, &format!("{kind} of {whose}"));
                f.store.add_secret(f.scope(), *channel, new, warta_store::Others::Retire, &f.act(Action::SecretAdded, 1)).await.unwrap();
                revision[n] += 1;
            }
        }
        let to = PromotionTarget::Existing(f.channel, revision[0]);
        let promotion = Promotion { to, expected_from: revision[1], ..f.promotion(draft, true, json!({"phone_number_id": "2"})) };
        f.promote(promotion, 5).await.unwrap();
        for kind in SecretKind::ALL.iter().filter(|kind| **kind != SecretKind::WebhookSecret) {
            let mut expected = vec![format!("{kind} of draft")];
            if *kind == SecretKind::AppSecret {
                expected.push("app_secret of published".to_owned());
            }
            let mut found = f.secrets(f.channel, *kind, 6).await;
            found.sort();
            assert_eq!(found, expected, "{kind}");
            assert!(f.secrets(draft, *kind, 6).await.is_empty(), "{kind}");
            assert_eq!(f.secrets(f.channel, *kind, DAY).await, [format!("{kind} of draft")], "{kind}: a day later");
        }
        assert_eq!(f.secrets(draft, SecretKind::WebhookSecret, 5).await, ["the draft's webhook secret"]);

        // The revision before is brought back: settings, and no secret.
        let before = f.revisions(f.channel).await.remove(1).snapshot;
        let back = ChannelChange { settings: Some(before.settings), account: Some(before.account), ..ChannelChange::default() };
        f.change(f.channel, back, 7).await.unwrap();
        let restored = f.channel(f.channel).await;
        assert_eq!((restored.account.clone(), restored.settings.clone()), ("6281100000001".parse().ok(), json!({"phone_number_id": "1"})));
        for kind in SecretKind::ALL.iter().filter(|kind| **kind != SecretKind::WebhookSecret) {
            assert_eq!(f.secrets(f.channel, *kind, DAY).await, [format!("{kind} of draft")], "{kind}");
            assert!(f.secrets(draft, *kind, 8).await.is_empty(), "{kind}");
        }
    }

    the_end_of_a_token_moves_with_it(f) {
        let draft = f.draft().await;
        let place = (f.scope(), draft);
        let token = f.secret(SecretKind::AccessToken, "the renewed canary token");
        let row = token.row;
        f.store.fail_renewal(place, &json!({"words": "no"})).await.unwrap();
        let renewed = Renewed { token, ends_at: Some(at(DAY)), refresh_token: None, with: Vec::new() };
        f.store.end_renewal(place, renewed, &f.act(Action::TokenRenewed, 1)).await.unwrap();
        f.store.fail_renewal(place, &json!({"words": "no"})).await.unwrap();
        let promotion = Promotion { expected_from: 2, ..f.promotion(draft, true, json!({"phone_number_id": "2"})) };
        f.promote(promotion, 5).await.unwrap();
        assert_eq!(f.channel(f.channel).await.life(row), Some((at(1), at(DAY))));
        assert_eq!(f.store.look(f.scope(), draft).await.unwrap().renewal, None, "it has nothing left to renew");
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
