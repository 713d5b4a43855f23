//! `warta serve`.

use anyhow::{Context, Result};
use clap::Args;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use warta_console::door;
use warta_core::audit::Action;
use warta_core::ids::AuditId;
use warta_gateway::app::{App, Settings};
use warta_store::{Entry, Purpose};

use super::settings::SettingsFile;
use crate::{config, lifecycle, print, telemetry};

/// Run the gateway.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    settings: SettingsFile,
    /// Check the settings and the store, then stop
    #[arg(long)]
    check: bool,
    /// Print a settings file with every key explained, then stop
    #[arg(long)]
    print_example: bool,
}

/// Runs until Ctrl-C or SIGTERM.
///
/// # Errors
///
/// When settings, store or address cannot be used.
pub(crate) async fn run(serve: Serve) -> Result<()> {
    if serve.print_example {
        print::line(config::example().trim_end());
        return Ok(());
    }
    let config = serve.settings.read()?;
    if serve.check {
        let store = lifecycle::open_as_it_is(&config.store, &config.secret_key).await?;
        let pending = store.pending_migrations().await?;
        store.close().await;
        print::line(match pending {
            0 => "settings and store are in order".to_owned(),
            count => format!("settings are in order; the store waits for {count} migrations (warta migrate)"),
        });
        return Ok(());
    }
    telemetry::log(&config.log, config.log_format)?;
    let metrics = match config.metrics_listen {
        Some(address) => Some(telemetry::metrics(address).await?),
        None => None,
    };
    let store = lifecycle::open(&config.store, &config.secret_key).await?;
    let settings = Settings {
        public_url: config.public_url.clone(),
        trusted_proxies: config.trusted_proxies.clone(),
        agent_timeout: config.agent_timeout,
        send_timeout: config.send_timeout,
        messages_per_second: config.messages_per_second,
        ..Settings::default()
    };
    let gateway =
        lifecycle::assemble(store, settings, config.egress_allow.clone(), &config.secret_key, None).await?;
    let app = &gateway.app;
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}; is another program using it?", config.listen))?;
    if !app.store.has_people().await? {
        let link = set_up_link(app).await?;
        // On standard output too: the log may go elsewhere, or be quieter than this.
        print::line(format_args!(
            "Nobody can sign in yet. The first owner does, once, within half an hour: {link}"
        ));
        tracing::info!("nobody can sign in yet; the link for the first owner stands on standard output");
    }
    tracing::info!(address = %config.listen, public_url = config.public_url, "warta serves");
    let shutdown = CancellationToken::new();
    let gateway = gateway.run(listener, shutdown.clone());
    let reading = shutdown.clone();
    let metrics = async { if let Some(metrics) = metrics { metrics.serve(reading).await } else { Ok(()) } };
    let all = Box::pin(async { tokio::try_join!(gateway, metrics).map(drop) });
    lifecycle::until_stopped(all, shutdown).await
}

/// A one-time link for the first owner: of the organization that is there, or of a new one.
async fn set_up_link(app: &App) -> Result<String> {
    let organization = app.store.organizations().await?.first().map(|(id, _)| *id);
    let id = AuditId::from_uuid(app.minter.uuid(app.now()));
    let entry = Entry::by_command(id, Action::LinkMade, app.now());
    Ok(door::link(app, Purpose::SetUp { organization }, &entry).await?)
}
