//! Messages on their way in and out.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use proptest::strategy::{Strategy, ValueTree};
use serde_json::json;
use warta_core::audit::Action;
use warta_core::channel::{Environment, State};
use warta_core::clock::Minter as _;
use warta_core::delivery::{self, Failure, Status};
use warta_core::identity::Identity;
use warta_core::ids::{ChannelId, EnvelopeId, MessageId, OrganizationId};
use warta_core::message::{Context, InboundContent, OutboundContent, SystemChange, Text};
use warta_core::session;
use warta_core::time::Timestamp;
use warta_core::webhook::{ChannelEvent, Item, Message, StatusUpdate};
use warta_store::{
    Actor, ClaimedConversation, ConversationOutcome, Error, HeadOutcome, Idempotency, Ingest, MessageFilter,
    NewItem, NewOutbound, Others, Part, Priority, Scope, SecretKind, SendResult, SendResultKind, Store,
    testing,
};

use crate::{Fixture, at};

const LEASE: Duration = Duration::from_mins(1);

impl Fixture {
    fn webhook(&self, items: Vec<Item>) -> Ingest {
        let items = items.into_iter().map(|item| NewItem { id: self.id(), item }).collect();
        Ingest {
            organization: self.organization,
            channel: self.channel,
            envelope: EnvelopeId::from_uuid(self.id()),
            received_at: at(0),
            body: Bytes::from_static(b"{\"raw\":true}"),
            parts: vec![Part { channel: self.channel, items }],
        }
    }

    async fn user_writes(&self, phone: &str, texts: &[&str]) -> Vec<MessageId> {
        let items = texts.iter().map(|body| text(phone, &format!("wamid.{phone}.{body}"), body)).collect();
        self.store.ingest(self.webhook(items)).await.unwrap().inserted
    }

    async fn claim(&self, now: Timestamp) -> Vec<ClaimedConversation> {
        self.store.claim_conversations("a", now, LEASE, 100).await.unwrap()
    }

    async fn settle(
        &self,
        claimed: &ClaimedConversation,
        head: HeadOutcome,
        replies: Vec<NewOutbound>,
    ) -> Result<(), Error> {
        self.store.settle_conversation(self.outcome(claimed, head, replies)).await
    }

    fn outcome(
        &self,
        claimed: &ClaimedConversation,
        head: HeadOutcome,
        replies: Vec<NewOutbound>,
    ) -> ConversationOutcome {
        ConversationOutcome {
            organization: self.organization,
            channel: self.channel,
            conversation: claimed.conversation,
            epoch: claimed.epoch,
            now: at(1),
            session: session::State::None,
            head,
            replies,
            session_due: None,
            events: Vec::new(),
            told: None,
            end_taken: false,
            wait_until: None,
            pause_until: None,
            woken: false,
        }
    }

    fn reply(&self, claimed: &ClaimedConversation, body: &str) -> NewOutbound {
        NewOutbound {
            id: MessageId::message(self.id()),
            conversation: claimed.conversation,
            content: OutboundContent::Text(Text { body: body.to_owned(), preview_url: false }),
            reply_to: None,
            expires_at: at(86_400),
            priority: Priority::Reply,
            silent_since: None,
        }
    }

    /// A user who wrote, was answered with `bodies`, all queued.
    async fn answered(&self, bodies: &[&str]) -> Vec<MessageId> {
        self.user_writes("6281255501234", &["hi"]).await;
        let claimed = self.claim(at(1)).await.remove(0);
        let replies: Vec<_> = bodies.iter().map(|body| self.reply(&claimed, body)).collect();
        let ids = replies.iter().map(|reply| reply.id).collect();
        self.settle(&claimed, delivered(&claimed), replies).await.unwrap();
        ids
    }

    async fn status_of(&self, id: MessageId) -> String {
        self.store.message(self.scope(), id).await.unwrap().unwrap().content.status().to_owned()
    }

    async fn provider_says(&self, provider_id: &str, status: Status, message: Option<MessageId>) {
        let update = self.webhook(vec![update(provider_id, status, message)]);
        self.store.ingest(update).await.unwrap();
    }
}

fn delivered(claimed: &ClaimedConversation) -> HeadOutcome {
    HeadOutcome::Delivered {
        message: claimed.head.as_ref().unwrap().id,
        duration_ms: 5,
        warnings: Vec::new(),
    }
}

fn text(phone: &str, provider_id: &str, body: &str) -> Item {
    let content = InboundContent::Text(Text { body: body.to_owned(), preview_url: false });
    inbound(Identity::Phone(phone.parse().unwrap()), provider_id, content)
}

fn inbound(from: Identity, provider_id: &str, content: InboundContent) -> Item {
    Item::Message(Box::new(Message {
        provider_id: provider_id.to_owned(),
        from,
        name: Some("Budi".to_owned()),
        username: None,
        room: None,
        sent_at: at(0),
        content,
        context: Context::default(),
    }))
}

fn update(provider_id: &str, status: Status, message: Option<MessageId>) -> Item {
    Item::Status(StatusUpdate {
        provider_id: provider_id.to_owned(),
        status,
        at: at(2),
        message,
        failure: (status == Status::Failed).then(|| Failure::new("undeliverable", "no")),
        detail: json!({}),
    })
}

fn sent(id: MessageId, kind: SendResultKind) -> Vec<SendResult> {
    vec![SendResult { id, kind, duration_ms: 3 }]
}

