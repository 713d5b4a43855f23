//! Writing into JSON objects.

use serde_json::Value;

/// Sets a key of an object; any other value stays unchanged.
pub(crate) fn put(object: &mut Value, key: &str, value: impl Into<Value>) {
    if let Value::Object(map) = object {
        map.insert(key.to_owned(), value.into());
    }
}
