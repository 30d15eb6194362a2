//! The commands that look after the database: `migrate`, `backup`, `restore`, `doctor`.

use std::path::Path;

use super::output::say;
use super::settings::Flags;
use super::{Failure, on_a_runtime};
use crate::backup::Files;
use crate::clock::Clock;
use crate::config::Settings;
use crate::db::Contents;
use crate::doctor::FilesRead;
use crate::server::{key_source, start};
use crate::{backup, doctor, telemetry};

pub(super) fn migrate(flags: &Flags) -> Result<(), Failure> {
    let settings = flags.settings()?;
    telemetry::start_log(&settings);
    on_a_runtime(async {
        let db = start::database(&settings).await.map_err(Failure::of)?;
        let applied = start::migrate(&settings, &db, &Clock::real()).await;
        db.close().await;
        match applied.map_err(Failure::of)? {
            0 => say("the database is at this version's schema already"),
            count => say(&format!("applied {count} migrations")),
        }
        Ok(())
    })
}

pub(super) fn backup(file: &Path, flags: &Flags) -> Result<(), Failure> {
    let settings = flags.settings()?;
    refuse_postgres(
        &settings,
        "back up PostgreSQL with its own tools: pg_dump --format=custom --file=FILE DATABASE_URL",
    )?;
    on_a_runtime(async {
        let db = start::existing_database(&settings).await.map_err(Failure::of)?;
        let made = backup::backup(&settings, &db, file, Clock::real().now()).await;
        db.close().await;
        let made = made.map_err(Failure::of)?;
        say(&format!("{}: {}", file.display(), in_words(&made.contents)));
        let folder = backup::folder_of(file);
        match &made.files {
            None => say("the files of attachments are in the bucket and not in this backup: back up the bucket, too"),
            Some(files) if *files == Files::default() => say("there are no files of attachments"),
            Some(files) => say(&format!(
                "{}: {}, each as its hash says; a part of this backup",
                folder.display(),
                files.sound
            )),
        }
        say("It is worth nothing without the keys: keep a copy of the key file in another place.");
        let lost = made.files.map(|files| files.lost).unwrap_or_default();
        if lost.is_empty() {
            return Ok(());
        }
        Err(Failure::of(format!(
            "the backup is made, but without {} files that the database names; look for them in earlier backups:{}",
            lost.len(),
            backup::in_lines(&lost)
        )))
    })
}

pub(super) fn restore(file: &Path, force: bool, incomplete: bool, flags: &Flags) -> Result<(), Failure> {
    let settings = flags.settings()?;
    refuse_postgres(
        &settings,
        "restore PostgreSQL with its own tools: pg_restore --clean --dbname=DATABASE_URL FILE",
    )?;
    let database = settings.sqlite_file.as_path();
    if !force && std::fs::metadata(database).is_ok_and(|file| file.len() > 0) {
        return Err(Failure::of(format!(
            "there is a database at {}; --force replaces it, and keeps it under another name",
            database.display()
        )));
    }
    on_a_runtime(async {
        let restored = backup::restore(&settings, file, force, incomplete, Clock::real().now());
        let restored = restored.await.map_err(Failure::of)?;
        let placed = restored.placed;
        say(&format!("{}: {}", database.display(), in_words(&placed.contents)));
        match restored.files {
            None => say("the files of attachments are in the bucket, of which nothing was restored"),
            Some(files) => say(&format!(
                "{}: {}, each as its hash says; put back: {}{}",
                settings.attachment_folder.display(),
                files.sound,
                files.copied,
                if_lost(&files)
            )),
        }
        if let Some(replaced) = placed.replaced {
            say(&format!("what was there before is {}", replaced.display()));
        }
        Ok(())
    })
}

fn if_lost(files: &Files) -> String {
    match files.lost.len() {
        0 => String::new(),
        count => format!("; without {count} that are nowhere:{}", backup::in_lines(&files.lost)),
    }
}

fn refuse_postgres(settings: &Settings, instead: &str) -> Result<(), Failure> {
    if settings.is_embedded() {
        Ok(())
    } else {
        Err(Failure::usage(format!(
            "this command is for the embedded database; {instead}"
        )))
    }
}

fn in_words(contents: &Contents) -> String {
    format!(
        "{} rows in {} tables, migration {}, {} KiB, sound",
        contents.all_rows(),
        contents.rows.len(),
        contents.migration,
        contents.bytes.div_ceil(1024)
    )
}

pub(super) fn doctor(read_files: bool, flags: &Flags) -> Result<(), Failure> {
    let settings = flags.settings()?;
    on_a_runtime(async {
        let db = start::existing_database(&settings).await.map_err(Failure::of)?;
        let keys = key_source::given(&settings).map_err(|fault| fault.to_string());
        let read = if read_files { FilesRead::Whole } else { FilesRead::No };
        let findings = doctor::examine(&settings, &db, keys, &Clock::real(), read).await;
        db.close().await;
        for finding in &findings {
            say(&finding.to_string());
        }
        match findings.iter().filter(|finding| finding.is_fault()).count() {
            0 => Ok(()),
            1 => Err(Failure::of("1 check failed")),
            count => Err(Failure::of(format!("{count} checks failed"))),
        }
    })
}
