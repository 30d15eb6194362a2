//! `people.csv`: who serves where, as what, with which account.
//!
//! Columns: `name` and `org` (an id, or a name that one living organisation bears) on every line; `title`, `username`,
//! `role` and `division` where they apply. A role is a membership in the organisation; `division` narrows it. Whoever
//! has several roles stands on several lines. A person is known by username, else by name and organisation.

use std::collections::HashMap;
use std::io::Read;

use uuid::Uuid;

use super::report::{ImportFault, ImportFaults, Report};
use super::table::{self, Column, Line};
use crate::app::App;
use crate::auth::{Role, accounts};
use crate::db::{DbError, Tx, sql};
use crate::directory::divisions;
use crate::directory::memberships::{self, domain::Grant, store::NewRow};
use crate::directory::people::CODE_SECONDS;
use crate::directory::people::{self, dto::NewPerson, dto::PersonPatch};
use crate::directory::rights::ChangedRights;
use crate::error::{Code, FaultCode};
use crate::events::Act;

/// The columns of the file.
pub const COLUMNS: &[Column] = &[
    column("name", true, 50),
    column("title", false, 100),
    column("org", true, 100),
    column("username", false, 64),
    column("role", false, 20),
    column("division", false, 12),
];

const fn column(name: &'static str, required: bool, most: usize) -> Column {
    Column { name, required, most }
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Created,
    Updated,
    Unchanged,
}

/// An import that is under way.
struct Import<'a> {
    app: &'a App,
    act: Act,
    tx: Tx,
    faults: Vec<ImportFault>,
    secrets: Vec<(u64, String, String)>,
    changed: ChangedRights,
    orgs: HashMap<String, Vec<(Uuid, Uuid)>>,
}

/// Imports a roster of people, all of it or nothing; the codes of new accounts are in the report, once.
///
/// # Errors
/// Every fault of the file at once; or that it could not be read, or the database failed.
pub async fn import_people(app: &App, reader: impl Read, dry_run: bool) -> Result<Report, ImportFaults> {
    let table = table::read(reader, COLUMNS)?;
    let mut import = Import {
        app,
        act: Act::of_the_service(app.clock.now()),
        tx: app.db.begin().await?,
        faults: table.faults,
        secrets: Vec::new(),
        changed: ChangedRights::default(),
        orgs: HashMap::new(),
    };
    let mut report = Report {
        dry_run,
        ..Report::default()
    };
    for line in &table.lines {
        report.lines += 1;
        match import.line(line).await? {
            Some(Outcome::Created) => report.created += 1,
            Some(Outcome::Updated) => report.updated += 1,
            Some(Outcome::Unchanged) => report.unchanged += 1,
            None => {}
        }
    }
    if !import.faults.is_empty() {
        import.faults.sort_by_key(|fault| fault.line);
        return Err(ImportFaults::File(import.faults));
    }
    if !dry_run {
        import.tx.commit().await?;
        import.changed.tell(app);
        report.secrets = import.secrets;
    }
    Ok(report)
}

