//! The other commands, on the store of a demo that runs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Chat, Http, Program, Ready, eventually, taken};

const SOON: Duration = Duration::from_secs(15);

/// A settings file for the store of the demo in `data`.
fn settings_for(data: &Path) -> PathBuf {
    let demo: Value = serde_json::from_slice(&std::fs::read(data.join("demo.json")).unwrap()).unwrap();
    std::fs::write(data.join("secret.key"), demo["secret_key"].as_str().unwrap()).unwrap();
    let path = data.join("warta.toml");
    let store = data.join("warta.db").display().to_string();
    let lines = format!(
        "public_url = \"https://wa.example.com\"\nstore = \"{store}\"\nsecret_key_file = \"secret.key\"\n"
    );
    std::fs::write(&path, lines).unwrap();
    path
}

/// Runs a command that succeeds and gives what it said.
fn say(config: &Path, words: &[&str]) -> String {
    let (command, rest) = words.split_first().unwrap();
    let output = Program::run(&[&[*command, "--config", config.to_str().unwrap()], rest].concat());
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{words:?}: {err}");
    assert_eq!(err, "", "{words:?}");
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn check_and_migrate_find_the_store_of_a_demo_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let (program, _) = Program::start::<Ready>(&["demo", "--json", "--port", "0", "--data", data]).await;
    assert_eq!(program.stop().await.0, Some(0));
    let config = settings_for(folder.path());
    assert_eq!(say(&config, &["serve", "--check"]), "settings and store are in order\n");
    assert_eq!(say(&config, &["migrate"]), "the store was up to date\n");

    let fresh = folder.path().join("warta.toml");
    let text = std::fs::read_to_string(&config).unwrap().replace("warta.db", "new.db");
    std::fs::write(&fresh, text).unwrap();
    assert!(say(&fresh, &["serve", "--check"]).contains("warta migrate"));
    assert!(say(&fresh, &["migrate"]).contains("applied"));
    assert_eq!(say(&fresh, &["serve", "--check"]), "settings and store are in order\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_made_listed_and_revoked_while_the_gateway_runs() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["demo", "--json", "--port", "0", "--data", folder.path().to_str().unwrap()];
    let (program, ready) = Program::start::<Ready>(&args).await;
    let (http, channel) = (Http::new(), &ready.channels[0]);
    let config = settings_for(folder.path());
    let messages = format!("{}/messages", ready.api);
    let with =
        async |key: &str| http.0.get(&messages).bearer_auth(key).send().await.unwrap().status().as_u16();

    let made = say(&config, &["key", "create", "--channel", &channel.id, "--name", "backup"]);
    let [id, key, ..] = made.lines().collect::<Vec<_>>()[..] else { panic!("{made}") };
    assert_eq!(with(key).await, 200);
    let listed = say(&config, &["key", "list", "--channel", &channel.id]);
    assert_eq!(listed.lines().count(), 2, "{listed}");
    assert!(!listed.contains(key) && !listed.contains(&channel.api_key), "a key is shown once");

    say(&config, &["key", "revoke", "--channel", &channel.id, id]);
    eventually("the key is refused", SOON, async || (with(key).await == 401).then_some(())).await;
    assert_eq!(with(&channel.api_key).await, 200, "the other key stays good");
    let again =
        Program::run(&["key", "--config", config.to_str().unwrap(), "revoke", "--channel", &channel.id, id]);
    assert!(!again.status.success());

    let listed = say(&config, &["key", "list", "--channel", &channel.id]);
    let demos = listed.lines().find(|line| line.contains(" demo ")).unwrap().split(' ').next().unwrap();
    say(&config, &["key", "revoke", "--channel", &channel.id, demos]);
    assert_eq!(program.stop().await.0, Some(0));
    let (program, second) = Program::start::<Ready>(&args).await;
    assert_ne!(
        second.channels[0].api_key, channel.api_key,
        "the demo makes a new key for one that was revoked"
    );
    assert_eq!(second.channels[1].api_key, ready.channels[1].api_key);
    http.get_with(&format!("{}/messages", second.api), &second.channels[0].api_key).await;
    assert_eq!(program.stop().await.0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_quarantined_listed_and_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["demo", "--json", "--port", "0", "--data", folder.path().to_str().unwrap()];
    let (program, ready) = Program::start::<Ready>(&args).await;
    let (http, channel) = (Http::new(), &ready.channels[0]);
    let chat = Chat::new(&http, &ready.twins.meta_cloud, &channel.phone_number_id);
    let config = settings_for(folder.path());
    assert_eq!(say(&config, &["replay", "--list"]), "nothing is in quarantine\n");
    for body in ["this is not JSON", "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"cha"] {
        assert_eq!(chat.raw(body, json!({})).await, [taken()], "{body}");
    }
    let listed = say(&config, &["replay", "--list"]);
    assert_eq!(listed.lines().count(), 3, "{listed}");
    let id = listed.split(' ').next().unwrap();

    let entered = http.0.get(&ready.console).send().await.unwrap();
    let cookie = entered.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let console = ready.console.split("/enter/").next().unwrap();
    let overview = http.0.get(console).header("cookie", cookie).send().await.unwrap();
    assert_eq!(overview.status(), 200);
    let overview = overview.text().await.unwrap();
    assert!(
        overview.contains(id) && overview.contains(&channel.id),
        "the overview shows channel and quarantine"
    );

    assert!(say(&config, &["replay", id]).ends_with("0 of 1 could be read\n"));
    assert!(say(&config, &["replay"]).ends_with("0 of 2 could be read\n"), "and both still wait");
    assert_eq!(program.stop().await.0, Some(0));
}
