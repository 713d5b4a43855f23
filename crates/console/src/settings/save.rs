//! `POST /settings`: name and language. `POST /settings/organization`: the organization selected in this browser.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::ids::OrganizationId;
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::Change;

use crate::form::Typed;
use crate::settings::page::{Page, you};
use crate::sign_in::page::name_fault;
use crate::texts::Lang;
use crate::visitor::Visitor;

/// Saves name and language.
pub(crate) async fn save(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    typed: Typed,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let (name, language) = (typed.text("name"), typed.text("language"));
    let language_fault =
        (!language.is_empty() && Lang::named(language).is_none()).then(|| l.invite_unknown());
    let name_fault = name_fault(l, name);
    if name_fault.is_some() || language_fault.is_some() {
        let mut page = Page::read(&app, &visitor, l).await?;
        let [name, language] = you(l, name, language);
        page.you = [name.fault(name_fault), language.fault(language_fault)];
        return Ok(page.answer(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let language = Some(language.to_owned()).filter(|language| !language.is_empty());
    let mut entry = visitor.entry(&app, Action::PersonChanged);
    entry.subject.clone_from(&visitor.email);
    entry.changes = [
        ("name", Some(visitor.name.clone()), Some(name.to_owned())),
        ("language", visitor.language.clone(), language.clone()),
    ]
    .into_iter()
    .filter(|(_, before, after)| before != after)
    .map(|(field, before, after)| Change { field: field.to_owned(), before, after })
    .collect();
    if !entry.changes.is_empty() {
        app.store.set_person(visitor.person, name, language.as_deref(), &entry).await?;
    }
    Ok(Redirect::to("/settings?done=saved").into_response())
}

/// Selects another of the person's organizations in this browser.
pub(crate) async fn switch(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    typed: Typed,
) -> Result<Response, Problem> {
    let id: OrganizationId = typed.text("organization").parse().map_err(|_| Problem::not_found())?;
    app.store.switch_organization(visitor.person, visitor.sign_in, id).await?;
    Ok(Redirect::to("/settings?done=switched").into_response())
}
