-- Periods are kept apart by day, month, year and longer (manzil_store::finder::SPANS). The index is
-- built again, because its fingerprint has changed.
ALTER TABLE period RENAME COLUMN long TO span;
