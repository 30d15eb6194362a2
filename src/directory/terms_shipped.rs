//! The terms that every installation begins with: the taxonomies of the speech, as data.
//!
//! A term is a row from the first day, valid from 2019-01-01; administrators add, end and rename terms at run time, and
//! the lists below are where they begin (the speech's 等方面 says that its lists are open). Kind, code and audience are
//! the words of the database and the API. What other terms name as their parent is a heading: it groups figures and is
//! not chosen. Sources: categories S-15 to S-17, visit modes S-04, kinds of place S-61, causes S-53, measures S-54,
//! goals S-11, reasons S-33, S-35, S-81 and the holds of the state machine.

use chrono::NaiveDate;
use uuid::Uuid;

use super::stable_id::stable_id;

#[cfg(test)]
mod tests;

/// The day from which the shipped terms are valid, 2019-01-01.
pub const VALID_FROM: NaiveDate = match NaiveDate::from_ymd_opt(2019, 1, 1) {
    Some(date) => date,
    None => NaiveDate::MIN,
};

/// A term as shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShippedTerm {
    /// `category`, `cause`, `visit_mode`, `place_kind`, `measure_type`, `reason` or `goal`.
    pub kind: &'static str,
    /// Unique within the kind.
    pub code: &'static str,
    /// `enterprise`, `masses` or `grassroots`, where the term is for one of them only.
    pub audience: Option<&'static str>,
    /// The code of its heading, of the same kind.
    pub parent: Option<&'static str>,
    /// The Chinese label.
    pub zh: &'static str,
    /// The English label.
    pub en: &'static str,
    /// Place within the kind, ascending: in steps of 10, so that others can be put between.
    pub sort_order: u16,
}

