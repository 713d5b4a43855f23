//! Meta's Cloud API behind the seam that all protocols share.

use std::sync::Arc;

use warta_core::channel::SecretKind;
use warta_core::checkup::{Check, Number, Subscriber};
use warta_core::delivery::{Failure, SendOutcome};
use warta_core::ids::MessageId;
use warta_core::message::{InboundMedia, OutboundContent};
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use super::{
    Settings, answer, check, handoff, loopback, media, send, subscription, templates, verify, webhook,
};
use crate::capabilities::{Capabilities, Support, WindowSignal};
use crate::check::{Said, Topic};
use crate::describe::Text;
use crate::http::{Request, Response};
use crate::outgoing::{Outgoing, Seen, Transport};
use crate::provider::{Entry, Provider};
use crate::received::{self, Fetch};
use crate::template::{Done, NotDone, Task};
use crate::verify::{Call, Refused, Verified};
use crate::webhook::{Route, Unreadable, Webhook};

/// Meta's Cloud API.
pub const ENTRY: Entry = Entry {
    description: &super::DESCRIPTION,
    capabilities: &CAPABILITIES,
    proof: SecretKind::AppSecret,
    read: |settings| Ok(Arc::new(Settings::read(settings)?)),
    faults: Settings::faults,
    handshake: |query, _, token| verify::subscription(query, std::slice::from_ref(token)),
    handshake_query: verify::handshake_query,
    sheet: handoff::sheet,
};

/// What the Cloud API can do (§5, §7).
const CAPABILITIES: Capabilities = Capabilities {
    list_templates: Support::Yes,
    create_template: Support::Yes,
    edit_template: Support::Yes,
    delete_template: Support::Yes,
    templates_per_minute: None,
    content: &[
        ("text", Support::Yes),
        ("image", Support::Yes),
        ("video", Support::Yes),
        ("audio", Support::Yes),
        ("document", Support::Yes),
        ("sticker", Support::Yes),
        ("location", Support::Yes),
        ("contacts", Support::Yes),
        ("buttons", Support::Yes),
        ("list", Support::Yes),
        ("cta_url", Support::Yes),
        ("location_request", Support::Yes),
        ("reaction", Support::Yes),
        ("template", Support::Yes),
    ],
    reply_context: Support::Yes,
    typing: Support::Yes,
    read_receipts: Support::Yes,
    window: WindowSignal::LastMessage,
    registration: Support::No(Text {
        en: "Meta's app has the address: enter it there, or let the check-up lead this number's events here.",
        id: "Alamatnya ada di aplikasi Meta: isikan di sana, atau biarkan pemeriksaan mengarahkan peristiwa nomor ini ke sini.",
    }),
};

/// All but the registration: Meta keeps the address in the app.
const CHECKS: [Check; 16] = [
    Check::Reachable,
    Check::Handshake,
    Check::Token,
    Check::Scopes,
    Check::TokenExpiry,
    Check::NumberBelongs,
    Check::NumberStatus,
    Check::NumberQuality,
    Check::Subscription,
    Check::OverrideTarget,
    Check::Signature,
    Check::LastInbound,
    Check::LastStatus,
    Check::Agent,
    Check::Backlog,
    Check::Clock,
];

