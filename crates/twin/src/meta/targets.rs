//! Where webhooks go: the override of a number, the override of a WABA, or the app's own callback (facts §1.7).

use serde_json::{Map, Value};

use super::{account::Account, message::Webhook, state::State};

/// Fields that follow an override; all others go to the app's own callback (§1.7).
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

/// Where a webhook goes and with what secret it is signed. The number's override comes before the WABA's,
/// that before the app's own callback. Nobody gets anything while the app is not subscribed to the WABA; the
/// app's choice of fields counts for its own callback.
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
