//! Finding other ways to reach somebody in a text: an e-mail address, and what somebody is called in WeChat, QQ and the
//! like. A name of that kind is known by what stands before it.

use unicode_normalization::UnicodeNormalization as _;

use super::phone_in_text::UNITS;

/// Where people are called by names of five characters and more.
const SERVICES: &[&str] = &[
    "微信",
    "威信",
    "薇信",
    "v信",
    "wechat",
    "weixin",
    "wx",
    "vx",
    "qq",
    "扣扣",
    "企鹅",
    "抖音",
    "快手",
    "小红书",
    "支付宝",
    "钉钉",
    "telegram",
    "whatsapp",
];
/// What may stand between that and the name.
const IS: &[&str] = &["账号", "帐号", "号码", "号", "是", "为", "加我", "加", "我", "id"];
/// The shortest name.
const SHORTEST: usize = 5;
/// The shortest that is nothing but digits.
const SHORTEST_NUMBER: usize = 6;
/// How many marks may part the two.
const LONGEST_GAP: usize = 6;

/// Whether `text` holds an e-mail address or a name by which somebody is reached.
pub fn holds_contact(text: &str) -> bool {
    let text: String = text.nfkc().flat_map(char::to_lowercase).collect();
    holds_mail_address(&text) || holds_handle(&text)
}

fn holds_mail_address(text: &str) -> bool {
    let of_name = |character: char| character.is_ascii_alphanumeric() || "._%+-".contains(character);
    text.match_indices('@').any(|(at, sign)| {
        let before = text.get(..at).unwrap_or_default().trim_end();
        let behind = text.get(at + sign.len()..).unwrap_or_default().trim_start();
        let domain = behind
            .split(|character: char| !(character.is_ascii_alphanumeric() || ".-".contains(character)))
            .next();
        let named = domain.and_then(|domain| domain.trim_end_matches('.').rsplit_once('.'));
        before.ends_with(of_name)
            && named.is_some_and(|(host, top)| {
                !host.is_empty() && top.len() >= 2 && top.chars().all(|character| character.is_ascii_alphabetic())
            })
    })
}

fn holds_handle(text: &str) -> bool {
    SERVICES.iter().any(|service| {
        text.match_indices(service).any(|(at, _)| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let within_word = service.is_ascii() && before.is_some_and(|before| before.is_ascii_alphanumeric());
            let behind = text.get(at + service.len()..).unwrap_or_default();
            !within_word && handle_length(behind) >= SHORTEST
        })
    })
}

/// The length of the name that begins behind a service's; 0 where none does.
fn handle_length(behind: &str) -> usize {
    let (mut rest, mut is_said) = (behind, false);
    loop {
        let bare = rest.trim_start_matches(|character: char| !character.is_alphanumeric());
        let gap = rest.get(..rest.len() - bare.len()).unwrap_or_default();
        // What stands behind the end of a sentence is something else, unless it was announced.
        if gap.chars().count() > LONGEST_GAP || (!is_said && gap.contains(['、', ',', '。', ';'])) {
            return 0;
        }
        rest = bare;
        match IS.iter().find_map(|word| rest.strip_prefix(word)) {
            Some(shorter) => (rest, is_said) = (shorter, true),
            None => break,
        }
    }
    let of_name = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    let behind = rest.trim_start_matches(of_name);
    let name = rest.get(..rest.len() - behind.len()).unwrap_or_default();
    // 12345, a day and a sum name nobody.
    let is_number = name.chars().all(|character| character.is_ascii_digit());
    let is_day = name.contains('-')
        && name
            .chars()
            .all(|character| character.is_ascii_digit() || character == '-');
    if is_day || (is_number && (name.len() < SHORTEST_NUMBER || behind.trim_start().starts_with(UNITS))) {
        return 0;
    }
    name.len()
}

#[cfg(test)]
mod tests {
    use super::holds_contact;

    #[test]
    fn ways_to_reach_somebody_are_found() {
        for text in [
            "请写信到 zhang.san@example.com",
            "zhangsan＠qq．com",
            "li @ example.org.cn 找我",
            "微信号 zhangsan_88",
            "加我微信：wxid12345",
            "VX:abc12345",
            "QQ号是123456789",
            "ＱＱ：123456",
            "qq 1234567",
        ] {
            assert!(holds_contact(text), "{text}");
        }
        for text in [
            "打了微信、12345都没用",
            "微信2019-01-10发的通知",
            "支付宝50000元",
            "支付宝500000元",
            "微信公众号发布了通知",
            "用微信支付",
            "QQ群里有人说",
            "价格@了所有人",
            "5月@村委会",
            "请在微信上预约，2019年起",
            "",
        ] {
            assert!(!holds_contact(text), "{text}");
        }
    }
}
