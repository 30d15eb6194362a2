//! What a person or a household is called in a text: by the name as it was entered, without what was said of him in
//! brackets, without the place that it begins with and without how he is addressed.

use std::collections::BTreeSet;

use super::forms::{Squeezed, letters};

/// The shortest name that is looked for: a surname alone is in half of all texts.
const SHORTEST_NAME: usize = 2;

/// How people are addressed behind their names; the longer ones first.
const ADDRESSED: &[&str] = &[
    "总经理",
    "老先生",
    "老太太",
    "老大爷",
    "老大妈",
    "负责人",
    "先生",
    "女士",
    "小姐",
    "同志",
    "老师",
    "师傅",
    "大爷",
    "大妈",
    "大伯",
    "大叔",
    "大娘",
    "大婶",
    "大姐",
    "大哥",
    "大嫂",
    "阿姨",
    "阿婆",
    "阿公",
    "叔叔",
    "伯伯",
    "爷爷",
    "奶奶",
    "老伯",
    "老人",
    "老板",
    "经理",
    "主任",
    "书记",
    "村长",
    "夫妇",
    "夫妻",
    "一家",
    "全家",
    "家庭",
    "家属",
    "家人",
    "父母",
    "本人",
    "等人",
    "户",
    "家",
];

/// Of these, what stands behind other words as well: 外贸企业负责人, 学生家属.
const OF_MANY: &[&str] = &[
    "负责人",
    "总经理",
    "经理",
    "主任",
    "书记",
    "老板",
    "家庭",
    "家属",
    "家人",
    "父母",
    "本人",
    "等人",
    "老人",
    "户",
    "家",
];

/// Words that name nobody, alone and put together: 一位热心市民.
const NOBODY: &[&str] = &[
    "务工人员",
    "残疾人",
    "出租车",
    "网约车",
    "村委会",
    "居委会",
    "经营户",
    "养殖户",
    "种植户",
    "外贸",
    "小区",
    "社区",
    "学校",
    "医院",
    "退休",
    "下岗",
    "人员",
    "家属",
    "家人",
    "摊主",
    "反映人",
    "来访者",
    "来访人",
    "来电人",
    "投诉人",
    "当事人",
    "举报人",
    "申请人",
    "联系人",
    "经办人",
    "负责人",
    "志愿者",
    "消费者",
    "个体户",
    "低保户",
    "困难户",
    "农民工",
    "创业者",
    "纳税人",
    "用工方",
    "外来",
    "群众",
    "市民",
    "村民",
    "居民",
    "农民",
    "农户",
    "企业",
    "公司",
    "工厂",
    "单位",
    "商户",
    "商家",
    "店主",
    "老板",
    "匿名",
    "实名",
    "业主",
    "住户",
    "租户",
    "租客",
    "房东",
    "户主",
    "用户",
    "客户",
    "乘客",
    "司机",
    "职工",
    "员工",
    "工人",
    "教师",
    "老师",
    "学生",
    "家长",
    "患者",
    "病人",
    "游客",
    "网友",
    "网民",
    "干部",
    "党员",
    "代表",
    "个人",
    "本人",
    "先生",
    "女士",
    "小姐",
    "同志",
    "师傅",
    "大爷",
    "大妈",
    "老人",
    "家庭",
    "法人",
    "热心",
    "困难",
    "部分",
    "多名",
    "多位",
    "一位",
    "一名",
    "某位",
    "某名",
    "几位",
    "全体",
    "广大",
    "不详",
    "未知",
    "保密",
    "无名",
    "某某",
    "某",
    "等",
];

/// The commonest family names.
const FAMILIES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈\
     姚卢姜崔钟谭陆汪范金石廖贾夏韦傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤楼章鲍竺虞骆俞倪施\
     阮应柯翁屠童裘褚卓项";
