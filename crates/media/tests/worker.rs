//! Worker processes, real ones: this test binary is its own worker, with a
//! decoder inside that does on request what a taken-over one would try.
//! Without the usual harness, as `main` has to be the worker's first.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and waits for processes of the system"
)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bonafide_context::SystemClock;
use bonafide_media::video::{Filmed, Pick, VideoError, VideoFacts, VideoLimits, VideoOrder};
use bonafide_media::worker::{
    WorkerError, WorkerPool, WorkerSettings, WorkerStats, frame, run_if_asked_with,
};
use bonafide_media::{DecodeError, Decoded, Decoder, InProcess, Limits, Picture};

#[path = "../src/video/samples.rs"]
mod clips;
#[expect(dead_code, reason = "shared with the decoders' own tests")]
#[path = "../src/decode/samples.rs"]
mod samples;

const TESTS: &[(&str, fn())] = &[
    ("answers_equal_those_of_the_own_process", answers_equal_those_of_the_own_process),
    ("whatever_a_decoder_tries_it_is_one_failed_call", whatever_a_decoder_tries),
    ("videos_equal_those_of_the_own_process", videos_equal_those_of_the_own_process),
    ("whatever_a_decoder_of_videos_tries_it_is_one_failed_call", whatever_a_film_tries),
    ("the_time_of_whoever_looks_at_a_video_is_not_the_workers", lookers_may_take_their_time),
    ("time_is_bounded", time_is_bounded),
    ("an_answer_nobody_asked_for_reaches_nobody", an_unasked_answer_reaches_nobody),
    ("the_kernel_says_so_too", the_kernel_says_so_too),
    ("a_thousand_pictures_leak_nothing", a_thousand_pictures_leak_nothing),
    ("many_threads_share_few_workers", many_threads_share_few_workers),
    ("a_worker_killed_at_rest_is_replaced", a_worker_killed_at_rest_is_replaced),
    ("no_worker_outlives_a_killed_parent", no_worker_outlives_a_killed_parent),
    ("a_pool_that_cannot_start_says_so", a_pool_that_cannot_start_says_so),
];

fn main() -> ExitCode {
    if let Some(code) = run_if_asked_with(|limits| Hostile(InProcess { limits })) {
        return code;
    }
    let mut arguments = std::env::args().skip(1).filter(|a| !a.starts_with('-'));
    let wanted = arguments.next();
    if wanted.as_deref() == Some(PARENT) {
        be_a_parent();
    }
    for (name, test) in TESTS {
        if wanted.as_ref().is_none_or(|wanted| name.contains(wanted.as_str())) {
            test();
            println!("test {name} ... ok");
        }
    }
    ExitCode::SUCCESS
}

/// Decodes pictures and videos, and does what files that begin with `hostile:` ask for.
/// `NotAnImage` is its cry of triumph.
struct Hostile(InProcess);

impl Decoder for Hostile {
    fn decode(&self, bytes: &[u8]) -> Result<Decoded, DecodeError> {
        let Some(order) = bytes.strip_prefix(b"hostile:") else { return self.0.decode(bytes) };
        obey(order);
        Err(DecodeError::NotAnImage)
    }

    fn video(
        &self,
        bytes: &[u8],
        order: &VideoOrder,
        each: &mut dyn FnMut(Filmed) -> ControlFlow<()>,
    ) -> Result<Option<VideoFacts>, VideoError> {
        let hostile = bytes.strip_prefix(b"hostile:");
        let Some(wish) = hostile else { return self.0.video(bytes, order, each) };
        // In the middle of an answer.
        let picture = Picture::filled(64, 48, [9; 3]).unwrap();
        let _ = each(Filmed { index: 0, at_us: 0, picture: picture.clone() });
        match wish {
            b"again" => drop(each(Filmed { index: 0, at_us: 0, picture })),
            _ => obey(wish),
        }
        Err(VideoError::NotAVideo)
    }
}

