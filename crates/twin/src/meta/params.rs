//! Parameters of a Graph call, from the query, a form or a JSON object alike.

use http::{HeaderMap, header};
use reqwest::Url;
use serde_json::{Map, Value};

use super::error::GraphError;

/// Parameters by name; those of the body win.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(Map<String, Value>);

impl Params {
    /// Reads query and body. A multipart body is left alone.
    ///
    /// # Errors
    /// Code 1 when the body says it is JSON and is not a JSON object.
    pub(crate) fn read(query: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Result<Self, GraphError> {
        let mut params = Self(form(query.unwrap_or_default()));
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if body.is_empty() || kind.starts_with("multipart/") {
            return Ok(params);
        }
        if kind.starts_with("application/x-www-form-urlencoded") {
            params.0.extend(form(&String::from_utf8_lossy(body)));
            return Ok(params);
        }
        let object: Map<String, Value> = serde_json::from_slice(body)
            .map_err(|_| GraphError::new(1).details("The request body is not a JSON object."))?;
        params.0.extend(object);
        Ok(params)
    }

    /// A parameter of any kind.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A parameter as text; a number counts as text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// A list, written with commas or as an array. `a{b,c}` counts as `a`.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<String>> {
        if let Value::Array(items) = self.0.get(name)? {
            return Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        }
        let (mut names, mut depth) = (vec![String::new()], 0_u32);
        for sign in self.text(name)?.chars() {
            match sign {
                '{' | '(' => depth += 1,
                '}' | ')' => depth = depth.saturating_sub(1),
                ',' if depth == 0 => names.push(String::new()),
                _ if depth == 0 => names.last_mut()?.push(sign),
                _ => {}
            }
        }
        Some(names.into_iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect())
    }

    /// The URL of the next page of a list: the same parameters from `after` on, without the token.
    pub(crate) fn next_link(&self, page: &str, after: &str) -> String {
        let Ok(mut url) = Url::parse(page) else { return String::new() };
        let kept = self.0.keys().filter(|name| *name != "after" && *name != "access_token");
        let kept = kept.filter_map(|name| Some((name, self.text(name)?)));
        url.query_pairs_mut().extend_pairs(kept).append_pair("after", after);
        url.into()
    }

    /// All as one JSON object.
    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

/// `a=1&b={"c":2}`; a value that is a JSON object or array is read as one.
fn form(text: &str) -> Map<String, Value> {
    let Ok(mut url) = Url::parse("http://form/") else { return Map::new() };
    url.set_query(Some(text));
    url.query_pairs()
        .filter(|(name, _)| !name.is_empty())
        .map(|(name, value)| {
            let nested = value.starts_with(['{', '[']).then(|| serde_json::from_str(&value).ok()).flatten();
            (name.into_owned(), nested.unwrap_or_else(|| Value::String(value.into_owned())))
        })
        .collect()
}
