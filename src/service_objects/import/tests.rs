//! Rosters, on both databases.

use super::import;
use crate::app::App;
use crate::directory::import::{ImportFaults, Report};
use crate::on_both;
use crate::service_objects::words::ObjectType;

const ENTERPRISES: &str = "name,division,uscc,uscc_unverified_reason,industry_division,size,is_star,hardship\n\
    义乌示例一有限公司,330782,91330782631706691D,,17,small,是,1\n\
    示例二合作社,330782001,,,,,,\n\
    示例三公司,330782,91350211M0000XUF46,执照如此,,,,\n";

async fn read(app: &App, kind: ObjectType, file: &str, dry_run: bool) -> Result<Report, ImportFaults> {
    import(app, kind, file.as_bytes(), dry_run).await
}

/// `line column code` of every fault.
fn faults(answer: Result<Report, ImportFaults>) -> Vec<String> {
    let Err(ImportFaults::File(faults)) = answer else {
        panic!("the file is accepted: {answer:?}");
    };
    let told = faults.iter().map(|fault| {
        let column = fault.column.as_deref().unwrap_or("-");
        format!("{} {column} {}", fault.line, fault.code)
    });
    told.collect()
}

fn counts(answer: Result<Report, ImportFaults>) -> [u64; 4] {
    let report = answer.expect("a report");
    [report.lines, report.created, report.updated, report.unchanged]
}

on_both! {
    async fn a_roster_is_read_once_and_changes_what_it_says_otherwise(world: World) {
        let kind = ObjectType::Enterprise;
        assert_eq!(counts(read(&world.app, kind, ENTERPRISES, true).await), [3, 3, 0, 0]);
        let page = world.get("/service-objects").by("officer").send().await.expect(200);
        assert_eq!(page["items"].as_array().map(Vec::len), Some(0), "a dry run keeps nothing");
        let with_mark = format!("\u{feff}{ENTERPRISES}");
        assert_eq!(counts(read(&world.app, kind, &with_mark, false).await), [3, 3, 0, 0]);
        assert_eq!(counts(read(&world.app, kind, ENTERPRISES, false).await), [3, 0, 0, 3]);
        // Only what a file says is changed: the size stays, and so does what another column said.
        let later = "uscc,name,division,hardship\n91330782631706691d,义乌示例一有限公司,330782,3\n";
        assert_eq!(counts(read(&world.app, kind, later, false).await), [1, 0, 1, 0]);
        let page = world.get("/service-objects?hardship_min=3").by("officer").send().await.expect(200);
        let item = &page["items"][0];
        assert_eq!((&item["enterprise"]["size"], &item["version"]), (&"small".into(), &2.into()));
        assert_eq!((&item["enterprise"]["industry_section"], &item["enterprise"]["is_star"]), (&"C".into(), &true.into()));
    }

    async fn households_and_communities_are_read(world: World) {
        let file = "division,alias,name,hardship\n330782001001,王姓农户,,2\n330782001002,李姓农户,李某,0\n";
        assert_eq!(counts(read(&world.app, ObjectType::Household, file, false).await), [2, 2, 0, 0]);
        assert_eq!(counts(read(&world.app, ObjectType::Household, file, false).await), [2, 0, 0, 2]);
        let file = "division,kind,name\n330782001,town,稠城街道\n330782001001,village,江滨社区\n330782001001,neighbourhood,示例小区\n";
        assert_eq!(counts(read(&world.app, ObjectType::Community, file, false).await), [3, 3, 0, 0]);
        assert_eq!(counts(read(&world.app, ObjectType::Community, file, true).await), [3, 0, 0, 3]);
    }

    async fn a_file_with_faults_changes_nothing_and_is_told_all(world: World) {
        let file = "name,division,uscc,uscc_unverified_reason,industry_section,industry_division,is_star,hardship,latitude\n\
            好公司,330782,,,,,,,\n\
            ,330782,91350100M000100Y44,,,,,,\n\
            坏公司,999999,,,A,97,maybe,9,\n\
            身份证11010519491231002X,330782,,,,,,,\n\
            短行,330782\n\
            好公司,330782,,,,,,,\n\
            对码公司,330782,91350100M000100Y43,无须,,,,,30\n";
        assert_eq!(faults(read(&world.app, ObjectType::Enterprise, file, false).await), [
            "3 name required", "3 uscc credit_code", "4 hardship out_of_range", "4 is_star type",
            "5 name id_number_not_accepted", "6 - format", "7 name repeated", "8 longitude required",
            "8 uscc_unverified_reason conflict",
        ]);
        let page = world.get("/service-objects").by("officer").send().await.expect(200);
        assert_eq!(page["items"].as_array().map(Vec::len), Some(0));
    }

    async fn lines_are_counted_as_an_editor_counts_them(world: World) {
        let file = "name,division\n\n\n好公司,330782\n\r\n,330782\n\n短行\n\n\"两行的\n公司\",999999\n";
        let told = faults(read(&world.app, ObjectType::Enterprise, file, false).await);
        assert_eq!(told, ["6 name required", "8 - format", "10 division unknown_reference"]);
        let file = "division,alias\n\n330782001001,王姓农户\n\n999999999999,李姓农户\n";
        let told = faults(read(&world.app, ObjectType::Household, file, false).await);
        assert_eq!(told, ["5 division unknown_reference"]);
    }

    async fn a_header_must_be_known(world: World) {
        let household = |file: &'static str| read(&world.app, ObjectType::Household, file, true);
        assert_eq!(
            faults(household("division,phone,division\n330782001001,138,x\n").await),
            ["1 phone unknown_field", "1 division repeated", "1 alias required"]
        );
        assert_eq!(faults(household("").await), ["1 division required", "1 alias required"]);
        let not_utf8 = import(&world.app, ObjectType::Household, &b"division,alias\n330782001001,\xcd\xf5\n"[..], true);
        assert_eq!(faults(not_utf8.await), ["2 - format"]);
    }

    async fn an_ended_object_is_not_taken_up_again(world: World) {
        let file = "name,division,uscc\n示例,330782,91330782631706691D\n";
        read(&world.app, ObjectType::Enterprise, file, false).await.expect("a report");
        let page = world.get("/service-objects").by("officer").send().await.expect(200);
        let path = format!("/service-objects/{}/end", page["items"][0]["id"].as_str().expect("an id"));
        let reason = serde_json::json!({ "reason": "注销" });
        world.post(&path).by("officer").at(&1.into()).json(reason).send().await.expect(200);
        assert_eq!(faults(read(&world.app, ObjectType::Enterprise, file, false).await), ["2 - conflict"]);
    }
}
