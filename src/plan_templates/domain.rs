//! What a template holds, and when a plan says the same. Pure.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A measure of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateMeasure {
    /// Code of a term of kind `measure_type`.
    pub r#type: String,
    /// What is done.
    pub text: String,
    /// The policy that it implements.
    pub policy_ref: Option<String>,
}

/// A step of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateStep {
    /// What is done.
    pub text: String,
    /// What will be there then.
    pub expected_result: String,
    /// By which working day after the plan was begun, from 1.
    pub working_days: u32,
}

/// The measures and steps of a template, or of a plan that is held against one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateContent {
    /// The measures.
    pub measures: Vec<TemplateMeasure>,
    /// The steps.
    pub steps: Vec<TemplateStep>,
}

impl TemplateContent {
    /// Whether both say the same: measures and steps word for word, but for spaces at the ends. Their order, by when a
    /// step is due, who does it, and for how many problems it is planned make no difference.
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.said() == other.said()
    }

    fn said(&self) -> (BTreeSet<[&str; 3]>, BTreeSet<[&str; 2]>) {
        let measures = self.measures.iter().map(|of| {
            let policy = of.policy_ref.as_deref().unwrap_or_default();
            [of.r#type.as_str(), of.text.trim(), policy.trim()]
        });
        let steps = self.steps.iter().map(|of| [of.text.trim(), of.expected_result.trim()]);
        (measures.collect(), steps.collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{TemplateContent, TemplateMeasure, TemplateStep};

    fn content(measures: &[String], steps: &[(String, u32)]) -> TemplateContent {
        TemplateContent {
            measures: measures
                .iter()
                .map(|text| TemplateMeasure {
                    r#type: "other".to_owned(),
                    text: text.clone(),
                    policy_ref: None,
                })
                .collect(),
            steps: steps
                .iter()
                .map(|(text, working_days)| TemplateStep {
                    text: text.clone(),
                    expected_result: "办成".to_owned(),
                    working_days: *working_days,
                })
                .collect(),
        }
    }

    proptest! {
        #[test]
        fn order_and_days_make_no_difference_and_any_word_does(
            measures in prop::collection::vec("[\\p{Han}]{1,8}", 0..4),
            steps in prop::collection::vec(("[\\p{Han}]{1,8}", 1_u32..30), 1..5),
            at in any::<prop::sample::Index>(),
        ) {
            let template = content(&measures, &steps);
            let mut turned: Vec<_> = steps.iter().map(|(text, days)| (format!(" {text}"), days + 1)).collect();
            turned.reverse();
            prop_assert!(template.says_the_same(&content(&measures, &turned)));
            // No step of nine characters is drawn, so this one says what none did.
            let changed = at.index(turned.len());
            turned[changed].0 = "一二三四五六七八九".to_owned();
            prop_assert!(!template.says_the_same(&content(&measures, &turned)));
            prop_assert!(!template.says_the_same(&TemplateContent::default()));
        }
    }
}
