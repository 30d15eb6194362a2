//! Service objects and reporters, made as the visits meet them.

use super::model::{ObjectDetail, Reporter, ServiceObject};
use super::places::{County, Place};
use super::random::Random;
use std::collections::BTreeSet;

const BRANDS: &str = "恒岳 启航 联创 德润 中澜 瑞泽 宏图 嘉禾 天工 永信 汇川 明远 新锐 博诚 凌云 东望 \
    海晏 金穗 越秀 长青 泰和 华隆 正源 众合 百川 卓立 鼎盛 和风 朗润 精益 铭鑫 安禾 \
    翔达 同舟 佳源 盛邦 云汉 潮生 双溪 石梁 南湖月 四明 括苍 雁荡 莫干 天目 仙都 烂柯";

/// GB/T 4754 division (all of section C), word in the firm's name, product in the reporter's words.
const INDUSTRIES: [(&str, &str, &str); 16] = [
    ("34", "轴承", "精密轴承"),
    ("34", "阀门", "工业阀门"),
    ("36", "汽车部件", "汽车零部件"),
    ("17", "纺织", "功能面料"),
    ("18", "服饰", "无缝内衣"),
    ("38", "电气", "低压电器"),
    ("39", "电子", "电子元件"),
    ("26", "新材料", "特种化纤"),
    ("29", "塑业", "工程塑料"),
    ("33", "五金", "五金工具"),
    ("27", "药业", "中成药"),
    ("21", "家居", "木竹家具"),
    ("14", "食品", "休闲食品"),
    ("24", "文体用品", "文具玩具"),
    ("35", "智能装备", "专用机床"),
    ("30", "玻璃", "光伏玻璃"),
];

/// An enterprise and the word for what it makes.
#[derive(Clone, Debug)]
pub(super) struct Firm {
    pub(super) key: String,
    pub(super) product: &'static str,
}

/// What the visits have met so far.
#[derive(Default)]
pub(super) struct Register {
    pub(super) objects: Vec<ServiceObject>,
    pub(super) reporters: Vec<Reporter>,
    names: BTreeSet<String>,
    enterprises: u64,
    households: u64,
    phones: u64,
}

impl Register {
    /// A new enterprise with the reporter that speaks for it.
    pub(super) fn enterprise(&mut self, random: &mut Random, county: &County) -> Firm {
        let (name, division, product) = loop {
            let (division, trade, product) = random.pick(&INDUSTRIES);
            let name = format!("浙江示例{}{trade}有限公司", random.word(BRANDS));
            if self.names.insert(name.clone()) {
                break (name, division, product);
            }
        };
        self.enterprises += 1;
        let key = format!("enterprise-{:03}", self.enterprises);
        let place = random.pick(&county.villages);
        let size = *random.pick(&["large", "medium", "medium", "small", "small", "small", "micro"]);
        let ownership = *random.pick(&[
            "private", "private", "private", "private", "private", "mixed", "foreign", "state",
        ]);
        self.objects.push(ServiceObject {
            key: key.clone(),
            name: name.clone(),
            division: place.town_code().to_owned(),
            address: format!("{}{}示例工业园{}号", county.name, place.town, random.between(1, 299)),
            hardship: hardship(random),
            detail: ObjectDetail::Enterprise {
                uscc: uscc(&random_body(random), county.code),
                industry_section: "C",
                industry_division: division,
                size,
                ownership,
                is_star: random.chance(8),
            },
        });
        let anonymity = if random.chance(92) { "named" } else { "masked" };
        self.report(
            &reporter_of(&key),
            "enterprise",
            Some(name),
            anonymity,
            Some(key.clone()),
        );
        Firm { key, product }
    }

    /// The village or community itself, once.
    pub(super) fn community(&mut self, random: &mut Random, place: &Place, kind: &'static str) -> String {
        let key = format!("community-{}", place.code);
        if !self.objects.iter().any(|object| object.key == key) {
            self.objects.push(ServiceObject {
                key: key.clone(),
                name: format!("{}{}{}", place.county, place.town, place.name),
                division: place.code.to_owned(),
                address: format!("{}{}{}", place.county, place.town, place.name),
                hardship: hardship(random),
                detail: ObjectDetail::Community { kind },
            });
            let committee = if kind == "village" {
                "村民委员会"
            } else {
                "居民委员会"
            };
            let name = format!("{}{}{committee}", place.town, place.name.trim_end_matches('村'));
            self.report(&reporter_of(&key), "org", Some(name), "named", Some(key.clone()));
        }
        key
    }