/// What a place, a street or a group of a village may end in.
const PLACE_ENDS: &[char] = &[
    '省', '市', '县', '区', '镇', '乡', '村', '道', '路', '街', '巷', '弄', '组', '号', '里', '庄', '园', '苑', '坊',
];
/// What may stand before a family of which nothing but its name is said: 帮扶的金家, and not 资金家底.
const BEFORE_FAMILY: &[char] = &[
    '的', '在', '是', '对', '为', '由', '向', '到', '给', '和', '与', '及', '去', '访', '户', '请', '把', '让', '了',
];
/// What makes a place of it: 张家港, 李家村.
const BEHIND_FAMILY: &[char] = &[
    '港', '界', '口', '庄', '园', '村', '镇', '沟', '湾', '桥', '塘', '畈', '宅', '具', '坞',
];

/// A person or a household, as a text may call it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Called {
    /// Found wherever they stand.
    names: BTreeSet<String>,
    /// A family name and 家 or 户: found where it stands by itself.
    families: BTreeSet<String>,
}

impl Called {
    /// What a name, as somebody entered it, may be written as.
    pub fn of(name: &str) -> Self {
        let mut called = Self::default();
        let (outside, inside) = bracketed(name);
        called.add(&letters(name));
        called.add(&letters(&outside));
        for said in inside {
            let said = letters(&said);
            if looks_like_a_name(&said) {
                called.add(&said);
            }
        }
        called
    }

    /// Whether a text names it.
    pub fn is_in(&self, text: &Squeezed) -> bool {
        self.names.iter().any(|name| text.holds(name))
            || self.families.iter().any(|family| stands_alone(&text.sentences, family))
    }

    /// The whole of a name and nothing else.
    pub fn wholly(name: &str) -> Self {
        let mut called = Self::default();
        called.insert(&letters(name));
        called
    }

    /// A name as it was entered, and what of it looks like a name once more is taken away: of 外来务工人员 nothing does.
    fn add(&mut self, name: &str) {
        if names_nobody(name) {
            return;
        }
        self.insert(name);
        let name = NOBODY.iter().find_map(|word| name.strip_prefix(word)).unwrap_or(name);
        let behind_place = name
            .char_indices()
            .rfind(|(_, character)| PLACE_ENDS.contains(character))
            .and_then(|(at, character)| name.get(at + character.len_utf8()..))
            .filter(|rest| !rest.is_empty());
        // A number of a house or of households is no name by itself.
        let has_number = |part: &&str| part.chars().any(|character| character.is_ascii_digit());
        for mut rest in [Some(name), behind_place].into_iter().flatten() {
            if has_number(&rest) {
                continue;
            }
            self.insert_a_name(rest);
            while let Some((form, bare)) = ADDRESSED
                .iter()
                .find_map(|form| Some((*form, rest.strip_suffix(form)?)))
            {
                if !OF_MANY.contains(&form) && (2..=3).contains(&bare.chars().count()) {
                    self.insert(bare);
                } else {
                    self.insert_a_name(bare);
                }
                rest = bare;
            }
        }
    }

    fn insert_a_name(&mut self, name: &str) {
        if looks_like_a_name(name) || is_family(name) {
            self.insert(name);
        }
    }

    fn insert(&mut self, name: &str) {
        let length = name.chars().count();
        if length < SHORTEST_NAME || names_nobody(name) || !name.chars().any(char::is_alphabetic) {
            return;
        }
        let kind = if is_family(name) {
            &mut self.families
        } else {
            &mut self.names
        };
        kind.insert(name.to_owned());
    }
}

/// 金家: a family's name and 家 or 户.
fn is_family(name: &str) -> bool {
    name.chars().count() == 2 && name.ends_with(['家', '户'])
}

/// Whether a name is put together of words that name nobody.
pub fn names_nobody(name: &str) -> bool {
    // How far words reach, each from where others end.
    let mut ends = BTreeSet::from([0]);
    while let Some(at) = ends.pop_first() {
        let rest = name.get(at..).unwrap_or_default();
        if rest.is_empty() {
            return true;
        }
        let words = NOBODY.iter().filter(|word| rest.starts_with(**word));
        ends.extend(words.map(|word| at + word.len()));
    }
    false
}

