//! What was said, promised and learnt is there to be read.

use serde_json::{Value, json};

use crate::test_support::World;

/// The id that the fixtures give a row.
fn fixture<'m>(mark: &'m Value, kind: &str, name: &str) -> &'m str {
    mark[kind][name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {kind}"))
}

/// Each feature shows the demo's accounts a row of its own.
pub(super) async fn every_feature_has_something_to_show(world: &World, mark: &Value) {
    let mut tokens = std::collections::BTreeMap::new();
    for who in ["dispatcher", "handler", "reporter"] {
        tokens.insert(who, format!("Bearer {}", world.sign_in(who).await));
    }
    let ask = async |who: &str, path: &str| {
        let call = world.get(path).header("Authorization", &tokens[who]);
        call.send().await.expect(200)
    };
    let of = |shows: &str, what: &str| format!("/problems/{}{what}", fixture(mark, "shows", shows));
    for (who, path, name) in [
        ("dispatcher", "/commitments".to_owned(), "commitment_kept"),
        (
            "dispatcher",
            "/commitments?state=broken".to_owned(),
            "commitment_broken",
        ),
        ("handler", "/commitments?state=open".to_owned(), "commitment_due"),
        ("reporter", of("promised", "/commitments"), "commitment_due"),
        ("dispatcher", "/comments?state=hidden".to_owned(), "comment_hidden"),
        ("handler", "/comments?awaiting_reply=true".to_owned(), "comment_waiting"),
        ("reporter", of("commented", "/comments"), "comment_replied"),
        ("dispatcher", "/ratings?review=open".to_owned(), "rating_low"),
        ("dispatcher", of("rated_low", "/ratings"), "rating_low"),
        ("dispatcher", "/surveys/answers".to_owned(), "survey_answer"),
        ("handler", of("referred", "/referrals"), "referral"),
        ("handler", "/referrals?state=answered".to_owned(), "referral"),
        ("handler", "/plan-templates".to_owned(), "plan_template"),
        ("dispatcher", "/themes?state=closed".to_owned(), "theme"),
        ("handler", "/themes?state=open".to_owned(), "theme_open"),
        ("handler", "/outputs?kind=policy".to_owned(), "output"),
        ("handler", "/cases".to_owned(), "output"),
        ("handler", "/cases".to_owned(), "case"),
    ] {
        let page = ask(who, &path).await;
        let (mut items, id) = (page["items"].as_array().unwrap().iter(), fixture(mark, "further", name));
        assert!(items.any(|item| item["id"] == id), "{who} {path} lacks {name}: {page}");
    }
    let in_theme = ask("handler", &of("in_theme", "")).await;
    assert_eq!(in_theme["theme"]["id"], fixture(mark, "further", "theme"));
    for (who, path) in [
        ("reporter", of("replied", "/replies")),
        ("reporter", of("promised", "/replies")),
        ("handler", of("noted", "/notes")),
        (
            "dispatcher",
            format!("/surveys/answers?problem={}", fixture(mark, "shows", "surveyed")),
        ),
        ("handler", of("referred", "/precedents")),
        ("dispatcher", "/comment-moderations".to_owned()),
    ] {
        assert!(ask(who, &path).await["items"][0].is_object(), "{who} {path}");
    }
    let figures = async |of: &str| ask("dispatcher", &format!("/metrics/{of}")).await;
    assert_eq!(figures("satisfaction").await["total"]["rated"], 3);
    assert_eq!(
        figures("commitments").await["commitments_kept"],
        json!({ "numerator": 1, "denominator": 2, "value": 0.5 })
    );
    assert_eq!(figures("confidence").await["items"][0]["delta"], json!(0.8));
    assert_eq!(figures("causes").await["groups"][0]["problems"], 4);
    assert_eq!(figures("measures").await["measures_proposed"], 8);
    let summary = ask("handler", &of("referred", "")).await["statement"].clone();
    let alike = world
        .post("/problems/similar")
        .header("Authorization", &tokens["handler"]);
    let alike = alike.json(json!({ "text": summary })).send().await.expect(200);
    assert!(alike["items"][0]["score"].as_f64() > Some(0.0), "{alike}");
}

/// Everybody reads what was published, without a token.
pub(super) async fn everybody_has_something_to_read(world: &World, mark: &Value) {
    let ask = async |path: &str| world.get(&format!("/public/{path}")).send().await.expect(200);
    let ids = |page: &Value| -> Vec<Value> {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["id"].clone()).collect()
    };
    let published = ["replied", "published", "named_by_consent"].map(|name| json!(fixture(mark, "shows", name)));
    assert_eq!(ids(&ask("problems").await), published, "the latest first");
    let outputs = ["case", "output"].map(|name| json!(fixture(mark, "further", name)));
    assert_eq!(ids(&ask("outputs").await), outputs);
    assert_eq!(ask("overview").await["published"], 3);
    let problem =
        async |shows: &str, what: &str| ask(&format!("problems/{}{what}", fixture(mark, "shows", shows))).await;
    assert!(problem("named_by_consent", "").await["enterprise"]["name"].is_string());
    assert_eq!(problem("published", "").await["enterprise"], Value::Null);
    let said = problem("commented", "/comments").await;
    let comment = |number: usize| &said["items"][number];
    assert_eq!(
        (&comment(0)["supporters"], comment(0)["reply"].is_object()),
        (&json!(2), true),
        "{said}"
    );
    assert_eq!(comment(1)["parent_id"], comment(0)["id"]);
    assert_eq!(
        (&comment(2)["text"], &comment(2)["hidden_reason"]["code"]),
        (&Value::Null, &json!("personal_privacy"))
    );
    let replies = problem("replied", "/replies").await;
    assert!(replies["items"][0]["text"].is_string(), "{replies}");
}
