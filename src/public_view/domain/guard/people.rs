//! What a person or a household is called in a text: by the name as it was entered, without what was said of him in
//! brackets, without the place that it begins with and without how he is addressed.

use std::collections::BTreeSet;

use super::forms::{Squeezed, letters};
use super::words::{ADDRESSED, BEFORE_FAMILY, BEHIND_FAMILY, FAMILIES, NOBODY, OF_MANY, PLACE_ENDS};

/// The shortest name that is looked for: a surname alone is in half of all texts.
const SHORTEST_NAME: usize = 2;

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
