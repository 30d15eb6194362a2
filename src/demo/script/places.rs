//! The 52 counties of the speech, chosen among the 87 that exist in 2019 and in 2023, with three villages and one
//! community each. Towns, villages and their codes are those of 2023-06-30.

/// A village or community and what it lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) county_code: &'static str,
    pub(super) county: &'static str,
    pub(super) town: &'static str,
    /// Twelve digits.
    pub(super) code: &'static str,
    pub(super) name: &'static str,
}

impl Place {
    /// The nine digits of the town.
    pub(super) fn town_code(&self) -> &'static str {
        self.code.get(..9).unwrap_or(self.code)
    }
}

/// A county with its villages and its community.
#[derive(Clone, Debug)]
pub(super) struct County {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) villages: Vec<Place>,
    pub(super) community: Place,
}

impl County {
    /// Whether the community lies in a sub-district (街道), which alone has a people's congress working committee.
    pub(super) fn has_street(&self) -> bool {
        self.community.town.ends_with("街道")
    }
}

pub(super) const TABLE: &str = include_str!("places.txt");

/// The counties in the order of their codes.
pub(super) fn counties() -> Vec<County> {
    let mut counties = Vec::new();
    let mut villages = Vec::new();
    for line in TABLE.lines() {
        let Some((place, is_community)) = parse(line) else {
            continue;
        };
        if is_community {
            // The community closes its county's block of the table.
            let villages = std::mem::take(&mut villages);
            counties.push(County {
                code: place.county_code,
                name: place.county,
                villages,
                community: place,
            });
        } else {
            villages.push(place);
        }
    }
    counties
}

fn parse(line: &'static str) -> Option<(Place, bool)> {
    let mut cells = line.split(',');
    let _city = cells.next()?;
    let county_code = cells.next().filter(|code| code.len() == 6)?;
    let county = cells.next()?;
    let town = cells.next()?;
    let place = Place {
        county_code,
        county,
        town,
        code: cells.next()?,
        name: cells.next()?,
    };
    Some((place, cells.next()? == "community"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_to_the_last_line() {
        let counties = counties();
        assert_eq!(counties.len(), 52);
        assert!(counties.iter().all(|county| county.villages.len() == 3));
        assert!(counties.is_sorted_by_key(|county| county.code));
        for county in &counties {
            for place in county.villages.iter().chain([&county.community]) {
                assert_eq!(place.code.len(), 12);
                assert!(place.code.starts_with(county.code), "{place:?}");
            }
        }
        assert_eq!(TABLE.lines().count(), 1 + 52 * 4);
    }
}
