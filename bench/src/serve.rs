//! The servers under measurement, each a process of its own: started by [`crate::child`], they say where they are in one
//! JSON line and end with their standard input.

use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::any;
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use warta_core::audit::Action;
use warta_core::channel::{Environment, Protocol, State};
use warta_core::ids::{AgentId, AuditId, ChannelId, OrganizationId};
use warta_core::secret::Secret;
use warta_gateway::app::{App, Settings};
use warta_gateway::directory::Directory;
use warta_gateway::egress::Egress;
use warta_gateway::memory::Memory;
use warta_gateway::system::{SystemClock, SystemMinter};
use warta_gateway::timekeeping::GuardedClock;
use warta_gateway::workers;
use warta_http::listen;
use warta_store::{
    Entry, NewAgent, NewChannel, NewSecret, OpenOptions, Scope, SealingKey, SecretKind, Store,
};

use crate::payload::{APP_SECRET, PHONE_NUMBER_ID, WABA_ID};
use crate::report;

const GRACE: Duration = Duration::from_secs(5);

/// Where the agent and the Graph API are.
#[derive(Debug)]
pub(crate) struct Outside {
    pub(crate) agent: String,
    pub(crate) graph: String,
}

/// What any server of HTTP costs here: reads the body, says 200.
pub(crate) async fn hello() -> Result<()> {
    let router = Router::new().fallback(any(|body: Bytes| async move {
        std::hint::black_box(body);
        StatusCode::OK
    }));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    report::say(json!({ "address": listener.local_addr()?.to_string(), "path": "/" }));
    Ok(listen::serve(listener, router, until_input_ends(), GRACE).await?)
}

/// The gateway on SQLite in the folder `data`, with one live channel. The workers run when there is somebody to call.
pub(crate) async fn warta(data: PathBuf, outside: Option<Outside>) -> Result<()> {
    drop(rustls::crypto::ring::default_provider().install_default()); // fails when there is one already, which is as good
    let store = open(&data).await?;
    let app = Arc::new(App {
        store,
        clock: Arc::new(GuardedClock::new(Arc::new(SystemClock))),
        minter: Arc::new(SystemMinter::default()),
        egress: Egress::new(vec!["127.0.0.0/8".parse()?])?,
        directory: Directory::default(),
        memory: Memory::default(),
        settings: Settings::default(),
        key_pepper: Secret::new(APP_SECRET),
        owner: "bench".to_owned(),
        tasks: TaskTracker::new(),
    });
    let place = seed(&app, outside.as_ref()).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    report::say(json!({ "address": address, "path": place.0, "organization": place.1 }));
    let shutdown = until_input_ends();
    let serving = listen::serve(listener, warta_console::router(&app), shutdown.clone(), GRACE);
    if outside.is_some() {
        tokio::join!(serving, workers::run(Arc::clone(&app), shutdown)).0?;
    } else {
        serving.await?;
    }
    app.store.close().await;
    Ok(())
}

/// Opens the store that [`warta`] keeps in `data`.
pub(crate) async fn open(data: &std::path::Path) -> Result<Store> {
    let key = SealingKey::from_bytes([7; 32]);
    let store = Store::open(OpenOptions::new(&data.join("warta.db").display().to_string(), key)).await?;
    store.migrate().await?;
    Ok(store)
}

/// An organization, an agent and its channel; gives the path of the channel's webhooks and the organization.
async fn seed(app: &App, outside: Option<&Outside>) -> Result<(String, OrganizationId)> {
    let id = || app.minter.uuid(app.now());
    let (organization, agent) = (OrganizationId::from_uuid(id()), AgentId::from_uuid(id()));
    let (channel, scope) = (ChannelId::from_uuid(id()), Scope::new(organization));
    app.store.create_organization(organization, "Bench", app.now()).await?;
    let entry = |action| Entry::by_command(AuditId::from_uuid(id()), action, app.now());
    let new = NewAgent { id: agent, name: "Bench".to_owned(), language: "en".to_owned() };
    app.store.create_agent(scope, new, &entry(Action::AgentCreated)).await?;
    if let Some(outside) = outside {
        let secret = Secret::new(&format!("whsec_{}", "A".repeat(32)));
        let deployment = (agent, Environment::Published);
        let entry = entry(Action::DeploymentChanged);
        app.store.put_deployment(scope, deployment, &outside.agent, &secret, &entry).await?;
    }
    let base_url = outside.map_or(Value::Null, |outside| json!(outside.graph));
    let secrets = [(SecretKind::AppSecret, APP_SECRET), (SecretKind::AccessToken, "bench-access-token")];
    let channel = NewChannel {
        organization,
        id: channel,
        agent,
        environment: Environment::Published,
        protocol: Protocol::MetaCloud,
        state: State::Live,
        account: Some("6281100000001".parse()?),
        settings: json!({ "phone_number_id": PHONE_NUMBER_ID, "waba_id": WABA_ID, "base_url": base_url }),
        session: warta_core::session::Settings::default(),
        secrets: secrets
            .map(|(kind, secret)| NewSecret { row: id(), kind, secret: Secret::new(secret) })
            .into(),
    };
    let path = format!("/hooks/{}", channel.id);
    app.store.create_channel(channel, &entry(Action::ChannelCreated)).await?;
    Ok((path, organization))
}

/// A token that is cancelled when nobody holds our standard input any more.
fn until_input_ends() -> CancellationToken {
    let token = CancellationToken::new();
    let cancelled = token.clone();
    std::thread::spawn(move || {
        drop(std::io::stdin().read_to_end(&mut Vec::new()));
        cancelled.cancel();
    });
    token
}
