//! The matrices: generated from the document and the tables, so that what is new is covered without being remembered.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::auth::policy::OPEN_OPERATIONS;
use crate::http::operations::Operations;
use crate::on_both;
use crate::openapi;
use crate::test_support::{World, seed};

/// Callers of every role, by the role's name.
fn callers() -> Vec<(&'static str, crate::auth::Role)> {
    let mut seen = Vec::new();
    let mut callers = Vec::new();
    for who in seed::everyone() {
        let role = seed::member(who).role;
        if !seen.contains(&role) {
            seen.push(role);
            callers.push((who, role));
        }
    }
    assert_eq!(callers.len(), crate::auth::Role::ALL.len(), "somebody of every role");
    callers
}

/// A path with ids of nothing in it, and a query with whatever is required.
fn path_of(path: &str, operation: &Value) -> String {
    let mut filled = path.to_owned();
    while let (Some(from), Some(to)) = (filled.find('{'), filled.find('}')) {
        filled.replace_range(from..=to, "019fb0c5-3f8e-7000-8000-0000000000ff");
    }
    let required: Vec<String> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|parameter| parameter["in"] == "query" && parameter["required"] == true)
        .map(|parameter| format!("{}=1", parameter["name"].as_str().unwrap_or_default()))
        .collect();
    if required.is_empty() {
        filled
    } else {
        format!("{filled}?{}", required.join("&"))
    }
}

async fn ask(world: &World, method: &Method, path: &str, operation: &Value, who: Option<&str>) -> u16 {
    let mut call = world.call(method.clone(), &path_of(path, operation));
    if let Some(who) = who {
        call = call.by(who);
    }
    if operation["requestBody"]["content"]["multipart/form-data"].is_object() {
        call = call.body("multipart/form-data; boundary=b", "--b--\r\n");
    } else if operation["requestBody"].is_object() {
        call = call.json(json!({}));
    }
    call.send().await.status
}

fn operation<'d>(document: &'d Value, method: &Method, path: &str) -> &'d Value {
    &document["paths"][path][method.as_str().to_lowercase()]
}

on_both! {
    async fn every_operation_answers_every_role_as_declared(world: World) {
        let document = openapi::document();
        let mut faults = Vec::new();
        for (method, path, compiled) in world.app.operations.all() {
            let declared = operation(&document, method, path);
            let anonymous = ask(&world, method, path, declared, None).await;
            if compiled.rule.is_some() && anonymous != 401 {
                faults.push(format!("{} without a token: {anonymous}", compiled.id));
            }
            if compiled.rule.is_none() && declared["responses"][anonymous.to_string()].is_null() {
                faults.push(format!("{} without a token: {anonymous} is not declared", compiled.id));
            }
            let Some(rule) = compiled.rule else { continue };
            for (who, role) in callers() {
                let status = ask(&world, method, path, declared, Some(who)).await;
                let may = rule.scope == "me" || rule.roles.contains(&role);
                if !may && status != 403 {
                    faults.push(format!("{} by {role}: {status} instead of 403", compiled.id));
                }
                if may && status == 403 {
                    faults.push(format!("{} by {role}: 403 though the policy allows it", compiled.id));
                }
                if status >= 500 || declared["responses"][status.to_string()].is_null() {
                    faults.push(format!("{} by {role}: {status} is not declared", compiled.id));
                }
            }
        }
        assert_eq!(faults, Vec::<String>::new());
    }

    async fn every_list_that_takes_with_total_answers_one(world: World) {
        let (document, problem) = (openapi::document(), world.open_problem().await);
        let mut faults = Vec::new();
        for (method, path, compiled) in world.app.operations.all() {
            let is_list = method == Method::GET && takes_with_total(operation(&document, method, path));
            // Readiness says that it is not counted.
            if !is_list || path.contains('{') || compiled.id == "get_readiness" {
                continue;
            }
            let about = match compiled.id.as_str() {
                "list_events" => format!("&about_id={}", problem["id"].as_str().expect("an id")),
                "get_problem_list" | "get_action_list" | "get_assignment_list" => {
                    format!("&org_id={}", seed::member("handler").org)
                }
                _ => String::new(),
            };
            let mut call = world.call(method.clone(), &format!("{path}?with_total=true{about}"));
            let may = |role| compiled.rule.is_some_and(|rule| rule.scope == "me" || rule.roles.contains(&role));
            if let Some((who, _)) = callers().into_iter().find(|(_, role)| may(*role)) {
                call = call.by(who);
            }
            let page = call.send().await.expect(200);
            if page["total"].is_null() && page["total_at_least"].is_null() {
                faults.push(compiled.id.clone());
            }
        }
        assert_eq!(faults, Vec::<String>::new());
    }
}

fn takes_with_total(operation: &Value) -> bool {
    let mut parameters = operation["parameters"].as_array().into_iter().flatten();
    parameters.any(|parameter| parameter["name"] == "with_total")
}

#[test]
fn every_operation_is_guarded_or_open_and_every_rule_guards_what_exists() {
    let document = openapi::document();
    let operations = Operations::compile(&document).expect("it compiles");
    let unguarded: Vec<&str> = operations
        .all()
        .iter()
        .map(|(_, _, operation)| *operation)
        .filter(|operation| operation.rule.is_none() && !OPEN_OPERATIONS.contains(&operation.id.as_str()))
        .map(|operation| operation.id.as_str())
        .collect();
    assert_eq!(unguarded, Vec::<&str>::new());
    let known: Vec<&str> = operations
        .all()
        .iter()
        .map(|(_, _, operation)| operation.id.as_str())
        .collect();
    let guarded = crate::auth::policy::RULES.iter().flat_map(|rule| rule.operations);
    let missing: Vec<&&str> = guarded
        .chain(OPEN_OPERATIONS)
        .filter(|id| !known.contains(id))
        .collect();
    assert_eq!(
        missing,
        Vec::<&&str>::new(),
        "the policy names operations that do not exist"
    );
}

#[test]
fn the_committed_document_is_the_generated_one() {
    let generated = openapi::text(&openapi::document());
    let committed = include_str!("../openapi/openapi.json");
    assert!(
        generated == committed,
        "run `cargo run -- openapi > openapi/openapi.json`"
    );
}

#[test]
fn every_example_validates_against_its_schema() {
    let document = openapi::document();
    let mut faults = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let Some(example) = schema.get("example").or_else(|| schema["examples"].get(0)) else {
            continue;
        };
        let root = json!({ "$ref": format!("#/components/schemas/{name}"), "components": document["components"] });
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&root)
            .expect("a schema");
        faults.extend(
            validator
                .iter_errors(example)
                .map(|fault| format!("{name}: {} {fault}", fault.instance_path())),
        );
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn every_operation_is_described() {
    let document = openapi::document();
    let mut faults = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let id = operation["operationId"].as_str().unwrap_or_default();
            for field in ["summary", "description"] {
                if operation[field].as_str().is_none_or(str::is_empty) {
                    faults.push(format!("{method} {path} ({id}) has no {field}"));
                }
            }
            if operation["tags"].as_array().map(Vec::len) != Some(1) {
                faults.push(format!("{id} has not exactly one tag"));
            }
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let described = ["description", "$ref", "oneOf", "allOf"]
                .iter()
                .any(|key| !property[*key].is_null());
            if !described {
                faults.push(format!("{name}.{field} has no description"));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}
