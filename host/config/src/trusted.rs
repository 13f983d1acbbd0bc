//! `[plugins]`: whose plugins are loaded.

use ringkeeper_signing::{Trust, TrustedKey, check_public_key};

use crate::cluster::refuse_equal_names;
use crate::key::{Absent, Key, Section};
use crate::kind::{Moment, Switch, Text};
use crate::reading::{Reading, Table, read_each};

pub(crate) static SECTION: Section = Section {
    path: "plugins",
    repeated: false,
    meaning: "Whose plugins are loaded. A plugin in a file is loaded where a minisign signature by a trusted key stands beside it, \
              as `NAME.wasm.minisig`. The plugins that are part of the host need none. See `docs/grants.md`.",
    keys: &[&ALLOW_UNSIGNED],
    sections: &[&KEY_SECTION],
};

static ALLOW_UNSIGNED: Key<Switch> = Key {
    name: "allow_unsigned",
    kind: Switch,
    absent: Absent::Default("false"),
    meaning: "Whether a plugin that nobody signed is loaded, too. A signature that does not hold is refused all the same.",
};

static KEY_SECTION: Section = Section {
    path: "plugins.trusted_key",
    repeated: true,
    meaning: "A key whose signatures are trusted.",
    keys: &[&NAME, &KEY, &UNTIL],
    sections: &[],
};

static NAME: Key<Text> = Key {
    name: "name",
    kind: Text::NAME,
    absent: Absent::Required,
    meaning: "Whose it is; shown wherever it is told who signed. Unique.",
};

static KEY: Key<Text> = Key {
    name: "key",
    kind: Text {
        expects: "the public half of a minisign key, 56 characters that begin with `RW`",
        pattern: "^RW[A-Za-z0-9+/]{53}[A-Za-z0-9+/=]$",
        fits: |text| check_public_key(text).is_ok(),
    },
    absent: Absent::Required,
    meaning: "The public half of the key, as `ringkeeper plugin key new` shows it.",
};

static UNTIL: Key<Moment> = Key {
    name: "until",
    kind: Moment,
    absent: Absent::Otherwise("for always"),
    meaning: "Until when it is trusted. From then on the host does not load what it signed.",
};

/// Whose plugins are loaded, by the file.
pub(crate) fn read(root: &Table<'_>, reading: &mut Reading<'_>) -> Option<Trust> {
    let table = root.table(reading, &SECTION);
    let allow_unsigned = table.value(reading, &ALLOW_UNSIGNED);
    let tables = table.tables(reading, &KEY_SECTION);
    refuse_equal_names(&tables, reading);
    let keys = read_each(&tables, reading, |table, reading| {
        let name = table.value(reading, &NAME);
        let key = table.value(reading, &KEY);
        let until = table.optional(reading, &UNTIL);
        Some(TrustedKey {
            name: name?,
            key: key?,
            until: until?,
        })
    });
    Some(Trust {
        keys: keys?,
        allow_unsigned: allow_unsigned?,
    })
}