/// Tries what a taken-over decoder would.
fn obey(order: &[u8]) {
    match order {
        b"open" => drop(std::fs::File::open("/etc/passwd")),
        b"create" => drop(std::fs::write("/tmp/bonafide-worker-was-here", "x")),
        b"tcp" => drop(std::net::TcpStream::connect("127.0.0.1:1")),
        b"udp" => drop(std::net::UdpSocket::bind("127.0.0.1:0")),
        b"unix" => drop(std::os::unix::net::UnixStream::pair()),
        b"exec" => drop(Command::new("/bin/true").status()),
        b"thread" => drop(std::thread::spawn(|| {})),
        b"kill" => {
            let parent = rustix::process::getppid().unwrap();
            let _ = rustix::process::kill_process(parent, rustix::process::Signal::URG);
        }
        b"inspect" => drop(std::fs::read("/proc/self/environ")),
        b"stderr" => drop(rustix::io::write(std::io::stderr(), b"hello")),
        b"allocate" => drop(std::hint::black_box(vec![1u8; 4 << 30])),
        b"panic" => panic!("as asked"),
        b"exit" => std::process::exit(0),
        b"spin" => loop {
            std::hint::spin_loop();
        },
        b"garbage" => drop(std::io::stdout().lock().write_all(&[0xa5; 5_000])),
        b"short" => {
            drop(std::io::stdout().lock().write_all(&[0; 3]));
            std::process::exit(0);
        }
        // The right answer, and then one more for whoever comes next.
        b"twice" => {
            let next = frame::reply(2, &frame::Reply::Refused(DecodeError::Corrupt));
            let this = frame::reply(1, &frame::Reply::Refused(DecodeError::Truncated));
            let mut out = std::io::stdout().lock();
            out.write_all(&[this, next].concat()).unwrap();
            out.flush().unwrap();
        }
        other => panic!("no such order: {}", other.escape_ascii()),
    }
}

fn settings() -> WorkerSettings {
    WorkerSettings { workers: 2, time_out: Duration::from_secs(60), ..WorkerSettings::default() }
}

fn pool(settings: WorkerSettings) -> WorkerPool {
    WorkerPool::start(settings, Arc::new(SystemClock::start())).unwrap()
}

fn photo() -> Vec<u8> {
    samples::jpeg(&samples::photo(64, 48), false)
}

fn answers_equal_those_of_the_own_process() {
    let pool = pool(settings());
    let here = InProcess::default();
    let mut files = samples::one_of_each();
    files.extend((1..=8).map(|turn| samples::with_exif(&photo(), turn)));
    // Larger than every pipe.
    files.push(samples::jpeg(&samples::photo(3_000, 2_000), true));
    files.push(samples::bmp(&samples::photo(1_500, 1_000)));
    for file in &files {
        let (there, here) = (pool.decode(file).unwrap(), here.decode(file).unwrap());
        assert_eq!(there.facts, here.facts);
        assert!(there.picture == here.picture, "{:?}", here.facts);
    }
    let huge = samples::png_with(60_000, 60_000, false, &[]);
    let long = samples::png_with(20_000, 10, false, &[]);
    let mut bad = vec![vec![], b"text".to_vec(), b"%PDF-1.7".to_vec(), huge, long];
    bad.push(vec![0; here.limits.max_bytes + 1]);
    bad.extend(files.iter().map(|file| file[..file.len() / 2].to_vec()));
    for file in &bad {
        assert_eq!(pool.decode(file).unwrap_err(), here.decode(file).unwrap_err());
    }
    let stats = pool.stats();
    assert_eq!((stats.started, stats.crashed, stats.misbehaved), (1, 0, 0));
}

fn whatever_a_decoder_tries() {
    let pool = pool(WorkerSettings { workers: 1, ..settings() });
    let orders = [
        "open", "create", "tcp", "udp", "unix", "exec", "thread", "kill", "inspect", "stderr",
        "allocate", "panic", "exit", "garbage", "short",
    ];
    for order in orders {
        let error = pool.decode(format!("hostile:{order}").as_bytes()).unwrap_err();
        assert_eq!(error, DecodeError::WorkerCrashed, "{order}");
        assert_eq!(pool.decode(&photo()).unwrap().facts.width, 64, "after {order}");
    }
    assert!(!std::fs::exists("/tmp/bonafide-worker-was-here").unwrap());
    let WorkerStats { crashed, misbehaved, timed_out, .. } = pool.stats();
    assert_eq!((crashed + misbehaved, timed_out), (orders.len() as u64, 0));
    assert_eq!(misbehaved, 1, "garbage");
}