fn accepted(id: MessageId, provider_id: &str) -> Vec<SendResult> {
    sent(id, SendResultKind::Accepted { provider_id: provider_id.to_owned() })
}

on_both! {
    the_same_webhook_five_times_makes_one_message(f) {
        for round in 0..5 {
            let outcome = f.store.ingest(f.webhook(vec![text("6281255501234", "wamid.1", "hi")])).await.unwrap();
            assert_eq!((outcome.inserted.len(), outcome.duplicates), if round == 0 { (1, 0) } else { (0, 1) });
        }
        let filter = MessageFilter { limit: 10, ..MessageFilter::default() };
        assert_eq!(f.store.messages(f.scope(), &filter).await.unwrap().messages.len(), 1);
    }

    the_same_webhook_from_many_callers_at_once_makes_one_message(f) {
        let calls = (0..20).map(|_| f.store.ingest(f.webhook(vec![text("6281255501234", "wamid.1", "hi")])));
        let outcomes = futures_util::future::try_join_all(calls).await.unwrap();
        assert_eq!(outcomes.iter().map(|outcome| outcome.inserted.len()).sum::<usize>(), 1);
    }

    a_thousand_items_of_one_webhook_all_arrive(f) {
        let items = (0..1_000).map(|n| text(&format!("62812555{n:05}"), &format!("wamid.{n}"), "hi")).collect();
        assert_eq!(f.store.ingest(f.webhook(items)).await.unwrap().inserted.len(), 1_000);
        let (mut seen, mut before) = (HashSet::new(), None);
        loop {
            let filter = MessageFilter { limit: 100, before, channel: Some(f.channel), ..MessageFilter::default() };
            let page = f.store.messages(f.scope(), &filter).await.unwrap();
            seen.extend(page.messages.iter().map(|message| message.id));
            before = page.messages.last().map(|message| message.id);
            if !page.has_more { break; }
        }
        assert_eq!(seen.len(), 1_000);
        assert_eq!(f.claim(at(1)).await.len(), 100);
    }

    one_user_under_several_names_is_one_conversation(f) {
        let bsuid = "ID.4711".parse().unwrap();
        let phone: warta_core::phone::Phone = "5511987654321".parse().unwrap();
        let other: warta_core::phone::Phone = "551187654321".parse().unwrap();
        let hi = |n: u32| (format!("wamid.{n}"), InboundContent::Text(Text { body: "hi".into(), preview_url: false }));
        for (n, from) in [(1, Identity::Phone(phone.clone())), (2, Identity::Both(bsuid, other)), (3, Identity::Bsuid("ID.4711".parse().unwrap()))] {
            let (id, content) = hi(n);
            f.store.ingest(f.webhook(vec![inbound(from, &id, content)])).await.unwrap();
        }
        let claimed = f.claim(at(1)).await;
        assert_eq!(claimed.len(), 1);
        assert!(claimed[0].user.identity.bsuid().is_some() && claimed[0].user.identity.phone().is_some());
    }

    a_user_who_changed_number_stays_one_conversation(f) {
        f.user_writes("6281255501234", &["hi"]).await;
        let change = SystemChange { kind: "user_changed_number".into(), phone: Some("6281255509999".into()), bsuid: Some("ID.2".into()), previous_bsuid: None };
        let from = Identity::Phone("6281255501234".parse().unwrap());
        f.store.ingest(f.webhook(vec![inbound(from, "wamid.s", InboundContent::System(change))])).await.unwrap();
        f.user_writes("6281255509999", &["again"]).await;
        let claimed = f.claim(at(1)).await;
        assert_eq!(claimed.len(), 1);
        assert_eq!(claimed[0].user.identity.phone().unwrap().digits(), "6281255509999");
    }

    a_number_that_passed_to_another_person_starts_another_conversation(f) {
        let both = |bsuid: &str| Identity::Both(bsuid.parse().unwrap(), "6281255501234".parse().unwrap());
        let hi = || InboundContent::Text(Text { body: "hi".into(), preview_url: false });
        f.store.ingest(f.webhook(vec![inbound(both("ID.1"), "wamid.1", hi())])).await.unwrap();
        f.store.ingest(f.webhook(vec![inbound(both("ID.2"), "wamid.2", hi())])).await.unwrap();
        f.user_writes("6281255501234", &["third"]).await;
        let claimed = f.claim(at(1)).await;
        assert_eq!(claimed.len(), 2);
    }

    messages_reach_the_agent_one_by_one_in_order(f) {
        let ids = f.user_writes("6281255501234", &["one", "two", "three"]).await;
        let mut seen = Vec::new();
        for _ in 0..3 {
            let claimed = f.claim(at(1)).await.remove(0);
            assert!(f.claim(at(1)).await.is_empty(), "a claimed conversation is nobody else's");
            seen.push(claimed.head.as_ref().unwrap().id);
            f.settle(&claimed, delivered(&claimed), Vec::new()).await.unwrap();
        }
        assert_eq!(seen, ids);
        assert!(f.claim(at(1)).await.is_empty());
    }

    a_message_that_comes_in_during_a_claim_is_not_forgotten(f) {
        f.user_writes("6281255501234", &["one"]).await;
        let claimed = f.claim(at(1)).await.remove(0);
        f.user_writes("6281255501234", &["two"]).await;
        f.settle(&claimed, delivered(&claimed), Vec::new()).await.unwrap();
        assert_eq!(f.claim(at(1)).await.len(), 1);
    }

    a_retry_waits_and_holds_what_is_behind_it(f) {
        f.user_writes("6281255501234", &["one", "two"]).await;
        let claimed = f.claim(at(1)).await.remove(0);
        let message = claimed.head.as_ref().unwrap().id;
        let failure = Failure::new("agent_unreachable", "no");
        f.settle(&claimed, HeadOutcome::Retry { message, at: at(10), failure, duration_ms: 1 }, Vec::new()).await.unwrap();
        assert!(f.claim(at(9)).await.is_empty());
        let again = f.claim(at(10)).await.remove(0);
        let head = again.head.as_ref().unwrap();
        assert_eq!((head.id, head.attempts), (message, 1));
    }

    a_lease_that_ended_lets_another_worker_in_and_the_first_writes_nothing(f) {
        f.user_writes("6281255501234", &["one"]).await;
        let first = f.claim(at(1)).await.remove(0);
        assert!(f.claim(at(60)).await.is_empty());
        let second = f.claim(at(62)).await.remove(0);
        let late = f.settle(&first, delivered(&first), vec![f.reply(&first, "late")]).await;
        assert!(matches!(late, Err(Error::StaleLease)), "{late:?}");
        f.settle(&second, delivered(&second), vec![f.reply(&second, "once")]).await.unwrap();
        let outbound = MessageFilter { direction: Some(warta_core::message::Direction::Outbound), limit: 10, ..MessageFilter::default() };
        assert_eq!(f.store.messages(f.scope(), &outbound).await.unwrap().messages.len(), 1);
    }

    one_operation_that_fails_takes_no_neighbour_with_it(f) {
        let entries: Vec<_> = (0..8).map(|_| f.entry(Action::ChannelCreated, None, at(0))).collect();
        let writes = entries.iter().enumerate().map(|(n, entry)| {
            let channel = ChannelId::from_uuid(f.id());
            // All want the same environment: one wins, seven fail, in whatever transaction they share.
            f.store.create_channel(f.new_channel(channel, Environment::Draft, &format!("628110000010{n}")), entry)
        });
        let touches = (0..8).map(|_| f.store.create_organization(OrganizationId::from_uuid(f.id()), "another", at(0)));
        let (created, others) = tokio::join!(futures_util::future::join_all(writes), futures_util::future::join_all(touches));
        assert_eq!(created.iter().filter(|result| result.is_ok()).count(), 1);
        assert!(created.iter().all(|result| matches!(result, Ok(()) | Err(Error::EnvironmentTaken))), "{created:?}");
        assert!(others.iter().all(Result::is_ok), "{others:?}");
        assert_eq!(f.store.organizations().await.unwrap().len(), 9);
    }

    two_live_channels_cannot_share_an_account(f) {
        let clash = f.new_channel(ChannelId::from_uuid(f.id()), Environment::Draft, "+62 811-0000-0001");
        assert!(matches!(f.store.create_channel(clash, &f.entry(Action::ChannelCreated, None, at(0))).await, Err(Error::AccountTaken)));
    }

    replies_leave_one_at_a_time_in_order(f) {
        let ids = f.answered(&["one", "two"]).await;
        let number = f.store.claim_numbers("a", at(1), LEASE, 10).await.unwrap().remove(0);
        for (n, id) in ids.iter().enumerate() {
            let heads = f.store.sendable(number, at(1), 10).await.unwrap();
            assert_eq!(heads.iter().map(|head| head.id).collect::<Vec<_>>(), [*id]);
            assert_eq!(f.store.begin_sends(number, vec![*id], at(1)).await.unwrap(), [*id]);
            assert!(f.store.sendable(number, at(1), 10).await.unwrap().is_empty());
            f.store.finish_sends(number, accepted(*id, &format!("wamid.out{n}")), at(1)).await.unwrap();
        }
        f.store.settle_number(number, at(1), None).await.unwrap();
        assert!(f.store.claim_numbers("a", at(1), LEASE, 10).await.unwrap().is_empty());
    }

    a_status_before_the_answer_of_the_send_waits_and_then_counts(f) {
        let id = f.answered(&["one"]).await[0];
        let number = f.store.claim_numbers("a", at(1), LEASE, 10).await.unwrap().remove(0);
        f.store.begin_sends(number, vec![id], at(1)).await.unwrap();
        f.provider_says("wamid.out", Status::Read, None).await;
        assert_eq!(f.status_of(id).await, "dispatching");
        f.store.finish_sends(number, accepted(id, "wamid.out"), at(1)).await.unwrap();
        assert_eq!(f.status_of(id).await, "read");
        let kinds: Vec<_> = f.store.timeline(f.scope(), id).await.unwrap().into_iter().map(|event| event.status).collect();
        assert_eq!(kinds, ["read", "accepted"]);
    }

    a_status_that_bears_our_id_ends_the_uncertainty(f) {
        let id = f.answered(&["one"]).await[0];
        let number = f.store.claim_numbers("a", at(1), LEASE, 10).await.unwrap().remove(0);
        f.store.begin_sends(number, vec![id], at(1)).await.unwrap();
        let failure = Failure::new("no_answer", "timed out");
        f.store.finish_sends(number, sent(id, SendResultKind::Uncertain { at: Some(at(31)), failure }), at(1)).await.unwrap();
        f.store.settle_number(number, at(1), None).await.unwrap();
        assert_eq!(f.status_of(id).await, "uncertain");
        f.provider_says("wamid.out", Status::Delivered, Some(id)).await;
        assert_eq!(f.status_of(id).await, "delivered");
        let number = f.store.claim_numbers("a", at(40), LEASE, 10).await.unwrap();
        if let Some(number) = number.first() {
            assert!(f.store.sendable(*number, at(40), 10).await.unwrap().is_empty(), "it must not be sent again");
        }
        let row = f.store.message(f.scope(), id).await.unwrap().unwrap();
        assert_eq!(row.provider_id.as_deref(), Some("wamid.out"));
    }

    a_send_that_a_dead_worker_left_becomes_uncertain_and_is_sent_once_more(f) {
        let id = f.answered(&["one"]).await[0];
        let dead = f.store.claim_numbers("a", at(1), LEASE, 10).await.unwrap().remove(0);
        f.store.begin_sends(dead, vec![id], at(1)).await.unwrap();
        let number = f.store.claim_numbers("b", at(70), LEASE, 10).await.unwrap().remove(0);
        assert_eq!(f.status_of(id).await, "uncertain");
        assert!(f.store.sendable(number, at(71), 10).await.unwrap().is_empty());
        let again = f.store.sendable(number, at(101), 10).await.unwrap().remove(0);
        assert!(again.possible_duplicate);
        let late = f.store.finish_sends(dead, accepted(id, "wamid.late"), at(71)).await;
        assert!(matches!(late, Err(Error::StaleLease)), "{late:?}");
    }

    an_enqueue_under_one_key_from_many_callers_happens_once(f) {
        f.user_writes("6281255501234", &["hi"]).await;
        let claimed = f.claim(at(1)).await.remove(0);
        let key = Idempotency { key: "order-1".to_owned(), fingerprint: vec![1] };
        let calls = (0..20).map(|_| f.store.enqueue(f.scope(), f.channel, vec![f.reply(&claimed, "once")], Some(key.clone()), at(1)));
        let all = futures_util::future::try_join_all(calls).await.unwrap();
        assert_eq!(all.iter().filter(|one| !one.replayed).count(), 1);
        assert_eq!(all.iter().map(|one| one.messages.clone()).collect::<HashSet<_>>().len(), 1);
        let other = Idempotency { fingerprint: vec![2], ..key };
        let reused = f.store.enqueue(f.scope(), f.channel, vec![f.reply(&claimed, "other")], Some(other), at(1)).await;
        assert!(matches!(reused, Err(Error::IdempotencyKeyReused)), "{reused:?}");
    }

    a_call_can_be_repeated_for_a_day_and_is_forgotten_then(f) {
        const DAY: i64 = 24 * 3_600;
        f.user_writes("6281255501234", &["hi"]).await;
        let claimed = f.claim(at(1)).await.remove(0);
        let key = Idempotency { key: "order-1".to_owned(), fingerprint: vec![1] };
        f.store.enqueue(f.scope(), f.channel, vec![f.reply(&claimed, "once")], Some(key.clone()), at(1)).await.unwrap();
        assert_eq!(f.store.forget_old(at(DAY)).await.unwrap(), 0);
        assert!(f.store.repeated(f.scope(), f.channel, &key, at(DAY)).await.unwrap().is_some());
        assert_eq!(f.store.forget_old(at(DAY + 1)).await.unwrap(), 1);
        // By whatever time it is asked for: it is no longer there.
        assert!(f.store.repeated(f.scope(), f.channel, &key, at(DAY)).await.unwrap().is_none());
    }

    webhooks_as_they_came_are_forgotten_after_a_week_batch_by_batch(f) {
        const DAY: i64 = 24 * 3_600;
        let came = |seconds: i64| {
            let envelope = EnvelopeId::from_uuid(f.minter.uuid(at(seconds)));
            f.store.ingest(Ingest { envelope, received_at: at(seconds), parts: Vec::new(), ..f.webhook(Vec::new()) })
        };
        futures_util::future::try_join_all((0..1_001).map(|_| came(0))).await.unwrap();
        came(6 * DAY).await.unwrap();
        assert_eq!(f.store.forget_old(at(7 * DAY)).await.unwrap(), 0);
        let mut batches = Vec::new();
        for _ in 0..3 {
            batches.push(f.store.forget_old(at(7 * DAY + 1)).await.unwrap());
        }
        assert_eq!(batches, [1_000, 1, 0]);
        assert_eq!(f.store.forget_old(at(13 * DAY + 1)).await.unwrap(), 1);
    }

    a_message_is_known_again_when_its_webhook_is_forgotten(f) {
        let webhook = || f.webhook(vec![text("6281255501234", "wamid.1", "hi")]);
        f.store.ingest(webhook()).await.unwrap();
        assert_eq!(f.store.forget_old(at(8 * 24 * 3_600)).await.unwrap(), 1);
        let again = f.store.ingest(webhook()).await.unwrap();
        assert_eq!((again.inserted.len(), again.duplicates), (0, 1));
    }

    a_foreign_scope_sees_nothing(f) {
        let id = f.answered(&["one"]).await[0];
        let foreign = Scope::new(OrganizationId::from_uuid(f.id()));
        let conversation = f.store.message(f.scope(), id).await.unwrap().unwrap().conversation;
        assert!(f.store.message(foreign, id).await.unwrap().is_none());
        assert!(f.store.timeline(foreign, id).await.unwrap().is_empty());
        assert!(f.store.conversation(foreign, conversation).await.unwrap().is_none());
        assert!(f.store.channels(foreign).await.unwrap().is_empty());
        assert!(f.store.agents(foreign).await.unwrap().is_empty());
        let filter = MessageFilter { limit: 10, ..MessageFilter::default() };
        assert!(f.store.messages(foreign, &filter).await.unwrap().messages.is_empty());
    }

    a_paused_channel_keeps_what_comes_in_and_hands_nothing_on(f) {
        f.answered(&["one"]).await;
        f.set_state(f.channel, State::Paused, 1).await;
        f.user_writes("6281255501234", &["more"]).await;
        assert!(f.claim(at(2)).await.is_empty());
        assert!(f.store.claim_numbers("a", at(2), LEASE, 10).await.unwrap().is_empty());
        f.set_state(f.channel, State::Live, 3).await;
        assert_eq!(f.claim(at(3)).await.len(), 1);
        assert_eq!(f.store.claim_numbers("a", at(3), LEASE, 10).await.unwrap().len(), 1);
    }

    a_dead_letter_can_be_replayed(f) {
        let id = f.user_writes("6281255501234", &["hi"]).await[0];
        let claimed = f.claim(at(1)).await.remove(0);
        f.settle(&claimed, HeadOutcome::Dead { message: id, failure: Failure::new("agent_refused", "500"), duration_ms: 1 }, Vec::new()).await.unwrap();
        assert_eq!(f.store.dead_letters(f.scope(), 10).await.unwrap()[0].id, id);
        assert_eq!(f.store.counts(f.scope()).await.unwrap().dead, 1);
        f.store.replay_dead(f.scope(), id, at(2)).await.unwrap();
        assert_eq!(f.claim(at(2)).await[0].head.as_ref().unwrap().id, id);
        assert!(matches!(f.store.replay_dead(f.scope(), id, at(2)).await, Err(Error::NotFound)));
    }

    a_channel_event_told_twice_is_kept_once(f) {
        let event = || Item::Event(ChannelEvent { kind: "account_update".into(), at: Some(at(0)), detail: json!({"event": "X"}) });
        f.store.ingest(f.webhook(vec![event(), event()])).await.unwrap();
        f.store.ingest(f.webhook(vec![event()])).await.unwrap();
    }

    a_commit_that_makes_something_due_wakes(f) {
        let woken = f.store.woken(Actor::Conversation);
        f.user_writes("6281255501234", &["hi"]).await;
        tokio::time::timeout(Duration::from_secs(5), woken).await.unwrap();
    }

    secrets_open_and_rotate_with_an_overlap(f) {
        let secrets = |channel: &warta_store::Channel, now| channel.secrets(SecretKind::WebhookSecret, now).map(|s| s.expose().to_owned()).collect::<Vec<_>>();
        let day = Duration::from_hours(24);
        for (n, secret) in ["first", "second"].into_iter().enumerate() {
            let now = at(i64::try_from(n).unwrap() * 60);
            let new = f.secret(SecretKind::WebhookSecret, secret);
            let entry = f.entry(Action::WebhookSecretRegenerated, None, now);
            f.store.add_secret(f.scope(), f.channel, new, Others::StayUntil(now.after(day)), &entry).await.unwrap();
        }
        let channel = f.store.channel(f.channel).await.unwrap().unwrap();
        assert_eq!(secrets(&channel, at(61)), ["second", "first"]);
        assert_eq!(secrets(&channel, at(60 + 24 * 3_600)), ["second"]);
        assert_eq!(channel.secrets(SecretKind::AccessToken, at(0)).next().unwrap().expose(), "EAAG-canary-token");
    }

    statuses_in_any_order_end_as_the_pure_rule_says(f) {
        const REPORTED: [Status; 5] = [Status::Sent, Status::Delivered, Status::Read, Status::Failed, Status::Played];
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let histories = proptest::collection::vec(proptest::sample::select(&REPORTED[..]), 1..8);
        for n in 0..20 {
            let history = histories.new_tree(&mut runner).unwrap().current();
            f.user_writes("6281255501234", &[&format!("hi{n}")]).await;
            let claimed = f.claim(at(1)).await.remove(0);
            let reply = f.reply(&claimed, "r");
            let id = reply.id;
            f.settle(&claimed, delivered(&claimed), vec![reply]).await.unwrap();
            let number = f.store.claim_numbers("a", at(1), LEASE, 10).await.unwrap().remove(0);
            f.store.begin_sends(number, vec![id], at(1)).await.unwrap();
            let (provider_id, half) = (format!("wamid.{n}"), history.len() / 2);
            let (early, late) = history.split_at(half);
            f.store.ingest(f.webhook(early.iter().map(|status| update(&provider_id, *status, None)).collect())).await.unwrap();
            f.store.finish_sends(number, accepted(id, &provider_id), at(1)).await.unwrap();
            f.store.settle_number(number, at(1), None).await.unwrap();
            f.store.ingest(f.webhook(late.iter().map(|status| update(&provider_id, *status, None)).collect())).await.unwrap();
            let expected = history.iter().copied().fold(Status::Accepted, delivery::merge);
            assert_eq!(f.status_of(id).await, expected.as_str(), "{history:?}");
        }
    }

    a_message_that_comes_in_while_a_claim_ends_is_not_forgotten(f) {
        f.user_writes("6281255501234", &["first"]).await;
        for round in 0..60_u64 {
            let claimed = f.claim(at(1)).await;
            assert_eq!(claimed.len(), 1, "the message of round {round} is forgotten");
            let text = format!("next{round}");
            let texts = [text.as_str()];
            let late = async {
                tokio::time::sleep(Duration::from_micros(round % 3 * 400)).await;
                f.user_writes("6281255501234", &texts).await
            };
            let (settled, _) = tokio::join!(f.settle(&claimed[0], delivered(&claimed[0]), Vec::new()), late);
            settled.unwrap();
        }
    }

    a_reply_queued_while_a_number_is_settled_is_not_forgotten(f) {
        f.user_writes("6281255501234", &["hi"]).await;
        let claimed = f.claim(at(1)).await.remove(0);
        let queue = || f.store.enqueue(f.scope(), f.channel, vec![f.reply(&claimed, "one")], None, at(1));
        queue().await.unwrap();
        let mut left = 0;
        while left < 40 {
            let numbers = f.store.claim_numbers("a", at(1), LEASE, 10).await.unwrap();
            assert_eq!(numbers.len(), 1, "a queued reply is forgotten");
            let number = numbers[0];
            // A claim may be the echo of what came in during the last one, with nothing left to do.
            let Some(head) = f.store.sendable(number, at(1), 10).await.unwrap().pop() else {
                f.store.settle_number(number, at(1), None).await.unwrap();
                continue;
            };
            f.store.begin_sends(number, vec![head.id], at(1)).await.unwrap();
            f.store.finish_sends(number, accepted(head.id, &format!("wamid.{left}")), at(1)).await.unwrap();
            let late = async {
                tokio::time::sleep(Duration::from_micros(left % 3 * 400)).await;
                queue().await
            };
            let (settled, queued) = tokio::join!(f.store.settle_number(number, at(1), None), late);
            settled.unwrap();
            queued.unwrap();
            left += 1;
        }
    }

    a_status_that_comes_in_with_the_answer_of_the_send_counts(f) {
        f.user_writes("6281255501234", &["hi"]).await;
        let claimed = f.claim(at(1)).await.remove(0);
        for round in 0..60_u64 {
            let reply = f.reply(&claimed, "one");
            let id = reply.id;
            f.store.enqueue(f.scope(), f.channel, vec![reply], None, at(1)).await.unwrap();
            let number = f.store.claim_numbers("a", at(1), LEASE, 10).await.unwrap().remove(0);
            f.store.begin_sends(number, vec![id], at(1)).await.unwrap();
            let provider_id = format!("wamid.{round}");
            let status = async {
                tokio::time::sleep(Duration::from_micros(round * 30)).await;
                f.provider_says(&provider_id, Status::Delivered, None).await;
            };
            let (finished, ()) =
                tokio::join!(f.store.finish_sends(number, accepted(id, &provider_id), at(1)), status);
            finished.unwrap();
            assert_eq!(f.status_of(id).await, "delivered", "round {round}");
            f.store.settle_number(number, at(1), None).await.unwrap();
        }
    }

    a_message_that_cannot_be_read_fails_and_stops_no_other(f) {
        let ids = f.answered(&["one", "two"]).await;
        testing::damage_message(&f.store, ids[0]).await;
        let number = f.store.claim_numbers("a", at(1), LEASE, 10).await.unwrap().remove(0);
        let heads = f.store.sendable(number, at(1), 10).await.unwrap();
        assert_eq!(heads.iter().map(|head| head.id).collect::<Vec<_>>(), ids[1..]);
        let stale = f.store.claim_numbers("b", at(1_000), LEASE, 10).await.unwrap().remove(0);
        testing::damage_message(&f.store, ids[1]).await;
        assert!(matches!(f.store.sendable(number, at(1_000), 10).await, Err(Error::StaleLease)));
        assert!(f.store.sendable(stale, at(1_000), 10).await.unwrap().is_empty());
        let timeline = f.store.timeline(f.scope(), ids[1]).await.unwrap();
        let last = timeline.last().unwrap();
        assert_eq!(last.status, "failed");
        assert!(format!("{:?}", last.detail).contains("unreadable"), "{last:?}");
    }

    an_id_that_another_message_has_undoes_nothing_that_is_recorded_with_it(f) {
        let ids = f.answered(&["one", "two"]).await;
        let number = f.store.claim_numbers("a", at(1), LEASE, 10).await.unwrap().remove(0);
        f.store.begin_sends(number, ids.clone(), at(1)).await.unwrap();
        let both = ids.iter().flat_map(|id| accepted(*id, "wamid.same")).collect();
        f.store.finish_sends(number, both, at(2)).await.unwrap();
        let message = async |id| f.store.message(f.scope(), id).await.unwrap().unwrap();
        let (first, second) = (message(ids[0]).await, message(ids[1]).await);
        assert_eq!((first.content.status(), second.content.status()), ("accepted", "accepted"));
        assert_eq!((first.provider_id.as_deref(), second.provider_id), (Some("wamid.same"), None));
    }

    a_claim_that_is_kept_is_not_taken_over(f) {
        f.answered(&["one"]).await;
        let number = f.store.claim_numbers("a", at(1), LEASE, 10).await.unwrap().remove(0);
        let late = at(1).after(LEASE);
        f.store.keep_number(number, late).await.unwrap();
        assert!(f.store.claim_numbers("b", late, LEASE, 10).await.unwrap().is_empty());
        let later = late.after(LEASE);
        assert_eq!(f.store.claim_numbers("b", later, LEASE, 10).await.unwrap().len(), 1);
        assert!(matches!(f.store.keep_number(number, later).await, Err(Error::StaleLease)));
    }

    a_status_that_ends_the_uncertainty_lets_the_next_message_go(f) {
        let ids = f.answered(&["one", "two"]).await;
        let number = f.store.claim_numbers("a", at(1), LEASE, 10).await.unwrap().remove(0);
        f.store.begin_sends(number, vec![ids[0]], at(1)).await.unwrap();
        let failure = || Failure::new("no_answer", "timed out");
        let uncertain = SendResultKind::Uncertain { at: Some(at(31)), failure: failure() };
        f.store.finish_sends(number, sent(ids[0], uncertain), at(1)).await.unwrap();
        f.store.settle_number(number, at(1), None).await.unwrap();
        assert!(f.store.claim_numbers("a", at(2), LEASE, 10).await.unwrap().is_empty());
        f.provider_says("wamid.out", Status::Sent, Some(ids[0])).await;
        let number = f.store.claim_numbers("a", at(2), LEASE, 10).await.unwrap().remove(0);
        assert_eq!(f.store.sendable(number, at(2), 10).await.unwrap()[0].id, ids[1]);
        let late = SendResultKind::Retry { at: at(9), failure: failure() };
        f.store.finish_sends(number, sent(ids[0], late), at(3)).await.unwrap();
        assert_eq!(f.status_of(ids[0]).await, "sent", "a late result does not lower it");
    }

    what_is_said_of_the_second_copy_counts_too(f) {
        let id = f.answered(&["one"]).await[0];
        let number = f.store.claim_numbers("a", at(1), LEASE, 10).await.unwrap().remove(0);
        f.store.begin_sends(number, vec![id], at(1)).await.unwrap();
        f.provider_says("wamid.first", Status::Sent, Some(id)).await;
        f.provider_says("wamid.second", Status::Read, Some(id)).await;
        assert_eq!(f.status_of(id).await, "read");
    }

    a_failure_keeps_its_reason_also_when_it_was_told_early(f) {
        for (early, text) in [(false, "late"), (true, "early")] {
            f.user_writes("6281255501234", &[text]).await;
            let claimed = f.claim(at(1)).await.remove(0);
            let reply = f.reply(&claimed, text);
            let id = reply.id;
            f.settle(&claimed, delivered(&claimed), vec![reply]).await.unwrap();
            let number = f.store.claim_numbers("a", at(1), LEASE, 10).await.unwrap().remove(0);
            f.store.begin_sends(number, vec![id], at(1)).await.unwrap();
            if early {
                f.provider_says(text, Status::Failed, None).await;
            }
            f.store.finish_sends(number, accepted(id, text), at(1)).await.unwrap();
            if !early {
                f.provider_says(text, Status::Failed, None).await;
            }
            f.store.settle_number(number, at(1), None).await.unwrap();
            let row = f.store.message(f.scope(), id).await.unwrap().unwrap();
            assert_eq!((row.content.status(), row.failure.unwrap().code.as_str()), ("failed", "undeliverable"));
            let timeline = f.store.timeline(f.scope(), id).await.unwrap();
            assert!(timeline.iter().any(|event| event.detail["error"]["code"] == "undeliverable"), "{timeline:?}");
        }
    }

    a_phone_that_passed_on_is_no_longer_the_first_users(f) {
        let both = |bsuid: &str| Identity::Both(bsuid.parse().unwrap(), "6281255501234".parse().unwrap());
        let hi = || InboundContent::Text(Text { body: "hi".into(), preview_url: false });
        f.store.ingest(f.webhook(vec![inbound(both("ID.1"), "wamid.1", hi())])).await.unwrap();
        f.store.ingest(f.webhook(vec![inbound(both("ID.2"), "wamid.2", hi())])).await.unwrap();
        let users: Vec<_> = f.claim(at(1)).await.into_iter().map(|claimed| claimed.user.identity).collect();
        assert!(users.contains(&Identity::Bsuid("ID.1".parse().unwrap())), "{users:?}");
        assert!(users.contains(&both("ID.2")), "{users:?}");
    }

    a_notice_of_whatsapp_does_not_open_the_window(f) {
        let changed = InboundContent::System(SystemChange {
            kind: "user_changed_number".to_owned(), phone: None, bsuid: None, previous_bsuid: None,
        });
        let from = Identity::Phone("6281255501234".parse().unwrap());
        f.store.ingest(f.webhook(vec![inbound(from, "wamid.1", changed)])).await.unwrap();
        assert_eq!(f.claim(at(1)).await.remove(0).last_user_at, None);
    }

    a_bad_webhook_fails_alone(f) {
        let taken = f.webhook(vec![text("6281255501234", "wamid.taken", "hi")]);
        f.store.ingest(taken.clone()).await.unwrap();
        let good = (0..40).map(|n| f.store.ingest(f.webhook(vec![text(&format!("62812555{n:05}"), &format!("wamid.{n}"), "hi")])));
        // An envelope has one id: the database refuses the second.
        let (good, bad) = tokio::join!(futures_util::future::join_all(good), f.store.ingest(taken));
        assert!(good.iter().all(|result| result.as_ref().is_ok_and(|outcome| outcome.inserted.len() == 1)), "{good:?}");
        assert!(matches!(bad, Err(Error::Database(_))), "{bad:?}");
    }

    the_same_users_in_batches_at_once_do_not_stop_each_other(f) {
        let webhook = |round: usize, order: &mut dyn Iterator<Item = usize>| {
            f.webhook(order.map(|n| text(&format!("62812555{n:05}"), &format!("wamid.{round}.{n}"), "hi")).collect())
        };
        for round in 0..10 {
            let calls = (0..4).map(|call| {
                let round = round * 4 + call;
                let ingest = if call % 2 == 0 { webhook(round, &mut (0..50)) } else { webhook(round, &mut (0..50).rev()) };
                f.store.ingest(ingest)
            });
            let outcomes = futures_util::future::try_join_all(calls).await.unwrap();
            assert!(outcomes.iter().all(|outcome| outcome.inserted.len() == 50));
        }
        assert_eq!(f.claim(at(1)).await.len(), 50, "one conversation for each user");
    }

    a_text_with_a_null_character_is_no_obstacle(f) {
        let content = InboundContent::Text(Text { body: "a\0b".to_owned(), preview_url: false });
        let Item::Message(mut message) =
            inbound(Identity::Phone("6281255501234".parse().unwrap()), "wamid.\0", content.clone()) else { unreachable!() };
        message.name = Some("Bu\0di".to_owned());
        f.store.ingest(f.webhook(vec![Item::Message(message)])).await.unwrap();
        let claimed = f.claim(at(1)).await.remove(0);
        assert_eq!((claimed.user.name.as_deref(), claimed.head.unwrap().content), (Some("Budi"), content));
    }

    a_message_to_a_conversation_of_another_channel_is_not_found(f) {
        f.user_writes("6281255501234", &["hi"]).await;
        let claimed = f.claim(at(1)).await.remove(0);
        let other = ChannelId::from_uuid(f.id());
        f.store.create_channel(f.new_channel(other, Environment::Draft, "6281100000002"), &f.entry(Action::ChannelCreated, None, at(0))).await.unwrap();
        let queued = f.store.enqueue(f.scope(), other, vec![f.reply(&claimed, "one")], None, at(1)).await;
        assert!(matches!(queued, Err(Error::NotFound)), "{queued:?}");
    }

    pages_hold_every_message_once_the_newest_first(f) {
        let mut all = Vec::new();
        for user in 0..7 {
            let phone = format!("62812555{user:05}");
            for n in 0..user {
                all.extend(f.user_writes(&phone, &[&n.to_string()]).await);
            }
        }
        all.reverse();
        for limit in [1, 2, 5, 21, 100] {
            let mut filter = MessageFilter { limit, ..MessageFilter::default() };
            let mut seen = Vec::new();
            loop {
                let page = f.store.messages(f.scope(), &filter).await.unwrap();
                assert!(page.messages.len() <= usize::try_from(limit).unwrap());
                seen.extend(page.messages.iter().map(|message| message.id));
                filter.before = seen.last().copied();
                if !page.has_more {
                    break;
                }
            }
            assert_eq!(seen, all, "{limit}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_answered_is_found_when_the_file_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Arc::new(Fixture::new(testing::sqlite(folder.path()).await).await);
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..200 {
        let fixture = Arc::clone(&fixture);
        calls.spawn(async move {
            let items = vec![text(&format!("62812555{n:05}"), &format!("wamid.{n}"), "hi")];
            fixture.store.ingest(fixture.webhook(items)).await.unwrap().inserted[0]
        });
    }
    let answered: Vec<_> = calls.join_all().await;
    // A copy of the files as a crash would leave them: nothing is closed, nothing is checkpointed.
    let copy = tempfile::tempdir().unwrap();
    for name in ["warta.db", "warta.db-wal"] {
        std::fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let reopened = testing::sqlite(copy.path()).await;
    for id in answered {
        assert!(
            reopened.message(fixture.scope(), id).await.unwrap().is_some(),
            "{id} was answered and is gone"
        );
    }
    reopened.close().await;
}

#[tokio::test]
async fn a_store_dropped_without_closing_lost_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Fixture::new(testing::sqlite(folder.path()).await).await;
    let (scope, id) = (fixture.scope(), fixture.user_writes("6281255501234", &["hi"]).await[0]);
    drop(fixture);
    let reopened = testing::sqlite(folder.path()).await;
    assert!(reopened.message(scope, id).await.unwrap().is_some());
    reopened.close().await;
}

#[tokio::test]
async fn no_secret_stands_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Fixture::new(testing::sqlite(folder.path()).await).await;
    fixture.store.close().await;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(11).any(|window| window == b"EAAG-canary"));
    }
}

#[tokio::test]
async fn another_key_is_refused_when_the_store_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    testing::sqlite(folder.path()).await.close().await;
    let url = folder.path().join("warta.db").display().to_string();
    let key = warta_store::SealingKey::from_bytes([8; 32]);
    let opened = Store::open(warta_store::OpenOptions::new(&url, key)).await;
    assert!(matches!(opened, Err(Error::WrongKey)), "{opened:?}");
}
