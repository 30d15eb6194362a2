//! What is alike, and what must not be seen of it.

mod precedents;
mod scores;
mod similar;
