//! What `wit-bindgen` makes of `wit/`. The rest of the crate says in Rust's own words what stands here.

wit_bindgen::generate!({
    path: "../../wit",
    inline: r#"
        package ringkeeper:sdk;

        /// Every interface of the contract. A component imports only those that its code calls.
        world plugin {
            include ringkeeper:maintenance/base@0.1.0;
            import ringkeeper:maintenance/cluster@0.1.0;
            import ringkeeper:maintenance/node-state@0.1.0;
            import ringkeeper:maintenance/metrics@0.1.0;
            import ringkeeper:maintenance/state@0.1.0;
            import ringkeeper:maintenance/state-write@0.1.0;
            import ringkeeper:maintenance/telemetry@0.1.0;
            import ringkeeper:maintenance/jobs@0.1.0;
            import ringkeeper:maintenance/repair-history@0.1.0;
            import ringkeeper:maintenance/repair@0.1.0;
            import ringkeeper:maintenance/tables@0.1.0;
            import ringkeeper:maintenance/lifecycle@0.1.0;
            import ringkeeper:maintenance/tool-catalogue@0.1.0;
            import ringkeeper:maintenance/tools@0.1.0;
        }
    "#,
    world: "ringkeeper:sdk/plugin",
    additional_derives: [PartialEq],
    generate_all,
    pub_export_macro: true,
    export_macro_name: "export_component",
    default_bindings_module: "ringkeeper_sdk::bindings",
});
