use super::*;
use crate::{NewKey, new_key, sign};

const COMPONENT: &[u8] = b"\0asm a component";

fn now() -> Timestamp {
    Timestamp::from_millis(1_772_366_400_000)
}

fn trust(key: &NewKey, until: Option<Timestamp>) -> Trust {
    Trust {
        keys: vec![TrustedKey {
            name: "release".to_owned(),
            key: key.public.clone(),
            until,
        }],
        allow_unsigned: false,
    }
}

#[test]
fn what_a_trusted_key_signed_is_told_by_its_name() {
    let key = new_key().unwrap();
    let signature = sign(COMPONENT, &key.secret, "repair.wasm").unwrap();
    let signer = trust(&key, None)
        .judge(COMPONENT, Some(&signature), now())
        .unwrap()
        .unwrap();
    assert_eq!(signer.name, "release");
    assert_eq!(signer.key_id, crate::key_id(&key.public).unwrap());
    assert_eq!(signer.key_id, crate::signer_key_id(&signature).unwrap());
    assert!(signature.contains("file:repair.wasm"), "{signature}");
}

#[test]
fn a_key_with_a_password_is_for_minisign() {
    let key = new_key().unwrap();
    let line = key
        .secret
        .lines()
        .nth(1)
        .unwrap()
        .replacen("RWQAAEIy", "RWRTY0Iy", 1);
    assert_ne!(line, key.secret.lines().nth(1).unwrap());
    assert_eq!(sign(COMPONENT, &line, "a.wasm"), Err(KeyError::Encrypted));
    assert_eq!(sign(COMPONENT, "a letter", "a.wasm"), Err(KeyError::Malformed));
    assert_eq!(sign(COMPONENT, &key.public, "a.wasm"), Err(KeyError::Malformed));
}

#[test]
fn what_does_not_hold_is_refused_each_with_its_reason() {
    let (key, other) = (new_key().unwrap(), new_key().unwrap());
    let trust_always = trust(&key, None);
    let judge = |trust: &Trust, component: &[u8], signature: Option<&str>| {
        trust.judge(component, signature, now()).unwrap_err().to_string()
    };
    insta::assert_snapshot!(judge(&trust_always, COMPONENT, None), @"nobody signed it; sign it with `ringkeeper plugin sign` and put the signature beside it, or set `allow_unsigned = true` in [plugins]");
    let good = sign(COMPONENT, &key.secret, "a.wasm").unwrap();
    let id = crate::key_id(&key.public).unwrap();
    assert_eq!(
        judge(&trust_always, b"\0asm another", Some(&good)),
        format!(
            "it is not what release ({id}) signed: the component or its signature was changed; get both anew"
        )
    );
    let until = Timestamp::from_millis(now().as_millis() - 1);
    assert_eq!(
        judge(&trust(&key, Some(until)), COMPONENT, Some(&good)),
        format!(
            "it was signed by release ({id}), whose key was trusted until {until}; sign it with a key that still is"
        )
    );
    let strange = sign(COMPONENT, &other.secret, "a.wasm").unwrap();
    let id = crate::key_id(&other.public).unwrap();
    assert_eq!(
        judge(&trust_always, COMPONENT, Some(&strange)),
        format!(
            "it was signed with key {id}, which is none of [[plugins.trusted_key]]; add that key, if you trust it"
        )
    );
    assert!(judge(&trust_always, COMPONENT, Some("a letter")).starts_with("its signature cannot be read: "));
    // The comment under the signature is signed, too.
    let renamed = good.replace("file:a.wasm", "file:b.wasm");
    assert!(judge(&trust_always, COMPONENT, Some(&renamed)).contains("was changed"));
}

#[test]
fn a_signature_that_does_not_hold_is_refused_where_none_is_needed() {
    let key = new_key().unwrap();
    let anyone = Trust::in_everything();
    assert_eq!(anyone.judge(COMPONENT, None, now()), Ok(None));
    let signature = sign(COMPONENT, &key.secret, "a.wasm").unwrap();
    assert!(matches!(
        anyone.judge(COMPONENT, Some(&signature), now()),
        Err(Untrusted::UnknownKey { .. })
    ));
    let until = now().after(std::time::Duration::from_secs(60));
    let mut trust = trust(&key, Some(until));
    trust.allow_unsigned = true;
    assert!(trust.judge(b"\0asm another", Some(&signature), now()).is_err());
    assert!(trust.judge(COMPONENT, Some(&signature), now()).unwrap().is_some());
}
