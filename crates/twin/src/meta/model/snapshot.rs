//! The state as events, for a compacted journal. Finished webhooks are left out, and of
//! each chat only the newest messages are kept.

use std::collections::HashSet;

use super::{apply::State, event::Event};

/// Messages kept of each chat; older ones only while a status is due.
const KEPT_PER_CHAT: usize = 1_000;

impl State {
    /// Events that add up to this state.
    pub(super) fn snapshot(&self) -> Vec<Event> {
        let mut events = vec![Event::Clock { offset_ms: self.clock_offset_ms }];
        events.extend(self.accounts.values().cloned().map(|account| Event::Account(Box::new(account))));
        events.extend(self.own.users.values().cloned().map(Event::User));
        events.extend(self.own.apps.iter().map(|(app_id, subscription)| Event::AppSubscribed {
            app_id: app_id.clone(),
            subscription: subscription.clone(),
        }));
        events.extend(self.own.wabas.iter().map(|(waba_id, callback)| Event::WabaSubscribed {
            waba_id: waba_id.clone(),
            callback: callback.clone(),
        }));
        events.extend(self.own.number_callbacks.iter().map(|(phone_number_id, callback)| {
            Event::NumberCallback {
                phone_number_id: phone_number_id.clone(),
                callback: Some(callback.clone()),
            }
        }));
        events.extend(self.media.values().cloned().map(Event::Media));
        events.extend(self.templates.values().cloned().map(|template| Event::Template(Box::new(template))));
        let owing: HashSet<&String> = self
            .undelivered
            .values()
            .flat_map(|owed| &owed.webhook.about)
            .chain(self.due_statuses.iter().map(|(_, wamid, _)| wamid))
            .collect();
        for chat in self.chats.values() {
            let older = chat.items.len().saturating_sub(KEPT_PER_CHAT);
            let kept =
                chat.items.iter().enumerate().filter(|(place, id)| *place >= older || owing.contains(id));
            let messages = kept.filter_map(|(_, id)| self.messages.get(id));
            events.extend(messages.cloned().map(|message| Event::Kept(Box::new(message))));
        }
        events.extend(self.undelivered.values().map(|owed| Event::Owed(owed.webhook.clone())));
        events
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{engine::Rules as _, meta::model::MetaRules};

    #[test]
    fn a_snapshot_adds_up_to_the_same_state() {
        let user = json!({"key": "628", "phone": "628", "bsuid": "ID.1", "name": "Budi"});
        let webhook = |id: &str| {
            json!({"id": id, "phone_number_id": "1", "field": "messages", "body": "{}", "at_ms": 5,
                "about": ["wamid.1"]})
        };
        let inbound = json!({"wamid": "wamid.1", "phone_number_id": "1", "user": "628", "from_user": true,
            "content": {"type": "text"}, "at_ms": 5, "ticks": "sent"});
        let outbound = json!({"wamid": "wamid.2", "phone_number_id": "1", "user": "628", "from_user": false,
            "content": {"type": "text"}, "at_ms": 6, "ticks": "none", "outbound": {"to": "628",
            "category": "service", "plan": [{"status": "sent", "due_ms": 7, "stamp_ms": 7},
            {"status": "delivered", "due_ms": 8, "stamp_ms": 8}]}});
        let lines = [
            json!({"event": "clock", "offset_ms": 9}),
            json!({"event": "received", "at_ms": 5, "messages": [inbound], "users": [user],
                "webhooks": [webhook("a"), webhook("b")]}),
            json!({"event": "accepted", "at_ms": 6, "message": outbound, "user": user}),
            json!({"event": "status", "at_ms": 7, "wamid": "wamid.2", "status": "sent", "webhook": null}),
            json!({"event": "attempt", "at_ms": 7, "webhook": "a", "number": 1, "http_status": 200}),
        ];
        let mut state = State::default();
        for line in lines {
            MetaRules::apply(&mut state, serde_json::from_value(line).unwrap());
        }

        let mut again = State::default();
        for event in state.snapshot() {
            MetaRules::apply(
                &mut again,
                serde_json::from_str(&serde_json::to_string(&event).unwrap()).unwrap(),
            );
        }

        assert_eq!(again.clock_offset_ms, 9);
        assert_eq!(again.own.users, state.own.users);
        assert_eq!(again.undelivered.keys().collect::<Vec<_>>(), ["b"]);
        assert_eq!(again.due_statuses, state.due_statuses);
        assert_eq!(again.due_statuses.len(), 1);
        assert_eq!(again.chats[&("1".to_owned(), "628".to_owned())].last_inbound_ms, Some(5));
        assert_eq!(again.messages["wamid.1"].ticks, state.messages["wamid.1"].ticks);
    }
}
