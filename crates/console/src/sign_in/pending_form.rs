//! A form that was submitted after the sign-in had ended. The sign-in page carries its values and offers them again afterwards, so
//! nobody types twice. Secrets are left out.

use super::page::{Form, Page};
use crate::form::Typed;
use crate::texts::Lang;

/// Prefix of the names of the kept fields.
const PREFIX: &str = "kept.";
/// The field with the form's original address.
const ACTION: &str = "kept_action";
/// A field with one of these in its name is not kept: passwords, secrets, and the block of ids and tokens that is pasted as one.
const SECRET: [&str; 3] = ["password", "secret", "token"];

/// A submitted form that waits for the sign-in.
#[derive(Debug)]
pub(super) struct PendingForm {
    action: String,
    pairs: Vec<(String, String)>,
    left_out: bool,
}

impl PendingForm {
    pub(super) fn posted(action: &str, typed: &Typed) -> Self {
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let (secret, pairs): (Vec<_>, Vec<_>) = typed.pairs().map(own).partition(|(name, _)| is_secret(name));
        Self { action: action.to_owned(), pairs, left_out: secret.iter().any(|(_, value)| !value.is_empty()) }
    }

    /// Reads the form that the sign-in page carried.
    pub(super) fn carried(typed: &Typed) -> Option<Self> {
        let action = local(typed.exact(ACTION))?.to_owned();
        let pairs = typed
            .pairs()
            .filter_map(|(name, value)| Some((name.strip_prefix(PREFIX)?.to_owned(), value.to_owned())))
            .filter(|(name, _)| !is_secret(name))
            .collect();
        Some(Self { action, pairs, left_out: typed.exact("kept_without") == "secrets" })
    }

    /// The hidden fields of the sign-in page.
    pub(super) fn hidden(&self) -> Vec<(String, String)> {
        let action = (ACTION.to_owned(), self.action.clone());
        let without = self.left_out.then(|| ("kept_without".to_owned(), "secrets".to_owned()));
        let pairs = self.pairs.iter().map(|(name, value)| (format!("{PREFIX}{name}"), value.clone()));
        [action].into_iter().chain(without).chain(pairs).collect()
    }

    /// The page after signing in, with one button that sends the form where it was going.
    pub(super) fn again(self, l: Lang) -> Page {
        let note = self.left_out.then(|| l.kept_without_secrets());
        let form =
            Form { action: self.action, hidden: self.pairs, fields: Vec::new(), button: l.kept_go_on() };
        Page::new(l, l.kept_title(), l.kept_lead()).note(note).form(form)
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    SECRET.iter().any(|word| name.contains(word))
}

/// The path if it is on our site. Browsers read `//host`, `/\host` and paths with blanks as other sites.
pub(super) fn local(path: &str) -> Option<&str> {
    let rest = path.strip_prefix('/')?;
    let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (is_plain && !rest.starts_with('/')).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_gone_to() {
        for (path, is_ours) in [
            ("/", true),
            ("/agents/agt_1?done=saved&x=%2F", true),
            ("", false),
            ("agents", false),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("/\t/evil.example", false),
            ("/ /evil.example", false),
            ("https://evil.example", false),
            ("javascript:alert(1)", false),
            ("/a\r\nSet-Cookie: x", false),
        ] {
            assert_eq!(local(path).is_some(), is_ours, "{path}");
        }
    }

    #[test]
    fn everything_but_secrets_comes_back_in_order() {
        let typed = Typed::parse(
            b"name=Kopi&tick=1&tick=2&app_secret=s1&Access_Token=s2&password=s3&secret_block=s4&note=a%26b",
        );
        let kept = PendingForm::posted("/agents/new", &typed);
        let hidden = kept.hidden();
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(hidden).finish();
        assert!(
            !query.contains("s1") && !query.contains("s2") && !query.contains("s3") && !query.contains("s4"),
            "{query}"
        );
        let back = PendingForm::carried(&Typed::parse(query.as_bytes())).unwrap();
        let pairs = [("name", "Kopi"), ("tick", "1"), ("tick", "2"), ("note", "a&b")];
        assert_eq!(back.pairs, pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!((back.action.as_str(), back.left_out), ("/agents/new", true));
        assert!(PendingForm::carried(&Typed::parse(b"kept_action=//evil.example&kept.a=1")).is_none());
    }
}
