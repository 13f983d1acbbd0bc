//! `/metrics`: what the host and its clusters say, in the Prometheus text form.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use ringkeeper_conductor::Conductor;

mod cluster;
mod family;
mod host;
mod work;

/// The text form of OpenMetrics, which Prometheus asks for first.
pub(crate) const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(crate) async fn metrics(State(conductor): State<Arc<Conductor>>) -> Response {
    match render(conductor) {
        Ok(page) => ([(CONTENT_TYPE, OPEN_METRICS)], page).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}

/// The whole page.
///
/// # Errors
/// When the encoder refuses a value.
pub fn render(conductor: Arc<Conductor>) -> Result<String, std::fmt::Error> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Page { conductor }));
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

#[derive(Debug)]
struct Page {
    conductor: Arc<Conductor>,
}

impl Collector for Page {
    fn encode(
        &self,
        mut encoder: prometheus_client::encoding::DescriptorEncoder<'_>,
    ) -> Result<(), std::fmt::Error> {
        host::encode(&self.conductor, &mut encoder)?;
        work::encode(&self.conductor, &mut encoder)?;
        cluster::encode(&self.conductor, &mut encoder)
    }
}
