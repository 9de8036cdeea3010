//! What JavaScript sees of the core. Nothing else knows JavaScript.

mod session;
