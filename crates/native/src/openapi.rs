//! The OpenAPI document, made from the route table.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use serde_json::json;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, Paths,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{KnownFormat, SchemaFormat, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, ObjectBuilder, OpenApi,
    OpenApiBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Schema,
};
use utoipa::{IntoParams, ToSchema};

use crate::problem::{Code, ProblemBody};
use crate::route::{Replay, Route, Takes, Who};

/// The schemas that operations refer to, by name.
#[derive(Default)]
pub(crate) struct Schemas {
    all: BTreeMap<String, RefOr<Schema>>,
    /// Names that two different types have.
    twice: BTreeSet<String>,
}

/// Puts a type among the schemas, and refers to it.
pub(crate) type SchemaOf = fn(&mut Schemas) -> RefOr<Schema>;

/// [`SchemaOf`] of a type.
pub(crate) fn schema_of<T: ToSchema>(schemas: &mut Schemas) -> RefOr<Schema> {
    let mut all = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut all);
    for (name, schema) in all {
        let before = schemas.all.insert(name.clone(), schema.clone());
        if before.is_some_and(|before| before != schema) {
            schemas.twice.insert(name);
        }
    }
    Ref::from_schema_name(T::name()).into()
}

/// Members of a query string.
pub(crate) fn query_of<T: IntoParams>() -> Vec<Parameter> {
    T::into_params(|| Some(ParameterIn::Query))
}

const BEARER: &str = "key";

/// The document of these routes.
pub(crate) fn document(routes: &[Route]) -> OpenApi {
    let mut schemas = Schemas::default();
    let problem = schema_of::<ProblemBody<'_>>(&mut schemas);
    let mut paths = Paths::new();
    for route in routes {
        let operation = operation(route, &problem, &mut schemas);
        paths.add_path_operation(route.path, vec![method(route)], operation);
    }
    // In the order of the table: what a newcomer looks for comes first.
    let mut tags: Vec<&str> = routes.iter().map(|route| route.doc.tag).collect();
    tags.dedup();
    let key = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "The token of an application's key, as it was shown when the key was made; or, where an \
             operation says so, the token of a verification for an end user's browser. The roles \
             named by an operation are scopes of the key.",
        ))
        .build();
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas.all)
        .security_scheme(BEARER, SecurityScheme::Http(key));
    let info = InfoBuilder::new()
        .title("Bonafide")
        .version("v1")
        .description(Some(ABOUT))
        .license(Some(
            LicenseBuilder::new()
                .name("Apache-2.0 OR MIT")
                .identifier(Some("Apache-2.0 OR MIT"))
                .build(),
        ))
        .build();
    OpenApiBuilder::new()
        .info(info)
        .paths(paths)
        .components(Some(components.build()))
        .tags(Some(tags.into_iter().map(|name| TagBuilder::new().name(name).build())))
        .build()
}

const ABOUT: &str = "\
Reads identity documents, compares faces, judges liveness, and runs whole verifications.

Every answer names its call in the header `x-call-id`; `GET /v1/calls/{id}` tells what happened in \
it. A refused request is answered with `application/problem+json`: its `code` is from a closed \
list, its `detail` says what to do and never repeats what was sent. Unknown members are refused. \
What belongs to someone else is answered like what does not exist (404).

A POST may carry `idempotency-key`: the same request with the same key within 24 hours is done \
once and answered with the first answer (header `idempotency-replayed: true`) for as long as that \
is kept; another request with the same key is refused (`idempotency_key_reused`). Listings are read \
page by page: `next` of one page is `cursor` of the next. On 429 and 503 `retry-after` says when to \
come back.";

