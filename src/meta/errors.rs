//! The catalogue of errors, as a list and as the page that an error's `type` leads to.

use actix_web::http::header::{ACCEPT, CONTENT_SECURITY_POLICY, HeaderMap, VARY};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{ApiResult, Code, FaultCode, OrNotFound as _};
use crate::http::Locale;
use crate::http::respond::{Versioned, View};

/// An error that the API can answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErrorEntry {
    /// `code` of the error; `type` is `/errors/{code}`.
    #[schema(example = "precondition_failed")]
    pub code: &'static str,
    /// The HTTP status that it is sent with.
    #[schema(minimum = 400, maximum = 599, example = 412)]
    pub status: u16,
    /// Its title in the caller's language.
    #[schema(example = "版本已变更")]
    pub title: &'static str,
    /// What the caller can do.
    #[schema(example = "重新读取该资源，确认后以新的 ETag 再试。")]
    pub advice: &'static str,
}

impl ErrorEntry {
    fn of(code: Code, locale: Locale) -> Self {
        Self {
            code: code.as_str(),
            status: code.status(),
            title: code.title(locale),
            advice: advice(code, locale),
        }
    }
}

/// A fault of an input: one of `errors[]` in an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FaultEntry {
    /// `code` of the fault.
    #[schema(example = "required")]
    pub code: &'static str,
    /// What it says of the field, in the caller's language.
    #[schema(example = "必填")]
    pub detail: &'static str,
}

/// Every error and every fault that the API can answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErrorCatalogue {
    /// The errors, in the order of the catalogue.
    pub errors: Vec<ErrorEntry>,
    /// The faults that errors name in `errors[]`.
    pub faults: Vec<FaultEntry>,
}

impl Versioned for ErrorCatalogue {}
impl Versioned for ErrorEntry {}

/// Every error the API can answer
///
/// Codes, statuses, titles and what to do, in the caller's language; and the codes of the faults that an error names
/// with pointers. Needs no token.
#[utoipa::path(operation_id = "list_errors", tag = "meta",
    responses((status = 200, description = "The catalogue", body = ErrorCatalogue)))]
#[get("/meta/errors")]
pub async fn list_errors(locale: Locale) -> View<ErrorCatalogue> {
    let faults = FaultCode::ALL.iter().map(|code| FaultEntry {
        code: code.as_str(),
        detail: code.text(locale),
    });
    View(ErrorCatalogue {
        errors: Code::ALL.iter().map(|code| ErrorEntry::of(*code, locale)).collect(),
        faults: faults.collect(),
    })
}

/// What an error means
///
/// Where an error's `type` leads: a page for people who accept `text/html`, JSON for everyone else, in the caller's
/// language. Needs no token.
#[utoipa::path(operation_id = "get_error_page", tag = "meta",
    params(("code" = String, Path, description = "The error's code", example = "not_found")),
    responses((status = 200, description = "What it means and what to do",
        content((ErrorEntry = "application/json"), (String = "text/html")))))]
#[get("/errors/{code}")]
pub async fn get_error_page(request: HttpRequest, locale: Locale) -> ApiResult<HttpResponse> {
    use actix_web::Responder as _;
    let named = request.match_info().get("code").unwrap_or_default();
    let code = Code::ALL.iter().find(|code| code.as_str() == named).or_not_found()?;
    let entry = ErrorEntry::of(*code, locale);
    let mut answer = if prefers_html(request.headers()) {
        HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'"))
            .body(page(&entry, locale))
    } else {
        View(entry).respond_to(&request)
    };
    answer
        .headers_mut()
        .append(VARY, actix_web::http::header::HeaderValue::from_static("Accept"));
    Ok(answer)
}

/// Whether the page is wanted rather than JSON: `text/html` is named and weighs at least as much (RFC 9110, 12.5.1).
fn prefers_html(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let weight = |wanted: &str| {
        let mut ranges = accept.split(',').map(|range| range.split(';'));
        ranges.find_map(|mut parts| {
            let named = parts.next().unwrap_or_default().trim().eq_ignore_ascii_case(wanted);
            let weight = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok());
            named.then(|| weight.unwrap_or(1.0))
        })
    };
    let html = weight("text/html").unwrap_or(0.0);
    html > 0.0 && html >= weight("application/json").unwrap_or(0.0)
}

