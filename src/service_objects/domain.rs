//! What a service object is, and what may be said of it: pure.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::industry::Section;
use super::uscc::{Uscc, UsccFault};
use super::words::{CommunityKind, EnterpriseSize, ObjectType, Ownership};
use crate::directory::words::Level;
use crate::error::{Fault, FaultCode, Text};

/// What only an enterprise has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Enterprise {
    /// Unified social credit code, 18 characters (GB 32100-2015); null: not known yet.
    #[schema(required, example = "91330782631706691D")]
    pub uscc: Option<String>,
    /// True: the code's own check fails, and the reason says why it is kept.
    pub uscc_unverified: bool,
    /// Why a code that fails its check is kept.
    #[schema(required)]
    pub uscc_unverified_reason: Option<String>,
    /// Section of GB/T 4754-2017, A to T.
    #[schema(required, example = "C")]
    pub industry_section: Option<String>,
    /// Division of GB/T 4754-2017, 01 to 97, one of its section's.
    #[schema(required, example = "18")]
    pub industry_division: Option<String>,
    /// Its size.
    #[schema(required)]
    pub size: Option<EnterpriseSize>,
    /// Who owns it.
    #[schema(required)]
    pub ownership: Option<Ownership>,
    /// 明星企业: everybody visits it, so visits to it are watched for concentration (S-29).
    pub is_star: bool,
}

/// What only a household has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Household {
    /// What it is called wherever its name is not needed.
    #[schema(example = "王姓农户（后宅街道）")]
    pub alias: String,
}

/// What only a community has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Community {
    /// What it is.
    pub kind: CommunityKind,
}

/// Where an object lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a division that has been looked up.
    Known {
        /// Row id.
        id: Uuid,
        /// Its level.
        level: Level,
    },
    /// In the division of this code, not looked up yet.
    Code(String),
}

/// A service object being written: what it is to be, checked by [`Draft::settle`].
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// What it is; never changes.
    pub kind: ObjectType,
    /// Its name; a household without one goes by its alias.
    pub name: String,
    /// Where it lies.
    pub place: Place,
    /// Address in words.
    pub address: Option<String>,
    /// WGS-84 degrees north.
    pub latitude: Option<f64>,
    /// WGS-84 degrees east.
    pub longitude: Option<f64>,
    /// 0 none to 3 severe.
    pub hardship: i64,
    /// Planned interval between contacts, calendar days.
    pub contact_cadence_days: Option<i64>,
    /// Who looks after it.
    pub owner_org_id: Option<Uuid>,
    /// Of an enterprise.
    pub enterprise: Option<Enterprise>,
    /// Of a household.
    pub household: Option<Household>,
    /// Of a community.
    pub community: Option<Community>,
}

impl Draft {
    /// An object of which only the type is said.
    pub fn blank(kind: ObjectType) -> Self {
        Self {
            kind,
            name: String::new(),
            place: Place::Code(String::new()),
            address: None,
            latitude: None,
            longitude: None,
            hardship: 0,
            contact_cadence_days: None,
            owner_org_id: None,
            enterprise: (kind == ObjectType::Enterprise).then(Enterprise::default),
            household: None,
            community: None,
        }
    }

    /// Puts what was said into its one written form, and names every fault.
    pub fn settle(&mut self) -> Vec<Fault> {
        let mut faults = self.faults_of_type();
        if let Some(household) = &mut self.household {
            household.alias = household.alias.trim().to_owned();
            if self.kind == ObjectType::Household && self.name.trim().is_empty() {
                self.name.clone_from(&household.alias);
            }
        }
        self.name = self.name.trim().to_owned();
        if self.name.is_empty() && self.kind != ObjectType::Household {
            faults.push(Fault::new("/name", FaultCode::Required));
        }
        match (self.latitude, self.longitude) {
            (Some(_), None) => faults.push(Fault::new("/longitude", FaultCode::Required)),
            (None, Some(_)) => faults.push(Fault::new("/latitude", FaultCode::Required)),
            _ => {}
        }
        if let Some(enterprise) = &mut self.enterprise {
            faults.extend(enterprise.settle());
        }
        faults.extend(self.fault_of_level());
        faults
    }

    /// What belongs to another type, and what this type cannot be without.
    fn faults_of_type(&self) -> Vec<Fault> {
        let parts = [
            (ObjectType::Enterprise, "/enterprise", self.enterprise.is_some()),
            (ObjectType::Household, "/household", self.household.is_some()),
            (ObjectType::Community, "/community", self.community.is_some()),
        ];
        let fault = |(kind, pointer, is_there): (ObjectType, &'static str, bool)| match (kind == self.kind, is_there) {
            (true, false) => Some(Fault::new(pointer, FaultCode::Required)),
            (false, true) => Some(Fault::new(pointer, FaultCode::Conflict)),
            _ => None,
        };
        parts.into_iter().filter_map(fault).collect()
    }

