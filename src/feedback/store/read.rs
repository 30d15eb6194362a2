//! Reading ratings: of a problem by round, of the caller's scopes by the time at which they were given.

use sqlx::FromRow;
use uuid::Uuid;

use crate::auth::{Caller, Role, Scope};
use crate::calendar::Calendar;
use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, sql};
use crate::directory::refs::PersonRef;
use crate::feedback::domain::{REVIEW_DAYS, REVIEWERS, ReviewOutcome, ReviewState, may_know_rater};
use crate::feedback::dto::{RatingReview, RatingView};
use crate::http::total;
use crate::http::window::{self, Rows, WINDOW, Windowed};
use crate::http::{AllowedAction, Locale};
use crate::problems::refs::ProblemRef;
use crate::problems::separation::HANDLED;
use crate::reporters::domain::{Anonymity, KNOW_MASKED, PreferredChannel, Reader, Reporter, ReporterKind};
use crate::reporters::dto::ReporterView;
use crate::reporters::voice::Voice;

/// A place in the order of time.
pub type Place = window::Place<Timestamp>;

/// A rating with who gave it, what its review found, and how the caller for whom it was read stands to it.
#[derive(Debug, FromRow)]
pub struct RatingRow {
    /// Row id.
    pub id: Uuid,
    /// The problem.
    pub problem_id: Uuid,
    /// The round of handling.
    pub cycle_no: i64,
    /// When it was given.
    pub rated_at: Timestamp,
    tracking_no: String,
    result: i64,
    speed: i64,
    attitude: i64,
    words: Option<String>,
    anonymous: bool,
    via: Voice,
    review_due: bool,
    review_outcome: Option<ReviewOutcome>,
    review: Option<String>,
    reviewed_by: Option<Uuid>,
    reviewed_by_name: Option<String>,
    reviewed_at: Option<Timestamp>,
    reporter_id: Uuid,
    kind: ReporterKind,
    display_name: Option<String>,
    phone_masked: Option<String>,
    preferred_channel: Option<PreferredChannel>,
    anonymity: Anonymity,
    person_id: Option<Uuid>,
    calls_back: bool,
    reviews: bool,
    handled: bool,
}

/// What a view of a rating needs besides its row.
#[derive(Clone, Copy, Debug)]
pub struct Sight<'a> {
    /// Working days.
    pub calendar: &'a Calendar,
    /// The caller's language.
    pub locale: Locale,
}

/// `SELECT … FROM … WHERE`: what is shown, and how the caller stands to it.
fn columns(who: &Caller) -> Sql {
    let of = |roles: &[Role]| -> Vec<Uuid> {
        let held = who.memberships.iter().filter(|held| roles.contains(&held.role));
        held.flat_map(|held| Scope::of(who.own(), held))
            .map(|scope| scope.id())
            .collect()
    };
    let statement = sql(
        "SELECT t.id, t.problem_id, t.cycle_no, t.rated_at, p.tracking_no, t.result, t.speed, t.attitude, t.words, \
         t.anonymous, t.via, t.review_due, t.review_outcome, t.review, t.reviewed_by, v.name AS reviewed_by_name, \
         t.reviewed_at, t.reporter_id, r.kind, r.display_name, r.phone_masked, r.preferred_channel, r.anonymity, \
         r.person_id, EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = t.problem_id AND z.scope_id",
    )
    .in_list(&of(&KNOW_MASKED))
    .push(") AS calls_back, EXISTS (SELECT 1 FROM problem_actor a WHERE a.problem_id = t.problem_id")
    .and("a.person_id = ", who.subject)
    .and_in("a.act", HANDLED)
    .push(") AS handled, (1 = 0");
    let reviewing = who.memberships.iter().filter(|held| REVIEWERS.contains(&held.role));
    reviewing
        .fold(statement, |statement, held| {
            let scopes: Vec<Uuid> = Scope::of(who.own(), held).iter().map(Scope::id).collect();
            statement
                .push(" OR (EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = t.problem_id AND z.scope_id")
                .in_list(&scopes)
                // Whom a rating criticises: who led, studied or supported, with what lies below; on site, who recorded.
                .push(
                    ") AND NOT EXISTS (SELECT 1 FROM problem_org x JOIN org_ancestor y ON y.ancestor_id = x.org_id \
                 WHERE x.problem_id = t.problem_id AND (x.part IN ('lead', 'former_lead', 'supporting', 'study') \
                 OR (x.part = 'recorder' AND p.disposition = 'resolved_on_site'))",
                )
                .and("y.descendant_id = ", held.org)
                .push("))")
        })
        .push(
            ") AS reviews FROM rating t JOIN problem p ON p.id = t.problem_id JOIN reporter r ON r.id = t.reporter_id \
         LEFT JOIN person v ON v.id = t.reviewed_by ",
        )
}

/// A page of the ratings of a problem (`only`: of one reporter), by round.
pub fn page(who: &Caller, problem: Uuid, only: Option<Uuid>, after: Option<(i64, Uuid)>, fetch: i64) -> Sql {
    let statement = columns(who)
        .push_bind("WHERE t.problem_id = ", problem)
        .and_opt("t.reporter_id = ", only);
    let statement = statement.behind(" AND (t.cycle_no, t.id) > (", after);
    statement.push_bind(" ORDER BY t.cycle_no, t.id LIMIT ", fetch)
}

