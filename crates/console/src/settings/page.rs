//! `GET /settings`.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::SignIn;

use crate::chrome::Chrome;
use crate::form::{Field, Kind, Typed, focus_fault};
use crate::login_token;
use crate::settings::browser;
use crate::sign_in::page::{name_field, new_password_field};
use crate::texts::Lang;
use crate::view::{self, Instant, plain};
use crate::visitor::Visitor;

/// How long after signing in by a link the first password may be chosen.
const FRESH: Duration = Duration::from_mins(10);

/// The page.
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let mut page = Page::read(&app, &visitor, l).await?;
    page.done = l.settings_done(Typed::parse(query.unwrap_or_default().as_bytes()).text("done"));
    Ok(page.answer(StatusCode::OK))
}

/// The page's data. Handlers render it again with faults.
#[derive(Template)]
#[template(path = "settings/page.html")]
pub(super) struct Page {
    l: Lang,
    chrome: Chrome,
    email: String,
    done: Option<Cow<'static, str>>,
    /// Why a change was refused.
    pub(super) fault: Option<Cow<'static, str>>,
    at_fault: bool,
    /// Name and language.
    pub(super) you: [Field; 2],
    /// The current password, where there is one, and the new one.
    pub(super) password: Vec<Field>,
    first_password: FirstPassword,
    sign_ins: Vec<SignInRow>,
    organizations: Vec<OrganizationRow>,
}

/// Whether somebody chooses their first password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FirstPassword {
    /// They have one.
    No,
    /// They have none and came in just now.
    Now,
    /// They have none and signed in a while ago. Somebody who finds the browser open must not be able to lock them out.
    Stale,
}

struct SignInRow {
    id: String,
    browser: String,
    address: String,
    began: Instant,
    used: Instant,
    is_this: bool,
}

struct OrganizationRow {
    id: String,
    name: String,
    role: Cow<'static, str>,
    is_this: bool,
}

impl Page {
    /// Reads it.
    pub(super) async fn read(app: &App, visitor: &Visitor, l: Lang) -> Result<Self, Problem> {
        let person = app.store.person(visitor.person).await?.ok_or_else(Problem::not_found)?;
        let first_password = first_password(app, visitor, person.password_hash.is_some());
        let organizations = app.store.organizations_of(visitor.person).await?;
        let sign_ins = app.store.sign_ins(visitor.person).await?;
        Ok(Self {
            l,
            chrome: Chrome::of(visitor, l),
            email: plain(&person.email),
            done: None,
            fault: None,
            at_fault: false,
            you: you(l, &person.name, person.language.as_deref().unwrap_or_default()),
            password: passwords(l, first_password),
            first_password,
            sign_ins: sign_ins
                .iter()
                .filter(|sign_in| works(app, sign_in))
                .map(|sign_in| SignInRow::of(sign_in, visitor, l))
                .collect(),
            organizations: organizations
                .into_iter()
                .map(|membership| OrganizationRow {
                    id: membership.organization.to_string(),
                    name: plain(&membership.name),
                    role: l.role_word(membership.role.as_str()),
                    is_this: membership.organization == visitor.organization,
                })
                .collect(),
        })
    }

    /// Renders the page into a response and focuses the first invalid field.
    pub(super) fn answer(mut self, status: StatusCode) -> Response {
        self.at_fault = focus_fault(self.you.iter_mut().chain(&mut self.password)) || self.fault.is_some();
        (status, view::page(&self)).into_response()
    }

    fn is_stale(&self) -> bool {
        self.first_password == FirstPassword::Stale
    }

    fn is_first(&self) -> bool {
        self.first_password != FirstPassword::No
    }
}

/// Whether the person chooses their first password, and whether they may now.
pub(super) fn first_password(app: &App, visitor: &Visitor, has_one: bool) -> FirstPassword {
    if has_one {
        FirstPassword::No
    } else if app.now().since(visitor.proven_at) < FRESH {
        FirstPassword::Now
    } else {
        FirstPassword::Stale
    }
}

/// The fields about the person, with these values.
pub(super) fn you(l: Lang, name: &str, language: &str) -> [Field; 2] {
    let languages =
        [("", l.settings_language_browser()), ("en", "English".into()), ("id", "Bahasa Indonesia".into())];
    let languages = languages.map(|(code, name)| (code.to_owned(), name)).to_vec();
    [
        name_field(l).value(name),
        Field::new(l, "language", Kind::Choice(languages), l.language()).value(language),
    ]
}

/// The fields for a password.
pub(super) fn passwords(l: Lang, first: FirstPassword) -> Vec<Field> {
    let current = Field::new(l, "current_password", Kind::Secret, l.settings_password_now());
    match first {
        FirstPassword::No => vec![current.autocomplete("current-password"), new_password_field(l)],
        FirstPassword::Now => vec![new_password_field(l)],
        FirstPassword::Stale => Vec::new(),
    }
}

/// Whether a sign-in is still valid.
fn works(app: &App, sign_in: &SignIn) -> bool {
    let now = app.now();
    now.since(sign_in.last_used_at) < login_token::IDLE
        && now.since(sign_in.created_at) < login_token::LONGEST
}

impl SignInRow {
    fn of(sign_in: &SignIn, visitor: &Visitor, l: Lang) -> Self {
        Self {
            id: sign_in.id.to_string(),
            browser: browser::words(&sign_in.browser, l),
            address: plain(&sign_in.address),
            began: Instant::of(sign_in.created_at, l),
            used: Instant::of(sign_in.last_used_at, l),
            is_this: sign_in.id == visitor.sign_in,
        }
    }
}
