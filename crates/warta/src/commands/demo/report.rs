//! What the demo says when it is ready: one JSON object, or the same for people.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Map, Value, json};
use warta_gateway::app::App;

use super::providers;
use super::seed::{Seeded, SeededChannel};

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
    let channels: Vec<_> = seeded.channels.iter().map(|seeded| channel(seeded, twin)).collect();
    let twins: Map<_, _> = providers::STAGED
        .iter()
        .map(|staged| {
            let url = format!("{twin}/{}", staged.word);
            (staged.protocol.to_string(), json!({ "control": format!("{url}/control"), "url": url }))
        })
        .collect();
    json!({
        "console": console, "docs": format!("{public}/docs"), "api": format!("{public}/v1"),
        "data": std::path::absolute(data).unwrap_or_else(|_| data.to_path_buf()),
        "agents": agents, "channels": channels,
        "twins": twins,
    })
}

/// A channel with everything that opens it.
fn channel(seeded: &SeededChannel, twin: &str) -> Value {
    let (channel, account) = (&seeded.channel, &seeded.channel.account);
    let protocol = channel.protocol;
    // What is seeded is staged.
    let Ok(staged) = providers::staged(protocol) else { return Value::Null };
    let mut shown = (staged.settings)(account, twin);
    if let Value::Object(shown) = &mut shown {
        let id = staged.id(account);
        let more = json!({
            "agent": channel.agent, "environment": channel.environment, "id": channel.id,
            "protocol": protocol, "account": account.phone, "hook": seeded.hook,
            "verify_token": seeded.verify_token.expose(), "api_key": seeded.api_key, "twin_id": id,
            "phone": format!("{twin}/phone/{id}"),
        });
        shown.extend(more.as_object().cloned().unwrap_or_default());
        shown
            .extend(seeded.secrets.iter().map(|(name, secret)| ((*name).to_owned(), secret.expose().into())));
    }
    shown
}

/// The same for people: where to look first.
#[must_use]
pub(crate) fn for_people(report: &Value) -> String {
    let text = |pointer: &str| report.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut out = String::from("\nWarta is running. Open the phone, write \"menu\", and watch.\n\n");
    let rows = [
        ("phone (published)", text("/channels/0/phone")),
        ("phone (draft)", text("/channels/1/phone")),
        ("phone (Coster)", text("/channels/2/phone")),
        ("phone (Qontak)", text("/channels/3/phone")),
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
