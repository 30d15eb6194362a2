//! The cast: fifteen provincial leaders with their secretaries and officers, one person per role of the demo
//! accounts, and the people of the staffed divisions. Family and given names are common ones put together at random;
//! the leaders' titles say 示例.

use super::model::{Delegation, Membership, Person};
use super::organisations::{PROVINCE, STAFFED, key};
use super::random::Random;
use super::time::day;
use std::collections::BTreeSet;

const SURNAMES: &str = "陈 王 李 张 林 徐 吴 周 郑 胡 叶 潘 方 何 俞 金 \
    蒋 章 邵 施 傅 楼 骆 毛 祝 汪 余 童 季 柳 虞 褚 \
    钟 詹 翁 盛 严 舒 应 占";
const GIVEN: &str = "知远 明舟 望舒 景行 若川 思齐 怀瑾 清和 文澜 立言 守拙 既白 云帆 承宇 书彦 以宁 \
    乐山 向晨 行简 予安 秋实 春晓 可欣 佳禾 亦凡 南乔 晓棠 雨桐 子衿 静姝 芷若 念慈 \
    青禾 素心 采薇 嘉树 博文 修远 致和 敬之 希言 慎行 若谷 朗月 听澜 沐阳 泽宇 浩然 \
    晨曦 梓涵 禾苗 松年 岱山 溪亭 沁园 舒然 惟一 同光 远山 长风";

/// Body, its title.
const BODIES: [(&str, &str); 4] = [
    ("party_committee", "省委常委（示例）"),
    ("peoples_congress", "省人大常委会副主任（示例）"),
    ("government", "副省长（示例）"),
    ("cppcc", "省政协副主席（示例）"),
];

/// Number of provincial leaders: four each of the first three bodies, three of the last.
const LEADERS: usize = 15;

/// What a leader's secretary may do in the leader's name; never rating, looking back or deciding requests.
const DELEGATED: [&str; 6] = [
    "plan_visit",
    "start_visit",
    "record",
    "dispose",
    "assign",
    "complete_visit",
];

/// Who goes out together.
#[derive(Clone, Debug)]
pub(super) struct Team {
    pub(super) leader: String,
    pub(super) leading_body: &'static str,
    /// Key of the office behind the leader.
    pub(super) office: String,
    /// County leaders have none.
    pub(super) secretary: Option<String>,
    /// The first of them records.
    pub(super) officers: Vec<String>,
}

impl Team {
    /// Whether a leader of the province leads it.
    pub(super) fn is_provincial(&self) -> bool {
        self.office.starts_with(PROVINCE)
    }
}

/// Everybody, with what they may do.
pub(super) struct Cast {
    pub(super) people: Vec<Person>,
    pub(super) memberships: Vec<Membership>,
    pub(super) delegations: Vec<Delegation>,
    /// The first is that of the demo accounts `leader` and `officer`.
    pub(super) teams: Vec<Team>,
    names: BTreeSet<String>,
}

impl Cast {
    pub(super) fn new(random: &mut Random) -> Self {
        let mut cast = Self {
            people: Vec::new(),
            memberships: Vec::new(),
            delegations: Vec::new(),
            teams: Vec::new(),
            names: BTreeSet::new(),
        };
        for number in 0..LEADERS {
            cast.enter_team(random, number);
        }
        cast.enter_provincial_offices(random);
        for (code, _) in STAFFED {
            cast.enter_county(random, code);
        }
        for (town, name) in [("330782100", "佛堂镇"), ("330782105", "苏溪镇")] {
            let organisation = key(town, "office");
            let title = format!("{name}走访干部");
            cast.enter(
                random,
                &format!("town-officer-{town}"),
                &title,
                "officer",
                &organisation,
                town,
            );
        }
        cast
    }

    /// A name that nobody in the demo bears yet.
    pub(super) fn name(&mut self, random: &mut Random) -> String {
        loop {
            let name = format!("{}{}", random.word(SURNAMES), random.word(GIVEN));
            if self.names.insert(name.clone()) {
                return name;
            }
        }
    }

