//! The closed sets of words that a service object is described in.

use crate::text_enum;

/// The kind of these objects in `external_id`, and the aggregate of their events.
pub const KIND: &str = "service_object";

text_enum! {
    /// What is served.
    pub enum ObjectType {
        Enterprise = "enterprise" / "企业" / "an enterprise",
        Household = "household" / "农户、家庭" / "a household",
        Community = "community" / "镇村社区" / "a town, village or neighbourhood",
    }
}

text_enum! {
    /// The size of an enterprise, by the statistical classes (统计上大中小微型企业划分办法).
    pub enum EnterpriseSize {
        Large = "large" / "大型" / "large",
        Medium = "medium" / "中型" / "medium",
        Small = "small" / "小型" / "small",
        Micro = "micro" / "微型" / "micro",
    }
}

text_enum! {
    /// Who owns an enterprise.
    pub enum Ownership {
        State = "state" / "国有" / "state-owned",
        Collective = "collective" / "集体" / "collective",
        Private = "private" / "民营" / "private",
        Foreign = "foreign" / "外资" / "foreign",
        Mixed = "mixed" / "混合" / "mixed",
        Other = "other" / "其他" / "other",
    }
}

text_enum! {
    /// What a community is.
    pub enum CommunityKind {
        Town = "town" / "乡镇、街道" / "a town or subdistrict",
        Village = "village" / "村、社区" / "a village or residents' committee",
        Neighbourhood = "neighbourhood" / "小区" / "a neighbourhood without a code of its own",
    }
}
