//! Who may do what: the role table on one page.
//!
//! A permission is a type that a handler names in its signature (`who: Can<RecordProblem>`); it lists the operations it
//! guards and the roles that hold it. The gate, the document (`x-roles`), `GET /meta/permissions` and the matrix test
//! are read from here. A client's token needs the permission's scope besides the role. What a role may touch (its
//! division, organisation or own rows) is `scope.rs`'s affair, what the state allows `lifecycle`'s.

mod beside;

pub use beside::{BEFORE_PASSWORD_CHANGE, OPEN_OPERATIONS, may_be_delegated};

use crate::text_enum;

text_enum! {
    /// What a membership makes of a person (domain model, Roles and data scope).
    pub enum Role {
        Reporter = "reporter" / "反映人" / "reporter",
        Officer = "officer" / "服务专员、走访干部" / "visiting officer",
        Leader = "leader" / "带队领导" / "leader of visits",
        Handler = "handler" / "承办人" / "handler",
        Head = "head" / "部门负责人" / "head of an organisation",
        Dispatcher = "dispatcher" / "三服务办交办员" / "dispatcher",
        Supervisor = "supervisor" / "督查（两办）" / "supervisor",
        Assessor = "assessor" / "评价" / "assessor",
        Integrator = "integrator" / "对接系统" / "integrating system",
        Admin = "admin" / "系统管理员" / "administrator",
        Auditor = "auditor" / "审计" / "auditor",
    }
}

impl Role {
    /// Whether it sees a problem from inside the administration: every role but the reporter's does (S-59).
    pub fn is_inside(self) -> bool {
        self != Self::Reporter
    }
}

/// A permission as data.
#[derive(Debug)]
pub struct Rule {
    /// The permission's name.
    pub permission: &'static str,
    /// What a client's token must hold; people's tokens are bound by role alone.
    pub scope: &'static str,
    /// The roles that hold it.
    pub roles: &'static [Role],
    /// The operations that it guards.
    pub operations: &'static [&'static str],
}

impl Rule {
    /// Whether it guards what is about the caller himself, which every valid token may do.
    pub fn is_about_oneself(&self) -> bool {
        self.scope == "me"
    }
}

/// A permission as a type, for a handler's signature.
pub trait Permission: 'static {
    /// Its row in the table.
    const RULE: &'static Rule;
}

macro_rules! permissions {
    ($( $(#[$doc:meta])* $name:ident $scope:literal [$($role:ident)*] [$($operation:ident)*]; )+) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $name;
            impl Permission for $name {
                const RULE: &'static Rule = &Rule {
                    permission: stringify!($name),
                    scope: $scope,
                    roles: &[$(Role::$role),*],
                    operations: &[$(stringify!($operation)),*],
                };
            }
        )+
        /// Every permission.
        pub const RULES: &[&Rule] = &[$($name::RULE),+];
    };
}

