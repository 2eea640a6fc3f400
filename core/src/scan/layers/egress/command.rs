//! Commands that do damage when a tool runs them, found at the punctuation they cannot do without.

use super::super::{byte_at, byte_before};
use super::Hits;

/// Looks at the stop at `i`; answers where to go on.
pub(super) fn at_stop(bytes: &[u8], i: usize, hits: &mut Hits<'_, '_>) -> usize {
    match byte_at(bytes, i) {
        b'|' => pipe(bytes, i, hits),
        b'-' => flag(bytes, i, hits),
        b'/' => path(bytes, i, hits),
        b'(' => call(bytes, i, hits),
        b'<' => substitution(bytes, i, hits),
        b';' => sql_tail(bytes, i, hits),
        b'=' => assignment(bytes, i, hits),
        _ => {}
    }
    i + 1
}

/// The rest of the line before `at`, at most [`REACH`] bytes of it.
fn line_before(bytes: &[u8], at: usize) -> &[u8] {
    let window = bytes.get(at.saturating_sub(REACH)..at).unwrap_or_default();
    window.rsplit(|b| *b == b'\n').next().unwrap_or_default()
}

/// The rest of the line from `at`, at most [`REACH`] bytes of it.
fn line_after(bytes: &[u8], at: usize) -> &[u8] {
    let window = bytes.get(at.min(bytes.len())..bytes.len().min(at + REACH)).unwrap_or_default();
    window.split(|b| *b == b'\n').next().unwrap_or_default()
}

/// Whether `text` begins with `word`, in any case, and the word ends there.
fn begins(text: &[u8], word: &[u8]) -> bool {
    text.split_at_checked(word.len())
        .is_some_and(|(head, tail)| head.eq_ignore_ascii_case(word) && !tail.first().is_some_and(is_word))
}

fn begins_any(text: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|w| begins(text, w))
}

fn ends(text: &[u8], word: &[u8]) -> bool {
    text.len()
        .checked_sub(word.len())
        .is_some_and(|i| text.get(i..).is_some_and(|t| t.eq_ignore_ascii_case(word)) && !is_word(&byte_before(text, i)))
}

/// Where the first of `words` stands as a word of its own: one pass, whatever the number of words.
fn find_word(text: &[u8], words: &[&[u8]]) -> Option<usize> {
    let mut previous = 0;
    for (i, b) in text.iter().enumerate() {
        let starts = !is_word(&previous);
        previous = *b;
        if !starts {
            continue;
        }
        let lower = b.to_ascii_lowercase();
        let here = words.iter().any(|w| w.first() == Some(&lower) && text.get(i..).is_some_and(|t| begins(t, w)));
        if here {
            return Some(i);
        }
    }
    None
}

fn has_word(text: &[u8], words: &[&[u8]]) -> bool {
    find_word(text, words).is_some()
}

fn is_word(b: &u8) -> bool {
    b.is_ascii_alphanumeric() || *b == b'_'
}

fn trimmed(text: &[u8]) -> &[u8] {
    text.trim_ascii()
}

/// `curl … | sh`, `base64 -d | sh`, `env | curl`, `… | crontab -`.
fn pipe(bytes: &[u8], i: usize, hits: &mut Hits<'_, '_>) {
    let mut right = line_after(bytes, i + 1).trim_ascii_start();
    for prefix in [&b"sudo "[..], b"-E ", b"/usr/bin/env ", b"/bin/", b"/usr/bin/"] {
        right = right.strip_prefix(prefix).unwrap_or(right);
    }
    let end = |len: usize| (i + 1 + len + 8).min(bytes.len()).min(i + 1 + line_after(bytes, i + 1).len());
    if begins_any(
        right,
        &[
            b"sh", b"bash", b"zsh", b"dash", b"ksh", b"fish", b"python", b"python3", b"perl", b"ruby", b"node", b"iex",
            b"php",
        ],
    ) {
        let left = line_before(bytes, i);
        let from = i - left.len();
        if let Some(at) = find_word(left, &[b"curl", b"wget", b"fetch", b"iwr", b"irm", b"invoke-webrequest"]) {
            hits.push_words("pipe-to-shell", from + at, end(2));
        } else if let Some(at) = find_word(left, &[b"base64", b"xxd", b"openssl", b"gunzip", b"rev"]) {
            // `-d` of base64 and openssl, `-r` of xxd; gunzip and rev need no flag to undo what was done.
            let decodes = has_word(left, &[b"-d", b"--decode", b"-r", b"gunzip", b"rev"]);
            if decodes {
                hits.push_words("encoded-pipe-to-shell", from + at, end(2));
            }
        }
    } else if begins_any(right, &[b"curl", b"nc", b"ncat", b"wget", b"netcat"]) {
        let left = trimmed(line_before(bytes, i));
        let from = i - line_before(bytes, i).len();
        let command = left
            .rsplit(|b| matches!(b, b'|' | b';' | b'&' | b'`'))
            .find(|c| !c.trim_ascii().is_empty())
            .unwrap_or(left);
        if [&b"env"[..], b"printenv", b"set", b"history", b"whoami"].iter().any(|w| ends(command, w))
            || reads_secrets(left)
        {
            hits.push_words("exfil-command", from, end(4));
        }
    } else if begins(right, b"crontab") && line_before(bytes, i).len() > 4 {
        let left = line_before(bytes, i);
        if has_word(left, &[b"echo", b"crontab", b"printf", b"cat"]) {
            hits.push_words("cron-persistence", i - left.len(), end(7));
        }
    } else if begins_any(right, &[b":&"])
        || right.starts_with(b":&")
        || right.starts_with(b"%0") && line_before(bytes, i).ends_with(b"%0")
    {
        hits.push_words("fork-bomb", i, end(2));
    }
}

