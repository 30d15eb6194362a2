//! The name of a file: a label that people read, and nothing else.

use super::media_type::MediaType;
use crate::error::FaultCode;
use crate::privacy::find_id_number;

/// Bytes that a name may have: what file systems take.
const MOST_BYTES: usize = 255;

/// What is wrong with a name, if anything: a path, or a part of one; control characters, and those that make a text
/// read in another order than it is written (`exe.jpg` for `gpj.exe`); no name at all; too long a one; an identity-card
/// number.
pub fn fault(name: &str) -> Option<FaultCode> {
    let is_path = name.contains(['/', '\\']) || matches!(name.trim(), "" | "." | "..");
    if is_path || name.len() > MOST_BYTES || name.chars().any(is_hidden) {
        return Some(FaultCode::FileName);
    }
    find_id_number(name).map(|_| FaultCode::IdNumber)
}

/// Control characters, and the marks of writing direction (Unicode TR 36, 3.2).
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The name under which it is saved: one whose ending tells another type than the content has gets the right ending.
pub fn for_download(name: &str, media_type: &MediaType) -> String {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let fits = ending.is_some_and(|ending| media_type.endings.contains(&ending.as_str()));
    match media_type.endings.first() {
        Some(right) if !fits => format!("{name}.{right}"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{FaultCode, fault, for_download};
    use crate::attachments::domain::media_type::MediaType;

    #[test]
    fn a_name_is_plain() {
        for fine in [
            "现场照片.jpg",
            "a..b.txt",
            "...",
            ".htaccess",
            "a b (1).pdf",
            "表;格\".xlsx",
        ] {
            assert_eq!(fault(fine), None, "{fine}");
        }
        let long = "长".repeat(86);
        for bad in [
            "",
            " ",
            ".",
            "..",
            "../x.jpg",
            "/etc/passwd",
            "a/b.jpg",
            "C:\\x.jpg",
            "a\0.jpg",
            "a\n.jpg",
            "a\u{202e}gpj.exe",
            &long,
        ] {
            assert_eq!(fault(bad), Some(FaultCode::FileName), "{bad:?}");
        }
        assert_eq!(fault("11010519491231002X.jpg"), Some(FaultCode::IdNumber));
    }

    #[test]
    fn a_saved_file_ends_as_its_content_is() {
        let text = MediaType::of("text/plain").expect("accepted");
        assert_eq!(for_download("记录.TXT", text), "记录.TXT");
        assert_eq!(for_download("run.bat", text), "run.bat.txt");
        assert_eq!(for_download("记录", text), "记录.txt");
    }

    proptest! {
        #[test]
        fn no_accepted_name_leads_out_of_a_folder(name in any::<String>()) {
            if fault(&name).is_none() {
                let path = std::path::Path::new(&name);
                prop_assert_eq!(path.components().count(), 1);
                prop_assert!(matches!(path.components().next(), Some(std::path::Component::Normal(_))));
                prop_assert!(!name.contains('\0') && name.len() <= 255);
            }
        }
    }
}
