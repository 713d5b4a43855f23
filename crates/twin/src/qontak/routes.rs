//! What is served under `/qontak`. The open API and the gateway have the same paths (§2.1).

use axum::Router;

use super::{auth, broadcasts, files, integrations, interactions, messages, rooms, templates};
use crate::{
    bsp::{self, Bsp},
    routing::{boxed, get, post, put},
};

/// Routes under `/qontak`.
pub(crate) fn routes(bsp: Bsp) -> Router {
    let control = bsp::control().route("/interactions", post(interactions::by_hand));
    let qontak = Router::new()
        .nest("/api/open/v1", api())
        .nest("/gateway/qontak/chat/v1", api())
        .route("/oauth/token", post(auth::token))
        .route("/api/open/v1/oauth/token", post(auth::token))
        .route("/cdn/{id}/{filename}", get(files::serve))
        .nest("/control", control);
    Router::new().nest("/qontak", qontak).with_state(bsp)
}

fn api() -> Router<Bsp> {
    Router::new()
        .route("/health", get(integrations::health))
        .route("/integrations", get(integrations::list))
        .route("/integrations/{id}", get(integrations::one))
        .route("/message_interactions", get(interactions::read).put(boxed(interactions::messages)))
        .route("/room_interactions", get(interactions::read).put(boxed(interactions::rooms)))
        .route("/waba_interactions", get(interactions::read).put(boxed(interactions::waba)))
        .route("/messages/whatsapp/bot", post(messages::send))
        .route("/messages/whatsapp", post(messages::send))
        .route("/messages/whatsapp/interactive_message/bot", post(messages::interactive))
        .route("/broadcasts/whatsapp/direct", post(broadcasts::direct))
        .route("/broadcasts/{id}/whatsapp/log", get(broadcasts::log))
        .route("/templates/whatsapp", get(templates::list).post(boxed(templates::create)))
        .route("/templates/{id}/whatsapp", get(templates::one))
        .route("/file_uploader", post(files::upload))
        .route("/rooms/{id}", get(rooms::one))
        .route("/rooms/{id}/mark_all_as_read", put(rooms::read))
        .route("/rooms/{id}/resolve", put(rooms::resolve))
        .route("/rooms/{id}/takeover", post(rooms::takeover))
        .route("/rooms/{id}/assign_round_robin", post(rooms::takeover))
}
