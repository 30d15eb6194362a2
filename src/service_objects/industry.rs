//! The industry of an enterprise by GB/T 4754-2017 (国民经济行业分类): 20 sections, A to T, of 97 two-digit divisions.
//!
//! An enterprise stores its section and, where known, the division; a division must be one of its section's.
//! Groups and classes are not used. The amendment of 2019 altered only those.

#[cfg(test)]
mod tests;

/// A section (门类) and the divisions (大类) it holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Section {
    /// The letter, A to T.
    pub code: char,
    /// The Chinese name.
    pub name: &'static str,
    /// The first division.
    first: u8,
    /// The last division; sections hold contiguous ranges.
    last: u8,
}

/// All sections, in order of their letters.
pub static SECTIONS: [Section; 20] = [
    section('A', 1, 5, "农、林、牧、渔业"),
    section('B', 6, 12, "采矿业"),
    section('C', 13, 43, "制造业"),
    section('D', 44, 46, "电力、热力、燃气及水生产和供应业"),
    section('E', 47, 50, "建筑业"),
    section('F', 51, 52, "批发和零售业"),
    section('G', 53, 60, "交通运输、仓储和邮政业"),
    section('H', 61, 62, "住宿和餐饮业"),
    section('I', 63, 65, "信息传输、软件和信息技术服务业"),
    section('J', 66, 69, "金融业"),
    section('K', 70, 70, "房地产业"),
    section('L', 71, 72, "租赁和商务服务业"),
    section('M', 73, 75, "科学研究和技术服务业"),
    section('N', 76, 79, "水利、环境和公共设施管理业"),
    section('O', 80, 82, "居民服务、修理和其他服务业"),
    section('P', 83, 83, "教育"),
    section('Q', 84, 85, "卫生和社会工作"),
    section('R', 86, 90, "文化、体育和娱乐业"),
    section('S', 91, 96, "公共管理、社会保障和社会组织"),
    section('T', 97, 97, "国际组织"),
];

const fn section(code: char, first: u8, last: u8, name: &'static str) -> Section {
    Section {
        code,
        name,
        first,
        last,
    }
}

impl Section {
    /// The section of this capital letter; `None` for any other text.
    pub fn parse(text: &str) -> Option<&'static Self> {
        let mut characters = text.chars();
        let (code, rest) = (characters.next()?, characters.next());
        SECTIONS.iter().find(|section| section.code == code && rest.is_none())
    }

    /// The section that holds this division, `01` to `97`; `None` for any other text.
    pub fn of_division(division: &str) -> Option<&'static Self> {
        SECTIONS.iter().find(|section| section.contains(division))
    }

    /// Whether this division, written with two digits, belongs to the section.
    pub fn contains(&self, division: &str) -> bool {
        let two_digits = division.len() == 2 && division.bytes().all(|byte| byte.is_ascii_digit());
        two_digits
            && division
                .parse()
                .is_ok_and(|number| (self.first..=self.last).contains(&number))
    }

    /// The divisions of the section as numbers, 1 to 97; written with two digits.
    pub fn divisions(&self) -> std::ops::RangeInclusive<u8> {
        self.first..=self.last
    }
}
