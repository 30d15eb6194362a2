//! The rows of the table from list two (落实清单) on: what is done about a problem, by whom, and how it is kept up.

use super::table::Row;

pub const REQUIREMENTS: &[Row] = &[
    // List two: 落实清单
    (48, "都可能有不同的诉求", &["s48_near_identical_plans_for_different_objects_are_flagged_on_both", "s48_a_copy_is_told_of_and_not_shown_to_who_does_not_see_it"]),
    (49, "强化分类指导、分别施策", &["s49_a_plan_from_a_template_differs_from_it_or_says_why_not"]),
    (50, "建立一企一策、一事一议的‘落实清单’", &["s50_one_matter_has_one_problem_and_its_discussion", "s50_one_enterprise_has_its_own_problems", "s50_one_enterprise_is_no_household"]),
    (51, "面对面、一对一地去做工作", &["s51_one_named_liaison", "s51_a_meeting_face_to_face_and_attempts_are_known_per_cycle", "s51_done_needs_a_meeting_or_a_reason"]),
    (52, "真正抓住需求点、疏通堵点、消除痛点", &["s52_need_blockage_and_pain_point_are_required"]),
    (53, "原因也是各种各样的", &["s53_causes_are_several_terms_in_use_each_once", "s53_each_cause_of_a_problem_counts_and_the_total_is_said_to_be_multi_count"]),
    (54, "该搭建平台的搭建平台", &["s54_a_measure_is_of_a_kind_and_names_the_policy_that_it_implements", "s54_a_policy_that_is_implemented_keeps_its_name"]),
    // List three: 责任清单
    (55, "各级各部门都要主动认领", &["s55_what_nobody_claims_goes_to_the_proposed_lead_at_noon_of_the_next_working_day", "s55_of_many_claims_at_once_one_wins_and_the_others_learn_who", "s55_only_the_competent_and_the_proposed_lead_claim", "s55_s57_who_came_forward_and_what_was_solved_at_its_own_level_is_counted", "s55_the_competent_are_suggested_best_first_and_the_proposed_before_them"]),
    (56, "各负其责", &["s56_one_lead_accepts_with_one_person", "s56_nothing_is_done_while_a_step_or_a_part_is_open"]),
    (57, "能在本级解决的就不要等着上一级来解决", &["s57_an_escalation_says_what_was_tried_and_is_decided_one_level_up", "s33_s35_s57_everything_that_is_missing_is_named_at_once", "s57_an_office_of_three_people_lives_every_story", "s57_the_province_alone_decides_what_nobody_above_it_can", "s55_s57_who_came_forward_and_what_was_solved_at_its_own_level_is_counted"]),
    (58, "一个部门能解决的就不要多个部门扯来扯去", &["s58_a_transfer_is_counted_and_never_sets_the_clock_back", "s58_a_supporting_organisation_has_a_stated_part", "s58_a_transfer_back_is_ruled_on_by_itself", "s58_urging_moves_nothing_and_is_counted"]),
    (59, "互相之间也可以有协调", &["s59_a_reporter_sees_the_public_part", "s59_the_bearer_of_a_receipt_reads_no_names_of_people_and_no_internal_ones", "s59_a_reporter_sees_no_analysis_and_what_is_outside_does_not_exist", "s59_a_reporter_sees_the_public_contacts_without_names", "s59_a_reporter_sees_what_is_planned_once_it_is_approved_and_no_names", "s59_a_plan_shows_the_problems_that_the_caller_sees_and_their_steps", "s59_a_reporter_is_told_of_public_events_and_of_nothing_internal", "s59_a_reporter_with_an_account_is_told_as_a_reporter_and_not_as_who_recorded", "s59_a_note_is_for_those_who_deal_with_the_problem_alone", "s59_whatever_a_reporter_may_read_shows_nothing_internal"]),
    (60, "决不能让企业、群众、基层跑来跑去、找来找去", &["s60_one_number_for_life_whatever_happens", "s60_the_receipt_of_a_merged_problem_still_opens_its_number_and_its_view", "s60_the_reporter_is_asked_once_and_the_clock_waits", "s60_a_merged_problem_keeps_its_number_and_takes_no_more_writes"]),
    // 五多
    (61, "从机关大院走到田间地头、厂矿车间去现场办公", &["s61_s62_s63_place_origin_and_level_are_counted", "s61_s62_s63_where_how_and_at_whose_wish_visits_took_place", "s04_s61_s62_every_manner_of_visiting_occurs"]),
    (62, "变‘要我服务’为‘我要服务’", &["s61_s62_s63_place_origin_and_level_are_counted", "s61_s62_s63_where_how_and_at_whose_wish_visits_took_place", "s04_s61_s62_every_manner_of_visiting_occurs"]),
    (63, "眼睛向下看、重心向下移", &["s61_s62_s63_place_origin_and_level_are_counted", "s61_s62_s63_where_how_and_at_whose_wish_visits_took_place"]),
    (64, "不能开空头支票", &["s64_a_promise_made_on_site_is_kept_by_its_day_or_shown_as_overdue_to_its_reporter", "s64_the_figure_counts_what_was_kept_by_its_day_against_all_that_was_due"]),
    (65, "亲自走、亲自看，亲自问、亲自盯", &["s65_who_sent_another_did_not_visit", "s65_a_visit_that_nobody_attended_is_none"]),
    (66, "把情况摸得实之又实", &["s66_evidence_has_hash_time_and_author", "s66_another_hash_than_that_of_the_bytes_is_refused", "s66_no_rule_asks_for_a_photo"]),
    (67, "把解决问题的方案考虑得细之又细", &["s67_a_step_has_an_owner_a_day_and_a_result", "s67_a_plan_without_steps_is_not_submitted", "s67_a_step_without_owner_or_day_is_refused"]),
    (68, "对帮扶的企业、镇村、农户都有一个相对平衡的安排", &[]),
    (69, "坚决破除中梗阻", &["s69_the_stay_in_each_stage_is_kept_with_who_had_it", "s69_only_the_callers_division_is_counted"]),
    (70, "避免服务热情层层递减、服务效率逐级下降", &[]),
    (71, "不是一锤子买卖", &["s18_s71_s75_a_closure_leaves_look_backs_and_a_contact_to_be_made", "s71_a_contact_after_closure_is_the_follow_up"]),
    (72, "不能动辄就搞运动式", &[]),
    (73, "层层加码", &["s73_a_lower_level_cannot_set_a_stricter_term_and_the_attempt_is_on_record", "a_child_is_never_tighter_than_its_parent"]),
    (74, "掌握节奏、保持韧劲，注重经常性", &[]),
    (75, "常搞‘回头看’", &["s75_a_relapse_begins_the_next_cycle_under_the_same_number", "s18_s71_s75_a_closure_leaves_look_backs_and_a_contact_to_be_made", "s75_who_handled_it_or_was_handed_it_neither_calls_back_nor_looks_back_nor_rates"]),
    (76, "不断提高人民群众对我们的信任感和满意度", &["s76_trust_and_satisfaction_are_a_series_with_how_many_were_asked_and_said_so"]),
    (77, "今年服务企业是重点、民营企业是重中之重", &[]),
    (78, "分期分批扩大服务企业的面和数量", &[]),
    (79, "增强企业进行投资和技术改造的信心和决心", &["s79_confidence_is_compared_by_pairs_before_and_after", "s79_a_reporter_answers_for_his_problem_and_every_fault_is_named_at_once", "s79_enterprises_are_always_asked_for_their_confidence"]),
    (80, "让群众看", &["s80_no_byte_of_the_public_view_is_personal", "s80_every_personal_word_is_refused_and_all_at_once", "s80_an_unsolved_problem_of_a_firm_never_names_it", "s80_the_result_for_a_reporter_whom_nobody_knows_is_shown_for_ten_working_days", "s80_published_problems_are_listed_and_filtered", "s80_everybody_reads_the_figures_with_what_became_of_the_problems"]),
    (81, "群众说", &["s81_whoever_is_identified_comments_on_what_is_published_and_nobody_else", "s81_what_is_not_published_is_its_reporters_alone", "s81_a_hidden_comment_leaves_its_stub_and_its_reason_is_counted", "s81_a_supporter_counts_once_whichever_way_he_comes", "s81_of_supporters_at_once_each_counts_once"]),
    (82, "群众评", &["s82_a_reporter_rates_once_per_round_by_account_receipt_or_portal", "s82_of_ratings_given_at_once_one_counts", "s82_who_handled_it_or_recorded_it_for_another_never_rates", "s82_the_officer_who_recorded_for_a_firm_does_not_rate_though_it_authorises_him", "s82_the_reporter_rejects_twice_and_the_third_is_an_appeal", "s82_each_person_supports_a_published_problem_once_by_whichever_way", "s82_of_supports_sent_at_once_one_counts", "s82_a_link_is_handed_out_for_what_is_said_to_be_done_by_nobody_who_leads"]),
    (83, "不能一听到奉承话就飘飘然", &["s83_silence_is_counted_as_nothing_and_the_response_rate_stands_beside", "s83_of_any_invitations_and_ratings_only_what_was_said_counts"]),
    (84, "听得进各方面的意见建议、受得了各种批评甚至怨言", &["s84_criticism_stays_and_who_wished_not_to_be_known_is_not", "s84_who_is_criticised_neither_hides_nor_changes_nor_deletes", "s84_who_wished_not_to_be_known_is_known_to_nobody_who_handles_it", "s84_a_reply_is_due_and_given_once_by_who_answers_for_the_problem", "s84_a_low_rating_is_reviewed_by_whom_it_does_not_criticise", "s84_each_low_rating_has_its_own_review_and_others_have_none"]),
    (85, "走了样、变了形", &[]),
    (86, "推动我省全面从严治党向基层延伸", &["s86_a_visit_goes_where_its_planner_reaches", "s86_no_list_shows_an_object_outside_the_callers_divisions", "s86_no_list_shows_what_lies_outside_its_scope", "s86_a_county_never_counts_what_is_another_countys", "s05_under_any_filter_the_parts_and_the_groups_sum_to_the_total_and_s86_only_the_scope_is_counted", "s86_no_list_shows_an_object_outside_the_callers_divisions", "s86_attachments_are_seen_with_their_owner"]),
];
