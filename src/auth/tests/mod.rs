//! Signing in, through the real router.
