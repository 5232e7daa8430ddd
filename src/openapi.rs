//! What the OpenAPI document says of every operation alike, so that no handler repeats it.

use serde_json::Value;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayItems, KnownFormat, Schema, SchemaFormat, SchemaType, Type};
use utoipa::openapi::security::{Flow, OAuth2, Password, Scopes, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, Content, ContentBuilder, HeaderBuilder, InfoBuilder, License, Object, ObjectBuilder,
    OpenApi as Document, OpenApiBuilder, Ref, RefOr, Required, ResponseBuilder, SecurityRequirement, Server,
};
use utoipa::{PartialSchema, ToSchema};

use crate::kernel::clock::Moment;
use crate::kernel::problem::{FieldProblem, Problem};

pub mod examples;

const SCHEME: &str = "connexion";

const PROBLEM: &str = "application/problem+json";

/// Things that are made and deleted but never changed, but for being read: they have no version to compare.
const UNVERSIONED: [&str; 7] = [
    "/api/v1/auth/sessions/{id}",
    "/api/v1/documents/{id}",
    "/api/v1/filters/vues/{id}",
    "/api/v1/interventions/{id}/pieces/{rid}",
    "/api/v1/interventions/{id}/prestations/{prestation}",
    "/api/v1/notifications/{id}",
    "/api/v1/notifications/{id}/lue",
];

/// The document before any route: title, how to sign in, what a problem looks like.
pub fn base() -> Document {
    let sign_in = SecurityScheme::OAuth2(OAuth2::with_description(
        [Flow::Password(Password::new("/api/v1/auth/token", Scopes::new()))],
        "Sign in with user name (or e-mail) and password; the access token lives 10 minutes.",
    ));
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("erp-interventions")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(include_str!("openapi.md")))
                .license(Some(License::new("MIT")))
                .build(),
        )
        .servers(Some([Server::new("/")]))
        .components(Some(
            ComponentsBuilder::new()
                .security_scheme(SCHEME, sign_in)
                .schema(Problem::name(), Problem::schema())
                .schema(FieldProblem::name(), FieldProblem::schema())
                // Met in parameters only, whose schemas are not collected.
                .schema(Moment::name(), Moment::schema())
                .build(),
        ))
        .build()
}

/// Adds the replies and the sign-in that follow from an operation's shape.
pub fn complete(mut document: Document) -> Document {
    for (path, item) in &mut document.paths.paths {
        let is_api = path.starts_with("/api/");
        for (method, operation) in [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ] {
            let Some(operation) = operation else { continue };
            if is_api {
                complete_operation(method, path, operation);
            }
            describe_answers(operation);
            if let Some(RefOr::T(body)) = &mut operation.request_body {
                body.content.values_mut().for_each(tell_file);
            }
        }
    }
    for schema in document.components.iter_mut().flat_map(|components| components.schemas.values_mut()) {
        forget_null_defaults(schema);
    }
    examples::show(&mut document);
    document
}

/// Gives each answer what OpenAPI and those who make clients of it need: a description, and a file as a file.
fn describe_answers(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        if response.description.is_empty() {
            response.description = description_of(status).to_owned();
        }
        response.content.values_mut().for_each(tell_file);
    }
}

/// Bytes are a file, where their type alone would make them a list of numbers.
fn tell_file(content: &mut RefOr<Content>) {
    if let RefOr::T(content) = content
        && content.schema.as_ref().is_some_and(is_bytes)
    {
        let file = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
        content.schema = Some(file.into());
    }
}

fn is_bytes(schema: &RefOr<Schema>) -> bool {
    let RefOr::T(Schema::Array(list)) = schema else { return false };
    let ArrayItems::RefOrSchema(item) = &list.items else { return false };
    matches!(&**item, RefOr::T(Schema::Object(item)) if item.schema_type == SchemaType::Type(Type::Integer))
}

/// Drops what `serde(default)` on a whole struct says of each field: left out is unchanged, while `null` is
/// refused by most, and a default that its own schema refuses stops those who make clients.
fn forget_null_defaults(schema: &mut RefOr<Schema>) {
    let default = match schema {
        RefOr::Ref(reference) => &mut reference.default,
        RefOr::T(Schema::Object(object)) => {
            object.properties.values_mut().for_each(forget_null_defaults);
            &mut object.default
        }
        RefOr::T(Schema::AllOf(all)) => {
            all.items.iter_mut().for_each(forget_null_defaults);
            &mut all.default
        }
        RefOr::T(Schema::OneOf(one)) => {
            one.items.iter_mut().for_each(forget_null_defaults);
            &mut one.default
        }
        RefOr::T(Schema::AnyOf(any)) => {
            any.items.iter_mut().for_each(forget_null_defaults);
            &mut any.default
        }
        RefOr::T(Schema::Array(list)) => &mut list.default,
        RefOr::T(_) => return,
    };
    if *default == Some(Value::Null) {
        *default = None;
    }
}

