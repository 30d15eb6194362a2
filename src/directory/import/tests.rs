use super::{ImportFaults, Report, import_people};
use crate::db::sql;
use crate::on_both;
use crate::test_support::World;
use crate::test_support::seed;

async fn import(world: &World, text: &str, dry_run: bool) -> Result<Report, Vec<String>> {
    match import_people(&world.app, text.as_bytes(), dry_run).await {
        Ok(report) => Ok(report),
        Err(ImportFaults::File(faults)) => Err(faults
            .iter()
            .map(|fault| {
                format!(
                    "{} {} {}",
                    fault.line,
                    fault.column.as_deref().unwrap_or("-"),
                    fault.code
                )
            })
            .collect()),
        Err(other) => panic!("{other}"),
    }
}

async fn count(world: &World, statement: &'static str) -> i64 {
    let (count,): (i64,) = sql(statement).one(&world.app.db).await.expect("a count");
    count
}

const PEOPLE: &str = "SELECT COUNT(*) FROM person";
const RIGHTS: &str = "SELECT COUNT(*) FROM membership";

const ROSTER: &str = "\u{feff}name,title,org,username,role,division\r\n\
    示例甲,科长,义乌市财政局,Shili.Jia,handler,\r\n\
    示例甲,科长,义乌市财政局,shili.jia,officer,330782001\r\n\
    示例乙,,义乌市财政局,,,\r\n";

on_both! {
    async fn a_roster_is_imported_and_the_second_time_changes_nothing(world: World) {
        let (people, rights) = (count(&world, PEOPLE).await, count(&world, RIGHTS).await);
        let dry = import(&world, ROSTER, true).await.expect("no faults");
        assert_eq!((dry.lines, dry.created, dry.updated, dry.dry_run), (3, 2, 1, true));
        assert_eq!(dry.secrets, []);
        assert_eq!((count(&world, PEOPLE).await, count(&world, RIGHTS).await), (people, rights));

        let done = import(&world, ROSTER, false).await.expect("no faults");
        assert_eq!((done.created, done.updated, done.unchanged), (2, 1, 0));
        let names: Vec<(u64, &str)> = done.secrets.iter().map(|(line, name, _)| (*line, name.as_str())).collect();
        assert_eq!(names, [(2, "shili.jia")]);
        assert_eq!((count(&world, PEOPLE).await, count(&world, RIGHTS).await), (people + 2, rights + 2));

        let again = import(&world, ROSTER, false).await.expect("no faults");
        assert_eq!((again.created, again.updated, again.unchanged), (0, 0, 3));
        assert_eq!(again.secrets, []);
        assert_eq!((count(&world, PEOPLE).await, count(&world, RIGHTS).await), (people + 2, rights + 2));
    }

    async fn a_person_takes_over_what_the_roster_says(world: World) {
        let text = format!("org,name,title,role\n{},示例承办人,副科长,head\n", seed::org("yiwu-hr"));
        let done = import(&world, &text, false).await.expect("no faults");
        assert_eq!((done.created, done.updated), (0, 1));
        let path = format!("/people/{}", seed::member("handler").person);
        let person = world.get(&path).by("officer").send().await.expect(200);
        assert_eq!(person["title"], "副科长");
        assert_eq!(person["roles"], serde_json::json!(["handler", "head"]));
        world.get("/orgs").by("handler").send().await.expect_error(401, "token_stale");
    }

    async fn every_fault_is_told_by_line_and_column_and_nothing_is_kept(world: World) {
        let people = count(&world, PEOPLE).await;
        let text = "name,org,username,role,division\n\
            示例甲,义乌市财政局,示例,chief,\n\
            ,无此单位,,,330782\n\
            示例乙,义乌市财政局,,handler,330521\n\
            示例丙,义乌市财政局,shili.bing,handler,999999\n\
            11010519491231002X,义乌市财政局,,,\n\
            \n\
            示例丁,义乌市财政局\n\
            示例戊,义乌市财政局,shili.wu,integrator,\n";
        let faults = import(&world, text, false).await.expect_err("faults");
        assert_eq!(faults, [
            "2 username format", "2 role enum",
            "3 name required", "3 division conflict", "3 org unknown_reference",
            "4 division conflict",
            "5 division unknown_reference",
            "6 name id_number_not_accepted",
            "8 - type",
            "9 role enum",
        ]);
        assert_eq!(count(&world, PEOPLE).await, people);
    }

    async fn the_header_is_checked(world: World) {
        let faults = import(&world, "name,Name,colour\n示例甲,示例甲,红\n", false).await.expect_err("faults");
        assert_eq!(faults, ["1 name repeated", "1 colour unknown_field", "1 org required"]);
        assert_eq!(import(&world, "", false).await.expect_err("faults"), ["1 name required", "1 org required"]);
        let gbk = [b"name,org\n".as_slice(), b"\xca\xbe\xc0\xfd,x\n"].concat();
        let Err(ImportFaults::File(faults)) = import_people(&world.app, &gbk[..], false).await else {
            panic!("GBK was read as UTF-8");
        };
        assert_eq!((faults[0].line, faults[0].code), (2, "format"));
    }

    async fn a_username_is_one_persons(world: World) {
        import(&world, "name,org,username\n示例甲,义乌市财政局,shili.jia\n", false).await.expect("no faults");
        let text = "name,org,username\n示例乙,义乌市财政局,shili.jia\n";
        assert_eq!(import(&world, text, false).await.expect_err("faults"), ["2 username conflict"]);
        // Another of the same name, told apart by the username.
        let text = "name,org,username\n示例甲,义乌市财政局,shili.jia2\n";
        assert_eq!(import(&world, text, false).await.expect("no faults").created, 1);
        let text = "name,org\n示例甲,义乌市财政局\n";
        assert_eq!(import(&world, text, false).await.expect_err("faults"), ["2 name conflict"]);
    }
}