/// All shipped terms, by kind and in the order in which they are shown.
#[rustfmt::skip] // a term a line
pub const SHIPPED_TERMS: &[ShippedTerm] = &[
    // What enterprises report (S-15)
    category("enterprise", 10, "E01", "引进高端人才和专业技术人才", "Attracting high-end and specialist talent"),
    category("enterprise", 20, "E02", "加大金融支持", "More financial support"),
    category("enterprise", 30, "cost", "降低成本", "Lower costs"),
    category("enterprise", 40, "E03", "降低用工成本", "Lower labour costs").under("cost"),
    category("enterprise", 50, "E04", "降低运输成本", "Lower transport costs").under("cost"),
    category("enterprise", 60, "E05", "能源“双控”", "Dual control of energy use"),
    category("enterprise", 70, "E06", "完善单项冠军培育机制", "Cultivation of single-product champions"),
    category("enterprise", 80, "E07", "注重企业家队伍培育", "Cultivation of entrepreneurs"),
    category("enterprise", 90, "E99", "其他企业问题", "Other enterprise problems"),
    // What people report (S-16)
    category("masses", 110, "M01", "支持发展民宿等富民产业", "Homestays and other trades that bring prosperity"),
    category("masses", 120, "M02", "异地就医", "Medical care away from home"),
    category("masses", 130, "M03", "老旧小区加装电梯", "Lifts in old residential estates"),
    category("masses", 140, "M04", "推进城乡教育融合发展", "Integration of urban and rural education"),
    category("masses", 150, "M99", "其他群众问题", "Other problems of the people"),
    // What the grassroots report (S-17)
    category("grassroots", 210, "G01", "支持生态功能区加快发展", "Faster development of ecological function areas"),
    category("grassroots", 220, "G02", "重视村集体经济发展", "Development of village collective economies"),
    category("grassroots", 230, "G03", "推动“最多跑一次”改革向村一级延伸", "“Run at most once” reform down to the village"),
    category("grassroots", 240, "G04", "加强街道人大工作", "People's congress work in subdistricts"),
    category("grassroots", 250, "G05", "出台发展设施农业政策", "Policy for protected agriculture"),
    category("grassroots", 260, "G99", "其他基层问题", "Other grassroots problems"),
    // Why it is so (S-53)
    term("cause", 10, "schooling", "子女入学", "Schooling of children"),
    term("cause", 20, "industry_mismatch", "人才引进与产业发展不适应", "Talent does not match local industry"),
    term("cause", 30, "credential_recognition", "学历认证手续烦、时间长", "Slow recognition of academic credentials"),
    term("cause", 40, "other", "其他原因", "Other causes"),
    // How a visit is made (S-04)
    term("visit_mode", 10, "site_visit", "实地走访", "Site visit"),
    term("visit_mode", 20, "symposium", "座谈会", "Symposium"),
    term("visit_mode", 30, "on_site_office", "现场办公", "Office hours on site"),
    term("visit_mode", 40, "household_visit", "入户走访", "Household visit"),
    term("visit_mode", 50, "remote", "远程服务", "Remote service"),
    term("visit_mode", 60, "other", "其他形式", "Other form"),
    // Where it is made (S-61)
    term("place_kind", 10, "office", "机关办公场所", "Government office"),
    term("place_kind", 20, "factory", "厂矿车间", "Factory or workshop"),
    term("place_kind", 30, "field", "田间地头", "Field"),
    term("place_kind", 40, "village", "村", "Village"),
    term("place_kind", 50, "community", "社区", "Community"),
    term("place_kind", 60, "household", "农户、家庭", "Household"),
    term("place_kind", 70, "site", "项目工地", "Project site"),
    // What is done about it (S-54)
    term("measure_type", 10, "build_platform", "搭建平台", "Build a platform"),
    term("measure_type", 20, "implement_policy", "落实政策", "Implement a policy"),
    term("measure_type", 30, "green_channel", "开通绿色通道", "Open a green channel"),
    term("measure_type", 40, "other", "其他举措", "Other measure"),
    // Why a department gives a problem back (S-35, S-36)
    term("reason", 10, "return", "退回理由", "Reasons to return"),
    term("reason", 20, "not_competent", "不属于本单位职责", "Not within this organisation's duties").under("return"),
    term("reason", 30, "outside_area", "不属于本单位管辖区域", "Outside this organisation's area").under("return"),
    term("reason", 40, "other_lead", "应由其他单位牵头", "Another organisation should lead").under("return"),
    term("reason", 50, "already_handled", "同一事项已在办理", "The same matter is already being handled").under("return"),
    // Why work pauses: the four causes that lie outside the handler's power, and no other
    term("reason", 110, "hold", "挂起理由", "Reasons to hold"),
    term("reason", 120, "legal", "法定程序尚未完成", "A legal procedure is pending").under("hold"),
    term("reason", 130, "external", "受外部条件制约", "Depends on outside conditions").under("hold"),
    term("reason", 140, "season", "受季节、气候限制", "Season or weather").under("hold"),
    term("reason", 150, "funding", "资金尚未到位", "Funds are not yet there").under("hold"),
    // Why a problem is not taken on (S-33)
    term("reason", 210, "decline", "不予办理理由", "Reasons to decline"),
    term("reason", 220, "unlawful", "诉求不符合法律法规", "Against law or regulation").under("decline"),
    term("reason", 230, "larger_interest", "局部利益服从整体利益", "The larger interest stands against it").under("decline"),
    term("reason", 240, "not_feasible", "现阶段不具备条件", "Not feasible at this stage").under("decline"),
    term("reason", 250, "legal_remedy", "依法应通过诉讼、仲裁、复议等途径解决", "For a court, arbitration or review").under("decline"),
    // Why a comment is hidden: for the law and for privacy, and for nothing else (S-81)
    term("reason", 310, "hide", "隐藏评论理由", "Reasons to hide a comment"),
    term("reason", 320, "unlawful_content", "内容违反法律法规", "Its content is against the law").under("hide"),
    term("reason", 330, "personal_privacy", "泄露个人隐私", "It discloses what is private").under("hide"),
    term("reason", 340, "secrecy", "泄露国家秘密、商业秘密", "It discloses a secret of the State or of a business").under("hide"),
    // To what end (S-11)
    term("goal", 10, "stabilise_enterprises", "稳企业", "Stabilise enterprises"),
    term("goal", 20, "increase_momentum", "增动能", "Increase momentum"),
    term("goal", 30, "keep_safe", "保平安", "Keep people safe"),
];

/// The id of a shipped term, the same in every installation.
pub fn term_id(kind: &str, code: &str) -> Uuid {
    stable_id("term", &format!("{kind}:{code}"))
}

const fn category(
    audience: &'static str,
    sort_order: u16,
    code: &'static str,
    zh: &'static str,
    en: &'static str,
) -> ShippedTerm {
    ShippedTerm {
        audience: Some(audience),
        ..term("category", sort_order, code, zh, en)
    }
}

const fn term(
    kind: &'static str,
    sort_order: u16,
    code: &'static str,
    zh: &'static str,
    en: &'static str,
) -> ShippedTerm {
    ShippedTerm {
        kind,
        code,
        audience: None,
        parent: None,
        zh,
        en,
        sort_order,
    }
}

impl ShippedTerm {
    /// The same term under this heading.
    const fn under(self, heading: &'static str) -> Self {
        Self {
            parent: Some(heading),
            ..self
        }
    }

    /// Its id, see [`term_id`].
    pub fn id(&self) -> Uuid {
        term_id(self.kind, self.code)
    }

    /// Whether it groups others and is not chosen itself.
    pub fn is_heading(&self) -> bool {
        SHIPPED_TERMS
            .iter()
            .any(|other| other.kind == self.kind && other.parent == Some(self.code))
    }
}