fn complete_operation(method: &str, path: &str, operation: &mut Operation) {
    // An operation open to all says so beside its handler, as `security(())`.
    let is_open = operation.security.is_some();
    let has_body = operation.request_body.is_some();
    let has_query = operation.parameters.iter().flatten().any(
        |parameter| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query),
    );
    if !is_open {
        operation.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(SCHEME, [])]);
    }
    let changes = method != "get";
    let mut problems = vec![("500", "A fault of the server"), ("503", "Too busy; `Retry-After` says when")];
    if !is_open {
        problems.extend([
            ("401", "Not signed in"),
            ("403", "Signed in, but not allowed"),
            ("429", "Too much at once of one person; `Retry-After` says when"),
        ]);
    }
    if path.contains('{') {
        problems.push(("404", "Absent, or not the caller's to see"));
    }
    if changes && !is_open {
        problems.push(("409", "The state of things forbids it"));
    }
    if has_body {
        problems.extend([("400", "Unreadable"), ("413", "Body too large"), ("415", "Not JSON")]);
    }
    if has_body || has_query {
        problems.push(("422", "Readable but wrong, field by field"));
    }
    let changes_one = method == "patch"
        || ["put", "delete"].contains(&method) && path.contains('{')
        || method == "post" && path.ends_with("/fermeture");
    if changes_one && !UNVERSIONED.contains(&path) {
        problems.push(("412", "Changed meanwhile: `If-Match` names an older version"));
        let description = "The `ETag` read before: an older one changes nothing (412).";
        let if_match = header("If-Match", description, ETAGS);
        operation.parameters.get_or_insert_default().push(if_match.into());
    }
    if ["post", "patch"].contains(&method) && !is_open {
        let description = "Same key, same body: the first answer again, for 30 days.";
        let key = header("Idempotency-Key", description, "^[!-~]{1,128}$");
        operation.parameters.get_or_insert_default().push(key.into());
        problems.push(("422", "Readable but wrong, field by field"));
    }
    if method == "get" && (path.ends_with('}') || path.ends_with("/me") || path.ends_with("/reglages")) {
        let if_none_match =
            header("If-None-Match", "The `ETag` read before: what has not changed is not sent again.", ETAGS);
        operation.parameters.get_or_insert_default().push(if_none_match.into());
        let unchanged = ResponseBuilder::new().description("As it was when last read").build();
        operation.responses.responses.entry("304".to_owned()).or_insert(unchanged.into());
    }
    if let Some(RefOr::T(created)) = operation.responses.responses.get_mut("201") {
        for (name, description) in [("Location", "Where it is"), ("ETag", "Its version")] {
            let value = HeaderBuilder::new()
                .schema(Some(Object::with_type(Type::String)))
                .description(Some(description));
            created.headers.insert(name.to_owned(), RefOr::T(value.build()));
        }
    }
    for (status, description) in problems {
        operation.responses.responses.entry(status.to_owned()).or_insert_with(|| problem(description));
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.content.is_empty()
            && status.starts_with(['4', '5'])
        {
            response.content.insert(PROBLEM.to_owned(), problem_content().into());
        }
    }
}

/// A version, as writes tell it; with what was shown, as reads do.
const ETAGS: &str = r#"^("[0-9]+(-[0-9a-f]{16})?"|\*)$"#;

/// What a status means when the handler does not say it: OpenAPI demands a description of each response.
fn description_of(status: &str) -> &'static str {
    match status {
        "200" => "Done: what was asked for",
        "201" => "Created",
        "202" => "Accepted, to be done soon",
        "204" => "Done: nothing to send",
        _ if status.starts_with('4') => "Refused: the problem says why",
        _ if status.starts_with('5') => "A fault of the server",
        _ => "Answered",
    }
}

fn header(name: &str, description: &str, pattern: &str) -> utoipa::openapi::path::Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern))))
        .build()
}

fn problem(description: &str) -> RefOr<utoipa::openapi::Response> {
    ResponseBuilder::new().description(description).content(PROBLEM, problem_content()).build().into()
}

fn problem_content() -> Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build()
}
