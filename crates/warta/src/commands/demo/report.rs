//! What the demo says when it is ready: one JSON object, or the same for people.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use warta_server::app::App;

use super::seed::{Seeded, hook};

/// The JSON line of `--json`. Later versions add to it and rename nothing.
#[must_use]
pub(crate) fn report(app: &App, seeded: &Seeded, console: &str, data: &Path, twin: &str) -> Value {
    let public = &app.settings.public_url;
    let agents: Vec<_> = seeded
        .agents
        .iter()
        .map(|seeded| {
            json!({
                "id": seeded.agent.id, "name": seeded.agent.name,
                "published": seeded.published, "draft": seeded.draft,
            })
        })
        .collect();
    let channels: Vec<_> = seeded
        .channels
        .iter()
        .map(|seeded| {
            let (channel, account) = (&seeded.channel, &seeded.channel.account);
            json!({
                "agent": channel.agent, "environment": channel.environment, "id": channel.id,
                "protocol": "meta_cloud", "account": account.phone, "hook": hook(app, channel.id),
                "verify_token": seeded.verify_token.expose(), "app_secret": seeded.app_secret.expose(),
                "phone_number_id": account.phone_number_id, "waba_id": account.waba_id,
                "access_token": seeded.access_token.expose(), "api_key": seeded.api_key,
                "phone": format!("{twin}/phone/{}", account.phone_number_id),
            })
        })
        .collect();
    json!({
        "console": console, "docs": format!("{public}/docs"), "api": format!("{public}/v1"),
        "data": std::path::absolute(data).unwrap_or_else(|_| data.to_path_buf()),
        "agents": agents, "channels": channels,
        "twins": { "meta_cloud": { "url": format!("{twin}/meta"), "control": format!("{twin}/meta/control") } },
    })
}

/// The same for people: where to look first.
#[must_use]
pub(crate) fn for_people(report: &Value) -> String {
    let text = |pointer: &str| report.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut out = String::from("\nWarta is running. Open the phone, write \"menu\", and watch.\n\n");
    let rows = [
        ("phone (published)", text("/channels/0/phone")),
        ("phone (draft)", text("/channels/1/phone")),
        ("console, for one visit", text("/console")),
        ("API", text("/api")),
        ("API reference", text("/docs")),
        ("API key (published)", text("/channels/0/api_key")),
        ("data", text("/data")),
    ];
    for (name, value) in rows {
        writeln!(out, "  {name:<24}{value}").unwrap_or_default();
    }
    out.push_str("\nCtrl-C ends it.");
    out
}
