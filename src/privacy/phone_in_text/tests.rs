//! Numbers however they are written, and what only looks like one.

use proptest::prelude::*;

use super::{find_phone_number, holds_phone_number, phone_candidates};

fn found(text: &str) -> Option<&str> {
    find_phone_number(text).and_then(|range| text.get(range))
}

#[test]
fn a_number_that_reaches_a_person_is_found_however_it_is_written() {
    for (text, number) in [
        ("请打13812345678联系我", "13812345678"),
        ("电话：138 1234 5678。", "138 1234 5678"),
        ("138-1234-5678", "138-1234-5678"),
        ("138.1234.5678", "138.1234.5678"),
        ("1381 2345 678", "1381 2345 678"),
        ("1990 1234 567", "1990 1234 567"),
        ("１３８１２３４５６７８", "１３８１２３４５６７８"),
        ("1 3 8 1 2 3 4 5 6 7 8", "1 3 8 1 2 3 4 5 6 7 8"),
        ("+86 13812345678", "86 13812345678"),
        ("+86 138-1234-5678", "86 138-1234-5678"),
        ("8613812345678", "8613812345678"),
        ("0086-138-1234-5678", "0086-138-1234-5678"),
        ("家里电话0571-87654321", "0571-87654321"),
        ("热线0571-87654321转3", "0571-87654321"),
        ("057187654321", "057187654321"),
        ("(0579) 8555 1234", "0579) 8555 1234"),
        ("(0571)8765 4321", "0571)8765 4321"),
        ("0570-3012345", "0570-3012345"),
        ("010 12345678", "010 12345678"),
        ("+86 571 8765 4321", "86 571 8765 4321"),
        ("2019 13812345678", "13812345678"),
        ("138\u{200B}12345678", "138\u{200B}12345678"),
        ("138，1234，5678", "138，1234，5678"),
        ("138、1234、5678", "138、1234、5678"),
        ("138/1234/5678", "138/1234/5678"),
        ("138_1234_5678", "138_1234_5678"),
        ("138:1234:5678", "138:1234:5678"),
        ("138*1234*5678", "138*1234*5678"),
        ("138|1234|5678", "138|1234|5678"),
        ("138~1234~5678", "138~1234~5678"),
        ("138    1234    5678", "138    1234    5678"),
        ("一三八一二三四五六七八", "一三八一二三四五六七八"),
        ("幺三八幺二三四五六七八", "幺三八幺二三四五六七八"),
        ("电话一三八〇零○四五六七八", "一三八〇零○四五六七八"),
        ("①③⑧①②③④⑤⑥⑦⑧", "①③⑧①②③④⑤⑥⑦⑧"),
        ("𝟭𝟯𝟴𝟭𝟮𝟯𝟰𝟱𝟲𝟳𝟴", "𝟭𝟯𝟴𝟭𝟮𝟯𝟰𝟱𝟲𝟳𝟴"),
        ("١٣٨١٢٣٤٥٦٧٨", "١٣٨١٢٣٤٥٦٧٨"),
        ("138a1234b5678", "138a1234b5678"),
        ("1️⃣3️⃣8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8", "1️⃣3️⃣8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8"),
        ("0571：87654321", "0571：87654321"),
        ("第一13812345678", "13812345678"),
        ("85551234", "85551234"),
        ("请打 8523 0000 找她", "8523 0000"),
        ("家里座机：8523000。", "8523000"),
        ("电话号码是85230000", "85230000"),
        ("tel 85230000", "85230000"),
    ] {
        assert_eq!(found(text), Some(number), "{text}");
        assert!(holds_phone_number(text), "{text}");
    }
}

#[test]
fn other_numbers_are_let_through() {
    for text in [
        "",
        "请拨打12345",
        "分别补助150、1200、3500万元",
        "补助150、200、12000元",
        "已拨付1500000、3000元",
        "涉及150、20、30、40、50户",
        "已下拨2350000.00元",
        "下拨2350000 元",
        "下拨5000000余元",
        "12345热线2018-2019 年度",
        "12345热线",
        "SFW-2019-330782-000123",
        "2019-01-10 09:30",
        "2019-01-10 办结",
        "2019-03-01起施行",
        "01-10 2019-01-15",
        "2019年1月10日，417个问题",
        "2019年1月10日至2019年12月31日",
        "1998-2003 500人",
        "91330782MA28D0KL2X",
        "91330782MA28D0XXXX",
        "913307821471617453",
        "11010519491231002X",
        "6222021001116245702",
        "1381234567",   // too short
        "138123456789", // too long
        "编号 20190113800001234",
        "330782001",
        "资金120000000元",
        "补助1380000000元",
        "补贴 1380000 元",
        "示例〔2019〕3号",
        "国办发明电〔2026〕7号",
        "417=76+204+137",
        "第3次，共5次",
        "0.5公里，10分钟",
        "一百二十万元",
        "浙政发〔2019〕12号",
        "浙政发〔二〇一九〕十二号",
        "一九九八年一月十日",
        "分别为1500、2000、300万元",
        "13,800,000,000元",
        "13:30-15:00，100人",
        "编号158，2019-01-10",
        "158、2018、2019三项",
        "周一、三、五，二、四、六",
        "20190110",
        "电话回访于20190110",
        "资金85551234元",
        "编号85551234",
        "电话费8555123元",
        "11330782M12K345678",
        "13330782M12K345678",
        "13、14、15、16、17项",
        "1a3b8c1d2e3f4a5b6c7d8",
    ] {
        assert_eq!(found(text), None, "{text}");
    }
}