/// Whether a command line names files only their owner should read.
fn reads_secrets(line: &[u8]) -> bool {
    [
        &b".ssh/"[..],
        b"/etc/shadow",
        b"/etc/passwd",
        b".aws/credentials",
        b"id_rsa",
        b".netrc",
        b".env",
        b".kube/config",
        b"wallet.dat",
    ]
    .iter()
    .any(|f| line.windows(f.len()).any(|w| w == *f))
}

/// Everything that is told by a flag: `rm -rf`, `nc -e`, `bash -i`, `powershell -enc`, `git push --force`.
fn flag(bytes: &[u8], i: usize, hits: &mut Hits<'_, '_>) {
    if byte_before(bytes, i) != b' ' {
        return;
    }
    let before = bytes.get(i.saturating_sub(48)..i).unwrap_or_default();
    let before = before.rsplit(|b| *b == b'\n').next().unwrap_or_default().trim_ascii_end();
    let after = bytes.get(i..bytes.len().min(i + 120)).unwrap_or_default();
    let after = after.split(|b| *b == b'\n').next().unwrap_or_default();
    if ends(before, b"rm") {
        remove(after, i, hits);
    } else if [&b"nc"[..], b"ncat", b"netcat", b"nc.traditional"].iter().any(|w| ends(before, w))
        || has_word(before, &[b"nc", b"ncat"])
    {
        let flags = after.split(|b| *b == b' ').next().unwrap_or_default();
        let executes = flags.iter().any(|b| matches!(b, b'e' | b'c')) && !flags.starts_with(b"--") && flags.len() <= 6;
        let shell = [&b"/bin/sh"[..], b"/bin/bash", b"cmd.exe", b" sh ", b"bash"]
            .iter()
            .any(|s| after.windows(s.len()).any(|w| w == *s));
        if executes && shell {
            hits.push_words("reverse-shell", i, i + after.len());
        }
    } else if [&b"powershell"[..], b"powershell.exe", b"pwsh", b"pwsh.exe"].iter().any(|w| ends(before, w))
        || has_word(before, &[b"powershell", b"pwsh"])
    {
        // PowerShell takes any unambiguous beginning of -EncodedCommand.
        let mut words = after.splitn(2, |b| *b == b' ');
        let name = words.next().and_then(|w| w.get(1..)).unwrap_or_default();
        let value = words.next().unwrap_or_default().trim_ascii_start();
        let encoded =
            !name.is_empty() && b"encodedcommand".get(..name.len()).is_some_and(|p| p.eq_ignore_ascii_case(name));
        let base64 = value.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')).count();
        if (encoded || name.eq_ignore_ascii_case(b"ec")) && base64 >= 16 {
            hits.push_words("powershell-encoded", i, i + after.len());
        }
    } else if has_word(before, &[b"remove-item"]) {
        let root = [&b"C:\\"[..], b"c:\\", b" ~", b" /"].iter().any(|s| {
            after.windows(s.len()).position(|w| w == *s).is_some_and(|p| {
                after.get(p + s.len()..).is_none_or(|r| r.is_empty() || matches!(r.first(), Some(b' ' | b'*' | b'"')))
            })
        });
        let recursive = after.windows(8).any(|w| w.eq_ignore_ascii_case(b"-recurse"));
        if root && recursive {
            hits.push_words("windows-wipe", i, i + after.len());
        }
    } else if has_word(before, &[b"push"]) && has_word(before, &[b"git"]) {
        let forced =
            begins(after, b"--force") && !after.starts_with(b"--force-with-lease") && !after.starts_with(b"--force-if")
                || begins(after, b"-f");
        if forced {
            let start = find_word(before, &[b"git"]).map_or(i, |at| i.saturating_sub(before.len() + 1 - at));
            hits.push_words("git-force-push", start, i + if after.starts_with(b"--") { 7 } else { 2 });
        }
    }
}

