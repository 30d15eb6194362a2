//! Whether bytes that come in pieces are plain text: UTF-8 without control characters, and no markup or script.

/// Bytes of the beginning that are kept to look for markup.
const HEAD: usize = 512;

/// Watches bytes go by.
#[derive(Clone, Debug, Default)]
pub struct PlainText {
    broken: bool,
    /// The beginning of a character whose rest is in the next piece.
    pending: Vec<u8>,
    head: Vec<u8>,
}

impl PlainText {
    /// Takes the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        if self.broken {
            return;
        }
        let room = HEAD.saturating_sub(self.head.len());
        self.head.extend(bytes.iter().take(room));
        self.broken = bytes.iter().any(is_control);
        let mut joined = std::mem::take(&mut self.pending);
        joined.extend_from_slice(bytes);
        if let Err(fault) = std::str::from_utf8(&joined) {
            self.broken |= fault.error_len().is_some();
            self.pending = joined.split_off(fault.valid_up_to());
        }
    }

    /// Whether all that came is plain text, and anything came.
    pub fn is_plain(&self) -> bool {
        !self.broken && self.pending.is_empty() && !self.head.is_empty() && !is_markup(&self.head)
    }
}

/// Tab, line feed, form feed and carriage return belong to texts; the other control characters do not.
fn is_control(byte: &u8) -> bool {
    matches!(byte, 0..0x20 | 0x7f) && !matches!(byte, b'\t' | b'\n' | 0x0c | b'\r')
}

/// Whether it begins as HTML, XML, SVG or a script do.
fn is_markup(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    match text {
        [b'#', b'!', ..] | [b'<', b'!' | b'?' | b'/', ..] => true,
        [b'<', next, ..] => next.is_ascii_alphabetic(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::PlainText;

    fn is_plain(pieces: &[&[u8]]) -> bool {
        let mut text = PlainText::default();
        pieces.iter().for_each(|piece| text.update(piece));
        text.is_plain()
    }

    #[test]
    fn markup_scripts_and_other_encodings_are_no_plain_text() {
        for fine in ["走访记录\n1. 用地", "名称,金额\r\n甲,1", "< 5 km", "\u{feff}a", "a <b>"] {
            assert!(is_plain(&[fine.as_bytes()]), "{fine}");
        }
        for bad in [
            "",
            "<html>",
            "  \n<!DOCTYPE html>",
            "\u{feff}<svg xmlns=''>",
            "<?xml ?>",
            "#!/bin/sh",
            "a\0b",
            "a\u{1b}[2J",
            "</p>",
        ] {
            assert!(!is_plain(&[bad.as_bytes()]), "{bad:?}");
        }
        // 走 in GBK, and a character that is cut off.
        assert!(!is_plain(&[b"\xd7\xdf"]));
        assert!(!is_plain(&["走".as_bytes(), &[0xe8, 0xb5]]));
    }

    proptest! {
        #[test]
        fn where_the_pieces_are_cut_makes_no_difference(bytes in prop_oneof![any::<Vec<u8>>(), any::<String>().prop_map(String::into_bytes)], cut in any::<prop::sample::Index>(), other in any::<prop::sample::Index>()) {
            let (first, second) = (cut.index(bytes.len() + 1), other.index(bytes.len() + 1));
            let (first, second) = (first.min(second), first.max(second));
            let whole = is_plain(&[&bytes]);
            prop_assert_eq!(is_plain(&[&bytes[..first], &bytes[first..second], &bytes[second..]]), whole);
            if whole {
                prop_assert!(std::str::from_utf8(&bytes).is_ok());
            }
        }
    }
}