impl Import<'_> {
    /// Carries a line out within the transaction, which a fault of any line undoes; `None` where this one has a fault.
    async fn line(&mut self, line: &Line) -> Result<Option<Outcome>, ImportFaults> {
        let before = self.faults.len();
        let username = line.get("username").map(str::to_lowercase);
        if username.as_deref().is_some_and(|name| !is_username(name)) {
            self.refuse(line, "username", FaultCode::BadFormat);
        }
        let role = line
            .get("role")
            .map(|word| Role::parse(word).filter(|role| *role != Role::Integrator));
        if role == Some(None) {
            self.refuse(line, "role", FaultCode::NotInList);
        }
        if role.is_none() && line.get("division").is_some() {
            self.because(line, "division", FaultCode::Conflict, "没有角色，不能填写区划");
        }
        let org = self.org(line).await?;
        let grant = match (role.flatten(), org) {
            (Some(role), Some(org)) => self.grant(line, role, org).await?,
            _ => None,
        };
        let faulty = self.faults.iter().any(|fault| fault.line == line.number);
        let (Some((org, _)), Some(name)) = (org, line.get("name")) else {
            return Ok(None);
        };
        let Some(person) = self.person(line, name, org, username.as_deref()).await? else {
            return Ok(None);
        };
        if faulty || self.faults.len() > before {
            return Ok(None);
        }
        let (id, mut outcome) = self.keep_person(line, person, name, org).await?;
        outcome = self.keep_account(line, id, username.as_deref(), outcome).await?;
        if let Some((role, division)) = grant {
            outcome = self.keep_membership(id, role, org, division, outcome).await?;
        }
        Ok(Some(outcome))
    }

    fn refuse(&mut self, line: &Line, column: &str, code: FaultCode) {
        self.faults.push(ImportFault::new(line.number, column, code));
    }

    fn because(&mut self, line: &Line, column: &str, code: FaultCode, detail: &str) {
        self.faults
            .push(ImportFault::because(line.number, Some(column), code, detail));
    }

    /// The organisation of a line and its division.
    async fn org(&mut self, line: &Line) -> Result<Option<(Uuid, Uuid)>, DbError> {
        let Some(text) = line.get("org") else { return Ok(None) };
        if !self.orgs.contains_key(text) {
            let head = sql("SELECT id, division_id FROM org WHERE ended_at IS NULL");
            let statement = match Uuid::try_parse(text) {
                Ok(id) => head.and("id = ", id),
                Err(_) => head.and("name = ", text),
            };
            let found = statement.push(" LIMIT 2").all(&mut self.tx).await?;
            self.orgs.insert(text.to_owned(), found);
        }
        let found = self.orgs.get(text).map(Vec::as_slice).unwrap_or_default();
        match found {
            [org] => return Ok(Some(*org)),
            [] => self.refuse(line, "org", FaultCode::UnknownReference),
            _ => self.because(
                line,
                "org",
                FaultCode::Conflict,
                "有多个单位使用此名称，请改填单位的 id",
            ),
        }
        Ok(None)
    }

    /// The role of a line and the division that it reaches.
    async fn grant(
        &mut self,
        line: &Line,
        role: Role,
        (_, org_division): (Uuid, Uuid),
    ) -> Result<Option<(Role, Uuid)>, ImportFaults> {
        let division = match line.get("division") {
            None => Some(org_division),
            Some(code) => divisions::find_by_code(&mut self.tx, code, self.act.at.shanghai_date())
                .await?
                .map(|division| division.id),
        };
        let division_of_org = match division {
            Some(division) => divisions::is_within(&mut self.tx, org_division, division).await?,
            None => false,
        };
        let grant = Grant {
            role,
            active: true,
            org_in_reach: true,
            division_in_reach: division.is_some(),
            division_of_org,
            valid_from: self.act.at,
            valid_to: None,
        };
        match grant.check(self.act.at) {
            Ok(()) => Ok(division.map(|division| (role, division))),
            Err(error) => {
                for fault in error.faults() {
                    self.refuse(line, fault.pointer.trim_start_matches('/'), fault.code);
                }
                Ok(None)
            }
        }
    }

    /// The person of a line: `Some(None)` where there is none yet, `None` where that cannot be told.
    async fn person(
        &mut self,
        line: &Line,
        name: &str,
        org: Uuid,
        username: Option<&str>,
    ) -> Result<Option<Option<Uuid>>, DbError> {
        if let Some(username) = username {
            let known: Option<(Uuid, String, bool)> = sql("SELECT p.id, p.name, p.active FROM credential c \
                 JOIN person p ON p.id = c.person_id WHERE c.username = $1")
            .bind(username)
            .optional(&mut self.tx)
            .await?;
            match known {
                Some((_, other, _)) if other != name => {
                    self.because(line, "username", FaultCode::Conflict, "此用户名属于另一姓名的人员");
                    return Ok(None);
                }
                Some((_, _, false)) => {
                    self.because(line, "username", FaultCode::Conflict, "此人员已停用");
                    return Ok(None);
                }
                Some((id, ..)) => return Ok(Some(Some(id))),
                None => {}
            }
        }
        let known: Vec<(Uuid, Option<String>)> = sql("SELECT p.id, c.username FROM person p \
             LEFT JOIN credential c ON c.person_id = p.id WHERE p.name = $1 AND p.org_id = $2 AND p.active = $3")
        .bind(name)
        .bind(org)
        .bind(true)
        .all(&mut self.tx)
        .await?;
        match known.as_slice() {
            [] => Ok(Some(None)),
            [(id, account)] if account.is_none() || username.is_none() => Ok(Some(Some(*id))),
            // Of the same name, each with an account of another name: somebody else.
            _ if username.is_some() && known.iter().all(|(_, account)| account.is_some()) => Ok(Some(None)),
            _ => {
                self.because(line, "name", FaultCode::Conflict, "该单位有多名同名人员，请填写用户名");
                Ok(None)
            }
        }
    }

    async fn keep_person(
        &mut self,
        line: &Line,
        person: Option<Uuid>,
        name: &str,
        org: Uuid,
    ) -> Result<(Uuid, Outcome), ImportFaults> {
        let title = line.get("title").map(ToOwned::to_owned);
        let Some(id) = person else {
            let body = NewPerson {
                name: name.to_owned(),
                org_id: org,
                title,
                username: None,
            };
            let id = people::store::insert(&mut self.tx, &self.app.ids, &self.act, &body).await?;
            return Ok((id, Outcome::Created));
        };
        let (org_now, title_now): (Option<Uuid>, Option<String>) =
            sql("SELECT org_id, title FROM person WHERE id = $1")
                .bind(id)
                .one(&mut self.tx)
                .await?;
        let patch = PersonPatch {
            name: None,
            org_id: (org_now != Some(org)).then_some(org),
            // An empty column says nothing about the post.
            title: (title.is_some() && title != title_now).then_some(title),
        };
        if patch.org_id.is_none() && patch.title.is_none() {
            return Ok((id, Outcome::Unchanged));
        }
        people::store::update(&mut self.tx, &self.app.ids, &self.act, id, &patch).await?;
        Ok((id, Outcome::Updated))
    }

    async fn keep_account(
        &mut self,
        line: &Line,
        person: Uuid,
        username: Option<&str>,
        outcome: Outcome,
    ) -> Result<Outcome, ImportFaults> {
        let Some(username) = username else { return Ok(outcome) };
        let has: Option<(String,)> = sql("SELECT username FROM credential WHERE person_id = $1")
            .bind(person)
            .optional(&mut self.tx)
            .await?;
        if has.is_some() {
            return Ok(outcome);
        }
        let account = accounts::open_account(&mut self.tx, self.app, &self.act, person, username, CODE_SECONDS).await?;
        self.secrets.push((line.number, username.to_owned(), account.code));
        Ok(outcome.at_least_updated())
    }

    async fn keep_membership(
        &mut self,
        person: Uuid,
        role: Role,
        org: Uuid,
        division: Uuid,
        outcome: Outcome,
    ) -> Result<Outcome, ImportFaults> {
        let row = NewRow {
            person,
            role,
            org,
            division,
            valid_from: self.act.at,
            valid_to: None,
        };
        people::store::lock_row(&mut self.tx, person).await?;
        match memberships::store::insert(&mut self.tx, &self.app.ids, &self.act, &row).await {
            Ok(_) => {
                let rights = accounts::bump_rights(&mut self.tx, person, self.app.real_clock.now()).await?;
                self.changed.add(person, rights);
                Ok(outcome.at_least_updated())
            }
            Err(error) if error.code() == Code::Duplicate => Ok(outcome),
            Err(error) => Err(error.into()),
        }
    }
}

impl Outcome {
    fn at_least_updated(self) -> Self {
        match self {
            Self::Created => Self::Created,
            Self::Updated | Self::Unchanged => Self::Updated,
        }
    }
}

/// As `NewPerson.username` has it.
fn is_username(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let first = text.bytes().next().is_some_and(plain);
    (3..=64).contains(&text.len()) && first && text.bytes().all(|byte| plain(byte) || b"._-".contains(&byte))
}
