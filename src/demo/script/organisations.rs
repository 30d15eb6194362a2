//! The public organisations of the demo: the province's four bodies and departments, and for a county its government,
//! its “三服务” office and the bureaus that something is handed to. 义乌市, 金华市, 安吉县 and 景宁 are fully staffed.

use super::competence::competences;
use super::model::Organisation;
use std::collections::BTreeSet;

/// Code of Zhejiang.
pub(super) const PROVINCE: &str = "330000";

/// Code and name of the divisions whose organisations all exist from the start.
pub(super) const STAFFED: [(&str, &str); 4] = [
    ("330700", "金华市"),
    ("330782", "义乌市"),
    ("330523", "安吉县"),
    ("331127", "景宁畲族自治县"),
];

/// Slug; name at the province; name in a county, where `{}` is the county (energy: see [`county_bureau`]).
const BUREAUS: [(&str, &str, &str); 24] = [
    (
        "human_resources",
        "浙江省人力资源和社会保障厅",
        "{}人力资源和社会保障局",
    ),
    ("education", "浙江省教育厅", "{}教育局"),
    ("finance", "浙江省财政厅", "{}财政局"),
    ("local_finance", "浙江省地方金融监督管理局", "{}人民政府金融工作办公室"),
    ("industry", "浙江省经济和信息化厅", "{}经济和信息化局"),
    ("reform", "浙江省发展和改革委员会", "{}发展和改革局"),
    ("energy", "浙江省能源局", "{}发展和改革局"),
    ("transport", "浙江省交通运输厅", "{}交通运输局"),
    ("medical_security", "浙江省医疗保障局", "{}医疗保障局"),
    ("health", "浙江省卫生健康委员会", "{}卫生健康局"),
    ("housing", "浙江省住房和城乡建设厅", "{}住房和城乡建设局"),
    ("agriculture", "浙江省农业农村厅", "{}农业农村局"),
    ("civil_affairs", "浙江省民政厅", "{}民政局"),
    ("culture", "浙江省文化和旅游厅", "{}文化和广电旅游体育局"),
    ("land", "浙江省自然资源厅", "{}自然资源和规划局"),
    ("ecology", "浙江省生态环境厅", "{}生态环境分局"),
    ("water", "浙江省水利厅", "{}水利局"),
    ("tax", "国家税务总局浙江省税务局", "国家税务总局{}税务局"),
    ("science", "浙江省科学技术厅", "{}科学技术局"),
    ("market", "浙江省市场监督管理局", "{}市场监督管理局"),
    ("services", "浙江省大数据发展管理局", "{}政务服务管理办公室"),
    ("enforcement", "浙江省综合行政执法指导办公室", "{}综合行政执法局"),
    (
        "peoples_congress_office",
        "浙江省人大常委会办公厅",
        "{}人大常委会办公室",
    ),
    ("federation", "浙江省工商业联合会", "{}工商业联合会"),
];

/// Bureaus that a fully staffed division has whether or not something is handed to them.
const USUAL: [&str; 9] = [
    "human_resources",
    "education",
    "local_finance",
    "industry",
    "transport",
    "housing",
    "agriculture",
    "civil_affairs",
    "services",
];

/// Slug, name, kind, body, slug of the parent.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
);

const PROVINCIAL: [Row; 14] = [
    (
        "party_committee",
        "中共浙江省委员会",
        "party_committee",
        Some("party_committee"),
        None,
    ),
    (
        "peoples_congress",
        "浙江省人大常委会",
        "congress",
        Some("peoples_congress"),
        None,
    ),
    ("government", "浙江省人民政府", "government", Some("government"), None),
    ("cppcc", "政协浙江省委员会", "cppcc", Some("cppcc"), None),
    (
        "party_committee_office",
        "中共浙江省委办公厅",
        "office",
        Some("party_committee"),
        Some("party_committee"),
    ),
    (
        "peoples_congress_office",
        "浙江省人大常委会办公厅",
        "office",
        Some("peoples_congress"),
        Some("peoples_congress"),
    ),
    (
        "government_office",
        "浙江省人民政府办公厅",
        "office",
        Some("government"),
        Some("government"),
    ),
    (
        "cppcc_office",
        "浙江省政协办公厅",
        "office",
        Some("cppcc"),
        Some("cppcc"),
    ),
    (
        "dispatch_office",
        "浙江省“三服务”办公室",
        "dispatch_office",
        None,
        Some("party_committee_office"),
    ),
    (
        "party_supervision_office",
        "浙江省委督查室",
        "supervision_office",
        None,
        Some("party_committee_office"),
    ),
    (
        "government_supervision_office",
        "浙江省政府督查室",
        "supervision_office",
        None,
        Some("government_office"),
    ),
    (
        "organisation_department",
        "中共浙江省委组织部",
        "department",
        None,
        Some("party_committee"),
    ),
    ("audit", "浙江省审计厅", "department", None, Some("government")),
    (
        "services",
        "浙江省大数据发展管理局",
        "department",
        None,
        Some("government"),
    ),
];

