//! A stand-in for a cluster: as much of the documented behaviour as the
//! engine uses, so that the suite that a real one must pass can run without
//! one. It shows that the engine is in step with itself, not with a cluster.

use super::*;

type Indices = BTreeMap<String, BTreeMap<String, Value>>;

/// Starts one, empty; gives its address.
pub(super) async fn start() -> String {
    let indices = Mutex::new(Indices::new());
    serve(move |seen| {
        let (status, body) = answer(&mut lock(&indices), seen);
        (status, body.to_string())
    })
    .await
}

fn answer(indices: &mut Indices, seen: &Seen) -> Said<Value> {
    let parts: Vec<_> = seen.path.trim_start_matches('/').split('/').collect();
    match (seen.method.as_str(), parts.as_slice()) {
        ("GET", ["_cluster", "health"]) => (200, json!({"status": "green"})),
        ("GET", ["_cat", "indices", pattern]) => {
            let names = indices.keys().filter(|name| matches(pattern, name));
            (200, names.map(|name| json!({"index": name})).collect())
        }
        ("POST", ["_bulk"]) => (200, bulk(indices, &seen.lines())),
        ("POST", [pattern, "_search"]) => (200, search(indices, pattern, &seen.lines()[0])),
        ("POST", [name, "_delete_by_query"]) => match indices.get_mut(*name) {
            Some(documents) => {
                let lines = seen.lines();
                documents.retain(|_, document| !holds(&lines[0]["query"], document));
                (200, json!({"failures": []}))
            }
            None => (404, json!({"error": {"type": "index_not_found_exception"}})),
        },
        ("POST", [_, "_forcemerge"]) => (200, json!({"_shards": {"failed": 0}})),
        ("PUT", [name]) => {
            if indices.contains_key(*name) {
                return (400, json!({"error": {"type": "resource_already_exists_exception"}}));
            }
            assert_eq!(seen.lines()[0]["mappings"]["dynamic"], "strict");
            indices.insert((*name).to_owned(), BTreeMap::new());
            (200, json!({"acknowledged": true}))
        }
        ("DELETE", [name]) => match indices.remove(*name) {
            Some(_) => (200, json!({"acknowledged": true})),
            None => (404, json!({"error": {"type": "index_not_found_exception"}})),
        },
        _ => (405, json!({})),
    }
}

type Said<T> = (u16, T);

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

fn bulk(indices: &mut Indices, lines: &[Value]) -> Value {
    let items: Vec<_> = lines
        .chunks(2)
        .map(|pair| {
            let text = |key: &str| pair[0]["index"][key].as_str().unwrap().to_owned();
            match indices.get_mut(&text("_index")) {
                None => json!({"index": {"status": 404,
                    "error": {"type": "index_not_found_exception"}}}),
                Some(index) => {
                    let new = index.insert(text("_id"), pair[1].clone()).is_none();
                    json!({"index": {"status": if new { 201 } else { 200 }}})
                }
            }
        })
        .collect();
    json!({"errors": false, "items": items})
}

fn search(indices: &Indices, pattern: &str, body: &Value) -> Value {
    let none = Vec::new();
    let filters = body.pointer("/query/bool/filter").and_then(Value::as_array).unwrap_or(&none);
    let mut found: Vec<&Value> = indices
        .iter()
        .filter(|(name, _)| matches(pattern, name))
        .flat_map(|(_, documents)| documents.values())
        .filter(|document| filters.iter().all(|filter| holds(filter, document)))
        .collect();
    found.sort_by_key(|document| document["id"].as_str().unwrap());
    let descending = body["sort"][0]["id"]["order"] == "desc";
    if descending {
        found.reverse();
    }
    if let Some(last) = body.pointer("/search_after/0").and_then(Value::as_str) {
        found.retain(|document| {
            let id = document["id"].as_str().unwrap();
            if descending { id < last } else { id > last }
        });
    }
    let size = usize::try_from(body["size"].as_u64().unwrap()).unwrap();
    let hits: Vec<_> = found.into_iter().take(size).map(|d| json!({"_source": d})).collect();
    json!({"timed_out": false, "_shards": {"failed": 0}, "hits": {"hits": hits}})
}

fn holds(filter: &Value, document: &Value) -> bool {
    if let Some(all) = filter["bool"]["filter"].as_array() {
        return all.iter().all(|one| holds(one, document));
    }
    if let Some(term) = filter["term"].as_object() {
        return term.iter().all(|(field, value)| match &document[field] {
            Value::Array(several) => several.contains(value),
            // A keyword: numbers are compared as they are written.
            Value::Number(number) => value.as_str() == Some(&number.to_string()),
            one => one == value,
        });
    }
    let range = filter["range"].as_object().unwrap();
    range.iter().all(|(field, bounds)| {
        let value = document[field].as_u64().unwrap();
        bounds["gte"].as_u64().is_none_or(|least| value >= least)
            && bounds["lt"].as_u64().is_none_or(|limit| value < limit)
    })
}
