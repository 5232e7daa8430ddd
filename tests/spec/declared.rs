//! Whatever a test asks of the API is answered with a status that the API's document declares of that operation.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use axum::http::{Method, StatusCode};

/// Of each operation, by method and the segments of its path, what it says it answers.
static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let document = serde_json::to_value(erp_interventions::routes::document()).expect("the document is JSON");
    let paths = document["paths"].as_object().expect("paths").iter();
    paths
        .flat_map(|(path, item)| item.as_object().expect("operations").iter().map(move |it| (path, it)))
        .filter(|(_, (_, operation))| operation["responses"].is_object())
        .map(|(path, (method, operation))| Operation {
            method: method.to_uppercase(),
            path: segments(path),
            statuses: operation["responses"]
                .as_object()
                .into_iter()
                .flat_map(|it| it.keys().cloned())
                .collect(),
        })
        .collect()
});

struct Operation {
    method: String,
    path: Vec<String>,
    statuses: BTreeSet<String>,
}

/// Fails if the operation exists and its document does not have this status.
#[track_caller]
pub fn require(method: &Method, path: &str, status: StatusCode) {
    let Some(operation) = of(method.as_str(), &segments(path)) else { return };
    assert!(
        operation.statuses.contains(status.as_str()),
        "{method} {path} answered {status}, which the API's document does not know of: {:?}",
        operation.statuses
    );
}

/// The operation that a router would choose: words before parameters.
fn of(method: &str, path: &[String]) -> Option<&'static Operation> {
    let fits = |operation: &&Operation| {
        let same = |(is, asked): (&String, &String)| is == asked || is.starts_with('{');
        operation.path.len() == path.len() && operation.path.iter().zip(path).all(same)
    };
    let parameters =
        |operation: &&Operation| operation.path.iter().map(|it| it.starts_with('{')).collect::<Vec<_>>();
    let closest = OPERATIONS.iter().filter(fits).min_by_key(parameters)?;
    OPERATIONS.iter().find(|it| it.path == closest.path && it.method == method)
}

fn segments(path: &str) -> Vec<String> {
    path.trim_matches('/').split('/').map(str::to_owned).collect()
}
