//! What a firm is called in a text: by its whole name, by what is left of it without its place and legal form, by any
//! four characters of that in which two are its own, and by its own word with 公司 or the like behind it.

use super::forms::{Squeezed, letters};
use super::people::names_nobody;

/// The shortest name that is looked for.
const SHORTEST_NAME: usize = 2;
/// The shortest core of a firm's name that is looked for.
const SHORTEST_CORE: usize = 3;
/// Characters of a core that are looked for together, and how many of them must be the firm's own.
const PART: usize = 4;
const OWN_IN_PART: usize = 2;

/// What a firm's name ends in; the longer ones first.
const LEGAL_FORMS: &[&str] = &[
    "集团股份有限公司",
    "集团有限责任公司",
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "专业合作社",
    "有限公司",
    "合作社",
    "集团",
    "公司",
];
/// What a name of a place may end in.
const PLACE_ENDS: &[char] = &['省', '市', '县', '区', '镇', '乡'];
/// Words that many firms bear: a text with them alone names none. The longer ones first.
const GENERIC: &[&str] = &[
    "新材料",
    "新能源",
    "房地产",
    "互联网",
    "进出口",
    "供应链",
    "农产品",
    "小商品",
    "自来水",
    "城市",
    "城乡",
    "交通",
    "公交",
    "商业",
    "银行",
    "农村",
    "人民",
    "公共",
    "公路",
    "高速",
    "经济",
    "开发",
    "电力",
    "供电",
    "水务",
    "医院",
    "学校",
    "幼儿园",
    "物业",
    "市场",
    "股份",
    "有限",
    "责任",
    "公司",
    "集团",
    "合作社",
    "专业",
    "示例",
    "科技",
    "技术",
    "实业",
    "工业",
    "贸易",
    "商贸",
    "纺织",
    "服装",
    "服饰",
    "机械",
    "电子",
    "电器",
    "电气",
    "化工",
    "医药",
    "药业",
    "食品",
    "农业",
    "林业",
    "渔业",
    "建筑",
    "建设",
    "工程",
    "装饰",
    "材料",
    "能源",
    "环保",
    "信息",
    "网络",
    "软件",
    "数据",
    "智能",
    "教育",
    "文化",
    "传媒",
    "旅游",
    "酒店",
    "餐饮",
    "物流",
    "运输",
    "汽车",
    "配件",
    "五金",
    "塑料",
    "包装",
    "印刷",
    "玩具",
    "饰品",
    "家具",
    "制造",
    "制品",
    "加工",
    "生产",
    "经营",
    "销售",
    "管理",
    "咨询",
    "服务",
    "投资",
    "控股",
    "发展",
    "产业",
    "企业",
    "工厂",
    "商行",
    "中心",
    "国际",
    "中国",
    "中华",
    "全国",
    "浙江",
    "杭州",
    "宁波",
    "温州",
    "嘉兴",
    "湖州",
    "绍兴",
    "金华",
    "衢州",
    "舟山",
    "台州",
    "丽水",
    "义乌",
    "厂",
    "店",
    "社",
];
/// What the names of invented firms bear.
const EXAMPLE: &str = "示例";
/// What is put behind a firm's own word for short.
const FOR_SHORT: &[&str] = &["公司", "集团", "厂"];

/// A firm, as a text may call it.
#[derive(Clone, Debug)]
pub struct Named {
    parts: Vec<String>,
}

impl Named {
    /// What a firm's name may be written as, in these places.
    pub fn of(name: &str, places: &[String]) -> Self {
        let name = letters(name);
        let mut parts = Vec::new();
        if names_nobody(&name) {
            return Self { parts };
        }
        let core = core(&name, places);
        if name.chars().count() >= SHORTEST_NAME {
            parts.push(name.clone());
        }
        let characters = own(core, places);
        // 交通运输 is a matter of many; what the demo's firms bear makes a name of anything.
        let is_a_name = core.contains(EXAMPLE) || characters.iter().any(|(_, own)| *own);
        if core.chars().count() >= SHORTEST_CORE && is_a_name {
            parts.push(core.to_owned());
        }
        parts.extend(
            characters
                .windows(PART)
                .filter(|part| part.iter().filter(|(_, own)| *own).count() >= OWN_IN_PART)
                .map(|part| part.iter().map(|(character, _)| *character).collect()),
        );
        let word: String = characters
            .iter()
            .filter(|(_, own)| *own)
            .map(|(character, _)| *character)
            .collect();
        // At the end it is what the firm does, as 轴承 is; taken from two places of the name it is nobody's word.
        if word.chars().count() >= SHORTEST_NAME && core.contains(&word) && !core.ends_with(&word) {
            parts.extend(FOR_SHORT.iter().map(|end| format!("{word}{end}")));
            parts.extend((word.chars().count() >= SHORTEST_CORE).then_some(word));
        }
        Self { parts }
    }

