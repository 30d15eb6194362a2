//! Which tokens are behind the times.

use super::{give_passwords, me, refresh, sign_in};
use crate::auth::accounts::bump_rights;
use crate::auth::rights::Rights;
use crate::on_both;
use crate::test_support::seed;

on_both! {
    async fn a_right_that_ends_makes_the_token_stale_within_one_look(world: World) {
        give_passwords(&world, &["officer"]).await;
        let answer = sign_in(&world, "officer").await;
        let now = world.app.real_clock.now();
        let mut tx = world.app.db.begin().await.expect("a transaction");
        // As another process does it: this one is not told.
        bump_rights(&mut tx, seed::member("officer").person, now).await.expect("a number");
        tx.commit().await.expect("a commit");
        me(&world, &answer).await.expect(200);
        world.look_at_rights().await.expect("a look");
        me(&world, &answer).await.expect_error(401, "token_stale");
        me(&world, &refresh(&world, &answer).await.expect(200)).await.expect(200);
    }

    async fn what_a_process_was_told_is_not_forgotten_before_the_database_says_it(world: World) {
        let (rights, caller) = (Rights::default(), world.app.tokens.verify(&world.token("officer"), world.app.real_clock.now()));
        let (caller, now) = (caller.expect("a caller"), world.app.real_clock.now());
        rights.check(&caller).expect("nothing is known");
        rights.family_ended(caller.family, now);
        rights.refresh(&world.app.db, now, world.app.clock.now()).await.expect("a look");
        rights.check(&caller).expect_err("ended");
        let rights = Rights::default();
        rights.rights_changed(caller.subject, caller.rights);
        rights.check(&caller).expect("made from these very rights");
        rights.rights_changed(caller.subject, caller.rights + 1);
        rights.check(&caller).expect_err("behind");
    }
}
