//! What the store promises, on both databases.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail loudly")]

use serde_json::json;
use uuid::Uuid;
use warta_core::audit::Action;
use warta_core::channel::{Environment, Protocol, State};
use warta_core::clock::{CountingMinter, Minter};
use warta_core::ids::{AgentId, AuditId, ChannelId, OrganizationId, PersonId};
use warta_core::secret::Secret;
use warta_core::time::Timestamp;
use warta_store::{By, Entry, NewAgent, NewChannel, NewSecret, Scope, SecretKind, Store};

/// Runs a test on both databases.
macro_rules! on_both {
    ($($(#[$meta:meta])* $name:ident($fixture:ident) $body:block)+) => {
        mod sqlite {
            $($(#[$meta])* #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let fixture = crate::Fixture::new(warta_store::testing::sqlite(folder.path()).await).await;
                super::$name(&fixture).await;
                fixture.store.close().await;
            })+
        }
        mod postgres {
            $($(#[$meta])* #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let Some(store) = warta_store::testing::postgres().await else {
                    eprintln!("skipped: no PostgreSQL; run `cargo xtask test`");
                    return;
                };
                let fixture = crate::Fixture::new(store).await;
                super::$name(&fixture).await;
                fixture.store.close().await;
            })+
        }
        $(async fn $name($fixture: &Fixture) $body)+
    };
}

mod agents;
mod audit;
mod channels;
mod messages;
mod people;
mod templates;

const NOW: i64 = 1_794_052_811_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(NOW + seconds * 1_000)
}

/// An organization with a live channel.
struct Fixture {
    store: Store,
    minter: CountingMinter,
    organization: OrganizationId,
    agent: AgentId,
    channel: ChannelId,
}

impl Fixture {
    async fn new(store: Store) -> Self {
        let minter = CountingMinter::default();
        let id = || minter.uuid(at(0));
        let (organization, agent, channel) =
            (OrganizationId::from_uuid(id()), AgentId::from_uuid(id()), ChannelId::from_uuid(id()));
        store.create_organization(organization, "Nusa", at(0)).await.unwrap();
        let scope = Scope::new(organization);
        let fixture = Self { store, minter, organization, agent, channel };
        let (store, entry) = (&fixture.store, |action| fixture.entry(action, None, at(0)));
        let ferry = NewAgent { id: agent, name: "Ferry".to_owned(), language: "en".to_owned() };
        store.create_agent(scope, ferry, &entry(Action::AgentCreated)).await.unwrap();
        let new = fixture.new_channel(channel, Environment::Published, "6281100000001");
        store.create_channel(new, &entry(Action::ChannelCreated)).await.unwrap();
        fixture
    }

    fn new_channel(&self, id: ChannelId, environment: Environment, account: &str) -> NewChannel {
        NewChannel {
            organization: self.organization,
            id,
            agent: self.agent,
            environment,
            protocol: Protocol::MetaCloud,
            state: State::Live,
            account: account.parse().ok(),
            settings: json!({"phone_number_id": "1"}),
            session: warta_core::session::Settings::default(),
            secrets: vec![self.secret(SecretKind::AccessToken, "EAAG-canary-token")],
        }
    }

    fn secret(&self, kind: SecretKind, secret: &str) -> NewSecret {
        NewSecret { row: self.id(), kind, secret: Secret::new(secret) }
    }

    fn id(&self) -> Uuid {
        self.minter.uuid(at(0))
    }

    fn scope(&self) -> Scope {
        Scope::new(self.organization)
    }

    /// An entry of the audit about nothing in particular.
    fn entry(&self, action: Action, person: Option<PersonId>, now: Timestamp) -> Entry {
        Entry {
            id: AuditId::from_uuid(self.id()),
            by: By { person, actor: "Sari".to_owned(), address: "203.0.113.7".to_owned() },
            action,
            agent: None,
            channel: None,
            subject: "Budi".to_owned(),
            changes: Vec::new(),
            at: now,
        }
    }
}