fn method(route: &Route) -> HttpMethod {
    match route.method.as_str() {
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn operation(route: &Route, problem: &RefOr<Schema>, schemas: &mut Schemas) -> Operation {
    let doc = &route.doc;
    let mut operation = OperationBuilder::new()
        .operation_id(Some(doc.id))
        .tag(doc.tag)
        .summary(Some(doc.summary))
        .description(Some(doc.description))
        .security(SecurityRequirement::new(
            BEARER,
            route.interface.scope.map(bonafide_ledger::Scope::as_str),
        ))
        .extensions(Some(
            ExtensionsBuilder::new()
                // One, since several would come in any order.
                .add(
                    "x-bonafide",
                    json!({
                        "interface": route.interface.name,
                        "end_user_token": matches!(route.who, Who::KeyOrToken | Who::KeyOrPerson),
                        "operator_only": route.who == Who::Operator,
                    }),
                )
                .build(),
        ));
    for name in names(route.path) {
        operation = operation.parameter(named(route.path, name));
    }
    for parameter in doc.query.map(|query| query()).unwrap_or_default() {
        operation = operation.parameter(parameter);
    }
    if route.replay != Replay::Reads {
        operation = operation.parameter(idempotency_key());
    }
    if let Some(request) = doc.request {
        let schema = request(schemas);
        let example = serde_json::from_str(doc.example).ok();
        let json = ContentBuilder::new().schema(Some(schema.clone())).example(example).build();
        let mut body = RequestBodyBuilder::new()
            .content("application/json", json)
            .required(Some(Required::True));
        if matches!(route.takes, Takes::Pictures(_)) {
            body = body
                .content("multipart/form-data", ContentBuilder::new().schema(Some(schema)).build());
        }
        operation = operation.request_body(Some(body.build()));
    }
    if let Takes::File(kind) = route.takes {
        let file = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
        let content = ContentBuilder::new().schema(Some(file)).build();
        let all = kind.media_types().iter();
        let body = all
            .fold(RequestBodyBuilder::new().required(Some(Required::True)), |body, one| {
                body.content(*one, content.clone())
            });
        operation = operation.request_body(Some(body.build()));
    }
    let (status, description, answer) = doc.answer;
    let mut response =
        ResponseBuilder::new().description(description).header("x-call-id", call_id());
    if let Some(answer) = answer {
        let schema = answer(schemas);
        response = response
            .content("application/json", ContentBuilder::new().schema(Some(schema)).build());
    }
    operation = operation.response(status.as_str(), response.build());
    for (status, codes) in problems(route) {
        operation = operation.response(status.as_str(), refusal(&codes, problem));
    }
    operation.build()
}

/// The names in a path, in order.
pub(crate) fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn named(path: &str, name: &str) -> Parameter {
    let id = |prefix: &str, what: &str| {
        (format!("^{prefix}_[a-z2-7]{{26}}$"), format!("The id of {what}."))
    };
    let (pattern, description) = match (path, name) {
        (_, "version") => ("^[1-9][0-9]{0,8}$".to_owned(), "Which version.".to_owned()),
        (_, "app_id") => ("^[1-9][0-9]{9}$".to_owned(), "The AppID of a tenant.".to_owned()),
        (_, "ref") => {
            let text = "^[^/]{1,256}$".to_owned();
            (text, "The person as you call him, or the `sub_…` of an answer.".to_owned())
        }
        (_, "application") => id("app", "an application"),
        (_, "key") => id("bfk", "a key"),
        (_, "delivery") => id("whd", "a delivery"),
        (_, "name") => {
            let pictures = "^(document_front|document_back|portrait|selfie)$".to_owned();
            (pictures, "Which picture.".to_owned())
        }
        (path, _) if path.starts_with("/v1/verifications") => id("ver", "a verification"),
        (path, _) if path.starts_with("/v1/consents") => id("cns", "a consent receipt"),
        (path, _) if path.starts_with("/v1/templates") => id("tpl", "a template"),
        (path, _) if path.starts_with("/v1/liveness") => id("lch", "a challenge"),
        (path, _) if path.starts_with("/v1/webhooks") => id("whk", "an endpoint"),
        _ => (
            "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$".to_owned(),
            "The id of a call, as its answer carried it.".to_owned(),
        ),
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern))))
        .build()
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("idempotency-key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("Names this request, so that sending it again does it once."))
        .schema(Some(
            ObjectBuilder::new()
                .schema_type(Type::String)
                .pattern(Some("^[!-~]{1,255}$"))
                .min_length(Some(1))
                .max_length(Some(255)),
        ))
        .build()
}

