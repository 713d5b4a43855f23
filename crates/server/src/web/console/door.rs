//! Who may look at the console: whoever opens a one-time link, which only someone who starts the gateway or reads its log
//! sees. Links and sessions live in memory, as hashes; a restart ends them and gives a new link.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use warta_core::clock::Minter;
use warta_core::ids::OrganizationId;
use warta_core::time::Timestamp;

use crate::app::App;

/// How long a link waits to be opened.
const LINK_LIFE: Duration = Duration::from_mins(30);
/// How long a session lives without being used.
const IDLE: Duration = Duration::from_hours(12);

/// The links given out and the sessions they became.
#[derive(Debug, Default)]
pub struct Door(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    /// Until when.
    links: HashMap<[u8; 32], (OrganizationId, Timestamp)>,
    /// Since when unused.
    sessions: HashMap<[u8; 32], (OrganizationId, Timestamp)>,
}

impl Door {
    /// The token of a new link, which lets one browser in, once, within half an hour: `{public_url}/enter/{token}`.
    #[must_use]
    pub fn link(&self, organization: OrganizationId, app: &App) -> String {
        let (token, now) = (token(&*app.minter), app.now());
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.links.retain(|_, (_, until)| now < *until);
        open.links.insert(hash(&token), (organization, now.after(LINK_LIFE)));
        token
    }

    /// Uses a link up. The value of the session's cookie, or `None` when there is no such link (any more).
    pub(crate) fn enter(&self, link: &str, app: &App) -> Option<String> {
        let (session, now) = (token(&*app.minter), app.now());
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (organization, until) = open.links.remove(&hash(link))?;
        if now >= until {
            return None;
        }
        open.sessions.retain(|_, (_, used)| now.since(*used) < IDLE);
        open.sessions.insert(hash(&session), (organization, now));
        Some(session)
    }

    fn visitor(&self, session: &str, now: Timestamp) -> Option<OrganizationId> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (organization, used) = open.sessions.get_mut(&hash(session))?;
        if now.since(*used) >= IDLE {
            return None;
        }
        *used = now;
        Some(*organization)
    }
}

/// Whose console the cookie of a request opens.
pub(crate) fn visitor(app: &App, headers: &HeaderMap) -> Option<OrganizationId> {
    let name = cookie_name(app);
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut sessions = pairs.filter(|(found, _)| *found == name).map(|(_, value)| value);
    sessions.find_map(|session| app.door.visitor(session, app.now()))
}

/// The header that hands a session to the browser.
pub(crate) fn cookie(app: &App, session: &str) -> String {
    let secure = if is_https(app) { "; Secure" } else { "" };
    format!("{}={session}; Path=/; HttpOnly; SameSite=Lax{secure}", cookie_name(app))
}

/// `__Host-` binds a cookie to exactly this host, but browsers take it over https only.
fn cookie_name(app: &App) -> &'static str {
    if is_https(app) { "__Host-sid" } else { "sid" }
}

fn is_https(app: &App) -> bool {
    app.settings.public_url.starts_with("https://")
}

/// 256 random bits, in hex.
fn token(minter: &dyn Minter) -> String {
    let mut bytes = [[0_u8; 16]; 2];
    for half in &mut bytes {
        minter.fill(half);
    }
    let [first, second] = bytes.map(u128::from_be_bytes);
    format!("{first:032x}{second:032x}")
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}
