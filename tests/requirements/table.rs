//! The 86 requirements: number, the speech's own words for it, and the tests that prove it.
//! A test that proves a requirement is named after it (`s05_…`); a row may also claim a test of another name.

pub const REQUIREMENTS: &[(u8, &str, &[&str])] = &[
    // The campaign and its year
    (
        1,
        "服务企业、服务群众、服务基层",
        &[
            "s01_three_audiences_and_s02_four_bodies_are_shown_even_where_zero",
            "s01_there_are_exactly_three_audiences",
        ],
    ),
    (
        2,
        "省四套班子领导分别带队到全省各地开展服务",
        &[
            "s02_a_visit_has_one_leader_and_his_body",
            "s02_a_body_that_cannot_be_derived_is_asked_for",
            "s01_three_audiences_and_s02_four_bodies_are_shown_even_where_zero",
            "s02_leaders_of_the_four_bodies_lead_and_nobody_is_in_two_places",
        ],
    ),
    (
        3,
        "已赴52个县（市、区）",
        &[
            "s03_counties_are_counted_against_those_that_exist_on_the_day_asked",
            "s03_a_county_that_was_merged_counts_for_the_one_that_took_most_of_it",
            "s03_a_visit_to_a_county_that_is_gone_counts_for_the_one_that_took_most_of_it",
            "s03_52_counties_are_visited_on_working_days_from_2_to_14_january",
            "s03_the_number_of_counties_is_that_of_the_day",
            "s03_s05_the_demo_is_the_speech",
        ],
    ),
    (
        4,
        "通过实地走访、召开座谈会等形式",
        &[
            "s04_another_mode_says_which",
            "s04_filters_find_what_they_name",
            "s04_s61_s62_every_manner_of_visiting_occurs",
        ],
    ),
    (
        5,
        "收集问题417个，其中现场解决问题76个",
        &[
            "s05_the_figures_of_the_speech_are_four_parts_that_sum_to_the_total",
            "s05_under_any_filter_the_parts_and_the_groups_sum_to_the_total_and_s86_only_the_scope_is_counted",
            "s05_417_problems_are_76_and_204_and_137",
            "s05_a_disposition_may_come_along_with_the_recording",
            "s05_a_second_disposition_is_refused_also_at_once",
            "s03_s05_the_demo_is_the_speech",
        ],
    ),
    (
        6,
        "现场解决问题",
        &[
            "s06_s40_a_problem_answered_on_the_spot_awaits_its_reporter",
            "s06_s40_s41_s08_each_class_carries_what_it_must",
        ],
    ),
    (
        7,
        "明确后续落实解决",
        &[
            "s07_due_dates_are_working_days_and_never_later_than_the_rule",
            "s07_follow_up_names_a_lead_and_a_due_date",
        ],
    ),
    (
        8,
        "带回来典型问题",
        &[
            "s06_s40_s41_s08_each_class_carries_what_it_must",
            "s08_typical_is_taken_along_by_a_leader_to_who_studies_it",
        ],
    ),
    (
        9,
        "大学习大调研大抓落实",
        &[
            "s09_a_visit_lies_within_an_open_campaign",
            "s09_a_campaign_has_a_theme_a_parent_and_years",
            "s09_what_lies_outside_every_open_year_is_refused",
        ],
    ),
    (
        10,
        "不断丰富抓工作的载体、创新促落实的形式",
        &["s10_a_term_is_usable_as_soon_as_it_is_added_and_until_it_is_retired"],
    ),
    (11, "稳企业、增动能、保平安", &[]),
    (12, "要贯穿全年工作的始终", &[]),
    (
        13,
        "年初要有部署，年中要有督查，年末要有总结",
        &["s13_a_year_goes_through_its_stages_with_their_documents"],
    ),
    (14, "共同牵头负责这项活动的督导检查", &[]),
    // The problem taxonomies
    (
        15,
        "企业反映的问题主要集中在",
        &[
            "s15_s16_s17_a_category_of_another_audience_is_refused",
            "s15_s16_s17_every_category_occurs_in_a_plausible_proportion",
            "s15_s16_s17_sixteen_categories_and_three_others_are_there_from_the_first_day",
            "s15_to_s17_the_categories_are_those_of_the_speech",
        ],
    ),
    (
        16,
        "群众反映的问题主要集中在",
        &[
            "s15_s16_s17_a_category_of_another_audience_is_refused",
            "s15_s16_s17_every_category_occurs_in_a_plausible_proportion",
            "s15_s16_s17_sixteen_categories_and_three_others_are_there_from_the_first_day",
            "s15_to_s17_the_categories_are_those_of_the_speech",
        ],
    ),
    (
        17,
        "基层反映的问题主要集中在",
        &[
            "s15_s16_s17_a_category_of_another_audience_is_refused",
            "s15_s16_s17_every_category_occurs_in_a_plausible_proportion",
            "s15_s16_s17_sixteen_categories_and_three_others_are_there_from_the_first_day",
            "s15_to_s17_the_categories_are_those_of_the_speech",
        ],
    ),
    // Responding
    (18, "主动跟进服务、全面升级服务", &[]),
    (19, "及时回应企业、群众、基层的诉求与期盼", &[]),
    (20, "济困解危、雪中送炭", &[]),
    (21, "让企业轻装上阵、让群众收获满满、让基层活力迸发", &[]),
    (22, "推动解决制约高质量发展的突出问题", &[]),
    // Evaluation
    (23, "评价一个地方、一个部门、一个领导干部", &[]),
    (
        24,
        "就看你访了多少家企业、进了多少户家庭、走了多少个乡村",
        &[
            "s24_five_visits_to_one_enterprise_are_five_visits_and_one_enterprise",
            "s24_five_visits_to_one_enterprise_are_one_enterprise",
        ],
    ),
    (25, "最终解决了多少问题", &[]),
    (26, "识别、发现、选拔", &[]),
    (
        27,
        "真情实意帮助",
        &["s27_nothing_ranks_and_visits_never_stand_without_what_they_led_to"],
    ),
    // Three principles
    (28, "决不能做表面文章，决不能搞形式主义", &[]),
    (29, "翻来覆去地只去那几家明星企业、明星村、明星人物", &[]),
    (30, "哪里困难多就去哪里服务", &[]),
    (31, "领导干部下到问题最多的地方去", &[]),
    (
        32,
        "坚持效果导向、群众满意导向",
        &["s32_work_reported_done_is_closed_by_the_reporter_alone"],
    ),
    (33, "局部利益服从整体利益", &[]),
    (34, "切不可因小失大、久拖不决", &[]),
    (35, "不为办不好找理由、多为办得好想办法", &[]),
    (36, "找各种各样的理由借口来推脱", &[]),
    (37, "提出了建立融资‘三张名单’", &[]),
    (38, "打通了民企融资的‘最后一公里’", &[]),
    // List one: 问题清单
    (
        39,
        "要先听先看，把情况摸准摸透",
        &[
            "s39_what_was_heard_and_seen_is_kept_at_the_end",
            "s39_the_statement_is_required_and_never_changes",
        ],
    ),
    (
        40,
        "能当场答复的就直接答复",
        &[
            "s06_s40_a_problem_answered_on_the_spot_awaits_its_reporter",
            "s06_s40_s41_s08_each_class_carries_what_it_must",
        ],
    ),
    (
        41,
        "能现场协调的就现场协调",
        &[
            "s06_s40_s41_s08_each_class_carries_what_it_must",
            "s41_coordination_names_two_organisations_and_what_each_agreed",
        ],
    ),
    (
        42,
        "解决不了的就一一记下来",
        &[
            "s42_a_visit_is_not_completed_over_an_undisposed_problem",
            "s42_a_visit_is_not_completed_while_a_problem_lacks_a_disposition",
        ],
    ),
    (43, "交给相关部门去梳理研究", &[]),
    (
        44,
        "弄清楚影响企业经营发展壮大的关键因素",
        &["s44_each_audience_has_its_own_dimension"],
    ),
    (
        45,
        "哪些问题是长期的、哪些是短期的",
        &[
            "s45_horizon_and_nature_are_required",
            "s45_a_plan_needs_an_analysis_of_each_of_its_problems",
            "s45_the_matrix_is_two_by_two_and_sums_to_what_was_analysed",
            "s45_the_cells_sum_to_the_numerator",
            "s45_work_starts_with_an_analysis_and_an_approved_plan",
        ],
    ),
    (
        46,
        "特别是要仔细分析",
        &["s46_a_correction_names_what_it_corrects_and_the_history_shows_both"],
    ),
    (
        47,
        "既就事论事、对症开方，又不头痛医头、脚痛医脚",
        &["s47_an_institutional_problem_is_not_closed_by_an_operational_fix"],
    ),
    // List two: 落实清单
    (48, "都可能有不同的诉求", &[]),
    (49, "强化分类指导、分别施策", &[]),
    (
        50,
        "建立一企一策、一事一议的‘落实清单’",
        &[
            "s50_one_matter_has_one_problem_and_its_discussion",
            "s50_one_enterprise_has_its_own_problems",
            "s50_one_enterprise_is_no_household",
        ],
    ),
    (
        51,
        "面对面、一对一地去做工作",
        &[
            "s51_one_named_liaison",
            "s51_a_meeting_face_to_face_and_attempts_are_known_per_cycle",
            "s51_done_needs_a_meeting_or_a_reason",
        ],
    ),
    (
        52,
        "真正抓住需求点、疏通堵点、消除痛点",
        &["s52_need_blockage_and_pain_point_are_required"],
    ),
    (
        53,
        "原因也是各种各样的",
        &["s53_causes_are_several_terms_in_use_each_once"],
    ),
    (
        54,
        "该搭建平台的搭建平台",
        &[
            "s54_a_measure_is_of_a_kind_and_names_the_policy_that_it_implements",
            "s54_a_policy_that_is_implemented_keeps_its_name",
        ],
    ),
    // List three: 责任清单
    (
        55,
        "各级各部门都要主动认领",
        &[
            "s55_of_many_claims_at_once_one_wins_and_the_others_learn_who",
            "s55_only_the_competent_and_the_proposed_lead_claim",
            "s55_the_competent_are_suggested_best_first_and_the_proposed_before_them",
        ],
    ),
    (
        56,
        "各负其责",
        &[
            "s56_one_lead_accepts_with_one_person",
            "s56_nothing_is_done_while_a_step_or_a_part_is_open",
        ],
    ),
    (57, "能在本级解决的就不要等着上一级来解决", &[]),
    (
        58,
        "一个部门能解决的就不要多个部门扯来扯去",
        &[
            "s58_a_transfer_is_counted_and_never_sets_the_clock_back",
            "s58_a_supporting_organisation_has_a_stated_part",
        ],
    ),
    (
        59,
        "互相之间也可以有协调",
        &[
            "s59_a_reporter_sees_the_public_part",
            "s59_the_bearer_of_a_receipt_reads_no_names_of_people_and_no_internal_ones",
            "s59_a_reporter_sees_no_analysis_and_what_is_outside_does_not_exist",
            "s59_a_reporter_sees_the_public_contacts_without_names",
            "s59_a_reporter_sees_what_is_planned_once_it_is_approved_and_no_names",
            "s59_a_plan_shows_the_problems_that_the_caller_sees_and_their_steps",
        ],
    ),
    (
        60,
        "决不能让企业、群众、基层跑来跑去、找来找去",
        &[
            "s60_one_number_for_life_whatever_happens",
            "s60_the_receipt_of_a_merged_problem_still_opens_its_number_and_its_view",
            "s60_the_reporter_is_asked_once_and_the_clock_waits",
            "s60_a_merged_problem_keeps_its_number_and_takes_no_more_writes",
        ],
    ),
    // 五多
    (
        61,
        "从机关大院走到田间地头、厂矿车间去现场办公",
        &[
            "s61_s62_s63_place_origin_and_level_are_counted",
            "s61_s62_s63_where_how_and_at_whose_wish_visits_took_place",
            "s04_s61_s62_every_manner_of_visiting_occurs",
        ],
    ),
    (
        62,
        "变‘要我服务’为‘我要服务’",
        &[
            "s61_s62_s63_place_origin_and_level_are_counted",
            "s61_s62_s63_where_how_and_at_whose_wish_visits_took_place",
            "s04_s61_s62_every_manner_of_visiting_occurs",
        ],
    ),
    (
        63,
        "眼睛向下看、重心向下移",
        &[
            "s61_s62_s63_place_origin_and_level_are_counted",
            "s61_s62_s63_where_how_and_at_whose_wish_visits_took_place",
        ],
    ),
    (64, "不能开空头支票", &[]),
    (
        65,
        "亲自走、亲自看，亲自问、亲自盯",
        &[
            "s65_who_sent_another_did_not_visit",
            "s65_a_visit_that_nobody_attended_is_none",
        ],
    ),
    (
        66,
        "把情况摸得实之又实",
        &[
            "s66_evidence_has_hash_time_and_author",
            "s66_another_hash_than_that_of_the_bytes_is_refused",
            "s66_no_rule_asks_for_a_photo",
        ],
    ),
    (
        67,
        "把解决问题的方案考虑得细之又细",
        &[
            "s67_a_step_has_an_owner_a_day_and_a_result",
            "s67_a_plan_without_steps_is_not_submitted",
            "s67_a_step_without_owner_or_day_is_refused",
        ],
    ),
    (68, "对帮扶的企业、镇村、农户都有一个相对平衡的安排", &[]),
    (69, "坚决破除中梗阻", &[]),
    (70, "避免服务热情层层递减、服务效率逐级下降", &[]),
    (71, "不是一锤子买卖", &[]),
    (72, "不能动辄就搞运动式", &[]),
    (73, "层层加码", &[]),
    (74, "掌握节奏、保持韧劲，注重经常性", &[]),
    (
        75,
        "常搞‘回头看’",
        &[
            "s75_a_relapse_begins_the_next_cycle_under_the_same_number",
            "s75_who_handled_it_or_was_handed_it_neither_calls_back_nor_looks_back_nor_rates",
        ],
    ),
    (76, "不断提高人民群众对我们的信任感和满意度", &[]),
    (77, "今年服务企业是重点、民营企业是重中之重", &[]),
    (78, "分期分批扩大服务企业的面和数量", &[]),
    (79, "增强企业进行投资和技术改造的信心和决心", &[]),
    (80, "让群众看", &[]),
    (81, "群众说", &[]),
    (
        82,
        "群众评",
        &[
            "s82_a_reporter_rates_once_per_round_by_account_receipt_or_portal",
            "s82_of_ratings_given_at_once_one_counts",
            "s82_who_handled_it_or_recorded_it_for_another_never_rates",
            "s82_the_officer_who_recorded_for_a_firm_does_not_rate_though_it_authorises_him",
            "s82_the_reporter_rejects_twice_and_the_third_is_an_appeal",
        ],
    ),
    (
        83,
        "不能一听到奉承话就飘飘然",
        &[
            "s83_silence_is_counted_as_nothing_and_the_response_rate_stands_beside",
            "s83_of_any_invitations_and_ratings_only_what_was_said_counts",
        ],
    ),
    (
        84,
        "听得进各方面的意见建议、受得了各种批评甚至怨言",
        &["s84_criticism_stays_and_who_wished_not_to_be_known_is_not"],
    ),
    (85, "走了样、变了形", &[]),
    (
        86,
        "推动我省全面从严治党向基层延伸",
        &[
            "s86_a_visit_goes_where_its_planner_reaches",
            "s86_no_list_shows_an_object_outside_the_callers_divisions",
            "s86_no_list_shows_what_lies_outside_its_scope",
            "s86_a_county_never_counts_what_is_another_countys",
            "s05_under_any_filter_the_parts_and_the_groups_sum_to_the_total_and_s86_only_the_scope_is_counted",
            "s86_no_list_shows_an_object_outside_the_callers_divisions",
            "s86_attachments_are_seen_with_their_owner",
        ],
    ),
];
