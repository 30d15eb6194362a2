//! The formula of each figure, in both languages, as the answers carry it: a figure without its formula invites
//! guesses.

/// A figure of the answer and how it is computed.
#[derive(Debug)]
pub struct Formula {
    /// The member of the answer.
    pub figure: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

/// The formulas of the overview. P: problems recorded in [from, to) up to `as_of` in the division and below, neither
/// merged nor withdrawn; V: visits completed that began in that time.
pub const OVERVIEW: &[Formula] = &[
    Formula {
        figure: "problems",
        zh: "期间内记录、未合并且未撤回的问题数（合并的问题计入目标问题）；现场解决 + 后续落实 + 带回典型 + 未处置 = 总数；处置方式以当前为准",
        en: "P: problems recorded in [from, to) by as_of, neither merged (they count at their target) nor withdrawn; \
             resolved_on_site + follow_up + typical + undisposed = total; the disposition is the present one",
    },
    Formula {
        figure: "problems.shares",
        zh: "各处置方式问题数 ÷ 已处置问题数",
        en: "problems of the class / problems disposed of (the three classes)",
    },
    Formula {
        figure: "counties",
        zh: "走访到达的、统计日有效的县（市、区）数 ÷ 统计日有效的县（市、区）数；撤并的县（市、区）计入主要承接者",
        en: "counties valid on as_of in which a visit of V took place, or which replaced (main share) one where it did / \
             counties valid on as_of",
    },
    Formula {
        figure: "problems_per_county",
        zh: "问题数 ÷ 到达的县（市、区）数",
        en: "problems / counties reached",
    },
    Formula {
        figure: "claim_rate",
        zh: "截至统计日首次由单位主动认领的问题数 ÷（主动认领数 + 交办数）；只看首个主办单位，其后转办、裁定不改变",
        en: "problems of P whose first lead claimed them by as_of / those claimed or assigned; what follows the first lead \
             changes nothing",
    },
    Formula {
        figure: "own_level_rate",
        zh: "最终解决的问题中，主办（无主办的，研究或记录）单位层级不高于记录层级的问题数 ÷ 最终解决数；记录层级：走访中记录的为记录单位层级，其余为问题所在行政区划层级",
        en: "finally solved problems led (else studied, else recorded) at no higher level than that where they were \
             recorded / finally solved; recorded in a visit: the recorder's level, else the division's",
    },
    Formula {
        figure: "run_once_rate",
        zh: "已销号的问题中，反映人跑动不超过一次且被要求补充材料不超过一次的问题数 ÷ 已销号的问题数；跑动：反映人到场会面，或当面递交材料，全程累计",
        en: "problems of P closed by as_of for which the reporter had to come once at most and was asked for what was missing \
             once at most / problems of P closed by as_of; he comes to a meeting, or brings something in person; all rounds \
             of a problem count together",
    },
    Formula {
        figure: "returns_per_problem",
        zh: "截至统计日请求退回的次数 ÷ 问题数；系统因来回转办自动提起的裁定不计",
        en: "returns asked for by as_of / P; what opens by itself because a problem was sent to and fro is none",
    },
    Formula {
        figure: "transfers_per_problem",
        zh: "截至统计日转办的次数 ÷ 问题数",
        en: "transfers by as_of / P",
    },
    Formula {
        figure: "ping_pong_rate",
        zh: "截至统计日曾转办回原主办单位（A→B→A）的问题数 ÷ 问题数",
        en: "problems of P that were transferred back to an organisation which had led them (A→B→A) by as_of / P",
    },
    Formula {
        figure: "visits",
        zh: "期间内开始并已完成的走访次数",
        en: "V: completed visits that began in [from, to) by as_of",
    },
    Formula {
        figure: "objects",
        zh: "走访到达的不同服务对象数：同一对象走访多次只计一次",
        en: "distinct service objects reached by V: one visited five times counts once",
    },
    Formula {
        figure: "proactive_share",
        zh: "主动上门的走访次数 ÷ 走访次数",
        en: "visits of origin proactive / visits",
    },
    Formula {
        figure: "on_site_share",
        zh: "不在机关办公场所进行的走访次数 ÷ 走访次数",
        en: "visits whose place is no office / visits",
    },
    Formula {
        figure: "level_of_place",
        zh: "按走访所在行政区划层级计的走访次数，合计等于走访次数",
        en: "visits by the level of the division where they took place; they sum to visits",
    },
    Formula {
        figure: "finally_solved_rate",
        zh: "最终解决数 ÷ 统计日前已到期或已销号的问题数；最终解决：已销号、经反映人确认、回头看未反弹，且已回头看或销号满 90 天",
        en: "finally solved / problems of P due or closed by as_of; finally solved: closed, confirmed by the reporter, not \
             relapsed, and looked back at or closed for 90 days",
    },
    Formula {
        figure: "completion_rate",
        zh: "已销号数 ÷ 统计日前已到期或已销号的问题数",
        en: "closed / problems of P due or closed by as_of",
    },
    Formula {
        figure: "confirmed",
        zh: "经反映人确认而销号的问题数 ÷ 已销号的问题数；无回应销号的不计入确认",
        en: "problems of P closed by their reporter's confirmation / problems of P closed by as_of; silence is no \
             confirmation",
    },
    Formula {
        figure: "confirmed_via",
        zh: "按账号、回执链接、门户、回访四种方式分别计数，合计等于 confirmed 的分子",
        en: "the numerator of confirmed by the four ways: account, receipt's link, portal, call back",
    },
    Formula {
        figure: "unconfirmed",
        zh: "无回应销号的问题数：已销号数 − 经确认数",
        en: "problems of P closed without an answer: closed - confirmed",
    },
    Formula {
        figure: "satisfaction",
        zh: "mean：评分合计 ÷ 评价数；satisfied：评分不低于 4 的评价数 ÷ 评价数；response_rate：评价数 ÷ 邀请数；未评价的不计入满意",
        en: "mean: sum of results / ratings; satisfied: ratings of 4 or more / ratings; response_rate: ratings / \
             invitations; silence is in neither numerator nor denominator of the first two",
    },
];

/// The formulas of the matrix.
pub const MATRIX: &[Formula] = &[
    Formula {
        figure: "cells",
        zh: "问题数中截至统计日有成因分析的，按当日有效的分析的长短期与性质计数；四格之和 = 已分析问题数",
        en: "problems of P with an analysis on as_of, by horizon and nature of the one that was current then; \
             the four sum to the analysed",
    },
    Formula {
        figure: "cells.claim_rate",
        zh: "该格问题中首次由单位主动认领的问题数 ÷ 截至统计日已有过主办单位的问题数",
        en: "problems of the cell whose first lead claimed them / those of the cell that had a lead by as_of",
    },
    Formula {
        figure: "analysed",
        zh: "已分析问题数 ÷ 问题数",
        en: "problems of P with an analysis on as_of / P",
    },
];

/// The formulas of the first response. P as in the overview.
pub const FIRST_RESPONSE: &[Formula] = &[
    Formula {
        figure: "p50_minutes",
        zh: "期间内记录的问题中已获首次回应者，自记录至首次回应的工作分钟数（每工作日480分钟）的中位数；尚未回应的问题单列，不计入",
        en: "of the problems of P whose reporter had a first response: the working minutes (480 a working day) from recording \
             to it that half do not exceed; those who still wait are counted beside it",
    },
    Formula {
        figure: "p90_minutes",
        zh: "同上，第90百分位数",
        en: "the same of nine in ten",
    },
];
