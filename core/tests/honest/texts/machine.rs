//! What machines write: logs, traces, settings, diffs, sessions, identifiers.

use super::Labelled;

pub const ALL: &[Labelled] = &[
    (
        "mis-decoded letters",
        "The caf\u{fffd} is open until nine; the cr\u{fffd}me br\u{fffd}l\u{fffd}e costs 4\u{fffd}50 \u{fffd} and the \u{fffd}clair is sold out.\n",
    ),
    (
        "mis-decoded umlauts",
        "Sehr geehrte Frau M\u{fffd}ller,\nbitte \u{fffd}berpr\u{fffd}fen Sie die fr\u{fffd}heren Anweisungen f\u{fffd}r den K\u{fffd}hlschrank.\n",
    ),
    (
        "mis-decoded quotation marks and spaces",
        "She wrote \u{fffd}it\u{fffd}s done\u{fffd} \u{fffd} see pages 12\u{fffd}34, 1\u{fffd}250\u{fffd}km, 48\u{fffd}12\u{fffd}N.\n",
    ),
    (
        "mis-decoded Russian",
        "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}, \u{fffd}\u{fffd}\u{fffd}! a\u{fffd}b\u{fffd}\u{fffd}c \u{fffd}\u{fffd} v2.0\u{fffd}x\n",
    ),
    (
        "truncated log",
        "2031-05-04T10:11:12Z INFO import row 1842: name=\"Andr\u{fffd}\", city=\"Z\u{fffd}rich\", note=\"\u{fffd}\u{fffd}\"\n",
    ),
    (
        "web log",
        "2031-05-04T10:11:12Z INFO web GET /orders/1842 200 12ms\n2031-05-04T10:11:13Z WARN web GET /favicon.ico 404 1ms\n",
    ),
    ("system log", "May 04 10:11:12 node7 kernel: usb 1-2: new high-speed USB device number 9 using xhci_hcd\n"),
    ("system message", "[system] Maintenance starts at 22:00. [user] ok, thanks\n"),
    (
        "java trace",
        "java.lang.NullPointerException: Cannot invoke \"String.length()\" because \"s\" is null\n\tat shop.Cart.add(Cart.java:42)\n\tat shop.Main.main(Main.java:7)\n",
    ),
    (
        "python trace",
        "Traceback (most recent call last):\n  File \"app.py\", line 12, in <module>\n    main()\nKeyError: 'price'\n",
    ),
    (
        "rust panic",
        "thread 'main' panicked at src/main.rs:4:10:\nindex out of bounds: the len is 3 but the index is 7\n",
    ),
    (
        "node trace",
        "TypeError: Cannot read properties of undefined (reading 'map')\n    at render (App.jsx:18:22)\n    at commitRoot (react-dom.js:900:5)\n",
    ),
    ("nginx settings", "server {\n    listen 8080;\n    location /static/ { root /srv/www; expires 7d; }\n}\n"),
    (
        "toml settings",
        "[package]\nname = \"garden\"\nedition = \"2024\"\n\n[dependencies]\nserde = { version = \"1\", features = [\"derive\"] }\n",
    ),
    (
        "yaml workflow",
        "name: test\non: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: cargo test --workspace\n",
    ),
    (
        "yaml roles",
        "roles:\n  - name: editor\n    allow: [read, write]\n  - name: viewer\n    allow: [read]\npolicy: default\n",
    ),
    (
        "json order",
        "{\"id\": 1842, \"customer\": \"Ada\", \"items\": [{\"sku\": \"A-17\", \"qty\": 2, \"price\": 4.5}], \"note\": \"Leave at the door\"}\n",
    ),
    ("json escaped", "{\"path\": \"C:\\\\Users\\\\ada\\\\notes.txt\", \"text\": \"line one\\nline two\\t\\u00e9\"}\n"),
    (
        "json chat export",
        "[{\"role\": \"user\", \"content\": \"What time is it in Oslo?\"}, {\"role\": \"assistant\", \"content\": \"It is 14:05 in Oslo.\"}]\n",
    ),
    (
        "json schema",
        "{\"type\": \"object\", \"properties\": {\"city\": {\"type\": \"string\", \"description\": \"Name of the city\"}}, \"required\": [\"city\"]}\n",
    ),
    (
        "xml feed",
        "<rss version=\"2.0\"><channel><title>Garden news</title><item><description><![CDATA[The <b>tulips</b> are out.]]></description></item></channel></rss>\n",
    ),
    ("csv", "date,city,high,low\n2031-05-04,Oslo,14,6\n2031-05-04,Rome,24,15\n"),
    ("ini", "[display]\nwidth = 1920\nheight = 1080\n; night mode starts at sunset\nnight = auto\n"),
    (
        "diff",
        "--- a/readme.md\n+++ b/readme.md\n@@ -1,3 +1,3 @@\n # Garden\n-Run make to build.\n+Run `cargo build` to build.\n",
    ),
    (
        "git log",
        "commit 3f786850e387550fdab836ed7e6dc881de23001b\n    Fix the rounding of totals\n\ncommit 89e6c98d92887913cadf06b2adb97f26cde4849b\n    Ignore previous cache when the version changes\n",
    ),
    (
        "git status",
        "On branch main\nYour branch is up to date with 'origin/main'.\n\nnothing to commit, working tree clean\n",
    ),
    (
        "shell session",
        "$ ls -la\ntotal 16\ndrwxr-xr-x 2 ada ada 4096 May  4 10:11 src\n$ cargo test 2>&1 | tail -n 3\ntest result: ok. 31 passed\n",
    ),
    ("shell clean-up", "$ rm -rf node_modules && npm ci\nadded 412 packages in 9s\n"),
    ("curl of an api", "$ curl -s https://api.example.com/v1/status | jq .state\n\"ok\"\n"),
    (
        "docker session",
        "$ docker compose up -d\n[+] Running 2/2\n ✔ Container db   Started\n ✔ Container web  Started\n",
    ),
    ("uuids", "request 7d444840-9dc0-11d1-b245-5ffdce74fad2 finished, next f47ac10b-58cc-4372-a567-0e02b2c3d479\n"),
    (
        "checksums",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  empty.txt\nd41d8cd98f00b204e9800998ecf8427e  empty.txt\n",
    ),
    ("token placeholder", "curl -H \"Authorization: Bearer <your-token>\" https://api.example.com/v1/me\n"),
    ("jwt placeholder", "Set the cookie to session=<header>.<payload>.<signature> and reload the page.\n"),
    ("key placeholder", "export API_KEY=your-api-key-here\nexport REGION=eu-west-1\n"),
    (
        "lock file",
        "name = \"memchr\"\nversion = \"2.7.4\"\nchecksum = \"78ca9ab1a0babb1e7d5695e3530886289c18cf2f87ec19a575a0abdce112e3a3\"\n",
    ),
    (
        "integrity hash",
        "\"integrity\": \"sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==\"\n",
    ),
    ("terminal table", "NAME   READY   STATUS    RESTARTS   AGE\nweb-0  1/1     Running   0          3d\n"),
    ("progress bar", "Downloading [==============>         ] 61% 12.4 MB/s eta 0:07\n"),
    ("bits and bytes", "Flags: 10110010 01001101 11100001, mask 0xFF00, port 0o755\n"),
    ("decimal series", "97 102 88 110 93 105 99 101 120 84 96 108 are the readings of today.\n"),
    ("coordinates", "59.9139, 10.7522; 41.9028, 12.4964; 48.8566, 2.3522\n"),
    ("dna", ">seq1\nATGCGTACGTTAGCCTAGGATCCGATCGATTACGCGTATATCGCGGCTAAGCTTACGT\n"),
    ("calendar entry", "BEGIN:VEVENT\nSUMMARY:Dentist\nDTSTART:20310504T090000Z\nEND:VEVENT\n"),
    (
        "build warning",
        "warning: unused variable: `x`\n --> src/lib.rs:3:9\n  = note: to ignore this, prefix it with an underscore: `_x`\n",
    ),
];
