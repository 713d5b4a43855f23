//! Passwords: which are good enough, and how they are kept: Argon2id with 46 MiB, one pass and one lane, as PHC strings. At
//! most four are worked on at once, so that many tries cannot eat the machine's memory.

use std::sync::LazyLock;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use warta_core::clock::Minter;
use warta_core::secret::Secret;
use warta_http::problem::{Code, Problem};

/// The shortest password, in characters.
pub(crate) const SHORTEST: usize = 12;
/// The longest password, in characters.
pub(crate) const LONGEST: usize = 128;
/// How many passwords are hashed at the same time.
const AT_ONCE: usize = 4;
/// Memory in KiB.
const MEMORY: u32 = 47_104;

/// What many people choose when they must choose something long, in lower case.
const COMMON: &[&str] = &[
    "000000000000",
    "0123456789ab",
    "111111111111",
    "123123123123",
    "123456123456",
    "123456789012",
    "1234567890123",
    "12345678901234",
    "1234567890qwerty",
    "123456789abc",
    "123456789qwe",
    "123qweasdzxc",
    "1q2w3e4r5t6y",
    "1q2w3e4r5t6y7u",
    "1qaz2wsx3edc",
    "1qaz2wsx3edc4rfv",
    "1qazxsw23edc",
    "abcd12345678",
    "abcdefgh1234",
    "abcdefghijkl",
    "abcdefghijklm",
    "adminadmin123",
    "administrator",
    "administrator1",
    "asdfghjkl123",
    "asdfghjkl;'",
    "asdfghjklqwertyuiop",
    "assalamualaikum",
    "bismillah123",
    "bismillahirrahmanirrahim",
    "changeme1234",
    "correct horse battery staple",
    "correcthorsebatterystaple",
    "football1234",
    "iloveyou1234",
    "iloveyou12345",
    "indonesia123",
    "indonesia1945",
    "indonesiaraya",
    "katasandi123",
    "letmeinletmein",
    "p@ssw0rd1234",
    "p@ssword1234",
    "pass1234pass",
    "passw0rd1234",
    "passwordpassword",
    "password1234",
    "password12345",
    "password123456",
    "q1w2e3r4t5y6",
    "qazwsxedcrfv",
    "qwer1234qwer",
    "qwertyqwerty",
    "qwerty123456",
    "qwerty1234567",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiop[]",
    "qwertyuiopasdf",
    "qwertyuiopasdfghjkl",
    "rahasia12345",
    "sayangsayang",
    "sayangku1234",
    "selamatdatang",
    "terimakasih1",
    "welcome12345",
    "welcomewelcome",
    "whatsapp1234",
    "zaq12wsxcde3",
    "zxcvbnm12345",
];

static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);

/// A hash to verify against for an unknown person, so that it takes the same time.
static NOBODY: LazyLock<Option<Secret>> = LazyLock::new(|| hashed("nobody's password", [7; 16]));

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weak {
    /// Fewer than [`SHORTEST`] characters.
    Short,
    /// More than [`LONGEST`] characters.
    Long,
    /// It is the e-mail, the name, or what the console is called.
    Guessable,
    /// It is one of the first that others would try.
    Common,
}

/// Checks whether the password is good enough for the person with this e-mail and name.
pub(crate) fn check(password: &str, email: &str, name: &str) -> Result<(), Weak> {
    match password.chars().count() {
        0..SHORTEST => return Err(Weak::Short),
        SHORTEST..=LONGEST => {}
        _ => return Err(Weak::Long),
    }
    let lower = password.to_lowercase();
    let mut characters = lower.chars();
    let first = characters.next();
    if COMMON.contains(&lower.as_str()) || characters.all(|character| Some(character) == first) {
        return Err(Weak::Common);
    }
    let said = letters(&lower);
    let own = [email, email.split('@').next().unwrap_or_default(), name];
    let is_own = own.into_iter().map(letters).any(|own| !own.is_empty() && own == said);
    let is_ours = !said.is_empty() && said.replace("warta", "").is_empty();
    if is_own || is_ours { Err(Weak::Guessable) } else { Ok(()) }
}

/// What is left of a text without digits, points and blanks: they hide little.
fn letters(text: &str) -> String {
    text.to_lowercase().chars().filter(|character| character.is_alphabetic()).collect()
}

