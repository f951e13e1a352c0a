//! Choosing an engine by the address of its store.

use std::sync::Arc;

use super::{Records, RecordsError, Sqlite, mysql, postgres};

/// The store at an address: `sqlite:PATH`, `mysql://…`, `mariadb://…`,
/// `postgres://…` or `postgresql://…`. A file is opened at once; a server is
/// connected to when it is first used, so that one that is away now is no
/// error yet. Must be called within a tokio runtime.
pub async fn connect(url: &str) -> Result<Arc<dyn Records>, RecordsError> {
    let (scheme, rest) = url.split_once(':').ok_or(RecordsError::Address)?;
    match scheme {
        "sqlite" => {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            if path.is_empty() {
                return Err(RecordsError::Address);
            }
            Ok(Arc::new(Sqlite::open(path).await?))
        }
        "mysql" | "mariadb" => Ok(Arc::new(mysql(url)?)),
        "postgres" | "postgresql" => Ok(Arc::new(postgres(url)?)),
        _ => Err(RecordsError::Address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_that_is_none_is_refused() {
        for wrong in ["", "records.db", "sqlite:", "oracle://h/d", "mysql://h:port/d"] {
            assert_eq!(connect(wrong).await.err(), Some(RecordsError::Address), "{wrong}");
        }
        let error = connect("postgres://user:hunter2@:port").await.err().unwrap();
        assert!(!error.to_string().contains("hunter2"));
    }
}
