//! User name and password, in every table that has them.

use crate::key::{Absent, Key};
use crate::kind::{FilePath, PathUse, SecretVariable, Text};
use crate::reading::{Reading, Table};
use crate::{Fault, SecretSource};

/// Who the host is to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The user's name.
    pub username: String,
    /// Where the password is.
    pub password: SecretSource,
}

pub(crate) static USERNAME: Key<Text> = Key {
    name: "username",
    kind: Text {
        expects: "a user's name",
        pattern: "^.+$",
        fits: |text| !text.is_empty(),
    },
    absent: Absent::Otherwise("no credentials are sent"),
    meaning: "The user the host is. Needs `password_file` or `password_env`.",
};

pub(crate) static PASSWORD_FILE: Key<FilePath> = Key {
    name: "password_file",
    kind: FilePath(PathUse::Secret),
    absent: Absent::Otherwise("no credentials are sent"),
    meaning: "File whose one line is the password; closed to other users (chmod 600). Read when the host starts.",
};

pub(crate) static PASSWORD_ENV: Key<SecretVariable> = Key {
    name: "password_env",
    kind: SecretVariable,
    absent: Absent::Otherwise("no credentials are sent"),
    meaning: "Environment variable of the host that holds the password, instead of `password_file`.",
};

impl Credentials {
    /// The credentials in `table`; the inner none where there are none.
    pub(crate) fn read(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<Option<Self>> {
        let username = table.optional(reading, &USERNAME);
        let file = table.optional(reading, &PASSWORD_FILE);
        let variable = table.optional(reading, &PASSWORD_ENV);
        refuse_halves(table, reading);
        let file = file?.map(SecretSource::File);
        let password = file.or(variable?.map(SecretSource::Environment));
        Some(
            username?
                .zip(password)
                .map(|(username, password)| Self { username, password }),
        )
    }
}

fn refuse_halves(table: &Table<'_>, reading: &mut Reading<'_>) {
    let (file, variable) = (table.has(PASSWORD_FILE.name), table.has(PASSWORD_ENV.name));
    if file && variable {
        table.wrong(reading, PASSWORD_ENV.name, Fault::TwoSecrets);
    }
    if table.has(USERNAME.name) && !file && !variable && !table.has("password") {
        let fault = Fault::Incomplete {
            key: USERNAME.name,
            needs: PASSWORD_FILE.name,
        };
        table.wrong(reading, USERNAME.name, fault);
    }
    for key in [PASSWORD_FILE.name, PASSWORD_ENV.name] {
        if table.has(key) && !table.has(USERNAME.name) {
            table.wrong(
                reading,
                key,
                Fault::Incomplete {
                    key,
                    needs: USERNAME.name,
                },
            );
        }
    }
}
