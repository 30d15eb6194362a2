//! What is said of a service object when it is entered, changed or ended.

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::http::patch::nullable;
use crate::service_objects::domain::{Community, Draft, Enterprise, Household, Place};
use crate::service_objects::words::{CommunityKind, EnterpriseSize, ObjectType, Ownership};

/// A service object to be entered.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "type": "enterprise", "name": "义乌市示例针织有限公司", "division": "330782", "address": "示例路1号",
    "enterprise": { "uscc": "91330782631706691D", "industry_section": "C", "industry_division": "17",
        "size": "small", "ownership": "private" },
}))]
pub struct NewServiceObject {
    /// What it is. The part of that name is required for a household and a community, and no other may come.
    #[serde(rename = "type")]
    pub kind: ObjectType,
    /// Its name, 1 to 200 characters. Required, except that a household without one goes by its alias.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    pub name: Option<String>,
    /// Code of the division in which it lies: a household's village; of a town or village, its own.
    #[schema(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]
    pub division: String,
    /// Address in words, at most 300 characters.
    #[schema(max_length = 300)]
    pub address: Option<String>,
    /// Degrees north, WGS-84, −90 to 90; only with `longitude`.
    #[schema(minimum = -90, maximum = 90)]
    pub latitude: Option<f64>,
    /// Degrees east, WGS-84, −180 to 180; only with `latitude`.
    #[schema(minimum = -180, maximum = 180)]
    pub longitude: Option<f64>,
    /// How hard it has it: 0 none (default) to 3 severe.
    #[schema(minimum = 0, maximum = 3, default = 0)]
    pub hardship: Option<i64>,
    /// Planned interval between contacts, 1 to 366 calendar days.
    #[schema(minimum = 1, maximum = 366)]
    pub contact_cadence_days: Option<i64>,
    /// The organisation that looks after it; must lie in the caller's divisions.
    pub owner_org_id: Option<Uuid>,
    /// Of an enterprise.
    pub enterprise: Option<EnterprisePatch>,
    /// Of a household.
    pub household: Option<HouseholdPatch>,
    /// Of a community.
    pub community: Option<CommunityPatch>,
    /// What the calling client calls it. Where this client has used one of these names before, the object that bears it
    /// is answered with 200, unchanged. Refused from callers that are no clients.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalName>,
}

/// A merge patch (RFC 7396) of a service object. The type never changes.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "hardship": 2, "address": null, "enterprise": { "size": "medium" } }))]
pub struct ServiceObjectPatch {
    /// Its name, 1 to 200 characters.
    #[schema(value_type = String, required = false, min_length = 1, max_length = 200, pattern = r"\S")]
    pub name: Option<String>,
    /// Code of the division in which it lies.
    #[schema(value_type = String, required = false, pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]
    pub division: Option<String>,
    /// Address in words, at most 300 characters.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 300)]
    pub address: Option<Option<String>>,
    /// Degrees north, WGS-84, −90 to 90; only with `longitude`.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<f64>, minimum = -90, maximum = 90)]
    pub latitude: Option<Option<f64>>,
    /// Degrees east, WGS-84, −180 to 180; only with `latitude`.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<f64>, minimum = -180, maximum = 180)]
    pub longitude: Option<Option<f64>>,
    /// How hard it has it: 0 none to 3 severe.
    #[schema(value_type = i64, required = false, minimum = 0, maximum = 3)]
    pub hardship: Option<i64>,
    /// Planned interval between contacts, 1 to 366 calendar days.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 366)]
    pub contact_cadence_days: Option<Option<i64>>,
    /// The organisation that looks after it; must lie in the caller's divisions.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Uuid>)]
    pub owner_org_id: Option<Option<Uuid>>,
    /// Of an enterprise.
    #[schema(value_type = EnterprisePatch, required = false)]
    pub enterprise: Option<EnterprisePatch>,
    /// Of a household.
    #[schema(value_type = HouseholdPatch, required = false)]
    pub household: Option<HouseholdPatch>,
    /// Of a community.
    #[schema(value_type = CommunityPatch, required = false)]
    pub community: Option<CommunityPatch>,
    /// What the calling client calls it: replaces what this client called it before. Refused from callers that are no
    /// clients.
    #[schema(value_type = Vec<ExternalName>, required = false, max_items = 10)]
    pub external_ids: Option<Vec<ExternalName>>,
}