    /// A household lies in a village; a town or village is its own division; a firm may lie anywhere.
    fn fault_of_level(&self) -> Option<Fault> {
        let Place::Known { level, .. } = self.place else {
            return None;
        };
        let allowed: &[Level] = match (self.kind, &self.community) {
            (ObjectType::Household, _) => &[Level::Village],
            (ObjectType::Community, Some(community)) => match community.kind {
                CommunityKind::Town => &[Level::Town],
                CommunityKind::Village => &[Level::Village],
                CommunityKind::Neighbourhood => &[Level::County, Level::Town, Level::Village],
            },
            _ => Level::ALL,
        };
        (!allowed.contains(&level)).then(|| Fault::new("/division", FaultCode::WrongLevel))
    }

    /// The division that this community is, where it is one: no other object may be the same.
    pub fn unit_division(&self) -> Option<Uuid> {
        match (&self.place, &self.community) {
            (Place::Known { id, .. }, Some(community)) if community.kind != CommunityKind::Neighbourhood => Some(*id),
            _ => None,
        }
    }

    /// The names of the fields in which two drafts of one object differ, for its event.
    pub fn changes(&self, after: &Self) -> Vec<&'static str> {
        [
            ("name", self.name != after.name),
            ("division", self.place != after.place),
            ("address", self.address != after.address),
            (
                "position",
                (self.latitude, self.longitude) != (after.latitude, after.longitude),
            ),
            ("hardship", self.hardship != after.hardship),
            (
                "contact_cadence_days",
                self.contact_cadence_days != after.contact_cadence_days,
            ),
            ("owner_org", self.owner_org_id != after.owner_org_id),
            ("enterprise", self.enterprise != after.enterprise),
            ("household", self.household != after.household),
            ("community", self.community != after.community),
        ]
        .into_iter()
        .filter_map(|(name, differs)| differs.then_some(name))
        .collect()
    }
}

impl Enterprise {
    fn settle(&mut self) -> Vec<Fault> {
        let mut faults = self.settle_uscc();
        let section = self.industry_section.as_deref().and_then(Section::parse);
        match (section, &self.industry_division) {
            (Some(section), Some(division)) if !section.contains(division) => {
                faults.push(Fault::new("/enterprise/industry_division", FaultCode::SectionMismatch));
            }
            // The division names its section.
            (None, Some(division)) => {
                self.industry_section = Section::of_division(division).map(|section| section.code.to_string());
            }
            _ => {}
        }
        faults
    }

    fn settle_uscc(&mut self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut refuse = |pointer, code| faults.push(Fault::new(pointer, code));
        match (self.uscc_unverified, &self.uscc_unverified_reason) {
            (true, None) => refuse("/enterprise/uscc_unverified_reason", FaultCode::Required),
            (false, Some(_)) => refuse("/enterprise/uscc_unverified_reason", FaultCode::Conflict),
            _ => {}
        }
        let Some(text) = &self.uscc else {
            if self.uscc_unverified {
                refuse("/enterprise/uscc", FaultCode::Required);
            }
            return faults;
        };
        let code = if self.uscc_unverified {
            Uscc::parse_unverified(text)
        } else {
            Uscc::parse(text)
        };
        match code {
            Ok(code) => {
                // The flag would say of a right code that it is wrong.
                if self.uscc_unverified && code.is_verified() {
                    refuse("/enterprise/uscc_unverified", FaultCode::Conflict);
                }
                self.uscc = Some(code.into());
            }
            Err(fault) => faults.push(Fault::because(
                "/enterprise/uscc",
                FaultCode::CreditCode,
                in_words(fault),
            )),
        }
        faults
    }
}

fn in_words(fault: UsccFault) -> Text {
    let zh = match fault {
        UsccFault::Length => "统一社会信用代码为18位".to_owned(),
        UsccFault::Character { position } => format!("第{position}位字符有误"),
        UsccFault::Registrar => "第1位不是登记管理部门代码".to_owned(),
        UsccFault::CheckDigit { expected } => {
            format!("校验码应为{expected}；如代码确系如此核发，请置 uscc_unverified 并说明理由")
        }
    };
    let en = match fault {
        UsccFault::CheckDigit { .. } => {
            format!("{fault}; if the code was issued so, set uscc_unverified and give the reason")
        }
        UsccFault::Length | UsccFault::Character { .. } | UsccFault::Registrar => fault.to_string(),
    };
    Text::new(zh, en)
}
