//! Users who write, and what the twin saw.

use serde_json::{Value, json};

use super::http::Http;
use super::ready::Twin;

/// A text message of a user, for the twin's control.
pub(crate) fn text(from: &str, body: &str) -> Value {
    json!({ "from": from, "name": "Rina", "type": "text", "text": { "body": body } })
}

/// What the twin's `raw` tells of bytes that were answered with 200.
pub(crate) fn taken() -> Value {
    json!({ "http_status": 200 })
}

/// One number of the twin, seen through its control.
#[derive(Clone)]
pub(crate) struct Chat {
    pub(crate) http: Http,
    control: String,
    phone_number_id: String,
}

impl Chat {
    pub(crate) fn new(http: &Http, twin: &Twin, phone_number_id: &str) -> Self {
        Self {
            http: http.clone(),
            control: twin.control.clone(),
            phone_number_id: phone_number_id.to_owned(),
        }
    }

    /// Users write, each message in a webhook of its own or all in one. Gives Meta's ids.
    pub(crate) async fn write(&self, messages: &[Value], batch: bool) -> Vec<String> {
        let answer = self.http.post(&format!("{}/inbound", self.control), &self.order(messages, batch)).await;
        serde_json::from_value(answer["messages"].clone()).unwrap()
    }

    /// The same where nobody may be there to answer. Whether it was taken.
    pub(crate) async fn try_write(&self, messages: &[Value]) -> bool {
        let url = format!("{}/inbound", self.control);
        let sent = self.http.0.post(url).json(&self.order(messages, false)).send().await;
        sent.is_ok_and(|answer| answer.status().is_success())
    }

    fn order(&self, messages: &[Value], batch: bool) -> Value {
        json!({ "phone_number_id": self.phone_number_id, "messages": messages, "batch": batch })
    }

    /// Exact bytes, signed, posted to the gateway. Gives what it answered each time, `{"http_status"}` or `{"error"}`.
    pub(crate) async fn raw(&self, body: &str, more: Value) -> Vec<Value> {
        let mut order = json!({ "phone_number_id": self.phone_number_id, "body": body });
        order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = self.http.post(&format!("{}/raw", self.control), &order).await;
        answer["results"].as_array().unwrap().clone()
    }

    /// Sets knobs of the twin.
    pub(crate) async fn faults(&self, knobs: &Value) {
        self.http.post(&format!("{}/faults", self.control), knobs).await;
    }

    /// Webhooks and statuses the twin still owes.
    pub(crate) async fn owed(&self) -> u64 {
        let owed = self.http.get(&format!("{}/owed", self.control)).await;
        owed["webhooks"].as_u64().unwrap() + owed["statuses"].as_u64().unwrap()
    }

    /// The twin's journal from its start, only events with this name.
    pub(crate) async fn journal(&self, event: &str) -> Vec<Value> {
        let mut entries = Vec::new();
        let mut since = 0;
        loop {
            let part = self.http.get(&format!("{}/journal?since={since}&event={event}", self.control)).await;
            entries.extend(part["entries"].as_array().unwrap().iter().cloned());
            match part["next"].as_u64().unwrap() {
                next if next == since => return entries,
                next => since = next,
            }
        }
    }

    /// The text bodies of all sends to users that the twin accepted from this number, in order.
    pub(crate) async fn accepted(&self) -> Vec<String> {
        let ours = |entry: &&Value| entry["message"]["phone_number_id"] == self.phone_number_id.as_str();
        let body = |entry: &Value| entry["message"]["content"].to_string();
        self.journal("accepted").await.iter().filter(ours).map(body).collect()
    }
}
