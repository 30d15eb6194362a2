//! The figures that everybody may read: those of `metrics`, of fewer kinds.

use super::dto::{PublicOverview, PublicOverviewParams, PublicRatio, PublicSatisfaction};
use super::store::shown;
use crate::app::App;
use crate::directory::shipped::division_id;
use crate::error::ApiResult;
use crate::metrics::domain::Period;
use crate::metrics::dto::{FigureParams, Ratio, Satisfaction, VisitParams};
use crate::metrics::overview::Sums;
use crate::metrics::question::understand;
use crate::metrics::store::figures::figures;
use crate::metrics::store::{Words, meaning};

/// The province, whose figures are asked for where none are named.
const PROVINCE: &str = "330000";
/// A rate of fewer tells of single people.
const FEWEST: i64 = 5;

/// The figures of the province, a city or a county up to today.
///
/// # Errors
/// 422 `unknown_reference` for a division, campaign or year that is none.
pub async fn overview(app: &App, asked: PublicOverviewParams) -> ApiResult<PublicOverview> {
    let visits = VisitParams::default();
    let figure = FigureParams {
        division: asked.division.clone(),
        campaign: asked.campaign.clone(),
        year: asked.year,
        ..FigureParams::default()
    };
    let words = Words {
        division: asked.division.as_deref().unwrap_or(PROVINCE),
        within: &[division_id(PROVINCE, None)],
        campaign: asked.campaign.as_deref(),
        year: asked.year,
        categories: &[],
        modes: &[],
    };
    let period = Period::new(None, None, app.clock.today())?;
    let question = understand(&figure, &visits, meaning(&app.db, words).await?, period)?;
    let published = shown::count_within(&app.db, question.division.id, app.clock.now()).await?;
    let sums = Sums::of(figures(&app.db, &question.filters).await?);
    let total = sums.total();
    Ok(PublicOverview {
        division: question.division.into(),
        campaign: asked.campaign,
        year: asked.year,
        as_of: question.filters.period.as_of,
        status: question.status,
        illustrative: question.illustrative,
        problems: total.problems(),
        finally_solved_rate: of_enough(total.finally_solved_rate()),
        completion_rate: of_enough(total.completion_rate()),
        confirmed: of_enough(total.confirmed()),
        satisfaction: satisfaction(total.satisfaction()),
        visits: total.visits(),
        counties: total.counties(),
        published,
    })
}

fn satisfaction(of_all: Satisfaction) -> PublicSatisfaction {
    PublicSatisfaction {
        mean: of_ratings(of_all.mean),
        satisfied: of_ratings(of_all.satisfied),
        response_rate: of_ratings(of_all.response_rate),
    }
}

/// A rate without its value where it is one of too few; the counts stay.
fn of_enough(rate: Ratio) -> Ratio {
    let value = rate.value.filter(|_| rate.denominator >= FEWEST);
    Ratio { value, ..rate }
}

/// The same without the counts: the sum of three ratings tells what each was.
fn of_ratings(rate: Ratio) -> PublicRatio {
    let is_enough = rate.denominator >= FEWEST;
    PublicRatio {
        numerator: Some(rate.numerator).filter(|_| is_enough),
        denominator: Some(rate.denominator).filter(|_| is_enough),
        value: rate.value.filter(|_| is_enough),
    }
}

#[cfg(test)]
mod tests {
    use super::of_ratings;
    use crate::metrics::dto::Ratio;

    #[test]
    fn the_ratings_of_few_are_not_told() {
        let few = of_ratings(Ratio::of(11, 3));
        assert!(few.numerator.is_none() && few.denominator.is_none() && few.value.is_none());
        let enough = of_ratings(Ratio::of(20, 5));
        assert_eq!(
            (enough.numerator, enough.denominator, enough.value.is_some()),
            (Some(20), Some(5), true)
        );
    }
}