impl Provider for Settings {
    fn verify<'a>(&self, call: Call<'a>, secrets: &[&Secret]) -> Result<Verified<'a>, Refused> {
        verify::body(call.signature, call.body, secrets.iter().copied())
    }

    fn parse(&self, verified: Verified<'_>, received_at: Timestamp) -> Result<Webhook, Unreadable> {
        webhook::parse(verified, received_at)
    }

    fn concerns(&self, route: &Route) -> bool {
        match route {
            Route::Number(id) => self.phone_number_id == *id,
            Route::Account(id) => self.waba_id == *id,
            Route::Called => false,
        }
    }

    fn loopback(&self, said: crate::loopback::Said<'_>) -> Vec<u8> {
        loopback::event(self, said)
    }

    fn sign(&self, body: &[u8], secret: &Secret) -> Option<(&'static str, String)> {
        Some((verify::SIGNATURE_HEADER, verify::sign(body, secret)))
    }

    fn carries(&self, content: &OutboundContent) -> Support {
        CAPABILITIES.content(content)
    }

    fn choices_may_be_text(&self) -> bool {
        false
    }

    fn message(&self, key: &Secret, outgoing: Outgoing<'_>) -> Result<Request, Failure> {
        Ok(send::message(self, key, outgoing))
    }

    fn outcome(
        &self,
        _message: MessageId,
        _content: &OutboundContent,
        answer: Result<Response<'_>, Transport>,
        attempt: u32,
    ) -> SendOutcome {
        answer::read(answer, attempt)
    }

    fn seen(&self, key: &Secret, seen: Seen<'_>, _now: Timestamp) -> Option<Request> {
        Some(send::read_receipt(self, key, seen.provider_id, seen.typing))
    }

    fn seen_done(&self, response: Response<'_>) -> Result<(), Failure> {
        subscription::done(response)
    }

    fn file(&self, key: &Secret, file: &InboundMedia) -> Result<Fetch, Failure> {
        Ok(Fetch::Locate(media::look_up(self, key, &file.media_id)))
    }

    fn located(&self, key: &Secret, response: Response<'_>) -> Result<Request, Failure> {
        let located = media::looked_up(response).map_err(|failure| media::no_file(response, failure))?;
        media::download(self, key, &located.url).map_err(|fault| received::elsewhere(&fault))
    }

    fn no_file(&self, response: Response<'_>) -> Failure {
        media::no_file(response, answer::failure(response))
    }

    fn ask(
        &self,
        topic: Topic,
        key: &Secret,
        app_secret: Option<&Secret>,
        _now: Timestamp,
    ) -> Option<Request> {
        match topic {
            // It asks about itself, so that a wrong app secret cannot make it look bad.
            Topic::Token => Some(check::token(self, key, None)),
            Topic::Number => Some(check::number(self, key)),
            Topic::Listed => Some(subscription::list_numbers(self, key)),
            Topic::Subscribers => Some(subscription::list(self, key)),
            // Only the app itself may ask about a token with its secret.
            Topic::AppSecret => app_secret
                .filter(|_| self.app_id.is_some())
                .map(|secret| check::token(self, key, Some(secret))),
        }
    }

    fn heard(&self, topic: Topic, response: Response<'_>) -> Result<Said, Failure> {
        Ok(match topic {
            Topic::Token => Said::Token(Box::new(check::token_facts(response)?)),
            Topic::Number => Said::Number(number(check::number_facts(response)?)),
            Topic::Listed => Said::Listed(subscription::numbers(response)?.contains(&self.phone_number_id)),
            Topic::Subscribers => Said::Subscribers(
                subscription::subscribers(response)?
                    .into_iter()
                    .map(|one| Subscriber { app: one.app_id, name: one.name })
                    .collect(),
            ),
            Topic::AppSecret => {
                check::token_facts(response)?;
                Said::AppSecret(true)
            }
        })
    }

    fn lead_here(&self, key: &Secret, callback: &str, verify: &Secret, subscribe: bool) -> Vec<Request> {
        let mut requests = vec![subscription::lead_here(self, key, callback, verify)];
        if subscribe {
            requests.insert(0, subscription::subscribe(self, key));
        }
        requests
    }

    fn led(&self, response: Response<'_>) -> Result<(), Failure> {
        subscription::done(response)
    }

    fn template_call(&self, key: &Secret, task: Task<'_>, _now: Timestamp) -> Option<Request> {
        Some(templates::request(self, key, task))
    }

    fn template_done(&self, task: Task<'_>, response: Response<'_>) -> Result<Done, NotDone> {
        templates::done(task, response)
    }

    fn checks(&self) -> &'static [Check] {
        &CHECKS
    }

    fn base_url(&self) -> &str {
        &self.base_url
    }

    fn sender(&self) -> &str {
        &self.phone_number_id
    }
}

fn number(facts: check::NumberFacts) -> Number {
    let callback = facts.callback().map(str::to_owned);
    Number {
        display: facts.display_phone_number,
        name: facts.verified_name,
        status: facts.status,
        can_send: facts.health.and_then(|health| health.can_send_message),
        quality: facts.quality,
        callback,
    }
}
