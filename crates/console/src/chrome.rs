//! The navigation of who is signed in: written by `{{ chrome }}` in a page's `nav` block.

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

/// It escapes what it shows itself.
impl askama::filters::HtmlSafe for Chrome {}

impl Chrome {
    /// What this visitor can go to.
    pub(crate) fn of(visitor: &Visitor, l: Lang) -> Self {
        Self {
            l,
            person: visitor.name.clone(),
            organization: visitor.organization_name.clone(),
            has_activity: visitor.role.may(OrganizationPermission::SeeActivity),
        }
    }
}
