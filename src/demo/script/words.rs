//! What a visiting party notes down: seen (observations) and heard, in the grammar of `patterns.rs`.

use super::author::{Slots, fill};
use super::random::Random;

const AT_A_FACTORY: [&str; 5] = [
    "看了{product}生产线和{shop=装配车间|检测室|原料仓库|包装车间}，设备开工率约{70..96}%，{people=一线工人|技术骨干|车间主任}多为外地人。",
    "车间{tidy=整洁|较为拥挤|正在改造}，{lines=两条|三条|四条}线中有一条停着，企业说是因为{why=缺人|缺电|等设备|订单不足}。",
    "企业展厅里陈列着近年的{product}样品，研发人员约占{8..25}%，{lab=实验室|试验台|检测中心}利用率高。",
    "正值交货期，厂门口排着{3..12}辆货车，{office=仓库|码头|装卸区}已经堆满，工人三班倒。",
    "一边走一边问，从原料进厂看到成品出库，{step=热处理|注塑|染整|装配}工序用能和用工最多。",
];
const IN_A_VILLAGE: [&str; 5] = [
    "沿村道走了一圈，{scene=停车场、公厕、游客中心|祠堂、晒场、便民点|新建的游步道|村口的冷库}都看了，空置老屋约{10..60}栋。",
    "便民服务点有{1..3}名值守人员，墙上公布了代办事项，{desk=电脑能用|打印机故障|高拍仪未接通}。",
    "村里留守老人和孩子较多，白天少见年轻人，{house=三户|四户|五户}人家正在翻修房屋。",
    "集体用房{use=出租给来料加工点|空着一半|改作居家养老中心}，账目上墙，收入以{income=租金|光伏|物业}为主。",
    "从村口走到田间，{crop=大棚|茶园|果园|苗圃}管护较好，进村道路{road=狭窄|刚拓宽|有两处塌方}。",
];
const IN_A_COMMUNITY: [&str; 4] = [
    "沿楼道走了{3..8}个单元，看到{stairs=扶手松动|灯不亮|堆有杂物}，六楼以上住户多为老人。",
    "小区楼房建于上世纪{decade=八十|九十}年代，{lift=已装一部电梯|正在挖电梯基坑|图纸贴在楼下征求意见}。",
    "社区服务大厅办事群众{10..40}人，以{matter=医保|养老|入学}事项居多，{wait=基本不排队|平均等二十分钟}。",
    "上楼入户看了两家，屋里{room=收拾得干净|较为潮湿|堆着纸箱}，老人下楼一趟要歇{2..4}次。",
];
const IN_AN_OFFICE: [&str; 3] = [
    "会前没有准备发言稿，{style=一人一题|逐个提问|边说边记}，{others=有关部门负责人|镇街干部|银行代表}在场听取。",
    "座谈{1..2}个多小时，桌上只放一张问题清单，不念稿子，{tone=发言踊跃|有分歧也有共识|讲的都是难处}。",
    "先听后问，当场核对了{2..6}份文件和几笔账，讲不清楚的请部门同志补充。",
];
const HEARD: [&str; 4] = [
    "主要谈到{topics}，共{count}件，都逐件记下。",
    "反映最集中的是{topics}；共记下{count}件，当场答复和协调了能定的。",
    "大家讲了{count}件事，集中在{topics}，语气恳切。",
    "围绕{topics}提了{count}个问题，希望{who=有人管到底|给个准话|不再来回跑}。",
];

/// What was seen at such a place: two different remarks. A household lies in a village or, in town, up some stairs.
pub(super) fn seen(random: &mut Random, place_kind: &str, in_town: bool, slots: &mut Slots) -> String {
    let templates: &[&'static str] = match place_kind {
        "factory" | "site" => &AT_A_FACTORY,
        "community" | "household" if in_town => &IN_A_COMMUNITY,
        "village" | "field" | "community" | "household" => &IN_A_VILLAGE,
        _ => &IN_AN_OFFICE,
    };
    let first = random.index(templates.len());
    let two = templates.iter().cycle().skip(first).take(2);
    two.map(|template| fill(random, template, slots)).collect()
}

/// What was heard: how many problems, and the categories they fall under.
pub(super) fn heard(random: &mut Random, labels: &[&'static str], count: usize) -> String {
    let mut topics: Vec<&str> = labels
        .iter()
        .map(|label| {
            if *label == "其他" {
                "生产生活中的其他难处"
            } else {
                label
            }
        })
        .collect();
    topics.sort_unstable();
    topics.dedup();
    topics.truncate(3);
    let mut slots = Slots::from([("topics", topics.join("、")), ("count", count.to_string())]);
    let template = *random.pick(&HEARD);
    fill(random, template, &mut slots)
}