/// The hash of a password as it is stored.
pub(crate) async fn hash(minter: &dyn Minter, password: &str) -> Result<Secret, Problem> {
    let mut salt = [0; 16];
    minter.fill(&mut salt);
    let password = Secret::verbatim(password);
    work(move || hashed(password.expose(), salt)).await?.ok_or_else(fault)
}

/// Verifies a password against the stored hash. Without a stored hash it fails, in the same time.
pub(crate) async fn verify(password: &str, kept: Option<Secret>) -> Result<bool, Problem> {
    let password = Secret::verbatim(password);
    work(move || {
        let is_somebody = kept.is_some();
        let kept = kept.or_else(|| NOBODY.clone());
        let is_it = |password: &str| kept.as_ref().is_some_and(|kept| matches(password, kept.expose()));
        let (typed, trimmed) = (password.expose(), password.expose().trim());
        // Until 2026-11-24 what was kept was of the password without the blanks at its ends.
        is_somebody & (is_it(typed) || (trimmed != typed && is_it(trimmed)))
    })
    .await
}

async fn work<T: Send + 'static>(task: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let _place = PLACES.acquire().await.map_err(|_| fault())?;
    spawn_blocking(task).await.map_err(|_| fault())
}

fn fault() -> Problem {
    tracing::error!("a password could not be worked on");
    Problem::new(Code::Internal, "The request could not be carried out.")
}

fn hashed(password: &str, salt: [u8; 16]) -> Option<Secret> {
    let params = Params::new(MEMORY, 1, 1, None).ok()?;
    let salt = SaltString::encode_b64(&salt).ok()?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2.hash_password(password.as_bytes(), &salt).ok()?;
    Some(Secret::new(&hash.to_string()))
}

fn matches(password: &str, kept: &str) -> bool {
    let Ok(kept) = PasswordHash::new(kept) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &kept).is_ok()
}

#[cfg(test)]
mod tests {
    use warta_core::clock::CountingMinter;

    use super::*;

    #[test]
    fn passwords_are_long_and_not_the_first_to_try() {
        for (password, verdict) in [
            ("elevenchars", Err(Weak::Short)),
            ("twelve chars", Ok(())),
            ("pisang goreng hangat", Ok(())),
            ("éééééééééé é", Ok(())),
            ("budi.santoso@example.com", Err(Weak::Guessable)),
            ("Budi.Santoso2026", Err(Weak::Guessable)),
            ("budi santoso!", Err(Weak::Guessable)),
            ("warta1234567", Err(Weak::Guessable)),
            ("Warta Warta Warta", Err(Weak::Guessable)),
            ("warta pagi di kampung", Ok(())),
            ("Password1234", Err(Weak::Common)),
            ("zzzzzzzzzzzzzz", Err(Weak::Common)),
            ("839201748372", Ok(())),
        ] {
            assert_eq!(check(password, "budi.santoso@example.com", "Budi Santoso"), verdict, "{password}");
        }
        assert_eq!(check(&"ab".repeat(64), "", ""), Ok(()));
        assert_eq!(check(&"ab".repeat(65), "", ""), Err(Weak::Long));
    }

    #[tokio::test]
    async fn blanks_at_the_ends_belong_to_a_password() {
        let minter = CountingMinter::default();
        let kept = hash(&minter, "a           ").await.unwrap();
        assert!(verify("a           ", Some(kept.clone())).await.unwrap());
        for other in ["a", "a ", " a          "] {
            assert!(!verify(other, Some(kept.clone())).await.unwrap(), "{other:?}");
        }
        // What was kept before blanks counted still opens.
        let trimmed = hash(&minter, "twelve chars").await.unwrap();
        assert!(verify(" twelve chars ", Some(trimmed)).await.unwrap());
    }

    #[tokio::test]
    async fn only_the_password_itself_matches_what_is_kept() {
        let minter = CountingMinter::default();
        let kept = hash(&minter, "pisang goreng hangat").await.unwrap();
        assert!(kept.expose().starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{}", kept.expose());
        let other = hash(&minter, "pisang goreng hangat").await.unwrap();
        assert_ne!(kept.expose(), other.expose(), "each has its own salt");
        assert!(verify("pisang goreng hangat", Some(kept.clone())).await.unwrap());
        assert!(!verify("pisang goreng dingin", Some(kept)).await.unwrap());
        assert!(!verify("nobody's password", None).await.unwrap());
        assert!(!verify("", Some(Secret::new("not a hash"))).await.unwrap());
    }
}