    /// A new household and the resident who speaks for it; the public reads its alias.
    pub(super) fn household(&mut self, random: &mut Random, place: &Place, resident: &str) -> String {
        self.households += 1;
        let key = format!("household-{:03}", self.households);
        let surname: String = resident.chars().take(1).collect();
        self.objects.push(ServiceObject {
            key: key.clone(),
            name: format!("{}{surname}家（示例户{}）", place.name, self.households),
            division: place.code.to_owned(),
            address: format!(
                "{}{}{}{}号",
                place.county,
                place.town,
                place.name,
                random.between(1, 180)
            ),
            hardship: hardship(random),
            detail: ObjectDetail::Household {
                alias: format!("示例户{}", self.households),
            },
        });
        let (anonymity, name) = match random.below(100) {
            0..=3 => ("unknown", None),
            4..=13 => ("masked", Some(resident.to_owned())),
            _ => ("named", Some(resident.to_owned())),
        };
        self.report(&reporter_of(&key), "person", name, anonymity, Some(key.clone()));
        key
    }

    /// The person with the demo account `reporter` speaks for this enterprise under its own name.
    pub(super) fn speaks_for(&mut self, person: &str, enterprise: &str) {
        let key = reporter_of(enterprise);
        for reporter in self.reporters.iter_mut().filter(|reporter| reporter.key == key) {
            reporter.person = Some(person.to_owned());
            reporter.anonymity = "named";
        }
    }

    /// The people's congress working committee of a sub-district, once.
    pub(super) fn congress_committee(&mut self, place: &Place) -> String {
        let key = format!("reporter-congress-{}", place.town_code());
        if !self.reporters.iter().any(|reporter| reporter.key == key) {
            self.report(
                &key,
                "org",
                Some(format!("{}人大工作委员会", place.town)),
                "named",
                None,
            );
        }
        key
    }

    fn report(
        &mut self,
        key: &str,
        kind: &'static str,
        name: Option<String>,
        how: &'static str,
        object: Option<String>,
    ) {
        self.phones += 1;
        let phone = name.is_some().then(|| format!("139{:08}", self.phones));
        self.reporters.push(Reporter {
            key: key.to_owned(),
            kind,
            display_name: name,
            preferred_channel: if phone.is_some() { "phone" } else { "none" },
            phone,
            anonymity: how,
            person: None,
            object,
        });
    }
}

/// Key of the reporter that speaks for a service object.
pub(super) fn reporter_of(object: &str) -> String {
    format!("reporter-{object}")
}

/// Half of all have none; one in a hundred is in severe hardship.
fn hardship(random: &mut Random) -> u8 {
    match random.below(100) {
        0..=49 => 0,
        50..=84 => 1,
        85..=98 => 2,
        _ => 3,
    }
}

/// The 31 characters of a credit code; a character's value is its place. I, O, S, V and Z are left out.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Eight characters of an organisation code as registrars give them since 2015: MA and a running number.
fn random_body(random: &mut Random) -> String {
    let letters: Vec<char> = ALPHABET.chars().collect();
    (0..5).fold("MA2".to_owned(), |mut body, _| {
        body.push(*random.pick(&letters));
        body
    })
}

/// A credit code of an enterprise (91) registered in this county. To be replaced by `service_objects::uscc`, which has
/// the same rule for everybody, once both stand in one tree.
fn uscc(body: &str, county: &str) -> String {
    let sum: u32 = body
        .chars()
        .zip([3, 7, 9, 10, 5, 8, 4, 2])
        .map(|(c, weight)| c.to_digit(36).unwrap_or(0) * weight)
        .sum();
    let organisation_check = match (11 - sum % 11) % 11 {
        10 => 'X',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    let first = format!("91{county}{body}{organisation_check}");
    let weights = std::iter::successors(Some(1), |weight| Some(weight * 3 % 31));
    let sum: usize = first
        .chars()
        .zip(weights)
        .map(|(c, weight)| ALPHABET.find(c).unwrap_or(0) * weight)
        .sum();
    let check = ALPHABET.chars().nth((31 - sum % 31) % 31).unwrap_or('0');
    format!("{first}{check}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_credit_code_is_that_of_the_standards_example() {
        // GB 32100-2015 prints 91350100M000100Y43: body M000100Y, whose own check character is 4.
        assert_eq!(super::uscc("M000100Y", "350100"), "91350100M000100Y43");
    }
}