/// All frames that come, their numbers and times, and how it ended.
type Shown = (Vec<(u32, u64, Picture)>, Result<Option<VideoFacts>, VideoError>);

fn shown(decoder: &dyn Decoder, file: &[u8], order: &VideoOrder) -> Shown {
    let mut frames = Vec::new();
    let ended = decoder.video(file, order, &mut |one| {
        frames.push((one.index, one.at_us, one.picture));
        ControlFlow::Continue(())
    });
    (frames, ended)
}

fn videos_equal_those_of_the_own_process() {
    let pool = pool(settings());
    let here = InProcess::default();
    let clips = clips::one_of_each();
    for pick in [Pick::Every(1), Pick::Every(3), Pick::AtMost(2)] {
        let order = VideoOrder { limits: VideoLimits::default(), pick };
        for clip in &clips {
            let there = shown(&pool, clip, &order);
            assert!(there.1.is_ok());
            assert!(there == shown(&here, clip, &order));
            // A picture in between: videos and pictures share the workers.
            assert_eq!(pool.decode(&photo()).unwrap().facts.width, 64);
        }
    }
    let limits = VideoLimits { max_frames: 3, ..VideoLimits::default() };
    let order = VideoOrder { limits, pick: Pick::Every(1) };
    let mut bad = vec![vec![], b"text".to_vec(), photo()];
    bad.extend(clips.iter().map(|clip| clip[..clip.len() / 2].to_vec()));
    bad.extend(clips.iter().cloned());
    for file in &bad {
        assert!(shown(&pool, file, &order) == shown(&here, file, &order));
    }
    let breaks_off = |decoder: &dyn Decoder| {
        let order = VideoOrder { limits: VideoLimits::default(), pick: Pick::Every(1) };
        decoder.video(&clips[0], &order, &mut |_| ControlFlow::Break(()))
    };
    assert_eq!((breaks_off(&pool), breaks_off(&here)), (Ok(None), Ok(None)));
    let stats = pool.stats();
    assert_eq!((stats.crashed, stats.misbehaved, stats.timed_out), (0, 0, 0));
    // A worker that has seen a video is not used again.
    assert!(stats.recycled >= 3 * clips.len() as u64, "{stats:?}");
}

fn whatever_a_film_tries() {
    let pool = pool(WorkerSettings { workers: 1, ..settings() });
    let order = VideoOrder { limits: VideoLimits::default(), pick: Pick::Every(1) };
    let orders = [
        "open", "create", "tcp", "udp", "unix", "exec", "thread", "kill", "inspect", "stderr",
        "allocate", "panic", "exit", "garbage", "again",
    ];
    for wish in orders {
        let (frames, ended) = shown(&pool, format!("hostile:{wish}").as_bytes(), &order);
        assert_eq!((frames.len(), ended), (1, Err(VideoError::WorkerCrashed)), "{wish}");
        assert_eq!(pool.decode(&photo()).unwrap().facts.width, 64, "after {wish}");
    }
    assert!(!std::fs::exists("/tmp/bonafide-worker-was-here").unwrap());
    let WorkerStats { crashed, misbehaved, timed_out, .. } = pool.stats();
    assert_eq!((crashed + misbehaved, timed_out), (orders.len() as u64, 0));
    assert_eq!(misbehaved, 2, "garbage, and a picture twice");
}

/// A clock that goes on only when it is told to.
#[derive(Default)]
struct Hand(std::sync::atomic::AtomicU64);

impl bonafide_context::Clock for Hand {
    fn now(&self) -> bonafide_context::Timestamp {
        bonafide_context::Timestamp(0)
    }

    fn elapsed(&self) -> Duration {
        Duration::from_secs(self.0.load(std::sync::atomic::Ordering::SeqCst))
    }
}

