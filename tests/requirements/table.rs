//! The 86 requirements: number, the speech's own words for it, and the tests that prove it; from list two on in `duties`.
//! A test that proves a requirement is named after it (`s05_…`); a row may also claim a test of another name.

/// Number, the speech's words, tests.
pub type Row = (u8, &'static str, &'static [&'static str]);

pub const REQUIREMENTS: &[Row] = &[
    // The campaign and its year
    (1, "服务企业、服务群众、服务基层", &["s01_three_audiences_and_s02_four_bodies_are_shown_even_where_zero", "s01_there_are_exactly_three_audiences"]),
    (2, "省四套班子领导分别带队到全省各地开展服务", &["s02_a_visit_has_one_leader_and_his_body", "s02_a_body_that_cannot_be_derived_is_asked_for", "s01_three_audiences_and_s02_four_bodies_are_shown_even_where_zero", "s02_leaders_of_the_four_bodies_lead_and_nobody_is_in_two_places"]),
    (3, "已赴52个县（市、区）", &["s03_counties_are_counted_against_those_that_exist_on_the_day_asked", "s03_a_county_that_was_merged_counts_for_the_one_that_took_most_of_it", "s03_a_visit_to_a_county_that_is_gone_counts_for_the_one_that_took_most_of_it", "s03_52_counties_are_visited_on_working_days_from_2_to_14_january", "s03_the_number_of_counties_is_that_of_the_day", "s03_s05_the_demo_is_the_speech"]),
    (4, "通过实地走访、召开座谈会等形式", &["s04_another_mode_says_which", "s04_filters_find_what_they_name", "s04_s61_s62_every_manner_of_visiting_occurs"]),
    (5, "收集问题417个，其中现场解决问题76个", &["s05_the_figures_of_the_speech_are_four_parts_that_sum_to_the_total", "s05_under_any_filter_the_parts_and_the_groups_sum_to_the_total_and_s86_only_the_scope_is_counted", "s05_417_problems_are_76_and_204_and_137", "s05_a_disposition_may_come_along_with_the_recording", "s05_a_second_disposition_is_refused_also_at_once", "s03_s05_the_demo_is_the_speech"]),
    (6, "现场解决问题", &["s06_s40_a_problem_answered_on_the_spot_awaits_its_reporter", "s06_s40_s41_s08_each_class_carries_what_it_must", "s06_what_was_resolved_on_site_invites_too_and_a_link_goes_out_by_who_did_not_handle_it"]),
    (7, "明确后续落实解决", &["s07_due_dates_are_working_days_and_never_later_than_the_rule", "s07_follow_up_names_a_lead_and_a_due_date"]),
    (8, "带回来典型问题", &["s06_s40_s41_s08_each_class_carries_what_it_must", "s08_typical_is_taken_along_by_a_leader_to_who_studies_it", "s08_a_typical_problem_absorbs_similar_ones_and_ends_in_an_output"]),
    (9, "大学习大调研大抓落实", &["s09_a_visit_lies_within_an_open_campaign", "s09_a_campaign_has_a_theme_a_parent_and_years", "s09_what_lies_outside_every_open_year_is_refused"]),
    (10, "不断丰富抓工作的载体、创新促落实的形式", &["s10_a_term_is_usable_as_soon_as_it_is_added_and_until_it_is_retired"]),
    (11, "稳企业、增动能、保平安", &[]),
    (12, "要贯穿全年工作的始终", &[]),
    (13, "年初要有部署，年中要有督查，年末要有总结", &["s13_a_year_goes_through_its_stages_with_their_documents"]),
    (14, "共同牵头负责这项活动的督导检查", &[]),
    // The problem taxonomies
    (15, "企业反映的问题主要集中在", &["s15_s16_s17_a_category_of_another_audience_is_refused", "s15_s16_s17_every_category_occurs_in_a_plausible_proportion", "s15_s16_s17_sixteen_categories_and_three_others_are_there_from_the_first_day", "s15_to_s17_the_categories_are_those_of_the_speech"]),
    (16, "群众反映的问题主要集中在", &["s15_s16_s17_a_category_of_another_audience_is_refused", "s15_s16_s17_every_category_occurs_in_a_plausible_proportion", "s15_s16_s17_sixteen_categories_and_three_others_are_there_from_the_first_day", "s15_to_s17_the_categories_are_those_of_the_speech"]),
    (17, "基层反映的问题主要集中在", &["s15_s16_s17_a_category_of_another_audience_is_refused", "s15_s16_s17_every_category_occurs_in_a_plausible_proportion", "s15_s16_s17_sixteen_categories_and_three_others_are_there_from_the_first_day", "s15_to_s17_the_categories_are_those_of_the_speech"]),
    // Responding
    (18, "主动跟进服务、全面升级服务", &["s18_s71_s75_a_closure_leaves_look_backs_and_a_contact_to_be_made"]),
    (19, "及时回应企业、群众、基层的诉求与期盼", &["s19_a_first_response_is_due_in_a_working_day_and_its_breach_is_listed", "s19_first_response_times_are_working_minutes_and_who_still_waits_is_counted"]),
    (20, "济困解危、雪中送炭", &["s20_a_critical_problem_has_half_the_time_and_comes_first_in_the_default_order"]),
    (21, "让企业轻装上阵、让群众收获满满、让基层活力迸发", &["s21_each_audience_has_questions_of_its_own"]),
    (22, "推动解决制约高质量发展的突出问题", &["s22_s47_a_theme_gathers_problems_and_ends_in_an_output"]),
    // Evaluation
    (23, "评价一个地方、一个部门、一个领导干部", &[]),
    (24, "就看你访了多少家企业、进了多少户家庭、走了多少个乡村", &["s24_five_visits_to_one_enterprise_are_five_visits_and_one_enterprise", "s24_five_visits_to_one_enterprise_are_one_enterprise"]),
    (25, "最终解决了多少问题", &[]),
    (26, "识别、发现、选拔", &[]),
    (27, "真情实意帮助", &["s27_nothing_ranks_and_visits_never_stand_without_what_they_led_to"]),
    // Three principles
    (28, "决不能做表面文章，决不能搞形式主义", &[]),
    (29, "翻来覆去地只去那几家明星企业、明星村、明星人物", &[]),
    (30, "哪里困难多就去哪里服务", &[]),
    (31, "领导干部下到问题最多的地方去", &[]),
    (32, "坚持效果导向、群众满意导向", &["s32_work_reported_done_is_closed_by_the_reporter_alone"]),
    (33, "局部利益服从整体利益", &["s33_declining_says_whom_it_affects_and_is_decided_one_level_up", "s33_s35_s57_everything_that_is_missing_is_named_at_once"]),
    (34, "切不可因小失大、久拖不决", &["s34_a_problem_stands_still_after_ten_working_days_without_progress_and_a_comment_is_none", "s34_a_hold_has_an_end_and_its_clock_stands_still", "s34_neither_notes_nor_replies_nor_comments_are_progress"]),
    (35, "不为办不好找理由、多为办得好想办法", &["s35_s36_a_return_is_ruled_on_and_that_is_final", "s33_s35_s57_everything_that_is_missing_is_named_at_once"]),
    (36, "找各种各样的理由借口来推脱", &["s35_s36_a_return_is_ruled_on_and_that_is_final", "s36_a_problem_is_returned_twice_at_most", "s36_a_return_on_the_second_working_day_and_a_later_date_on_the_due_day_come_too_late"]),
    (37, "提出了建立融资‘三张名单’", &[]),
    (38, "打通了民企融资的‘最后一公里’", &[]),
    // List one: 问题清单
    (39, "要先听先看，把情况摸准摸透", &["s39_what_was_heard_and_seen_is_kept_at_the_end", "s39_the_statement_is_required_and_never_changes", "s39_a_passage_about_a_third_person_is_blotted_out_of_a_statement"]),
    (40, "能当场答复的就直接答复", &["s06_s40_a_problem_answered_on_the_spot_awaits_its_reporter", "s06_s40_s41_s08_each_class_carries_what_it_must"]),
    (41, "能现场协调的就现场协调", &["s06_s40_s41_s08_each_class_carries_what_it_must", "s41_coordination_names_two_organisations_and_what_each_agreed"]),
    (42, "解决不了的就一一记下来", &["s42_a_visit_is_not_completed_over_an_undisposed_problem", "s42_a_visit_is_not_completed_while_a_problem_lacks_a_disposition"]),
    (43, "交给相关部门去梳理研究", &["s43_a_department_studies_a_question_and_answers_in_writing", "s43_what_is_overdue_is_listed"]),
    (44, "弄清楚影响企业经营发展壮大的关键因素", &["s44_each_audience_has_its_own_dimension"]),
    (45, "哪些问题是长期的、哪些是短期的", &["s45_horizon_and_nature_are_required", "s45_a_plan_needs_an_analysis_of_each_of_its_problems", "s45_the_matrix_is_two_by_two_and_sums_to_what_was_analysed", "s45_the_cells_sum_to_the_numerator", "s45_work_starts_with_an_analysis_and_an_approved_plan"]),
    (46, "特别是要仔细分析", &["s46_a_correction_names_what_it_corrects_and_the_history_shows_both"]),
    (47, "既就事论事、对症开方，又不头痛医头、脚痛医脚", &["s47_an_institutional_problem_is_not_closed_by_an_operational_fix", "s47_a_living_theme_lets_an_institutional_problem_be_reported_done", "s47_an_output_is_entered_for_its_problems_and_holds_no_personal_data", "s22_s47_a_theme_gathers_problems_and_ends_in_an_output"]),
];
