//! Chains that are whole, and chains that are not.
