//! A message goes all the way: webhook, agent, reply, send, ticks.

use serde_json::json;
use standardwebhooks::Webhook;

use crate::support::webhook::{messages, text};
use crate::support::world::{AGENT_SECRET, NUMBER};
use crate::support::{BUDI, Say, World, on_both};

on_both! {
    a_text_reaches_the_agent_and_its_reply_the_user(world) {
        world.agent.script([Say::reply("Hi Budi!")]);
        world.write(BUDI, "Halo").await;
        world.run().await;

        let told = world.agent.calls().remove(0);
        let message = &world.messages(warta_core::message::Direction::Inbound).await[0];
        let body = &told.body;
        let same = |prefix: &str| message.id.to_string().replacen("msg", prefix, 1);
        let user = body["conversation"]["id"].as_str().unwrap().replacen("cnv", "usr", 1);
        assert_eq!(
            *body,
            json!({
                "type": "message.received", "id": same("evt"), "timestamp": "2026-11-22T10:20:11.000Z",
                "environment": "published",
                "channel": {"id": world.channel.to_string(), "account": "6281100000001", "protocol": "meta_cloud"},
                "conversation": {"id": message.conversation.to_string(), "user": {
                    "id": user, "phone": "+6281255501234", "name": "Budi"}},
                "session": {"id": same("ses"), "state": "active", "started_at": "2026-11-22T10:20:11.000Z"},
                "messages": [{"id": message.id.to_string(), "type": "text", "text": {"body": "Halo"},
                    "sent_at": "2026-11-22T10:20:11.000Z", "received_at": "2026-11-22T10:20:11.000Z"}],
            })
        );
        assert_eq!(told.header("content-type"), "application/json");
        assert_eq!((told.header("webhook-id"), told.header("webhook-timestamp")), (&*same("evt"), "1795342811"));
        let official = Webhook::new(AGENT_SECRET).unwrap();
        let signed = official.sign(&same("evt"), 1_795_342_811, told.raw.as_bytes()).unwrap();
        assert_eq!(told.header("webhook-signature"), signed);

        let sent = world.graph.calls().remove(0);
        let reply = &world.outbound().await[0];
        assert_eq!(sent.path, format!("/v26.0/{NUMBER}/messages"));
        assert_eq!(sent.header("authorization"), "Bearer EAAG-canary-token-77aa");
        assert_eq!(
            sent.body,
            json!({
                "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+6281255501234", "type": "text",
                "text": {"body": "Hi Budi!", "preview_url": false}, "biz_opaque_callback_data": reply.id.to_string(),
            })
        );
        assert_eq!(reply.provider_id.as_deref(), Some("wamid.OUT1"));
        assert_eq!((world.received().await, world.sends().await), (vec!["delivered"], vec!["accepted"]));
    }

    statuses_move_a_message_on_and_fill_its_timeline(world) {
        world.agent.script([Say::reply("Hi")]);
        world.write(BUDI, "Halo").await;
        world.run().await;
        for word in ["sent", "delivered", "read"] {
            world.pass(1.0);
            world.status("wamid.OUT1", word, None).await;
            assert_eq!(world.sends().await, [word]);
        }
        let reply = &world.outbound().await[0];
        assert_eq!(
            world.timeline(reply).await,
            ["send accepted", "status sent", "status delivered", "status read"]
        );
        world.status("wamid.OUT1", "sent", None).await;
        assert_eq!(world.sends().await, ["read"]);
    }

    read_before_the_send_is_answered_ends_as_read(world) {
        world.agent.script([Say::reply("Hi")]);
        world.status("wamid.OUT1", "read", None).await;
        world.write(BUDI, "Halo").await;
        world.run().await;
        assert_eq!(world.sends().await, ["read"]);
    }

    the_same_post_five_times_is_one_message(world) {
        let post = messages(NUMBER, &[text(BUDI, "wamid.SAME", "Halo", world.seconds())]);
        tokio::join!(world.post(&post), world.post(&post), world.post(&post));
        world.run().await;
        world.post(&post).await;
        world.post(&post).await;
        world.run().await;
        assert_eq!(world.agent.told(), ["Halo"]);
        assert_eq!(world.received().await, ["delivered"]);
    }

    a_thousand_messages_in_one_post_all_reach_the_agent(world) {
        let all: Vec<_> = (0..1_000)
            .map(|n| text(&format!("62812555{:05}", n % 50), &format!("wamid.{n}"), &format!("{n}"), world.seconds()))
            .collect();
        world.post(&messages(NUMBER, &all)).await;
        world.run().await;
        let told = world.agent.told();
        assert_eq!(told.len(), 1_000);
        for user in 0..50 {
            let own: Vec<usize> = told.iter().map(|body| body.parse().unwrap()).filter(|n| n % 50 == user).collect();
            assert!(own.is_sorted(), "user {user} was told of {own:?}");
        }
    }
}