/// `rm` with recursion and force, aimed at everything.
fn remove(after: &[u8], i: usize, hits: &mut Hits<'_, '_>) {
    let (mut recursive, mut forced, mut no_root_guard) = (false, false, false);
    let mut offset = 0;
    for word in after.split(|b| *b == b' ') {
        let end = offset + word.len();
        offset = end + 1;
        match word {
            b"" => {}
            b"--no-preserve-root" => no_root_guard = true,
            b"--recursive" => recursive = true,
            b"--force" => forced = true,
            [b'-', letters @ ..] if !letters.is_empty() && letters.iter().all(u8::is_ascii_alphabetic) => {
                recursive |= letters.iter().any(|b| matches!(b, b'r' | b'R'));
                forced |= letters.contains(&b'f');
            }
            target => {
                let target = target.strip_prefix(b"\"").or_else(|| target.strip_prefix(b"'")).unwrap_or(target);
                let target = target
                    .split(|b| matches!(b, b';' | b'|' | b'&' | b'`' | b')' | b'\'' | b'"'))
                    .next()
                    .unwrap_or_default();
                let bare = target.trim_ascii();
                let bare = bare.strip_suffix(b".").filter(|b| b.len() > 1 || *b == b"/").unwrap_or(bare);
                let everything = matches!(
                    bare,
                    b"/" | b"/*"
                        | b"~"
                        | b"~/"
                        | b"~/*"
                        | b"*"
                        | b"$HOME"
                        | b"$HOME/"
                        | b"$HOME/*"
                        | b"${HOME}"
                        | b"/."
                        | b"/etc"
                        | b"/usr"
                        | b"/var"
                        | b"/home"
                        | b"/bin"
                        | b"/boot"
                        | b"/lib"
                        | b"/root"
                        | b"/opt"
                        | b"/home/*"
                        | b"/etc/*"
                        | b"/usr/*"
                        | b"/var/*"
                        | b"C:\\"
                        | b".."
                        | b"../*"
                        | b"../.."
                );
                if everything && recursive && (forced || no_root_guard || bare != b"*" && bare != b"..") {
                    hits.push_words("rm-root", i.saturating_sub(3), i + end.min(after.len()));
                    return;
                }
                if !bare.starts_with(b"/") && !bare.starts_with(b"~") && !bare.starts_with(b".") {
                    return;
                }
            }
        }
    }
}