fn lookers_may_take_their_time() {
    let clock = Arc::new(Hand::default());
    let settings = WorkerSettings { video_time_out: Duration::from_secs(60), ..settings() };
    let pool = WorkerPool::start(settings, clock.clone()).unwrap();
    let order = VideoOrder { limits: VideoLimits::default(), pick: Pick::Every(1) };
    let mut seen = 0;
    let ended = pool.video(&clips::one_of_each()[0], &order, &mut |_| {
        clock.0.fetch_add(1_000, std::sync::atomic::Ordering::SeqCst);
        seen += 1;
        ControlFlow::Continue(())
    });
    assert_eq!(ended.map(|facts| facts.map(|facts| facts.frames)), Ok(Some(seen)));
    assert!(seen > 1);
    // A worker that is at it for ever is stopped, by the system's own clock.
    let settings = WorkerSettings { video_time_out: Duration::from_secs(2), ..self::settings() };
    let pool = self::pool(settings);
    let (_, ended) = shown(&pool, b"hostile:spin", &order);
    assert_eq!(ended, Err(VideoError::TookTooLong));
    assert_eq!(pool.stats().timed_out, 1);
}

fn time_is_bounded() {
    let pool = pool(WorkerSettings {
        workers: 1,
        time_out: Duration::from_millis(400),
        ..WorkerSettings::default()
    });
    assert_eq!(pool.decode(b"hostile:spin").unwrap_err(), DecodeError::TookTooLong);
    assert_eq!(pool.stats().timed_out, 1);
    let width = until(|| pool.decode(&photo()).ok()).facts.width;
    assert_eq!(width, 64);
}

fn an_unasked_answer_reaches_nobody() {
    let pool = pool(WorkerSettings { workers: 1, ..settings() });
    // What it says first is believed, as it is the one answer to the one question.
    assert_eq!(pool.decode(b"hostile:twice").unwrap_err(), DecodeError::Truncated);
    assert_eq!(pool.decode(&photo()).unwrap().facts.width, 64);
    let stats = pool.stats();
    assert_eq!((stats.misbehaved, stats.started), (1, 2));
}

fn the_kernel_says_so_too() {
    let pool = pool(settings());
    let isolation = pool.isolation();
    println!("{isolation}");
    assert!(isolation.rlimits && isolation.process);
    let worker = pool.free_processes()[0];
    let read = |file: &str| std::fs::read_to_string(format!("/proc/{worker}/{file}")).unwrap();
    let status = read("status");
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.map(str::trim)
    };
    assert_eq!(field("Seccomp") == Some("2"), isolation.seccomp);
    assert_eq!(field("NoNewPrivs"), Some("1"));
    assert_eq!(field("Threads"), Some("1"));
    let limits = read("limits");
    for name in ["Max open files", "Max file size", "Max core file size"] {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        assert_eq!(line[name.len()..].split_whitespace().take(2).collect::<Vec<_>>(), ["0", "0"]);
    }
    // What it was given is in the environment of a process that may be read.
    if let Ok(environment) = std::fs::read(format!("/proc/{worker}/environ")) {
        assert!(environment.iter().all(|b| *b == 0) || !environment.contains(&b'/'));
    }
}

fn a_thousand_pictures_leak_nothing() {
    let before = (open_files(), children());
    let pool = pool(WorkerSettings { pictures: 50, ..settings() });
    let file = photo();
    for _ in 0..1_000 {
        assert_eq!(pool.decode(&file).unwrap().picture.pixels(), 64 * 48);
    }
    let stats = pool.stats();
    assert_eq!((stats.recycled, stats.crashed + stats.misbehaved), (20, 0));
    until(|| (pool.stats().alive <= 2).then_some(()));
    assert!(children().len() <= before.1.len() + 2);
    drop(pool);
    assert_eq!((open_files(), children()), before);
}

