//! API keys: `warta_live_` or `warta_test_`, 8 characters that may be shown, 32 secret ones, 6 of a checksum.
//!
//! A key opens one channel in one environment. Only a keyed hash of it is stored, so a stolen table opens nothing; the
//! checksum is looked at first, so a typing error costs no look-up. What is valid is remembered for five seconds, which is how
//! long a revoked key may still work on another node.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use subtle::ConstantTimeEq;
use warta_core::channel::Environment;
use warta_core::clock::Minter;
use warta_core::ids::{ApiKeyId, ChannelId, OrganizationId};
use warta_core::secret::Secret;
use warta_core::time::Timestamp;
use warta_http::keyed_hash::keyed_hash;
use warta_http::problem::{Code, Problem};
use warta_store::{ApiKey, NewApiKey, Scope};

use crate::app::App;
use crate::memory::Expiring;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BRAND: &str = "warta_";
const PUBLIC_CHARACTERS: usize = 8;
const SECRET_CHARACTERS: usize = 32;
const CHECKSUM_CHARACTERS: usize = 6;

/// How long a key lives.
const LIFE: Duration = Duration::from_hours(365 * 24);
/// How long an answer of the store is believed.
const REMEMBERED: Duration = Duration::from_secs(5);
/// How many keys are remembered at most.
const MOST_REMEMBERED: usize = 10_000;
/// How exactly the last use is known.
const TOUCHED_EVERY: Duration = Duration::from_mins(1);

/// What a valid key opens.
#[derive(Debug, Clone)]
pub struct Verified {
    /// The key's record.
    pub id: ApiKeyId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// The channel it is bound to.
    pub channel: ChannelId,
}

/// Why a key opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Not a key of ours.
    #[error("the API key is not valid")]
    Invalid,
    /// It has run out.
    #[error("the API key has expired")]
    Expired,
    /// It was ended.
    #[error("the API key was revoked")]
    Revoked,
    /// The store could not be asked.
    #[error(transparent)]
    Store(#[from] warta_store::Error),
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let code = match refused {
            Refused::Invalid => Code::KeyInvalid,
            Refused::Expired => Code::KeyExpired,
            Refused::Revoked => Code::KeyRevoked,
            Refused::Store(error) => return error.into(),
        };
        Self::new(code, "The API key does not open this.")
    }
}

/// Makes a key for a channel. The secret is shown this once.
///
/// # Errors
///
/// [`warta_store::Error::NotFound`] when the channel does not belong to the organization; those of the store.
pub async fn create(
    app: &App,
    scope: Scope,
    channel: ChannelId,
    name: &str,
) -> Result<(ApiKey, Secret), warta_store::Error> {
    let row = app.store.channel(channel).await?;
    let row = row.filter(|row| Scope::new(row.organization) == scope).ok_or(warta_store::Error::NotFound)?;
    let now = app.now();
    let (public_id, key) = mint(&*app.minter, row.environment);
    let new = NewApiKey {
        id: ApiKeyId::from_uuid(app.minter.uuid(now)),
        channel,
        public_id,
        name: name.to_owned(),
        secret_hash: hash(&app.key_pepper, &key),
        expires_at: now.after(LIFE),
    };
    Ok((app.store.create_api_key(scope, new, now).await?, Secret::new(&key)))
}

/// Checks a key against the store.
///
/// # Errors
///
/// [`Refused`], as it says.
pub async fn check(app: &App, key: &str) -> Result<Verified, Refused> {
    let public_id = public_id(key).ok_or(Refused::Invalid)?;
    let known = look_up(app, public_id).await?.ok_or(Refused::Invalid)?;
    known.open(app, key)
}

/// Checks keys, and remembers the answer of the store for a while.
#[derive(Debug)]
pub(crate) struct Keys(Expiring<String, Arc<Known>>);

impl Default for Keys {
    fn default() -> Self {
        Self(Expiring::new(REMEMBERED, MOST_REMEMBERED))
    }
}

impl Keys {
    /// As [`check`], but believes an answer of the store for five seconds, and notes the use.
    pub(crate) async fn check(&self, app: &Arc<App>, key: &str) -> Result<Verified, Refused> {
        let public_id = public_id(key).ok_or(Refused::Invalid)?.to_owned();
        let now = app.now();
        let known = if let Some(known) = self.0.get(&public_id, now) {
            known
        } else {
            let known = Arc::new(look_up(app, &public_id).await?.ok_or(Refused::Invalid)?);
            self.0.put(public_id, Arc::clone(&known), now);
            known
        };
        let verified = known.open(app, key)?;
        known.touch(app, now);
        Ok(verified)
    }
}

/// A key's record, and when its use was last noted.
#[derive(Debug)]
struct Known {
    record: ApiKey,
    touched: Mutex<Option<Timestamp>>,
}

async fn look_up(app: &App, public_id: &str) -> Result<Option<Known>, warta_store::Error> {
    let Some(record) = app.store.api_key(public_id).await? else { return Ok(None) };
    let touched = Mutex::new(record.last_used_at);
    Ok(Some(Known { record, touched }))
}