/// Everything that is told by a path: `/dev/tcp/`, `/dev/sda`, `/etc/cron.d`, `~/.ssh/…`, `chmod 777 /`.
fn path(bytes: &[u8], i: usize, hits: &mut Hits<'_, '_>) {
    // Nearly every slash is part of an ordinary path or a fraction: its neighbour rules it out.
    let next = byte_at(bytes, i + 1);
    if !matches!(
        next,
        b'd' | b'a'
            | b'e'
            | b'v'
            | b'.'
            | b'w'
            | b's'
            | b'f'
            | b'q'
            | b'y'
            | b'S'
            | b'F'
            | b'Q'
            | b'Y'
            | b'*'
            | b')'
            | b'\''
            | b'"'
            | b'`'
            | b';'
    ) && next > b' '
    {
        return;
    }
    let after = bytes.get(i..bytes.len().min(i + 48)).unwrap_or_default();
    let after = after.split(|b| *b == b'\n').next().unwrap_or_default();
    if after.starts_with(b"/dev/tcp/") || after.starts_with(b"/dev/udp/") {
        let line = line_before(bytes, i);
        // A redirection, or the file opened by exec; the bare path is a topic.
        if matches!(line.trim_ascii_end().last(), Some(b'&' | b'>' | b'<')) {
            let len = after.iter().position(|b| matches!(b, b' ' | b'"' | b'\'' | b'`')).unwrap_or(after.len());
            hits.push_words("reverse-shell", i - line.len().min(24), i + len);
        }
    } else if after.starts_with(b"/dev/sd")
        || after.starts_with(b"/dev/nvme")
        || after.starts_with(b"/dev/hd")
        || after.starts_with(b"/dev/vd")
    {
        let line = line_before(bytes, i);
        let redirected = line.trim_ascii_end().ends_with(b">");
        let dd = ends(line, b"of=") || line.ends_with(b"of=");
        let command = line.rsplit(|b| matches!(b, b'|' | b';' | b'&')).next().unwrap_or_default();
        let formats = command.windows(5).any(|w| w == b"mkfs.")
            || has_word(command, &[b"mkfs", b"wipefs", b"shred", b"blkdiscard"]);
        if redirected || dd && has_word(line, &[b"dd"]) || formats {
            let len = after.iter().position(|b| matches!(b, b' ' | b'"' | b'\'' | b'`' | b';')).unwrap_or(after.len());
            hits.push_words("disk-overwrite", i - command.len().min(48), i + len);
        }
    } else if after.starts_with(b"/authorized_keys") && appended(bytes, i) {
        hits.push_words("ssh-key-persistence", i, i + 16);
    } else if (after.starts_with(b"/etc/cron") || after.starts_with(b"/var/spool/cron")) && appended(bytes, i) {
        hits.push_words("cron-persistence", i, i + 9);
    } else if after.starts_with(b"/etc/ld.so.preload") {
        hits.push_words("ld-preload", i, i + 18);
    } else if begins(after, b"/") || after.starts_with(b"/ ") || after.starts_with(b"/*") || after.len() == 1 {
        let before = bytes.get(i.saturating_sub(24)..i).unwrap_or_default();
        let open = [&b" 777 "[..], b" 0777 ", b" a+rwx ", b" ugo+rwx "].iter().any(|m| before.ends_with(m));
        if open && let Some(at) = find_word(before, &[b"chmod"]) {
            hits.push_words("chmod-root", i - before.len() + at, i + 1);
        }
    }
    sends_file(bytes, i, after, hits);
    wipes_drive(bytes, i, hits);
}

/// Whether the line before redirects, appends or copies into what stands at `i`.
fn appended(bytes: &[u8], i: usize) -> bool {
    let line = line_before(bytes, i);
    line.windows(2).any(|w| w == b">>")
        || line.iter().rposition(|b| *b == b'>').is_some_and(|p| line.len() - p < 40)
        || has_word(line, &[b"tee"])
}

/// A private file in the same command as a program that sends.
fn sends_file(bytes: &[u8], i: usize, after: &[u8], hits: &mut Hits<'_, '_>) {
    let private = [
        &b"/.ssh/id_"[..],
        b"/.aws/credentials",
        b"/etc/shadow",
        b"/etc/passwd",
        b"/.netrc",
        b"/.kube/config",
        b"/.env",
        b"/wallet.dat",
        b"/.git-credentials",
    ];
    if !private.iter().any(|p| after.starts_with(p)) {
        return;
    }
    let (left, right) = (line_before(bytes, i), line_after(bytes, i));
    let senders = [&b"curl"[..], b"wget", b"nc", b"ncat", b"scp", b"sendmail", b"invoke-webrequest"];
    let piped =
        right.iter().position(|b| *b == b'|').and_then(|p| right.get(p..)).is_some_and(|r| has_word(r, &senders));
    // `curl … @file`, `curl -F f=@file`, `scp file host:`.
    let sent = has_word(left, &[b"scp"])
        || left.windows(1).any(|w| w == b"@" || w == b"<") && has_word(left, &senders)
        || has_word(left, &senders) && left.windows(2).any(|w| w == b"$(");
    if piped || sent {
        let end = i + right.len();
        hits.push_words("exfil-command", i - left.len().min(80), end);
    }
}

