//! Scratch.
use edgewarden_training::learn::*;
use std::collections::BTreeMap;
use edgewarden_training::data;
type R = data::Row;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let get = |k: &str, d: f32| a.iter().find_map(|x| x.strip_prefix(&format!("{k}="))).map_or(d, |v| v.parse().unwrap());
    let d = data::load(&data::Options { project: "/work/main".into(), corpora: "/work/shared/corpus".into(), seed: 7 }).unwrap();
    for s in &d.steps { eprintln!("{s:?}"); }
    let (mut train_rows, dev) = (d.train, d.dev);
    let foreign = |r: &R| matches!(r.origin, edgewarden::scan::Origin::Retrieved | edgewarden::scan::Origin::Tool);
    if get("own", 1.0) < 1.0 { train_rows.retain(|r| !r.source.starts_with("own")); }
    train_rows.retain(|r| r.source != "securing_llms");
    let own_n = train_rows.iter().filter(|r| r.source.starts_with("own")).count();
    let all = samples(&train_rows, Weights { source_max: get("cap", 1200.0), own: get("ownw", 1.5), benign: get("neg", 1.0) });
    let corpus: Vec<&Sample> = all.iter().collect();
    let shape = Shape { linear_bits: get("lb", 17.0) as u32, embed_bits: get("eb", 14.0) as u32, width: get("w", 0.0) as usize, hidden: get("h", 16.0) as usize,
        linear_kinds: get("lk", 127.0) as u32, embed_kinds: get("ek", 3.0) as u32, block: get("block", 24.0) as usize };
    let step = Step { epochs: get("ep", 8.0) as usize, rate: get("lr", 0.3), rate_net: get("lrn", 0.05), dropout: get("drop", 0.2), decay: get("decay", 1e-5), seed: get("seed", 1.0) as u64 };
    let t = std::time::Instant::now();
    let k = get("ens", 1.0) as usize;
    let nets: Vec<Net> = std::thread::scope(|s| { let hs: Vec<_> = (0..k).map(|i| { let corpus = &corpus; s.spawn(move || train(corpus, shape, Step { seed: step.seed + i as u64, ..step })) }).collect(); hs.into_iter().map(|h| h.join().unwrap()).collect() });
    eprintln!("{} rows, own {own_n}, trained {:?}", corpus.len(), t.elapsed());
    let score = |r: &R| { let d = doc_of(&r.text, 4000); let f = foreign(r); nets.iter().map(|n| n.logits(&d, f).first().copied().unwrap_or(-9.0)).sum::<f32>() / nets.len() as f32 };
    if get("q", 0.0) > 0.0 {
        use edgewarden::scan::*;
        let b = export(&nets[0], &Labels::default());
        let m = LexicalModel::from_bytes(b.clone()).unwrap();
        let mut worst = 0f32; let mut sum = 0f32;
        for r in &dev { let f = foreign(r); let v = edgewarden::text::view::canonical(&r.text); let j = m.judge(v.as_ref().map_or(&r.text, |v| &v.text), if f { Origin::Retrieved } else { Origin::User });
            let d = doc_of(&r.text, 4000); let x = nets[0].logits(&d, f).first().copied().unwrap_or(0.0); let e = (x - j.logit as f32 / 65536.0).abs(); sum += e; worst = worst.max(e); }
        println!("quantised: mean error {:.4} worst {worst:.4}, {} bytes", sum / dev.len() as f32, b.len());
        std::fs::write("/tmp/model.bin", b).unwrap();
    }
    let mut by: BTreeMap<String, Vec<f32>> = BTreeMap::new();
    let mut all: Vec<(f32, &R)> = vec![];
    for r in &dev { let s = score(r); by.entry(r.source.clone()).or_default().push(s); all.push((s, r)); }
    let mut ben: Vec<f32> = dev.iter().zip(&all).filter(|(r, _)| !r.attack).map(|(_, s)| s.0).collect();
    ben.sort_by(|a, b| b.total_cmp(a));
    let lim = [("parapet_deepset_benign", 0.02), ("arena_hard", 0.01), ("xstest_safe", 0.01), ("parapet_jbb_benign", 0.04), ("parapet_l3_inbound_benign", 0.07)];
    let goal = lim.iter().map(|(s, m)| { let mut v = by[*s].clone(); v.sort_by(|a, b| b.total_cmp(a)); v[(v.len() as f32 * m) as usize] }).fold(-99f32, f32::max);
    for q in [0.0, 0.005, 0.01, 0.02] {
        let th = if q == 0.0 { goal } else { ben[(ben.len() as f32 * q) as usize] };
        print!("fpr {:.1}% th {th:5.2}:", q * 100.0);
        for (s, v) in &by { let n = v.iter().filter(|x| **x > th).count(); print!(" {}={:.1}", s.replace("parapet_", "").replace("_attacks", "_A").replace("_benign", "_B").replace("_inbound", ""), 100.0 * n as f32 / v.len() as f32); }
        println!();
    }
    if get("show", 0.0) > 0.0 {
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (s, r) in all.iter().filter(|x| !x.1.attack).take(get("show", 0.0) as usize) { println!("B {s:.2} {} {}", r.source, r.text.chars().take(200).collect::<String>().replace('\n', " ")); }
    }
    if get("miss", 0.0) > 0.0 {
        let th = ben[(ben.len() as f32 * 0.01) as usize];
        let mut m: Vec<_> = all.iter().filter(|x| x.1.attack && x.0 < th).collect(); m.sort_by(|a, b| a.1.source.cmp(&b.1.source).then(b.0.total_cmp(&a.0)));
        for (s, r) in m.iter().take(get("miss", 0.0) as usize) { println!("M {s:.2} {} {}", r.source, r.text.chars().take(220).collect::<String>().replace('\n', " ")); }
    }
}
