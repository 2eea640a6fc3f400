//! Program text with the escapes, encodings and odd characters honest programs have.

use super::Labelled;

pub const ALL: &[Labelled] = &[
    ("rust", "pub fn area(w: u32, h: u32) -> Option<u32> {\n    w.checked_mul(h) // None on overflow\n}\n"),
    ("rust escapes", "const MAGIC: &[u8] = b\"\\x89PNG\\r\\n\\x1a\\n\";\nlet smile = '\\u{1F600}';\n"),
    (
        "python",
        "def mean(xs):\n    \"\"\"Ignore missing values and return the mean.\"\"\"\n    xs = [x for x in xs if x is not None]\n    return sum(xs) / len(xs)\n",
    ),
    (
        "python ansi constants",
        "RED = \"\\x1b[31m\"\nGREEN = \"\\x1b[32m\"\nRESET = \"\\x1b[0m\"\nprint(f\"{GREEN}ok{RESET}\")\n",
    ),
    ("python join", "header = \",\".join([\"id\", \"name\", \"price\"])\nprint(header)\n"),
    (
        "javascript",
        "export const debounce = (fn, ms) => {\n  let t;\n  return (...a) => { clearTimeout(t); t = setTimeout(() => fn(...a), ms); };\n};\n",
    ),
    (
        "typescript",
        "type Role = \"admin\" | \"editor\" | \"viewer\";\nexport function canEdit(role: Role): boolean {\n  return role !== \"viewer\";\n}\n",
    ),
    (
        "chat message types",
        "interface Message { role: \"system\" | \"user\" | \"assistant\"; content: string }\nconst history: Message[] = [];\n",
    ),
    ("go", "func Max(a, b int) int {\n\tif a > b {\n\t\treturn a\n\t}\n\treturn b\n}\n"),
    (
        "java",
        "public record Point(int x, int y) {\n    public Point plus(Point o) { return new Point(x + o.x, y + o.y); }\n}\n",
    ),
    ("kotlin", "data class User(val name: String, val age: Int)\nfun List<User>.adults() = filter { it.age >= 18 }\n"),
    (
        "swift",
        "struct Stack<T> {\n    private var items: [T] = []\n    mutating func push(_ item: T) { items.append(item) }\n}\n",
    ),
    (
        "c",
        "static const unsigned char key_map[] = { 0x1b, 0x5b, 0x41, 0x00, 0x1b, 0x5b, 0x42, 0x00 };\nint main(void) { return 0; }\n",
    ),
    (
        "c hex table",
        "uint32_t crc_table[8] = { 0x00000000, 0x77073096, 0xee0e612c, 0x990951ba, 0x076dc419, 0x706af48f, 0xe963a535, 0x9e6495a3 };\n",
    ),
    ("c++", "template <class T> T clamp(T v, T lo, T hi) { return v < lo ? lo : hi < v ? hi : v; }\n"),
    ("ruby", "orders.group_by(&:customer).transform_values { |os| os.sum(&:total) }\n"),
    ("php", "<?php\n$total = array_sum(array_column($rows, 'price'));\necho number_format($total, 2);\n"),
    ("shell script", "#!/bin/sh\nset -eu\nfor f in *.log; do\n  gzip -9 \"$f\"\ndone\n"),
    (
        "sql",
        "SELECT c.name, COUNT(*) AS orders\nFROM customers c JOIN orders o ON o.customer_id = c.id\nWHERE o.created_at >= '2031-01-01'\nGROUP BY c.name ORDER BY orders DESC LIMIT 20;\n",
    ),
    (
        "sql ignore",
        "INSERT IGNORE INTO tags (name) VALUES ('garden'), ('kitchen');\nDROP TABLE IF EXISTS tmp_import;\n",
    ),
    (
        "css",
        ".tooltip { display: none; font-size: 0.9rem; }\n.tooltip:hover { display: block; color: #fff; background: #222; }\n",
    ),
    ("css hidden class", ".visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; }\n"),
    (
        "html with comment",
        "<!-- header starts here -->\n<header><h1>Fresh bread</h1></header>\n<!-- header ends here -->\n",
    ),
    (
        "html hidden menu",
        "<div style=\"display:none\" id=\"menu\"><a href=\"/shop\">Shop</a> <a href=\"/about\">About us</a></div>\n",
    ),
    ("html entities", "<p>Fish &amp; chips &#8211; &pound;9.50 &nbsp; caf&eacute; &#x2014; open daily</p>\n"),
    (
        "svg data url",
        "background-image: url(\"data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSIxMCIgaGVpZ2h0PSIxMCI+PC9zdmc+\");\n",
    ),
    (
        "png data url",
        "<img alt=\"dot\" src=\"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\">\n",
    ),
    (
        "base64 of a greeting",
        "assert_eq!(decode(\"SGVsbG8sIHdvcmxkISBIYXZlIGEgbmljZSBkYXku\"), \"Hello, world! Have a nice day.\");\n",
    ),
    (
        "hex dump",
        "00000000  7f 45 4c 46 02 01 01 00  00 00 00 00 00 00 00 00  |.ELF............|\n00000010  03 00 3e 00 01 00 00 00  40 10 00 00 00 00 00 00  |..>.....@.......|\n",
    ),
    (
        "regex",
        "const ISO_DATE = /^(\\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$/;\nconst WORD = /[\\u00C0-\\u024F\\w]+/gu;\n",
    ),
    (
        "unicode escapes",
        "greeting=\\u0047\\u0072\\u00fc\\u00df\\u0065\\u0020\\u0061\\u0075\\u0073\\u0020\\u004b\\u00f6\\u006c\\u006e\n",
    ),
    ("percent encoded link", "https://example.com/search?q=caf%C3%A9%20near%20me&sort=distance%20asc\n"),
    ("assembly", "    mov rax, 60\n    xor rdi, rdi\n    syscall\n"),
    ("makefile", "build: $(SRC)\n\t$(CC) $(CFLAGS) -o $@ $^\n\nclean:\n\trm -f build *.o\n"),
    (
        "dockerfile",
        "FROM debian:stable-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\nCMD [\"/app/server\"]\n",
    ),
    ("latex", "\\begin{equation}\n  \\int_0^1 x^2 \\, dx = \\frac{1}{3} % a classic\n\\end{equation}\n"),
    ("jinja template", "{% for item in items %}<li>{{ item.name | escape }}</li>{% endfor %}\n"),
    ("snake and camel names", "previousInstructionPointer = systemPromptPanel.getBounds(); ignore_case = true\n"),
    ("compiler pragma", "// eslint-disable-next-line no-console\nconsole.log(\"started\"); // @ts-ignore\n"),
    ("gitignore", "# ignore all build output\n/target\n*.log\n!.gitkeep\n"),
];