/// `del /f /s /q C:\`, `rd /s /q C:\`, `format C: /y`.
fn wipes_drive(bytes: &[u8], i: usize, hits: &mut Hits<'_, '_>) {
    if !matches!(byte_at(bytes, i + 1).to_ascii_lowercase(), b's' | b'f' | b'q' | b'y') || byte_before(bytes, i) != b' '
    {
        return;
    }
    let whole = line_before(bytes, i);
    let (from, line) = (i - whole.len(), whole.trim_ascii_end());
    let after = line_after(bytes, i);
    let verb = |line: &[u8], words: &[&[u8]]| {
        words.iter().find(|w| ends(line, w)).map(|w| from + line.len().saturating_sub(w.len()))
    };
    let wipes = verb(line, &[b"del", b"rd", b"rmdir", b"erase"]);
    let drive = after.windows(3).take(48).any(|w| matches!(w, [b'C' | b'c' | b'D' | b'd', b':', b'\\' | b'*']));
    let wipes = wipes.filter(|_| drive && after.windows(2).any(|w| w.eq_ignore_ascii_case(b"/s")));
    let formats = || match line {
        [head @ .., b'C' | b'c' | b'D' | b'd', b':'] if line.len() > 8 => verb(head.trim_ascii_end(), &[b"format"]),
        _ => None,
    };
    if let Some(start) = wipes.or_else(formats) {
        hits.push_words("windows-wipe", start, i + after.len().min(24));
    }
}

/// Calls: `New-Object Net.WebClient`, `$(curl …)` given to a shell, sockets with a shell behind them.
fn call(bytes: &[u8], i: usize, hits: &mut Hits<'_, '_>) {
    // New-Object, iwr, irm, curl, wget, env, printenv; rmtree(, socket(, fsockopen(, TCPSocket.open(; anything in brackets else.
    let first = byte_at(bytes, i + 1);
    let called = matches!(byte_before(bytes, i), b'e' | b't' | b'n');
    if !called && !matches!(first, b' ' | b'n' | b'N' | b'i' | b'I' | b'c' | b'w' | b'e' | b'p') {
        return;
    }
    let after = bytes.get(i + 1..bytes.len().min(i + 40)).unwrap_or_default().trim_ascii_start();
    let before = bytes.get(i.saturating_sub(24)..i).unwrap_or_default();
    if begins(after, b"new-object") && after.windows(13).any(|w| w.eq_ignore_ascii_case(b"net.webclient")) {
        let (left, right) = (line_before(bytes, i), line_after(bytes, i));
        let runs = has_word(left, &[b"iex", b"invoke-expression", b"powershell"])
            || has_word(right, &[b"iex", b"invoke-expression"]);
        if runs {
            hits.push_words("powershell-download", i, i + right.len().min(80));
        }
    } else if begins_any(after, &[b"iwr", b"irm", b"invoke-webrequest", b"invoke-restmethod"])
        && (ends(before.trim_ascii_end(), b"iex") || ends(before.trim_ascii_end(), b"invoke-expression"))
    {
        hits.push_words("powershell-download", i, i + line_after(bytes, i).len().min(80));
    } else if before.ends_with(b"$") && begins_any(after, &[b"curl", b"wget"]) {
        let left = line_before(bytes, i);
        let shell = left.windows(3).any(|w| w == b" -c") && has_word(left, &[b"sh", b"bash", b"zsh"])
            || has_word(left, &[b"eval"]);
        if shell {
            hits.push_words("pipe-to-shell", i - left.len().min(32), i + line_after(bytes, i).len().min(80));
        }
    } else if before.ends_with(b"$") && begins_any(after, &[b"env", b"printenv", b"whoami", b"hostname"]) {
        let left = line_before(bytes, i);
        if let Some(at) = find_word(left, &[b"curl", b"wget", b"nc"]) {
            hits.push_words("exfil-command", i - left.len() + at, i + line_after(bytes, i).len().min(80));
        }
    } else if ends(before, b"rmtree") && matches!(after, [b'\'' | b'"', b'/' | b'~', b'\'' | b'"', ..]) {
        hits.push_words("rm-root", i - 6, i + 5);
    } else if ends(before, b"socket")
        || ends(before, b"fsockopen")
        || ends(before, b"TCPSocket.open")
        || ends(before, b"TCPSocket")
    {
        // The one-liners all connect first and then start a shell on what they connected.
        let window = bytes.get(i.saturating_sub(REACH)..bytes.len().min(i + 400)).unwrap_or_default();
        let shell = [&b"/bin/sh"[..], b"/bin/bash", b"cmd.exe", b"\"sh\"", b"'sh'"]
            .iter()
            .any(|s| window.windows(s.len()).any(|w| w == *s));
        let joined = [&b"dup2"[..], b"subprocess", b"exec", b"pty.spawn", b"popen"]
            .iter()
            .any(|s| window.windows(s.len()).any(|w| w == *s));
        if shell && joined {
            hits.push_words("reverse-shell", i - before.len().min(13), (i + 80).min(bytes.len()));
        }
    }
}

