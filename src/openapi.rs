//! The document: generated from the routes, then completed by what would otherwise be written at every operation.
//!
//! The handlers say what is theirs (summary, parameters, bodies, answers); here, once for all, are added: the role
//! table (`x-roles`, security), the error answers that the gate can give with their codes (`x-error-codes`), the
//! `Idempotency-Key` of a POST, the headers of answers, and the references that generics lose. `openapi/openapi.json`
//! is this text, locked by a test.

mod operation;
mod security;
mod shared;

use crate::http::routing::{Described, ServiceConfig};
use serde_json::{Map, Value, json};
use utoipa::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::error::Code;

/// What a merge patch is called (RFC 7396); plain JSON is taken as one, too.
const MERGE_PATCH: &str = "application/merge-patch+json";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "sanfuwu 三服务",
        description = "A JSON REST API for governments that go out to serve (服务企业、服务群众、服务基层): visits, the \
                       problems that they hear, who is responsible for each, and its closing by the person who raised it.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
        contact(name = "The sanfuwu maintainers"),
    ),
    servers((url = "/", description = "This installation")),
    tags(
        (name = "auth", description = "Tokens, sessions and one's own account"),
        (name = "directory", description = "Divisions, organisations, people, memberships, delegations, competence, clients, terms"),
        (name = "campaigns", description = "活动: campaigns and their years"),
        (name = "service_objects", description = "服务对象: enterprises, households, communities; reporters"),
        (name = "receipts", description = "回执: how a reporter without an account speaks for himself"),
        (name = "visits", description = "走访服务: planned, held, completed"),
        (name = "problems", description = "问题清单: what visits hear, and its disposition"),
        (name = "assignments", description = "责任清单: who answers for what"),
        (name = "requests", description = "退回、提级、挂起、延期、不予办理、申诉: what one side asks and another decides"),
        (name = "analyses", description = "成因分析: why problems arise, signed and numbered"),
        (name = "action_plans", description = "落实清单: what is to be done, by whom and by when"),
        (name = "themes", description = "共性问题: problems with one cause, studied together"),
        (name = "outputs", description = "制度成果: policies, rules and cases that came of problems, for every official"),
        (name = "plan_templates", description = "分类指导: measures and steps that a plan may begin with"),
        (name = "contacts", description = "联系记录: who spoke with whom about a problem"),
        (name = "feedback", description = "群众评: what those served say"),
        (name = "comments", description = "群众说: comments and suggestions, hidden for law and privacy only, and replied to"),
        (name = "replies", description = "公开回复: what the handling side tells the reporter, and everybody where it is published"),
        (name = "notes", description = "内部备注: what no reporter sees"),
        (name = "commitments", description = "现场承诺: what was promised on site, by when, and what came of it"),
        (name = "surveys", description = "问卷: what enterprises, the people and the grassroots answer before and after"),
        (name = "attachments", description = "附件: files as evidence, always optional; downloads by signed links"),
        (name = "lists", description = "三张清单: problems, actions and assignments of an organisation or an object"),
        (name = "referrals", description = "转研究: what a department was asked to study, and its written answer"),
        (name = "work_lists", description = "我的待办: what waits for the caller, and problems counted"),
        (name = "alike", description = "举一反三: similar problems before recording, solved cases as precedents"),
        (name = "watches", description = "盯办: problems that somebody follows in person"),
        (name = "tasks", description = "待办任务: to-dos that the service plans, such as look-backs"),
        (name = "notices", description = "告知: who is told of what, and by which way"),
        (name = "calendar", description = "工作日历: working days, as the State Council gives them"),
        (name = "clock_rules", description = "时限规则: how many working days each term has; below only looser"),
        (name = "erasure", description = "个人信息保护: what is blotted out, and what is erased when nothing needs it any more"),
        (name = "subject_access", description = "本人信息查阅: what is kept about the caller himself"),
        (name = "auditing", description = "审计: who read and did what, and whether chains are whole"),
        (name = "metrics", description = "Figures, each with its formula and what it is a part of"),
        (name = "public_view", description = "让群众看: what everybody may see, and who supports it"),
        (name = "meta", description = "The rule book itself: states, terms, errors, permissions, health"),
        (name = "demo", description = "Demo mode only: its clock, its reset, its fixtures"),
    )
)]
struct Base;

/// The whole document.
pub fn document() -> Value {
    let mut described = Described::default();
    crate::app::routes(&mut ServiceConfig::Document(&mut described));
    let mut document = Base::openapi();
    described.add_to(&mut document);
    let mut document = serde_json::to_value(document).unwrap_or_default();
    complete(&mut document);
    document
}

/// The document as it is committed and served.
pub fn text(document: &Value) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

/// Where the browsable page is, with a slash behind it.
pub const PAGE: &str = "/docs";

