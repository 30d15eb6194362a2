//! Attachments through the real router, on both databases.

mod bucket;
mod hiding;
mod limits;
mod links;
mod owners;
mod samples;
mod sweeping;
mod uploading;

use serde_json::Value;
use uuid::Uuid;

use crate::events::domain::hex;
use crate::test_support::World;
use crate::test_support::world::Answer;

/// An upload being written.
#[derive(Clone, Debug, Default)]
struct Form(Vec<u8>);

const BOUNDARY: &str = "sanfuwu-boundary";

impl Form {
    /// A form with one file.
    fn file(name: &str, media_type: Option<&str>, bytes: &[u8]) -> Self {
        Self::default().and_file(name, media_type, bytes)
    }

    /// Another file.
    fn and_file(mut self, name: &str, media_type: Option<&str>, bytes: &[u8]) -> Self {
        let head = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"");
        let media_type = media_type.map(|media_type| format!("\r\nContent-Type: {media_type}"));
        self.part(&(head + &media_type.unwrap_or_default()), bytes);
        self
    }

    /// Another field.
    fn and(mut self, name: &str, value: &str) -> Self {
        self.part(
            &format!("Content-Disposition: form-data; name=\"{name}\""),
            value.as_bytes(),
        );
        self
    }

    /// The owner.
    fn of(self, kind: &str, owner: &Value) -> Self {
        self.and("owner_kind", kind).and("owner_id", id(owner))
    }

    fn part(&mut self, head: &str, body: &[u8]) {
        self.0
            .extend_from_slice(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").as_bytes());
        self.0.extend_from_slice(body);
        self.0.extend_from_slice(b"\r\n");
    }

    /// The whole body.
    fn bytes(&self) -> Vec<u8> {
        [&self.0, format!("--{BOUNDARY}--\r\n").as_bytes()].concat()
    }

    async fn send(&self, world: &World, who: &str) -> Answer {
        let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
        world
            .post("/attachments")
            .by(who)
            .body(&media_type, self.bytes())
            .send()
            .await
    }
}

/// A photo in which nothing is seen; each `number` makes another one.
pub(crate) fn photo(number: u32) -> Vec<u8> {
    [
        &b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"[..],
        &number.to_be_bytes(),
        b"\xff\xd9",
    ]
    .concat()
}

pub(crate) fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

fn uuid(value: &Value) -> Uuid {
    id(value).parse().expect("an id")
}

fn sha256(bytes: &[u8]) -> String {
    hex(&crate::auth::keys::sha256(bytes))
}

/// Where these bytes are within the folder.
pub(crate) fn place_of(bytes: &[u8]) -> String {
    let hash = crate::auth::keys::sha256(bytes);
    format!("{:02x}/{}", hash[0], hex(&hash))
}

/// A photo that an officer uploads without an owner.
pub(crate) async fn ownerless(world: &World, number: u32) -> Value {
    Form::file("现场.jpg", None, &photo(number))
        .send(world, "officer")
        .await
        .expect(201)
}

/// A photo that an officer uploads to a problem.
pub(crate) async fn of_problem(world: &World, problem: &Value, number: u32) -> Value {
    let form = Form::file("现场.jpg", None, &photo(number)).of("problem", problem);
    form.send(world, "officer").await.expect(201)
}

/// A problem that the reporter recorded himself.
async fn reported(world: &World) -> Value {
    let mut body = crate::test_support::builders::problem_body();
    body.as_object_mut().expect("an object").remove("reporter");
    world
        .post("/problems")
        .by("reporter")
        .json(body)
        .send()
        .await
        .expect(201)
}

/// Where the bytes of the world's attachments are, as paths within the folder.
pub(crate) fn stored(world: &World) -> Vec<String> {
    let folder = &world.app.settings.attachment_folder;
    let mut found = Vec::new();
    let mut folders = vec![folder.clone()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(
                    path.strip_prefix(folder)
                        .expect("within")
                        .to_string_lossy()
                        .into_owned(),
                );
            }
        }
    }
    found.sort();
    found
}
