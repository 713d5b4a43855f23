//! Agents and where they live.

use serde_json::json;
use warta_core::audit::Action;
use warta_core::channel::{Environment, State};
use warta_core::ids::{AgentId, OrganizationId};
use warta_core::secret::Secret;
use warta_store::{DraftChannel, Error, NewAgent, Scope};

use crate::{Fixture, at};

const DRAFT: Environment = Environment::Draft;

impl Fixture {
    async fn deploy(&self, url: &str, seconds: i64) -> Result<(), Error> {
        let (secret, entry) = (Secret::new("whsec_canary"), self.act(Action::DeploymentChanged, seconds));
        self.store.put_deployment(self.scope(), (self.agent, DRAFT), url, &secret, &entry).await
    }

    async fn remove(&self, channel: DraftChannel) -> Result<(), Error> {
        let entry = self.act(Action::DeploymentRemoved, 5);
        self.store.remove_draft_deployment(self.scope(), self.agent, channel, &entry).await
    }

    async fn delete_agent(&self, seconds: i64) -> Result<(), Error> {
        let entry = self.act(Action::AgentDeleted, seconds);
        self.store.delete_agent(self.scope(), self.agent, &entry).await
    }
}

on_both! {
    an_agent_has_a_name_a_language_and_perhaps_a_picture(f) {
        let new = NewAgent { id: AgentId::from_uuid(f.id()), name: "Batik\0 Sari".into(), language: "id".into() };
        let id = new.id;
        f.store.create_agent(f.scope(), new, &f.act(Action::AgentCreated, 3)).await.unwrap();
        let agent = f.store.agent(f.scope(), id).await.unwrap().unwrap();
        assert_eq!((agent.name.as_str(), agent.language.as_str(), agent.has_avatar, agent.created_at), ("Batik Sari", "id", false, at(3)));
        let before = f.audited().await;
        f.store.set_agent(f.scope(), id, ("Batik", "en"), &f.act(Action::AgentChanged, 4)).await.unwrap();
        f.store.set_avatar(f.scope(), id, Some(vec![1, 2, 3]), &f.act(Action::AgentChanged, 4)).await.unwrap();
        let agents = f.store.agents(f.scope()).await.unwrap();
        assert_eq!((agents[1].name.as_str(), agents[1].language.as_str(), agents[1].has_avatar), ("Batik", "en", true));
        assert_eq!(f.store.avatar(f.scope(), id).await.unwrap(), Some(vec![1, 2, 3]));
        f.store.set_avatar(f.scope(), id, None, &f.act(Action::AgentChanged, 5)).await.unwrap();
        assert_eq!(f.store.avatar(f.scope(), id).await.unwrap(), None);
        assert_eq!(f.audited().await, before + 3);
    }

    another_organization_has_no_part_in_an_agent(f) {
        let foreign = Scope::new(OrganizationId::from_uuid(f.id()));
        let entry = f.act(Action::AgentChanged, 1);
        assert_eq!(f.store.agent(foreign, f.agent).await.unwrap(), None);
        assert_eq!(f.store.avatar(foreign, f.agent).await.unwrap(), None);
        assert!(matches!(f.store.set_agent(foreign, f.agent, ("Mine", "en"), &entry).await, Err(Error::NotFound)));
        assert!(matches!(f.store.set_avatar(foreign, f.agent, None, &entry).await, Err(Error::NotFound)));
        assert!(matches!(f.store.delete_agent(foreign, f.agent, &entry).await, Err(Error::NotFound)));
        let secret = Secret::new("whsec_canary");
        let put = f.store.put_deployment(foreign, (f.agent, DRAFT), "https://a.example", &secret, &entry).await;
        assert!(matches!(put, Err(Error::NotFound)), "{put:?}");
    }

    an_agent_with_a_live_channel_is_not_deleted(f) {
        let before = f.audited().await;
        assert!(matches!(f.delete_agent(1).await, Err(Error::ChannelLive)));
        assert!(f.store.agent(f.scope(), f.agent).await.unwrap().is_some());
        assert_eq!((f.channel(f.channel).await.revision, f.audited().await), (1, before));
    }

    a_deleted_agent_takes_its_channels_with_it(f) {
        let draft = f.create(f.empty_draft()).await;
        f.set_state(f.channel, State::Paused, 1).await;
        let before = f.audited().await;
        f.delete_agent(2).await.unwrap();
        assert_eq!(f.store.agent(f.scope(), f.agent).await.unwrap(), None);
        assert!(f.store.agents(f.scope()).await.unwrap().is_empty());
        assert!(f.store.channels(f.scope()).await.unwrap().is_empty());
        assert_eq!(f.revisions(draft).await[0].change, "deleted");
        assert_eq!(f.audited().await, before + 1);
        assert!(matches!(f.delete_agent(3).await, Err(Error::NotFound)));
        assert!(matches!(f.deploy("https://a.example", 3).await, Err(Error::NotFound)));
        let restored = f.store.restore_channel(f.scope(), draft, &f.act(Action::ChannelRestored, 3)).await;
        assert!(matches!(restored, Err(Error::NotFound)), "{restored:?}");
        let created = f.store.create_channel(f.empty_draft(), &f.act(Action::ChannelCreated, 3)).await;
        assert!(matches!(created, Err(Error::NotFound)), "{created:?}");
    }

    the_test_of_a_deployment_is_of_the_deployment_as_it_is(f) {
        f.deploy("https://a.example", 1).await.unwrap();
        let result = json!({"status": 200, "ms": 12});
        f.store.put_last_test(f.scope(), (f.agent, DRAFT), &result).await.unwrap();
        let deployment = f.store.deployment(f.scope(), f.agent, DRAFT).await.unwrap().unwrap();
        assert_eq!((deployment.url.as_str(), deployment.updated_at), ("https://a.example", at(1)));
        assert_eq!((deployment.last_test, deployment.secret.expose()), (Some(result), "whsec_canary"));
        f.deploy("https://b.example", 2).await.unwrap();
        let deployment = f.store.deployment(f.scope(), f.agent, DRAFT).await.unwrap().unwrap();
        assert_eq!((deployment.url.as_str(), deployment.updated_at, deployment.last_test), ("https://b.example", at(2), None));
        let published = (f.agent, Environment::Published);
        assert!(matches!(f.store.put_last_test(f.scope(), published, &json!({})).await, Err(Error::NotFound)));
    }

    without_its_draft_deployment_the_draft_channel_is_what_was_chosen(f) {
        assert!(matches!(f.remove(DraftChannel::Keep).await, Err(Error::NotFound)));
        let draft = f.create(f.new_channel(warta_core::ids::ChannelId::from_uuid(f.id()), DRAFT, "6281100000002")).await;
        for (choice, state) in [(DraftChannel::Keep, State::Live), (DraftChannel::Pause, State::Paused), (DraftChannel::Pause, State::Paused)] {
            f.deploy("https://a.example", 1).await.unwrap();
            f.remove(choice).await.unwrap();
            assert_eq!(f.channel(draft).await.state, state, "{choice:?}");
            assert!(f.store.deployment(f.scope(), f.agent, DRAFT).await.unwrap().is_none());
        }
        assert_eq!(f.channel(draft).await.revision, 2, "what is paused is not paused again");
        f.deploy("https://a.example", 1).await.unwrap();
        f.remove(DraftChannel::Delete).await.unwrap();
        assert!(f.store.channel(draft).await.unwrap().is_none());
        assert_eq!(f.channel(f.channel).await.state, State::Live, "Published is left alone");
    }
}