/// The page. Every word of it is ours, so nothing needs escaping.
fn page(entry: &ErrorEntry, locale: Locale) -> String {
    let ErrorEntry {
        code,
        status,
        title,
        advice,
    } = entry;
    let (language, all) = match locale {
        Locale::Zh => ("zh-CN", "全部错误"),
        Locale::En => ("en", "All errors"),
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head><meta charset=\"utf-8\"><title>{code}: {title}</title></head>\n\
         <body>\n<h1>{title}</h1>\n<p><code>{status} {code}</code></p>\n<p>{advice}</p>\n\
         <p><a href=\"/api/v1/meta/errors\">{all}</a></p>\n</body>\n</html>\n"
    )
}

/// What a caller can do about an error: by its status, where the code has nothing of its own.
fn advice(code: Code, locale: Locale) -> &'static str {
    let (zh, en) = match code {
        Code::TokenExpired | Code::TokenStale => (
            "用刷新令牌换取新的访问令牌后再试。",
            "Get a new access token with the refresh token and try again.",
        ),
        Code::InProgress => (
            "同一幂等键的请求仍在处理，稍候再试即可得到其结果。",
            "A request with the same key is still running: try again in a moment to get its answer.",
        ),
        Code::AnswerGone => (
            "该请求已经办理，无须重发；需要时查询其现状。",
            "It was done and need not be sent again: read how it stands now.",
        ),
        Code::KeyReused => (
            "为新的内容换用新的幂等键。",
            "Use a new idempotency key for new content.",
        ),
        Code::StorageFull => (
            "磁盘已满：查询照常，写入须待管理员腾出空间。",
            "The disk is full: reading goes on, writing waits for an administrator to make room.",
        ),
        Code::LinkInvalid | Code::LinkExpired => (
            "下载链接五分钟内有效且不可更改：请以 POST /api/v1/attachments/{id}/link 重新取得。",
            "A link is good for five minutes, as it was given: ask for another with POST /api/v1/attachments/{id}/link.",
        ),
        _ => match code.status() {
            400 => (
                "请求无法读懂：检查 JSON、请求头、查询参数与游标；errors 指出位置。",
                "The request cannot be read: look at its JSON, headers, parameters and cursor; `errors` says where.",
            ),
            401 => (
                "须以有效的访问令牌（Authorization: Bearer）提出请求。",
                "Send a valid access token (Authorization: Bearer).",
            ),
            403 => (
                "您的任何任职均不能进行此操作，或先前的经办行为排除了您；GET /api/v1/meta/permissions 列出各角色权限。",
                "None of your memberships allows it, or an earlier act of yours forbids it; \
                 GET /api/v1/meta/permissions lists what each role may do.",
            ),
            404 => (
                "此地址无此资源，或该资源不在您的数据范围内；两种情形的回答相同。",
                "There is no such thing, or it lies outside your scope; the answer is the same.",
            ),
            405 => ("此地址支持的方法见 Allow。", "The methods that it has are in Allow."),
            406 => ("请接受 application/json。", "Accept application/json."),
            409 => (
                "规则目前不允许；allowed 或 detail 说明当前可行的操作。",
                "The rules say no for now; `allowed` or `detail` says what is possible.",
            ),
            412 => (
                "重新读取该资源，确认后以新的 ETag 再试。",
                "Read it again, decide anew, and try with the new ETag.",
            ),
            413 => (
                "缩小请求体，上限见 limit_bytes。",
                "Send less: the limit is in `limit_bytes`.",
            ),
            415 => (
                "可用的内容类型见 accepted。",
                "The content types that are taken are in `accepted`.",
            ),
            422 => (
                "逐项更正 errors 所指的内容后再试：已一次列出全部问题。",
                "Correct what `errors` points to and try again: it names every fault at once.",
            ),
            428 => (
                "在 If-Match 中给出您所读取的版本（ETag）。",
                "Say in If-Match which version you read (its ETag).",
            ),
            429 => ("按 Retry-After 等候后再试。", "Wait as long as Retry-After says."),
            503 => (
                "按 Retry-After 等候后再试；未作任何更改。",
                "Wait as long as Retry-After says; nothing was changed.",
            ),
            _ => (
                "服务器自身的错误，已记录；报修时请提供 request_id。",
                "A fault of ours, which was logged: quote `request_id` when you report it.",
            ),
        },
    };
    match locale {
        Locale::Zh => zh,
        Locale::En => en,
    }
}
