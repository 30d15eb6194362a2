//! The README's two stories are run command by command, one against a fresh demo and one against a server that begins
//! with nothing; its diagram is printed from the table of transitions; its table of settings is compared with the
//! command line, and its example of a configuration is read. So none of them can rot.
#![cfg(test)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use clap::CommandFactory as _;

const README: &str = include_str!("../README.md");

/// A block of commands and the fragments that their output must hold.
#[derive(Default)]
struct Scene {
    commands: String,
    expected: Vec<String>,
}

impl Scene {
    fn take(&mut self, line: &str, is_output: bool) {
        if is_output {
            self.expected.push(line.to_owned());
        } else {
            self.commands.push_str(line);
            self.commands.push('\n');
        }
    }
}

/// The blocks of a story, which its name marks, each with the figure under it.
fn scenes(story: &str) -> Vec<Scene> {
    let mut scenes: Vec<Scene> = Vec::new();
    let mut within: Option<&str> = None;
    let mut is_told = false;
    for line in README.lines() {
        match (within, line.strip_prefix("```")) {
            (None, Some(fence)) => {
                within = Some(fence);
                if fence != "text" {
                    is_told = fence.strip_prefix("sh ") == Some(story);
                }
                if is_told && fence != "text" {
                    scenes.push(Scene::default());
                }
            }
            (Some(_), Some("")) => within = None,
            (Some(fence), None) => {
                if let Some(scene) = scenes.last_mut().filter(|_| is_told) {
                    scene.take(line, fence == "text");
                }
            }
            _ => {}
        }
    }
    scenes
}

/// A server in a folder of its own, ended when it falls.
struct Server {
    process: Child,
    /// What it has printed until the line that was waited for.
    said: Vec<String>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    /// Starts it, and reads what it prints until a line begins so.
    fn start(folder: &Path, arguments: &[&str], until: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_sanfuwu"))
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "warn"])
            .args(arguments)
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let mut said = Vec::new();
        while !said.last().is_some_and(|line: &String| line.starts_with(until)) {
            said.push(lines.next().expect("another line").expect("text"));
        }
        // Whatever it still prints must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, said }
    }

    /// The first word behind these, in what it has printed.
    fn word_behind(&self, words: &str) -> &str {
        let line = self.said.iter().find_map(|line| line.split_once(words));
        let (_, rest) = line.expect("the words");
        rest.split_whitespace().next().expect("a word")
    }
}

/// Runs a story in a folder, with variables that its first commands find, and compares what it says.
fn play(story: &str, folder: &Path, variables: &[(&str, &str)]) {
    let scenes = scenes(story);
    assert!(scenes.len() >= 6, "the story has scenes");
    let mut script = String::new();
    for (index, scene) in scenes.iter().enumerate() {
        script.push_str(&scene.commands);
        script.push_str(&format!("\necho '=== end of scene {index}'\n"));
    }
    let binary = Path::new(env!("CARGO_BIN_EXE_sanfuwu"));
    let beside = binary.parent().expect("a folder").display();
    let mut shell = Command::new("sh")
        .args(["-eu", "-c", &format!("PATH={beside}:$PATH\n{script}")])
        .envs(variables.iter().copied())
        .current_dir(folder)
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

#[test]
fn the_story_of_the_readme_is_true() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Server::start(folder.path(), &["--demo"], "Document");
    let url = demo.word_behind("Document").replace("/openapi.json", "");
    play("story", folder.path(), &[("URL", &url)]);
}

#[test]
fn an_office_begins_as_the_readme_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[], "The first administrator");
    let url = server.word_behind("sanfuwu listens on ");
    let password = server.word_behind("with the one-time password ");
    play("office", folder.path(), &[("URL", url), ("ONE_TIME", password)]);
}

/// A cell of a table without the marks of its form.
fn plain(cell: &str) -> String {
    cell.trim().replace('`', "")
}

#[test]
fn every_setting_is_in_the_table_with_its_default() {
    let lines = README.lines().skip_while(|line| !line.starts_with("| Setting |"));
    let told: BTreeMap<String, String> = lines
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|row| {
            let cells: Vec<&str> = row.split(" | ").collect();
            (plain(cells[0].trim_start_matches('|')), plain(cells[1]))
        })
        .collect();
    let command = sanfuwu::cli::Cli::command();
    let serve = command.find_subcommand("serve").expect("the command");
    // What stands under a heading in the help is a setting.
    let settings = serve.get_arguments().filter(|flag| flag.get_help_heading().is_some());
    let known: BTreeMap<String, String> = settings
        .map(|flag| {
            let help = flag.get_help().map(ToString::to_string).unwrap_or_default();
            let default = help
                .split_once("[default: ")
                .map_or("none", |(_, rest)| rest.trim_end_matches(']'));
            let name = flag.get_long().expect("a name").replace('-', "_");
            (name, default.to_owned())
        })
        .collect();
    assert!(known.len() > 30, "the settings are found");
    assert_eq!(
        told, known,
        "the README's table (left) and `sanfuwu serve --help` (right)"
    );
}

#[test]
fn the_example_of_a_configuration_is_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, rest) = README.split_once("```toml\n").expect("the example");
    let (example, _) = rest.split_once("```").expect("its end");
    let file = folder.path().join("sanfuwu.toml");
    std::fs::write(&file, example).expect("written");
    let settings = sanfuwu::config::Settings::load(Some(file), &serde_json::Map::new()).expect("no faults");
    assert!(!settings.is_embedded());
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
