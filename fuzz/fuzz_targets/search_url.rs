#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| manzil_fuzz::search_url(input));
