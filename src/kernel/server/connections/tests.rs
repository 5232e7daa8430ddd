//! Who gets a place and who gives one up, without a socket.

use std::{thread, time::Duration};

use axum::body::Body;
use tokio::sync::oneshot;

use super::{Connections, Exchange};
use crate::kernel::server::Limits;

#[test]
fn an_address_pays_only_for_itself_and_an_ipv6_network_counts_as_one() {
    let connections = Connections::new(&Limits { connections_per_address: 1, ..Limits::default() });
    let admit = |address: &str| connections.admit(address.parse().unwrap());
    let (near, _near) = admit("2001:db8:0:1::1").unwrap();
    let (far, _far) = admit("2001:db8:0:2::1").unwrap();
    let (v4, _v4) = admit("192.0.2.1").unwrap();
    let _newcomer = admit("2001:db8:0:1:ffff::2").unwrap();
    assert!(near.begin().is_none(), "same /64");
    assert!(far.begin().is_some() && v4.begin().is_some());

    let busy = far.begin();
    assert!(admit("2001:db8:0:2::2").is_none());
    drop(busy);
    assert!(admit("2001:db8:0:2::2").is_some());
}

#[test]
fn the_place_of_a_client_who_left_is_free() {
    let connections = Connections::new(&Limits { connections: 2, ..Limits::default() });
    let admit = || connections.admit([192, 0, 2, 1].into()).unwrap();
    let (stays, _stays) = admit();
    drop(admit());
    let _newcomer = admit();
    assert!(stays.begin().is_some());
}

#[test]
fn a_newcomer_is_not_the_first_to_leave_for_the_next() {
    let connections = Connections::new(&Limits { connections: 2, ..Limits::default() });
    let admit = || connections.admit([192, 0, 2, 1].into()).unwrap();
    let idle = [(); 2].map(|()| admit());
    for (seat, _) in &idle {
        drop(seat.begin().unwrap().send(Body::empty()));
    }
    let newcomers = [(); 2].map(|()| admit());
    for (seat, _) in &newcomers {
        assert!(seat.begin().is_some());
    }
}

#[test]
fn who_fills_the_server_takes_the_places_of_newcomers_from_themself() {
    let connections = Connections::new(&Limits { connections: 12, ..Limits::default() });
    let admit = |last: u8| connections.admit([192, 0, 2, last].into());
    let person = admit(1).unwrap();
    let crowd: Vec<_> = (0..11).map(|_| admit(2).unwrap()).collect();

    // Idle longer than any of theirs.
    let _more: Vec<_> = (0..20).map(|_| admit(2).unwrap()).collect();
    assert!(person.0.begin().is_some());
    assert!(crowd.iter().all(|(seat, _)| seat.begin().is_none()), "each made room for the next");
}

#[test]
fn bodies_that_have_just_begun_leave_for_who_has_no_connection_and_not_for_who_sends_them() {
    let connections = Connections::new(&Limits { connections: 12, ..Limits::default() });
    let admit = |last: u8| connections.admit([192, 0, 2, last].into());
    let crowd: Vec<_> = (0..12).map(|_| admit(2).unwrap()).collect();
    let exchanges: Vec<_> = crowd.iter().map(|(seat, _)| seat.begin().unwrap()).collect();
    assert!(admit(1).is_none(), "they are at work");

    exchanges.iter().for_each(Exchange::awaits);
    thread::sleep(Duration::from_millis(20));

    assert!(admit(2).is_none(), "none is proven slow yet");
    assert!(admit(1).is_some());
}

#[test]
fn an_evicted_connection_never_starts_a_request() {
    let connections = Connections::new(&Limits::default());
    let (seat, mut evicted) = connections.admit([192, 0, 2, 1].into()).unwrap();
    let exchange = seat.begin();
    assert!(!connections.evict(), "it is busy");
    drop(exchange);
    assert!(connections.evict());
    assert_eq!(evicted.try_recv(), Err(oneshot::error::TryRecvError::Closed));
    assert!(seat.begin().is_none());
}
