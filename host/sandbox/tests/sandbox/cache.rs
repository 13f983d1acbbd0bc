//! The folder of compiled plugins.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use ringkeeper_sandbox::{Grants, Limits, Sandbox, SandboxSettings};
use ringkeeper_seams::{Clock as _, Seams, SystemClock};

fn sandbox(cache_dir: &Path) -> Result<Sandbox, String> {
    let settings = SandboxSettings {
        cache_dir: Some(cache_dir.to_owned()),
        ..SandboxSettings::default()
    };
    Sandbox::new(settings, Seams::production().unwrap()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_second_host_finds_what_the_first_one_compiled() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("cache");
    let mut times = Vec::new();
    for _ in 0..2 {
        let sandbox = sandbox(&folder).unwrap();
        let begin = SystemClock.monotonic();
        sandbox
            .load(
                "a test",
                ringkeeper_bundled::fixtures::IDLE,
                &Grants::none(),
                Limits::default(),
            )
            .await
            .unwrap();
        times.push(SystemClock.monotonic() - begin);
    }
    println!("first load {:?}, second load {:?}", times[0], times[1]);
    assert!(times[1] < times[0], "{times:?}");
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_folder_that_others_may_enter_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o750)).unwrap();
    let error = sandbox(folder.path()).unwrap_err();
    assert!(
        error.ends_with("has mode 0750; compiled plugins are loaded unchecked, so it must be 0700"),
        "{error}"
    );
}

#[test]
fn a_link_or_a_file_in_its_place_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (link, file) = (folder.path().join("link"), folder.path().join("file"));
    symlink(folder.path(), &link).unwrap();
    fs::write(&file, "").unwrap();
    for place in [link, file] {
        assert!(
            sandbox(&place).unwrap_err().ends_with("is not a folder"),
            "{}",
            place.display()
        );
    }
    assert!(
        sandbox(Path::new("cache"))
            .unwrap_err()
            .ends_with("is not an absolute path")
    );
}
