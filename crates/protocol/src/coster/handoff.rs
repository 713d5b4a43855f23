//! What Coster's team needs to point an account at a channel of ours, and in which order (§6.8): there is no call and no page
//! for it, so people do it.

use warta_core::channel::Account;
use warta_core::secret::Secret;

use super::Settings;
use crate::bilingual::Bilingual;
use crate::handoff::{Fact, Known, Missing, Sheet, Step};

const CALLBACK_URL: Bilingual = Bilingual { en: "Webhook URL", id: "URL webhook" };
const ACCOUNT: Bilingual = Bilingual { en: "WhatsApp number or account", id: "Nomor atau akun WhatsApp" };
const ACCOUNT_ID: Bilingual = Bilingual { en: "Coster Account ID", id: "Account ID Coster" };
const DIVISION_ID: Bilingual = Bilingual { en: "Division ID", id: "ID Divisi" };

/// What is to be done, in order. The names are kept with the ticks: a step that changes its meaning takes a new name.
pub(crate) const STEPS: &[Step] = &[
    Step {
        name: "account",
        title: Bilingual { en: "Find the account and the number", id: "Temukan akun dan nomornya" },
        detail: Bilingual {
            en: "The number must belong to this account and division, and be active on WhatsApp Cloud.",
            id: "Nomor harus milik akun dan divisi ini, dan aktif di WhatsApp Cloud.",
        },
        facts: &["account", "account_id", "division_id"],
        list: &[],
    },
    Step {
        name: "callback",
        title: Bilingual { en: "Enter the webhook URL", id: "Pasang URL webhook" },
        detail: Bilingual {
            en: "Paste it exactly as it stands here, whole: its last part is a secret that proves the calls to be yours. It answers GET and takes JSON by POST, and replies with status 200.",
            id: "Tempel persis seperti di sini, seutuhnya: bagian akhirnya adalah rahasia yang membuktikan panggilan berasal dari Anda. Alamat ini menjawab GET, menerima JSON lewat POST, dan membalas dengan status 200.",
        },
        facts: &["callback_url"],
        list: &[],
    },
    Step {
        name: "events",
        title: Bilingual {
            en: "Send messages and delivery reports to it",
            id: "Kirim pesan dan laporan pengiriman ke sana",
        },
        detail: Bilingual {
            en: "Both go to this one URL: what users write, and what becomes of replies and of templates. Please leave the xid in the delivery reports.",
            id: "Keduanya ke URL yang sama: pesan dari pengguna, serta nasib balasan dan templat. Mohon xid tetap disertakan dalam laporan pengiriman.",
        },
        facts: &[],
        list: &["messages", "sent", "delivered", "read", "failed"],
    },
    Step {
        name: "access",
        title: Bilingual {
            en: "Allow replies and templates for this division",
            id: "Izinkan balasan dan templat untuk divisi ini",
        },
        detail: Bilingual {
            en: "We call these two. If calls are let in by address, ask the person who sent you this sheet for theirs.",
            id: "Kami memanggil dua alamat ini. Jika panggilan dibatasi menurut alamat IP, mintalah alamatnya kepada pengirim lembar ini.",
        },
        facts: &["account_id", "division_id"],
        list: &["POST {api}/bot/webhook", "POST {push_api}/v1/{account_id}/messages"],
    },
    Step {
        name: "tokens",
        title: Bilingual { en: "Hand over the tokens", id: "Serahkan token" },
        detail: Bilingual {
            en: "To the person who sent you this sheet, if they do not have them: the bot token (x-access-token) and the push token (Bearer), or one if it serves both. They are secrets: use a way you both trust, not this page and not a chat.",
            id: "Kepada pengirim lembar ini, jika belum punya: token bot (x-access-token) dan token push (Bearer), atau satu token jika berlaku untuk keduanya. Token itu rahasia: gunakan cara yang sama-sama dipercaya, bukan halaman ini dan bukan obrolan.",
        },
        facts: &[],
        list: &[],
    },
    Step {
        name: "test",
        title: Bilingual { en: "Write to the number", id: "Kirim pesan ke nomor" },
        detail: Bilingual {
            en: "Send “hello” from any WhatsApp to the number, then a picture. The person who sent you this sheet sees at once whether they arrive, answers, and tells you whether the answer was reported as delivered.",
            id: "Kirim “halo” dari WhatsApp mana pun ke nomor itu, lalu sebuah gambar. Pengirim lembar ini langsung melihat apakah pesannya tiba, membalas, dan memberi tahu apakah balasannya dilaporkan terkirim.",
        },
        facts: &["account"],
        list: &[],
    },
];

/// The sheet for a channel.
pub(crate) fn sheet(known: Known<'_>) -> Sheet {
    let setting = |name: &str| {
        let text = known.settings.get(name).and_then(serde_json::Value::as_str).map(str::trim);
        text.filter(|text| !text.is_empty())
    };
    let mut facts =
        vec![Fact { name: "callback_url", label: CALLBACK_URL, value: known.callback_url.to_owned() }];
    let mut missing = Vec::new();
    // The secret stands in the address, and in no fact of its own.
    if known.webhook_secret.map(Secret::expose).is_none_or(str::is_empty) {
        missing.push(Missing::WebhookSecret);
    }
    let mut required = |name, label, value: Option<&str>, instead| match value {
        Some(value) => facts.push(Fact { name, label, value: value.to_owned() }),
        None => missing.push(instead),
    };
    required("account", ACCOUNT, known.account.map(Account::as_str), Missing::Account);
    for (name, label) in [("account_id", ACCOUNT_ID), ("division_id", DIVISION_ID)] {
        required(name, label, setting(name), Missing::Field(name, label));
    }
    let own = Settings::default();
    let base = |name: &str, usual: &str| setting(name).unwrap_or(usual).trim_end_matches('/').to_owned();
    let api = base("bot_base_url", &own.bot_base_url);
    facts.push(Fact {
        name: "push_api",
        label: Bilingual { en: "Address for templates", id: "Alamat untuk templat" },
        value: base("push_base_url", &own.push_base_url),
    });
    // A twin near by calls plain addresses too.
    let address_refused = api.starts_with("https://") && !known.callback_url.starts_with("https://");
    Sheet { facts, steps: STEPS, api, missing, address_refused }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const URL: &str = "https://wa.example.com/hooks/chn_01/whs_secret";

    fn of(url: &str, settings: &Value, saved: bool) -> Sheet {
        let (secret, account) = (Secret::new("whs_secret"), "+62 811 1000 0001".parse().unwrap());
        let known = Known {
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
        assert_eq!(
            sheet.missing,
            [
                Missing::WebhookSecret,
                Missing::Account,
                Missing::Field("account_id", ACCOUNT_ID),
                Missing::Field("division_id", DIVISION_ID),
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