#[test]
fn what_has_no_form_of_its_own_can_be_compared() {
    for (text, number) in [
        ("请打 8523 0000 找她", "85230000"),
        ("电话２０１９ 85230000。", "85230000"),
        ("+86 138 0000 1234", "13800001234"),
        ("+86 571-8765 4321", "057187654321"),
        ("（0571）87654321", "057187654321"),
        ("致电 +1 212 555 0100", "+12125550100"),
    ] {
        let candidates = phone_candidates(text);
        assert!(candidates.contains(&number.to_owned()), "{text}: {candidates:?}");
    }
    for text in ["2019年", "12345", "编号 20190113800001234567"] {
        assert_eq!(phone_candidates(text), Vec::<String>::new(), "{text}");
    }
}

/// A number as somebody may write it who wants it to be read and not found.
fn written(number: &str, groups: &[usize], gap: &str, script: &[char]) -> String {
    let digits = number.bytes().filter_map(|byte| script.get(usize::from(byte - b'0')));
    let mut digits = digits.collect::<String>();
    let mut written = Vec::new();
    for size in groups {
        let end = digits.char_indices().nth(*size).map_or(digits.len(), |(at, _)| at);
        let rest = digits.split_off(end);
        written.push(std::mem::replace(&mut digits, rest));
    }
    written.join(gap)
}

proptest! {
    #[test]
    fn a_mobile_number_is_found_in_every_way_of_writing_it(
        number in "1[3-9][0-9]{9}",
        groups in prop::sample::select(vec![
            vec![3, 4, 4], vec![3, 8], vec![7, 4], vec![1; 11], vec![2, 2, 2, 2, 2, 1], vec![3, 2, 2, 2, 2], vec![11],
        ]),
        gap in "[ \u{3000}\u{200B}，、；：,;:/_*|~=#&·.()（）-]{0,6}",
        script in prop::sample::select(vec![
            "0123456789", "０１２３４５６７８９", "〇一二三四五六七八九", "零幺两三四五六七八九", "零壹贰叁肆伍陆柒捌玖",
            "⓪①②③④⑤⑥⑦⑧⑨", "𝟬𝟭𝟮𝟯𝟰𝟱𝟲𝟳𝟴𝟵", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "⓿❶❷❸❹❺❻❼❽❾",
        ]),
        before in "[a-z甲乙丙丁，。:]{0,12}", after in "[a-z甲乙丙丁，。]{0,12}",
    ) {
        // A number and two years in a list are no number.
        let is_year = |at: usize| ["19", "20"].contains(&number.get(at..at + 2).unwrap_or_default());
        prop_assume!(!is_year(3) && !is_year(7));
        let script: Vec<char> = script.chars().collect();
        let text = format!("{before}{}{after}", written(&number, &groups, &gap, &script));
        prop_assert!(holds_phone_number(&text), "{}", text);
    }

    #[test]
    fn ordinary_texts_hold_none(
        year in 1990_u32..2030, month in 1_u32..=12, day in 1_u32..=28, count in 1_u32..100_000, number in 1_u32..1000,
        sum in "[一二三四五六七八九]百[一二三四五六七八九]十万", code in "(11|12|51|52|91|92|93)330[0-9]{3}[A-HJ-NP-RTUWXY][A-HJ-NP-RTUWXY][0-9A-HJ-NP-RTUWXY]{8}",
    ) {
        for text in [
            format!("{year}年{month}月{day}日，共{count}人、{number}件"),
            format!("{year}-{month:02}-{day:02}至{year}-{month:02}-{day:02}，{number}户"),
            format!("投入{sum}元，{count}万元，{number}.5亩"),
            format!("浙政发〔{year}〕{number}号、国办发〔{year}〕{day}号"),
            format!("SFW-{year}-330782-{count:06}"),
            format!("统一社会信用代码{code}，{year}年"),
        ] {
            prop_assert!(!holds_phone_number(&text), "{}", text);
        }
    }

    #[test]
    fn any_mobile_number_is_found_in_any_words(
        second in 3_u32..=9,
        rest in "[0-9]{9}",
        gap in prop::sample::select(vec!["", " ", "-", "\u{3000}", " - "]),
        before in "[\\p{Han}a-z，。:]{0,12}",
        after in "[\\p{Han}a-z，。:]{0,12}",
    ) {
        let number = format!("1{second}{rest}");
        let written: Vec<String> = number.chars().map(String::from).collect();
        let written = written.join(gap);
        let text = format!("{before}{written}{after}");
        prop_assert_eq!(found(&text), Some(written.as_str()));
        prop_assert!(phone_candidates(&text).contains(&number));
    }

    #[test]
    fn a_mobile_number_in_two_parts_is_found_in_any_text(
        before in "[^\\p{N}\\p{So}]{0,12}", number in "1[3-9][0-9]{9}", gap in "[ -]?", at in 1_usize..10,
        after in "[^\\p{N}\\p{So}]{0,12}",
    ) {
        let (head, tail) = number.split_at(at);
        let text = format!("{before}{head}{gap}{tail}{after}");
        prop_assert!(holds_phone_number(&text), "{}", text);
    }

    #[test]
    fn any_text_is_read_to_its_end(text in ".{0,60}") {
        let range = find_phone_number(&text);
        prop_assert!(range.is_none_or(|range| text.get(range).is_some()));
        phone_candidates(&text);
    }
}
