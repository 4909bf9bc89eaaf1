//! The conformance suite: what every engine of the port must pass.
//!
//! An engine's tests implement [`Engine`] and call [`run`], or take the [`CHECKS`] one by one.
//! Each check begins with an empty store and is a few lines long; the folder has one file for
//! each promise of the port. The checks need no runtime: [`block_on`] is enough for an engine
//! that brings its own threads.

mod copies;
mod deleting;
mod finding;
mod given;
mod limits;
mod log;
mod people;
mod reading;
mod searching;
mod trail;
mod wall;
mod writing;

use std::fmt;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use async_trait::async_trait;

use crate::{Store, StoreError};

/// An engine under test.
#[async_trait]
pub trait Engine: Send + Sync {
    /// A store with nothing in it.
    async fn fresh(&self) -> Result<Arc<dyn Store>, StoreError>;

    /// Opens what `Store::snapshot` wrote.
    async fn open_copy(&self, path: &Path) -> Result<Arc<dyn Store>, StoreError>;

    /// A path where nothing is yet, for a snapshot.
    fn copy_path(&self) -> PathBuf;
}

/// Why a check failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub String);

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(format!("unexpected error {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What a check comes to.
pub type Outcome = Result<(), Failure>;

/// A check that runs.
pub type Running<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// One promise of the port.
#[derive(Clone, Copy)]
pub struct Check {
    /// `writing::a_conflict_changes_nothing`.
    pub name: &'static str,
    pub run: for<'a> fn(&'a dyn Engine) -> Running<'a>,
}

impl fmt::Debug for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

/// Runs every check; the names of those that failed, with the reason.
pub async fn run(engine: &dyn Engine) -> Vec<(&'static str, Failure)> {
    let mut failures = Vec::new();
    for check in CHECKS {
        if let Err(failure) = (check.run)(engine).await {
            failures.push((check.name, failure));
        }
    }
    failures
}

/// Waits for a future on this thread.
pub fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// Runs checks at the same time, until all are done or one has failed.
async fn together(mut running: Vec<Running<'_>>) -> Outcome {
    std::future::poll_fn(|context| {
        let mut failure = None;
        running.retain_mut(|each| match each.as_mut().poll(context) {
            Poll::Pending => true,
            Poll::Ready(outcome) => {
                failure = failure.take().or(outcome.err());
                false
            }
        });
        match failure {
            Some(failure) => Poll::Ready(Err(failure)),
            None if running.is_empty() => Poll::Ready(Ok(())),
            None => Poll::Pending,
        }
    })
    .await
}

/// Fails the check when something does not hold.
macro_rules! ensure {
    ($holds:expr, $($because:tt)+) => {
        if !$holds {
            return Err(crate::conformance::Failure(format!($($because)+)));
        }
    };
}

/// Fails the check when two values differ.
macro_rules! ensure_eq {
    ($found:expr, $expected:expr, $($because:tt)+) => {
        // A match keeps what the two expressions borrow alive, as `assert_eq` does.
        match (&$found, &$expected) {
            (found, expected) if found != expected => {
                let because = format!($($because)+);
                return Err(crate::conformance::Failure(format!(
                    "{because}: found {found:?}, expected {expected:?}"
                )));
            }
            _ => {}
        }
    };
}

use {ensure, ensure_eq};

macro_rules! checks {
    ($($file:ident::$check:ident,)+) => {
        &[$(Check {
            name: concat!(stringify!($file), "::", stringify!($check)),
            run: |engine| Box::pin($file::$check(engine)),
        }),+]
    };
}

/// Every check.
pub const CHECKS: &[Check] = checks![
    writing::what_is_read_is_what_was_written,
    writing::the_store_sets_version_and_time,
    writing::the_hash_is_that_of_the_text,
    writing::a_conflict_changes_nothing,
    writing::an_expected_version_is_replaced,
    writing::a_change_set_is_whole_or_not_there,
    writing::a_resource_may_be_written_twice_in_a_change_set,
    writing::change_sets_are_numbered_without_a_gap,
    writing::an_idempotency_key_is_committed_once,
    writing::a_replay_is_not_told_to_those_who_may_not_write_it,
    writing::a_patient_is_about_itself,
    writing::many_writers_lose_nothing,
    reading::versions_do_not_change,
    reading::history_is_newest_first_and_pages,
    reading::what_is_not_there_is_none,
    wall::reading_follows_the_policy,
    wall::writing_follows_the_policy,
    wall::a_write_cannot_carry_a_record_through_the_wall,
    wall::lists_leave_out_what_may_not_be_read,
    wall::nothing_of_care_is_returned_for_an_assessment,
    wall::a_record_moved_into_care_takes_its_past_along,
    wall::an_access_that_reaches_nothing_is_refused_everywhere,
    wall::a_person_reads_their_own_record_only,
    finding::by_type_person_and_token,
    finding::all_conditions_must_hold,
    finding::by_the_beginning_of_a_text,
    finding::by_date,
    finding::by_the_time_of_the_last_change,
    finding::words_are_found_while_typing,
    finding::words_are_found_in_every_script,
    finding::what_changed_is_found_by_its_new_values_only,
    finding::pages_neither_skip_nor_repeat,
    finding::pages_stay_true_while_others_write,
    finding::a_wrong_question_is_refused,
    finding::signs_of_the_query_language_do_no_harm,
    people::everything_about_a_person_in_order,
    people::others_are_left_out,
    log::the_log_goes_on_where_it_stopped,
    log::a_change_set_is_never_cut,
    trail::every_call_leaves_one_line,
    trail::lines_say_who_what_and_why,
    trail::lines_say_on_which_way,
    trail::a_search_concerns_everybody_it_showed,
    trail::the_trail_pages_newest_first,
    trail::the_trail_is_read_by_those_whom_it_concerns,
    trail::notes_are_kept,
    trail::the_chain_is_whole,
    copies::local_documents_come_and_go,
    copies::a_snapshot_is_a_whole_store,
    copies::a_snapshot_does_not_overwrite,
    copies::statistics_count,
    copies::a_closed_store_says_so,
    deleting::what_is_deleted_is_gone_and_its_past_is_kept,
    deleting::a_deleted_resource_may_come_back,
    deleting::only_what_is_there_is_deleted,
    deleting::a_deletion_follows_the_policy,
    deleting::many_are_read_at_once,
    deleting::the_past_of_a_type_and_of_everything,
    deleting::a_guard_holds_at_the_commit,
    searching::every_kind_of_parameter,
    searching::chains_and_what_points_here,
    searching::sorted_as_asked,
    searching::many_are_sorted_along_the_index,
    searching::periods_of_every_length_are_met,
    searching::includes_are_added_once,
    searching::totals_are_counted_when_asked,
    searching::pages_show_the_moment_of_the_first,
    searching::nothing_is_told_through_the_wall,
    limits::too_much_is_refused,
    limits::a_page_has_at_most_its_limit,
    limits::unusable_ids_are_refused,
];
