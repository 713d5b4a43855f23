//! STAND-IN
use crate::app::App;
use crate::web::console::texts::Lang;
use crate::web::problem::Problem;
use crate::web::visitor::{Seat, Visitor};
use serde_json::Value;
use std::fmt;
use warta_core::secret::Secret;
use warta_store::Channel;

pub(crate) struct Head(String);
impl Head {
    pub(crate) async fn of(
        _: &App,
        _: &Visitor,
        seat: &Seat,
        channel: &Channel,
        _: Lang,
    ) -> Result<Self, Problem> {
        Ok(Self(format!("{} {}", seat.agent.name, channel.environment)))
    }
}
impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<h1>{}</h1>", self.0)
    }
}
impl askama::filters::HtmlSafe for Head {}
pub(crate) fn findings(_: &Value, _: Lang) -> Vec<String> {
    Vec::new()
}
pub(crate) fn webhook_secret(app: &App) -> Secret {
    Secret::new(&app.minter.uuid(app.now()).to_string())
}
