//! Meta's rules of delivery: a webhook is sent until the answer is exactly 200 (facts §1.3, §12.8).

use serde_json::{Map, Value};

use super::{
    model::{Account, Event, FaultSettings, Meta, MetaRules, State, Webhook, encoding},
    statuses,
};
use crate::engine::{Call, Deliver, Status};

/// Waits before the second, third … attempt; the last one repeats. Meta publishes none.
const RETRY_MS: [i64; 5] = [200, 500, 1_000, 2_000, 5_000];
/// How long a webhook is retried (§1.3).
const GIVE_UP_MS: i64 = 7 * 86_400_000;

impl Deliver for MetaRules {
    const PARALLEL: usize = 32;

    /// Each number has its own lane.
    fn lane(webhook: &Webhook) -> &str {
        &webhook.phone_number_id
    }

    fn status_event(
        _meta: &Meta,
        state: &State,
        faults: &FaultSettings,
        (wamid, status): (String, Status),
        now_ms: i64,
    ) -> Option<Event> {
        let message = state.messages.get(&wamid)?;
        let webhook = statuses::webhook(state, message, status, faults, now_ms);
        Some(Event::Status { at_ms: now_ms, wamid, status, webhook })
    }

    fn call(meta: &Meta, webhook: &Webhook) -> Option<Call> {
        let (url, secret) = target(&meta.state(), webhook)?;
        let signature = encoding::signature(&secret, webhook.body.as_bytes());
        let copies = meta.faults.settings().duplicate;
        Some(Call { url, headers: vec![(encoding::SIGNATURE, signature)], copies })
    }

    fn retry_after_ms(attempt: u32, age_ms: i64) -> Option<i64> {
        let place = usize::try_from(attempt - 1).unwrap_or(usize::MAX).min(RETRY_MS.len() - 1);
        RETRY_MS.get(place).copied().filter(|_| age_ms <= GIVE_UP_MS)
    }

    /// Announces the chats whose "is typing" has run out.
    fn each_round(meta: &Meta, now_ms: i64) -> Option<i64> {
        let (ended, next_ms) = meta.memory.typing_ended(now_ms);
        for (phone_number_id, user) in ended {
            meta.announce(phone_number_id, user);
        }
        next_ms
    }
}

/// Fields sent to an override; all others go to the app's own callback (§1.7).
const OVERRIDDEN_FIELDS: [&str; 13] = [
    "messages",
    "message_echoes",
    "calls",
    "consumer_profile",
    "messaging_handovers",
    "group_lifecycle_update",
    "group_participants_update",
    "group_settings_update",
    "group_status_update",
    "smb_message_echoes",
    "smb_app_state_sync",
    "history",
    "account_settings_update",
];

/// The URL of a webhook and the secret that signs it. The number's override takes precedence over the WABA's,
/// that before the app's own callback. Nothing is sent while the app is not subscribed to the WABA; the
/// app's choice of fields applies to its own callback only.
pub(crate) fn target(state: &State, webhook: &Webhook) -> Option<(String, String)> {
    let account = state.accounts.get(&webhook.phone_number_id)?;
    let waba = state.own.wabas.get(&account.waba_id)?;
    let overridden = OVERRIDDEN_FIELDS.contains(&webhook.field.as_str()).then(|| {
        let number = state.own.number_callbacks.get(&account.phone_number_id);
        number.or(waba.as_ref()).map(|callback| callback.url.clone())
    });
    let url = overridden.flatten().or_else(|| {
        let app = state.own.apps.get(&account.app_id)?;
        app.fields.contains(&webhook.field).then(|| app.callback_url.clone())
    })?;
    Some((url, account.app_secret.clone()))
}

/// `webhook_configuration` of a number: the addresses that are set.
pub(crate) fn configuration(state: &State, account: &Account) -> Map<String, Value> {
    let number = state.own.number_callbacks.get(&account.phone_number_id).map(|callback| &callback.url);
    let waba = state.own.wabas.get(&account.waba_id).and_then(Option::as_ref).map(|callback| &callback.url);
    let app = state.own.apps.get(&account.app_id).map(|app| &app.callback_url);
    [("phone_number", number), ("whatsapp_business_account", waba), ("application", app)]
        .into_iter()
        .filter_map(|(level, url)| Some((level.to_owned(), url?.as_str().into())))
        .collect()
}
