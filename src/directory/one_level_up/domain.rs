//! From who is there to who decides: pure.

use uuid::Uuid;

use crate::auth::policy::Role;

/// By which of the three ways something is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By who holds the role.
    Usual,
    /// By a supervisor of another organisation of the same division.
    SameLevel,
    /// Outside: entered with its document.
    Outside,
}

/// The way, of how many may decide: at the level itself, above it, and how many supervisors of other organisations the
/// level has.
pub const fn way(one_level_up: bool, here: usize, above: usize, supervisors_here: usize) -> Way {
    if above > 0 || !one_level_up && here > 0 {
        Way::Usual
    } else if one_level_up && supervisors_here > 0 {
        Way::SameLevel
    } else {
        Way::Outside
    }
}

/// Somebody active who holds a role in the division that is looked from, or above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// How far above: 0 is the division itself.
    pub depth: i64,
    /// In which division.
    pub division: Uuid,
    /// Which role.
    pub role: Role,
    /// In which organisation.
    pub org: Uuid,
    /// Who.
    pub person: Uuid,
}

/// What is to be decided.
#[derive(Clone, Copy, Debug)]
pub struct Matter<'a> {
    /// The roles that decide it.
    pub roles: &'a [Role],
    /// Whether one level above the division that is looked from.
    pub one_level_up: bool,
    /// Whether its time has passed: then the next level decides it too.
    pub overdue: bool,
    /// Who may not: the asker, and who decided before.
    pub never_by: &'a [Uuid],
    /// The organisation whose people may not.
    pub never_of: Option<Uuid>,
    /// The organisation that asks: its own supervisors do not decide instead of the level above.
    pub asked_by: Option<Uuid>,
}

/// Where something is decided, and by which roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Which division.
    pub division: Uuid,
    /// Which roles.
    pub roles: Vec<Role>,
}

/// Who decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deciders {
    /// By which way.
    pub way: Way,
    /// Where; empty where it is decided outside. The first is the one whose affair it is.
    pub seats: Vec<Seat>,
}

impl Matter<'_> {
    fn may(&self, holder: &Holder) -> bool {
        !self.never_by.contains(&holder.person) && self.never_of != Some(holder.org)
    }

    fn is_usual(&self, holder: &Holder) -> bool {
        self.roles.contains(&holder.role) && self.may(holder) && holder.depth >= i64::from(self.one_level_up)
    }

    fn is_instead(&self, holder: &Holder) -> bool {
        holder.depth == 0 && holder.role == Role::Supervisor && self.may(holder) && self.asked_by != Some(holder.org)
    }

    /// Who decides it, of those who hold a role.
    pub fn deciders(&self, holders: &[Holder]) -> Deciders {
        let mut levels: Vec<(i64, Uuid)> = holders
            .iter()
            .filter(|holder| self.is_usual(holder))
            .map(|holder| (holder.depth, holder.division))
            .collect();
        levels.sort_unstable();
        levels.dedup();
        let instead = holders.iter().find(|holder| self.is_instead(holder));
        let here = levels.iter().filter(|(depth, _)| *depth == 0).count();
        let way = way(
            self.one_level_up,
            here,
            levels.len() - here,
            usize::from(instead.is_some()),
        );
        let seats = match (way, instead) {
            (Way::Usual, _) => {
                let levels = levels.into_iter().take(1 + usize::from(self.overdue));
                let seat = |(_, division)| Seat {
                    division,
                    roles: self.roles.to_vec(),
                };
                levels.map(seat).collect()
            }
            (Way::SameLevel, Some(holder)) => vec![Seat {
                division: holder.division,
                roles: vec![Role::Supervisor],
            }],
            _ => Vec::new(),
        };
        Deciders { way, seats }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(number: u8) -> Uuid {
        Uuid::from_u128(u128::from(number))
    }

    fn any_holder() -> impl Strategy<Value = Holder> {
        (
            0_u8..4,
            prop::sample::select(vec![Role::Dispatcher, Role::Supervisor]),
            0_u8..4,
            0_u8..5,
        )
            .prop_map(|(depth, role, org, person)| Holder {
                depth: i64::from(depth),
                division: id(100 + depth),
                role,
                org: id(org),
                person: id(50 + person),
            })
    }

    fn matter<'a>(roles: &'a [Role], one_level_up: bool, never_by: &'a [Uuid]) -> Matter<'a> {
        Matter {
            roles,
            one_level_up,
            overdue: false,
            never_by,
            never_of: None,
            asked_by: Some(id(1)),
        }
    }

    proptest! {
        #[test]
        fn somebody_who_may_sits_in_each_seat_or_it_is_decided_outside(
            holders in prop::collection::vec(any_holder(), 0..10), one_level_up: bool, overdue: bool, supervised: bool,
        ) {
            let roles: &[Role] = if supervised { &[Role::Supervisor] } else { &[Role::Dispatcher] };
            let never_by = [id(50)];
            let matter = Matter { overdue, ..matter(roles, one_level_up, &never_by) };
            let deciders = matter.deciders(&holders);
            prop_assert_eq!(deciders.seats.is_empty(), deciders.way == Way::Outside);
            for seat in &deciders.seats {
                let sits = |holder: &&Holder| holder.division == seat.division && seat.roles.contains(&holder.role) && holder.person != id(50);
                prop_assert!(holders.iter().any(|holder| sits(&holder)));
            }
            // Nearer is nobody: what can be decided at a level does not wait for the one above it.
            let depth = |seat: &Seat| holders.iter().find(|holder| holder.division == seat.division).map(|holder| holder.depth);
            let usual = |holder: &&Holder| roles.contains(&holder.role) && holder.person != id(50) && holder.depth >= i64::from(one_level_up);
            let nearest = holders.iter().filter(usual).map(|holder| holder.depth).min();
            if deciders.way == Way::Usual {
                prop_assert_eq!(deciders.seats.first().and_then(depth), nearest);
                prop_assert!(deciders.seats.len() <= 1 + usize::from(overdue));
            } else {
                prop_assert_eq!(nearest, None);
            }
        }
    }

    #[test]
    fn past_its_time_the_next_level_decides_too() {
        let at = |depth: u8| Holder {
            depth: i64::from(depth),
            division: id(100 + depth),
            role: Role::Dispatcher,
            org: id(depth),
            person: id(50 + depth),
        };
        let holders = [at(0), at(2), at(3)];
        let matter = matter(&[Role::Dispatcher], false, &[]);
        let divisions = |deciders: Deciders| -> Vec<Uuid> { deciders.seats.iter().map(|seat| seat.division).collect() };
        assert_eq!(divisions(matter.deciders(&holders)), [id(100)]);
        let late = Matter {
            overdue: true,
            ..matter
        };
        assert_eq!(divisions(late.deciders(&holders)), [id(100), id(102)]);
    }

    #[test]
    fn a_supervisor_of_the_asking_organisation_does_not_decide_instead() {
        let own = Holder {
            depth: 0,
            division: id(100),
            role: Role::Supervisor,
            org: id(1),
            person: id(50),
        };
        let other = Holder { org: id(2), ..own };
        let matter = matter(&[Role::Dispatcher], true, &[]);
        assert_eq!(matter.deciders(&[own]).way, Way::Outside);
        assert_eq!(matter.deciders(&[own, other]).way, Way::SameLevel);
    }
}
