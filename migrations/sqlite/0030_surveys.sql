-- What those served say: low ratings are reviewed, rating invitations go out by link, surveys are answered before and after;
-- and what was promised on site is counted (S-06, S-21, S-64, S-76, S-79, S-82 to S-84).

-- A rating with 2 or less in any of its three parts must be reviewed, by somebody whom it does not criticise.
ALTER TABLE rating ADD COLUMN review_due INTEGER NOT NULL DEFAULT 0 CHECK (review_due IN (0, 1));
ALTER TABLE rating ADD COLUMN review_outcome TEXT
    CHECK (review_outcome IN ('upheld', 'partly_upheld', 'not_upheld'));

UPDATE rating SET review_due = 1 WHERE result <= 2 OR speed <= 2 OR attitude <= 2;

DROP INDEX rating_at;
CREATE INDEX rating_at ON rating (rated_at, id);
CREATE INDEX rating_to_review ON rating (rated_at, id) WHERE review_due AND reviewed_at IS NULL;
CREATE INDEX rating_to_review_problem ON rating (problem_id) WHERE review_due AND reviewed_at IS NULL;

-- When the link of an invitation was handed out last, and by whom; the link itself is a case_link.
ALTER TABLE rating_invitation ADD COLUMN link_issued_at INTEGER;
ALTER TABLE rating_invitation ADD COLUMN link_issued_by BLOB REFERENCES person (id);

ALTER TABLE survey_template ADD COLUMN title_en TEXT NOT NULL DEFAULT '';

-- Who answered by which way: an officer writes down at a visit what is said, or the reporter answers himself. An answer of
-- `after` takes the latest one of `before` along that no other has taken: the pair is what confidence is measured by.
ALTER TABLE survey_answer ADD COLUMN via TEXT NOT NULL DEFAULT 'visit'
    CHECK (via IN ('visit', 'account', 'link', 'portal'));
ALTER TABLE survey_answer ADD COLUMN reporter_id BLOB REFERENCES reporter (id);
ALTER TABLE survey_answer ADD COLUMN before_id BLOB REFERENCES survey_answer (id);

CREATE UNIQUE INDEX survey_answer_once ON survey_answer (survey_template_id, moment,
    coalesce(problem_id, object_id, x'00000000000000000000000000000000'),
    coalesce(visit_id, x'00000000000000000000000000000000'),
    coalesce(reporter_id, x'00000000000000000000000000000000'));
CREATE UNIQUE INDEX survey_answer_pair ON survey_answer (before_id) WHERE before_id IS NOT NULL;
CREATE INDEX survey_answer_at ON survey_answer (answered_at, id);
CREATE INDEX survey_answer_visit ON survey_answer (visit_id) WHERE visit_id IS NOT NULL;

INSERT INTO survey_template (id, audience, number, title, title_en, items, valid_from, created_at, updated_at)
VALUES (x'019fb0c53f8e70008000000000003001', 'enterprise', 1, '企业轻装上阵问卷', 'Enterprises: going ahead lightened',
    '[{"code": "invest_confidence", "zh": "您对在本地继续投资的信心", "en": "How confident are you to go on investing here?", "scale": 5}, {"code": "tech_reno_confidence", "zh": "您对实施技术改造的信心", "en": "How confident are you to renovate your technology?", "scale": 5}, {"code": "burden_relief", "zh": "您感受到的企业负担减轻程度", "en": "How much lighter has the burden on your business become?", "scale": 5}, {"code": "policy_delivery", "zh": "惠企政策兑现的及时程度", "en": "How promptly are the policies for enterprises carried out?", "scale": 5}, {"code": "service_quality", "zh": "您对涉企服务的满意程度", "en": "How content are you with the services for enterprises?", "scale": 5}]',
    '2019-01-01', 1546300800000000, 1546300800000000);
