//! What `wit/` says, as Rust: traits the host implements, calls the host makes.

wasmtime::component::bindgen!({
    path: "../../wit",
    inline: "
        package ringkeeper:host;

        /// Every interface of the contract. Never published: a plugin's world names only what the plugin needs.
        world everything {
            include ringkeeper:maintenance/base@0.1.0;
            import ringkeeper:maintenance/state@0.1.0;
            import ringkeeper:maintenance/state-write@0.1.0;
            import ringkeeper:maintenance/cluster@0.1.0;
            import ringkeeper:maintenance/node-state@0.1.0;
            import ringkeeper:maintenance/metrics@0.1.0;
            import ringkeeper:maintenance/telemetry@0.1.0;
            import ringkeeper:maintenance/jobs@0.1.0;
            import ringkeeper:maintenance/repair-history@0.1.0;
            import ringkeeper:maintenance/repair@0.1.0;
            import ringkeeper:maintenance/tables@0.1.0;
            import ringkeeper:maintenance/lifecycle@0.1.0;
            import ringkeeper:maintenance/tool-catalogue@0.1.0;
            import ringkeeper:maintenance/tools@0.1.0;
        }
    ",
    world: "ringkeeper:host/everything",
    imports: {
        "ringkeeper:maintenance/state": async | trappable,
        "ringkeeper:maintenance/state-write": async | trappable,
        "ringkeeper:maintenance/jobs": async | trappable,
        "ringkeeper:maintenance/repair-history": async | trappable,
        "ringkeeper:maintenance/repair": async | trappable,
        "ringkeeper:maintenance/tables": async | trappable,
        "ringkeeper:maintenance/lifecycle": async | trappable,
        "ringkeeper:maintenance/tool-catalogue": async | trappable,
        "ringkeeper:maintenance/tools": async | trappable,
        "ringkeeper:maintenance/node-state.wait-until": async | trappable,
        default: trappable,
    },
    exports: { default: async },
    with: { "ringkeeper:maintenance/jobs.job": crate::work::Job },
    trappable_error_type: { "ringkeeper:maintenance/types.error" => crate::call_state::Refused },
    require_store_data_send: true,
});
