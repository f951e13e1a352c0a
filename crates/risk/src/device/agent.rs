//! What a user agent says of its system and browser. No more is read of it than is
//! compared: its details are the sender's to choose.

/// A family of systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum System {
    Android,
    ChromeOs,
    Ios,
    Linux,
    Mac,
    Windows,
}

/// What of a user agent is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Agent {
    pub(super) system: Option<System>,
    /// The major version of Chromium, if it is one.
    pub(super) chromium: Option<u32>,
    /// Whether it says that it is a telephone.
    pub(super) mobile: bool,
}

impl Agent {
    pub(super) fn read(text: &str) -> Self {
        // Browsers on iOS are Safari inside, whatever they are called.
        let system = System::read(text);
        let chromium = match system {
            Some(System::Ios) => None,
            _ => number_behind(text, "Chrome/").or_else(|| number_behind(text, "HeadlessChrome/")),
        };
        Self { system, chromium, mobile: text.contains("Mobile") }
    }
}

impl System {
    /// The system that a user agent, a client hint or a program names.
    pub(super) fn read(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        // Android and Chrome OS say Linux too, iOS says Mac OS X.
        let marks = [
            ("android", Self::Android),
            ("cros", Self::ChromeOs),
            ("chrome os", Self::ChromeOs),
            ("chromium os", Self::ChromeOs),
            ("iphone", Self::Ios),
            ("ipad", Self::Ios),
            ("ipod", Self::Ios),
            ("ios", Self::Ios),
            ("windows", Self::Windows),
            ("win32", Self::Windows),
            ("mac", Self::Mac),
            ("linux", Self::Linux),
        ];
        marks.iter().find(|(mark, _)| lower.contains(mark)).map(|(_, system)| *system)
    }

    /// Whether it is a system of telephones.
    pub(super) fn is_mobile(self) -> bool {
        matches!(self, Self::Android | Self::Ios)
    }

    /// Whether two names can be of one system: an iPad asks for pages as a Mac.
    pub(super) fn fits(self, other: Self) -> bool {
        let pair = [self, other];
        self == other || (pair.contains(&Self::Ios) && pair.contains(&Self::Mac))
    }
}

/// The Chromium version among client hints: `"Chromium";v="130", …`.
pub(super) fn hinted_chromium(brands: &str) -> Option<u32> {
    let (_, behind) = brands.split_once("Chromium")?;
    number_behind(behind, "")
}

/// The first number behind a mark, within a few signs.
fn number_behind(text: &str, mark: &str) -> Option<u32> {
    let (_, behind) = text.split_once(mark)?;
    let digits = behind.trim_start_matches(|sign: char| !sign.is_ascii_digit());
    if behind.len() - digits.len() > 5 {
        return None;
    }
    let end = digits.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(digits.len());
    digits.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_and_browsers_are_read() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
            Chrome/130.0.0.0 Safari/537.36";
        let agent = Agent::read(chrome);
        assert_eq!(
            agent,
            Agent { system: Some(System::Windows), chromium: Some(130), mobile: false }
        );
        let phone = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
            Chrome/130.0.0.0 Mobile Safari/537.36";
        let agent = Agent::read(phone);
        assert_eq!(
            agent,
            Agent { system: Some(System::Android), chromium: Some(130), mobile: true }
        );
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 \
            (KHTML, like Gecko) CriOS/130.0.0.0 Mobile/15E148 Safari/604.1";
        let agent = Agent::read(iphone);
        assert_eq!(agent, Agent { system: Some(System::Ios), chromium: None, mobile: true });
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";
        let agent = Agent::read(firefox);
        assert_eq!(agent, Agent { system: Some(System::Linux), chromium: None, mobile: false });
        assert_eq!(Agent::read("").system, None);
    }

    #[test]
    fn hints_name_a_version() {
        assert_eq!(hinted_chromium("\"Not_A Brand\";v=\"8\", \"Chromium\";v=\"130\""), Some(130));
        assert_eq!(hinted_chromium("Chromium 131, Example 7"), Some(131));
        for none in ["", "Safari 18", "Chromium", "Chromium in words before 131"] {
            assert_eq!(hinted_chromium(none), None, "{none}");
        }
    }
}