fn many_threads_share_few_workers() {
    let pool = pool(WorkerSettings { pictures: 7, ..settings() });
    let expected = InProcess::default();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (pool, expected) = (&pool, &expected);
            scope.spawn(move || {
                for n in 0..40 {
                    if (thread, n % 10) == (0, 3) {
                        let error = pool.decode(b"hostile:exit").unwrap_err();
                        assert_eq!(error, DecodeError::WorkerCrashed);
                    }
                    let file = samples::jpeg(&samples::photo(40 + thread, 30 + n), false);
                    let decoded = pool.decode(&file).unwrap();
                    assert!(decoded.picture == expected.decode(&file).unwrap().picture);
                }
            });
        }
    });
    assert_eq!(pool.stats().crashed, 4);
}

fn a_worker_killed_at_rest_is_replaced() {
    let pool = pool(WorkerSettings { workers: 1, ..settings() });
    let pid = pool.free_processes()[0];
    kill(pid);
    // Dead, and not yet waited for.
    until(|| (state_of(pid) == Some('Z')).then_some(()));
    assert_eq!(pool.decode(&photo()).unwrap().facts.width, 64);
    assert_ne!(pool.free_processes(), [pid]);
}

/// Argument that makes this binary the parent of the test below.
const PARENT: &str = "be-a-parent";

/// Starts workers, tells their numbers, keeps one busy and waits to be killed.
fn be_a_parent() -> ! {
    let pool = pool(settings());
    std::thread::scope(|scope| {
        scope.spawn(|| pool.decode(b"hostile:spin"));
        let workers = until(|| {
            pool.decode(&photo()).unwrap();
            let workers = children();
            (workers.len() == 2).then_some(workers)
        });
        let workers: Vec<_> = workers.iter().map(ToString::to_string).collect();
        println!("{}", workers.join(" "));
        loop {
            std::thread::park();
        }
    })
}

fn no_worker_outlives_a_killed_parent() {
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .arg(PARENT)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(parent.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let workers: Vec<u32> = line.split_whitespace().map(|pid| pid.parse().unwrap()).collect();
    assert_eq!(workers.len(), 2);
    assert!(workers.iter().all(|pid| state_of(*pid).is_some()));
    parent.kill().unwrap();
    parent.wait().unwrap();
    // Whoever inherits them may take its time to bury them.
    until(|| {
        workers.iter().all(|pid| matches!(state_of(*pid), None | Some('Z' | 'X'))).then_some(())
    });
}

fn a_pool_that_cannot_start_says_so() {
    for program in ["/nowhere/bonafide", "/bin/true"] {
        let settings = WorkerSettings { program: PathBuf::from(program), ..settings() };
        let error = WorkerPool::start(settings, Arc::new(SystemClock::start())).unwrap_err();
        assert!(matches!(error, WorkerError::Start(_)), "{error}");
    }
    // Too little room for a picture that is within the limits on pixels: the
    // decoder says so itself.
    let limits = Limits { max_memory: 1 << 20, ..Limits::default() };
    let pool = pool(WorkerSettings { limits, ..settings() });
    let file = samples::jpeg(&Picture::filled(2_000, 2_000, [9; 3]).unwrap(), false);
    assert_eq!(pool.decode(&file).unwrap_err(), DecodeError::TooMuchMemory { max_memory: 1 << 20 });
}

/// Asks again until there is an answer; a minute at most.
fn until<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    for _ in 0..6_000 {
        if let Some(answer) = ask() {
            return answer;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("a minute has passed");
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Processes whose parent is this one, the unburied included.
fn children() -> BTreeSet<u32> {
    let me = std::process::id().to_string();
    let processes = std::fs::read_dir("/proc").unwrap();
    let numbers = processes.filter_map(|e| e.unwrap().file_name().to_str()?.parse::<u32>().ok());
    numbers.filter(|pid| stat(*pid).is_some_and(|stat| stat.1 == me)).collect()
}

/// State letter and parent of a process.
fn stat(pid: u32) -> Option<(char, String)> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = text.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.to_owned()))
}

fn state_of(pid: u32) -> Option<char> {
    stat(pid).map(|stat| stat.0)
}

fn kill(pid: u32) {
    let pid = rustix::process::Pid::from_raw(pid.try_into().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}