/// `bash <(curl …)`.
fn substitution(bytes: &[u8], i: usize, hits: &mut Hits<'_, '_>) {
    let after = bytes.get(i + 1..bytes.len().min(i + 16)).unwrap_or_default();
    let inner = after.strip_prefix(b"(").unwrap_or_default().trim_ascii_start();
    if begins_any(inner, &[b"curl", b"wget"]) {
        let left = line_before(bytes, i).trim_ascii_end();
        if [&b"bash"[..], b"sh", b"zsh", b"source", b"."].iter().any(|w| left.ends_with(w)) {
            hits.push_words("pipe-to-shell", i, i + line_after(bytes, i).len().min(80));
        }
    }
}

/// A second statement after the value a query expected: `'; DROP TABLE …`.
fn sql_tail(bytes: &[u8], i: usize, hits: &mut Hits<'_, '_>) {
    let after = bytes.get(i + 1..bytes.len().min(i + 100)).unwrap_or_default();
    let line = after.split(|b| *b == b'\n').next().unwrap_or_default();
    let after = line.trim_ascii_start();
    let statement = begins_any(
        after,
        &[
            b"drop table",
            b"drop database",
            b"delete from",
            b"truncate table",
            b"update",
            b"insert into",
            b"exec",
            b"shutdown",
            b"alter table",
        ],
    );
    if !statement {
        return;
    }
    let before = line_before(bytes, i).trim_ascii_end();
    let breaks_out = matches!(before, [.., b'\'' | b'"'] | [.., b'\'' | b'"', b')']);
    let comments_out =
        after.windows(2).any(|w| w == b"--") || after.ends_with(b"#") || after.windows(2).any(|w| w == b"/*");
    if comments_out && (breaks_out || begins_any(after, &[b"drop table", b"drop database", b"truncate table"])) {
        hits.push_words("sql-injection-tail", i.saturating_sub(1), (i + 1 + line.len()).min(bytes.len()));
    }
}

/// `LD_PRELOAD=/tmp/x.so`.
fn assignment(bytes: &[u8], i: usize, hits: &mut Hits<'_, '_>) {
    if matches!(byte_before(bytes, i), b'\'' | b'"' | b'0'..=b'9') {
        tautology(bytes, i, hits);
    }
    if !matches!(byte_before(bytes, i), b'D' | b'S' | b'd' | b's') {
        return;
    }
    let before = bytes.get(i.saturating_sub(24)..i).unwrap_or_default();
    let value = byte_at(bytes, i + 1);
    if (ends(before, b"LD_PRELOAD") || ends(before, b"DYLD_INSERT_LIBRARIES"))
        && matches!(value, b'/' | b'.' | b'"' | b'\'' | b'~' | b'$')
    {
        let line = line_after(bytes, i + 1);
        let len = line.iter().position(|b| *b == b' ').unwrap_or(line.len());
        hits.push_words("ld-preload", i - 10, i + 1 + len);
    }
}

/// `' OR '1'='1`: a condition that always holds, after a quotation mark that ends the expected value.
fn tautology(bytes: &[u8], i: usize, hits: &mut Hits<'_, '_>) {
    let start = i.saturating_sub(24);
    let before = bytes.get(start..i).unwrap_or_default();
    let Some(space) = before.iter().rposition(|b| *b == b' ') else { return };
    let (head, left) = before.split_at_checked(space).unwrap_or_default();
    let bare = |t: &[u8]| t.iter().copied().filter(u8::is_ascii_alphanumeric).take(12).collect::<alloc::vec::Vec<u8>>();
    let right = line_after(bytes, i + 1);
    let right = right.split(|b| matches!(b, b' ' | b';' | b'-' | b'#' | b')')).next().unwrap_or_default();
    let head = head.trim_ascii_end();
    let quote = head.strip_suffix(b"or").or_else(|| head.strip_suffix(b"OR")).or_else(|| head.strip_suffix(b"Or"));
    let breaks_out = quote.is_some_and(|q| matches!(q.trim_ascii_end().last(), Some(b'\'' | b'"')));
    if breaks_out && !bare(left).is_empty() && bare(left) == bare(right) {
        hits.push_words("sql-tautology", start + head.len().saturating_sub(4), i + 1 + right.len());
    }
}

/// How far back and ahead on a line a command is read.
const REACH: usize = 200;
