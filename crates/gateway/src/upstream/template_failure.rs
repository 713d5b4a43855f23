//! Why a call about templates failed, whether the provider keeps them or we do.

use warta_core::delivery::Failure;
use warta_protocol::bilingual::Bilingual;
use warta_protocol::template;

use crate::upstream::key;

/// Why a call about templates failed.
#[derive(Debug)]
pub enum TemplateFailure {
    /// The provider has no call for it; what to do instead.
    Unsupported(Bilingual),
    /// The channel's account has no such template.
    Missing,
    /// There is a template of this name and language.
    Exists,
    /// The store failed.
    Store(warta_store::Error),
    /// The provider says no to just this, in its words.
    Refused(Failure),
    /// The provider can do nothing now, or nothing with the channel's keys.
    Failed(Failure),
}

impl From<warta_store::Error> for TemplateFailure {
    fn from(error: warta_store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<template::NotDone> for TemplateFailure {
    fn from(why: template::NotDone) -> Self {
        match why {
            template::NotDone::Missing => Self::Missing,
            template::NotDone::Refused(failure) => Self::Refused(failure),
            template::NotDone::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl key::Outcome for TemplateFailure {
    fn missing(why: Failure) -> Self {
        Self::Failed(why)
    }

    fn refusal(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            Self::Refused(_) | Self::Missing | Self::Exists | Self::Store(_) | Self::Unsupported(_) => None,
        }
    }
}
