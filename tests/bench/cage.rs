//! A cgroup with a memory limit, of either version, in which the executable runs as under its unit.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const MIB: u64 = 1024 * 1024;

/// Where each version has its groups when nobody says otherwise.
const V1: &str = "/sys/fs/cgroup/memory";
const V2: &str = "/sys/fs/cgroup";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

/// A group of our own, removed in the end.
pub struct Cage {
    folder: PathBuf,
    version: Version,
}

impl Cage {
    /// A new group below `parent`, or below the root of this machine's groups, that may have this much memory.
    ///
    /// # Errors
    /// When none can be made, with what a person can do about it.
    pub fn new(limit_mib: u64, parent: Option<&Path>) -> Result<Self, String> {
        let is_v1 = |folder: &Path| folder.join("memory.limit_in_bytes").exists();
        let parent = parent.unwrap_or_else(|| Path::new(if is_v1(Path::new(V1)) { V1 } else { V2 }));
        let version = if is_v1(parent) { Version::One } else { Version::Two };
        let cage = Self { folder: parent.join(format!("erp-bench-{}", std::process::id())), version };
        cage.set_up(parent, limit_mib).map_err(|cause| {
            format!(
                "no memory cgroup below {}: {cause}\nRun it as root, or name a cgroup that is yours: --cgroup /sys/fs/cgroup/…",
                parent.display()
            )
        })?;
        Ok(cage)
    }

    fn set_up(&self, parent: &Path, limit_mib: u64) -> io::Result<()> {
        fs::create_dir(&self.folder)?;
        let limit = (limit_mib * MIB).to_string();
        match self.version {
            Version::One => {
                fs::write(self.folder.join("memory.limit_in_bytes"), &limit)?;
                // Where swap is counted: none, or the limit would be none either.
                let _ = fs::write(self.folder.join("memory.memsw.limit_in_bytes"), &limit);
            }
            Version::Two => {
                if !self.folder.join("memory.max").exists() {
                    fs::write(parent.join("cgroup.subtree_control"), "+memory")?;
                }
                fs::write(self.folder.join("memory.max"), &limit)?;
                let _ = fs::write(self.folder.join("memory.swap.max"), "0");
            }
        }
        Ok(())
    }

    /// What becomes `program`, inside from its first byte on.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", "echo $$ > \"$0\" && exec \"$@\""])
            .arg(self.folder.join("cgroup.procs"))
            .arg(program);
        command
    }

    /// MiB that were counted at the most, the files that the kernel keeps for later among them; `None` where the
    /// kernel does not say.
    pub fn peak_mib(&self) -> Option<f64> {
        let file = match self.version {
            Version::One => "memory.max_usage_in_bytes",
            Version::Two => "memory.peak",
        };
        let bytes: f64 = self.read(file).trim().parse().ok()?;
        Some(bytes / MIB as f64)
    }

    /// How often the kernel killed somebody inside for want of memory.
    pub fn kills(&self) -> u64 {
        let file = match self.version {
            Version::One => "memory.oom_control",
            Version::Two => "memory.events",
        };
        let text = self.read(file);
        let count = text.lines().find_map(|line| line.strip_prefix("oom_kill "));
        count.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.join(file)).unwrap_or_default()
    }
}

impl Drop for Cage {
    fn drop(&mut self) {
        // Whoever was inside may still be leaving.
        for _ in 0..100 {
            if fs::remove_dir(&self.folder).is_ok() || !self.folder.exists() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
