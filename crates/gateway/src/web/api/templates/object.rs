//! The template object, as every route answers it.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use warta_protocol::template::{self, Variable};

/// A template of the channel: at its provider, or declared here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "551200340056007", "object": "template", "name": "visit_reminder", "language": "en_US", "category": "utility",
    "source": "provider", "status": "approved", "sendable": true, "rejected_reason": null, "quality": "green",
    "components": [{"type": "BODY", "text": "Hello {{1}}, we expect you at {{2}}.", "example": {"body_text": [["Rina", "09:00"]]}}],
    "variables": [{"place": "body", "name": "1", "kind": "text", "example": "Rina"}, {"place": "body", "name": "2", "kind": "text", "example": "09:00"}],
}))]
pub(crate) struct Template {
    /// The provider's id of it, or `tpl_…` of a declared one.
    #[schema(example = "551200340056007")]
    id: String,
    /// Always `template`.
    #[schema(example = "template")]
    object: &'static str,
    /// Who says that it is there: `provider`, or `local` where it was declared here because the provider's API knows no templates.
    #[schema(example = "provider")]
    source: &'static str,
    /// Its name. With its language it is what a message is sent by.
    #[schema(example = "visit_reminder")]
    name: String,
    /// Its language: there is no falling back to another one.
    #[schema(example = "en_US")]
    language: String,
    /// `marketing`, `utility`, `authentication`, or another word of the provider's. It may differ from what was asked for.
    #[schema(example = "utility")]
    category: String,
    /// `approved`, `pending`, `rejected`, `paused`, `disabled`, `in_appeal`, `limit_exceeded`, `archived`, `deleted`,
    /// `pending_deletion`, `declared` where it is known from here alone, or another word of the provider's.
    #[schema(example = "approved")]
    status: String,
    /// Whether messages may be made of it now.
    sendable: bool,
    /// Why it was rejected, in the provider's word.
    #[schema(example = "INVALID_FORMAT")]
    rejected_reason: Option<String>,
    /// How users take it, in the provider's word.
    #[schema(example = "green")]
    quality: Option<String>,
    /// Header, body, footer and buttons, in WhatsApp's own shape.
    #[schema(value_type = Vec<Object>)]
    components: Vec<Value>,
    /// What has to be given when it is sent, in the order of its parts.
    variables: Vec<TemplateVariable>,
}

/// A place in a template that a value is given for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TemplateVariable {
    /// `header`, `body`, or `button.0` and so on.
    #[schema(example = "body")]
    place: String,
    /// `1` and so on, or a word.
    #[schema(example = "1")]
    name: String,
    /// `text`, or the kind of file that stands in the header: `image`, `video`, `document`.
    #[schema(example = "text")]
    kind: String,
    /// The value that it was reviewed with, where the provider tells.
    #[schema(example = "Rina")]
    example: Option<String>,
}

/// A list of templates.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TemplateList {
    /// Always `list`.
    #[schema(example = "list")]
    pub(crate) object: &'static str,
    /// The templates, in the provider's order; declared ones with the newest first. A part may be short, or empty, and still not be the last.
    pub(crate) data: Vec<Template>,
    /// Whether there are more.
    pub(crate) has_more: bool,
    /// What to pass as `cursor` to get them.
    pub(crate) next_cursor: Option<String>,
}

/// A template that is gone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeletedTemplate {
    /// Its id.
    #[schema(example = "551200340056007")]
    pub(crate) id: String,
    /// Always `template`.
    #[schema(example = "template")]
    pub(crate) object: &'static str,
    /// Always `true`.
    #[schema(example = true)]
    pub(crate) deleted: bool,
}

impl From<template::Template> for Template {
    fn from(one: template::Template) -> Self {
        let (sendable, variables) = (one.is_sendable(), one.variables());
        let source = if one.is_declared() { "local" } else { "provider" };
        Self {
            id: one.id,
            object: "template",
            source,
            name: one.name,
            language: one.language,
            category: one.category.to_string(),
            status: one.status.to_string(),
            sendable,
            rejected_reason: one.rejected_reason,
            quality: one.quality,
            components: one.components,
            variables: variables.into_iter().map(TemplateVariable::from).collect(),
        }
    }
}

impl From<Variable> for TemplateVariable {
    fn from(one: Variable) -> Self {
        Self { place: one.place, name: one.name, kind: one.kind, example: one.example }
    }
}
