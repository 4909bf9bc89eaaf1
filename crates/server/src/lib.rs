//! Manzil.