/// The page at `/docs/`, which needs no outside host.
pub fn browsable_page() -> SwaggerUi {
    SwaggerUi::new("/docs/{_:.*}").config(
        Config::from("/openapi.json")
            .try_it_out_enabled(true)
            .persist_authorization(true),
    )
}

fn complete(document: &mut Value) {
    document["openapi"] = json!("3.1.0");
    let fields = document["components"].as_object_mut();
    if let Some(components) = fields {
        components.insert("securitySchemes".to_owned(), security::schemes());
        components.insert("responses".to_owned(), error_responses());
        components.insert("parameters".to_owned(), shared::parameters());
        components.insert("headers".to_owned(), shared::headers());
        if let Some(schemas) = components.get_mut("schemas").and_then(Value::as_object_mut) {
            schemas.insert("Error".to_owned(), error_schema());
            restore_references(schemas);
        }
    }
    let Some(paths) = document["paths"].as_object_mut() else {
        return;
    };
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            operation::complete(path, method, operation);
        }
    }
    drop_unused_responses(document);
}

/// What no operation answers by itself (405 is a path's answer) is no component either.
fn drop_unused_responses(document: &mut Value) {
    let paths = document["paths"].to_string();
    if let Some(responses) = document["components"]["responses"].as_object_mut() {
        responses.retain(|name, _| paths.contains(&format!("#/components/responses/{name}\"")));
    }
    let used = document["components"]["responses"].to_string() + &paths;
    if let Some(headers) = document["components"]["headers"].as_object_mut() {
        headers.retain(|name, _| used.contains(&format!("#/components/headers/{name}\"")));
    }
}

fn error_responses() -> Value {
    let mut responses = Map::new();
    let mut statuses: Vec<u16> = Code::ALL.iter().map(|code| code.status()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    for status in statuses {
        let codes: Vec<&str> = Code::ALL
            .iter()
            .filter(|code| code.status() == status)
            .map(|code| code.as_str())
            .collect();
        let first = Code::ALL.iter().find(|code| code.status() == status);
        let title = first.map_or("", |code| code.title(crate::http::Locale::Zh));
        let example = json!({
            "type": format!("/errors/{}", codes.first().unwrap_or(&"")), "title": title, "status": status, "detail": null,
            "instance": "/api/v1/problems", "code": codes.first(), "request_id": "019fb0c5-3f8e-7000-8000-000000000001",
            "errors": [],
        });
        let mut headers = json!({ "X-Request-Id": { "$ref": "#/components/headers/RequestId" } });
        match status {
            401 => headers["WWW-Authenticate"] = json!({ "$ref": "#/components/headers/WwwAuthenticate" }),
            405 => headers["Allow"] = json!({ "$ref": "#/components/headers/Allow" }),
            429 | 503 => headers["Retry-After"] = json!({ "$ref": "#/components/headers/RetryAfter" }),
            _ => {}
        }
        responses.insert(
            format!("Error{status}"),
            json!({
                "description": codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", "),
                "headers": headers,
                "content": { "application/problem+json": {
                    "schema": { "$ref": "#/components/schemas/Error" }, "example": example,
                } },
            }),
        );
    }
    Value::Object(responses)
}

fn error_schema() -> Value {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    json!({
        "type": "object",
        "description": "Problem details (RFC 9457). Further members may come with a code, such as `allowed` or `version`.",
        "required": ["type", "title", "status", "detail", "instance", "code", "request_id", "errors"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference", "description": "A page that explains the code" },
            "title": { "type": "string", "description": "The code in words" },
            "status": { "type": "integer", "minimum": 400, "maximum": 599, "description": "The HTTP status" },
            "detail": { "type": ["string", "null"], "description": "What is particular to this time" },
            "instance": { "type": "string", "format": "uri-reference", "description": "The path that was asked for" },
            "code": { "type": "string", "enum": codes, "x-extensible": true, "description": "Which error it is" },
            "request_id": { "type": "string", "description": "To be quoted to whoever looks into the log" },
            "errors": {
                "type": "array", "description": "Every fault of the input at once",
                "items": {
                    "type": "object", "required": ["pointer", "code", "detail"],
                    "properties": {
                        "pointer": { "type": "string", "description": "RFC 6901 into the body; `?name` for a parameter; a header's name" },
                        "code": { "type": "string", "description": "Which fault it is" },
                        "detail": { "type": "string", "description": "The fault in words" },
                    },
                },
            },
        },
    })
}

/// A generic page inlines its item; where the item is a component of its own, the reference is put back.
fn restore_references(schemas: &mut Map<String, Value>) {
    let names: Vec<String> = schemas.keys().cloned().collect();
    for name in &names {
        let Some(item) = name
            .strip_prefix("Page_")
            .filter(|item| names.iter().any(|name| name == item))
        else {
            continue;
        };
        if let Some(page) = schemas.get_mut(name) {
            page["properties"]["items"]["items"] = json!({ "$ref": format!("#/components/schemas/{item}") });
        }
    }
}
