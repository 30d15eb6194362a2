//! The README's story is run command by command against a fresh demo, and its diagram is printed from the table of
//! transitions, so neither can rot.
#![cfg(test)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

/// A block of commands and the fragments that their output must hold, in order.
struct Scene {
    commands: String,
    expected: Vec<String>,
}

fn scenes() -> Vec<Scene> {
    let mut scenes: Vec<Scene> = Vec::new();
    let mut within: Option<&str> = None;
    for line in include_str!("../README.md").lines() {
        match (within, line) {
            (None, "```sh story") => {
                scenes.push(Scene {
                    commands: String::new(),
                    expected: Vec::new(),
                });
                within = Some("story");
            }
            (None, "```text") => within = Some("text"),
            (None, fence) if fence.starts_with("```") => within = Some("other"),
            (Some(_), "```") => within = None,
            (Some("story"), line) => {
                if let Some(scene) = scenes.last_mut() {
                    scene.commands.push_str(line);
                    scene.commands.push('\n');
                }
            }
            (Some("text"), line) => {
                // The last figure of the README is no scene's output.
                if let Some(scene) = scenes.last_mut().filter(|_| line.starts_with(['"', '4'])) {
                    scene.expected.push(line.to_owned());
                }
            }
            _ => {}
        }
    }
    scenes
}

/// The demo, ended when it falls.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_story_of_the_readme_is_true() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut demo = Command::new(env!("CARGO_BIN_EXE_sanfuwu"));
    demo.args(["serve", "--demo", "--listen", "127.0.0.1:0", "--log", "warn"])
        .current_dir(folder.path());
    let mut demo = Demo(demo.stdout(Stdio::piped()).spawn().expect("the binary runs"));
    let mut lines = BufReader::new(demo.0.stdout.take().expect("a pipe")).lines();
    let url = lines
        .find_map(|line| {
            line.expect("text")
                .strip_prefix("Document")
                .map(|rest| rest.trim().replace("/openapi.json", ""))
        })
        .expect("the welcome names the document");
    // Whatever it still prints must not fill the pipe.
    std::thread::spawn(move || lines.for_each(drop));

    let scenes = scenes();
    assert!(scenes.len() >= 6, "the story has scenes");
    let mut script = format!("URL={url}\n");
    for (index, scene) in scenes.iter().enumerate() {
        script.push_str(&scene.commands);
        script.push_str(&format!("\necho '=== end of scene {index}'\n"));
    }
    let mut shell = Command::new("sh")
        .args(["-eu", "-c", &script])
        .stdout(Stdio::piped())
        .spawn()
        .expect("sh");
    let mut output = String::new();
    shell
        .stdout
        .take()
        .expect("a pipe")
        .read_to_string(&mut output)
        .expect("text");
    assert!(shell.wait().expect("an end").success(), "a command failed:\n{output}");
    let mut rest = output.as_str();
    for (index, scene) in scenes.iter().enumerate() {
        let (said, after) = rest
            .split_once(&format!("=== end of scene {index}\n"))
            .expect("a scene's end");
        for fragment in &scene.expected {
            assert!(
                said.contains(fragment.as_str()),
                "scene {index} does not say {fragment}:\n{said}"
            );
        }
        rest = after;
    }
}

/// The README with the diagram that the table gives.
fn with_the_diagram(readme: &str) -> String {
    let (before, rest) = readme.split_once(PRINTED).expect("the mark before the diagram");
    let (_, after) = rest.split_once(END).expect("the mark behind the diagram");
    let diagram = sanfuwu::lifecycle::diagram::markdown();
    format!("{before}{PRINTED}\n{diagram}{END}{after}")
}

const PRINTED: &str = "<!-- state diagram: printed -->";
const END: &str = "<!-- state diagram: end -->";

#[test]
#[expect(clippy::disallowed_methods, reason = "a test has no configuration")]
fn the_diagram_of_the_readme_is_the_table_of_transitions() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).expect("the README");
    let printed = with_the_diagram(&readme);
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(path, &printed).expect("the README is written");
        return;
    }
    assert!(
        readme == printed,
        "the README's diagram is not the table's: UPDATE_README=1 cargo test --test readme diagram"
    );
}
