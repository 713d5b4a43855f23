//! The latest audit entries, beside the page that they concern. Rendered by `{{ activity }}`.

use askama::Template;
use warta_http::problem::Problem;
use warta_store::{AuditFilter, Scope, Store};

use crate::activity::row::ActivityRow;
use crate::texts::Lang;

/// How many entries stand beside a page.
const FEW: u32 = 8;

/// The fragment.
#[derive(Debug, Template)]
#[template(path = "activity/aside.html")]
pub(crate) struct Aside {
    l: Lang,
    lines: Vec<ActivityRow>,
    all: String,
}

/// The template already escapes its output.
impl askama::filters::HtmlSafe for Aside {}

/// The latest entries that match a filter. The caller has checked that the visitor may see them.
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
        let mut line = ActivityRow::of(entry, &agents, l);
        // Beside an agent's page everything is about that agent.
        line.agent = line.agent.filter(|_| filter.agent.is_none() && filter.channel.is_none());
        line
    });
    let all = filter
        .agent
        .map_or_else(|| "/organization/activity".to_owned(), |agent| format!("/agents/{agent}/activity"));
    Ok(Aside { l, lines: lines.collect(), all })
}
