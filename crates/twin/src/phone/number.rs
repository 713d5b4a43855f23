//! A business number that a phone talks to, whichever twin hosts it.

use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;

use crate::{
    bsp::{Bsp, Keys},
    chat::{ChatChange, ChatItem, NotTaken, Person},
    json::put,
    meta::Meta,
    twin::Twin,
};

/// A business number and its twin.
#[derive(Clone)]
pub(super) struct Number {
    carrier: Carrier,
    /// Id of the account: Meta's phone number id, Coster's account id, Qontak's channel integration id.
    pub(super) id: String,
    /// Name of the business.
    pub(super) name: String,
    /// The number formatted for people.
    pub(super) display: String,
    at_ms: i64,
}

#[derive(Clone)]
enum Carrier {
    Meta(Meta),
    Bsp(Bsp),
}

/// Evaluates the same expression for either kind of twin.
macro_rules! on_twin {
    ($number:expr, $twin:ident => $value:expr) => {
        match &$number.carrier {
            Carrier::Meta($twin) => $value,
            Carrier::Bsp($twin) => $value,
        }
    };
}

/// A file of a chat: its bytes and MIME type.
pub(super) type File = (Vec<u8>, String);

impl Number {
    /// The number with this account id.
    pub(super) fn find(twin: &Twin, id: &str) -> Option<Self> {
        Self::all(twin).into_iter().find(|number| number.id == id)
    }

    /// All numbers, oldest first.
    pub(super) fn all(twin: &Twin) -> Vec<Self> {
        let meta = twin.meta().accounts().into_iter().map(|account| Self {
            carrier: Carrier::Meta(twin.meta().clone()),
            id: account.phone_number_id,
            name: account.name,
            display: account.display_phone_number,
            at_ms: account.at_ms,
        });
        let others = twin.bsps().into_iter().flat_map(|bsp| {
            bsp.accounts().into_iter().map(|account| Self {
                carrier: Carrier::Bsp(bsp.clone()),
                id: account.id,
                name: account.name,
                display: format!("+{}", account.phone),
                at_ms: account.at_ms,
            })
        });
        let mut all: Vec<_> = meta.chain(others).collect();
        all.sort_by_key(|number| number.at_ms);
        all
    }

    /// The provider's name for people.
    pub(super) fn provider(&self) -> &'static str {
        match &self.carrier {
            Carrier::Meta(_) => "Meta",
            Carrier::Bsp(bsp) => bsp.platform().name(),
        }
    }

    /// The ids, secrets and URLs that a person pastes where a channel is set up.
    pub(super) fn credentials(&self) -> Vec<(&'static str, String)> {
        on_twin!(self, twin => twin.account(&self.id).map(|account| twin.credentials(&account)))
            .unwrap_or_default()
    }

    /// The webhook URL, for a provider whose own team enters it; empty until they do.
    pub(super) fn callback(&self) -> Option<String> {
        let Carrier::Bsp(bsp) = &self.carrier else { return None };
        match bsp.account(&self.id)?.keys {
            Keys::Coster { callback, .. } => Some(callback.unwrap_or_default()),
            Keys::Qontak { .. } => None,
        }
    }

    /// The chat with a user, oldest first.
    pub(super) fn chat(&self, user: &str) -> Vec<ChatItem> {
        on_twin!(self, twin => twin.state().chat(&self.id, user))
    }

    /// Users who have a chat with it, the most recent first.
    pub(super) fn users(&self) -> Vec<String> {
        on_twin!(self, twin => twin.state().users_of(&self.id))
    }

    /// Receives every change from now on. A receiver that lags should read its chats again.
    pub(super) fn subscribe(&self) -> Receiver<ChatChange> {
        on_twin!(self, twin => twin.subscribe())
    }

    /// True while the business shows that it is typing. Only Meta reports it.
    pub(super) fn typing(&self, user: &str) -> bool {
        match &self.carrier {
            Carrier::Meta(meta) => meta.typing(&self.id, user),
            Carrier::Bsp(_) => false,
        }
    }

    /// The user looks at the chat.
    pub(super) async fn opened(&self, user: &str) {
        match &self.carrier {
            Carrier::Meta(meta) => meta.opened(&self.id, user).await,
            // Their messages become read by themselves after a delay.
            Carrier::Bsp(_) => {}
        }
    }

    /// The user sends a message; gives its id.
    pub(super) async fn send(&self, user: Person, content: Value) -> Result<String, NotTaken> {
        on_twin!(self, twin => twin.user_sends(&self.id, user, content).await)
    }

    /// The user sends a picture; gives the message id.
    pub(super) async fn send_picture(
        &self,
        user: Person,
        (bytes, mime): File,
        caption: Option<String>,
        context: Option<String>,
    ) -> Result<String, NotTaken> {
        let id = match &self.carrier {
            Carrier::Meta(meta) => meta.store_media(bytes, &mime).await?,
            Carrier::Bsp(bsp) => {
                let name = format!("picture.{}", mime.rsplit('/').next().unwrap_or("bin"));
                bsp.store_media(bytes, &mime, &name).await?.id
            }
        };
        let mut image = json!({ "id": id });
        if let Some(caption) = caption.filter(|caption| !caption.is_empty()) {
            put(&mut image, "caption", caption);
        }
        let mut message = json!({ "type": "image", "image": image });
        if let Some(context) = context {
            put(&mut message, "context", json!({ "id": context }));
        }
        self.send(user, message).await
    }

    /// A file of one of its chats.
    pub(super) async fn media(&self, id: &str) -> Option<File> {
        match &self.carrier {
            Carrier::Meta(meta) => {
                meta.media(id).filter(|media| media.phone_number_id.as_ref() == Some(&self.id))?;
                meta.media_bytes(id).await
            }
            Carrier::Bsp(bsp) => {
                let own = bsp.state().shows_file(&self.id, id);
                let (bytes, media) = bsp.media_bytes(id).await.filter(|_| own)?;
                Some((bytes, media.mime_type))
            }
        }
    }
}