/// What is said of an enterprise; what is absent stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterprisePatch {
    /// Unified social credit code, 18 characters (GB 32100-2015), its check included. Unique in the installation.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40, example = "91330782631706691D")]
    pub uscc: Option<Option<String>>,
    /// True: the code was issued so although its check fails; needs the reason. Refused where the check holds.
    #[schema(value_type = bool, required = false)]
    pub uscc_unverified: Option<bool>,
    /// Why a code that fails its check is kept, 1 to 300 characters.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 300, pattern = r"\S")]
    pub uscc_unverified_reason: Option<Option<String>>,
    /// Section of GB/T 4754-2017, A to T; follows from the division where that is given alone.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, pattern = "^[A-T]$", example = "C")]
    pub industry_section: Option<Option<String>>,
    /// Division of GB/T 4754-2017, 01 to 97, one of the section's.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, pattern = "^(0[1-9]|[1-8][0-9]|9[0-7])$", example = "18")]
    pub industry_division: Option<Option<String>>,
    /// Its size.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<EnterpriseSize>)]
    pub size: Option<Option<EnterpriseSize>>,
    /// Who owns it.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Ownership>)]
    pub ownership: Option<Option<Ownership>>,
    /// 明星企业: everybody visits it (S-29).
    #[schema(value_type = bool, required = false)]
    pub is_star: Option<bool>,
}

/// What is said of a household.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HouseholdPatch {
    /// What it is called wherever its name is not needed, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S", example = "王姓农户")]
    pub alias: String,
}

/// What is said of a community.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommunityPatch {
    /// What it is.
    pub kind: CommunityKind,
}

/// What a client's system calls an object.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternalName {
    /// The client's name for its system or table, 1 to 60 characters.
    #[schema(min_length = 1, max_length = 60, pattern = r"\S", example = "erp")]
    pub system: String,
    /// The key there, 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "10042")]
    pub value: String,
}

/// Why an object ends.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "企业已注销" }))]
pub struct EndServiceObject {
    /// Why, 1 to 500 characters.
    #[schema(min_length = 1, max_length = 500, pattern = r"\S")]
    pub reason: String,
}

impl NewServiceObject {
    /// The blank object that is meant, and what to put into it.
    pub fn into_patch(self) -> (Draft, ServiceObjectPatch) {
        let patch = ServiceObjectPatch {
            name: self.name,
            division: Some(self.division),
            address: Some(self.address),
            latitude: Some(self.latitude),
            longitude: Some(self.longitude),
            hardship: self.hardship,
            contact_cadence_days: Some(self.contact_cadence_days),
            owner_org_id: Some(self.owner_org_id),
            enterprise: self.enterprise,
            household: self.household,
            community: self.community,
            external_ids: Some(self.external_ids),
        };
        (Draft::blank(self.kind), patch)
    }
}

impl ServiceObjectPatch {
    /// Puts what is said into a draft.
    pub fn apply(self, draft: &mut Draft) {
        set(&mut draft.name, self.name);
        set(&mut draft.place, self.division.map(Place::Code));
        set(&mut draft.address, self.address);
        set(&mut draft.latitude, self.latitude);
        set(&mut draft.longitude, self.longitude);
        set(&mut draft.hardship, self.hardship);
        set(&mut draft.contact_cadence_days, self.contact_cadence_days);
        set(&mut draft.owner_org_id, self.owner_org_id);
        if let Some(enterprise) = self.enterprise {
            enterprise.apply(draft.enterprise.get_or_insert_default());
        }
        if let Some(household) = self.household {
            draft.household = Some(Household { alias: household.alias });
        }
        if let Some(community) = self.community {
            draft.community = Some(Community { kind: community.kind });
        }
    }
}

impl EnterprisePatch {
    fn apply(self, enterprise: &mut Enterprise) {
        // A code that is right again needs no reason any more.
        if self.uscc_unverified == Some(false) {
            enterprise.uscc_unverified_reason = None;
        }
        // A new division brings its section along.
        if matches!(&self.industry_division, Some(Some(_))) && self.industry_section.is_none() {
            enterprise.industry_section = None;
        }
        set(&mut enterprise.uscc, self.uscc);
        set(&mut enterprise.uscc_unverified, self.uscc_unverified);
        set(&mut enterprise.uscc_unverified_reason, self.uscc_unverified_reason);
        set(&mut enterprise.industry_section, self.industry_section);
        set(&mut enterprise.industry_division, self.industry_division);
        set(&mut enterprise.size, self.size);
        set(&mut enterprise.ownership, self.ownership);
        set(&mut enterprise.is_star, self.is_star);
    }
}

fn set<T>(field: &mut T, said: Option<T>) {
    if let Some(value) = said {
        *field = value;
    }
}
