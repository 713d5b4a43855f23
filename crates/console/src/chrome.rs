//! The navigation of a signed-in visitor. Rendered by `{{ chrome }}` in the `nav` block of a page.

use askama::Template;
use warta_core::permission::OrganizationPermission;

use crate::texts::Lang;
use crate::visitor::Visitor;

/// The navigation.
#[derive(Debug, Clone, Template)]
#[template(path = "chrome.html")]
pub(crate) struct Chrome {
    l: Lang,
    person: String,
    organization: String,
    has_activity: bool,
}

/// The template already escapes its output.
impl askama::filters::HtmlSafe for Chrome {}

impl Chrome {
    /// The navigation for this visitor.
    pub(crate) fn of(visitor: &Visitor, l: Lang) -> Self {
        Self {
            l,
            person: visitor.name.clone(),
            organization: visitor.organization_name.clone(),
            has_activity: visitor.role.may(OrganizationPermission::SeeActivity),
        }
    }
}