    /// Whether a text names it.
    pub fn is_in(&self, text: &Squeezed) -> bool {
        self.parts.iter().any(|part| text.holds(part))
    }
}

/// A firm's name without the place that it begins with and its legal form.
fn core<'n>(name: &'n str, places: &[String]) -> &'n str {
    let mut core = LEGAL_FORMS
        .iter()
        .find_map(|form| name.strip_suffix(form))
        .unwrap_or(name);
    // Whatever order they come in: 浙江义乌.
    while let Some(rest) = places
        .iter()
        .find_map(|place| core.strip_prefix(bare(place)).filter(|_| !place.is_empty()))
    {
        core = rest.strip_prefix(PLACE_ENDS).unwrap_or(rest);
    }
    core
}

/// A place as it stands in names: 浙江.
fn bare(place: &str) -> &str {
    let bare = place.trim_end_matches(PLACE_ENDS);
    if bare.chars().count() < SHORTEST_NAME {
        place
    } else {
        bare
    }
}

/// The characters of a core, and whether each is the firm's own: of no place and no word that many firms bear.
fn own(core: &str, places: &[String]) -> Vec<(char, bool)> {
    let mut characters = Vec::new();
    let mut rest = core;
    while let Some(first) = rest.chars().next() {
        let places = places.iter().map(|place| bare(place)).filter(|place| !place.is_empty());
        let word = places
            .chain(GENERIC.iter().copied())
            .find(|word| rest.starts_with(word));
        let taken = word.map_or(first.len_utf8(), str::len);
        let (these, behind) = rest.split_at(taken);
        characters.extend(these.chars().map(|character| (character, word.is_none())));
        rest = behind;
    }
    characters
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Named;
    use crate::public_view::domain::guard::forms::Squeezed;

    fn names(name: &str, text: &str) -> bool {
        let places = ["浙江省".to_owned(), "义乌市".to_owned()];
        Named::of(name, &places).is_in(&Squeezed::of(text))
    }

    #[test]
    fn a_firm_is_known_by_parts_of_its_name_and_not_by_those_of_many() {
        for text in [
            "众合新材料遇到抽贷",
            "示例众合的困难",
            "众合公司的困难",
            "众 合-新材料",
            "浙江示例众合新材料有限公司",
        ] {
            assert!(names("浙江示例众合新材料有限公司", text), "{text}");
        }
        for text in [
            "新材料企业遇到抽贷",
            "一家示例企业",
            "浙江的新材料产业",
            "综合新材料园区",
            "有限公司",
        ] {
            assert!(!names("浙江示例众合新材料有限公司", text), "{text}");
        }
        for (firm, text) in [
            ("义乌市交通运输集团有限公司", "交通运输局已答复"),
            ("义乌城市建设投资集团有限公司", "城市建设步伐"),
            ("浙江义乌农村商业银行股份有限公司", "商业银行贷款"),
            ("义乌市自来水有限公司", "自来水水质"),
            ("义乌市人民路餐饮管理有限公司", "人民路积水"),
        ] {
            assert!(!names(firm, text), "{firm}: {text}");
        }
        assert!(names("浙江示例纺织有限公司", "示例纺织的困难"));
        assert!(!names("浙江示例纺织有限公司", "浙江纺织业的困难"));
        assert!(names("众合（义乌）科技有限公司", "众合义乌科技的困难"));
    }

    proptest! {
        #[test]
        fn a_firm_is_found_by_its_own_word_and_its_trade(
            before in "[\\p{Han}，。]{0,8}", after in "[\\p{Han}，。]{0,8}", gap in "[·\\- ]{0,2}",
        ) {
            let text = format!("{before}众合{gap}新材料{after}");
            prop_assert!(names("浙江示例众合新材料有限公司", &text), "{}", text);
        }
    }
}
