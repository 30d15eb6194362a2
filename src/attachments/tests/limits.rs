//! What is too large, whether it says so or not; over a real connection where it matters what is read.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::{BOUNDARY, Form, photo, stored};
use crate::on_both;
use crate::test_support::{Kind, World};

/// A small limit: 64 KiB for the file.
async fn small(world: &World) -> World {
    world
        .with_settings(|settings| settings.attachment_max_bytes = 64 * 1024)
        .await
}

fn text(bytes: usize) -> Vec<u8> {
    vec![b'a'; bytes]
}

on_both! {
    async fn a_file_over_the_limit_is_refused_and_leaves_nothing(world: World) {
        let world = small(&world).await;
        Form::file("a.txt", None, &text(64 * 1024)).send(&world, "officer").await.expect(201);
        let answer = Form::file("a.txt", None, &text(64 * 1024 + 1)).send(&world, "officer").await;
        assert_eq!(answer.json()["limit_bytes"], 64 * 1024);
        answer.expect_error(413, "payload_too_large");
        // The whole form has a limit too, wherever its bytes are.
        let fields = Form::file("a.txt", None, b"a").and("sha256", &"a".repeat(200_000));
        fields.send(&world, "officer").await.expect_error(413, "payload_too_large");
        assert_eq!(stored(&world).len(), 1, "{:?}", stored(&world));
    }

    async fn a_length_over_the_limit_is_refused_at_once(world: World) {
        let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
        let call = world.post("/attachments").by("officer").body(&media_type, Form::file("a.jpg", None, &photo(1)).bytes());
        let answer = call.header("Content-Length", "4294967296").send().await;
        answer.expect_error(413, "payload_too_large");
    }
}

/// Sends bytes to a server and reads what it answers, to the end or until it says nothing for a while.
fn speak(address: SocketAddr, pieces: &[&[u8]]) -> String {
    let mut connection = TcpStream::connect(address).expect("a connection");
    connection
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("a timeout");
    for piece in pieces {
        // The server may have answered and closed already.
        if connection.write_all(piece).is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(count) = connection.read(&mut chunk) {
        answer.extend_from_slice(&chunk[..count]);
        if count == 0 || answer.ends_with(b"}") {
            break;
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn four_gigabytes_are_refused_before_a_byte_of_them_is_read() {
    World::run(Kind::Sqlite, async |world| {
        let world = small(&world).await;
        let app = world.app.clone();
        let http = actix_web::HttpServer::new(move || crate::app::service(app.clone())).workers(1);
        let http = http.disable_signals().bind("127.0.0.1:0").expect("a port");
        let address = http.addrs()[0];
        let server = http.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        let head = format!(
            "POST /api/v1/attachments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
             Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n",
            world.token("officer")
        );
        let declared = format!("{head}Content-Length: 4294967296\r\n\r\n");
        let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n");
        let speaking = tokio::task::spawn_blocking(move || {
            // Nothing follows the head: whoever waited for it would wait for ever.
            let refused = speak(address, &[declared.as_bytes()]);
            // A stream without a length that never ends by itself.
            let begin =
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n");
            let chunk = |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
            let (begin, more) = (chunk(begin.as_bytes()), chunk(&text(32 * 1024)));
            let mut pieces = vec![chunked.as_bytes(), &begin];
            pieces.extend(std::iter::repeat_n(more.as_slice(), 4));
            (refused, speak(address, &pieces))
        });
        let (declared, streamed) = speaking.await.expect("answers");
        for answer in [declared, streamed] {
            assert!(
                answer.starts_with("HTTP/1.1 413 ") && answer.contains("payload_too_large"),
                "{answer}"
            );
        }
        assert_eq!(stored(&world), Vec::<String>::new());
        handle.stop(true).await;
    });
}
