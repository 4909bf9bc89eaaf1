//! A connection as the synchronous parts see it.
//!
//! How a search is answered is written once for all engines, and synchronously. So questions run
//! on blocking threads, and each statement is waited for here.

use std::pin::pin;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use futures_util::TryStreamExt as _;
use futures_util::future::try_join_all;
use manzil_store::StoreError;
use tokio::runtime::Handle;
use tokio_postgres::types::{FromSql, ToSql};
use tokio_postgres::{Config, NoTls, Row};

use crate::fault;

/// How long a new connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// How long the other side may be silent before it counts as gone.
const SILENCE: Duration = Duration::from_secs(30);

/// How long a question waits for a free connection.
const WAIT: Duration = Duration::from_mins(1);

/// A value of a statement.
pub(crate) type Value = Box<dyn ToSql + Sync + Send>;

/// A statement with its values, to be sent without waiting for the one before.
pub(crate) struct Call {
    pub(crate) statement: &'static str,
    pub(crate) values: Vec<Value>,
}

/// A connection, until it is dropped.
pub(crate) struct Session {
    client: Object,
    handle: Handle,
}

/// A value boxed.
pub(crate) fn value(value: impl ToSql + Sync + Send + 'static) -> Value {
    Box::new(value)
}

/// Connections to one schema. `settings` are those of PostgreSQL, as `-c name=value`.
pub(crate) fn pool(
    config: &Config,
    schema: &str,
    settings: &str,
    connections: usize,
) -> Result<Pool, StoreError> {
    let mut config = config.clone();
    // Plans must not hang on statistics that lag behind an import: every walk has its index.
    config.options(format!(
        "-c search_path={schema} -c jit=off -c max_parallel_workers_per_gather=0 \
         -c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off \
         -c enable_mergejoin=off -c random_page_cost=1.1 {settings}"
    ));
    config.application_name(format!("manzil {schema}"));
    config.connect_timeout(CONNECT).tcp_user_timeout(SILENCE).keepalives_idle(SILENCE);
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(config, NoTls, recycling);
    Pool::builder(manager)
        .max_size(connections.max(1))
        .wait_timeout(Some(WAIT))
        .create_timeout(Some(CONNECT))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| StoreError::Database(format!("the connections: {error}")))
}

impl Session {
    pub(crate) fn new(client: Object, handle: Handle) -> Self {
        Self { client, handle }
    }

    /// Waits for a connection, on a thread that may block.
    pub(crate) fn open(pool: &Pool, handle: &Handle) -> Result<Self, StoreError> {
        let client = handle.block_on(pool.get()).map_err(|error| fault::of_pool(&error))?;
        Ok(Self::new(client, handle.clone()))
    }

    /// Whether the connection is gone.
    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// All rows of an answer.
    pub(crate) fn query(
        &self,
        statement: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        self.handle
            .block_on(async {
                let prepared = self.client.prepare_cached(statement).await?;
                self.client.query(&prepared, values).await
            })
            .map_err(|error| fault::of_postgres(&error))
    }

    /// The first row of an answer.
    pub(crate) fn first(
        &self,
        statement: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.query(statement, values)?.into_iter().next())
    }

    /// The only value of an answer of one row.
    pub(crate) fn one<T: for<'a> FromSql<'a>>(
        &self,
        statement: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<T, StoreError> {
        let row = self.first(statement, values)?;
        let row = row.ok_or_else(|| fault::damaged("an answer without a row"))?;
        get(&row, 0)
    }

    /// Gives each row of an answer, however long it is, until `take` says false. `take` must ask
    /// nothing of the same connection.
    pub(crate) fn each(
        &self,
        statement: &str,
        values: &[&(dyn ToSql + Sync)],
        mut take: impl FnMut(&Row) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        self.handle.block_on(async {
            let of = |error: tokio_postgres::Error| fault::of_postgres(&error);
            let prepared = self.client.prepare_cached(statement).await.map_err(of)?;
            let rows =
                self.client.query_raw(&prepared, values.iter().copied()).await.map_err(of)?;
            let mut rows = pin!(rows);
            while let Some(row) = rows.try_next().await.map_err(of)? {
                if !take(&row)? {
                    break;
                }
            }
            Ok(())
        })
    }

    pub(crate) fn execute(
        &self,
        statement: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, StoreError> {
        self.handle
            .block_on(async {
                let prepared = self.client.prepare_cached(statement).await?;
                self.client.execute(&prepared, values).await
            })
            .map_err(|error| fault::of_postgres(&error))
    }

    /// Whether PostgreSQL understands a statement.
    #[cfg(test)]
    pub(crate) fn prepares(&self, statement: &str) -> Result<(), StoreError> {
        let prepared = self.handle.block_on(self.client.prepare(statement));
        prepared.map(drop).map_err(|error| fault::of_postgres(&error))
    }

    /// Statements without values.
    pub(crate) fn batch(&self, statements: &str) -> Result<(), StoreError> {
        self.handle
            .block_on(self.client.batch_execute(statements))
            .map_err(|error| fault::of_postgres(&error))
    }

    /// Sends all statements at once and waits for all; the first error.
    pub(crate) fn all(&self, calls: &[Call]) -> Result<(), StoreError> {
        self.handle
            .block_on(async {
                let mut prepared = Vec::with_capacity(calls.len());
                for call in calls {
                    prepared.push(self.client.prepare_cached(call.statement).await?);
                }
                let values: Vec<Vec<&(dyn ToSql + Sync)>> = calls
                    .iter()
                    .map(|call| {
                        call.values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect()
                    })
                    .collect();
                let sent = prepared.iter().zip(&values);
                try_join_all(sent.map(|(statement, values)| self.client.execute(statement, values)))
                    .await
                    .map(drop)
            })
            .map_err(|error| fault::of_postgres(&error))
    }

    /// Runs a question at one moment.
    pub(crate) fn at_one_moment<T>(
        self,
        question: impl FnOnce(&Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.batch(sql::MOMENT)?;
        let outcome = question(&self);
        // Nobody waits for the end of a transaction that wrote nothing.
        let Self { client, handle } = self;
        handle.spawn(async move {
            if client.batch_execute(sql::END).await.is_err() {
                tracing::debug!("a connection ended before its transaction");
            }
        });
        outcome
    }
}

/// The value in a column.
pub(crate) fn get<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T, StoreError> {
    row.try_get(column).map_err(|error| fault::damaged(format!("a stored value: {error}")))
}

/// The text in a column.
pub(crate) fn text(row: &Row, column: usize) -> Result<String, StoreError> {
    optional_text(row, column)?.ok_or_else(|| fault::damaged("a text is missing"))
}

/// The text in a column that may be empty.
pub(crate) fn optional_text(row: &Row, column: usize) -> Result<Option<String>, StoreError> {
    let bytes: Option<&[u8]> = get(row, column)?;
    let Some(bytes) = bytes else { return Ok(None) };
    let text = std::str::from_utf8(bytes).map_err(|_| fault::damaged("a text is not UTF-8"))?;
    Ok(Some(text.to_owned()))
}

pub(crate) mod sql {
    pub(crate) const MOMENT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    pub(crate) const END: &str = "COMMIT";
}