/// A name without what stands in brackets, and that.
fn bracketed(name: &str) -> (String, Vec<String>) {
    let (mut outside, mut inside) = (String::new(), Vec::new());
    let mut open: Option<String> = None;
    for character in name.chars() {
        match (character, &mut open) {
            ('(' | '（' | '[' | '［' | '【' | '〔' | '「' | '<' | '《', None) => open = Some(String::new()),
            (')' | '）' | ']' | '］' | '】' | '〕' | '」' | '>' | '》', Some(_)) => inside.extend(open.take()),
            (character, Some(said)) => said.push(character),
            (character, None) => outside.push(character),
        }
    }
    inside.extend(open);
    (outside, inside)
}

/// A family name and one to three characters: 王晓芳, and not 低保户 or 示例户124.
fn looks_like_a_name(said: &str) -> bool {
    let length = said.chars().count();
    (2..=4).contains(&length)
        && said.chars().all(char::is_alphabetic)
        && said.starts_with(|first| FAMILIES.contains(first))
}

/// Whether a family of which nothing but its name is said stands here by itself.
fn stands_alone(text: &str, family: &str) -> bool {
    text.match_indices(family).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let behind = text.get(at + family.len()..).and_then(|behind| behind.chars().next());
        before.is_none_or(|before| {
            !before.is_alphabetic() || PLACE_ENDS.contains(&before) || BEFORE_FAMILY.contains(&before)
        }) && behind.is_none_or(|behind| !BEHIND_FAMILY.contains(&behind))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ADDRESSED, Called, NOBODY};
    use crate::public_view::domain::guard::forms::Squeezed;

    fn names(name: &str, text: &str) -> bool {
        Called::of(name).is_in(&Squeezed::of(text))
    }

    #[test]
    fn a_name_is_known_however_it_was_entered() {
        for (name, text) in [
            ("陈立新先生", "陈立新反映报销慢"),
            ("陈立新（村民）", "陈立新反映报销慢"),
            ("村民陈立新", "村民陈立新反映报销慢"),
            ("松门里社区金家（示例户124）", "松门里社区金家的报销"),
            ("松门里社区金家（示例户124）", "走访了金家"),
            ("金家（示例户124）", "松门里社区金家的报销"),
            ("金家（示例户124）", "金家的报销"),
            ("示例户（金国强）", "金国强的报销"),
            ("王晓芳", "王·晓芳来过"),
            ("王晓芳", "王晓-芳来过"),
            ("王晓芳", "王*晓_芳来过"),
            ("王·晓芳", "王晓芳来过"),
            ("王秀英家", "王秀英的困难"),
        ] {
            assert!(names(name, text), "{name}: {text}");
        }
        for (name, text) in [
            ("患者家属", "向家属说明"),
            ("外来务工人员", "务工人员子女入学"),
            ("某外贸企业负责人", "外贸企业的困难"),
            ("部分小区业主", "小区业主委员会"),
            ("一位出租车司机", "出租车司机的休息点"),
            ("田心村村民委员会", "居民委员会已答复"),
            ("群众", "群众反映报销慢"),
            ("热心市民", "感谢热心市民"),
            ("一位村民（匿名）", "一位村民反映"),
            ("王", "国王"),
            ("李女士", "李子成熟了"),
            ("金家（示例户124）", "企业的资金家底"),
            ("张家（示例户7）", "张家港的经验"),
            ("陈立新（低保户）", "对低保户的救助"),
        ] {
            assert!(!names(name, text), "{name}: {text}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_found_with_whatever_was_entered_beside_it(
            title in prop::sample::select(ADDRESSED), said in "[（(][村居市]民[）)]", gap in "[·‧\\-_* \u{200B}]{0,2}",
            before in "[\\p{Han}，。]{0,8}", after in "[\\p{Han}，。]{0,8}",
        ) {
            let text = format!("{before}陈{gap}立{gap}新{after}");
            for name in ["陈立新".to_owned(), format!("陈立新{title}"), format!("陈立新{said}"), format!("陈立新{title}{said}")] {
                prop_assert!(names(&name, &text), "{}: {}", name, text);
            }
        }

        #[test]
        fn words_that_name_nobody_forbid_no_text(
            words in prop::collection::vec(prop::sample::select(NOBODY), 1..4), text in "[\\p{Han}，。]{0,20}",
        ) {
            let name = words.concat();
            let text = format!("{name}{text}");
            prop_assert!(!names(&name, &text), "{}: {}", name, text);
        }
    }
}
