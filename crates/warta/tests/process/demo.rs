//! `warta demo`: what it says, what it does, what stays.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Channel, Chat, Http, Program, Ready, eventually, taken, text};

const SOON: Duration = Duration::from_secs(10);
const USER: &str = "6281255501000";

/// A user writes, the agent answers, the ticks turn blue, and the API tells it.
async fn a_message_goes_all_the_way(http: &Http, ready: &Ready, channel: &Channel) {
    let chat = Chat::new(http, &ready.twins.meta_cloud, &channel.phone_number_id);
    let wamid = chat.write(&[text(USER, "kopi tubruk satu")], false).await.remove(0);
    let messages = eventually("the answer is read", SOON, async || {
        let messages = http.messages(&ready.api, &channel.api_key).await;
        messages.iter().any(|message| message["status"] == "read").then_some(messages)
    })
    .await;
    assert_eq!(messages.len(), 2, "{messages:#?}");
    let (answer, question) = (&messages[0], &messages[1]);
    assert_eq!(question["provider_message_id"], wamid.as_str());
    assert_eq!((&question["direction"], &question["type"]), (&json!("inbound"), &json!("text")));
    assert_eq!(question["text"]["body"], "kopi tubruk satu");
    assert_eq!(answer["direction"], "outbound");
    assert_eq!(answer["possible_duplicate"], false);
    assert_eq!(answer["environment"], channel.environment.as_str());
    let said = chat.accepted().await;
    assert!(said.len() == 1 && said[0].contains("kopi tubruk satu"), "{said:?}");
    let one = http
        .get_with(&format!("{}/messages/{}", ready.api, answer["id"].as_str().unwrap()), &channel.api_key)
        .await;
    let told: Vec<_> =
        one["events"].as_array().unwrap().iter().filter(|event| event["kind"] == "status").collect();
    for status in ["sent", "delivered", "read"] {
        assert!(told.iter().any(|event| event["status"] == status), "{status} is missing in {one:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_answered_and_read_and_the_json_line_tells_where_everything_is() {
    let (program, ready) = Program::start::<Ready>(&["demo", "--json", "--port", "0"]).await;
    let http = Http::new();
    assert!(ready.api.ends_with("/v1"), "{}", ready.api);
    assert_eq!(
        ready.agents.iter().map(|agent| agent.name.as_str()).collect::<Vec<_>>(),
        ["Kopi Nusa", "Batik Sari", "Apotek Sehat", "Toko Rimba"]
    );
    let [published, draft, coster, qontak] = ready.channels.as_slice() else {
        panic!("four channels, not {:?}", ready.channels)
    };
    assert_eq!((coster.protocol.as_str(), qontak.protocol.as_str()), ("coster", "qontak"));
    for (channel, environment) in [(published, "published"), (draft, "draft")] {
        assert_eq!(channel.environment, environment);
        assert_eq!(channel.protocol, "meta_cloud");
        assert_eq!(channel.agent, ready.agents[0].id);
        assert_eq!(http.status(&channel.phone).await, 303, "{} hands out a person", channel.phone);
        let verify = format!(
            "{}?hub.mode=subscribe&hub.challenge=4711&hub.verify_token={}",
            channel.hook, channel.verify_token
        );
        assert_eq!(http.get(&verify).await, 4711);
        let number = format!("{}/v26.0/{}", ready.twins.meta_cloud.url, channel.phone_number_id);
        let number = http.get_with(&number, &channel.access_token).await;
        assert_eq!(number["id"], channel.phone_number_id.as_str());
        assert!(channel.account.bytes().all(|byte| byte.is_ascii_digit()), "{}", channel.account);
        a_message_goes_all_the_way(&http, &ready, channel).await;
    }
    for (channel, twin) in [(coster, &ready.twins.coster), (qontak, &ready.twins.qontak)] {
        assert_eq!(http.status(&channel.phone).await, 303, "{} hands out a person", channel.phone);
        let said = json!({"account": channel.twin_id, "from": USER, "name": "Rina",
            "message": {"type": "text", "text": {"body": "kopi tubruk dua"}}});
        http.post(&format!("{}/inbound", twin.control), &said).await;
        let answered = async || {
            let messages = http.messages(&ready.api, &channel.api_key).await;
            messages.iter().any(|message| message["status"] == "read").then_some(messages)
        };
        let messages = eventually("the answer is read", SOON, answered).await;
        assert_eq!(messages.len(), 2, "{messages:#?}");
    }
    assert_eq!(coster.account_id, coster.twin_id);
    assert_eq!(qontak.integration_id, qontak.twin_id);
    assert_eq!(http.status(&ready.docs).await, 200);
    for agent in &ready.agents {
        for url in [Some(&agent.published), agent.draft.as_ref()] {
            // An agent is called with POST only, and only with a good signature.
            let answer = http.0.post(url.unwrap()).body("{}").send().await.unwrap();
            assert_eq!(answer.status(), 401, "{url:?}");
        }
    }
    assert_eq!(http.status(&ready.console).await, 303, "the link opens the console");
    assert_eq!(http.status(&ready.console).await, 410, "and it does so once");
    assert_eq!(program.stop().await, (Some(0), String::new()), "one line, and a clean end");
    assert!(!ready.data.exists(), "without --data nothing stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_messages_in_one_post_all_arrive() {
    let (program, ready) = Program::start::<Ready>(&["demo", "--json", "--port", "0"]).await;
    let (http, channel) = (Http::new(), &ready.channels[0]);
    let chat = Chat::new(&http, &ready.twins.meta_cloud, &channel.phone_number_id);
    let many: Vec<_> = (0..1_000).map(|n| text(&format!("62812600{n:05}"), &format!("nomor {n}"))).collect();
    let mut wamids = chat.write(&many, true).await;
    wamids.sort();
    let inbound = async || -> Vec<Value> {
        let all = http.messages(&ready.api, &channel.api_key).await;
        all.into_iter().filter(|message| message["direction"] == "inbound").collect()
    };
    let ids = |messages: &[Value]| -> Vec<String> {
        let mut ids: Vec<_> = messages
            .iter()
            .map(|message| message["provider_message_id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    };
    let came = eventually("all thousand are there", Duration::from_secs(30), async || {
        let came = inbound().await;
        (came.len() >= 1_000).then_some(came)
    })
    .await;
    assert_eq!(ids(&came), wamids);

    assert_eq!(program.stop().await.0, Some(0), "it ends in the middle of a thousand conversations too");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_post_five_times_at_once_is_one_message() {
    let (program, ready) = Program::start::<Ready>(&["demo", "--json", "--port", "0"]).await;
    let (http, channel) = (Http::new(), &ready.channels[0]);
    let chat = Chat::new(&http, &ready.twins.meta_cloud, &channel.phone_number_id);
    a_message_goes_all_the_way(&http, &ready, channel).await;
    let body = chat.journal("received").await[0]["webhooks"][0]["body"].as_str().unwrap().to_owned();
    let came = async || http.messages(&ready.api, &channel.api_key).await.len();
    assert_eq!(chat.raw(&body, json!({ "repeat": 5 })).await, vec![taken(); 5]);
    assert_eq!(came().await, 2, "it was there before");
    let new = body.replace("wamid.", "wamid.NEW");
    assert_eq!(chat.raw(&new, json!({ "repeat": 5 })).await, vec![taken(); 5]);
    let answered = async || (chat.accepted().await.len() >= 2).then_some(());
    eventually("the second message is answered", SOON, answered).await;
    eventually("the statuses have come", SOON, async || (chat.owed().await == 0).then_some(())).await;
    assert_eq!(came().await, 4);
    assert_eq!(chat.accepted().await.len(), 2, "and it is answered once");
    assert_eq!(program.stop().await.0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_with_the_same_data_goes_on_where_the_first_ended() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let args = ["demo", "--json", "--port", "0", "--data", data.to_str().unwrap()];
    let http = Http::new();
    let (program, first) = Program::start::<Ready>(&args).await;
    a_message_goes_all_the_way(&http, &first, &first.channels[0]).await;
    let told = http.messages(&first.api, &first.channels[0].api_key).await;
    assert_eq!(program.stop().await.0, Some(0));
    secrets_are_for_their_owner_only(&data);

    let (program, second) = Program::start::<Ready>(&args).await;
    assert_eq!(second.data, first.data);
    assert_ne!(second.console, first.console, "the link is for one visit");
    for (after, before) in second.channels.iter().zip(&first.channels) {
        // Ports are new at each start with --port 0.
        let moved = Channel {
            hook: after.hook.clone(),
            phone: after.phone.clone(),
            base_url: after.base_url.clone(),
            token_url: after.token_url.clone(),
            bot_base_url: after.bot_base_url.clone(),
            push_base_url: after.push_base_url.clone(),
            ..before.clone()
        };
        assert_eq!(after, &moved);
    }
    let ids = |ready: &Ready| ready.agents.iter().map(|agent| agent.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&second), ids(&first));
    assert_eq!(http.messages(&second.api, &second.channels[0].api_key).await, told);
    a_message_goes_all_the_way(&http, &second, &second.channels[1]).await;
    assert_eq!(program.stop().await.0, Some(0));
}

fn secrets_are_for_their_owner_only(data: &Path) {
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data.join("demo.json")), 0o600, "it holds keys");
    assert_eq!(mode(data), 0o700, "what users wrote, and the twin's tokens, are for the owner only too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_is_said_in_one_line() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = Program::run(&["demo", "--port", &port]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.lines().count() == 1 && said.contains(&port) && said.contains("--port"), "{said:?}");
    assert!(output.stdout.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_runs_on_postgres_too() {
    let Some(url) = warta_store::testing::postgres_url().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let args = ["demo", "--json", "--port", "0", "--data", data, "--store", &url];
    let http = Http::new();
    let (program, first) = Program::start::<Ready>(&args).await;
    a_message_goes_all_the_way(&http, &first, &first.channels[0]).await;
    assert_eq!(program.stop().await.0, Some(0));
    assert!(!folder.path().join("warta.db").exists(), "nothing is kept in SQLite");
    let (program, second) = Program::start::<Ready>(&args).await;
    assert_eq!(second.channels[0].api_key, first.channels[0].api_key);
    assert_eq!(http.messages(&second.api, &second.channels[0].api_key).await.len(), 2);
    assert_eq!(program.stop().await.0, Some(0));
}
