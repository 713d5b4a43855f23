//! Forms: reading submitted values, and rendering fields with their values and faults. Secret values are never rendered
//! again.

use std::borrow::Cow;
use std::fmt;

use askama::Template;
use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use url::form_urlencoded;
use warta_http::problem::{Code, Problem};

use crate::texts::Lang;

/// The largest form that is read, in bytes.
const LARGEST: usize = 256 * 1024;

/// The name and value pairs of a submitted form, in order.
#[derive(Debug, Default)]
pub(crate) struct Typed(Vec<(String, String)>);

impl Typed {
    /// The value of a field, trimmed; empty if there is no such field.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.exact(name).trim()
    }

    /// The value of a field, not trimmed: for passwords.
    pub(crate) fn exact(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// All values of a repeated field, such as checkboxes.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Every pair.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there is such a field, even if empty.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(found, _)| found == name)
    }

    /// A form from given pairs.
    pub(crate) fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// Reads a form out of its bytes.
    pub(crate) fn parse(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }
}

impl<S: Sync> FromRequest<S> for Typed {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let body = to_bytes(request.into_body(), LARGEST)
            .await
            .map_err(|_| Problem::new(Code::BodyTooLarge, "The form is larger than 256 KiB."))?;
        Ok(Self::parse(&body))
    }
}

/// The kind of a field's input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A line of text.
    Text,
    /// A line of text shown in the fixed-width face: ids, numbers, addresses.
    Code,
    /// An e-mail address.
    Email,
    /// A secret; its value is never rendered.
    Secret,
    /// One of several: value and label of each.
    Choice(Vec<(String, Cow<'static, str>)>),
}

/// One field with its label, help and fault. Rendered by `{{ field }}`.
#[derive(Debug, Clone, Template)]
#[template(path = "field.html")]
pub(crate) struct Field {
    l: Lang,
    name: &'static str,
    label: Cow<'static, str>,
    help: Cow<'static, str>,
    kind: Kind,
    value: String,
    fault: Option<Cow<'static, str>>,
    required: bool,
    autocomplete: &'static str,
    example: Cow<'static, str>,
    pattern: &'static str,
    /// Whether the field gets the focus: the first invalid field does.
    focus: bool,
}

/// The template already escapes its output.
impl askama::filters::HtmlSafe for Field {}

impl Field {
    /// A field that must be filled in.
    pub(crate) fn new(l: Lang, name: &'static str, kind: Kind, label: impl Into<Cow<'static, str>>) -> Self {
        Self {
            l,
            name,
            label: label.into(),
            help: "".into(),
            kind,
            value: String::new(),
            fault: None,
            required: true,
            autocomplete: "off",
            example: "".into(),
            pattern: "",
            focus: false,
        }
    }

    /// One that may stay empty.
    pub(crate) fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// The help text under the label.
    pub(crate) fn help(mut self, help: impl Into<Cow<'static, str>>) -> Self {
        self.help = help.into();
        self
    }

    /// The value of HTML's `autocomplete`.
    pub(crate) fn autocomplete(mut self, word: &'static str) -> Self {
        self.autocomplete = word;
        self
    }

    /// A placeholder.
    pub(crate) fn example(mut self, example: impl Into<Cow<'static, str>>) -> Self {
        self.example = example.into();
        self
    }

    /// A regular expression that the whole value must match, checked while typing.
    pub(crate) fn pattern(mut self, pattern: &'static str) -> Self {
        self.pattern = pattern;
        self
    }

    /// Its value; ignored for a secret.
    pub(crate) fn value(mut self, value: impl Into<String>) -> Self {
        if self.kind != Kind::Secret {
            self.value = value.into();
        }
        self
    }

    /// Its fault, if any.
    pub(crate) fn fault(mut self, fault: Option<Cow<'static, str>>) -> Self {
        self.fault = fault;
        self
    }

    fn is_code(&self) -> bool {
        matches!(self.kind, Kind::Code | Kind::Secret)
    }

    fn input_type(&self) -> &'static str {
        match self.kind {
            Kind::Email => "email",
            Kind::Secret => "password",
            Kind::Text | Kind::Code | Kind::Choice(_) => "text",
        }
    }

    /// The ARIA attributes that connect the field with its help and fault.
    fn described(&self) -> Described<'_> {
        Described(self)
    }
}

/// The attributes that tie a field to its help and its fault. Names of fields are ours: there is nothing to escape.
struct Described<'a>(&'a Field);

impl askama::filters::HtmlSafe for Described<'_> {}

impl fmt::Display for Described<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(Field { name, help, fault, .. }) = self;
        match (help.is_empty(), fault) {
            (true, None) => Ok(()),
            (false, None) => write!(f, r#" aria-describedby="{name}-help""#),
            (true, Some(_)) => write!(f, r#" aria-describedby="{name}-fault" aria-invalid="true""#),
            (false, Some(_)) => {
                write!(f, r#" aria-describedby="{name}-fault {name}-help" aria-invalid="true""#)
            }
        }
    }
}

/// Focuses the first invalid field; true if there is one.
pub(crate) fn focus_fault<'a>(fields: impl IntoIterator<Item = &'a mut Field>) -> bool {
    let first = fields.into_iter().find(|field| field.fault.is_some());
    first.is_some_and(|field| {
        field.focus = true;
        true
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_it_was_typed() {
        let typed = Typed::parse(b"name=+Kopi+Nusa+&password=+a%2Bb+&tick=1&tick=2");
        assert_eq!(typed.text("name"), "Kopi Nusa");
        assert_eq!(typed.exact("password"), " a+b ");
        assert_eq!(typed.all("tick").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(typed.text("absent"), "");
    }

    #[test]
    fn a_field_at_fault_says_so_and_keeps_what_was_typed() {
        let mut fields = [
            Field::new(Lang::En, "name", Kind::Text, "Name").value("<b>"),
            Field::new(Lang::En, "email", Kind::Email, "E-mail")
                .value("x")
                .fault(Some("not an address".into())),
        ];
        assert!(focus_fault(&mut fields));
        let html = fields.iter().map(|field| field.render().unwrap()).collect::<String>();
        assert!(html.contains("&#60;b&#62;"), "{html}");
        assert!(html.contains(r#"aria-describedby="email-fault""#), "{html}");
        assert_eq!(html.matches("autofocus").count(), 1, "{html}");
    }

    #[test]
    fn a_secret_is_never_shown_again() {
        let field = Field::new(Lang::En, "password", Kind::Secret, "Password").value("hunter2");
        assert!(!field.render().unwrap().contains("hunter2"));
    }
}
