//! What keeps personal data small: identity numbers are refused, telephone numbers are shown masked.
//!
//! - Nothing the system does needs a resident identity number, so none is stored: free text that holds one is refused
//!   (`id_number_not_accepted`), and the writer is offered the text with the number blotted out.
//! - A telephone number has one written form, from which its blind index and its mask are made; a mask hides at least
//!   four digits, whatever the number.
//! - What everybody will read holds neither: one function finds telephone numbers in a text, whoever asks, and one code
//!   says so (`phone_number_not_accepted`). What the people say to each other holds no other way to reach somebody
//!   either (`contact_not_accepted`): an organisation may tell its address, nobody tells another's.
//!
//! PIPL art. 6: a clear purpose, the smallest scope, the least impact. Pure functions; encryption is elsewhere.

mod contact_in_text;
mod digits;
mod id_number;
mod phone;
mod phone_in_text;
#[cfg(test)]
mod tests;

pub use contact_in_text::holds_contact;
pub use digits::chinese_digit;
pub use id_number::{blot_id_numbers, find_id_number};
pub use phone::{PhoneFault, mask_phone, normalise_phone};
pub use phone_in_text::{find_phone_number, holds_phone_number, phone_candidates};
