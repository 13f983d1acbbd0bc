//! Properties of an MBean's object name: `domain:type=Table,keyspace=shop,scope=orders`.

/// The value of a property; none where the name lacks it.
pub(super) fn property<'a>(object_name: &'a str, key: &str) -> Option<&'a str> {
    let (_domain, properties) = object_name.split_once(':')?;
    properties
        .split(',')
        .filter_map(|property| property.split_once('='))
        .find_map(|(name, value)| (name == key).then_some(value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn properties_are_found_in_any_order() {
        for name in [
            "d:type=Table,keyspace=shop,scope=orders",
            "d:keyspace=shop,name=X,scope=orders,type=Table",
        ] {
            assert_eq!(
                (property(name, "keyspace"), property(name, "scope")),
                (Some("shop"), Some("orders")),
                "{name}"
            );
        }
        assert_eq!(property("d:type=Table", "keyspace"), None);
        assert_eq!(property("keyspace=shop", "keyspace"), None);
    }

    proptest! {
        #[test]
        fn no_name_makes_it_panic(name in "\\PC{0,10}:?(\\PC{0,5}=?\\PC{0,5},?){0,4}") {
            let _ = property(&name, "type");
        }
    }
}
