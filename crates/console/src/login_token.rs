//! Tokens that sign people in: one-time links, and the cookie of a signed-in browser. Both are tokens of 256 random bits, stored
//! only as hashes.

use std::time::Duration;

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use warta_core::clock::Minter;
use warta_core::ids::LinkId;
use warta_gateway::app::App;
use warta_store::{Entry, NewLink, Purpose};

/// How long a link to sign in, set up or reset a password is valid.
pub(crate) const LINK_LIFE: Duration = Duration::from_mins(30);
/// How long a sign-in is valid without being used.
pub(crate) const IDLE: Duration = Duration::from_hours(12);
/// How long a sign-in is valid at most.
pub(crate) const LONGEST: Duration = Duration::from_hours(7 * 24);

/// Creates a one-time link that is valid for half an hour, and gives its address.
///
/// # Errors
///
/// When the store fails.
pub async fn link(app: &App, purpose: Purpose, entry: &Entry) -> Result<String, warta_store::Error> {
    let page = match purpose {
        Purpose::SetUp { .. } => "setup",
        Purpose::Enter { .. } => "enter",
        Purpose::Reset { .. } => "reset",
        Purpose::Join(_) => "join",
    };
    let token = token(&*app.minter);
    let id = LinkId::from_uuid(app.minter.uuid(app.now()));
    let new = NewLink { id, token_hash: hash(&token), purpose, expires_at: app.now().after(LINK_LIFE) };
    app.store.create_link(new, entry).await?;
    Ok(format!("{}/{page}/{token}", app.settings.public_url))
}

/// The token of the sign-in that a request carries.
pub(crate) fn token_of<'a>(app: &App, headers: &'a HeaderMap) -> Option<&'a str> {
    let name = cookie_name(app);
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, value)| *found == name && !value.is_empty()).map(|(_, value)| value)
}

/// The header that hands a sign-in to the browser.
pub(crate) fn cookie(app: &App, token: &str) -> String {
    let secure = if is_https(app) { "; Secure" } else { "" };
    format!("{}={token}; Path=/; HttpOnly; SameSite=Lax{secure}", cookie_name(app))
}

/// The header that makes a browser forget its sign-in.
pub(crate) fn no_cookie(app: &App) -> String {
    format!("{}; Max-Age=0", cookie(app, ""))
}

/// `__Host-` binds a cookie to exactly this host, but browsers take it over https only.
fn cookie_name(app: &App) -> &'static str {
    if is_https(app) { "__Host-sid" } else { "sid" }
}

fn is_https(app: &App) -> bool {
    app.settings.public_url.starts_with("https://")
}

/// 256 random bits, in hex.
pub(crate) fn token(minter: &dyn Minter) -> String {
    let mut bytes = [[0_u8; 16]; 2];
    for half in &mut bytes {
        minter.fill(half);
    }
    let [first, second] = bytes.map(u128::from_be_bytes);
    format!("{first:032x}{second:032x}")
}

/// The stored hash of a token.
pub(crate) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}