permissions! {
    /// Anyone with a valid token: what is about the caller himself.
    SignedIn "me"
        [Reporter Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator Admin Auditor]
        [get_me change_password list_my_sessions end_my_session revoke_token
         get_state_machine list_permissions list_terms get_term
         list_divisions get_division list_campaigns get_campaign
         list_my_notices read_my_notices get_my_data];
    /// The directory, as everyone inside the administration needs it to name organisations and people.
    ReadDirectory "directory:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator Admin Auditor]
        [list_orgs get_org list_people get_person list_competences get_readiness];
    /// Organisations, people, memberships, delegations, competence, clients, within the administrator's division.
    ManageDirectory "directory:write"
        [Admin]
        [create_org update_org end_org create_person update_person disable_person enable_person
         create_reset_code list_memberships get_membership create_membership end_membership
         list_delegations get_delegation create_delegation end_delegation create_competence end_competence
         list_client_apps get_client_app create_client_app update_client_app rotate_client_secret
         end_client_app
         create_term update_term];
    /// Working days and the terms that are counted in them.
    ReadCalendar "calendar:read"
        [Reporter Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator Admin Auditor]
        [list_calendar_years get_calendar_year list_calendar_days];
    /// Giving the next year's notice, for the whole installation.
    ManageCalendar "calendar:write" [Admin] [create_calendar_year update_calendar_year];
    /// What terms there are and what is in force where.
    ReadClockRules "clock_rules:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator Admin Auditor]
        [list_clock_rules get_clock_rule get_effective_clock_rules];
    /// Setting terms: freely at the top, below only looser ones (S-73).
    KeepClockRules "clock_rules:write" [Admin Supervisor] [create_clock_rule end_clock_rule];
    /// Campaigns and their years.
    ManageCampaigns "campaigns:write" [Admin Dispatcher] [create_campaign create_campaign_year update_campaign_year];
    /// Enterprises, households and communities.
    ReadServiceObjects "objects:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator]
        [list_service_objects get_service_object];
    /// Entering and keeping service objects.
    WriteServiceObjects "objects:write"
        [Officer Dispatcher Integrator]
        [create_service_object update_service_object end_service_object];
    /// Letting people speak for an enterprise.
    AuthoriseForEnterprise "objects:authorise"
        [Officer Dispatcher]
        [list_authorisations create_authorisation end_authorisation];
    /// Reading a reporter's telephone number in clear; logged each time.
    RevealPhone "reporters:reveal" [Officer Handler Dispatcher Supervisor] [reveal_reporter_phone];
    /// Finding a reporter by a whole telephone number; logged each time. Never who handles: so nobody is guessed.
    SearchReporters "reporters:search" [Officer Dispatcher Supervisor] [search_reporters];
    /// Blotting out what is somebody else's, and erasing because the reporter asked.
    ErasePersonalData "problems:erase" [Dispatcher Supervisor] [create_redaction create_visit_redaction erase_problem];
    /// Who read and did what, and whether chains are whole: no case content.
    Audit "audit:read" [Auditor] [list_access_log list_events verify_events];
    /// Visits, as far as the scope reaches.
    ReadVisits "visits:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator]
        [list_visits get_visit list_visit_events list_visit_problems];
    /// Planning, holding and ending visits.
    WriteVisits "visits:write"
        [Officer Leader]
        [create_visit update_visit start_visit complete_visit cancel_visit];
    /// Problems, as far as the scope reaches.
    ReadProblems "problems:read"
        [Reporter Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator]
        [list_problems get_problem list_problem_events list_supplements list_contacts list_ratings
         list_publications];
    /// Recording what was heard.
    RecordProblem "problems:write" [Reporter Officer Leader Integrator] [create_problem];
    /// Correcting the summary, category and the like (never the statement, never the state).
    UpdateProblem "problems:write" [Officer Leader Dispatcher] [update_problem];
    /// Adding to the reporter's own words.
    SupplementProblem "problems:write" [Reporter Officer Leader Integrator] [create_supplement];
    /// Saying how the problem was handled, for its reporter.
    RateProblem "reporters:act" [Reporter Integrator] [create_rating];
    /// A new receipt for a reporter who has lost his.
    ReplaceReceipt "receipts:write" [Officer Dispatcher] [replace_receipt];
    /// Ratings across problems, and whom they were asked of: internal, so not for reporters.
    ListRatings "problems:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor]
        [list_all_ratings get_rating list_invitations];
    /// Reviewing low ratings that do not criticise one's own organisation.
    ReviewRating "ratings:review" [Head Dispatcher Supervisor] [review_rating];
    /// Handing out the link by which a reporter confirms and rates.
    IssueInvitation "receipts:write" [Officer Dispatcher Supervisor] [create_invitation];
    /// Attachments of what the scope reaches; a reporter's: what is public or his own.
    ReadAttachments "attachments:read"
        [Reporter Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator]
        [get_attachment list_problem_attachments list_visit_attachments list_action_plan_attachments
         create_attachment_link];
    /// Uploading files, attaching them, ending what was uploaded by mistake.
    WriteAttachments "attachments:write"
        [Reporter Officer Leader Handler Head Dispatcher Supervisor Integrator]
        [create_attachment attach_attachment end_attachment];
    /// The three dispositions.
    DisposeProblem "problems:dispose" [Officer Leader Dispatcher] [dispose_problem redispose_problem];
    /// Opening a recorded problem to be claimed.
    OpenProblem "problems:dispose" [Dispatcher] [open_problem];
    /// What was found out about a problem: internal, so not for reporters.
    ReadAnalyses "problems:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator]
        [list_analyses];
    /// The three lists of an organisation or an object.
    ReadLists "problems:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator]
        [get_problem_list get_action_list get_assignment_list];
    /// What waits for oneself.
    ReadWork "problems:read"
        [Reporter Officer Leader Handler Head Dispatcher Supervisor]
        [list_my_work get_my_work_summary];
    /// How many problems bear what.
    CountProblems "problems:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator]
        [count_problems];
    /// Signing why a problem arose.
    AnalyseProblem "analyses:write" [Handler Head] [create_analysis];
    /// Logging who spoke with whom.
    LogContacts "contacts:write" [Officer Handler Head Dispatcher] [create_contact];
    /// Action plans, as far as their problems are within the scope.
    ReadPlans "plans:read"
        [Reporter Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator]
        [list_action_plans get_action_plan list_action_plan_events];
    /// Working plans out and carrying them out.
    WritePlans "plans:write"
        [Handler Head]
        [create_action_plan update_action_plan submit_action_plan abandon_action_plan create_measure update_measure
         delete_measure create_plan_step update_plan_step delete_plan_step complete_plan_step];
    /// Deciding on plans.
    ApprovePlans "plans:write" [Head] [approve_action_plan send_back_action_plan waive_plan_step];
    /// Claiming for one's organisation, and answering simple matters.
    ClaimProblem "problems:handle" [Officer Handler] [claim_problem answer_problem];
    /// Deciding who handles what, and what is one problem.
    AssignProblem "problems:dispatch"
        [Dispatcher]
        [assign_problem merge_problem close_unanswered];
    /// Handing a problem to another organisation; after a final ruling a supervisor's affair.
    TransferProblem "problems:dispatch" [Dispatcher Supervisor] [transfer_problem];
    /// Accepting what was assigned, and asking the reporter.
    AcceptProblem "problems:handle" [Handler] [accept_problem ask_reporter];
    /// Concluding a study.
    ConcludeProblem "problems:handle" [Handler Head] [conclude_problem];
    /// What the head of an organisation answers for.
    StartProblem "problems:handle" [Head] [start_problem complete_problem hand_over_problem];
    /// Going on with what was put on hold.
    ResumeProblem "problems:handle" [Head Supervisor] [resume_problem];
    /// What nobody but the reporter says.
    SpeakForReporter "reporters:act" [Reporter Integrator] [supply_problem];
    /// Confirming or rejecting a result, as the reporter or by a call back.
    ConfirmProblem "reporters:act"
        [Reporter Integrator Officer Dispatcher Supervisor]
        [confirm_problem reject_result];
    /// Taking a problem back.
    WithdrawProblem "reporters:act" [Reporter Integrator Officer Leader] [withdraw_problem];
    /// Urging what takes long; a watcher besides who dispatches or supervises, and whoever speaks for the reporter.
    UrgeProblem "reporters:act"
        [Reporter Integrator Officer Leader Handler Head Dispatcher Supervisor]
        [urge_problem];
    /// Following problems in person.
    WatchProblems "problems:watch"
        [Officer Leader Handler Head Dispatcher Supervisor]
        [create_watch list_watches delete_watch];
    /// Beginning anew what was closed.
    ReopenProblem "reporters:act" [Reporter Integrator Supervisor] [reopen_problem];
    /// Many transitions in one request; each is asked for by its own permission too.
    BulkAct "reporters:act"
        [Reporter Officer Leader Handler Head Dispatcher Supervisor Integrator]
        [act_on_problems];
    /// Who could take a problem.
    SuggestOrgs "problems:read" [Officer Leader Handler Head Dispatcher Supervisor] [list_suggested_orgs];
    /// Looking back at what was closed.
    LookBackProblem "problems:look_back" [Supervisor Officer] [look_back_problem];
    /// Who answers for a problem.
    ReadAssignments "problems:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator]
        [list_assignments get_assignment];
    /// Giving a supporting organisation its part.
    AddAssignment "problems:dispatch" [Dispatcher Head] [create_assignment];
    /// Answering for a part.
    AnswerAssignment "problems:handle" [Handler] [accept_assignment report_assignment_done refuse_assignment];
    /// Relieving a supporting organisation of its part.
    WaiveAssignment "problems:handle" [Head] [waive_assignment];
    /// To-dos, as far as the scope reaches.
    ReadTasks "tasks:read"
        [Officer Leader Handler Head Dispatcher Supervisor]
        [list_tasks get_task];
    /// Marking a to-do done.
    CompleteTask "tasks:write" [Officer Handler Head Dispatcher Supervisor] [complete_task];
    /// What was asked about a problem, and decided.
    ReadRequests "problems:read"
        [Reporter Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator]
        [list_problem_requests get_request];
    /// What is to be decided.
    ListRequests "problems:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor]
        [list_requests];
    /// Asking for a decision.
    AskRequest "reporters:act" [Reporter Integrator Handler Head Dispatcher] [create_request];
    /// Deciding, or entering what was decided outside.
    DecideRequest "requests:decide" [Officer Leader Handler Head Dispatcher Supervisor] [decide_request];
    /// Questions that organisations were asked to study: internal, so not for reporters.
    ReadReferrals "problems:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator]
        [list_problem_referrals list_referrals get_referral];
    /// Asking an organisation to study a question.
    ReferProblem "problems:dispatch" [Dispatcher Leader Head Handler] [create_referral end_referral];
    /// Answering what one's organisation was asked.
    AnswerReferrals "problems:handle" [Handler Head] [answer_referral];
    /// Telling reporters what happened, where no gateway does, or as the gateway.
    TellReporters "notices:tell" [Dispatcher Officer Integrator] [list_notices deliver_notice];
    /// Comments of what the scope reaches or everybody may read.
    ReadComments "problems:read"
        [Reporter Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator]
        [list_problem_comments get_comment];
    /// Commenting and supporting, by those who are known to themselves, to a portal or by a receipt.
    Comment "reporters:act" [Reporter Integrator] [create_comment support_comment];
    /// The comments of a scope: what is to be replied to, what was hidden, and how often why.
    ListComments "problems:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor]
        [list_comments count_comments];
    /// Replying officially, for who leads or dispatches.
    ReplyToComments "comments:reply" [Officer Handler Head Dispatcher] [reply_to_comment];
    /// Hiding for law and privacy, and showing again.
    ModerateComments "comments:moderate" [Dispatcher Supervisor] [hide_comment unhide_comment];
    /// Who hid what and why.
    ReadModerations "comments:moderate" [Dispatcher Supervisor Assessor] [list_comment_moderations];
    /// Public replies, as far as the scope reaches.
    ReadReplies "problems:read"
        [Reporter Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator]
        [list_problem_replies];
    /// Replying publicly to the reporter, for who leads or dispatches.
    ReplyPublicly "problems:handle" [Officer Handler Head Dispatcher] [create_problem_reply];
    /// Internal notes: for nobody who speaks for a reporter, and for no client.
    ReadNotes "notes:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor]
        [list_problem_notes];
    /// Writing them.
    WriteNotes "notes:write"
        [Officer Leader Handler Head Dispatcher Supervisor]
        [create_problem_note];
    /// What everybody may read of a problem.
    PublishProblems "problems:publish" [Dispatcher] [publish_problem unpublish_problem];
    /// Supporting what is published: by the public, whatever it has to do with oneself.
    SupportPublicProblem "reporters:act" [Reporter Integrator] [support_problem];
    /// Themes, as far as the scope reaches.
    ReadThemes "themes:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator]
        [list_themes get_theme list_theme_problems list_theme_events];
    /// Gathering problems with one cause.
    KeepThemes "themes:write"
        [Handler Head Dispatcher]
        [create_theme update_theme add_theme_problems remove_theme_problems];
    /// Closing themes and taking them up again.
    DecideThemes "themes:write" [Head Dispatcher] [close_theme reopen_theme end_theme];
    /// Outputs and cases: every official's, whatever his scope, so that solved cases travel.
    ReadOutputs "outputs:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator]
        [list_outputs get_output list_cases];
    /// Entering and keeping what came of problems.
    KeepOutputs "outputs:write" [Handler Head Dispatcher] [create_output update_output end_output];
    /// Showing outputs to the public.
    PublishOutputs "outputs:publish" [Dispatcher] [publish_output unpublish_output];
    /// Templates that plans may begin with.
    ReadPlanTemplates "plans:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor Admin]
        [list_plan_templates get_plan_template];
    /// Keeping them: new versions replace old ones.
    KeepPlanTemplates "plan_templates:write"
        [Admin Dispatcher]
        [create_plan_template replace_plan_template end_plan_template];
    /// Similar problems within the scope, and solved cases from everywhere, depersonalised.
    FindAlike "problems:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator]
        [find_similar_problems list_precedents];
    /// Promises made on site.
    ReadCommitments "visits:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor]
        [list_visit_commitments list_commitments get_commitment];
    /// Those about a problem, which its reporter reads too.
    ReadProblemCommitments "problems:read"
        [Reporter Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator]
        [list_problem_commitments];
    /// Entering what was promised on site.
    MakeCommitments "visits:write" [Officer Leader] [create_commitment];
    /// Saying what came of a promise.
    SettleCommitments "commitments:settle"
        [Officer Leader Handler Head Dispatcher Supervisor]
        [keep_commitment break_commitment];
    /// Ending a promise that was entered in error.
    EndCommitments "commitments:settle" [Dispatcher Supervisor] [end_commitment];
    /// The questions.
    ReadSurveys "surveys:read"
        [Reporter Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator Admin]
        [list_survey_templates get_survey_template];
    /// Giving a survey new questions.
    ManageSurveys "surveys:write" [Admin] [create_survey_template];
    /// Answering, as the reporter, or writing down at a visit what is answered.
    AnswerSurvey "reporters:act" [Reporter Integrator Officer Leader] [create_survey_answer];
    /// What was answered.
    ReadSurveyAnswers "surveys:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor]
        [list_survey_answers get_survey_answer];
    /// Figures.
    ReadMetrics "metrics:read"
        [Officer Leader Handler Head Dispatcher Supervisor Assessor Integrator]
        [get_metrics_overview get_metrics_matrix get_metrics_bottlenecks get_first_response_metrics
         get_metrics_causes get_metrics_measures
         get_satisfaction_metrics get_confidence_metrics get_commitment_metrics];
}

/// The rule that guards an operation; `None` for the few that need no token.
pub fn rule_of(operation: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.operations.contains(&operation))
}