    fn enter_team(&mut self, random: &mut Random, number: usize) {
        let (leading_body, title) = BODIES[number % BODIES.len()];
        let (body, office) = (
            key(PROVINCE, leading_body),
            key(PROVINCE, &format!("{leading_body}_office")),
        );
        let numbered = |role: &str| {
            if number == 0 {
                role.to_owned()
            } else {
                format!("{role}-{:02}", number + 1)
            }
        };
        let leader = self.enter(random, &numbered("leader"), title, "leader", &body, PROVINCE);
        let secretary = self.enter(random, &numbered("secretary"), "秘书", "officer", &office, PROVINCE);
        let first = self.enter(
            random,
            &numbered("officer"),
            "随行服务专员",
            "officer",
            &office,
            PROVINCE,
        );
        let second = self.enter(
            random,
            &numbered("companion"),
            "调研处干部",
            "officer",
            &office,
            PROVINCE,
        );
        self.delegations.push(Delegation {
            from: leader.clone(),
            to: secretary.clone(),
            actions: DELEGATED.to_vec(),
            valid_from: day(2),
            valid_to: day(366),
        });
        self.teams.push(Team {
            leader,
            leading_body,
            office,
            secretary: Some(secretary),
            officers: vec![first, second],
        });
    }

    fn enter_provincial_offices(&mut self, random: &mut Random) {
        let rows = [
            ("province-dispatcher", "综合协调组组长", "dispatcher", "dispatch_office"),
            (
                "province-supervisor",
                "省委督查室督查专员",
                "supervisor",
                "party_supervision_office",
            ),
            (
                "province-supervisor-2",
                "省政府督查室督查专员",
                "supervisor",
                "government_supervision_office",
            ),
            ("province-handler", "人才开发处干部", "handler", "human_resources"),
            ("province-head", "人才开发处处长", "head", "human_resources"),
            ("assessor", "干部考核处干部", "assessor", "organisation_department"),
            ("admin", "系统管理员", "admin", "services"),
            ("auditor", "信息系统审计专员", "auditor", "audit"),
        ];
        for (person, title, role, slug) in rows {
            self.enter(random, person, title, role, &key(PROVINCE, slug), PROVINCE);
        }
    }

    /// A staffed division's own leader, officer, dispatcher, supervisor, handler and head. Those of 义乌市 are the demo
    /// accounts, save its leader and officer: the accounts of those roles are the province's.
    fn enter_county(&mut self, random: &mut Random, code: &'static str) {
        let rows = [
            ("leader", "副书记（示例）", "party_committee"),
            ("officer", "服务专员", "dispatch_office"),
            ("dispatcher", "交办员", "dispatch_office"),
            ("supervisor", "督查专员", "supervision_office"),
            ("handler", "人才服务科干部", "human_resources"),
            ("head", "人力资源和社会保障局局长（示例）", "human_resources"),
        ];
        for (role, title, slug) in rows {
            let person = match (code, role) {
                ("330782", "dispatcher" | "supervisor" | "handler" | "head") => role.to_owned(),
                _ => county_person(role, code),
            };
            self.enter(random, &person, title, role, &key(code, slug), code);
        }
        if code == "330782" {
            let name = self.name(random);
            let title = "企业负责人（示例）".to_owned();
            self.people.push(Person {
                key: "reporter".to_owned(),
                name,
                title,
                organisation: None,
            });
            self.join("reporter", "reporter", &key(code, "dispatch_office"), code);
        }
    }

    fn enter(
        &mut self,
        random: &mut Random,
        person: &str,
        title: &str,
        role: &'static str,
        organisation: &str,
        division: &str,
    ) -> String {
        let name = self.name(random);
        let organisation = organisation.to_owned();
        self.join(person, role, &organisation, division);
        let title = title.to_owned();
        self.people.push(Person {
            key: person.to_owned(),
            name,
            title,
            organisation: Some(organisation),
        });
        person.to_owned()
    }

    fn join(&mut self, person: &str, role: &'static str, organisation: &str, division: &str) {
        self.memberships.push(Membership {
            person: person.to_owned(),
            role,
            organisation: organisation.to_owned(),
            division: division.to_owned(),
            valid_from: day(2),
        });
    }
}

/// Key of somebody in a staffed division.
pub(super) fn county_person(role: &str, code: &str) -> String {
    format!("{role}-{code}")
}

/// Key of a staffed division's dispatcher.
pub(super) fn dispatcher_of(code: &str) -> String {
    match code {
        "330782" => "dispatcher".to_owned(),
        _ => county_person("dispatcher", code),
    }
}

/// A staffed division's leader, who goes out with one officer.
pub(super) fn county_team(code: &str) -> Team {
    Team {
        leader: county_person("leader", code),
        leading_body: "party_committee",
        office: key(code, "dispatch_office"),
        secretary: None,
        officers: vec![county_person("officer", code)],
    }
}
