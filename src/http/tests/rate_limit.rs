//! How many requests a caller may send, through the whole gate.

use crate::on_both;

const SCRAPER: &str = "203.0.113.9";

on_both! {
    async fn a_scraper_is_told_to_wait_and_then_let_in_again(world: World) {
        let world = world.with_settings(|settings| settings.rate_limit_public = 2).await;
        for left in ["\"address\";r=5999;t=1, \"public\";r=1;t=30", "\"address\";r=5998;t=1, \"public\";r=0;t=60"] {
            let answer = world.get("/meta/errors").sent_from(SCRAPER).send().await;
            assert_eq!((answer.status, answer.headers["ratelimit"].as_str()), (200, left));
            assert_eq!(answer.headers["ratelimit-policy"], "\"address\";q=6000;w=60, \"public\";q=2;w=60");
        }
        let refused = world.get("/meta/errors").sent_from(SCRAPER).header("Accept-Language", "en").send().await;
        assert_eq!((refused.headers["retry-after"].as_str(), refused.headers["content-type"].as_str()), ("30", "application/problem+json"));
        assert_eq!(refused.headers["ratelimit"], "\"address\";r=5997;t=1, \"public\";r=0;t=60");
        let body = refused.expect(429);
        assert_eq!((&body["code"], &body["violated_policies"][0], &body["title"]), (&"rate_limited".into(), &"public".into(), &"Too many requests: try again later".into()));
        // Whoever is somebody else is not kept waiting: another address, a token, a probe.
        world.get("/meta/errors").sent_from("203.0.113.10").send().await.expect(200);
        world.get("/problems").by("dispatcher").sent_from(SCRAPER).send().await.expect(200);
        assert_eq!(world.call(actix_web::http::Method::GET, "/healthz").sent_from(SCRAPER).send().await.status, 200);
        world.app.real_clock.set(world.app.real_clock.now().plus_seconds(30));
        world.get("/meta/errors").sent_from(SCRAPER).send().await.expect(200);
        world.get("/meta/errors").sent_from(SCRAPER).send().await.expect_error(429, "rate_limited");
    }
}

on_both! {
    async fn a_forged_forwarded_address_is_no_way_around(world: World) {
        let world = world.with_settings(|settings| {
            settings.rate_limit_public = 1;
            settings.trusted_proxies = vec!["10.0.0.0/8".parse().expect("a network")];
        }).await;
        let from = |peer: &'static str, forwarded: &'static str| world.get("/meta/errors").sent_from(peer).header("X-Forwarded-For", forwarded).send();
        from(SCRAPER, "198.51.100.1").await.expect(200);
        from(SCRAPER, "198.51.100.2").await.expect_error(429, "rate_limited");
        // Behind a proxy of ours the right-most foreign address counts, whatever was written left of it.
        from("10.0.0.1", "198.51.100.7").await.expect(200);
        from("10.0.0.2", "1.2.3.4, 198.51.100.7").await.expect_error(429, "rate_limited");
        from("10.0.0.1", "198.51.100.8").await.expect(200);
    }
}

on_both! {
    async fn who_guesses_tokens_or_paths_is_counted_too(world: World) {
        let world = world.with_settings(|settings| {
            settings.rate_limit_address = 4;
            settings.rate_limit_token = 1;
            settings.rate_limit_caller = 2;
        }).await;
        for _ in 0..3 {
            world.get("/problems").bearer("guessed").sent_from(SCRAPER).send().await.expect_error(401, "token_invalid");
        }
        world.get("/nothing").sent_from(SCRAPER).send().await.expect_error(404, "not_found");
        world.get("/problems").bearer("guessed").sent_from(SCRAPER).send().await.expect_error(429, "rate_limited");
        let sign_in = || world.post("/auth/token").sent_from("203.0.113.20")
            .body("application/x-www-form-urlencoded", "grant_type=password&username=nobody&password=guess");
        assert_eq!(sign_in().send().await.status, 400);
        let refused = sign_in().send().await.expect(429);
        assert_eq!(refused["error"], "rate_limited", "in the words of OAuth too: {refused}");
        // A person through a client, from wherever.
        for (number, status) in [(31, 200), (32, 200), (33, 429)] {
            let answer = world.get("/problems").by("dispatcher").sent_from(&format!("203.0.113.{number}")).send().await;
            assert_eq!(answer.status, status);
        }
        world.get("/problems").by("supervisor").sent_from("203.0.113.33").send().await.expect(200);
    }
}