/// Key of an organisation.
pub(super) fn key(division: &str, slug: &str) -> String {
    format!("{division}.{slug}")
}

/// Key of a bureau of a county. A county's energy work lies with its development and reform bureau.
pub(super) fn county_bureau(county: &str, slug: &'static str) -> String {
    key(county, if slug == "energy" { "reform" } else { slug })
}

/// Every organisation that the demo needs: the provincial ones, the staffed divisions', the government and dispatch
/// office of each county, two towns of 义乌市, and whatever else is referred to. Parents come first.
pub(super) fn all(counties: &[(&'static str, &'static str)], referred: BTreeSet<String>) -> Vec<Organisation> {
    let mut wanted = referred;
    wanted.extend(BUREAUS.iter().map(|(slug, ..)| key(PROVINCE, slug)));
    wanted.extend(
        STAFFED
            .iter()
            .flat_map(|(code, _)| USUAL.iter().map(|slug| key(code, slug))),
    );
    wanted.extend(competences().into_iter().map(|competence| competence.organisation));
    let mut organisations: Vec<Organisation> = PROVINCIAL
        .iter()
        .map(|row| organisation(PROVINCE, "province", (row.0, row.1.to_owned()), row))
        .collect();
    let unstaffed = counties.iter().filter(|county| !STAFFED.contains(county));
    for (code, name) in STAFFED.iter().chain(unstaffed) {
        organisations.extend(of_county(code, name, STAFFED.contains(&(code, name)), &wanted));
    }
    for (slug, name, _) in BUREAUS {
        let known = organisations
            .iter()
            .any(|organisation| organisation.key == key(PROVINCE, slug));
        if !known {
            let row = (slug, name, kind_of(slug), None, parent_of(slug));
            organisations.push(organisation(PROVINCE, "province", (slug, name.to_owned()), &row));
        }
    }
    for (code, name) in [("330782100", "义乌市佛堂镇"), ("330782105", "义乌市苏溪镇")] {
        let government = ("government", "", "government", None, None);
        organisations.push(organisation(
            code,
            "town",
            ("government", format!("{name}人民政府")),
            &government,
        ));
        let office = ("office", "", "office", None, Some("government"));
        organisations.push(organisation(
            code,
            "town",
            ("office", format!("{name}党政综合办公室")),
            &office,
        ));
    }
    organisations
}

fn of_county(code: &str, county: &str, staffed: bool, wanted: &BTreeSet<String>) -> Vec<Organisation> {
    let level = if code.ends_with("00") { "city" } else { "county" };
    let mut rows: Vec<(Row, String)> = Vec::new();
    if staffed {
        let committee = ("party_committee", "", "party_committee", Some("party_committee"), None);
        rows.push((committee, format!("中共{county}委员会")));
        let supervision = (
            "supervision_office",
            "",
            "supervision_office",
            None,
            Some("party_committee"),
        );
        rows.push((supervision, format!("{}委督查室", committee_of(county))));
    }
    let government = ("government", "", "government", Some("government"), None);
    rows.push((government, format!("{county}人民政府")));
    let dispatch = ("dispatch_office", "", "dispatch_office", None, Some("government"));
    rows.push((dispatch, format!("{county}“三服务”办公室")));
    for (slug, _, name) in BUREAUS.iter().filter(|(slug, ..)| wanted.contains(&key(code, slug))) {
        rows.push((
            (slug, "", kind_of(slug), None, parent_of(slug)),
            name.replace("{}", county),
        ));
    }
    rows.into_iter()
        .map(|(row, name)| organisation(code, level, (row.0, name), &row))
        .collect()
}

/// 义乌市 has a 义乌市委, an autonomous county a 县委 under its short name.
fn committee_of(county: &str) -> &str {
    if county.ends_with("自治县") {
        "景宁县"
    } else {
        county
    }
}

fn kind_of(slug: &str) -> &'static str {
    match slug {
        "peoples_congress_office" => "office",
        "federation" => "other",
        _ => "department",
    }
}

/// Bureaus stand under the government; what is not the government's stands alone.
fn parent_of(slug: &str) -> Option<&'static str> {
    (kind_of(slug) == "department").then_some("government")
}

fn organisation(division: &str, level: &'static str, named: (&str, String), row: &Row) -> Organisation {
    let (_, _, kind, leading_body, parent) = *row;
    Organisation {
        key: key(division, named.0),
        name: named.1,
        kind,
        level,
        division: division.to_owned(),
        leading_body,
        parent: parent.map(|slug| key(division, slug)),
    }
}
