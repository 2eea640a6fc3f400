//! Scratch.
use edgewarden_training::learn::*;
use std::collections::BTreeMap;
struct R { text: String, attack: bool, origin: String, src: String }
fn load(p: &str) -> Vec<R> {
    std::fs::read_to_string(p).unwrap().lines().map(|l| {
        let v: serde_json::Value = serde_json::from_str(l).unwrap();
        R { text: v["text"].as_str().unwrap().into(), attack: v["label"].as_i64() == Some(1), origin: v["origin"].as_str().unwrap().into(), src: v["src"].as_str().unwrap().into() }
    }).collect()
}
fn own(dir: &std::path::Path, out: &mut Vec<R>) {
    let Ok(rd) = std::fs::read_dir(dir) else { return };
    let mut es: Vec<_> = rd.flatten().map(|e| e.path()).collect(); es.sort();
    for p in es {
        if p.is_dir() { own(&p, out); continue }
        if p.extension().is_none_or(|e| e != "txt") { continue }
        let (mut attack, mut origin, mut payload) = (false, "user".to_string(), false);
        let mut slots: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut expand = 3usize;
        for l in std::fs::read_to_string(&p).unwrap().lines() {
            if l.is_empty() || l.starts_with("# ") || l == "#" { continue }
            if let Some(a) = l.strip_prefix('@') {
                let (k, v) = a.split_once(' ').unwrap_or((a, ""));
                match k { "label" => attack = v.trim() == "attack", "origin" => origin = v.trim().into(), "carrier" => payload = v.trim() == "payload",
                  "expand" => expand = v.trim().parse().unwrap_or(3),
                  "slot" => { if let Some((n, vs)) = v.split_once(':') { slots.insert(n.trim().into(), vs.split("||").map(|s| s.trim().to_string()).collect()); } } _ => {} }
                continue;
            }
            let _ = payload;
            let n = if l.contains("<<") { expand } else { 1 };
            for i in 0..n {
                let mut t = l.to_string();
                for (k, vs) in &slots { let pat = format!("<<{k}>>"); let mut c = 0; while t.contains(&pat) { let v = &vs[(i * 7 + c + l.len()) % vs.len()]; t = t.replacen(&pat, v, 1); c += 1; } }
                let t = t.trim_start_matches('\\').replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\");
                out.push(R { text: t, attack, origin: origin.clone(), src: format!("own/{}", p.file_stem().unwrap().to_string_lossy()) });
            }
        }
    }
}
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let get = |k: &str, d: f32| a.iter().find_map(|x| x.strip_prefix(&format!("{k}="))).map_or(d, |v| v.parse().unwrap());
    let c = "/work/shared/corpus/";
    let mut train_rows = load(&format!("{c}train.jsonl"));
    let dev = load(&format!("{c}dev.jsonl"));
    if get("own", 1.0) > 0.0 { own(std::path::Path::new("/work/main/training/data"), &mut train_rows); }
    train_rows.retain(|r| r.src != "securing_llms");
    let mut per: BTreeMap<(String, bool), usize> = BTreeMap::new();
    for r in &train_rows { *per.entry((r.src.clone(), r.attack)).or_default() += 1; }
    let own_n = train_rows.iter().filter(|r| r.src.starts_with("own")).count();
    let mut corpus = Corpus::default();
    let cap = get("cap", 1200.0);
    for r in &train_rows {
        let n = per[&(r.src.clone(), r.attack)] as f32;
        let w = (cap / n).min(1.0) * if r.src.starts_with("own") { get("ownw", 1.5) } else { 1.0 } * if r.src == "safeguard" && r.attack { get("sg", 0.5) } else { 1.0 } * if r.attack { 1.0 } else { get("neg", 1.0) };
        corpus.docs.push(doc_of(&r.text, 400)); corpus.attack.push(r.attack); corpus.foreign.push(r.origin == "retrieved" || r.origin == "tool"); corpus.weight.push(w);
    }
    let shape = Shape { linear_bits: get("lb", 17.0) as u32, embed_bits: get("eb", 14.0) as u32, width: get("w", 0.0) as usize, hidden: get("h", 16.0) as usize,
        linear_kinds: get("lk", 127.0) as u32, embed_kinds: get("ek", 3.0) as u32, block: get("block", 24.0) as usize };
    let step = Step { epochs: get("ep", 8.0) as usize, rate: get("lr", 0.3), rate_net: get("lrn", 0.05), dropout: get("drop", 0.2), decay: get("decay", 1e-5), seed: get("seed", 1.0) as u64 };
    let t = std::time::Instant::now();
    let k = get("ens", 1.0) as usize;
    let nets: Vec<Net> = std::thread::scope(|s| { let hs: Vec<_> = (0..k).map(|i| { let corpus = &corpus; s.spawn(move || train(corpus, shape, Step { seed: step.seed + i as u64, ..step })) }).collect(); hs.into_iter().map(|h| h.join().unwrap()).collect() });
    eprintln!("{} rows, own {own_n}, trained {:?}", corpus.docs.len(), t.elapsed());
    let score = |r: &R| { let d = doc_of(&r.text, 4000); let f = r.origin == "retrieved" || r.origin == "tool"; nets.iter().map(|n| n.logits(&d, f).first().copied().unwrap_or(-9.0)).sum::<f32>() / nets.len() as f32 };
    if get("q", 0.0) > 0.0 {
        use edgewarden::scan::*;
        let b = export(&nets[0], &Labels::default());
        let m = LexicalModel::from_bytes(b.clone()).unwrap();
        let mut worst = 0f32; let mut sum = 0f32;
        for r in &dev { let f = r.origin == "retrieved" || r.origin == "tool"; let v = edgewarden::text::view::canonical(&r.text); let j = m.judge(v.as_ref().map_or(&r.text, |v| &v.text), if f { Origin::Retrieved } else { Origin::User });
            let d = doc_of(&r.text, 4000); let x = nets[0].logits(&d, f).first().copied().unwrap_or(0.0); let e = (x - j.logit as f32 / 65536.0).abs(); sum += e; worst = worst.max(e); }
        println!("quantised: mean error {:.4} worst {worst:.4}, {} bytes", sum / dev.len() as f32, b.len());
        std::fs::write("/tmp/model.bin", b).unwrap();
    }
    let mut by: BTreeMap<String, Vec<f32>> = BTreeMap::new();
    let mut all: Vec<(f32, &R)> = vec![];
    for r in &dev { let s = score(r); by.entry(r.src.clone()).or_default().push(s); all.push((s, r)); }
    let mut ben: Vec<f32> = dev.iter().zip(&all).filter(|(r, _)| !r.attack).map(|(_, s)| s.0).collect();
    ben.sort_by(|a, b| b.total_cmp(a));
    for q in [0.005, 0.01, 0.02, 0.04] {
        let th = ben[(ben.len() as f32 * q) as usize];
        print!("fpr {:.1}% th {th:5.2}:", q * 100.0);
        for (s, v) in &by { let n = v.iter().filter(|x| **x > th).count(); print!(" {}={:.1}", s.replace("parapet_", "").replace("_attacks", "_A").replace("_benign", "_B").replace("_inbound", ""), 100.0 * n as f32 / v.len() as f32); }
        println!();
    }
    if get("show", 0.0) > 0.0 {
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (s, r) in all.iter().filter(|x| !x.1.attack).take(get("show", 0.0) as usize) { println!("B {s:.2} {} {}", r.src, r.text.chars().take(200).collect::<String>().replace('\n', " ")); }
    }
    if get("miss", 0.0) > 0.0 {
        let th = ben[(ben.len() as f32 * 0.01) as usize];
        let mut m: Vec<_> = all.iter().filter(|x| x.1.attack && x.0 < th).collect(); m.sort_by(|a, b| a.1.src.cmp(&b.1.src).then(b.0.total_cmp(&a.0)));
        for (s, r) in m.iter().take(get("miss", 0.0) as usize) { println!("M {s:.2} {} {}", r.src, r.text.chars().take(220).collect::<String>().replace('\n', " ")); }
    }
}
