//! The hand-off sheet for Coster's team: how to point an account at a channel (§6.8). Coster has no API and no page for it.

use super::{DESCRIPTION, Settings};
use crate::bilingual::Bilingual;
use crate::handoff::{Sheet, SheetBuilder, SheetInput, Step};

const PUSH_API: Bilingual = Bilingual { en: "Address for templates", id: "Alamat untuk templat" };
const CALLBACK_URL: Bilingual = Bilingual { en: "Webhook URL", id: "URL webhook" };

/// The steps, in order. Ticks are stored by name: a step whose meaning changes gets a new name.
pub(crate) const STEPS: &[Step] = &[
    Step::new("account")
        .title("Find the account and the number", "Temukan akun dan nomornya")
        .detail(
            "The number must belong to this account and division, and be active on WhatsApp Cloud.",
            "Nomor harus milik akun dan divisi ini, dan aktif di WhatsApp Cloud.",
        )
        .facts(&["account", "account_id", "division_id"]),
    Step::new("callback")
        .title("Enter the webhook URL", "Pasang URL webhook")
        .detail(
            "Paste it exactly as it stands here, whole: its last part is a secret that proves the calls to be yours. It answers GET and takes JSON by POST, and replies with status 200.",
            "Tempel persis seperti di sini, seutuhnya: bagian akhirnya adalah rahasia yang membuktikan panggilan berasal dari Anda. Alamat ini menjawab GET, menerima JSON lewat POST, dan membalas dengan status 200.",
        )
        .facts(&["callback_url"]),
    Step::new("events")
        .title("Send messages and delivery reports to it", "Kirim pesan dan laporan pengiriman ke sana")
        .detail(
            "Both go to this one URL: what users write, and what becomes of replies and of templates. Please leave the xid in the delivery reports.",
            "Keduanya ke URL yang sama: pesan dari pengguna, serta nasib balasan dan templat. Mohon xid tetap disertakan dalam laporan pengiriman.",
        )
        .list(&["messages", "sent", "delivered", "read", "failed"]),
    Step::new("access")
        .title(
            "Allow replies and templates for this division",
            "Izinkan balasan dan templat untuk divisi ini",
        )
        .detail(
            "We call these two. If calls are let in by address, ask the person who sent you this sheet for theirs.",
            "Kami memanggil dua alamat ini. Jika panggilan dibatasi menurut alamat IP, mintalah alamatnya kepada pengirim lembar ini.",
        )
        .facts(&["account_id", "division_id"])
        .list(&["POST {api}/bot/webhook", "POST {push_api}/v1/{account_id}/messages"]),
    Step::new("tokens")
        .title("Hand over the tokens", "Serahkan token")
        .detail(
            "To the person who sent you this sheet, if they do not have them: the bot token (x-access-token) and the push token (Bearer), or one if it serves both. They are secrets: use a way you both trust, not this page and not a chat.",
            "Kepada pengirim lembar ini, jika belum punya: token bot (x-access-token) dan token push (Bearer), atau satu token jika berlaku untuk keduanya. Token itu rahasia: gunakan cara yang sama-sama dipercaya, bukan halaman ini dan bukan obrolan.",
        ),
    Step::new("test")
        .title("Write to the number", "Kirim pesan ke nomor")
        .detail(
            "Send “hello” from any WhatsApp to the number, then a picture. The person who sent you this sheet sees at once whether they arrive, answers, and tells you whether the answer was reported as delivered.",
            "Kirim “halo” dari WhatsApp mana pun ke nomor itu, lalu sebuah gambar. Pengirim lembar ini langsung melihat apakah pesannya tiba, membalas, dan memberi tahu apakah balasannya dilaporkan terkirim.",
        )
        .facts(&["account"]),
];

/// The sheet for a channel.
pub(crate) fn sheet(input: SheetInput<'_>) -> Sheet {
    let mut sheet = SheetBuilder::new(input, CALLBACK_URL);
    // The secret is part of the URL, and no fact of its own.
    sheet.webhook_secret(None);
    sheet.account(&DESCRIPTION);
    let default = Settings::default();
    let push_api = sheet.base_url("push_base_url", &default.push_base_url);
    sheet.fact("push_api", PUSH_API, &push_api);
    let api = sheet.base_url("bot_base_url", &default.bot_base_url);
    sheet.build(STEPS, api)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handoff::Missing;
    use serde_json::{Value, json};
    use warta_core::secret::Secret;

    const URL: &str = "https://wa.example.com/hooks/chn_01/whs_secret";

    fn of(url: &str, settings: &Value, saved: bool) -> Sheet {
        let (secret, account) = (Secret::new("whs_secret"), "+62 811 1000 0001".parse().unwrap());
        let known = SheetInput {
            callback_url: url,
            webhook_secret: saved.then_some(&secret),
            account: saved.then_some(&account),
            settings,
        };
        sheet(known)
    }

    #[test]
    fn a_sheet_holds_what_costers_team_needs_and_no_token() {
        let settings = json!({"account_id": "0011", "division_id": "ffee", "access_token": "marker",
            "push_base_url": "https://sit.example/"});
        let sheet = of(URL, &settings, true);
        let facts: Vec<_> = sheet.facts.iter().map(|fact| (fact.name, fact.value.as_str())).collect();
        assert_eq!(
            facts,
            [
                ("callback_url", URL),
                ("account", "6281110000001"),
                ("account_id", "0011"),
                ("division_id", "ffee"),
                ("push_api", "https://sit.example"),
            ]
        );
        let calls: Vec<_> =
            sheet.steps.iter().flat_map(|step| sheet.lines(step)).filter(|line| line.contains('/')).collect();
        assert_eq!(
            calls,
            ["POST https://api.coster.id/bot/webhook", "POST https://sit.example/v1/0011/messages"]
        );
        assert!(!format!("{sheet:?}").contains("marker"));
        assert_eq!((sheet.missing, sheet.address_refused), (vec![], false));
    }

    #[test]
    fn what_must_be_saved_first_is_named() {
        let sheet = of(URL, &json!({"division_id": " "}), false);
        let label = |name| DESCRIPTION.field(name).unwrap().label;
        assert_eq!(
            sheet.missing,
            [
                Missing::WebhookSecret,
                Missing::Account,
                Missing::Field("account_id", label("account_id")),
                Missing::Field("division_id", label("division_id")),
            ]
        );
    }

    #[test]
    fn a_plain_address_is_refused_except_by_a_twin() {
        let plain = "http://127.0.0.1:8080/hooks/c";
        assert!(of(plain, &json!({}), true).address_refused);
        assert!(!of(plain, &json!({"bot_base_url": "http://127.0.0.1:8081/coster"}), true).address_refused);
        assert!(!of(URL, &json!({}), true).address_refused);
    }

    #[test]
    fn steps_have_names_of_their_own_and_refer_to_facts_that_can_be_there() {
        let facts = ["callback_url", "account", "account_id", "division_id"];
        for (index, step) in STEPS.iter().enumerate() {
            assert!(STEPS.iter().skip(index + 1).all(|other| other.name != step.name), "{}", step.name);
            assert!(step.facts.iter().all(|fact| facts.contains(fact)), "{}", step.name);
            assert!(!step.title.en.is_empty() && !step.title.id.is_empty());
        }
    }
}
