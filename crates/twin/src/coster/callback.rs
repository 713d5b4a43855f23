//! The webhook URL of an account. Coster's own team sets it; nothing is called before the first event (§6.8).

use crate::{
    bsp::{Bsp, Event, Keys},
    engine::egress,
};

impl Bsp {
    /// Sets or removes the webhook URL of an account. Gives the URL that is set, or the reason of a refusal.
    pub(crate) async fn set_callback(&self, id: &str, url: Option<String>) -> Result<Option<String>, String> {
        let url = url.map(|url| url.trim().to_owned()).filter(|url| !url.is_empty());
        if url.as_deref().is_some_and(|url| egress::callback_url(url).is_none()) {
            return Err("A webhook address is https, or http on this machine.".to_owned());
        }
        let mut account = self.account(id).ok_or_else(|| "There is no account with this id.".to_owned())?;
        let Keys::Coster { callback, .. } = &mut account.keys else {
            return Err("Qontak's addresses are set by its API.".to_owned());
        };
        callback.clone_from(&url);
        self.commit(Event::Account(Box::new(account))).await.map_err(|error| error.to_string())?;
        Ok(url)
    }
}
