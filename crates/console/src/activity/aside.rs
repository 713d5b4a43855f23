//! The last of the activity, beside the page that it concerns: written by `{{ activity }}` in a template.

use askama::Template;
use warta_http::problem::Problem;
use warta_store::{AuditFilter, Scope, Store};

use crate::activity::line::Line;
use crate::texts::Lang;

/// How many entries stand beside a page.
const FEW: u32 = 8;

/// The fragment.
#[derive(Debug, Template)]
#[template(path = "activity/aside.html")]
pub(crate) struct Aside {
    l: Lang,
    lines: Vec<Line>,
    all: String,
}

/// It escapes what it shows itself.
impl askama::filters::HtmlSafe for Aside {}

/// The last entries that a filter lets through. The caller has made sure that its reader may see them.
///
/// # Errors
///
/// When the store fails.
pub(crate) async fn aside(
    store: &Store,
    scope: Scope,
    filter: &AuditFilter,
    l: Lang,
) -> Result<Aside, Problem> {
    let page = store.audit(scope, &AuditFilter { limit: FEW, ..filter.clone() }).await?;
    let agents = store.agents(scope).await?;
    let lines = page.entries.iter().map(|entry| {
        let mut line = Line::of(entry, &agents, l);
        // Beside an agent's page everything is about that agent.
        line.agent = line.agent.filter(|_| filter.agent.is_none() && filter.channel.is_none());
        line
    });
    let all = filter
        .agent
        .map_or_else(|| "/organization/activity".to_owned(), |agent| format!("/agents/{agent}/activity"));
    Ok(Aside { l, lines: lines.collect(), all })
}
