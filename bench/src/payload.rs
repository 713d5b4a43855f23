//! Webhooks as Meta sends them (facts/meta-cloud.md §2.5), signed beforehand: the generator then only writes bytes.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use warta_core::clock::Clock as _;
use warta_gateway::system::SystemClock;

/// Signs what we send.
pub(crate) const APP_SECRET: &str = "bench-0123456789abcdef0123456789";
/// The number we write to.
pub(crate) const PHONE_NUMBER_ID: &str = "700111222333444";
/// The account behind it.
pub(crate) const WABA_ID: &str = "900100200300400";
/// Precedes a message's number in its text.
const MARK: &str = "mark-";
/// How many people write.
pub(crate) const CONTACTS: usize = 50_000;

/// The whole HTTP request number `number`: a text message that no other request holds.
pub(crate) fn request(path: &str, number: usize) -> Vec<u8> {
    let contact = number % CONTACTS;
    let now = SystemClock.now().as_secs(); // an old message would be outside the 24-hour window, and could not be answered
    let body = format!(
        concat!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":"{waba}","changes":[{{"field":"messages","value":{{"#,
            r#""messaging_product":"whatsapp","metadata":{{"display_phone_number":"6281100000001","phone_number_id":"{number_id}"}},"#,
            r#""contacts":[{{"profile":{{"name":"Rina {contact}","username":"rina.{contact}"}},"wa_id":"62812{contact:07}","user_id":"ID.7351902{contact:09}"}}],"#,
            r#""messages":[{{"from":"62812{contact:07}","from_user_id":"ID.7351902{contact:09}","#,
            r#""id":"wamid.HBgLMTU1NTAxMDAxMjMVAgASGBQ{number:024X}AA==","timestamp":"{now}","type":"text","#,
            r#""text":{{"body":"{mark}{number:09} Is the shop open on Sunday, and do you still have the blue one in size M?"}}}}]}}}}]}}]}}"#
        ),
        waba = WABA_ID,
        number_id = PHONE_NUMBER_ID,
        contact = contact,
        number = number,
        mark = MARK,
        now = now,
    );
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\nx-hub-signature-256: sha256={}\r\ncontent-length: {}\r\n\r\n",
        signature(body.as_bytes()),
        body.len(),
    );
    request.push_str(&body);
    request.into_bytes()
}

fn signature(body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(APP_SECRET.as_bytes()).map(|mac| mac.chain_update(body));
    mac.map_or_else(|_| String::new(), |mac| hex::encode(mac.finalize().into_bytes()))
}

/// The text that carries a message's number on, for a reply.
pub(crate) fn mark(number: usize) -> String {
    format!("{MARK}{number:09}")
}

/// The number of the message that `body` speaks of.
pub(crate) fn marked(body: &[u8]) -> Option<usize> {
    let at = body.windows(MARK.len()).position(|window| window == MARK.as_bytes())? + MARK.len();
    std::str::from_utf8(body.get(at..at + 9)?).ok()?.parse().ok()
}