/// One rating.
pub fn one(who: &Caller, id: Uuid) -> Sql {
    columns(who).push_bind("WHERE t.id = ", id)
}

/// One rating of a problem within these scopes.
pub async fn find(
    on: impl Into<On<'_>>,
    who: &Caller,
    scopes: &[Uuid],
    id: Uuid,
) -> Result<Option<RatingRow>, DbError> {
    one(who, id)
        .push(" AND EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = t.problem_id AND z.scope_id")
        .in_list(scopes)
        .push(")")
        .optional(on)
        .await
}

/// How many there are of a problem; counted to one more than lists do.
pub async fn total(db: &Db, problem: Uuid, only: Option<Uuid>) -> Result<i64, DbError> {
    let rows = sql("SELECT 1 AS one FROM rating WHERE problem_id = $1").bind(problem);
    total::count(db, rows.and_opt("reporter_id = ", only)).await
}

/// The ratings of a caller's scopes that were asked for.
#[derive(Debug)]
pub struct Asked<'q> {
    /// Who asks.
    pub who: &'q Caller,
    /// The scopes in which he may read ratings.
    pub scopes: &'q [Uuid],
    /// How their review is to stand.
    pub review: Option<ReviewState>,
}

impl Windowed for Asked<'_> {
    type Key = Timestamp;
    type Row = RatingRow;

    fn window(&self, statement: Sql, after: Option<Place>, rows: Rows) -> Sql {
        let statement = statement
            .push("SELECT q.id, q.rated_at, q.problem_id FROM rating q WHERE ")
            .push(match self.review {
                None => "q.rated_at IS NOT NULL",
                Some(ReviewState::Open) => "q.review_due AND q.reviewed_at IS NULL",
                Some(ReviewState::Done) => "q.reviewed_at IS NOT NULL",
                Some(ReviewState::None) => "NOT q.review_due",
            });
        let statement = statement.behind(" AND (q.rated_at, q.id) > (", after);
        rows.of(statement.push(" ORDER BY q.rated_at, q.id"))
    }

    fn taken(&self, statement: Sql, after: Option<Place>, rows: i64) -> Sql {
        let statement = statement.push("SELECT w.id, w.rated_at FROM (");
        self.window(statement, after, Rows::First(rows))
            .push(") w WHERE EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = w.problem_id AND z.scope_id")
            .in_list(self.scopes)
            .push(")")
    }

    fn page(&self, _: &Db, after: Option<Place>, fetch: i64) -> Sql {
        self.taken(columns(self.who).push("JOIN ("), after, WINDOW)
            .push_bind(" ORDER BY w.rated_at, w.id LIMIT ", fetch)
            .push(") k ON k.id = t.id ORDER BY t.rated_at, t.id")
    }

    fn place(&self, row: &RatingRow) -> Place {
        (row.rated_at, row.id)
    }
}

impl RatingRow {
    /// How its review stands.
    pub const fn review_state(&self) -> ReviewState {
        match (self.review_due, self.reviewed_at) {
            (false, _) => ReviewState::None,
            (true, None) => ReviewState::Open,
            (true, Some(_)) => ReviewState::Done,
        }
    }

    /// Whether the caller for whom it was read may review what it criticises, as far as his memberships go.
    pub const fn may_be_reviewed(&self) -> bool {
        self.reviews
    }

    /// In which capacity somebody of the administration reads it.
    pub const fn reader(&self) -> Reader {
        if self.calls_back {
            Reader::CallsBack
        } else {
            Reader::Administration
        }
    }

    /// As somebody in this capacity may see it.
    pub fn view(self, reader: Reader, sight: &Sight<'_>) -> RatingView {
        let known = may_know_rater(self.anonymity, self.anonymous, reader);
        let inside = matches!(reader, Reader::CallsBack | Reader::Administration);
        let state = self.review_state();
        let may = state == ReviewState::Open && self.reviews && !self.handled;
        let review = AllowedAction {
            action: "review",
            label: match sight.locale {
                Locale::Zh => "复核",
                Locale::En => "review",
            },
            href: format!("/api/v1/ratings/{}/review", self.id),
        };
        let due = || sight.calendar.due_at(self.rated_at.utc(), REVIEW_DAYS).0.into();
        let reporter = Reporter {
            id: self.reporter_id,
            kind: self.kind,
            display_name: self.display_name,
            phone_masked: self.phone_masked,
            preferred_channel: self.preferred_channel,
            anonymity: self.anonymity,
            person_id: self.person_id,
        };
        RatingView {
            id: self.id,
            problem: ProblemRef {
                id: self.problem_id,
                tracking_no: self.tracking_no,
            },
            cycle_no: self.cycle_no,
            result: self.result,
            speed: self.speed,
            attitude: self.attitude,
            words: self.words,
            anonymous: self.anonymous,
            via: self.via,
            reporter: known.then(|| ReporterView::for_reader(reporter, reader)),
            rated_at: self.rated_at,
            review: RatingReview {
                state,
                due_at: (state != ReviewState::None).then(due),
                outcome: self.review_outcome,
                text: self.review,
                // A reporter is told nobody's name.
                reviewed_by: PersonRef::from_parts(self.reviewed_by, self.reviewed_by_name).filter(|_| inside),
                reviewed_at: self.reviewed_at,
            },
            allowed_actions: Some(review).filter(|_| may).into_iter().collect(),
        }
    }
}