fn call_id() -> utoipa::openapi::header::Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .description(Some("The call, to be named when asking about it."))
        .build()
}

/// The codes that a route may be refused with, by status.
pub(crate) fn problems(route: &Route) -> BTreeMap<StatusCode, BTreeSet<Code>> {
    let mut codes = vec![
        Code::Unauthenticated,
        Code::KeyNotValid,
        Code::NetworkRefused,
        Code::WrongRegion,
        Code::RateLimited,
        Code::QuotaExceeded,
        Code::Internal,
        Code::StoreUnavailable,
        // The door's own.
        Code::TargetTooLong,
        Code::HeadersTooLarge,
        Code::AnswerTooLate,
        Code::Busy,
    ];
    if route.interface.scope.is_some() {
        codes.push(Code::ScopeMissing);
    }
    if !matches!(route.who, Who::KeyOrToken) {
        codes.push(Code::TokenRefused);
    }
    if names(route.path).next().is_some() {
        codes.push(Code::NotFound);
    }
    if route.doc.query.is_some() {
        codes.push(Code::InvalidQuery);
    }
    // A body where none is taken is refused too.
    codes.extend([Code::InvalidRequest, Code::TooLarge, Code::TooSlow, Code::MalformedBody]);
    if route.takes != Takes::Nothing {
        codes.push(Code::ContentType);
    }
    if matches!(route.takes, Takes::Pictures(_)) {
        codes.push(Code::PictureUnreadable);
    }
    if route.replay != Replay::Reads {
        codes.extend([
            Code::InvalidIdempotencyKey,
            Code::InProgress,
            Code::IdempotencyKeyReused,
            Code::AnswerGone,
            Code::WrongState,
        ]);
    }
    codes.extend(route.doc.problems);
    let mut by_status = BTreeMap::<StatusCode, BTreeSet<Code>>::new();
    for code in codes {
        by_status.entry(code.status()).or_default().insert(code);
    }
    by_status
}

fn refusal(codes: &BTreeSet<Code>, problem: &RefOr<Schema>) -> Response {
    let list: Vec<_> =
        codes.iter().map(|code| format!("`{}`: {}", code.as_str(), code.title())).collect();
    let first = codes.first().copied().unwrap_or(Code::Internal);
    let example = json!({
        "type": format!("urn:bonafide:problem:{}", first.as_str()),
        "title": first.title(),
        "status": first.status().as_u16(),
        "code": first.as_str(),
        "detail": "what is wrong and what to do",
        "call_id": "0193508c-9d3e-7a4b-8f21-5a6b7c8d9e0f",
    });
    let content =
        ContentBuilder::new().schema(Some(problem.clone())).example(Some(example)).build();
    let mut response = ResponseBuilder::new()
        .description(list.join("; "))
        .content("application/problem+json", content)
        .header("x-call-id", call_id());
    if matches!(first.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        response = response.header(
            "retry-after",
            HeaderBuilder::new()
                .schema(Some(ObjectBuilder::new().schema_type(Type::Integer)))
                .description(Some("Seconds until it may work."))
                .build(),
        );
    }
    response.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_of_one_schema() {
        let mut schemas = Schemas::default();
        for route in crate::api::routes() {
            let (_, _, answer) = route.doc.answer;
            for schema in [route.doc.request, answer].into_iter().flatten() {
                schema(&mut schemas);
            }
        }
        assert!(schemas.all.len() > 50, "{}", schemas.all.len());
        // Two lists of reasons of a verification have shared this name from the start.
        let known = BTreeSet::from(["Reason".to_owned()]);
        assert_eq!(schemas.twice, known, "a client would read one as the other");
    }
}