INSERT INTO survey_template (id, audience, number, title, title_en, items, valid_from, created_at, updated_at)
VALUES (x'019fb0c53f8e70008000000000003002', 'masses', 1, '群众收获满满问卷', 'The people: what they gain',
    '[{"code": "gain", "zh": "您的获得感", "en": "How much do you feel that you gain?", "scale": 5}, {"code": "happiness", "zh": "您的幸福感", "en": "How happy do you feel?", "scale": 5}, {"code": "security", "zh": "您的安全感", "en": "How safe do you feel?", "scale": 5}, {"code": "convenience", "zh": "您办事的方便程度", "en": "How easy is it to get your affairs done?", "scale": 5}, {"code": "trust", "zh": "您对政府工作的信任程度", "en": "How far do you trust the work of the government?", "scale": 5}]',
    '2019-01-01', 1546300800000000, 1546300800000000);
INSERT INTO survey_template (id, audience, number, title, title_en, items, valid_from, created_at, updated_at)
VALUES (x'019fb0c53f8e70008000000000003003', 'grassroots', 1, '基层活力迸发问卷', 'The grassroots: their vitality',
    '[{"code": "initiative", "zh": "基层干部干事创业的主动性", "en": "How much initiative do you and your colleagues take?", "scale": 5}, {"code": "burden_relief", "zh": "文件、会议、检查、考核减负的程度", "en": "How much lighter have papers, meetings, inspections and assessments become?", "scale": 5}, {"code": "resources", "zh": "资源和权限下沉的程度", "en": "How far have means and powers come down to you?", "scale": 5}, {"code": "support", "zh": "上级部门协调解决困难的力度", "en": "How well do those above help to settle what you cannot?", "scale": 5}, {"code": "team_vitality", "zh": "队伍的稳定和活力", "en": "How steady and lively is your team?", "scale": 5}]',
    '2019-01-01', 1546300800000000, 1546300800000000);

-- How surveys were answered, by item: written with each answer, so that figures cost the same at any number of them. `day` is
-- that of the answer. The pairs are counted on the day of the later answer.
CREATE TABLE survey_rollup (
    campaign_year_id BLOB NOT NULL,
    day              TEXT NOT NULL,
    division_id      BLOB NOT NULL,
    audience         TEXT NOT NULL CHECK (audience IN ('enterprise', 'masses', 'grassroots')),
    item             TEXT NOT NULL,
    -- answers of a moment and the sum of their values; pairs, their sums before and after, how many rose or fell
    measure          TEXT NOT NULL
        CHECK (measure IN ('before', 'before_points', 'after', 'after_points', 'once', 'once_points',
            'pairs', 'pairs_before', 'pairs_after', 'risen', 'fallen')),
    amount           INTEGER NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (campaign_year_id, day, division_id, audience, item, measure)
) STRICT, WITHOUT ROWID;

CREATE INDEX survey_rollup_division ON survey_rollup (division_id, day);
CREATE INDEX survey_rollup_day ON survey_rollup (day);

-- Promises made on site. `day` is that of the visit; `since` the day on which an outcome was reached. What was made, less what
-- was settled or ended, and due before a day, is overdue on that day.
CREATE TABLE commitment_rollup (
    campaign_year_id BLOB NOT NULL,
    day              TEXT NOT NULL,
    division_id      BLOB NOT NULL,  -- of the visit
    leading_body     TEXT NOT NULL
        CHECK (leading_body IN ('party_committee', 'peoples_congress', 'government', 'cppcc')),
    due_on           TEXT NOT NULL,
    -- kept: by its day; late: kept after it
    outcome          TEXT NOT NULL CHECK (outcome IN ('made', 'kept', 'late', 'broken', 'ended')),
    since            TEXT NOT NULL,
    amount           INTEGER NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (campaign_year_id, day, division_id, leading_body, due_on, outcome, since)
) STRICT, WITHOUT ROWID;

CREATE INDEX commitment_rollup_division ON commitment_rollup (division_id, day);
CREATE INDEX commitment_rollup_day ON commitment_rollup (day);

CREATE INDEX commitment_due ON commitment (due_on, id) WHERE ended_at IS NULL;
CREATE INDEX commitment_open ON commitment (due_on, id) WHERE state = 'open' AND ended_at IS NULL;
CREATE INDEX commitment_org_due ON commitment (org_id, due_on, id) WHERE ended_at IS NULL;