impl Known {
    /// Whether `key` is this key and still opens something.
    fn open(&self, app: &App, key: &str) -> Result<Verified, Refused> {
        let hash = hash(&app.key_pepper, key);
        if !bool::from(hash.ct_eq(&self.record.secret_hash)) {
            return Err(Refused::Invalid);
        }
        if self.record.revoked_at.is_some() {
            return Err(Refused::Revoked);
        }
        if self.record.expires_at <= app.now() {
            return Err(Refused::Expired);
        }
        let ApiKey { id, organization, channel, .. } = self.record;
        Ok(Verified { id, organization, channel })
    }

    /// Notes the use, at most once a minute, beside the request.
    fn touch(&self, app: &Arc<App>, now: Timestamp) {
        let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        if touched.is_some_and(|at| now.since(at) < TOUCHED_EVERY) {
            return;
        }
        *touched = Some(now);
        let (scope, id, app) = (Scope::new(self.record.organization), self.record.id, Arc::clone(app));
        app.clone().tasks.spawn(async move {
            if let Err(error) = app.store.touch_api_key(scope, id, now).await {
                tracing::warn!(api_key.id = %id, %error, "the use of a key was not noted");
            }
        });
    }
}

/// A new key and the part of it that may be shown.
fn mint(minter: &dyn Minter, environment: Environment) -> (String, String) {
    let public_id = characters(minter, PUBLIC_CHARACTERS);
    let secret = characters(minter, SECRET_CHARACTERS);
    let mode = match environment {
        Environment::Published => "live",
        Environment::Draft => "test",
    };
    let body = format!("{BRAND}{mode}_{public_id}{secret}");
    let checksum = checksum(&body);
    (public_id, body + &checksum)
}

/// The public id of a key that is whole: of our form, with a matching checksum.
fn public_id(key: &str) -> Option<&str> {
    let rest = key.strip_prefix(BRAND)?;
    let rest = rest.strip_prefix("live_").or_else(|| rest.strip_prefix("test_"))?;
    if rest.len() != PUBLIC_CHARACTERS + SECRET_CHARACTERS + CHECKSUM_CHARACTERS || !rest.is_ascii() {
        return None;
    }
    let (body, sum) = key.split_at_checked(key.len().checked_sub(CHECKSUM_CHARACTERS)?)?;
    if checksum(body) != sum {
        return None;
    }
    rest.get(..PUBLIC_CHARACTERS)
}

/// Random characters, each as likely as any other.
fn characters(minter: &dyn Minter, count: usize) -> String {
    let mut text = String::with_capacity(count);
    while text.len() < count {
        let mut bytes = [0_u8; 64];
        minter.fill(&mut bytes);
        let fair = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 0x3f)));
        text.extend(fair.take(count - text.len()).map(|character| char::from(*character)));
    }
    text
}

/// CRC-32 in base 62.
fn checksum(body: &str) -> String {
    let mut value = usize::try_from(crc32fast::hash(body.as_bytes())).unwrap_or_default();
    let mut digits = [b'0'; CHECKSUM_CHARACTERS];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET.get(value % ALPHABET.len()).copied().unwrap_or(b'0');
        value /= ALPHABET.len();
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

fn hash(pepper: &Secret, key: &str) -> Vec<u8> {
    keyed_hash(pepper, "api_key", &[key.as_bytes()]).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use warta_core::clock::CountingMinter;

    #[test]
    fn a_key_has_the_published_form() {
        let (public_id, key) = mint(&CountingMinter::default(), Environment::Draft);
        let rest = key.strip_prefix("warta_test_").unwrap();
        assert_eq!(rest.len(), 46);
        assert!(rest.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert!(rest.starts_with(&public_id));
        assert_eq!(super::public_id(&key), Some(public_id.as_str()));
        assert!(mint(&CountingMinter::default(), Environment::Published).1.starts_with("warta_live_"));
    }

    #[test]
    fn a_typing_error_is_seen_without_a_look_up() {
        let (_, key) = mint(&CountingMinter::default(), Environment::Published);
        for place in 0..key.len() {
            let mut typed = key.clone().into_bytes();
            typed[place] = if typed[place] == b'x' { b'y' } else { b'x' };
            assert_eq!(public_id(&String::from_utf8(typed).unwrap()), None, "{place}");
        }
        let mut cut = key.clone();
        cut.remove(0);
        for text in ["", "warta_live_", "warta_live_é", &cut, &format!("{key} ")] {
            assert_eq!(public_id(text), None, "{text}");
        }
    }

    #[test]
    fn no_two_keys_are_alike() {
        let minter = CountingMinter::default();
        let keys: std::collections::HashSet<_> =
            (0..1_000).map(|_| mint(&minter, Environment::Draft).1).collect();
        assert_eq!(keys.len(), 1_000);
    }
}
