//! Where a request comes from: an address for the audit trail and for counting failures.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::Extensions;
use axum::http::request::Parts;
use manzil_journey::access::Via;

/// The address that the connection came from. Behind a proxy it is that of the proxy: what a
/// header says of the address behind it can be made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network(Option<IpAddr>);

impl Network {
    pub(crate) fn of(extensions: &Extensions) -> Self {
        let connection = extensions.get::<ConnectInfo<SocketAddr>>();
        Self(connection.map(|ConnectInfo(from)| from.ip().to_canonical()))
    }

    /// The address, for counting.
    pub(crate) fn address(self) -> IpAddr {
        self.0.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }

    /// For the trail; `software` is the id of the one that asks, none for our own pages.
    pub(crate) fn via(self, software: Option<&str>) -> Option<Via> {
        let network = self.0?.to_string();
        Some(Via { network, software: software.map(str::to_owned) })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Network {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}
