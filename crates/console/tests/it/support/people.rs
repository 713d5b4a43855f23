//! People who use the console.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use tower::ServiceExt as _;
use warta_console::door;
use warta_core::audit::Action;
use warta_core::ids::{AuditId, OrganizationId, PersonId};
use warta_core::permission::OrganizationRole;
use warta_gateway::app::App;
use warta_store::{Entry, NewPerson, Newcomer, Purpose, Scope};

/// An entry of the audit for what a test does beside the console.
pub(crate) fn entry(app: &App) -> Entry {
    Entry::by_command(AuditId::from_uuid(app.minter.uuid(app.now())), Action::PersonAdded, app.now())
}

/// A new person of an organization, without a password.
pub(crate) async fn person(app: &App, organization: OrganizationId, role: OrganizationRole) -> PersonId {
    let id = PersonId::from_uuid(app.minter.uuid(app.now()));
    let email = format!("{id}@example.com");
    let new = NewPerson { id, email, name: format!("Rina {role}"), password_hash: None, language: None };
    app.store.create_member(Scope::new(organization), Newcomer::New(new), role, &entry(app)).await.unwrap();
    id
}

/// The path of a fresh one-time link for a person.
pub(crate) async fn link(app: &App, person: PersonId) -> String {
    let link = door::link(app, Purpose::Enter { person }, &entry(app)).await.unwrap();
    link.strip_prefix(&app.settings.public_url).unwrap().to_owned()
}

/// Signs a person in; gives the cookie of their browser.
pub(crate) async fn sign_in(app: &App, router: &Router, person: PersonId) -> String {
    let request = Request::get(link(app, person).await).body(Body::empty()).unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}
