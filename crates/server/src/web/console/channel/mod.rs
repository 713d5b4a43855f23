//! STAND-IN

mod desk;
mod head;

pub(crate) use desk::Desk;
pub(crate) use head::{Head, Page};
pub(crate) fn webhook_secret(app: &crate::app::App) -> warta_core::secret::Secret {
    warta_core::secret::Secret::new(&app.minter.uuid(app.now()).to_string())
}
